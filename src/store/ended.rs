//! Tables `ended_sessions` and `gone_accounts`: what a back-up of Jellyfin would bring back.

use std::collections::{BTreeSet, HashSet};

use rusqlite::{Transaction, params};

use super::StoreError;
use crate::clock::{DAY, Seconds};
use crate::host::AccountId;

/// How old a back-up may be that brings nothing back, in seconds.
const KEPT_FOR: Seconds = 2 * 365 * DAY;

/// Ended sessions remembered of one account; the last ones stay.
const MOST_OF_ACCOUNT: i64 = 1_000;

/// Remembers that sessions of an account were ended, by the hashes of their tokens.
pub fn note_sessions(
    tx: &Transaction<'_>,
    account: &AccountId,
    token_hashes: &[[u8; 32]],
    now: Seconds,
) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM ended_sessions WHERE at < ?1")?.execute(params![now - KEPT_FOR])?;
    let mut insert =
        tx.prepare_cached("INSERT OR REPLACE INTO ended_sessions (token_hash, account, at) VALUES (?1, ?2, ?3)")?;
    for hash in token_hashes {
        insert.execute(params![hash, account.as_bytes(), now])?;
    }
    tx.prepare_cached(
        "DELETE FROM ended_sessions WHERE token_hash IN (SELECT token_hash FROM ended_sessions \
         WHERE account = ?1 ORDER BY at DESC LIMIT -1 OFFSET ?2)",
    )?
    .execute(params![account.as_bytes(), MOST_OF_ACCOUNT])?;
    Ok(())
}

/// The hashes of the tokens of all that were ended.
pub fn sessions(tx: &Transaction<'_>) -> Result<HashSet<[u8; 32]>, StoreError> {
    let mut statement = tx.prepare_cached("SELECT token_hash FROM ended_sessions")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Remembers that a protected account was deleted: its id, and nothing else.
pub fn note_account(tx: &Transaction<'_>, id: &AccountId, now: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM gone_accounts WHERE at < ?1")?.execute(params![now - KEPT_FOR])?;
    tx.prepare_cached("INSERT OR REPLACE INTO gone_accounts (id, at) VALUES (?1, ?2)")?
        .execute(params![id.as_bytes(), now])?;
    Ok(())
}

/// The protected accounts that were deleted.
pub fn accounts(tx: &Transaction<'_>) -> Result<BTreeSet<AccountId>, StoreError> {
    let mut statement = tx.prepare_cached("SELECT id FROM gone_accounts")?;
    let rows = statement.query_map([], |row| row.get::<_, [u8; 16]>(0))?;
    Ok(rows.map(|id| id.map(AccountId::from)).collect::<Result<_, _>>()?)
}

/// A deleted account is there again, and seen to.
pub fn forget_account(tx: &Transaction<'_>, id: &AccountId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM gone_accounts WHERE id = ?1")?.execute(params![id.as_bytes()])?;
    Ok(())
}
