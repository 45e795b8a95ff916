//! Table `skipped_steps`: what somebody does not want to be asked for again so soon when they sign in.

use rusqlite::{Transaction, params};

use super::StoreError;
use crate::clock::Seconds;
use crate::host::AccountId;

/// Is that step skipped now?
pub fn is_skipped(tx: &Transaction<'_>, account: &AccountId, step: &str, now: Seconds) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM skipped_steps WHERE account = ?1 AND step = ?2 AND until > ?3)")?
        .query_row(params![account.as_bytes(), step, now], |row| row.get(0))?)
}

/// Skips it until then.
pub fn skip(tx: &Transaction<'_>, account: &AccountId, step: &str, until: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT OR REPLACE INTO skipped_steps (account, step, until) VALUES (?1, ?2, ?3)")?
        .execute(params![account.as_bytes(), step, until])?;
    Ok(())
}
