//! Table `meta`: single facts about the store itself.

use rusqlite::{OptionalExtension, Transaction, params};

use super::StoreError;

/// Detects a wrong master key.
pub const KEY_CHECK: &str = "key_check";
/// Raised by every settings change that weakens or strengthens the policy; ends open challenges.
pub const POLICY_EPOCH: &str = "policy_epoch";
/// When the present requirement was switched on.
pub const REQUIRED_SINCE: &str = "required_since";
/// Which requirement that is.
pub const REQUIRED_AS: &str = "required_as";
/// Raised by every settings change.
pub const SETTINGS_REVISION: &str = "settings_revision";
/// Somebody was protected once.
pub const ARMED: &str = "armed";

/// The last use of an unlock file that stands in the audit.
pub const UNLOCK_TOLD: &str = "unlock_told";
/// The last event that was told, if it was worth a warning.
pub const ALERTS_TOLD: &str = "alerts_told";
/// The day on which sessions from before were ended.
pub const LEGACY_ENDED: &str = "legacy_ended";

/// When it was last tried.
pub const LEGACY_TRIED: &str = "legacy_tried";

/// Bytes kept under `key`.
pub fn bytes(tx: &Transaction<'_>, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(tx
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row(params![key], |row| row.get(0))
        .optional()?)
}

/// Keeps bytes under `key`.
pub fn set_bytes(tx: &Transaction<'_>, key: &str, value: &[u8]) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2")?
        .execute(params![key, value])?;
    Ok(())
}

/// A number kept under `key`; 0 when there is none.
pub fn number(tx: &Transaction<'_>, key: &str) -> Result<i64, StoreError> {
    match bytes(tx, key)? {
        None => Ok(0),
        Some(value) => Ok(i64::from_be_bytes(value.try_into().map_err(|_| StoreError::row("meta"))?)),
    }
}

/// Keeps a number under `key`.
pub fn set_number(tx: &Transaction<'_>, key: &str, value: i64) -> Result<(), StoreError> {
    set_bytes(tx, key, &value.to_be_bytes())
}

/// Keeps a number under `key` if it is greater than the one there; true if it was.
pub fn raise_number(tx: &Transaction<'_>, key: &str, value: i64) -> Result<bool, StoreError> {
    let greater = number(tx, key)? < value;
    if greater {
        set_number(tx, key, value)?;
    }
    Ok(greater)
}

/// Every stored setting as `(key, JSON text)`.
pub fn settings(tx: &Transaction<'_>) -> Result<Vec<(String, String)>, StoreError> {
    let mut statement = tx.prepare_cached("SELECT key, value FROM settings")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Stores one setting.
pub fn set_setting(tx: &Transaction<'_>, key: &str, json: &str) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2")?
        .execute(params![key, json])?;
    Ok(())
}
