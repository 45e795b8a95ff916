//! Tables `pending_devices` and `paired_devices`: apps that cannot answer a challenge.

use rusqlite::{OptionalExtension, Row, Transaction, params};
use serde::Serialize;

use super::{StoreError, accounts};
use crate::clock::{DAY, Seconds};
use crate::host::AccountId;

/// Waiting devices kept of one account from one network; its own oldest goes first.
pub const MOST_FROM_ONE_NETWORK: i64 = 5;
/// Waiting devices kept of one account.
pub const MOST_OF_ONE_ACCOUNT: i64 = 50;
/// How long a device is remembered that nobody approved, in seconds.
pub const KEPT_FOR: Seconds = DAY;

/// A device that knew the password and could not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pending {
    /// Row id.
    pub id: i64,
    /// The device id the client chose.
    #[serde(skip)]
    pub device_id: String,
    /// Its name. Hostile text.
    pub device_name: String,
    /// The client. Hostile text.
    pub app: String,
    /// Its version.
    pub version: String,
    /// The exact address.
    pub address: String,
    /// The network it counts as.
    #[serde(skip)]
    pub network: String,
    /// Many people may have that address: the device cannot be let come back by it.
    pub shared: bool,
    /// The account came in from there before.
    #[serde(skip)]
    pub familiar: bool,
    /// The credential stamp the password was right for.
    #[serde(skip)]
    pub stamp: String,
    /// The account's revocation epoch then.
    #[serde(skip)]
    pub epoch: i64,
    /// First and last try.
    pub first_at: Seconds,
    /// See `first_at`.
    pub last_at: Seconds,
    /// Until when it may make its one session.
    pub approved_until: Option<Seconds>,
}

const PENDING: &str = "id, device_id, device_name, app, version, address, network, shared, stamp, epoch, first_at, last_at, approved_until, familiar";

fn read_pending(row: &Row<'_>) -> rusqlite::Result<Pending> {
    Ok(Pending {
        id: row.get(0)?,
        device_id: row.get(1)?,
        device_name: row.get(2)?,
        app: row.get(3)?,
        version: row.get(4)?,
        address: row.get(5)?,
        network: row.get(6)?,
        shared: row.get(7)?,
        stamp: row.get(8)?,
        epoch: row.get(9)?,
        first_at: row.get(10)?,
        last_at: row.get(11)?,
        approved_until: row.get(12)?,
        familiar: row.get(13)?,
    })
}

/// Notes a try; true for a device that was not waiting yet. One that tries again is the same row, and its newest
/// `stamp` and `epoch` count.
pub fn note(tx: &Transaction<'_>, account: &AccountId, new: &Pending) -> Result<bool, StoreError> {
    tx.prepare_cached("DELETE FROM pending_devices WHERE last_at < ?1")?.execute(params![new.last_at - KEPT_FOR])?;
    let before = accounts::count(tx, "pending_devices", account)?;
    tx.prepare_cached(
        "INSERT INTO pending_devices \
         (account, device_id, device_name, app, version, address, network, stamp, epoch, first_at, last_at, shared, familiar) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11, ?12) \
         ON CONFLICT (account, device_id, app, address) DO UPDATE \
         SET device_name = ?3, version = ?5, stamp = ?8, epoch = ?9, last_at = ?10, shared = ?11, familiar = ?12",
    )?
    .execute(params![
        account.as_bytes(),
        new.device_id,
        new.device_name,
        new.app,
        new.version,
        new.address,
        new.network,
        new.stamp,
        new.epoch,
        new.last_at,
        new.shared,
        new.familiar
    ])?;
    let fresh = accounts::count(tx, "pending_devices", account)? > before;
    // What is approved stays; of the rest a network pushes out its own oldest before anybody else's.
    let bound = |sql: &str, most: i64| -> Result<(), StoreError> {
        tx.prepare_cached(sql)?.execute(params![account.as_bytes(), new.network, most, new.device_id, new.address])?;
        Ok(())
    };
    bound(
        "DELETE FROM pending_devices WHERE id IN (SELECT id FROM pending_devices WHERE account = ?1 AND network = ?2 \
         AND approved_until IS NULL ORDER BY (device_id = ?4 AND address = ?5) DESC, last_at DESC, id DESC \
         LIMIT -1 OFFSET ?3)",
        MOST_FROM_ONE_NETWORK,
    )?;
    // Over all, whoever filled the list makes room, and no place that the account knows: the network with the most devices,
    // its oldest first.
    bound(
        "DELETE FROM pending_devices WHERE id IN (SELECT p.id FROM pending_devices p WHERE p.account = ?1 \
         AND p.approved_until IS NULL AND NOT (p.network = ?2 AND p.device_id = ?4 AND p.address = ?5) \
         ORDER BY p.familiar, (SELECT COUNT(*) FROM pending_devices o WHERE o.account = ?1 AND o.network = p.network) DESC, p.last_at \
         LIMIT max(0, (SELECT COUNT(*) FROM pending_devices WHERE account = ?1) - ?3))",
        MOST_OF_ONE_ACCOUNT,
    )?;
    Ok(fresh)
}

/// The devices of an account that wait or were approved, newest first.
pub fn pending(tx: &Transaction<'_>, account: &AccountId, now: Seconds) -> Result<Vec<Pending>, StoreError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {PENDING} FROM pending_devices WHERE account = ?1 AND last_at >= ?2 ORDER BY last_at DESC, id DESC"
    ))?;
    let rows = statement.query_map(params![account.as_bytes(), now - KEPT_FOR], read_pending)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Approves a waiting device for one session; none when it is not there, or what it knew was revoked since.
pub fn approve(
    tx: &Transaction<'_>,
    account: &AccountId,
    id: i64,
    now: Seconds,
    until: Seconds,
) -> Result<Option<Pending>, StoreError> {
    Ok(tx
        .prepare_cached(&format!(
            "UPDATE pending_devices SET approved_until = ?3 WHERE account = ?1 AND id = ?2 AND last_at >= ?4 \
             AND epoch = (SELECT epoch FROM accounts WHERE id = ?1) RETURNING {PENDING}"
        ))?
        .query_row(params![account.as_bytes(), id, until, now - KEPT_FOR], read_pending)
        .optional()?)
}

/// Forgets a waiting device, approved or not; true if it was there.
pub fn deny(tx: &Transaction<'_>, account: &AccountId, id: i64) -> Result<bool, StoreError> {
    let gone = tx
        .prepare_cached("DELETE FROM pending_devices WHERE account = ?1 AND id = ?2")?
        .execute(params![account.as_bytes(), id])?;
    Ok(gone == 1)
}

/// Is exactly this device, at exactly this address, approved? Looks, spends nothing.
pub fn is_approved(
    tx: &Transaction<'_>,
    account: &AccountId,
    device: &Device<'_>,
    epoch: i64,
    now: Seconds,
) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT 1 FROM pending_devices WHERE account = ?1 AND device_id = ?2 AND app = ?3 AND address = ?4 \
             AND epoch = ?5 AND approved_until > ?6",
        )?
        .exists(params![account.as_bytes(), device.id, device.app, device.address, epoch, now])?)
}

/// Spends the approval; gives what was spent, if it was still to be had.
pub fn spend_approval(
    tx: &Transaction<'_>,
    account: &AccountId,
    device: &Device<'_>,
    stamp: &str,
    epoch: i64,
    now: Seconds,
) -> Result<Option<Pending>, StoreError> {
    Ok(tx
        .prepare_cached(&format!(
            "DELETE FROM pending_devices WHERE account = ?1 AND device_id = ?2 AND app = ?3 AND address = ?4 \
             AND stamp = ?5 AND epoch = ?6 AND approved_until > ?7 RETURNING {PENDING}"
        ))?
        .query_row(params![account.as_bytes(), device.id, device.app, device.address, stamp, epoch, now], read_pending)
        .optional()?)
}

/// Gives a spent approval back until then at least, if nothing was revoked since.
pub fn give_back(tx: &Transaction<'_>, account: &AccountId, spent: &Pending, until: Seconds) -> Result<(), StoreError> {
    if accounts::epoch(tx, account)? != spent.epoch {
        return Ok(());
    }
    note(tx, account, spent)?;
    tx.prepare_cached(
        "UPDATE pending_devices SET approved_until = ?5, first_at = ?6 \
         WHERE account = ?1 AND device_id = ?2 AND app = ?3 AND address = ?4",
    )?
    .execute(params![
        account.as_bytes(),
        spent.device_id,
        spent.app,
        spent.address,
        spent.approved_until.unwrap_or(until).max(until),
        spent.first_at
    ])?;
    Ok(())
}

/// What a device says of itself, and where it is.
#[derive(Clone, Copy)]
pub struct Device<'a> {
    /// The device id the client chose.
    pub id: &'a str,
    /// The client.
    pub app: &'a str,
    /// The exact address.
    pub address: &'a str,
    /// The network it counts as.
    pub network: &'a str,
}

/// A device that may sign in again from its network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Paired {
    /// Row id.
    pub id: i64,
    /// Its name. Hostile text.
    pub device_name: String,
    /// The client. Hostile text.
    pub app: String,
    /// The network it must come from.
    pub network: String,
    /// When it was approved.
    pub created_at: Seconds,
    /// When it last signed in.
    pub used_at: Seconds,
}

/// Lets an approved device sign in again.
pub fn pair(tx: &Transaction<'_>, account: &AccountId, from: &Pending, now: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO paired_devices (account, device_id, device_name, app, network, epoch, created_at, used_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) ON CONFLICT (account, device_id, app) DO UPDATE \
         SET device_name = ?3, network = ?5, epoch = ?6, created_at = ?7, used_at = ?7",
    )?
    .execute(params![
        account.as_bytes(),
        from.device_id,
        from.device_name,
        from.app,
        from.network,
        from.epoch,
        now
    ])?;
    Ok(())
}

/// The devices that may sign in again, oldest first.
pub fn paired(tx: &Transaction<'_>, account: &AccountId) -> Result<Vec<Paired>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT id, device_name, app, network, created_at, used_at FROM paired_devices WHERE account = ?1 ORDER BY id",
    )?;
    let rows = statement.query_map(params![account.as_bytes()], |row| {
        Ok(Paired {
            id: row.get(0)?,
            device_name: row.get(1)?,
            app: row.get(2)?,
            network: row.get(3)?,
            created_at: row.get(4)?,
            used_at: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The row of a device that may sign in again from here.
pub fn is_paired(
    tx: &Transaction<'_>,
    account: &AccountId,
    device: &Device<'_>,
    epoch: i64,
) -> Result<Option<i64>, StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT id FROM paired_devices WHERE account = ?1 AND device_id = ?2 AND app = ?3 AND network = ?4 AND epoch = ?5",
        )?
        .query_row(params![account.as_bytes(), device.id, device.app, device.network, epoch], |row| row.get(0))
        .optional()?)
}

/// Notes that a paired device signed in.
pub fn paired_used(tx: &Transaction<'_>, id: i64, now: Seconds) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE paired_devices SET used_at = ?2 WHERE id = ?1")?.execute(params![id, now])?;
    Ok(())
}

/// Forgets a paired device, and an approval of it that waits; true if it was there.
pub fn forget(tx: &Transaction<'_>, account: &AccountId, id: i64) -> Result<bool, StoreError> {
    let gone: Option<(String, String)> = tx
        .prepare_cached("DELETE FROM paired_devices WHERE account = ?1 AND id = ?2 RETURNING device_id, app")?
        .query_row(params![account.as_bytes(), id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((device_id, app)) = gone else { return Ok(false) };
    tx.prepare_cached("DELETE FROM pending_devices WHERE account = ?1 AND device_id = ?2 AND app = ?3")?
        .execute(params![account.as_bytes(), device_id, app])?;
    Ok(true)
}
