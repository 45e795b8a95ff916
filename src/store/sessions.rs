//! Table `sessions`: how each session was proven, by the hash of its token. Kept without `fsync`; unknown means unproven.

use rusqlite::{OptionalExtension, Transaction, params};

use super::StoreError;
use crate::clock::Seconds;
use crate::host::AccountId;

/// Sessions remembered for one account; a forgotten one counts as unproven.
const MOST_SESSIONS: i64 = 1_000;

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
}

/// Remembers a session.
pub fn insert(tx: &Transaction<'_>, token_hash: &[u8; 32], session: &Session) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO sessions (token_hash, account, proof, epoch, at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![token_hash, session.account.as_bytes(), session.proof, session.epoch, session.at])?;
    tx.prepare_cached(
        "DELETE FROM sessions WHERE account = ?1 AND at < \
         (SELECT at FROM sessions WHERE account = ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2)",
    )?
    .execute(params![session.account.as_bytes(), MOST_SESSIONS])?;
    Ok(())
}

/// What is known of a token.
pub fn find(tx: &Transaction<'_>, token_hash: &[u8; 32]) -> Result<Option<Session>, StoreError> {
    Ok(tx
        .prepare_cached("SELECT account, proof, epoch, at FROM sessions WHERE token_hash = ?1")?
        .query_row(params![token_hash], |row| {
            let account: [u8; 16] = row.get(0)?;
            Ok(Session { account: account.into(), proof: row.get(1)?, epoch: row.get(2)?, at: row.get(3)? })
        })
        .optional()?)
}
