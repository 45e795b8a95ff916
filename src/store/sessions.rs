//! Table `sessions`: how each session was proven, by the hash of its token. Kept without `fsync`; unknown means unproven.

use std::collections::{HashMap, HashSet};

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::proof::Proof;
use super::{StoreError, accounts};
use crate::clock::Seconds;
use crate::host::AccountId;

/// Sessions remembered for one account before those are looked for that Jellyfin has ended without us.
pub(super) const MANY_SESSIONS: i64 = 1_000;

/// Sessions remembered for one account at all, and a few more at times; a forgotten one counts as unproven.
pub const MOST_SESSIONS: i64 = 10_000;

/// With one new session in so many, as its random hash has it, they are counted: to count that far each time would make
/// signing in slower the more devices an account has.
pub(super) const COUNT_ONE_IN: u8 = 64;

/// One session's origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub account: AccountId,
    /// How it was proven.
    pub proof: Proof,
    /// The account's revocation epoch when it was minted.
    pub epoch: i64,
    /// When.
    pub at: Seconds,
    /// When a proof was last given inside it; 0 for never.
    pub proven_at: Seconds,
    /// The app password it was made with.
    pub app_password: Option<i64>,
    /// Hash of the id of its device; none: not known.
    pub device: Option<[u8; 32]>,
    /// The network it was made from; none: not known.
    pub network: Option<String>,
}

/// Remembers a session, instead of an earlier one of the same device. True when the account has many, and it is time
/// to [`keep_only`] those that there are.
pub fn insert(tx: &Transaction<'_>, token_hash: &[u8; 32], session: &Session) -> Result<bool, StoreError> {
    if let Some(device) = &session.device {
        tx.prepare_cached("DELETE FROM sessions WHERE account = ?1 AND device = ?2")?
            .execute(params![session.account.as_bytes(), device])?;
    }
    tx.prepare_cached(
        "INSERT OR REPLACE INTO sessions \
         (token_hash, account, proof, epoch, at, proven_at, app_password, device, network) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        token_hash,
        session.account.as_bytes(),
        session.proof.column(),
        session.epoch,
        session.at,
        session.proven_at,
        session.app_password,
        session.device,
        session.network
    ])?;
    Ok(token_hash[0].is_multiple_of(COUNT_ONE_IN) && accounts::count(tx, "sessions", &session.account)? > MANY_SESSIONS)
}

/// Forgets sessions made before a moment that are not among these. Of what is still too much those go that there are
/// most of, by one app password or one kind of proof, the oldest first: a script that signs in for ever pushes out its
/// own.
pub fn keep_only(
    tx: &Transaction<'_>,
    account: &AccountId,
    live: &HashSet<[u8; 32]>,
    before: Seconds,
) -> Result<(), StoreError> {
    for (hash, session) in of(tx, account)? {
        if session.at < before && !live.contains(&hash) {
            forget(tx, &hash)?;
        }
    }
    let over = accounts::count(tx, "sessions", account)? - MOST_SESSIONS;
    if over > 0 {
        tx.prepare_cached(
            "DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions \
             WHERE account = ?1 AND (proof, ifnull(app_password, 0)) = (SELECT proof, ifnull(app_password, 0) \
             FROM sessions WHERE account = ?1 GROUP BY 1, 2 ORDER BY COUNT(*) DESC LIMIT 1) ORDER BY at LIMIT ?2)",
        )?
        .execute(params![account.as_bytes(), over])?;
    }
    Ok(())
}

/// Remembers that a proof was given inside a session. Of one that is known the rest stays, but for what it counts as,
/// where that is `raised`; one nobody knows of is written down as `unknown`.
pub fn prove(
    tx: &Transaction<'_>,
    token_hash: &[u8; 32],
    unknown: &Session,
    raised: Option<Proof>,
) -> Result<(), StoreError> {
    let known = tx
        .prepare_cached(
            "UPDATE sessions SET proof = coalesce(?3, proof), proven_at = ?4, epoch = ?5 \
             WHERE token_hash = ?1 AND account = ?2",
        )?
        .execute(params![
            token_hash,
            unknown.account.as_bytes(),
            raised.map(Proof::column),
            unknown.proven_at,
            unknown.epoch
        ])?;
    if known == 0 {
        insert(tx, token_hash, unknown)?;
    }
    Ok(())
}

/// No session of the account has proven anything, and what counted as full counts as a password's now.
pub fn lower(tx: &Transaction<'_>, account: &AccountId) -> Result<(), StoreError> {
    let full: Vec<&str> = Proof::ALL.into_iter().filter(|one| one.is_full()).map(Proof::column).collect();
    let full = serde_json::to_string(&full).map_err(|_| StoreError::row("sessions"))?;
    tx.prepare_cached(
        "UPDATE sessions SET proven_at = 0, \
         proof = CASE WHEN proof IN (SELECT value FROM json_each(?2)) THEN ?3 ELSE proof END WHERE account = ?1",
    )?
    .execute(params![account.as_bytes(), full, Proof::Password.column()])?;
    Ok(())
}

/// What is known of an account's tokens.
pub fn of(tx: &Transaction<'_>, account: &AccountId) -> Result<HashMap<[u8; 32], Session>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT token_hash, account, proof, epoch, at, proven_at, app_password, device, network \
         FROM sessions WHERE account = ?1",
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
            "SELECT account, proof, epoch, at, proven_at, app_password, device, network \
             FROM sessions WHERE token_hash = ?1",
        )?
        .query_row(params![token_hash], |row| read(row, 0))
        .optional()?)
}

fn read(row: &Row<'_>, first: usize) -> rusqlite::Result<Session> {
    let account: [u8; 16] = row.get(first)?;
    Ok(Session {
        account: account.into(),
        proof: Proof::of_session(row.get_ref(first + 1)?),
        epoch: row.get(first + 2)?,
        at: row.get(first + 3)?,
        proven_at: row.get(first + 4)?,
        app_password: row.get(first + 5)?,
        device: row.get(first + 6)?,
        network: row.get(first + 7)?,
    })
}
