//! What is opened once and passed down: store, settings, clock, randomness, host, keys.

use std::collections::HashSet;
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::thread::{self, ThreadId};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::clock::{Clock, Randomness, Seconds};
use crate::crypto::key::{DerivedKey, MasterKey};
use crate::crypto::seal::{SealError, Sealer};
use crate::crypto::signed::Ring;
use crate::host::{
    AccountId, Host, HostError, HostSession, Level, MintRequest, Minted, PasswordCheck, PasswordQuery, UserFacts,
    UserQuery,
};
use crate::settings::{Overrides, Sealing, Secret, Setting, Settings};
use crate::store::{self, Store, StoreError, meta};

/// One key for each purpose, derived from the master key.
pub struct Keys {
    /// Recovery codes.
    pub recovery: DerivedKey,
    /// An administrator's one-time words.
    pub word: DerivedKey,
    /// App passwords.
    pub app_password: DerivedKey,
    /// Codes and PINs for forgotten passwords.
    pub reset: DerivedKey,
    /// Codes that verify an e-mail address.
    pub address_code: DerivedKey,
    /// Codes that come by mail.
    pub mail_code: DerivedKey,
    /// One-time words for a TV.
    pub tv_word: DerivedKey,
    /// The known-browser cookie.
    pub known_browser: DerivedKey,
    /// Names nobody has, and repeated wrong secrets.
    pub privacy: DerivedKey,
    /// The trusted-browser cookie.
    pub trust: Ring,
}

impl Keys {
    fn derive(master: &MasterKey) -> Self {
        Self {
            recovery: master.derive("recovery code"),
            word: master.derive("enrolment word"),
            app_password: master.derive("app password"),
            reset: master.derive("password reset"),
            address_code: master.derive("address code"),
            mail_code: master.derive("code by mail"),
            tv_word: master.derive("one-time word"),
            known_browser: master.derive("known browser"),
            privacy: master.derive("privacy"),
            trust: Ring::new(master.copy(), "trusted browser"),
        }
    }
}

/// Everything an engine's parts need, owned by the engine.
pub struct Context {
    /// The database.
    pub store: Store,
    /// Jellyfin.
    pub host: Guarded,
    /// Seals and opens secret columns.
    pub sealer: Sealer,
    /// Keyed hashes.
    pub keys: Keys,
    /// Randomness.
    pub randomness: Arc<dyn Randomness>,
    /// Names our cookies: two servers under one host name must not share them.
    pub server_id: String,
    /// Rung when something waits in the outbox.
    pub bell: Bell,
    /// Raised where something worth a warning was written down.
    pub alarms: Alarms,
    clock: Arc<dyn Clock>,
    settings: RwLock<Arc<Settings>>,
    overrides: Overrides,
    broken: Mutex<Option<(Seconds, String)>>,
}

impl Context {
    /// Puts the parts together and reads the settings.
    pub fn new(
        store: Store,
        master: &MasterKey,
        host: Arc<dyn Host>,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
        server_id: String,
        overrides: Overrides,
    ) -> Result<Self, StoreError> {
        let settings = load(&store, &overrides)?;
        Ok(Self {
            store,
            host: Guarded(host),
            sealer: Sealer::new(master),
            keys: Keys::derive(master),
            randomness,
            server_id,
            bell: Bell::default(),
            alarms: Alarms::default(),
            clock,
            settings: RwLock::new(Arc::new(settings)),
            overrides,
            broken: Mutex::default(),
        })
    }

    /// Something of ours is broken: written to the log, and kept for whoever looks at the dashboard instead.
    pub fn broke(&self, what: &str, reason: &str) {
        self.host.log(Level::Error, &format!("{what} because something is broken: {reason}"));
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = Some((self.now(), reason.to_owned()));
    }

    /// What broke last, if that was since then.
    pub fn broken_since(&self, since: Seconds) -> Option<String> {
        let broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        broken.as_ref().filter(|(at, _)| *at >= since).map(|(_, reason)| reason.clone())
    }

    /// Everything was looked through, and is well.
    pub fn mended(&self) {
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.store.found_sound();
    }

    /// Now.
    pub fn now(&self) -> Seconds {
        self.clock.now()
    }

    /// See [`Clock::runs`].
    pub fn time_passes(&self) -> bool {
        self.clock.runs()
    }

    /// The settings as they are now. Whoever asks twice may find them changed in between.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes up what somebody beside us changed in the store: the machine's owner, by `jellyward rescue`.
    pub fn refresh(&self) -> Result<(), StoreError> {
        let stored = self.store.read(|tx| meta::number(tx, meta::SETTINGS_REVISION))?;
        if stored.unsigned_abs() == self.settings().revision() { Ok(()) } else { self.reload_settings() }
    }

    /// What seals a secret on its way into the settings.
    pub fn sealing(&self) -> Sealing<'_> {
        Sealing { sealer: &self.sealer, randomness: &*self.randomness }
    }

    /// A secret that the settings hold; none: it is not set.
    pub fn reveal(
        &self,
        settings: &Settings,
        setting: &Setting<Secret>,
    ) -> Result<Option<Zeroizing<String>>, SealError> {
        settings.get(setting).open(setting.key, &self.sealer)
    }

    /// Reads the settings again, after a change.
    pub fn reload_settings(&self) -> Result<(), StoreError> {
        let fresh = Arc::new(load(&self.store, &self.overrides)?);
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }
}

fn load(store: &Store, overrides: &Overrides) -> Result<Settings, StoreError> {
    let (rows, revision) =
        store.read(|tx| Ok::<_, StoreError>((meta::settings(tx)?, meta::number(tx, meta::SETTINGS_REVISION)?)))?;
    // A row that is not JSON becomes null, which no setting accepts: its default holds, and that is reported.
    let values = rows.into_iter().map(|(key, json)| (key, serde_json::from_str(&json).unwrap_or_default()));
    Ok(Settings::new(values, revision.unsigned_abs(), overrides.clone()))
}

/// Wakes whoever waits for it. A ring that nobody heard is heard by the next one who listens.
#[derive(Default)]
pub struct Bell {
    rung: Mutex<bool>,
    heard: Condvar,
}

impl Bell {
    /// Rings.
    pub fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.heard.notify_all();
    }

    /// Waits for a ring, but no longer than that.
    pub fn wait(&self, longest: Duration) {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.heard.wait_timeout_while(rung, longest, |rung| !*rung);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }
}

/// Which threads have written down something worth a warning. Each is asked once its own call, and so its transaction,
/// is over: another's call that ends meanwhile would look too early, and nobody would look again.
#[derive(Default)]
pub struct Alarms(Mutex<HashSet<ThreadId>>);

impl Alarms {
    /// This thread writes such a thing down.
    pub fn raise(&self) {
        self.threads().insert(thread::current().id());
    }

    /// Has this thread done so since it was last asked?
    pub fn take(&self) -> bool {
        self.threads().remove(&thread::current().id())
    }

    fn threads(&self) -> std::sync::MutexGuard<'_, HashSet<ThreadId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The host, reachable only while no transaction of ours is open: a host call may re-enter the engine.
pub struct Guarded(Arc<dyn Host>);

impl Guarded {
    fn outside(&self) -> Result<&dyn Host, HostError> {
        if store::in_transaction() {
            return Err(HostError::Failed("a host call was made inside a transaction; please report this".into()));
        }
        Ok(&*self.0)
    }

    /// See [`Host::find_user`].
    pub fn find_user(&self, query: &UserQuery, remote: Option<&str>) -> Result<Option<UserFacts>, HostError> {
        self.outside()?.find_user(query, remote)
    }

    /// See [`Host::list_users`].
    pub fn list_users(&self) -> Result<Vec<UserFacts>, HostError> {
        self.outside()?.list_users()
    }

    /// See [`Host::check_password`].
    pub fn check_password(&self, query: &PasswordQuery<'_>, password: &str) -> Result<PasswordCheck, HostError> {
        self.outside()?.check_password(query, password)
    }

    /// See [`Host::mint`].
    pub fn mint(&self, request: &MintRequest) -> Result<Minted, HostError> {
        self.outside()?.mint(request)
    }

    /// See [`Host::list_sessions`].
    pub fn list_sessions(&self, user: Option<&AccountId>) -> Result<Vec<HostSession>, HostError> {
        self.outside()?.list_sessions(user)
    }

    /// See [`Host::end_sessions`].
    pub fn end_sessions(&self, user: &AccountId, token_hashes: &[String]) -> Result<u32, HostError> {
        self.outside()?.end_sessions(user, token_hashes)
    }

    /// See [`Host::set_password`].
    pub fn set_password(&self, user: &AccountId, password: &str) -> Result<(), HostError> {
        self.outside()?.set_password(user, password)
    }

    /// See [`Host::set_armed`].
    pub fn set_armed(&self, armed: bool) -> Result<(), HostError> {
        self.outside()?.set_armed(armed)
    }

    /// See [`Host::log`]; allowed everywhere.
    pub fn log(&self, level: Level, line: &str) {
        self.0.log(level, line);
    }
}
