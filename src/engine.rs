//! The engine: one explicitly opened and closed owner of store, settings and everything above them.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, Randomness};
use crate::gate::attempt::LoginAttempt;
use crate::gate::verdict::Verdict;
use crate::host::{AccountId, Host};
use crate::web::message::{Ownership, Request, Response};

/// How to open an engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenOptions {
    /// Folder for store, key and lock; created with mode 0700. Never the plugin's own folder.
    pub data: PathBuf,
    /// Jellyfin's server id: names our cookies.
    pub server_id: String,
    /// What the host remembered from [`Host::set_armed`].
    #[serde(default)]
    pub armed: bool,
}

/// Why an engine did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// To be replaced by the store's own errors.
    #[error("{0}")]
    Failed(String),
}

/// Something happened in Jellyfin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "event")]
pub enum Event {
    /// A user was deleted: everything of theirs goes.
    #[serde(rename_all = "camelCase")]
    UserDeleted {
        /// Who.
        user_id: AccountId,
    },
    /// A user was created.
    #[serde(rename_all = "camelCase")]
    UserCreated {
        /// Who.
        user_id: AccountId,
    },
    /// A password changed: open challenges and grants end. May arrive on another thread while a host call runs.
    #[serde(rename_all = "camelCase")]
    PasswordChanged {
        /// Whose.
        user_id: AccountId,
    },
}

/// The whole product behind four verbs.
pub struct Engine {}

impl Engine {
    /// Opens the store and takes its lock.
    pub fn open(
        _options: OpenOptions,
        _host: Arc<dyn Host>,
        _clock: Arc<dyn Clock>,
        _randomness: Arc<dyn Randomness>,
    ) -> Result<Self, OpenError> {
        Ok(Self {})
    }

    /// Decides one attempt. Blocks for one password check.
    pub fn login(&self, _attempt: &LoginAttempt, _password: &str) -> Verdict {
        Verdict {
            outcome: crate::gate::verdict::Outcome::Refuse,
            status: 401,
            session: false,
            announce_failure: true,
            headers: Vec::new(),
            body: None,
        }
    }

    /// Does the engine answer this path?
    pub fn owns(&self, _path: &str) -> Ownership {
        Ownership { owned: false, max_body: 0 }
    }

    /// Answers one request.
    pub fn http(&self, _request: &Request, _body: &[u8]) -> Response {
        Response { status: 404, headers: Vec::new(), content: crate::web::message::Content::Bytes(Vec::new()) }
    }

    /// Puts the script into Jellyfin's `index.html`. Bytes in, bytes out; returned unchanged where there is no head.
    pub fn rewrite_index(&self, html: &[u8]) -> Vec<u8> {
        html.to_vec()
    }

    /// Takes note of something that happened in Jellyfin.
    pub fn event(&self, _event: &Event) {}
}
