//! What came back, or changed, while nobody told us: a back-up of Jellyfin holds nothing of ours, so that putting it back
//! revives sessions that were ended and users who were deleted; and passwords change while the plugin is off.

use std::collections::BTreeMap;

use crate::audit::{self, By, Kind};
use crate::context::Context;
use crate::gate::denial::Denial;
use crate::gate::{Gate, account, provenance, sessions};
use crate::host::{AccountId, Level, UserFacts};
use crate::store::{StoreError, accounts, ended};

/// Sees to all of it. An error: it has to be done again, which changes nothing of what is done.
pub fn see_to(cx: &Context, gate: &Gate, users: &[UserFacts]) -> Result<(), Denial> {
    accounts_that_were_deleted(cx, users)?;
    passwords_that_changed(cx, gate, users)?;
    sessions_that_were_ended(cx)
}

/// Their factors are forgotten, which must not make the password alone good enough; nor are their sessions known any more.
fn accounts_that_were_deleted(cx: &Context, users: &[UserFacts]) -> Result<(), Denial> {
    let deleted = cx.store.read(ended::accounts)?;
    for user in users.iter().filter(|user| deleted.contains(&user.id)) {
        let sessions = cx.host.list_sessions(Some(&user.id))?;
        let hashes: Vec<[u8; 32]> =
            sessions.iter().filter_map(|session| provenance::token_hash(&session.token_hash)).collect();
        cx.store.durable(|tx| {
            let now = cx.now();
            accounts::demand_enrolment(tx, &user.id, now)?;
            ended::note_sessions(tx, &user.id, &hashes, now)?;
            ended::forget_account(tx, &user.id)?;
            audit::record(cx, tx, &audit::Entry::of(Kind::AccountRestored, &user.id))
        })?;
        cx.host
            .log(Level::Warning, "a deleted user is back, as from a back-up, and has to set up a second factor again");
    }
    Ok(())
}

fn sessions_that_were_ended(cx: &Context) -> Result<(), Denial> {
    let over = cx.store.read(ended::sessions)?;
    if over.is_empty() {
        return Ok(());
    }
    let mut back: BTreeMap<AccountId, Vec<String>> = BTreeMap::new();
    for session in cx.host.list_sessions(None)? {
        if provenance::token_hash(&session.token_hash).is_some_and(|hash| over.contains(&hash)) {
            back.entry(session.user).or_default().push(session.token_hash);
        }
    }
    let mut left = 0;
    for (account, hashes) in back {
        let done = sessions::end_these(cx, &account, hashes, By::default())?;
        left += done.left;
        let ended = done.ended;
        cx.host.log(Level::Warning, &format!("{ended} ended sessions were back, as from a back-up, and ended again"));
    }
    if left == 0 { Ok(()) } else { Err(Denial::Broken(format!("{left} ended sessions are back and cannot be ended"))) }
}

fn passwords_that_changed(cx: &Context, gate: &Gate, users: &[UserFacts]) -> Result<(), Denial> {
    let met = cx.store.read(accounts::stamps)?;
    let new = |user: &&UserFacts| met.get(&user.id).is_some_and(Option::is_none);
    for user in users {
        if met.get(&user.id).and_then(Option::as_ref).is_some_and(|stamp| *stamp != user.stamp) {
            account::password_changed(cx, gate, &user.id, Some(&user.stamp))?;
        }
    }
    Ok(cx.store.lazy(|tx| {
        users.iter().filter(new).try_for_each(|user| accounts::meet(tx, &user.id, Some(&user.stamp)))?;
        Ok::<_, StoreError>(())
    })?)
}
