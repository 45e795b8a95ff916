//! Pairing: an app that knows the password and cannot answer waits until its owner says "that is mine".
//!
//! An approval is for one device id, client and exact address, for ten minutes, for one session. None of the three is
//! a credential: the right password is wanted each time.

use serde::Serialize;

use crate::audit::{self, By, Entry, Kind};
use crate::clock::Seconds;
use crate::context::Context;
use crate::defense::name::tidy;
use crate::defense::network::Network;
use crate::gate::app::{self, Door};
use crate::gate::attempt::{Caller, LONGEST_OF_CLIENT};
use crate::gate::denial::Denial;
use crate::gate::grants::GRANT_LIFETIME;
use crate::gate::guard;
use crate::gate::provenance;
use crate::host::{AccountId, UserFacts, UserQuery};
use crate::settings::keys;
use crate::store::devices::{self, Device, Paired, Pending};
use crate::store::{accounts, tv};

/// How long an approval waits for its device, in seconds.
const APPROVED_FOR: Seconds = 10 * 60;
/// How long "I am signing in a TV" lasts, in seconds.
pub const WINDOW: Seconds = 5 * 60;
/// Longest device id, in bytes; it is kept as it is, since nothing else would be that device. The web client's own is
/// the longest in use, and holds what the browser calls itself.
const LONGEST_ID: usize = 1_024;

/// A device that is spared the factor, by this approval, which is spent; none: it may come back.
pub struct Spared(Option<Pending>);

/// The password is right and a factor is wanted. May this device have a session all the same? Otherwise it waits.
pub fn admits(cx: &Context, door: Door<'_>) -> Result<Option<Spared>, Denial> {
    let Some(address) = door.attempt.origin.remote.as_deref().filter(|_| app::is_app(&door.attempt.origin)) else {
        return Ok(None);
    };
    if door.attempt.client.device_id.len() > LONGEST_ID {
        return Ok(None);
    }
    // Read again: the password check itself may have renewed the stored hash.
    let facts = cx.host.find_user(&UserQuery::Id(door.facts.id), Some(address))?.ok_or(Denial::NotAllowedNow)?;
    let network = Network::of(&door.attempt.origin);
    let client = &door.attempt.client;
    let app = tidy(&client.app, LONGEST_OF_CLIENT);
    let device = Device { id: &client.device_id, app: &app, address, network: network.as_str() };
    if facts.may_enter() {
        if let Some(spent) = spend_approval(cx, door, &facts, &device)? {
            return Ok(Some(Spared(Some(spent))));
        }
        if !network.shared() && comes_back(cx, door, &facts, &device)? {
            return Ok(Some(Spared(None)));
        }
    }
    wait(cx, door, &facts, &device, &network)?;
    Ok(None)
}

fn spend_approval(
    cx: &Context,
    door: Door<'_>,
    facts: &UserFacts,
    device: &Device<'_>,
) -> Result<Option<Pending>, Denial> {
    let (epoch, now) = (door.standing.account.epoch, cx.now());
    if !cx.store.read(|tx| devices::is_approved(tx, &facts.id, device, epoch, now))? {
        return Ok(None);
    }
    Ok(cx.store.durable(|tx| devices::spend_approval(tx, &facts.id, device, &facts.stamp, epoch, now))?)
}

/// Jellyfin had no room for the session: the approval stays good for a moment at least.
pub fn give_back(cx: &Context, account: &AccountId, spared: &Spared) -> Result<(), Denial> {
    let Some(spent) = &spared.0 else { return Ok(()) };
    let until = cx.now() + GRANT_LIFETIME;
    Ok(cx.store.durable(|tx| devices::give_back(tx, account, spent, until))?)
}

/// Approved once, and allowed by its owner and the server's to come back from the same network, which must not be one
/// that many may share: then nothing but the password would be left of two factors.
fn comes_back(cx: &Context, door: Door<'_>, facts: &UserFacts, device: &Device<'_>) -> Result<bool, Denial> {
    if facts.administrator || !cx.settings().get(&keys::DEVICES_AGAIN) {
        return Ok(false);
    }
    let epoch = door.standing.account.epoch;
    let Some(id) = cx.store.read(|tx| devices::is_paired(tx, &facts.id, device, epoch))? else { return Ok(false) };
    cx.store.lazy(|tx| devices::paired_used(tx, id, cx.now()))?;
    Ok(true)
}

/// Trying again is the same row, and no other entry in the audit.
fn wait(cx: &Context, door: Door<'_>, facts: &UserFacts, device: &Device<'_>, network: &Network) -> Result<(), Denial> {
    let (client, now) = (&door.attempt.client, cx.now());
    let waiting = Pending {
        id: 0,
        device_id: device.id.to_owned(),
        device_name: tidy(&client.device_name, LONGEST_OF_CLIENT),
        app: device.app.to_owned(),
        version: tidy(&client.version, LONGEST_OF_CLIENT),
        address: device.address.to_owned(),
        network: device.network.to_owned(),
        shared: network.shared(),
        familiar: guard::knows(cx, &facts.id, network)?,
        stamp: facts.stamp.clone(),
        epoch: door.standing.account.epoch,
        first_at: now,
        last_at: now,
        approved_until: None,
    };
    Ok(cx.store.lazy(|tx| {
        accounts::note(tx, &facts.id, now)?;
        if devices::note(tx, &facts.id, &waiting)? {
            audit::record(cx, tx, &of_device(Kind::DeviceWaiting, &facts.id, device.address, &client.app))?;
        }
        Ok::<_, crate::store::StoreError>(())
    })?)
}

/// What an account's page shows of devices.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Devices {
    /// Until when a device may be approved without another proof; 0: closed.
    pub window: Seconds,
    /// Approved devices may be let come back.
    pub again: bool,
    /// Waiting, newest first.
    pub pending: Vec<Pending>,
    /// Those that may come back.
    pub paired: Vec<Paired>,
}

/// Lists them, for whoever owns the account in that session, or for somebody else in none.
pub fn list(cx: &Context, facts: &UserFacts, caller: Option<&Caller>) -> Result<Devices, Denial> {
    let now = cx.now();
    let window = caller.map_or(Ok(0), |caller| window(cx, &facts.id, caller))?;
    cx.store.read(|tx| {
        Ok(Devices {
            window,
            again: !facts.administrator && cx.settings().get(&keys::DEVICES_AGAIN),
            pending: devices::pending(tx, &facts.id, now)?,
            paired: devices::paired(tx, &facts.id)?,
        })
    })
}

/// "I am signing in a TV": the caller has demanded a fresh proof of this session. Gives until when.
pub fn open_window(cx: &Context, account: &AccountId, caller: &Caller) -> Result<Seconds, Denial> {
    let session = provenance::token_hash(&caller.token_hash).ok_or(Denial::NotForKeys)?;
    let until = cx.now() + WINDOW;
    cx.store.lazy(|tx| {
        accounts::note(tx, account, cx.now())?;
        tv::open_window(tx, account, &session, until)
    })?;
    Ok(until)
}

/// Until when this very session may approve without another proof; 0: it may not.
pub fn window(cx: &Context, account: &AccountId, caller: &Caller) -> Result<Seconds, Denial> {
    match provenance::token_hash(&caller.token_hash) {
        Some(session) => Ok(cx.store.read(|tx| tv::window(tx, account, &session, cx.now()))?),
        None => Ok(0),
    }
}

/// An approval that was given.
#[derive(Serialize)]
pub struct Approval {
    /// Until when the device may come.
    pub until: Seconds,
    /// It may come back later, too.
    pub again: bool,
}

/// Approves a waiting device for one session, with `again` also for later ones, where that may be.
pub fn approve(cx: &Context, facts: &UserFacts, id: i64, again: bool) -> Result<Approval, Denial> {
    let (now, again) = (cx.now(), again && !facts.administrator && cx.settings().get(&keys::DEVICES_AGAIN));
    let until = now + APPROVED_FOR;
    cx.store.durable(|tx| {
        let device = devices::approve(tx, &facts.id, id, now, until)?.ok_or(Denial::UnknownDevice)?;
        let again = again && !device.shared;
        if again {
            devices::pair(tx, &facts.id, &device, now)?;
        }
        audit::record(cx, tx, &of_device(Kind::DeviceApproved, &facts.id, &device.address, &device.app))?;
        Ok(Approval { until, again })
    })
}

/// "Not me": the device is forgotten. Somebody knows the password; the page offers to change it.
pub fn deny(cx: &Context, account: &AccountId, id: i64) -> Result<(), Denial> {
    cx.store.durable(|tx| {
        if !devices::deny(tx, account, id)? {
            return Err(Denial::UnknownDevice);
        }
        Ok(audit::record(cx, tx, &Entry::of(Kind::DeviceDenied, account))?)
    })
}

/// A paired device may no longer come back.
pub fn forget(cx: &Context, account: &AccountId, id: i64, by: By<'_>) -> Result<(), Denial> {
    cx.store.durable(|tx| {
        if !devices::forget(tx, account, id)? {
            return Err(Denial::UnknownDevice);
        }
        Ok(audit::record_by(cx, tx, by, &Entry::of(Kind::DeviceForgotten, account))?)
    })
}

fn of_device<'a>(kind: Kind, account: &AccountId, address: &'a str, app: &'a str) -> Entry<'a> {
    Entry { kind, account: Some(*account), address: Some(address), detail: Some(app).filter(|app| !app.is_empty()) }
}
