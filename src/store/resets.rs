//! Tables `resets`, `reset_flows` and `resets_under_way`: what was sent out to whoever forgot a password, and what is being
//! made of it.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::StoreError;
use crate::clock::{CLOCK_SLACK, Seconds};
use crate::host::AccountId;

/// Resets kept, and askings; beyond that the oldest go, and first what is good for nothing.
pub const MOST_ROWS: i64 = 20_000;

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
    /// Keyed hash of the account and whoever asked for it: limits are theirs.
    pub asker: Hash,
    /// What it is.
    pub kind: Kind,
    /// Hash of the secret of the browser that asked; only codes have one.
    pub flow: Option<Hash>,
    /// Stamp of the password that was forgotten; empty: it is good for nothing.
    pub stamp: String,
    /// The account's revocation epoch.
    pub epoch: i64,
    /// When it was asked for.
    pub created_at: Seconds,
    /// When it dies.
    pub expires_at: Seconds,
}

const COLUMNS: &str = "hash, account, kind, asker, flow, stamp, epoch, created_at, expires_at";

fn read(row: &Row<'_>) -> rusqlite::Result<(Reset, String)> {
    let account: [u8; 16] = row.get(1)?;
    let reset = Reset {
        hash: row.get(0)?,
        account: account.into(),
        kind: Kind::Code,
        asker: row.get(3)?,
        flow: row.get(4)?,
        stamp: row.get(5)?,
        epoch: row.get(6)?,
        created_at: row.get(7)?,
        expires_at: row.get(8)?,
    };
    Ok((reset, row.get(2)?))
}

fn known((reset, kind): (Reset, String)) -> Result<Reset, StoreError> {
    let kind = Kind::ALL.iter().find(|known| known.as_str() == kind).ok_or(StoreError::row("resets"))?;
    Ok(Reset { kind: *kind, ..reset })
}

/// Adds one; of its kind, account and asker only the `most` newest stay: nobody drives out what somebody else asked for.
/// What has died goes, and what a clock left that ran ahead: it would outlive its time, and seem newer than what comes.
pub fn insert(tx: &Transaction<'_>, new: &Reset, most: u32) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM resets WHERE expires_at <= ?1")?.execute(params![new.created_at])?;
    tx.prepare_cached("DELETE FROM resets WHERE created_at > ?1")?.execute(params![new.created_at + CLOCK_SLACK])?;
    put(tx, new)?;
    tx.prepare_cached(
        "DELETE FROM resets WHERE account = ?1 AND kind = ?2 AND asker = ?3 AND hash NOT IN (SELECT hash FROM resets \
         WHERE account = ?1 AND kind = ?2 AND asker = ?3 ORDER BY created_at > ?6, created_at DESC, hash = ?5 DESC LIMIT ?4)",
    )?
    .execute(params![new.account.as_bytes(), new.kind.as_str(), new.asker, most, new.hash, new.created_at])?;
    tx.prepare_cached(
        "DELETE FROM resets WHERE hash IN (SELECT hash FROM resets ORDER BY stamp <> '', created_at \
         LIMIT max(0, (SELECT COUNT(*) FROM resets) - ?1))",
    )?
    .execute(params![MOST_ROWS])?;
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
        reset.asker,
        reset.flow,
        reset.stamp,
        reset.epoch,
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

/// Opens an asking whose codes can be tried until it ends. What has ended goes, and what a clock left that ran ahead.
pub fn open_flow(tx: &Transaction<'_>, flow: &Hash, now: Seconds, expires_at: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM reset_flows WHERE expires_at <= ?1 OR expires_at > ?2")?
        .execute(params![now, expires_at + CLOCK_SLACK])?;
    tx.prepare_cached("INSERT INTO reset_flows (flow, expires_at) VALUES (?1, ?2)")?
        .execute(params![flow, expires_at])?;
    tx.prepare_cached(
        "DELETE FROM reset_flows WHERE flow IN (SELECT flow FROM reset_flows ORDER BY expires_at \
         LIMIT max(0, (SELECT COUNT(*) FROM reset_flows) - ?1))",
    )?
    .execute(params![MOST_ROWS])?;
    Ok(())
}

/// Counts one try of an asking before anything is compared, and gives how many there were; none when there is no such
/// asking, or its tries are used up.
pub fn attempt(tx: &Transaction<'_>, flow: &Hash, now: Seconds, most: u32) -> Result<Option<u32>, StoreError> {
    Ok(tx
        .prepare_cached(
            "UPDATE reset_flows SET tries = tries + 1 WHERE flow = ?1 AND expires_at > ?2 AND tries < ?3 RETURNING tries",
        )?
        .query_row(params![flow, now, most], |row| row.get(0))
        .optional()?)
}

/// A try that was right after all.
pub fn give_back(tx: &Transaction<'_>, flow: &Hash) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE reset_flows SET tries = tries - 1 WHERE flow = ?1 AND tries > 0")?
        .execute(params![flow])?;
    Ok(())
}

/// The codes of an asking: one for each account that was found by it.
pub fn of_flow(tx: &Transaction<'_>, flow: &Hash, now: Seconds) -> Result<Vec<Reset>, StoreError> {
    tx.prepare_cached(&format!("SELECT {COLUMNS} FROM resets WHERE flow = ?1 AND expires_at > ?2 ORDER BY hash"))?
        .query_map(params![flow, now], read)?
        .map(|row| known(row?))
        .collect()
}

/// Takes one away; true for the one caller that found it alive.
pub fn spend(tx: &Transaction<'_>, reset: &Reset, epoch: i64, now: Seconds) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("DELETE FROM resets WHERE hash = ?1 AND stamp = ?2 AND epoch = ?3 AND expires_at > ?4")?
        .execute(params![reset.hash, reset.stamp, epoch, now])?
        == 1)
}

/// Voids everything an account was sent. It stays until it dies, good for nothing: to whoever asked, nothing changes.
pub fn void(tx: &Transaction<'_>, account: &AccountId) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE resets SET stamp = '' WHERE account = ?1")?.execute(params![account.as_bytes()])?;
    Ok(())
}

/// One that was spent, and is not done with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    /// Its number; 0 before it has one.
    pub id: i64,
    /// Whose password.
    pub account: AccountId,
    /// Stamp of the password that was forgotten.
    pub stamp: String,
    /// Keyed hash of the PIN that becomes the password; none: its owner chose it.
    pub pin: Option<Hash>,
    /// What was spent came by mail.
    pub by_mail: bool,
    /// From where.
    pub network: String,
    /// All is done but for the account's sessions.
    pub told: bool,
}

/// Notes what is left to do, and gives its number.
pub fn begin(tx: &Transaction<'_>, new: &UnderWay) -> Result<i64, StoreError> {
    tx.prepare_cached(
        "INSERT INTO resets_under_way (account, stamp, pin, by_mail, network) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![new.account.as_bytes(), new.stamp, new.pin, new.by_mail, new.network])?;
    Ok(tx.last_insert_rowid())
}

/// Only the account's sessions are left to be ended.
pub fn mark_told(tx: &Transaction<'_>, id: i64) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE resets_under_way SET told = 1 WHERE id = ?1")?.execute(params![id])?;
    Ok(())
}

/// Nothing is left to do.
pub fn end(tx: &Transaction<'_>, id: i64) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM resets_under_way WHERE id = ?1")?.execute(params![id])?;
    Ok(())
}

/// Everything that is not done with, the oldest first.
pub fn under_way(tx: &Transaction<'_>) -> Result<Vec<UnderWay>, StoreError> {
    let row = |row: &Row<'_>| {
        let account: [u8; 16] = row.get(1)?;
        Ok(UnderWay {
            id: row.get(0)?,
            account: account.into(),
            stamp: row.get(2)?,
            pin: row.get(3)?,
            by_mail: row.get(4)?,
            network: row.get(5)?,
            told: row.get(6)?,
        })
    };
    Ok(tx
        .prepare_cached("SELECT id, account, stamp, pin, by_mail, network, told FROM resets_under_way ORDER BY id")?
        .query_map([], row)?
        .collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::window;
    use crate::store::{OwnerLock, Store};

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), OwnerLock::take(folder.path()).unwrap()).unwrap();
        (folder, store)
    }

    fn reset(number: u8, stamp: &str, created_at: Seconds) -> Reset {
        Reset {
            hash: [number; 32],
            account: AccountId::from([number; 16]),
            asker: [number; 32],
            kind: Kind::Link,
            flow: None,
            stamp: stamp.to_owned(),
            epoch: 0,
            created_at,
            expires_at: created_at + 1_800,
        }
    }

    fn rows(tx: &Transaction<'_>, table: &str) -> i64 {
        tx.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    /// As many rows as there may be, of whoever asked for names that nobody has.
    fn flood(tx: &Transaction<'_>, most: i64, row: &str, into: &str) {
        let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)";
        tx.execute(&format!("INSERT INTO {into} {numbers} SELECT {row} FROM n"), [most]).unwrap();
    }

    #[test]
    fn beyond_the_most_rows_what_is_good_for_nothing_goes_first() {
        let (_folder, store) = store();
        store
            .lazy(|tx| {
                insert(tx, &reset(1, "stamp", 1_000), 5)?;
                let row = "randomblob(32), randomblob(16), randomblob(32), 'link', NULL, '', 0, 1001, 2801";
                flood(
                    tx,
                    MOST_ROWS,
                    row,
                    "resets (hash, account, asker, kind, flow, stamp, epoch, created_at, expires_at)",
                );
                insert(tx, &reset(2, "stamp", 1_002), 5)?;
                assert_eq!(rows(tx, "resets"), MOST_ROWS);
                assert!(find(tx, &[1; 32], 1_002)?.is_some(), "the oldest, but somebody's");
                assert!(find(tx, &[2; 32], 1_002)?.is_some());
                Ok::<_, StoreError>(())
            })
            .unwrap();
    }

    #[test]
    fn askings_and_counts_are_bounded_and_the_oldest_go() {
        let (_folder, store) = store();
        store
            .lazy(|tx| {
                open_flow(tx, &[1; 32], 1_000, 1_600)?;
                flood(tx, MOST_ROWS, "randomblob(32), 0, 1601", "reset_flows (flow, tries, expires_at)");
                open_flow(tx, &[2; 32], 1_002, 1_602)?;
                assert_eq!(rows(tx, "reset_flows"), MOST_ROWS);
                assert_eq!(attempt(tx, &[1; 32], 1_002, 5)?, None);
                assert_eq!(attempt(tx, &[2; 32], 1_002, 5)?, Some(1));
                window::RESETS.count(tx, &[&[1_u8; 32]], 1_000, 0)?;
                flood(tx, window::MOST_ROWS, "randomblob(32), 1001", "reset_counts (subject, at)");
                window::RESETS.count(tx, &[&[2_u8; 32]], 1_002, 0)?;
                assert_eq!(rows(tx, "reset_counts"), window::MOST_ROWS);
                assert_eq!(window::RESETS.counted(tx, &[&[1_u8; 32]], 0, 1_002)?.0, 0);
                assert_eq!(window::RESETS.counted(tx, &[&[2_u8; 32]], 0, 1_002)?.0, 1);
                Ok::<_, StoreError>(())
            })
            .unwrap();
    }
}
