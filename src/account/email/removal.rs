//! An owner takes their own address away.

use super::EmailDenial;
use super::change::{self, By};
use crate::context::Context;
use crate::host::UserFacts;
use crate::settings::{EmailWanted, keys};

/// Takes it away; whoever calls has demanded a proof. Not where the server's owner wants one of everybody.
pub fn remove(cx: &Context, facts: &UserFacts) -> Result<(), EmailDenial> {
    if cx.settings().get(&keys::EMAIL_REQUIRED) == EmailWanted::Required {
        return Err(EmailDenial::Required);
    }
    cx.store.durable(|tx| {
        if change::current(cx, tx, facts)?.is_none() {
            return Err(EmailDenial::NoAddress);
        }
        change::apply(cx, tx, facts, None, By::Owner)
    })?;
    cx.bell.ring();
    Ok(())
}
