//! Codes by mail at a sign-in: one that meets its challenge, or that becomes the factor it demands.

use super::choose;
use super::send::{Post, Sent, send};
use super::usable_by;
use crate::context::Context;
use crate::defense::name::tidy;
use crate::defense::origin::Origin;
use crate::gate::Gate;
use crate::gate::answer::Answer;
use crate::gate::denial::Denial;
use crate::gate::enrol::{self, Confirmed};
use crate::host::{AccountId, UserFacts, UserQuery};
use crate::notify::message::letter::LONGEST_DEVICE;
use crate::store::challenges::Ask;
use crate::store::mail_codes::{Bound, Purpose};

/// Longest name of an app, and of a device, in a mail, in characters: both and two brackets are one value there.
const LONGEST_OF_BOTH: usize = (LONGEST_DEVICE - " ()".len()) / 2;

/// Sends the code that meets a challenge.
pub fn send_code(cx: &Context, answer: &Answer<'_>) -> Result<Sent, Denial> {
    let (challenge, standing) = answer.open(cx, Ask::Prove)?;
    let facts = user(cx, &challenge.account, answer.origin)?;
    if standing.mail.is_none() {
        return Err(Denial::UnknownFactor);
    }
    if !usable_by(cx, &standing, facts.administrator) {
        return Err(Denial::NotOffered);
    }
    let hash = answer.hash();
    let bound = Bound { account: &facts.id, purpose: Purpose::Challenge, to: &hash };
    let [app, device] = [&challenge.app, &challenge.device_name].map(|name| tidy(name, LONGEST_OF_BOTH));
    let device = format!("{app} ({device})");
    send(cx, &Post { facts: &facts, origin: answer.origin, standing: &standing, bound, device: Some(&device) })
}

/// The same for an enrolment that a sign-in demands. A code to a verified address is as good as an administrator's word,
/// unless a factor was taken away before, or the password was given by the same mailbox.
pub fn start(cx: &Context, answer: &Answer<'_>, word: Option<&str>) -> Result<Sent, Denial> {
    let facts =
        enrol::admit(cx, answer, word, |standing| !standing.account.had_factor && !standing.account.reset_by_mail)?;
    choose::start(cx, &facts, answer.origin, &answer.hash())
}

/// The same for an enrolment that a sign-in demands; the session follows with [`crate::gate::verify::finish`].
pub fn confirm(cx: &Context, gate: &Gate, answer: &Answer<'_>, code: &str) -> Result<Confirmed, Denial> {
    let (challenge, _) = answer.open(cx, Ask::Enrol)?;
    let hash = answer.hash();
    let confirmed = choose::confirm(cx, &challenge.account, answer.origin, &hash, code)?;
    enrol::finish_later(cx, gate, hash, challenge);
    Ok(confirmed)
}

fn user(cx: &Context, account: &AccountId, origin: &Origin) -> Result<UserFacts, Denial> {
    let facts = cx.host.find_user(&UserQuery::Id(*account), origin.remote.as_deref())?;
    facts.filter(UserFacts::may_enter).ok_or(Denial::NotAllowedNow)
}
