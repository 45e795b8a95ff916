//! Table `passkeys`: public keys, and what was last seen of them. No two accounts have the same credential.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::StoreError;
use crate::clock::Seconds;
use crate::host::AccountId;

/// One registered passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Row id.
    pub id: i64,
    /// Whose.
    pub account: AccountId,
    /// `factor::passkey::Credential` as JSON.
    pub credential: String,
    /// The user's name for it. Hostile text.
    pub name: String,
    /// When it was registered.
    pub created_at: Seconds,
    /// When it last proved somebody.
    pub used_at: Option<Seconds>,
}

const COLUMNS: &str = "id, account, credential, name, created_at, used_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let account: [u8; 16] = row.get(1)?;
    Ok(Stored {
        id: row.get(0)?,
        account: account.into(),
        credential: row.get(2)?,
        name: row.get(3)?,
        created_at: row.get(4)?,
        used_at: row.get(5)?,
    })
}

/// Adds one; none when any account has a credential of that id.
pub fn insert(
    tx: &Transaction<'_>,
    account: &AccountId,
    credential_id: &[u8],
    credential: &str,
    name: &str,
    now: Seconds,
) -> Result<Option<i64>, StoreError> {
    let added = tx
        .prepare_cached(
            "INSERT INTO passkeys (account, credential_id, credential, name, created_at) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (credential_id) DO NOTHING",
        )?
        .execute(params![account.as_bytes(), credential_id, credential, name, now])?;
    Ok((added == 1).then(|| tx.last_insert_rowid()))
}

/// An account's passkeys, oldest first.
pub fn of(tx: &Transaction<'_>, account: &AccountId) -> Result<Vec<Stored>, StoreError> {
    let mut statement = tx.prepare_cached(&format!("SELECT {COLUMNS} FROM passkeys WHERE account = ?1 ORDER BY id"))?;
    let rows = statement.query_map(params![account.as_bytes()], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The passkey with that credential id, whosever it is.
pub fn find(tx: &Transaction<'_>, credential_id: &[u8]) -> Result<Option<Stored>, StoreError> {
    Ok(tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM passkeys WHERE credential_id = ?1"))?
        .query_row(params![credential_id], read)
        .optional()?)
}

/// Stores what a use changed; false when another use was faster, and this one judged by an old counter.
pub fn used(tx: &Transaction<'_>, before: &Stored, credential: &str, now: Seconds) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached("UPDATE passkeys SET credential = ?3, used_at = ?4 WHERE id = ?1 AND credential = ?2")?
        .execute(params![before.id, before.credential, credential, now])?;
    Ok(changed == 1)
}

/// Names one anew; true if it is the account's.
pub fn rename(tx: &Transaction<'_>, account: &AccountId, id: i64, name: &str) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached("UPDATE passkeys SET name = ?3 WHERE account = ?1 AND id = ?2")?
        .execute(params![account.as_bytes(), id, name])?;
    Ok(changed == 1)
}

/// Removes one; true if it was there.
pub fn remove(tx: &Transaction<'_>, account: &AccountId, id: i64) -> Result<bool, StoreError> {
    let gone = tx
        .prepare_cached("DELETE FROM passkeys WHERE account = ?1 AND id = ?2")?
        .execute(params![account.as_bytes(), id])?;
    Ok(gone == 1)
}
