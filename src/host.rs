//! What the engine asks of Jellyfin. The host reports facts and obeys; every decision is the engine's.
//!
//! Implementations: the C callback table (`ffi`) and the miniature Jellyfin (`demo`).
//! Callbacks come only on the thread that called the engine, [`Host::log`] excepted, and may call
//! the engine again: no lock and no transaction of ours is held meanwhile.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::Seconds;

/// Jellyfin's user id. Accounts are known by it alone; names are never compared here
/// (core folds `keſſ` to `KESS`, Rust would not).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId([u8; 16]);

/// Not a user id: expected 32 hexadecimal digits, dashes allowed.
#[derive(Debug, Error)]
#[error("not a user id: expected 32 hexadecimal digits")]
pub struct InvalidAccountId;

impl AccountId {
    /// The id's bytes, in the order they are written.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl From<[u8; 16]> for AccountId {
    fn from(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl TryFrom<String> for AccountId {
    type Error = InvalidAccountId;

    fn try_from(text: String) -> Result<Self, InvalidAccountId> {
        text.parse()
    }
}

impl std::str::FromStr for AccountId {
    type Err = InvalidAccountId;

    fn from_str(text: &str) -> Result<Self, InvalidAccountId> {
        let digits: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(&digits).map_err(|_| InvalidAccountId)?;
        bytes.try_into().map(Self).map_err(|_| InvalidAccountId)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.to_string()
    }
}

/// Whom [`Host::find_user`] is to look up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum UserQuery {
    /// As typed; folded by Jellyfin itself.
    Name(String),
    /// By id.
    Id(AccountId),
}

/// What Jellyfin knows about a user at this moment, seen from one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserFacts {
    /// Jellyfin's id.
    pub id: AccountId,
    /// The name as Jellyfin spells it. Hostile text.
    pub name: String,
    /// `PermissionKind.IsAdministrator`.
    pub administrator: bool,
    /// `PermissionKind.IsDisabled`.
    pub disabled: bool,
    /// `PermissionKind.EnableRemoteAccess`.
    pub remote_allowed: bool,
    /// `INetworkManager.IsInLocalNetwork` of the asking address; false when none was given.
    pub local: bool,
    /// `User.IsParentalScheduleAllowed()`.
    pub in_schedule: bool,
    /// Who keeps the password (`User.AuthenticationProviderId`); a host that knows of no other leaves it empty.
    #[serde(default)]
    pub provider: String,
    /// Core's own lockout is on for this user (`User.LoginAttemptsBeforeLockout` is set): wrong codes behind the
    /// password feed it, and so can strangers.
    #[serde(default)]
    pub lockout: bool,
    /// SHA-256 over stored password hash and provider id, hexadecimal: changes when the password does.
    pub stamp: String,
}

impl UserFacts {
    /// May this user be given a session now? `AuthenticateDirect` checks none of this itself
    /// (Jellyfin: `UserManager.AuthenticateUser` does).
    pub fn may_enter(&self) -> bool {
        !self.disabled && (self.remote_allowed || self.local) && self.in_schedule
    }

    /// Jellyfin itself keeps the password, so it can be set. LDAP and the like keep theirs
    /// (`Jellyfin.Server.Implementations.Users.DefaultAuthenticationProvider`).
    pub fn keeps_password(&self) -> bool {
        self.provider.is_empty() || self.provider.ends_with(".DefaultAuthenticationProvider")
    }
}

/// One password check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordQuery<'a> {
    /// As typed; folded by Jellyfin itself.
    pub name: &'a str,
    /// The address it is tried from, as Jellyfin normalises it.
    pub remote: Option<&'a str>,
    /// Nothing more will be asked: a right password ends in a session at once, and Jellyfin may date the login
    /// with the check (`isUserSession` of `IUserManager.AuthenticateUser`).
    pub session: bool,
}

/// What came of one password check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PasswordCheck {
    /// The password is this user's, and Jellyfin lets them in now (its own check ends with that look). These facts
    /// count, whatever was known of the name that was typed.
    Right(UserFacts),
    /// Wrong, or nobody has that name. Costs the same either way.
    Wrong,
    /// Jellyfin itself refuses the user: disabled, remote access, schedule.
    Denied,
}

/// A session to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MintRequest {
    /// For whom.
    pub user: AccountId,
    /// The client's name.
    pub app: String,
    /// The client's version.
    pub version: String,
    /// The device id the client chose.
    pub device_id: String,
    /// The device name the client chose.
    pub device_name: String,
    /// The address the session is made from, as Jellyfin normalises it.
    pub remote: Option<String>,
    /// The password check has dated this login already ([`PasswordQuery::session`]).
    pub dated: bool,
}

/// A session was made. Jellyfin's `AuthenticationResult` stays with the host, in the call's context.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Minted {
    /// SHA-256 of the access token, hexadecimal. The token itself never reaches the engine.
    pub token_hash: String,
}

/// A session Jellyfin keeps: a row of its devices, and the token in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostSession {
    /// SHA-256 of the access token, hexadecimal. The token itself never reaches the engine.
    pub token_hash: String,
    /// Whose.
    pub user: AccountId,
    /// The client's name. Hostile text, as the next three.
    pub app: String,
    /// The client's version.
    pub version: String,
    /// The device id the client chose.
    pub device_id: String,
    /// The device name the client chose.
    pub device_name: String,
    /// The address it was last heard from; none when it has not been since Jellyfin started.
    pub remote: Option<String>,
    /// When it was made, in seconds since 1970.
    pub created_at: Seconds,
    /// When it was last heard of.
    pub last_seen_at: Seconds,
}

/// How loud a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i32)]
pub enum Level {
    /// Worth knowing.
    Info = 0,
    /// Wants a look.
    Warning = 1,
    /// Somebody is kept out because of it.
    Error = 2,
}

/// Why a host call brought nothing.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum HostError {
    /// Jellyfin refused to make the session: device not allowed, too many sessions.
    #[error("jellyfin refused the session: {0}")]
    Refused(String),
    /// The call itself failed.
    #[error("the host could not answer: {0}")]
    Failed(String),
}

/// What the engine needs from Jellyfin.
pub trait Host: Send + Sync {
    /// Looks a user up, as seen from `remote`.
    fn find_user(&self, query: &UserQuery, remote: Option<&str>) -> Result<Option<UserFacts>, HostError>;

    /// Every user.
    fn list_users(&self) -> Result<Vec<UserFacts>, HostError>;

    /// Checks a password exactly once (`IUserManager.AuthenticateUser`). A name nobody has costs the same time.
    fn check_password(&self, query: &PasswordQuery<'_>, password: &str) -> Result<PasswordCheck, HostError>;

    /// Makes the session (`AuthenticateDirect` of the real session manager).
    fn mint(&self, request: &MintRequest) -> Result<Minted, HostError>;

    /// The sessions of one user, or of all.
    fn list_sessions(&self, user: Option<&AccountId>) -> Result<Vec<HostSession>, HostError>;

    /// Ends sessions of a user, by the hashes of their tokens (`SessionManager.Logout`); gives how many were ended.
    /// Hashes of nobody, or of another user's session, are passed over; one that cannot be ended keeps no other alive.
    fn end_sessions(&self, user: &AccountId, token_hashes: &[String]) -> Result<u32, HostError>;

    /// Sets a user's password (`IUserManager.ChangePassword`). Jellyfin tells the engine of it meanwhile or afterwards,
    /// as of every changed password.
    fn set_password(&self, user: &AccountId, password: &str) -> Result<(), HostError>;

    /// Remembers outside our store that somebody is protected, so that a vanished store is noticed.
    fn set_armed(&self, armed: bool) -> Result<(), HostError>;

    /// Writes one line to Jellyfin's log. May be called from any thread.
    fn log(&self, level: Level, line: &str);
}
