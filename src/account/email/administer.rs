//! An administrator sets an address for somebody, vouches for it, or takes it away.

use super::change::{self, By};
use super::{EmailDenial, verification};
use crate::audit;
use crate::context::Context;
use crate::host::UserFacts;
use crate::notify::addresses;
use crate::settings::MailAddress;

/// Sets that address, verified by the administrator's word or not; none takes it away. Whoever calls has demanded a
/// proof.
pub fn set(
    cx: &Context,
    by: audit::By<'_>,
    facts: &UserFacts,
    address: Option<&MailAddress>,
    verified: bool,
) -> Result<(), EmailDenial> {
    let by = By::Administrator(by);
    cx.store.durable(|tx| {
        let old = change::current(cx, tx, facts)?;
        let Some(address) = address else {
            return if old.is_some() { change::apply(cx, tx, facts, None, by) } else { Err(EmailDenial::NoAddress) };
        };
        if verification::taken(cx, tx, &facts.id, &addresses::folded(cx, address))? {
            return Err(EmailDenial::InUse);
        }
        // The day on which it was verified stays that of the first time.
        let before = old.filter(|old| old.address == *address).and_then(|old| old.verified_at);
        let verified_at = verified.then(|| before.unwrap_or(cx.now()));
        change::apply(cx, tx, facts, Some((address, verified_at)), by)
    })?;
    cx.bell.ring();
    Ok(())
}
