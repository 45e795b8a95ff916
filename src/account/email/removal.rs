//! An owner takes their own address away.

use super::EmailDenial;
use super::change::{self, By};
use crate::context::Context;
use crate::host::UserFacts;
use crate::settings::{EmailWanted, keys};
use crate::store::mail_codes;

/// Takes it away; whoever calls has demanded a proof. Not where the server's owner wants one of everybody, nor while codes
/// by mail are a factor of the account: without an address they would open nothing.
pub fn remove(cx: &Context, facts: &UserFacts) -> Result<(), EmailDenial> {
    if cx.settings().get(&keys::EMAIL_REQUIRED) == EmailWanted::Required {
        return Err(EmailDenial::Required);
    }
    cx.store.durable(|tx| {
        if change::current(cx, tx, facts)?.is_none() {
            return Err(EmailDenial::NoAddress);
        }
        if mail_codes::factor(tx, &facts.id)?.is_some() {
            return Err(EmailDenial::Factor);
        }
        change::apply(cx, tx, facts, None, By::Owner)
    })?;
    cx.bell.ring();
    Ok(())
}
