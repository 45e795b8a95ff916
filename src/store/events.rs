//! Table `events`: what happened, for the owner to read.

use rusqlite::{Row, Transaction, params};

use super::StoreError;
use crate::clock::Seconds;
use crate::host::AccountId;

/// Rows removed at once when old ones are pruned, so that no login waits for a big delete.
const PRUNE_AT_ONCE: i64 = 200;

/// Rows kept of what happened to nobody's account: whoever asks for names that no one has fills no disk.
pub const MOST_OF_NOBODY: i64 = 50_000;
/// With one such row in so many, they are looked for that are too many.
const LOOK_ONE_IN: i64 = 64;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Seconds,
    /// `audit::Kind` as text.
    pub kind: String,
    /// Whom it concerns.
    pub account: Option<AccountId>,
    /// Who did it, where that is somebody else.
    pub actor: Option<AccountId>,
    /// From where.
    pub address: Option<String>,
    /// More. Hostile text.
    pub detail: Option<String>,
}

/// Adds an event and lets a few old ones go.
pub fn insert(tx: &Transaction<'_>, event: &Event, oldest: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO events (at, kind, account, address, detail, actor) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        event.at,
        event.kind,
        event.account.as_ref().map(AccountId::as_bytes),
        event.address,
        event.detail,
        event.actor.as_ref().map(AccountId::as_bytes)
    ])?;
    tx.prepare_cached("DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ?1 ORDER BY at LIMIT ?2)")?
        .execute(params![oldest, PRUNE_AT_ONCE])?;
    if event.account.is_none() && tx.last_insert_rowid() % LOOK_ONE_IN == 0 {
        bound_nobodys(tx)?;
    }
    Ok(())
}

/// What the server itself tells of has no address, and stays.
fn bound_nobodys(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.prepare_cached(
        "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE account IS NULL AND address IS NOT NULL \
         ORDER BY id DESC LIMIT ?1 OFFSET ?2)",
    )?
    .execute(params![PRUNE_AT_ONCE, MOST_OF_NOBODY])?;
    Ok(())
}

/// An account's newest events of these kinds.
pub fn of(tx: &Transaction<'_>, account: &AccountId, kinds: &[&str], most: u32) -> Result<Vec<Event>, StoreError> {
    let kinds = serde_json::to_string(kinds).map_err(|_| StoreError::row("events"))?;
    let mut statement = tx.prepare_cached(
        "SELECT at, kind, account, address, detail, actor FROM events WHERE account = ?1 \
         AND kind IN (SELECT value FROM json_each(?2)) ORDER BY id DESC LIMIT ?3",
    )?;
    let rows = statement.query_map(params![account.as_bytes(), kinds, most], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Events of these kinds after one, the oldest first, by id.
pub fn after(tx: &Transaction<'_>, id: i64, kinds: &[&str], most: u32) -> Result<Vec<(i64, Event)>, StoreError> {
    let kinds = serde_json::to_string(kinds).map_err(|_| StoreError::row("events"))?;
    let mut statement = tx.prepare_cached(
        "SELECT at, kind, account, address, detail, actor, id FROM events WHERE id > ?1 \
         AND kind IN (SELECT value FROM json_each(?2)) ORDER BY id LIMIT ?3",
    )?;
    let rows = statement.query_map(params![id, kinds, most], |row| Ok((row.get(6)?, read(row)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The newest event's id; 0 when there is none.
pub fn newest_id(tx: &Transaction<'_>) -> Result<i64, StoreError> {
    Ok(tx.query_row("SELECT COALESCE(MAX(id), 0) FROM events", [], |row| row.get(0))?)
}

/// The newest events, `page` counted from 0, and how many there are.
pub fn newest(tx: &Transaction<'_>, page: u32, size: u32) -> Result<(i64, Vec<Event>), StoreError> {
    let total = tx.query_row("SELECT COUNT(*) FROM events", [], |row| row.get(0))?;
    let mut statement = tx.prepare_cached(
        "SELECT at, kind, account, address, detail, actor FROM events ORDER BY id DESC LIMIT ?1 OFFSET ?2",
    )?;
    let rows = statement.query_map(params![size, i64::from(page) * i64::from(size)], read)?;
    Ok((total, rows.collect::<Result<_, _>>()?))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Event> {
    let account: Option<[u8; 16]> = row.get(2)?;
    let actor: Option<[u8; 16]> = row.get(5)?;
    Ok(Event {
        at: row.get(0)?,
        kind: row.get(1)?,
        account: account.map(AccountId::from),
        actor: actor.map(AccountId::from),
        address: row.get(3)?,
        detail: row.get(4)?,
    })
}
