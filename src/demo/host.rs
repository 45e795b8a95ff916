//! [`Host`] over the miniature Jellyfin, and the session a mint leaves behind.

use std::cell::RefCell;

use serde_json::Value;

use super::book::{Device, User};
use super::jellyfin::{Jellyfin, PROVIDER, Session, hex_sha256};
use super::{network, shapes};
use crate::host::{
    AccountId, Host, HostError, HostSession, Level, MintRequest, Minted, PasswordCheck, PasswordQuery, UserFacts,
    UserQuery,
};

thread_local! {
    /// Jellyfin's `AuthenticationResult` of the call that this thread is answering.
    static SESSION: RefCell<Option<Value>> = const { RefCell::new(None) };
}

/// Runs one call into the engine; gives its answer and the session that was minted meanwhile.
pub fn with_session<T>(call: impl FnOnce() -> T) -> (T, Option<Value>) {
    SESSION.take();
    let answer = call();
    (answer, SESSION.take())
}

impl Host for Jellyfin {
    fn find_user(&self, query: &UserQuery, remote: Option<&str>) -> Result<Option<UserFacts>, HostError> {
        let user = match query {
            UserQuery::Name(name) => self.named(name),
            UserQuery::Id(id) => self.user(*id),
        };
        Ok(user.map(|user| facts(&user, remote)))
    }

    fn list_users(&self) -> Result<Vec<UserFacts>, HostError> {
        Ok(self.users().iter().map(|user| facts(user, None)).collect())
    }

    /// As `UserManager.AuthenticateUser`: password first, then state, whatever the password was.
    fn check_password(&self, query: &PasswordQuery<'_>, password: &str) -> Result<PasswordCheck, HostError> {
        let user = self.named(query.name);
        let right = self.password_is_right(user.as_ref(), password);
        Ok(match user {
            Some(user) if !facts(&user, query.remote).may_enter() => PasswordCheck::Denied,
            Some(user) if right => PasswordCheck::Right(facts(&user, query.remote)),
            _ => PasswordCheck::Wrong,
        })
    }

    fn mint(&self, request: &MintRequest) -> Result<Minted, HostError> {
        let (user, session) = self.make_session(request)?;
        let token_hash = hex_sha256(session.device.token.as_bytes());
        SESSION.set(Some(shapes::authentication_result(self, &user, &session)));
        Ok(Minted { token_hash })
    }

    fn list_sessions(&self, user: Option<&AccountId>) -> Result<Vec<HostSession>, HostError> {
        let live = self.live_sessions();
        let of_user = |device: &Device| user.is_none_or(|user| *user == device.user);
        Ok(self.device_rows().into_iter().filter(of_user).map(|device| kept(device, &live)).collect())
    }

    fn end_sessions(&self, user: &AccountId, token_hashes: &[String]) -> Result<u32, HostError> {
        let meant =
            |device: &Device| device.user == *user && token_hashes.contains(&hex_sha256(device.token.as_bytes()));
        let count = self.device_rows().iter().filter(|device| meant(device)).count();
        self.drop_devices(meant);
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// The engine learns of it from the caller, as from Jellyfin's event.
    fn set_password(&self, user: &AccountId, password: &str) -> Result<(), HostError> {
        Jellyfin::set_password(self, *user, password)
    }

    fn set_armed(&self, armed: bool) -> Result<(), HostError> {
        Jellyfin::set_armed(self, armed);
        Ok(())
    }

    /// Nobody reads a demo's log.
    fn log(&self, _: Level, _: &str) {}
}

/// A device row, with what is known of the session made from it.
fn kept(device: Device, live: &[Session]) -> HostSession {
    let heard = live.iter().find(|session| session.device.token == device.token);
    HostSession {
        token_hash: hex_sha256(device.token.as_bytes()),
        user: device.user,
        remote: heard.and_then(|session| session.remote.clone()),
        created_at: device.created,
        last_seen_at: heard.map_or(device.created, |session| session.seen),
        app: device.app,
        version: device.version,
        device_id: device.device_id,
        device_name: device.device_name,
    }
}

fn facts(user: &User, remote: Option<&str>) -> UserFacts {
    let stored = user.password.as_deref().unwrap_or_default();
    UserFacts {
        id: user.id,
        name: user.name.clone(),
        administrator: user.administrator,
        disabled: user.disabled,
        remote_allowed: user.remote_allowed,
        local: remote.is_some_and(network::is_local),
        in_schedule: user.in_schedule,
        provider: PROVIDER.to_owned(),
        lockout: false,
        stamp: hex_sha256(format!("{stored}\n{PROVIDER}").as_bytes()),
    }
}
