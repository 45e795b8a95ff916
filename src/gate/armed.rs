//! Armed: somebody is protected. From then on everything fails closed.

use std::path::Path;

use rusqlite::Transaction;

use crate::audit::{self, Kind};
use crate::context::Context;
use crate::gate::attempt::Caller;
use crate::gate::denial::Denial;
use crate::host::Level;
use crate::rescue;
use crate::settings::{Required, keys};
use crate::store::{StoreError, meta};

/// Remembers in the store that somebody is protected, in the very transaction that protects them.
pub fn arm(tx: &Transaction<'_>) -> Result<(), StoreError> {
    if meta::number(tx, meta::ARMED)? == 0 { meta::set_number(tx, meta::ARMED, 1) } else { Ok(()) }
}

/// Lets the host remember it outside the store, so that a vanished store is noticed.
pub fn tell_host(cx: &Context) {
    if let Err(error) = cx.host.set_armed(true) {
        cx.host.log(Level::Warning, &format!("could not note outside the store that accounts are protected: {error}"));
    }
}

/// At opening: a requirement that file or environment fix arms too, and a host that forgot is told again.
pub fn on_open(cx: &Context, host_knows: bool) -> Result<(), StoreError> {
    if cx.settings().get(&keys::POLICY_REQUIRED) != Required::Nobody && !is_armed(cx)? {
        cx.store.durable(arm)?;
    }
    if is_armed(cx)? && !host_knows {
        tell_host(cx);
    }
    Ok(())
}

/// Writes down when the door stood open: the plugin opens it by a file and without us.
pub fn tell_of_unlocks(cx: &Context, folder: &Path) -> Result<(), Denial> {
    let last = cx.store.read(|tx| meta::bytes(tx, meta::UNLOCK_TOLD))?.unwrap_or_default();
    let used = rescue::used_after(folder, &String::from_utf8_lossy(&last))
        .map_err(|error| Denial::Broken(format!("the data folder cannot be listed: {error}")))?;
    let Some(newest) = used.last() else { return Ok(()) };
    cx.store.durable(|tx| {
        for time in &used {
            let entry = audit::Entry { kind: Kind::Unlocked, account: None, address: None, detail: Some(time) };
            audit::record(cx, tx, &entry)?;
        }
        Ok(meta::set_bytes(tx, meta::UNLOCK_TOLD, newest.as_bytes())?)
    })
}

/// Does the hour of an unlock file run? An administrator who lost everything signs in by it, and could mend nothing if the
/// password would not do for that, too. Whoever has that password can do as much in that hour without us.
pub fn opened_for(cx: &Context, caller: &Caller) -> bool {
    caller.administrator && cx.store.path().parent().is_some_and(|folder| rescue::is_unlocked(folder, cx.now()))
}

/// Is anybody protected?
pub fn is_armed(cx: &Context) -> Result<bool, StoreError> {
    Ok(cx.store.read(|tx| meta::number(tx, meta::ARMED))? != 0)
}
