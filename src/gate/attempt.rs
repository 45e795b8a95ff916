//! What reaches the gate.

use serde::{Deserialize, Serialize};

use crate::defense::origin::Origin;
use crate::host::AccountId;

/// The action of the obsolete `POST /Users/{userId}/Authenticate`, which carries the password in its URL.
pub const OBSOLETE_ACTION: &str = "User.AuthenticateUser";

/// The action in which core redeems a Quick Connect approval; the request is the approving user's.
pub const QUICK_CONNECT_ACTION: &str = "QuickConnect.AuthorizeQuickConnect";
/// What is written down of a client, app, version and name of device, is cut to so many characters each.
pub const LONGEST_OF_CLIENT: usize = 128;

/// Through which of the session manager's doors the attempt comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Door {
    /// `AuthenticateNewSession`: name and password.
    Password,
    /// `AuthenticateDirect`: Quick Connect, or another plugin's sign-in.
    Direct,
}

/// Who is signed in on the request, as Jellyfin's own authorization resolved it. An invalid token is nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Caller {
    /// The user; none for an API key.
    pub user_id: Option<AccountId>,
    /// Passed Jellyfin's `RequiresElevation` policy.
    pub administrator: bool,
    /// An API key, not a person.
    pub api_key: bool,
    /// SHA-256 of the access token, hexadecimal.
    pub token_hash: String,
}

/// What a client says of itself, as Jellyfin parsed it. Names, never credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Client {
    /// Client name.
    pub app: String,
    /// Client version.
    pub version: String,
    /// Device id.
    pub device_id: String,
    /// Device name.
    pub device_name: String,
}

impl Client {
    /// Core refuses with 400 when any of the four is empty; on 12 the legacy header leaves them all so.
    pub fn complete(&self) -> bool {
        ![&self.app, &self.version, &self.device_id, &self.device_name].iter().any(|field| field.is_empty())
    }
}

/// One attempt to be given a session. The password travels beside it, never inside.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LoginAttempt {
    /// Which door.
    pub door: Door,
    /// Controller and action that led here, for instance `User.AuthenticateUserByName` or
    /// `QuickConnect.AuthorizeQuickConnect`; empty when outside a request.
    #[serde(default)]
    pub action: String,
    /// The name as typed; empty for [`Door::Direct`].
    #[serde(default)]
    pub name: String,
    /// The user the caller of `AuthenticateDirect` named.
    #[serde(default)]
    pub user_id: Option<AccountId>,
    /// The client, as it describes itself.
    #[serde(default, flatten)]
    pub client: Client,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// Who is signed in on this very request (Quick Connect: who approves).
    #[serde(default)]
    pub caller: Option<Caller>,
}
