//! The settings as they stand at one revision.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

use super::declaration::{Declared, Setting};
use super::error::{Refusal, SettingCode, SettingError};
use super::keys;
use super::kinds::Held;
use super::overrides::{LockedBy, Overrides};
use super::sealing::Sealing;

/// An immutable snapshot, made anew after each change. A value is read from its JSON each time it is asked for.
#[derive(Clone, Debug)]
pub struct Settings {
    values: BTreeMap<&'static str, Value>,
    overrides: Overrides,
    revision: u64,
    damaged: Vec<SettingError>,
    mail_leaves: OnceLock<bool>,
}

impl Settings {
    /// Settings from stored rows (key, value). A row that is not accepted counts as not there and is reported by
    /// [`Settings::damaged`]; what `overrides` fixes wins over any row.
    pub fn new(rows: impl Iterator<Item = (String, Value)>, revision: u64, overrides: Overrides) -> Self {
        let mut settings =
            Self { values: BTreeMap::new(), overrides, revision, damaged: Vec::new(), mail_leaves: OnceLock::new() };
        for (key, value) in rows {
            match accept(&key, &value) {
                Ok((key, value)) => {
                    settings.values.insert(key, value);
                }
                Err(error) => settings.damaged.push(error),
            }
        }
        for setting in keys::ALL {
            if let Some(value) = settings.overrides.value(setting.key()) {
                settings.values.insert(setting.key(), value.clone());
            }
        }
        freeze(&mut settings.values);
        settings
    }

    /// The value that holds for that setting.
    pub fn get<T: Held>(&self, setting: &Setting<T>) -> T {
        self.values.get(setting.key).and_then(|value| setting.read(value).ok()).unwrap_or_else(setting.default)
    }

    /// The value that holds, as JSON.
    pub fn value(&self, setting: &dyn Declared) -> Value {
        self.values.get(setting.key()).cloned().unwrap_or_else(|| setting.default())
    }

    /// As they would be after a change that was found valid; nothing is stored.
    #[must_use]
    pub fn changed(&self, rows: &[(String, Value)]) -> Self {
        let mut after = Self { mail_leaves: OnceLock::new(), ..self.clone() };
        for (key, value) in rows {
            if let Some(setting) = keys::ALL.iter().find(|setting| setting.key() == key) {
                after.values.insert(setting.key(), value.clone());
            }
        }
        after
    }

    /// Can mail leave, as these values are? Every request asks; `look` does so once.
    pub fn mail_leaves(&self, look: impl FnOnce() -> bool) -> bool {
        *self.mail_leaves.get_or_init(look)
    }

    /// Grows with each change; whoever changes settings says which revision they looked at.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What fixes that setting from outside, if anything does.
    pub fn locked(&self, key: &str) -> Option<LockedBy> {
        self.overrides.locked(key)
    }

    /// Stored rows that were not accepted, to be shown to an administrator.
    pub fn damaged(&self) -> &[SettingError] {
        &self.damaged
    }

    /// The rows to store for these changes, in their normal form; or the first change that is not accepted, and then
    /// none may be stored.
    pub fn validate(
        &self,
        changes: &BTreeMap<String, Value>,
        sealing: Sealing<'_>,
    ) -> Result<Vec<(String, Value)>, SettingError> {
        changes
            .iter()
            .map(|(key, value)| {
                let setting = keys::known(key)?;
                let (known, value) = (setting.key(), setting.keep(value, sealing)?);
                if let Some(by) = self.locked(known) {
                    let detail = format!("fixed by {}; change it there", by.as_str());
                    return Err(Refusal::new(SettingCode::Locked, detail).of(known));
                }
                Ok((known.to_owned(), value))
            })
            .collect()
    }
}

fn accept(key: &str, value: &Value) -> Result<(&'static str, Value), SettingError> {
    let setting = keys::known(key)?;
    Ok((setting.key(), setting.check(value)?))
}

/// For the test that every switch does something: `JELLYWARD_FREEZE=<key>` holds that setting at its default, and the
/// setting's own test must then fail. Not in release builds.
#[cfg(debug_assertions)]
fn freeze(values: &mut BTreeMap<&'static str, Value>) {
    if let Ok(frozen) = std::env::var("JELLYWARD_FREEZE") {
        values.remove(frozen.as_str());
    }
}

#[cfg(not(debug_assertions))]
fn freeze(_values: &mut BTreeMap<&'static str, Value>) {}
