//! Table `outbox`: what waits to be told outside of Jellyfin, by whatever way.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::StoreError;
use crate::clock::Seconds;
use crate::crypto::seal::Place;
use crate::host::AccountId;

/// Keyed hash of a channel and an address.
pub type Recipient = [u8; 32];

/// Given up because its time was over.
const EXPIRED: &str = "expired";

/// Given up because what it rests on was revoked.
const REVOKED: &str = "revoked";

/// Where the sealed content of a row stands.
pub fn place(row: &str) -> Place<'_> {
    Place { table: "outbox", column: "content", row }
}

/// A new entry.
pub struct New<'a> {
    /// Names the row to the seal.
    pub row: &'a str,
    /// By which way.
    pub channel: &'a str,
    /// What it is about.
    pub topic: &'a str,
    /// To whom.
    pub recipient: &'a Recipient,
    /// Whom it concerns.
    pub account: Option<&'a AccountId>,
    /// The account's revocation epoch it rests on.
    pub epoch: Option<i64>,
    /// Sealed.
    pub content: &'a [u8],
    /// Now.
    pub now: Seconds,
    /// When it dies.
    pub expires_at: Seconds,
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number; the older the smaller.
    pub id: i64,
    /// Names the row to the seal.
    pub row: String,
    /// By which way.
    pub channel: String,
    /// What it is about.
    pub topic: String,
    /// Whom it concerns.
    pub account: Option<AccountId>,
    /// The account's revocation epoch it rests on.
    pub epoch: Option<i64>,
    /// Sealed; none once it must not be told any more.
    pub content: Option<Vec<u8>>,
    /// When it was put there.
    pub created_at: Seconds,
    /// When it dies.
    pub expires_at: Seconds,
    /// When it is tried next.
    pub due_at: Seconds,
    /// How often it was tried.
    pub tries: u32,
    /// How often it was not taken while the server was well.
    pub refusals: u32,
    /// Of the last failure.
    pub cause: Option<String>,
    /// When it was given up; none: it waits.
    pub failed_at: Option<Seconds>,
}

const COLUMNS: &str = "id, row, channel, topic, account, epoch, content, created_at, expires_at, due_at, tries, refusals, cause, failed_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let account: Option<[u8; 16]> = row.get(4)?;
    Ok(Entry {
        id: row.get(0)?,
        row: row.get(1)?,
        channel: row.get(2)?,
        topic: row.get(3)?,
        account: account.map(AccountId::from),
        epoch: row.get(5)?,
        content: row.get(6)?,
        created_at: row.get(7)?,
        expires_at: row.get(8)?,
        due_at: row.get(9)?,
        tries: row.get(10)?,
        refusals: row.get(11)?,
        cause: row.get(12)?,
        failed_at: row.get(13)?,
    })
}

/// Adds an entry that is due at once, and gives its number.
pub fn insert(tx: &Transaction<'_>, new: &New<'_>) -> Result<i64, StoreError> {
    tx.prepare_cached(
        "INSERT INTO outbox (row, channel, topic, recipient, account, epoch, content, created_at, expires_at, due_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?8)",
    )?
    .execute(params![
        new.row,
        new.channel,
        new.topic,
        new.recipient,
        new.account.map(AccountId::as_bytes),
        new.epoch,
        new.content,
        new.now,
        new.expires_at
    ])?;
    Ok(tx.last_insert_rowid())
}

/// How many entries wait.
pub fn waiting(tx: &Transaction<'_>) -> Result<i64, StoreError> {
    Ok(tx.prepare_cached("SELECT COUNT(*) FROM outbox WHERE failed_at IS NULL")?.query_row([], |row| row.get(0))?)
}

/// Do as many wait? Counted only where there may be so many at all: whoever adds one holds everybody up meanwhile.
pub fn is_full(tx: &Transaction<'_>, most: i64) -> Result<bool, StoreError> {
    let span: Option<i64> = tx
        .prepare_cached("SELECT (SELECT MAX(id) FROM outbox) - (SELECT MIN(id) FROM outbox) + 1")?
        .query_row([], |row| row.get(0))?;
    Ok(span.unwrap_or(0) >= most && waiting(tx)? >= most)
}

/// The next entry to try: due, and the oldest of its recipient, codes and links apart from what is told whatever happens.
/// One that dies before those older than it are tried again passes them. One that is due only after `latest` is a leftover
/// of a clock that ran ahead, and counts as due.
pub fn next(tx: &Transaction<'_>, now: Seconds, latest: Seconds) -> Result<Option<Entry>, StoreError> {
    Ok(tx
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM outbox AS this WHERE failed_at IS NULL AND (due_at <= ?1 OR due_at > ?2) \
             AND expires_at <= COALESCE((SELECT MAX(iif(older.due_at > ?2, ?1, older.due_at)) FROM outbox AS older \
             WHERE older.recipient = this.recipient AND older.failed_at IS NULL AND older.id < this.id \
             AND (older.epoch IS NULL) = (this.epoch IS NULL)), expires_at) ORDER BY due_at, id LIMIT 1"
        ))?
        .query_row(params![now, latest], read)
        .optional()?)
}

/// When the next entry is due; none: nothing waits.
pub fn next_due(tx: &Transaction<'_>) -> Result<Option<Seconds>, StoreError> {
    Ok(tx.prepare_cached("SELECT MIN(due_at) FROM outbox WHERE failed_at IS NULL")?.query_row([], |row| row.get(0))?)
}

/// Counts a try before it is made, and puts the next one off: a crash in between repeats it then, not at once. False
/// when the entry is gone, given up or dead.
pub fn claim(tx: &Transaction<'_>, id: i64, now: Seconds, due_at: Seconds) -> Result<bool, StoreError> {
    let claimed = tx
        .prepare_cached(
            "UPDATE outbox SET tries = tries + 1, due_at = ?3 \
             WHERE id = ?1 AND failed_at IS NULL AND content IS NOT NULL AND expires_at > ?2",
        )?
        .execute(params![id, now, due_at])?;
    Ok(claimed == 1)
}

/// Takes a try back that was not made, or not to its end.
pub fn unclaim(tx: &Transaction<'_>, id: i64, now: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE outbox SET tries = MAX(tries - 1, 0), due_at = ?2 WHERE id = ?1")?
        .execute(params![id, now])?;
    Ok(())
}

/// Why the last try failed; another one follows at that time.
pub fn postpone(
    tx: &Transaction<'_>,
    id: i64,
    cause: &str,
    (due_at, refusals): (Seconds, u32),
) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE outbox SET cause = ?2, due_at = ?3, refusals = ?4 WHERE id = ?1")?
        .execute(params![id, cause, due_at, refusals])?;
    Ok(())
}

/// Gives an entry up. Its content stays for as long as it may be told.
pub fn give_up(tx: &Transaction<'_>, id: i64, now: Seconds, cause: &str) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE outbox SET failed_at = ?2, cause = ?3 WHERE id = ?1")?
        .execute(params![id, now, cause])?;
    Ok(())
}

/// Gives an entry up whose account was revoked; nobody may tell it any more.
pub fn revoke(tx: &Transaction<'_>, id: i64, now: Seconds) -> Result<(), StoreError> {
    give_up(tx, id, now, REVOKED)?;
    tx.prepare_cached("UPDATE outbox SET content = NULL WHERE id = ?1")?.execute(params![id])?;
    Ok(())
}

/// Takes the content of whatever died, gives up what still waited, and forgets what was given up before `oldest`.
/// True if anything was there to do.
pub fn expire(tx: &Transaction<'_>, now: Seconds, oldest: Seconds) -> Result<bool, StoreError> {
    let died = tx
        .prepare_cached(
            "UPDATE outbox SET content = NULL, failed_at = COALESCE(failed_at, ?1), \
             cause = CASE WHEN failed_at IS NULL THEN ?2 ELSE cause END \
             WHERE content IS NOT NULL AND expires_at <= ?1",
        )?
        .execute(params![now, EXPIRED])?;
    let forgotten = tx.prepare_cached("DELETE FROM outbox WHERE failed_at <= ?1")?.execute(params![oldest])?;
    Ok(died + forgotten > 0)
}

/// Is there anything for [`expire`] to do?
pub fn any_expired(tx: &Transaction<'_>, now: Seconds, oldest: Seconds) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE content IS NOT NULL AND expires_at <= ?1) \
             OR EXISTS (SELECT 1 FROM outbox WHERE failed_at <= ?2)",
        )?
        .query_row(params![now, oldest], |row| row.get(0))?)
}

/// Did anything since then not get out, for another reason than whom it went to?
pub fn falters(tx: &Transaction<'_>, since: Seconds) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE cause IS NOT NULL AND created_at > ?1 \
             AND cause NOT IN (?2, 'recipient_rejected'))",
        )?
        .query_row(params![since, REVOKED], |row| row.get(0))?)
}

/// Takes an entry away: it was told, or the owner does not want it told. True if it was there.
pub fn remove(tx: &Transaction<'_>, id: i64) -> Result<bool, StoreError> {
    Ok(tx.prepare_cached("DELETE FROM outbox WHERE id = ?1")?.execute(params![id])? == 1)
}

/// Tries an entry again at once, given up or not; false when it is gone or dead.
pub fn retry(tx: &Transaction<'_>, id: i64, now: Seconds) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE outbox SET failed_at = NULL, tries = 0, refusals = 0, due_at = ?2 \
             WHERE id = ?1 AND content IS NOT NULL AND expires_at > ?2",
        )?
        .execute(params![id, now])?;
    Ok(changed == 1)
}

/// Makes everything that waits due: what kept it waiting has changed.
pub fn all_due(tx: &Transaction<'_>, now: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE outbox SET due_at = ?1 WHERE failed_at IS NULL")?.execute(params![now])?;
    Ok(())
}

/// A page of entries, the newest first, `page` counted from 0; how many wait, and how many were given up.
pub fn newest(tx: &Transaction<'_>, page: u32, size: u32) -> Result<(i64, i64, Vec<Entry>), StoreError> {
    let waiting = waiting(tx)?;
    let all: i64 = tx.query_row("SELECT COUNT(*) FROM outbox", [], |row| row.get(0))?;
    let mut statement =
        tx.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox ORDER BY id DESC LIMIT ?1 OFFSET ?2"))?;
    let rows = statement.query_map(params![size, i64::from(page) * i64::from(size)], read)?;
    Ok((waiting, all - waiting, rows.collect::<Result<_, _>>()?))
}
