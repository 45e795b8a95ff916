//! The miniature Jellyfin's users, devices, tokens and sessions.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::book::{self, ApiKey, Book, Device, User};
use super::failure::StartError;
use super::options::Options;
use super::password;
use crate::clock::{Clock, Randomness, Seconds};
use crate::defense::name::folded;
use crate::host::{AccountId, HostError, MintRequest};

/// The one provider, as 10.11 names it.
pub const PROVIDER: &str = "Jellyfin.Server.Implementations.Users.DefaultAuthenticationProvider";

/// A live session: a device that was heard of since the start.
#[derive(Clone)]
pub struct Session {
    pub(super) id: String,
    pub(super) user: AccountId,
    pub(super) device: Device,
    pub(super) remote: Option<String>,
    pub(super) seen: Seconds,
}

/// Users, devices, tokens and sessions. Tests look into it and make it fail.
pub struct Jellyfin {
    folder: PathBuf,
    book: Mutex<Book>,
    sessions: Mutex<BTreeMap<(String, String), Session>>,
    refuse_mints: Mutex<Option<String>>,
    password_checks: AtomicUsize,
    failures: AtomicUsize,
    rounds: u32,
    /// What an unknown name's password is checked against, so that it costs the same.
    nobody: String,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) randomness: Arc<dyn Randomness>,
}

impl Jellyfin {
    pub(super) fn open(folder: &Path, options: &Options) -> Result<Self, StartError> {
        let mut book = book::read(folder)?;
        let jellyfin = Self {
            folder: folder.to_owned(),
            book: Mutex::new(Book::default()),
            sessions: Mutex::default(),
            refuse_mints: Mutex::default(),
            password_checks: AtomicUsize::new(0),
            failures: AtomicUsize::new(0),
            rounds: options.password_rounds,
            nobody: password::stored("", &[0; password::SALT], options.password_rounds),
            clock: options.clock.clone(),
            randomness: options.randomness.clone(),
        };
        if book.server_id.is_empty() {
            book.server_id = jellyfin.token()?;
        }
        *lock(&jellyfin.book) = book;
        jellyfin.save();
        Ok(jellyfin)
    }

    /// Where everything of Jellyfin's lies.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Jellyfin's server id, 32 hexadecimal digits.
    pub fn server_id(&self) -> String {
        lock(&self.book).server_id.clone()
    }

    /// What [`crate::host::Host::set_armed`] was last told.
    pub fn armed(&self) -> bool {
        lock(&self.book).armed
    }

    /// How many device rows, and so tokens, exist.
    pub fn devices(&self) -> usize {
        lock(&self.book).devices.len()
    }

    /// How many of them belong to the user with that name.
    pub fn devices_of(&self, name: &str) -> usize {
        let id = self.user_id(name);
        self.device_rows().iter().filter(|device| Some(device.user) == id).count()
    }

    /// How many sessions are alive.
    pub fn sessions(&self) -> usize {
        lock(&self.sessions).len()
    }

    /// How many passwords were checked (each costs one PBKDF2).
    pub fn password_checks(&self) -> usize {
        self.password_checks.load(Ordering::SeqCst)
    }

    /// How many failed sign-ins were announced to the activity log.
    pub fn failures(&self) -> usize {
        self.failures.load(Ordering::SeqCst)
    }

    /// The id of the user with that name, any spelling.
    pub fn user_id(&self, name: &str) -> Option<AccountId> {
        self.named(name).map(|user| user.id)
    }

    /// Adds a user.
    pub fn add_user(&self, name: &str, password: &str, administrator: bool) -> Result<AccountId, HostError> {
        let mut id = [0; 16];
        self.fill(&mut id)?;
        let stored = self.stored(password)?;
        let user = User {
            id: AccountId::from(id),
            name: name.to_owned(),
            password: stored,
            administrator,
            disabled: false,
            remote_allowed: true,
            in_schedule: true,
        };
        self.change(|book| book.users.push(user));
        Ok(AccountId::from(id))
    }

    /// Disables a user, or enables them again.
    pub fn set_disabled(&self, name: &str, disabled: bool) {
        self.change_user(name, |user| user.disabled = disabled);
    }

    /// Drops every device, token and session.
    pub fn sign_everybody_out(&self) {
        self.drop_devices(|_| true);
    }

    /// From now on every session is refused for this reason; none: made again.
    pub fn refuse_mints(&self, reason: Option<&str>) {
        *lock(&self.refuse_mints) = reason.map(str::to_owned);
    }

    /// The secret in somebody's authenticator app, base32.
    pub fn authenticator(&self, name: &str) -> Option<String> {
        lock(&self.book).authenticators.get(&folded(name)).cloned()
    }

    /// What somebody wrote down at enrolment.
    pub fn recovery_codes(&self, name: &str) -> Vec<String> {
        lock(&self.book).recovery_codes.get(&folded(name)).cloned().unwrap_or_default()
    }

    /// Puts a secret into somebody's authenticator app.
    pub fn set_authenticator(&self, name: &str, secret: &str, recovery_codes: Vec<String>) {
        let name = folded(name);
        self.change(|book| {
            book.authenticators.insert(name.clone(), secret.to_owned());
            book.recovery_codes.insert(name, recovery_codes);
        });
    }

    /// Sets a user's password. Telling the engine is the caller's part.
    pub(super) fn set_password(&self, id: AccountId, password: &str) -> Result<(), HostError> {
        let stored = self.stored(password)?;
        self.change(|book| {
            if let Some(user) = book.users.iter_mut().find(|user| user.id == id) {
                user.password = stored;
            }
        });
        Ok(())
    }

    /// Removes a user with devices and sessions. Telling the engine is the caller's part.
    pub(super) fn forget_user(&self, id: AccountId) {
        self.change(|book| {
            book.users.retain(|user| user.id != id);
            book.devices.retain(|device| device.user != id);
        });
        lock(&self.sessions).retain(|_, session| session.user != id);
    }

    pub(super) fn users(&self) -> Vec<User> {
        lock(&self.book).users.clone()
    }

    pub(super) fn named(&self, name: &str) -> Option<User> {
        let named = folded(name);
        lock(&self.book).users.iter().find(|user| folded(&user.name) == named).cloned()
    }

    pub(super) fn user(&self, id: AccountId) -> Option<User> {
        lock(&self.book).users.iter().find(|user| user.id == id).cloned()
    }

    pub(super) fn change_user(&self, name: &str, act: impl FnOnce(&mut User)) {
        let named = folded(name);
        self.change(|book| {
            if let Some(user) = book.users.iter_mut().find(|user| folded(&user.name) == named) {
                act(user);
            }
        });
    }

    pub(super) fn set_armed(&self, armed: bool) {
        self.change(|book| book.armed = armed);
    }

    /// Checks a password against a user's, or against nobody's: one PBKDF2 either way.
    pub(super) fn password_is_right(&self, user: Option<&User>, given: &str) -> bool {
        self.password_checks.fetch_add(1, Ordering::SeqCst);
        match user {
            Some(User { password: Some(stored), .. }) => password::is_right(given, stored),
            Some(User { password: None, .. }) => {
                password::is_right(given, &self.nobody);
                given.is_empty()
            }
            None => {
                password::is_right(given, &self.nobody);
                false
            }
        }
    }

    pub(super) fn announce_failure(&self) {
        self.failures.fetch_add(1, Ordering::SeqCst);
    }

    /// Makes device, token and session, as `SessionManager.AuthenticateDirect` does: an older token of that device
    /// and user goes.
    pub(super) fn make_session(&self, request: &MintRequest) -> Result<(User, Session), HostError> {
        if let Some(reason) = lock(&self.refuse_mints).clone() {
            return Err(HostError::Refused(reason));
        }
        let user = self.user(request.user).ok_or_else(|| HostError::Failed("no such user".to_owned()))?;
        let device = Device {
            token: self.token()?,
            user: user.id,
            app: request.app.clone(),
            version: request.version.clone(),
            device_id: request.device_id.clone(),
            device_name: request.device_name.clone(),
            created: self.clock.now(),
        };
        self.change(|book| {
            book.devices.retain(|old| !(old.device_id == device.device_id && old.user == device.user));
            book.devices.push(device.clone());
        });
        Ok((user, self.heard_of(&device, request.remote.clone())))
    }

    /// Notes that a device was heard of: that is what a session is (`SessionManager.LogSessionActivity`).
    pub(super) fn heard_of(&self, device: &Device, remote: Option<String>) -> Session {
        let session = Session {
            id: hex_sha256(format!("{}{}", device.app, device.device_id).as_bytes())[..32].to_owned(),
            user: device.user,
            device: device.clone(),
            remote,
            seen: self.clock.now(),
        };
        lock(&self.sessions).insert((device.app.clone(), device.device_id.clone()), session.clone());
        session
    }

    pub(super) fn live_sessions(&self) -> Vec<Session> {
        lock(&self.sessions).values().cloned().collect()
    }

    pub(super) fn device_rows(&self) -> Vec<Device> {
        lock(&self.book).devices.clone()
    }

    pub(super) fn device_of(&self, token: &str) -> Option<Device> {
        lock(&self.book).devices.iter().find(|device| device.token == token).cloned()
    }

    pub(super) fn drop_devices(&self, gone: impl Fn(&Device) -> bool) {
        self.change(|book| book.devices.retain(|device| !gone(device)));
        lock(&self.sessions).retain(|_, session| !gone(&session.device));
    }

    pub(super) fn keys(&self) -> Vec<ApiKey> {
        lock(&self.book).keys.clone()
    }

    pub(super) fn add_key(&self, app: &str) -> Result<(), HostError> {
        let key = ApiKey { token: self.token()?, app: app.to_owned(), created: self.clock.now() };
        self.change(|book| book.keys.push(key));
        Ok(())
    }

    /// 32 hexadecimal digits, as Jellyfin's own tokens.
    pub(super) fn token(&self) -> Result<String, HostError> {
        let mut bytes = [0; 16];
        self.fill(&mut bytes)?;
        Ok(HEXLOWER.encode(&bytes))
    }

    pub(super) fn fill(&self, bytes: &mut [u8]) -> Result<(), HostError> {
        self.randomness.fill(bytes).map_err(|error| HostError::Failed(error.to_string()))
    }

    fn stored(&self, given: &str) -> Result<Option<String>, HostError> {
        if given.is_empty() {
            return Ok(None);
        }
        let mut salt = [0; password::SALT];
        self.fill(&mut salt)?;
        Ok(Some(password::stored(given, &salt, self.rounds)))
    }

    fn change(&self, act: impl FnOnce(&mut Book)) {
        act(&mut lock(&self.book));
        self.save();
    }

    fn save(&self) {
        // What cannot be kept is gone at the next start; until then the demo goes on.
        let _ = book::write(&self.folder, &lock(&self.book));
    }
}

/// SHA-256 in lower-case hexadecimal.
pub(super) fn hex_sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

/// The demo goes on after a panic in one request.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
