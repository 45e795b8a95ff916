//! Table `sessions`: how each session was proven, by the hash of its token. Kept without `fsync`; unknown means unproven.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::StoreError;
use crate::clock::Seconds;
use crate::host::AccountId;

/// Sessions remembered for one account, and a few more at times; a forgotten one counts as unproven.
pub(super) const MOST_SESSIONS: i64 = 1_000;

/// One new session in so many, as its random hash has it, lets the oldest go: to count that far each time would make
/// signing in slower the more devices an account has.
pub(super) const PRUNE_ONE_IN: u8 = 64;

/// One session's origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub account: AccountId,
    /// `gate::provenance::Proof` as text.
    pub proof: String,
    /// The account's revocation epoch when it was minted.
    pub epoch: i64,
    /// When.
    pub at: Seconds,
    /// When a proof was last given inside it; 0 for never.
    pub proven_at: Seconds,
    /// The app password it was made with.
    pub app_password: Option<i64>,
}

/// Remembers a session.
pub fn insert(tx: &Transaction<'_>, token_hash: &[u8; 32], session: &Session) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO sessions (token_hash, account, proof, epoch, at, proven_at, app_password) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        token_hash,
        session.account.as_bytes(),
        session.proof,
        session.epoch,
        session.at,
        session.proven_at,
        session.app_password
    ])?;
    if token_hash[0].is_multiple_of(PRUNE_ONE_IN) {
        tx.prepare_cached(
            "DELETE FROM sessions WHERE account = ?1 AND at < \
             (SELECT at FROM sessions WHERE account = ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2)",
        )?
        .execute(params![session.account.as_bytes(), MOST_SESSIONS])?;
    }
    Ok(())
}

/// Remembers that a proof was given inside a session. Of one that is known the rest stays, but for what it counts as,
/// where that is `raised`; one nobody knows of is written down as `unknown`.
pub fn prove(
    tx: &Transaction<'_>,
    token_hash: &[u8; 32],
    unknown: &Session,
    raised: Option<&str>,
) -> Result<(), StoreError> {
    let known = tx
        .prepare_cached(
            "UPDATE sessions SET proof = coalesce(?3, proof), proven_at = ?4, epoch = ?5 \
             WHERE token_hash = ?1 AND account = ?2",
        )?
        .execute(params![token_hash, unknown.account.as_bytes(), raised, unknown.proven_at, unknown.epoch])?;
    if known == 0 { insert(tx, token_hash, unknown) } else { Ok(()) }
}

/// No session of the account has proven anything, and what counted as one of `full` counts as `lesser` now.
pub fn lower(tx: &Transaction<'_>, account: &AccountId, full: &[&str], lesser: &str) -> Result<(), StoreError> {
    let full = serde_json::to_string(full).map_err(|_| StoreError::Row { table: "sessions" })?;
    tx.prepare_cached(
        "UPDATE sessions SET proven_at = 0, \
         proof = CASE WHEN proof IN (SELECT value FROM json_each(?2)) THEN ?3 ELSE proof END WHERE account = ?1",
    )?
    .execute(params![account.as_bytes(), full, lesser])?;
    Ok(())
}

/// What is known of an account's tokens.
pub fn of(tx: &Transaction<'_>, account: &AccountId) -> Result<HashMap<[u8; 32], Session>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT token_hash, account, proof, epoch, at, proven_at, app_password FROM sessions WHERE account = ?1",
    )?;
    let rows = statement.query_map(params![account.as_bytes()], |row| Ok((row.get(0)?, read(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Forgets an ended session.
pub fn forget(tx: &Transaction<'_>, token_hash: &[u8; 32]) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM sessions WHERE token_hash = ?1")?.execute(params![token_hash])?;
    Ok(())
}

/// What is known of a token.
pub fn find(tx: &Transaction<'_>, token_hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT account, proof, epoch, at, proven_at, app_password FROM sessions WHERE token_hash = ?1",
        )?
        .query_row(params![token_hash], |row| read(row, 0))
        .optional()?)
}

fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Session> {
    let account: [u8; 16] = row.get(first)?;
    Ok(Session {
        account: account.into(),
        proof: row.get(first + 1)?,
        epoch: row.get(first + 2)?,
        at: row.get(first + 3)?,
        proven_at: row.get(first + 4)?,
        app_password: row.get(first + 5)?,
    })
}
