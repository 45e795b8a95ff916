//! What an account's owner sees of its address.

use serde::Serialize;

use super::verification::{self, MOST_TRIES, Sent};
use super::{EmailDenial, can_send, change};
use crate::clock::Seconds;
use crate::context::Context;
use crate::host::UserFacts;
use crate::settings::{EmailWanted, MailAddress, keys};
use crate::store::email_changes;

/// An account's address.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailView {
    /// The address, if there is one.
    pub address: Option<String>,
    /// When it was verified; none: it counts for nothing.
    pub verified_at: Option<Seconds>,
    /// A new one that waits for its code.
    pub pending: Option<PendingView>,
    /// Mail can be sent: without, no address can be set.
    pub available: bool,
    /// Every account must have one.
    pub required: bool,
    /// The engine's clock.
    pub server_time: Seconds,
}

/// An address that waits for its code.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingView {
    /// The address.
    pub address: String,
    /// How often a code may still be tried.
    pub tries_left: u32,
    /// When the code dies, and from when on there can be another one.
    #[serde(flatten)]
    pub sent: Sent,
}

/// Shows an account's address to its owner.
pub fn view(cx: &Context, facts: &UserFacts) -> Result<EmailView, EmailDenial> {
    let now = cx.now();
    cx.store.read(|tx| {
        let known = change::current(cx, tx, facts)?;
        let pending = email_changes::pending(tx, &facts.id, now)?
            .map(|pending| {
                Ok::<_, EmailDenial>(PendingView {
                    address: verification::open(cx, &pending)?.to_string(),
                    tries_left: MOST_TRIES.saturating_sub(pending.tries),
                    sent: Sent::of(&pending, now),
                })
            })
            .transpose()?;
        Ok(EmailView {
            verified_at: known.as_ref().and_then(|known| known.verified_at),
            address: known.as_ref().map(|known| MailAddress::to_string(&known.address)),
            pending,
            available: can_send(cx),
            required: cx.settings().get(&keys::EMAIL_REQUIRED) == EmailWanted::Required,
            server_time: now,
        })
    })
}
