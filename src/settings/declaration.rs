//! What one declaration holds, and its untyped face for everything that walks over all of them.

use serde_json::{Map, Value};

use super::error::{Refusal, SettingError};
use super::kinds::Held;
use super::sealing::Sealing;

/// Who may change a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Jellyfin's administrators (`RequiresElevation`).
    Administrators,
}

impl Who {
    /// For texts: `setting-who-<id>`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Administrators => "administrators",
        }
    }
}

/// One setting of type `T`.
pub struct Setting<T: Held> {
    /// `group.name`, lower-case, words joined by `_`. The part before the dot is the group on the dashboard.
    pub key: &'static str,
    /// What holds where nobody set anything.
    pub default: fn() -> T,
    /// What more the type needs to know: a range, a length, nothing.
    pub limits: T::Limits,
    /// Who may change it.
    pub who: Who,
}

/// A [`Setting`] with its type forgotten.
pub trait Declared: Sync {
    /// `group.name`.
    fn key(&self) -> &'static str;

    /// `bool`, `integer`, `choice`, `text`, `origins`, `certificates` or `secret`.
    fn kind(&self) -> &'static str;

    /// Who may change it.
    fn who(&self) -> Who;

    /// The default as JSON.
    fn default(&self) -> Value;

    /// A kept value in its one normal form, or why it is not accepted.
    fn check(&self, value: &Value) -> Result<Value, SettingError>;

    /// The form in which a value from outside is kept, or why it is not accepted. Secrets are sealed on the way.
    fn keep(&self, value: &Value, sealing: Sealing<'_>) -> Result<Value, SettingError>;

    /// What others get to see of a kept value: of a secret, whether there is one.
    fn show(&self, value: &Value) -> Value;

    /// The value an environment variable's text stands for, unchecked.
    fn parse(&self, text: &str) -> Value;

    /// Adds what the type knows (`min`, `max`, `unit`, `choices`); texts by message id.
    fn describe(&self, text: &dyn Fn(&str) -> String, into: &mut Map<String, Value>);

    /// The range, length or choices, for the table in the documentation.
    fn allowed(&self, text: &dyn Fn(&str) -> String) -> String;

    /// The values of a choice; empty for other types.
    fn choices(&self) -> Vec<String>;

    /// The group: the key up to its dot.
    fn group(&self) -> &'static str {
        self.key().split_once('.').map_or(self.key(), |(group, _)| group)
    }

    /// The stem of its message ids: `setting-policy-grace-days`.
    fn message(&self) -> String {
        format!("setting-{}", self.key().replace(['.', '_'], "-"))
    }

    /// The environment variable that overrides it: `JELLYWARD_SET_POLICY_GRACE_DAYS`.
    fn variable(&self) -> String {
        format!("JELLYWARD_SET_{}", self.key().replace('.', "_").to_ascii_uppercase())
    }
}

impl<T: Held> Setting<T> {
    /// The typed value of a checked JSON value.
    pub(super) fn read(&self, value: &Value) -> Result<T, Refusal> {
        T::read(value, &self.limits)
    }
}

impl<T: Held> Declared for Setting<T> {
    fn key(&self) -> &'static str {
        self.key
    }

    fn kind(&self) -> &'static str {
        T::KIND
    }

    fn who(&self) -> Who {
        self.who
    }

    fn default(&self) -> Value {
        (self.default)().write()
    }

    fn check(&self, value: &Value) -> Result<Value, SettingError> {
        match self.read(value) {
            Ok(typed) => Ok(typed.write()),
            Err(refusal) => Err(refusal.of(self.key)),
        }
    }

    fn keep(&self, value: &Value, sealing: Sealing<'_>) -> Result<Value, SettingError> {
        T::keep(value, &self.limits, self.key, sealing).map_err(|refusal| refusal.of(self.key))
    }

    fn show(&self, value: &Value) -> Value {
        T::show(value)
    }

    fn parse(&self, text: &str) -> Value {
        T::from_text(text)
    }

    fn describe(&self, text: &dyn Fn(&str) -> String, into: &mut Map<String, Value>) {
        T::describe(&self.limits, &self.message(), text, into);
    }

    fn allowed(&self, text: &dyn Fn(&str) -> String) -> String {
        T::allowed(&self.limits, text)
    }

    fn choices(&self) -> Vec<String> {
        T::choices()
    }
}
