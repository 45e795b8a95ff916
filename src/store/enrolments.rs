//! Tables `enrolments` and `words`: authenticators not yet confirmed, and an administrator's leave to enrol.

use rusqlite::{OptionalExtension, Transaction, params};

use super::StoreError;
use crate::clock::Seconds;
use crate::host::AccountId;

/// An authenticator that waits for its first right code. It proves nothing until then.
pub struct Enrolment {
    /// Names the row to the seal; becomes the factor's row.
    pub row: String,
    /// Sealed secret.
    pub secret: Vec<u8>,
    /// Parameters as JSON.
    pub parameters: String,
    /// When it lapses.
    pub expires_at: Seconds,
    /// Tries so far.
    pub tries: u32,
}

/// Starts an enrolment; an earlier one of the account is dropped.
pub fn start(
    tx: &Transaction<'_>,
    hash: &[u8; 32],
    account: &AccountId,
    challenge: Option<&[u8; 32]>,
    enrolment: &Enrolment,
) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM enrolments WHERE account = ?1")?.execute(params![account.as_bytes()])?;
    tx.prepare_cached(
        "INSERT INTO enrolments (hash, account, challenge, row, secret, parameters, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        hash,
        account.as_bytes(),
        challenge,
        enrolment.row,
        enrolment.secret,
        enrolment.parameters,
        enrolment.expires_at
    ])?;
    Ok(())
}

/// Counts one try and gives the enrolment back, if it is this account's and challenge's and has tries left.
pub fn attempt(
    tx: &Transaction<'_>,
    hash: &[u8; 32],
    account: &AccountId,
    challenge: Option<&[u8; 32]>,
    now: Seconds,
    most: u32,
) -> Result<Option<Enrolment>, StoreError> {
    Ok(tx
        .prepare_cached(
            "UPDATE enrolments SET tries = tries + 1 \
             WHERE hash = ?1 AND account = ?2 AND challenge IS ?3 AND expires_at > ?4 AND tries < ?5 \
             RETURNING row, secret, parameters, expires_at, tries",
        )?
        .query_row(params![hash, account.as_bytes(), challenge, now, most], |row| {
            Ok(Enrolment {
                row: row.get(0)?,
                secret: row.get(1)?,
                parameters: row.get(2)?,
                expires_at: row.get(3)?,
                tries: row.get(4)?,
            })
        })
        .optional()?)
}

/// Ends every enrolment of an account.
pub fn end(tx: &Transaction<'_>, account: &AccountId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM enrolments WHERE account = ?1")?.execute(params![account.as_bytes()])?;
    Ok(())
}

/// Gives an account an administrator's one-time word; an earlier one is void.
pub fn give_word(tx: &Transaction<'_>, account: &AccountId, hash: &[u8; 32], until: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO words (account, hash, expires_at) VALUES (?1, ?2, ?3) \
         ON CONFLICT (account) DO UPDATE SET hash = ?2, expires_at = ?3",
    )?
    .execute(params![account.as_bytes(), hash, until])?;
    Ok(())
}

/// Is this the account's word? Looks; [`forget_word`] spends it, with the factor it let in.
pub fn has_word(tx: &Transaction<'_>, account: &AccountId, hash: &[u8; 32], now: Seconds) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("SELECT 1 FROM words WHERE account = ?1 AND hash = ?2 AND expires_at > ?3")?
        .exists(params![account.as_bytes(), hash, now])?)
}

/// The account's word is spent, or void.
pub fn forget_word(tx: &Transaction<'_>, account: &AccountId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM words WHERE account = ?1")?.execute(params![account.as_bytes()])?;
    Ok(())
}
