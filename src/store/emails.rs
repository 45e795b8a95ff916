//! Table `emails`: one address an account, sealed; found again by a keyed hash of it in lower case.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::StoreError;
use crate::clock::Seconds;
use crate::crypto::seal::Place;
use crate::host::AccountId;

/// One row, its address still sealed.
#[derive(Clone)]
pub struct Email {
    /// Whose.
    pub account: AccountId,
    /// Names the row to the seal.
    pub row: String,
    /// Sealed to [`place`] of `row`.
    pub address: Vec<u8>,
    /// Keyed hash of the address in lower case.
    pub folded: Vec<u8>,
    /// When its owner showed that they read what is sent there, or an administrator vouched for it.
    pub verified_at: Option<Seconds>,
}

/// Where an address is sealed to.
pub fn place(row: &str) -> Place<'_> {
    Place { table: "emails", column: "address", row }
}

const COLUMNS: &str = "account, row, address, folded, verified_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Email> {
    let account: [u8; 16] = row.get(0)?;
    Ok(Email {
        account: account.into(),
        row: row.get(1)?,
        address: row.get(2)?,
        folded: row.get(3)?,
        verified_at: row.get(4)?,
    })
}

/// An account's address.
pub fn find(tx: &Transaction<'_>, account: &AccountId) -> Result<Option<Email>, StoreError> {
    Ok(tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM emails WHERE account = ?1"))?
        .query_row(params![account.as_bytes()], read)
        .optional()?)
}

/// Everybody who has that address, verified or not.
pub fn with_address(tx: &Transaction<'_>, folded: &[u8]) -> Result<Vec<Email>, StoreError> {
    Ok(tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM emails WHERE folded = ?1 ORDER BY account"))?
        .query_map(params![folded], read)?
        .collect::<Result<_, _>>()?)
}

/// Sets an account's address, instead of the one it had.
pub fn set(tx: &Transaction<'_>, new: &Email) -> Result<(), StoreError> {
    tx.prepare_cached(&format!("INSERT OR REPLACE INTO emails ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5)"))?
        .execute(params![new.account.as_bytes(), new.row, new.address, new.folded, new.verified_at])?;
    Ok(())
}

/// Takes an account's address away; true if it had one.
pub fn remove(tx: &Transaction<'_>, account: &AccountId) -> Result<bool, StoreError> {
    Ok(tx.prepare_cached("DELETE FROM emails WHERE account = ?1")?.execute(params![account.as_bytes()])? == 1)
}
