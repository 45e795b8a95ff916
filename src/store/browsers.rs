//! Tables `browsers` and `browser_trust`: which browser is trusted for which accounts. One secret per browser, kept as a
//! hash, replaced at each use; one row of trust for each person who signs in there.

use rusqlite::{OptionalExtension, Transaction, params};

use super::StoreError;
use crate::clock::Seconds;
use crate::host::AccountId;

/// Names a browser; no secret.
pub type BrowserId = [u8; 16];

/// The hash of a browser's secret.
pub type SecretHash = [u8; 32];

/// Browsers one account trusts at once; the one that goes unused longest gives way.
const MOST_BROWSERS: i64 = 50;

/// A browser's secret, now and just before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    /// The hash of the secret that is good now.
    pub secret: SecretHash,
    /// The hash of the one before.
    pub previous: Option<SecretHash>,
    /// When the one took the other's place.
    pub rotated_at: Seconds,
}

/// What an account trusts a browser with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// Which browser.
    pub browser: BrowserId,
    /// What the browser said it was.
    pub name: String,
    /// The account's revocation epoch when trust was given.
    pub epoch: i64,
    /// When it was given.
    pub created_at: Seconds,
    /// When it ends, whatever happens.
    pub expires_at: Seconds,
    /// When it last spared somebody the factor.
    pub used_at: Seconds,
    /// From where (IPv4 address or IPv6 /64).
    pub network: String,
}

const COLUMNS: &str = "browser, name, epoch, created_at, expires_at, used_at, network";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Trust> {
    Ok(Trust {
        browser: row.get(0)?,
        name: row.get(1)?,
        epoch: row.get(2)?,
        created_at: row.get(3)?,
        expires_at: row.get(4)?,
        used_at: row.get(5)?,
        network: row.get(6)?,
    })
}

/// The browser of that id.
pub fn find(tx: &Transaction<'_>, id: &BrowserId) -> Result<Option<Browser>, StoreError> {
    Ok(tx
        .prepare_cached("SELECT secret, previous, rotated_at FROM browsers WHERE id = ?1")?
        .query_row(params![id], |row| {
            Ok(Browser { secret: row.get(0)?, previous: row.get(1)?, rotated_at: row.get(2)? })
        })
        .optional()?)
}

/// The trust of an account in a browser, good or not.
pub fn trust_in(tx: &Transaction<'_>, id: &BrowserId, account: &AccountId) -> Result<Option<Trust>, StoreError> {
    Ok(tx
        .prepare_cached(&format!("SELECT {COLUMNS} FROM browser_trust WHERE browser = ?1 AND account = ?2"))?
        .query_row(params![id, account.as_bytes()], read)
        .optional()?)
}

/// The browsers an account has trusted at that epoch, newest first.
pub fn trusted_by(tx: &Transaction<'_>, account: &AccountId, epoch: i64) -> Result<Vec<Trust>, StoreError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM browser_trust WHERE account = ?1 AND epoch = ?2 ORDER BY created_at DESC, browser"
    ))?;
    let rows = statement.query_map(params![account.as_bytes(), epoch], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Adds a browser with its first secret.
pub fn add(tx: &Transaction<'_>, id: &BrowserId, secret: &SecretHash, now: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO browsers (id, secret, rotated_at) VALUES (?1, ?2, ?3)")?
        .execute(params![id, secret, now])?;
    Ok(())
}

/// Puts the next secret in the place of `from`; false when that is no longer the secret.
pub fn rotate(
    tx: &Transaction<'_>,
    id: &BrowserId,
    from: &SecretHash,
    to: &SecretHash,
    now: Seconds,
) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE browsers SET previous = secret, secret = ?3, rotated_at = ?4 WHERE id = ?1 AND secret = ?2",
        )?
        .execute(params![id, from, to, now])?;
    Ok(changed == 1)
}

/// Notes that trust is being used; false when it does not hold: run out, taken back, or older than the account's epoch.
pub fn touch(
    tx: &Transaction<'_>,
    id: &BrowserId,
    account: &AccountId,
    network: &str,
    now: Seconds,
) -> Result<bool, StoreError> {
    let changed = tx
        .prepare_cached(
            "UPDATE browser_trust SET used_at = ?4, network = ?3 WHERE browser = ?1 AND account = ?2 \
             AND expires_at > ?4 AND epoch = (SELECT epoch FROM accounts WHERE id = ?2)",
        )?
        .execute(params![id, account.as_bytes(), network, now])?;
    Ok(changed == 1)
}

/// When the last trust in a browser ends.
pub fn last_end(tx: &Transaction<'_>, id: &BrowserId) -> Result<Seconds, StoreError> {
    Ok(tx
        .prepare_cached("SELECT COALESCE(MAX(expires_at), 0) FROM browser_trust WHERE browser = ?1")?
        .query_row(params![id], |row| row.get(0))?)
}

/// Gives an account's trust to a browser. What had run out goes, and what exceeds the bound.
pub fn give(tx: &Transaction<'_>, account: &AccountId, trust: &Trust) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT OR REPLACE INTO browser_trust (account, browser, name, epoch, created_at, expires_at, used_at, network) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        account.as_bytes(),
        trust.browser,
        trust.name,
        trust.epoch,
        trust.created_at,
        trust.expires_at,
        trust.used_at,
        trust.network
    ])?;
    let mut statement = tx.prepare_cached(
        "SELECT browser FROM browser_trust WHERE account = ?1 AND (expires_at <= ?2 OR browser NOT IN \
         (SELECT browser FROM browser_trust WHERE account = ?1 ORDER BY used_at DESC, browser = ?4 DESC LIMIT ?3))",
    )?;
    let gone: Vec<BrowserId> = statement
        .query_map(params![account.as_bytes(), trust.created_at, MOST_BROWSERS, trust.browser], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    gone.iter().try_for_each(|browser| forget(tx, account, browser).map(|_| ()))
}

/// Takes an account's trust from a browser, and the browser away with its last; true if there was any.
pub fn forget(tx: &Transaction<'_>, account: &AccountId, id: &BrowserId) -> Result<bool, StoreError> {
    let forgotten = tx
        .prepare_cached("DELETE FROM browser_trust WHERE browser = ?1 AND account = ?2")?
        .execute(params![id, account.as_bytes()])?;
    tx.prepare_cached(
        "DELETE FROM browsers WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM browser_trust WHERE browser = ?1)",
    )?
    .execute(params![id])?;
    Ok(forgotten == 1)
}

/// Takes an account's trust from every browser, and those away that nobody else trusts; how many there were.
pub fn forget_all(tx: &Transaction<'_>, account: &AccountId) -> Result<i64, StoreError> {
    let account = params![account.as_bytes()];
    let forgotten = tx
        .prepare_cached("SELECT COUNT(*) FROM browser_trust WHERE account = ?1")?
        .query_row(account, |row| row.get(0))?;
    tx.prepare_cached(
        "DELETE FROM browsers WHERE id IN (SELECT browser FROM browser_trust WHERE account = ?1) AND NOT EXISTS \
         (SELECT 1 FROM browser_trust WHERE browser = browsers.id AND account <> ?1)",
    )?
    .execute(account)?;
    tx.prepare_cached("DELETE FROM browser_trust WHERE account = ?1")?.execute(account)?;
    Ok(forgotten)
}

/// Takes everybody's trust from a browser; who had trusted it, and what it was called.
pub fn end(tx: &Transaction<'_>, id: &BrowserId) -> Result<Vec<(AccountId, String)>, StoreError> {
    let mut statement = tx.prepare_cached("SELECT account, name FROM browser_trust WHERE browser = ?1")?;
    let trusting = statement
        .query_map(params![id], |row| {
            let account: [u8; 16] = row.get(0)?;
            Ok((account.into(), row.get(1)?))
        })?
        .collect::<Result<_, _>>()?;
    tx.prepare_cached("DELETE FROM browsers WHERE id = ?1")?.execute(params![id])?;
    Ok(trusting)
}

#[cfg(test)]
mod tests;
