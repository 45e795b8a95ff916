//! The owner's own words in messages. No personal data, so nothing of it goes with an account.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};

use super::StoreError;
use crate::clock::Seconds;

/// The templates of one kind in one language, by part.
pub fn of(tx: &Transaction<'_>, kind: &str, language: &str) -> Result<BTreeMap<String, String>, StoreError> {
    let mut statement = tx.prepare_cached("SELECT part, template FROM messages WHERE kind = ?1 AND language = ?2")?;
    let rows = statement.query_map(params![kind, language], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps these parts (name, template) and no other.
pub fn set(
    tx: &Transaction<'_>,
    kind: &str,
    language: &str,
    parts: &[(&str, &str)],
    now: Seconds,
) -> Result<(), StoreError> {
    remove(tx, kind, language)?;
    for (part, template) in parts {
        tx.prepare_cached(
            "INSERT INTO messages (kind, language, part, template, changed_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![kind, language, part, template, now])?;
    }
    Ok(())
}

/// Takes the owner's words away; ours hold again. True if there were any.
pub fn remove(tx: &Transaction<'_>, kind: &str, language: &str) -> Result<bool, StoreError> {
    let removed = tx
        .prepare_cached("DELETE FROM messages WHERE kind = ?1 AND language = ?2")?
        .execute(params![kind, language])?;
    Ok(removed > 0)
}
