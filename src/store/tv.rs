//! Tables `tv_windows` and `tv_words`: what a person opens for minutes to sign a TV in.

use rusqlite::{OptionalExtension, Transaction, params};

use super::StoreError;
use crate::clock::Seconds;
use crate::host::AccountId;

/// Opens the window in which one session of an account approves without another proof.
pub fn open_window(
    tx: &Transaction<'_>,
    account: &AccountId,
    session: &[u8; 32],
    until: Seconds,
) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT OR REPLACE INTO tv_windows (account, session, expires_at) VALUES (?1, ?2, ?3)")?
        .execute(params![account.as_bytes(), session, until])?;
    Ok(())
}

/// Until when the window is open for this session; 0 when it is closed.
pub fn window(
    tx: &Transaction<'_>,
    account: &AccountId,
    session: &[u8; 32],
    now: Seconds,
) -> Result<Seconds, StoreError> {
    let until: Option<Seconds> = tx
        .prepare_cached("SELECT expires_at FROM tv_windows WHERE account = ?1 AND session = ?2 AND expires_at > ?3")?
        .query_row(params![account.as_bytes(), session, now], |row| row.get(0))
        .optional()?;
    Ok(until.unwrap_or(0))
}

/// Gives an account a one-time word in place of an earlier one.
pub fn give_word(
    tx: &Transaction<'_>,
    account: &AccountId,
    hash: &[u8; 32],
    epoch: i64,
    until: Seconds,
) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT OR REPLACE INTO tv_words (account, hash, epoch, expires_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![account.as_bytes(), hash, epoch, until])?;
    Ok(())
}

/// Is this the account's word? Looks, spends nothing.
pub fn has_word(
    tx: &Transaction<'_>,
    account: &AccountId,
    hash: &[u8; 32],
    epoch: i64,
    now: Seconds,
) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("SELECT 1 FROM tv_words WHERE account = ?1 AND hash = ?2 AND epoch = ?3 AND expires_at > ?4")?
        .exists(params![account.as_bytes(), hash, epoch, now])?)
}

/// Spends the word; true if it was still to be had.
pub fn spend_word(
    tx: &Transaction<'_>,
    account: &AccountId,
    hash: &[u8; 32],
    epoch: i64,
    now: Seconds,
) -> Result<bool, StoreError> {
    let spent = tx
        .prepare_cached("DELETE FROM tv_words WHERE account = ?1 AND hash = ?2 AND epoch = ?3 AND expires_at > ?4")?
        .execute(params![account.as_bytes(), hash, epoch, now])?;
    Ok(spent == 1)
}
