//! Sessions from before: of accounts that have or must have a factor, and made without one. They end on the owner's day.

use serde::Serialize;

use crate::clock::Seconds;
use crate::context::Context;
use crate::gate::denial::Denial;
use crate::gate::requirement;
use crate::gate::sessions::{self, Ended, Live, SessionView, Which};
use crate::gate::standing::Standing;
use crate::host::{AccountId, Level, UserFacts};
use crate::settings::keys;
use crate::store::{StoreError, meta};

/// What could not be ended is tried again after this time, in seconds.
const RETRY: Seconds = 10 * 60;

/// A session from before, of an account that has or must have a factor.
#[derive(Serialize)]
pub struct Leftover {
    /// Whose.
    pub user: AccountId,
    /// Their name.
    pub name: String,
    /// The session.
    #[serde(flatten)]
    pub session: SessionView,
}

/// Lists them over all accounts.
pub fn list(cx: &Context) -> Result<Vec<Leftover>, Denial> {
    let mut found = Vec::new();
    for user in cx.host.list_users()? {
        found.extend(of(cx, &user)?);
    }
    Ok(found)
}

fn of(cx: &Context, user: &UserFacts) -> Result<Vec<Leftover>, Denial> {
    let standing = Standing::of(cx, &user.id)?;
    if !standing.protected() && !requirement::required(&cx.settings(), standing.account.rule, user.administrator) {
        return Ok(Vec::new());
    }
    let legacy = sessions::live(cx, &user.id)?.into_iter().filter(Live::legacy);
    Ok(legacy
        .map(|session| Leftover { user: user.id, name: user.name.clone(), session: sessions::view(cx, session, None) })
        .collect())
}

/// Ends them once, on the day the owner chose. Looked at by every sign-in and request; nothing but a comparison until then.
pub fn end_when_due(cx: &Context) {
    if let Err(denial) = end_all(cx) {
        cx.host.log(Level::Error, &format!("old sessions could not be ended: {denial}"));
    }
}

fn end_all(cx: &Context) -> Result<(), Denial> {
    let due = cx.settings().get(&keys::SESSIONS_LEGACY_END).begins().filter(|day| *day <= cx.now());
    let Some(day) = due else { return Ok(()) };
    if cx.store.read(|tx| meta::number(tx, meta::LEGACY_ENDED))? >= day || !is_my_turn(cx)? {
        return Ok(());
    }
    let mut failed = 0;
    for user in cx.host.list_users()? {
        match end_of(cx, &user) {
            Ok(ended) => failed += ended.left,
            Err(denial) => {
                failed += 1;
                cx.host.log(Level::Warning, &format!("old sessions of an account could not be ended: {denial}"));
            }
        }
    }
    if failed > 0 {
        return Ok(());
    }
    // Marked when it is done: what failed is tried again, and ending twice ends nothing more.
    cx.store.durable(|tx| meta::raise_number(tx, meta::LEGACY_ENDED, day))?;
    Ok(())
}

fn end_of(cx: &Context, user: &UserFacts) -> Result<Ended, Denial> {
    let ids: Vec<String> = of(cx, user)?.into_iter().map(|leftover| leftover.session.id).collect();
    if ids.is_empty() { Ok(Ended::default()) } else { sessions::end(cx, &user.id, &Which::These(ids), None) }
}

/// One request in so many seconds tries what others do not wait for.
fn is_my_turn(cx: &Context) -> Result<bool, Denial> {
    let now = cx.now();
    Ok(cx.store.lazy(|tx| {
        let tried = meta::number(tx, meta::LEGACY_TRIED)?;
        let waits = (tried..tried + RETRY).contains(&now);
        if !waits {
            meta::set_number(tx, meta::LEGACY_TRIED, now)?;
        }
        Ok::<_, StoreError>(!waits)
    })?)
}
