//! Who is there: asked once after opening, in the first call that comes, since Jellyfin tells nothing while we are shut.
//!
//! Users whom a requirement meets unasked are noted, so that its grace period is over for those who come years later, too;
//! and what is kept of users who are deleted goes. What came back is seen to, and what changed.

use std::collections::BTreeSet;

use crate::clock::Seconds;
use crate::context::Context;
use crate::gate::denial::Denial;
use crate::gate::{Gate, account, restored};
use crate::host::{AccountId, Level, UserFacts, UserQuery};
use crate::settings::{Required, keys};
use crate::store::accounts;

/// A call that failed is made again after so many seconds.
const AGAIN: Seconds = 60;

/// Calls it. Looked at by every sign-in and request; nothing but a comparison once it is done.
pub fn when_due(cx: &Context, gate: &Gate) {
    if !gate.roll_call.falls_due(cx.now()) {
        return;
    }
    if let Err(denial) = call(cx, gate) {
        gate.roll_call.again(cx.now() + AGAIN);
        cx.host.log(Level::Warning, &format!("jellyfin's users could not be gone through: {denial}"));
    }
}

fn call(cx: &Context, gate: &Gate) -> Result<(), Denial> {
    // Ours first: whoever is created meanwhile is not among those that are missed.
    let ours = cx.store.read(accounts::all)?;
    let users = cx.host.list_users()?;
    if cx.settings().get(&keys::POLICY_REQUIRED) != Required::Nobody {
        note(cx, &users, gate.roll_call.opened_at())?;
    }
    let there: BTreeSet<AccountId> = users.iter().map(|user| user.id).collect();
    restored::see_to(cx, gate, &users)?;
    if ours.is_disjoint(&there) {
        // Nobody is left of those we know: that is another Jellyfin's list, or none. What we keep may be wanted again.
        return Ok(());
    }
    for gone in ours.difference(&there) {
        if cx.host.find_user(&UserQuery::Id(*gone), None)?.is_none() {
            account::purge(cx, gate, gone)?;
        }
    }
    Ok(())
}

fn note(cx: &Context, users: &[UserFacts], since: Seconds) -> Result<(), Denial> {
    let unmet = cx.store.read(|tx| {
        let known = accounts::all(tx)?;
        Ok::<_, Denial>(users.iter().filter(|user| !known.contains(&user.id)).collect::<Vec<_>>())
    })?;
    if unmet.is_empty() {
        return Ok(());
    }
    cx.store.lazy(|tx| unmet.iter().try_for_each(|user| accounts::note(tx, &user.id, since)))?;
    Ok(())
}
