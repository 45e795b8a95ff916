//! Changing settings: one revision after another, and what a change of policy brings with it.

use std::collections::BTreeMap;

use rusqlite::Transaction;
use serde::Serialize;
use serde_json::{Value, json};

use crate::audit::{self, By, Kind};
use crate::clock::{DAY, Seconds};
use crate::context::Context;
use crate::gate::armed;
use crate::gate::denial::Denial;
use crate::gate::passkey;
use crate::notify::outgoing;
use crate::settings::{Required, SettingError, Settings, keys};
use crate::store::{StoreError, accounts, factors, meta};

/// Why settings were not changed.
pub enum Refused {
    /// A value is not accepted, or fixed from outside.
    Setting(SettingError),
    /// Somebody else changed them since; this is the revision now.
    Changed(u64),
    /// Something is broken.
    Denial(Denial),
}

impl<E: Into<Denial>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Denial(error.into())
    }
}

/// Stores changes made on top of `revision`, all or none.
pub fn change(cx: &Context, by: By<'_>, revision: u64, changes: &BTreeMap<String, Value>) -> Result<(), Refused> {
    let before = cx.settings();
    let rows = before.validate(changes, cx.sealing()).map_err(Refused::Setting)?;
    let after = before.changed(&rows);
    passkey::fits(&after).map_err(Refused::Setting)?;
    outgoing::keeps_password(&before, &after, changes).map_err(Refused::Setting)?;
    let changed = |key: &str| rows.iter().find(|(row, value)| row == key && *value != current(&before, key));
    let required = changed(keys::POLICY_REQUIRED.key);
    let requires = required.is_some_and(|(_, value)| *value != json!(Required::Nobody));
    let touches_policy = required.or_else(|| changed(keys::GATE_ENABLED.key)).is_some();
    // Read before the transaction: a host call may re-enter the engine.
    let everybody = if requires { cx.host.list_users()? } else { Vec::new() };
    let now = cx.now();
    cx.store.durable(|tx| {
        let found = meta::number(tx, meta::SETTINGS_REVISION)?.unsigned_abs();
        if found != revision {
            return Err(Refused::Changed(found));
        }
        for (key, value) in &rows {
            meta::set_setting(tx, key, &value.to_string())?;
        }
        meta::set_number(tx, meta::SETTINGS_REVISION, found.cast_signed() + 1)?;
        if touches_policy {
            // Open challenges were made under another policy.
            meta::set_number(tx, meta::POLICY_EPOCH, meta::number(tx, meta::POLICY_EPOCH)? + 1)?;
        }
        if let Some((_, value)) = required {
            let since = if requires { now } else { 0 };
            date(tx, value, since)?;
        }
        if requires {
            // The grace period starts now, for everybody there is.
            armed::arm(tx)?;
            for user in &everybody {
                accounts::note(tx, &user.id, now)?;
            }
        }
        let names: Vec<&str> = rows.iter().map(|(key, _)| key.as_str()).collect();
        let entry = audit::Entry {
            kind: Kind::SettingsChanged,
            account: by.actor.copied(),
            address: by.address,
            detail: Some(&names.join(", ")),
        };
        audit::record(cx, tx, &entry)?;
        Ok(())
    })?;
    cx.reload_settings()?;
    if requires {
        armed::tell_host(cx);
    }
    Ok(())
}

/// At opening: file and environment change what is required without asking. From then on it is dated, as when it is
/// saved; whom it meets is noted by [`super::roll_call`].
pub fn on_open(cx: &Context) -> Result<(), StoreError> {
    let required = cx.settings().get(&keys::POLICY_REQUIRED);
    let (begun, since) = cx.store.read(|tx| {
        Ok::<_, StoreError>((meta::bytes(tx, meta::REQUIRED_AS)?, meta::number(tx, meta::REQUIRED_SINCE)?))
    })?;
    let nobody = required == Required::Nobody;
    let since = match begun {
        Some(begun) if begun == json!(required).to_string().as_bytes() => return Ok(()),
        None if nobody && since == 0 => return Ok(()),
        // An older store knows when, and not what: that it learns now.
        None if !nobody && since != 0 => since,
        _ if nobody => 0,
        _ => cx.now(),
    };
    cx.store.durable(|tx| date(tx, &json!(required), since))
}

fn date(tx: &Transaction<'_>, required: &Value, since: Seconds) -> Result<(), StoreError> {
    meta::set_number(tx, meta::REQUIRED_SINCE, since)?;
    meta::set_bytes(tx, meta::REQUIRED_AS, required.to_string().as_bytes())
}

/// Whom a requirement would send through enrolment: people without a factor.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Affected {
    /// Administrators without a factor.
    pub administrators: usize,
    /// Everybody without a factor.
    pub everybody: usize,
    /// Until when a password alone enrols, were the requirement switched on now.
    pub grace_until: Seconds,
}

/// Counts them, for whoever is about to switch a requirement on.
pub fn affected(cx: &Context) -> Result<Affected, Denial> {
    let users = cx.host.list_users()?;
    let protected = cx.store.read(factors::protected_accounts)?;
    let bare: Vec<_> = users.iter().filter(|user| !user.disabled && !protected.contains(&user.id)).collect();
    Ok(Affected {
        administrators: bare.iter().filter(|user| user.administrator).count(),
        everybody: bare.len(),
        grace_until: cx.now() + Seconds::from(cx.settings().get(&keys::POLICY_GRACE_DAYS)) * DAY,
    })
}

fn current(settings: &Settings, key: &str) -> Value {
    keys::ALL.iter().find(|setting| setting.key() == key).map_or(Value::Null, |setting| settings.value(*setting))
}
