//! Tables `resets` and `reset_counts`: what was sent out to whoever forgot a password, and how often.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::StoreError;
use crate::clock::Seconds;
use crate::host::AccountId;

/// A hash that a reset is known by.
pub type Hash = [u8; 32];

/// What was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A code, good in the browser that asked.
    Code,
    /// A link to the page where a password is chosen.
    Link,
    /// A PIN for Jellyfin's own dialog.
    Pin,
    /// A link that makes a PIN the password.
    PinLink,
    /// A link that an administrator hands over.
    Handed,
}

impl Kind {
    /// Every kind.
    pub const ALL: &[Self] = &[Self::Code, Self::Link, Self::Pin, Self::PinLink, Self::Handed];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Link => "link",
            Self::Pin => "pin",
            Self::PinLink => "pin_link",
            Self::Handed => "handed",
        }
    }
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reset {
    /// Of the token, or keyed of the code or PIN.
    pub hash: Hash,
    /// Whose password; for a name nobody has, an id nobody has.
    pub account: AccountId,
    /// What it is.
    pub kind: Kind,
    /// Hash of the secret of the browser that asked; only codes have one.
    pub flow: Option<Hash>,
    /// Stamp of the password that was forgotten.
    pub stamp: String,
    /// The account's revocation epoch.
    pub epoch: i64,
    /// Wrong tries; only codes are tried.
    pub tries: u32,
    /// When it was asked for.
    pub created_at: Seconds,
    /// When it dies.
    pub expires_at: Seconds,
}

const COLUMNS: &str = "hash, account, kind, flow, stamp, epoch, tries, created_at, expires_at";

fn read(row: &Row<'_>) -> rusqlite::Result<(Reset, String)> {
    let account: [u8; 16] = row.get(1)?;
    let reset = Reset {
        hash: row.get(0)?,
        account: account.into(),
        kind: Kind::Code,
        flow: row.get(3)?,
        stamp: row.get(4)?,
        epoch: row.get(5)?,
        tries: row.get(6)?,
        created_at: row.get(7)?,
        expires_at: row.get(8)?,
    };
    Ok((reset, row.get(2)?))
}

fn known((reset, kind): (Reset, String)) -> Result<Reset, StoreError> {
    let kind = Kind::ALL.iter().find(|known| known.as_str() == kind).ok_or(StoreError::row("resets"))?;
    Ok(Reset { kind: *kind, ..reset })
}

/// Adds one; of its kind and account only the `most` newest stay. What has died goes.
pub fn insert(tx: &Transaction<'_>, new: &Reset, most: u32) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM resets WHERE expires_at <= ?1")?.execute(params![new.created_at])?;
    put(tx, new)?;
    tx.prepare_cached(
        "DELETE FROM resets WHERE account = ?1 AND kind = ?2 AND hash NOT IN (SELECT hash FROM resets \
         WHERE account = ?1 AND kind = ?2 ORDER BY created_at DESC, hash = ?4 DESC LIMIT ?3)",
    )?
    .execute(params![new.account.as_bytes(), new.kind.as_str(), most, new.hash])?;
    Ok(())
}

/// Puts one back that was spent for nothing, as it was.
pub fn put(tx: &Transaction<'_>, reset: &Reset) -> Result<(), StoreError> {
    tx.prepare_cached(&format!(
        "INSERT OR IGNORE INTO resets ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
    ))?
    .execute(params![
        reset.hash,
        reset.account.as_bytes(),
        reset.kind.as_str(),
        reset.flow,
        reset.stamp,
        reset.epoch,
        reset.tries,
        reset.created_at,
        reset.expires_at
    ])?;
    Ok(())
}

/// The one with that hash, unless it has died. Looks, changes nothing.
pub fn find(tx: &Transaction<'_>, hash: &Hash, now: Seconds) -> Result<Option<Reset>, StoreError> {
    tx.prepare_cached(&format!("SELECT {COLUMNS} FROM resets WHERE hash = ?1 AND expires_at > ?2"))?
        .query_row(params![hash, now], read)
        .optional()?
        .map(known)
        .transpose()
}

/// Counts one try of the code that a browser asked for, before anything is compared; none when there is no such code,
/// or its tries are used up.
pub fn attempt(tx: &Transaction<'_>, flow: &Hash, now: Seconds, most: u32) -> Result<Option<Reset>, StoreError> {
    tx.prepare_cached(&format!(
        "UPDATE resets SET tries = tries + 1 WHERE flow = ?1 AND expires_at > ?2 AND tries < ?3 RETURNING {COLUMNS}"
    ))?
    .query_row(params![flow, now, most], read)
    .optional()?
    .map(known)
    .transpose()
}

/// A try that was right after all.
pub fn give_back(tx: &Transaction<'_>, hash: &Hash) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE resets SET tries = tries - 1 WHERE hash = ?1 AND tries > 0")?.execute(params![hash])?;
    Ok(())
}

/// Takes one away; true for the one caller that found it alive.
pub fn spend(tx: &Transaction<'_>, hash: &Hash, epoch: i64, now: Seconds) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("DELETE FROM resets WHERE hash = ?1 AND epoch = ?2 AND expires_at > ?3")?
        .execute(params![hash, epoch, now])?
        == 1)
}

/// Voids everything an account was sent.
pub fn void(tx: &Transaction<'_>, account: &AccountId) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM resets WHERE account = ?1")?.execute(params![account.as_bytes()])?;
    Ok(())
}

/// How often `subject` was counted since, and when first.
pub fn counted(tx: &Transaction<'_>, subject: &Hash, since: Seconds) -> Result<(u32, Seconds), StoreError> {
    Ok(tx
        .prepare_cached("SELECT COUNT(*), COALESCE(MIN(at), 0) FROM reset_counts WHERE subject = ?1 AND at > ?2")?
        .query_row(params![subject, since], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Counts `subject`; what is older than `before` goes.
pub fn count(tx: &Transaction<'_>, subject: &Hash, now: Seconds, before: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM reset_counts WHERE at <= ?1")?.execute(params![before])?;
    tx.prepare_cached("INSERT INTO reset_counts (subject, at) VALUES (?1, ?2)")?.execute(params![subject, now])?;
    Ok(())
}
