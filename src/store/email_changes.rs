//! Tables `emails_pending` and `emails_undo`: an address on its way in, and the way back to the one before.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::StoreError;
use crate::clock::Seconds;
use crate::crypto::seal::Place;
use crate::host::AccountId;

/// Where a pending address is sealed to.
pub fn pending_place(row: &str) -> Place<'_> {
    Place { table: "emails_pending", column: "address", row }
}

/// Where an address that can be put back is sealed to.
pub fn undo_place(row: &str) -> Place<'_> {
    Place { table: "emails_undo", column: "address", row }
}

/// An address whose code has not come back yet.
#[derive(Clone)]
pub struct Pending {
    /// Whose.
    pub account: AccountId,
    /// Names the row to the seal.
    pub row: String,
    /// Sealed to [`pending_place`] of `row`.
    pub address: Vec<u8>,
    /// Keyed hash of the address in lower case.
    pub folded: Vec<u8>,
    /// Keyed hash of the code; none: none was sent.
    pub code: Option<Vec<u8>>,
    /// Wrong codes so far.
    pub tries: u32,
    /// When the last code was sent.
    pub sent_at: Seconds,
    /// When it lapses.
    pub expires_at: Seconds,
}

const COLUMNS: &str = "account, row, address, folded, code, tries, sent_at, expires_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Pending> {
    let account: [u8; 16] = row.get(0)?;
    Ok(Pending {
        account: account.into(),
        row: row.get(1)?,
        address: row.get(2)?,
        folded: row.get(3)?,
        code: row.get(4)?,
        tries: row.get(5)?,
        sent_at: row.get(6)?,
        expires_at: row.get(7)?,
    })
}

/// What waits for its code. Looks, changes nothing.
pub fn pending(tx: &Transaction<'_>, account: &AccountId, now: Seconds) -> Result<Option<Pending>, StoreError> {
    Ok(tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM emails_pending WHERE account = ?1 AND expires_at > ?2"))?
        .query_row(params![account.as_bytes(), now], read)
        .optional()?)
}

/// Lets an address wait, instead of the one that did.
pub fn await_code(tx: &Transaction<'_>, new: &Pending) -> Result<(), StoreError> {
    tx.prepare_cached(&format!(
        "INSERT OR REPLACE INTO emails_pending ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
    ))?
    .execute(params![
        new.account.as_bytes(),
        new.row,
        new.address,
        new.folded,
        new.code,
        new.tries,
        new.sent_at,
        new.expires_at
    ])?;
    Ok(())
}

/// Counts one try before anything is compared; none when nothing waits or the tries are used up.
pub fn attempt(
    tx: &Transaction<'_>,
    account: &AccountId,
    now: Seconds,
    most: u32,
) -> Result<Option<Pending>, StoreError> {
    Ok(tx
        .prepare_cached(&format!(
            "UPDATE emails_pending SET tries = tries + 1 \
             WHERE account = ?1 AND expires_at > ?2 AND tries < ?3 RETURNING {COLUMNS}"
        ))?
        .query_row(params![account.as_bytes(), now, most], read)
        .optional()?)
}

/// Nothing waits any more.
pub fn forget_pending(tx: &Transaction<'_>, account: &AccountId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM emails_pending WHERE account = ?1")?.execute(params![account.as_bytes()])?;
    Ok(())
}

/// The way back to an address.
pub struct Undo {
    /// The larger, the later the change.
    pub id: i64,
    /// Whose.
    pub account: AccountId,
    /// Names the row to the seal.
    pub row: String,
    /// Sealed to [`undo_place`] of `row`.
    pub address: Vec<u8>,
    /// When it had been verified.
    pub verified_at: Option<Seconds>,
    /// When the way back closes.
    pub expires_at: Seconds,
}

/// Keeps a way back, under the hash of its token. Those that are over go.
pub fn keep_undo(tx: &Transaction<'_>, hash: &[u8; 32], undo: &Undo, now: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM emails_undo WHERE account = ?1 AND expires_at <= ?2")?
        .execute(params![undo.account.as_bytes(), now])?;
    tx.prepare_cached(
        "INSERT INTO emails_undo (hash, account, row, address, verified_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![hash, undo.account.as_bytes(), undo.row, undo.address, undo.verified_at, undo.expires_at])?;
    Ok(())
}

/// Whose way back that is. Looks, changes nothing.
pub fn undo_of(tx: &Transaction<'_>, hash: &[u8; 32], now: Seconds) -> Result<Option<AccountId>, StoreError> {
    let account: Option<[u8; 16]> = tx
        .prepare_cached("SELECT account FROM emails_undo WHERE hash = ?1 AND expires_at > ?2")?
        .query_row(params![hash, now], |row| row.get(0))
        .optional()?;
    Ok(account.map(AccountId::from))
}

/// Takes a way back, and with it those to what was set later. The earlier ones stay: whoever took the address over may
/// have changed it twice, and must not close the owner's way by going one step back themselves.
pub fn take_undo(tx: &Transaction<'_>, hash: &[u8; 32], now: Seconds) -> Result<Option<Undo>, StoreError> {
    let undo = tx
        .prepare_cached(
            "DELETE FROM emails_undo WHERE hash = ?1 AND expires_at > ?2 \
             RETURNING id, account, row, address, verified_at, expires_at",
        )?
        .query_row(params![hash, now], |row| {
            let account: [u8; 16] = row.get(1)?;
            Ok(Undo {
                id: row.get(0)?,
                account: account.into(),
                row: row.get(2)?,
                address: row.get(3)?,
                verified_at: row.get(4)?,
                expires_at: row.get(5)?,
            })
        })
        .optional()?;
    if let Some(undo) = &undo {
        tx.prepare_cached("DELETE FROM emails_undo WHERE account = ?1 AND id > ?2")?
            .execute(params![undo.account.as_bytes(), undo.id])?;
    }
    Ok(undo)
}

/// Closes every way back of an account.
pub fn forget_undos(tx: &Transaction<'_>, account: &AccountId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM emails_undo WHERE account = ?1")?.execute(params![account.as_bytes()])?;
    Ok(())
}
