//! Tables `attempts`, `wrong_codes`, `repeats` and `known_networks`: what limits remember over a restart. All bounded.

use rusqlite::{OptionalExtension, Transaction, params};

use super::StoreError;
use crate::clock::{HOUR, Seconds};
use crate::host::AccountId;

/// Rows kept of strangers' failures; beyond that the oldest go.
pub const MOST_ROWS: i64 = 20_000;
/// Wrong codes are counted over this time, in seconds, and then forgotten.
pub const WRONG_CODES_KEPT: Seconds = HOUR;

/// So many more go at once, since to find them all are looked through.
const AT_ONCE: i64 = 200;
/// Known networks kept for one account.
const MOST_NETWORKS: i64 = 32;

/// Failures of one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// How many in a row.
    pub count: u32,
    /// When the last was.
    pub last_at: Seconds,
    /// Refused until then.
    pub until: Seconds,
}

/// What is remembered under a key.
pub fn failures(tx: &Transaction<'_>, scope: &str, key: &[u8]) -> Result<Failures, StoreError> {
    Ok(tx
        .prepare_cached("SELECT failures, last_at, until FROM attempts WHERE scope = ?1 AND key = ?2")?
        .query_row(params![scope, key], |row| {
            Ok(Failures { count: row.get(0)?, last_at: row.get(1)?, until: row.get(2)? })
        })
        .optional()?
        .unwrap_or_default())
}

/// Remembers failures under a key.
pub fn set_failures(tx: &Transaction<'_>, scope: &str, key: &[u8], failures: Failures) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO attempts (scope, key, failures, last_at, until) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (scope, key) DO UPDATE SET failures = ?3, last_at = ?4, until = ?5",
    )?
    .execute(params![scope, key, failures.count, failures.last_at, failures.until])?;
    Ok(())
}

/// Forgets the failures of a key; true if there were any.
pub fn clear_failures(tx: &Transaction<'_>, scope: &str, key: &[u8]) -> Result<bool, StoreError> {
    Ok(tx.prepare_cached("DELETE FROM attempts WHERE scope = ?1 AND key = ?2")?.execute(params![scope, key])? > 0)
}

/// Drops what is older than `before`, what lies ahead of a clock that was set back, and some rows beyond [`MOST_ROWS`]:
/// those first that make nobody wait, and failed the least. A flood pushes out itself.
pub fn prune(tx: &Transaction<'_>, before: Seconds, now: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM attempts WHERE last_at < ?1 AND until < ?2")?.execute(params![before, now])?;
    tx.prepare_cached(
        "DELETE FROM attempts WHERE (scope, key) IN (SELECT scope, key FROM attempts ORDER BY until > ?2, failures, last_at \
         LIMIT (SELECT CASE WHEN COUNT(*) > ?1 THEN COUNT(*) - ?1 + ?3 ELSE 0 END FROM attempts))",
    )?
    .execute(params![MOST_ROWS, now, AT_ONCE])?;
    tx.prepare_cached("DELETE FROM wrong_codes WHERE at < ?1 OR at > ?2")?
        .execute(params![now - WRONG_CODES_KEPT, now])?;
    tx.prepare_cached("DELETE FROM repeats WHERE until <= ?1")?.execute(params![now])?;
    tx.prepare_cached(
        "DELETE FROM repeats WHERE hash IN (SELECT hash FROM repeats ORDER BY until \
         LIMIT max(0, (SELECT COUNT(*) FROM repeats) - ?1))",
    )?
    .execute(params![MOST_ROWS])?;
    Ok(())
}

/// Counts one wrong code against one of an account's budgets. What lies ahead of a clock that was set back goes: else it
/// counted once that day comes.
pub fn add_wrong_code(tx: &Transaction<'_>, account: &AccountId, source: &str, now: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM wrong_codes WHERE account = ?1 AND at > ?2")?
        .execute(params![account.as_bytes(), now])?;
    tx.prepare_cached("INSERT INTO wrong_codes (account, source, at) VALUES (?1, ?2, ?3)")?.execute(params![
        account.as_bytes(),
        source,
        now
    ])?;
    Ok(())
}

/// Wrong codes after a moment until now, and when the oldest of them was.
pub fn wrong_codes(
    tx: &Transaction<'_>,
    account: &AccountId,
    source: &str,
    window: (Seconds, Seconds),
) -> Result<(u32, Seconds), StoreError> {
    wrong_codes_whose(tx, "IN", account, [source; 3], window)
}

/// The same over all of the account's budgets but these.
pub fn wrong_codes_beside(
    tx: &Transaction<'_>,
    account: &AccountId,
    sources: [&str; 3],
    window: (Seconds, Seconds),
) -> Result<(u32, Seconds), StoreError> {
    wrong_codes_whose(tx, "NOT IN", account, sources, window)
}

fn wrong_codes_whose(
    tx: &Transaction<'_>,
    are: &str,
    account: &AccountId,
    [one, another, third]: [&str; 3],
    (since, now): (Seconds, Seconds),
) -> Result<(u32, Seconds), StoreError> {
    let count = "SELECT COUNT(*), coalesce(min(at), 0) FROM wrong_codes WHERE account = ?1 AND at > ?2 AND at <= ?3";
    Ok(tx
        .prepare_cached(&format!("{count} AND source {are} (?4, ?5, ?6)"))?
        .query_row(params![account.as_bytes(), since, now, one, another, third], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?)
}

/// One code turned out right: the newest count is taken back.
pub fn forgive_wrong_code(tx: &Transaction<'_>, account: &AccountId, source: &str) -> Result<(), StoreError> {
    tx.prepare_cached(
        "DELETE FROM wrong_codes WHERE rowid = (SELECT rowid FROM wrong_codes WHERE account = ?1 AND source = ?2 \
         ORDER BY at DESC LIMIT 1)",
    )?
    .execute(params![account.as_bytes(), source])?;
    Ok(())
}

/// A success gives the budget back.
pub fn clear_wrong_codes(tx: &Transaction<'_>, account: &AccountId, source: &str) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM wrong_codes WHERE account = ?1 AND source = ?2")?
        .execute(params![account.as_bytes(), source])?;
    Ok(())
}

/// True when this very failure is not remembered: only then it counts, and is until `until`. What is remembered for longer
/// was seen by a clock that ran ahead.
pub fn first_time(tx: &Transaction<'_>, hash: &[u8; 32], now: Seconds, until: Seconds) -> Result<bool, StoreError> {
    let fresh = tx
        .prepare_cached(
            "INSERT INTO repeats (hash, until) VALUES (?1, ?2) \
             ON CONFLICT (hash) DO UPDATE SET until = ?2 WHERE until <= ?3 OR until > ?2",
        )?
        .execute(params![hash, until, now])?;
    Ok(fresh == 1)
}

/// Until when this very failure is remembered, if it is: after `now`, and no later than `latest`.
pub fn wrong_until(
    tx: &Transaction<'_>,
    hash: &[u8; 32],
    now: Seconds,
    latest: Seconds,
) -> Result<Option<Seconds>, StoreError> {
    Ok(tx
        .prepare_cached("SELECT until FROM repeats WHERE hash = ?1 AND until > ?2 AND until <= ?3")?
        .query_row(params![hash, now, latest], |row| row.get(0))
        .optional()?)
}

/// Remembers a failure until later than so far.
pub fn keep_wrong(tx: &Transaction<'_>, hash: &[u8; 32], until: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE repeats SET until = ?2 WHERE hash = ?1")?.execute(params![hash, until])?;
    Ok(())
}

/// The account came in from this network.
pub fn know_network(tx: &Transaction<'_>, account: &AccountId, network: &str, now: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO known_networks (account, network, at) VALUES (?1, ?2, ?3) \
         ON CONFLICT (account, network) DO UPDATE SET at = ?3",
    )?
    .execute(params![account.as_bytes(), network, now])?;
    tx.prepare_cached(
        "DELETE FROM known_networks WHERE account = ?1 AND network NOT IN \
         (SELECT network FROM known_networks WHERE account = ?1 ORDER BY at DESC LIMIT ?2)",
    )?
    .execute(params![account.as_bytes(), MOST_NETWORKS])?;
    Ok(())
}

/// No network is known to the account any more.
pub fn forget_networks(tx: &Transaction<'_>, account: &AccountId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM known_networks WHERE account = ?1")?.execute(params![account.as_bytes()])?;
    Ok(())
}

/// Did the account come in from this network since `since`?
pub fn knows_network(
    tx: &Transaction<'_>,
    account: &AccountId,
    network: &str,
    since: Seconds,
) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("SELECT 1 FROM known_networks WHERE account = ?1 AND network = ?2 AND at > ?3")?
        .exists(params![account.as_bytes(), network, since])?)
}
