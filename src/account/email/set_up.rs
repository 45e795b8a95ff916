//! The address that is asked for at sign-in: the same as from the account page, proven by the challenge.

use serde::Serialize;

use super::EmailDenial;
use super::verification::{self, Sent};
use crate::context::Context;
use crate::gate::answer::Answer;
use crate::gate::denial::Denial;
use crate::gate::set_up::{self, Step};
use crate::host::{UserFacts, UserQuery};
use crate::settings::MailAddress;

/// A code is on its way, or so the page says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// As from the account page.
    #[serde(flatten)]
    pub sent: Sent,
    /// The step cannot be skipped; it can as soon as mail does not get out.
    pub required: bool,
}

/// Takes an address and sends it a code.
pub fn start(cx: &Context, answer: &Answer<'_>, address: &MailAddress) -> Result<Asked, EmailDenial> {
    let facts = whose(cx, answer)?;
    asked(cx, answer, verification::start(cx, &facts, address)?)
}

/// Sends another code.
pub fn resend(cx: &Context, answer: &Answer<'_>) -> Result<Asked, EmailDenial> {
    let facts = whose(cx, answer)?;
    asked(cx, answer, verification::resend(cx, &facts)?)
}

/// Takes the code that came back.
pub fn confirm(cx: &Context, answer: &Answer<'_>, typed: &str) -> Result<(), EmailDenial> {
    let facts = whose(cx, answer)?;
    verification::confirm(cx, &facts, typed)
}

fn asked(cx: &Context, answer: &Answer<'_>, sent: Sent) -> Result<Asked, EmailDenial> {
    let (_, due) = set_up::waiting(cx, answer, Step::Email)?;
    Ok(Asked { sent, required: due.required })
}

/// Whose challenge it is, if it waits for an address.
fn whose(cx: &Context, answer: &Answer<'_>) -> Result<UserFacts, EmailDenial> {
    let (account, _) = set_up::waiting(cx, answer, Step::Email)?;
    let remote = answer.origin.remote.as_deref();
    let found = cx.host.find_user(&UserQuery::Id(account), remote).map_err(Denial::from)?;
    Ok(found.ok_or(Denial::ChallengeGone)?)
}
