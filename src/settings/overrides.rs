//! Settings fixed from outside: a read-only file beside the store, or the environment. The dashboard shows them locked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use thiserror::Error;

use super::error::SettingError;
use super::keys;
use super::sealing::Sealing;

/// The file's name in the data folder: one JSON object, `{"policy.required": "everybody"}`.
pub const OVERRIDES_FILE: &str = "settings.json";

/// Largest file in bytes; more is a mistake.
const LARGEST: u64 = 64 * 1024;

/// What fixes a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockedBy {
    /// The file [`OVERRIDES_FILE`].
    File,
    /// An environment variable; wins over the file.
    Environment,
}

impl LockedBy {
    /// As it stands in the JSON API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Environment => "environment",
        }
    }
}

/// Why the overrides cannot be used. Nothing is guessed: a rule the owner wrote down and we cannot read is an error.
#[derive(Debug, Error)]
pub enum OverridesError {
    /// The file is there but cannot be read.
    #[error("cannot read {path}: {source}; make it readable for jellyfin or remove it")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not one JSON object of at most 64 KiB.
    #[error(
        "{path} must hold one JSON object of at most 64 KiB, as in {{\"policy.required\": \"everybody\"}}: {detail}"
    )]
    NotAnObject {
        /// The file.
        path: PathBuf,
        /// Where it stops being one.
        detail: String,
    },
    /// A value in the file is not accepted.
    #[error("{path}: {error}")]
    InFile {
        /// The file.
        path: PathBuf,
        /// Which setting, and why.
        error: SettingError,
    },
    /// A value in the environment is not accepted.
    #[error("environment variable {variable}: {error}")]
    InEnvironment {
        /// The variable.
        variable: String,
        /// Which setting, and why.
        error: SettingError,
    },
}

/// The settings fixed from outside, already checked.
#[derive(Clone, Debug, Default)]
pub struct Overrides(BTreeMap<&'static str, (Value, LockedBy)>);

impl Overrides {
    /// Reads [`OVERRIDES_FILE`] in `folder`, then the variables `JELLYWARD_SET_…` through `env`.
    pub fn read(
        folder: &Path,
        env: &dyn Fn(&str) -> Option<String>,
        sealing: Sealing<'_>,
    ) -> Result<Self, OverridesError> {
        let mut overrides = Self::default();
        overrides.take_file(&folder.join(OVERRIDES_FILE), sealing)?;
        overrides.take_environment(env, sealing)?;
        Ok(overrides)
    }

    /// What fixes that setting, if anything does.
    pub fn locked(&self, key: &str) -> Option<LockedBy> {
        self.0.get(key).map(|(_, by)| *by)
    }

    pub(super) fn value(&self, key: &str) -> Option<&Value> {
        self.0.get(key).map(|(value, _)| value)
    }

    fn take_file(&mut self, path: &Path, sealing: Sealing<'_>) -> Result<(), OverridesError> {
        for (key, value) in read_object(path)? {
            let in_file = |error| OverridesError::InFile { path: path.to_owned(), error };
            let setting = keys::known(&key).map_err(in_file)?;
            let value = setting.keep(&value, sealing).map_err(in_file)?;
            self.0.insert(setting.key(), (value, LockedBy::File));
        }
        Ok(())
    }

    fn take_environment(
        &mut self,
        env: &dyn Fn(&str) -> Option<String>,
        sealing: Sealing<'_>,
    ) -> Result<(), OverridesError> {
        for setting in keys::ALL {
            let variable = setting.variable();
            let Some(text) = env(&variable) else { continue };
            let value = setting
                .keep(&setting.parse(text.trim()), sealing)
                .map_err(|error| OverridesError::InEnvironment { variable, error })?;
            self.0.insert(setting.key(), (value, LockedBy::Environment));
        }
        Ok(())
    }
}

/// The object in the file; empty where there is no file.
fn read_object(path: &Path) -> Result<Map<String, Value>, OverridesError> {
    let unreadable = |source| OverridesError::Unreadable { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Map::new()),
        Err(error) => return Err(unreadable(error)),
    };
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    let not_an_object = |detail: String| OverridesError::NotAnObject { path: path.to_owned(), detail };
    if bytes.len() as u64 > LARGEST {
        return Err(not_an_object("too large".to_owned()));
    }
    serde_json::from_slice(&bytes).map_err(|error| not_an_object(error.to_string()))
}
