//! Table `app_passwords`: keyed hashes of generated passwords, found by account and hash in one lookup.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::Serialize;

use super::StoreError;
use crate::clock::Seconds;
use crate::host::AccountId;

/// One app password, as it lies in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppPassword {
    /// Row id.
    pub id: i64,
    /// The user's name for it. Hostile text.
    pub name: String,
    /// The account's revocation epoch when it was made.
    #[serde(skip)]
    pub epoch: i64,
    /// When it was made.
    pub created_at: Seconds,
    /// When it ends; none for never.
    pub expires_at: Option<Seconds>,
    /// Belongs to the first client that uses it.
    pub binds: bool,
    /// That client. Hostile text.
    #[serde(rename = "boundTo")]
    pub app: Option<String>,
    /// That client's device id.
    #[serde(skip)]
    pub device_id: Option<String>,
    /// When it was last used.
    #[serde(rename = "lastUsedAt")]
    pub used_at: Option<Seconds>,
    /// By which client. Hostile text.
    #[serde(rename = "lastUsedApp")]
    pub used_app: Option<String>,
    /// From which address.
    #[serde(rename = "lastUsedAddress")]
    pub used_address: Option<String>,
}

impl AppPassword {
    /// Good now, for this client?
    pub fn admits(&self, epoch: i64, app: &str, device_id: &str, now: Seconds) -> bool {
        let same = |bound: &Option<String>, is: &str| bound.as_deref().is_none_or(|bound| bound == is);
        self.epoch == epoch
            && self.expires_at.is_none_or(|end| end > now)
            && (!self.binds || (same(&self.app, app) && same(&self.device_id, device_id)))
    }
}

const COLUMNS: &str = "id, name, epoch, created_at, expires_at, binds, app, device_id, used_at, used_app, used_address";

fn read(row: &Row<'_>) -> rusqlite::Result<AppPassword> {
    Ok(AppPassword {
        id: row.get(0)?,
        name: row.get(1)?,
        epoch: row.get(2)?,
        created_at: row.get(3)?,
        expires_at: row.get(4)?,
        binds: row.get(5)?,
        app: row.get(6)?,
        device_id: row.get(7)?,
        used_at: row.get(8)?,
        used_app: row.get(9)?,
        used_address: row.get(10)?,
    })
}

/// Adds one; gives its id.
pub fn insert(
    tx: &Transaction<'_>,
    account: &AccountId,
    hash: &[u8; 32],
    new: &AppPassword,
) -> Result<i64, StoreError> {
    tx.prepare_cached(
        "INSERT INTO app_passwords (account, hash, name, epoch, created_at, expires_at, binds) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![account.as_bytes(), hash, new.name, new.epoch, new.created_at, new.expires_at, new.binds])?;
    Ok(tx.last_insert_rowid())
}

/// The account's app password with this hash. Looks, changes nothing.
pub fn find(tx: &Transaction<'_>, account: &AccountId, hash: &[u8; 32]) -> Result<Option<AppPassword>, StoreError> {
    Ok(tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM app_passwords WHERE account = ?1 AND hash = ?2"))?
        .query_row(params![account.as_bytes(), hash], read)
        .optional()?)
}

/// An account's app passwords, oldest first.
pub fn of(tx: &Transaction<'_>, account: &AccountId) -> Result<Vec<AppPassword>, StoreError> {
    let mut statement =
        tx.prepare_cached(&format!("SELECT {COLUMNS} FROM app_passwords WHERE account = ?1 ORDER BY id"))?;
    let rows = statement.query_map(params![account.as_bytes()], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes a use, and binds the first user of one that binds; false when another client was faster.
pub fn used(
    tx: &Transaction<'_>,
    id: i64,
    app: &str,
    device_id: &str,
    address: Option<&str>,
    now: Seconds,
) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE app_passwords SET used_at = ?5, used_app = ?2, used_address = ?4, \
             app = CASE WHEN binds THEN coalesce(app, ?2) END, \
             device_id = CASE WHEN binds THEN coalesce(device_id, ?3) END \
             WHERE id = ?1 AND (binds = 0 OR app IS NULL OR (app = ?2 AND device_id = ?3))",
        )?
        .execute(params![id, app, device_id, address, now])?;
    Ok(changed == 1)
}

/// Is it still there?
pub fn exists(tx: &Transaction<'_>, account: &AccountId, id: i64) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("SELECT 1 FROM app_passwords WHERE account = ?1 AND id = ?2")?
        .exists(params![account.as_bytes(), id])?)
}

/// Takes one away; true if it was there.
pub fn remove(tx: &Transaction<'_>, account: &AccountId, id: i64) -> Result<bool, StoreError> {
    let gone = tx
        .prepare_cached("DELETE FROM app_passwords WHERE account = ?1 AND id = ?2")?
        .execute(params![account.as_bytes(), id])?;
    Ok(gone == 1)
}
