//! The engine: one explicitly opened and closed owner of store, settings and everything above them.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::account::reset::Leftovers;
use crate::clock::{Clock, NoRandomness, Randomness};
use crate::context::Context;
use crate::crypto::key::{KeyError, MasterKey};
use crate::crypto::mac;
use crate::crypto::seal::Sealer;
use crate::gate::action::{self, Action};
use crate::gate::attempt::{Client, Door, LoginAttempt};
use crate::gate::denial::Denial;
use crate::gate::verdict::Verdict;
use crate::gate::{Gate, account, armed, direct, leftovers, login, policy, roll_call};
use crate::host::{AccountId, Host, Level, UserQuery};
use crate::notify::PostOffice;
use crate::notify::alerts;
use crate::notify::mailer::Mailer;
use crate::notify::message::{self, Delivery, Message, MessageError};
use crate::notify::outbox::{self, OutboxError, Parcel};
use crate::rescue;
use crate::settings::{Overrides, OverridesError, Sealing, keys};
use crate::store::{OwnerLock, Store, StoreError, accounts, meta};
use crate::web::action::{self as watched, Passage};
use crate::web::message::{Ownership, Request, Response};
use crate::web::site::Site;
use crate::web::{front, index, routes};

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
#[derive(Debug, Error)]
pub enum OpenError {
    /// The store itself.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The master key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The key is a key, but not this store's.
    #[error("the master key is not the one this store was made with: put the right master.key back beside the store")]
    WrongKey,
    /// Accounts were protected, and the store is gone.
    #[error(
        "accounts were protected, but the store is missing from {0}: put it back from a back-up, or use the unlock file"
    )]
    Vanished(PathBuf),
    /// Settings fixed from outside.
    #[error(transparent)]
    Overrides(#[from] OverridesError),
    /// A file of ours.
    #[error("cannot write to the data folder: {0}")]
    Folder(#[from] std::io::Error),
    /// The system gave no thread.
    #[error("the thread that sends mail could not be started: {0}")]
    Thread(std::io::Error),
    /// See [`NoRandomness`].
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
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
    /// A user was renamed, or changed in some other way.
    #[serde(rename_all = "camelCase")]
    UserUpdated {
        /// Who.
        user_id: AccountId,
    },
    /// A password changed: open challenges and grants end. May arrive on another thread while a host call runs.
    #[serde(rename_all = "camelCase")]
    PasswordChanged {
        /// Whose.
        user_id: AccountId,
    },
    /// The server runs: what came back or changed while nobody told us is seen to before anybody asks.
    ServerStarted,
    /// Quick Connect gave a device a code to show.
    #[serde(rename_all = "camelCase")]
    QuickConnectStarted {
        /// The code.
        code: String,
        /// The device.
        #[serde(flatten)]
        client: Client,
        /// The address it asked from.
        remote: Option<String>,
    },
}

/// The whole product: [`Engine::login`] and [`Engine::http`] decide, [`Engine::action`] is asked about Jellyfin's own calls,
/// [`Engine::event`] is told.
pub struct Engine {
    cx: Arc<Context>,
    gate: Gate,
    post: PostOffice,
    site: Site,
    resets: Leftovers,
}

impl Engine {
    /// Opens the store and takes its lock. Does not check the whole database: damage is found when it is read.
    pub fn open(
        options: OpenOptions,
        host: Arc<dyn Host>,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
        mailer: Arc<dyn Mailer>,
    ) -> Result<Self, OpenError> {
        let folder = options.data.as_path();
        let existed = Store::exists(folder);
        if options.armed && !existed {
            return Err(OpenError::Vanished(folder.to_owned()));
        }
        let lock = OwnerLock::take(folder)?;
        let master = MasterKey::load(folder, existed, &*randomness)?;
        let store = Store::open(folder, lock)?;
        // The store notes it first, then the host: an emptied or foreign store knows nothing of it.
        if options.armed && store.read(|tx| meta::number(tx, meta::ARMED))? == 0 {
            return Err(OpenError::Vanished(folder.to_owned()));
        }
        check_key(&store, &master)?;
        rescue::prepare(folder, &*randomness)?;
        let sealing = Sealing { sealer: &Sealer::new(&master), randomness: &*randomness };
        let overrides = Overrides::read(folder, &|name| std::env::var(name).ok(), sealing)?;
        let cx = Context::new(store, &master, host, clock, randomness, options.server_id, overrides)?;
        let cx = Arc::new(cx);
        let post = PostOffice::open(&cx, mailer).map_err(OpenError::Thread)?;
        let resets = Leftovers::read(&cx).unwrap_or_else(|error| {
            cx.host.log(Level::Error, &format!("resets that broke off could not be read: {error}"));
            Leftovers::none()
        });
        let gate = Gate::new(cx.now());
        let engine = Self { cx, gate, post, site: Site::new(), resets };
        if let Err(error) = armed::on_open(&engine.cx, options.armed) {
            engine.cx.host.log(Level::Error, &format!("the store opened, but cannot be read: {error}"));
        }
        if let Err(error) = policy::on_open(&engine.cx) {
            engine.cx.host.log(Level::Error, &format!("the beginning of a requirement could not be noted: {error}"));
        }
        if let Err(error) = alerts::begin(&engine.cx) {
            engine.cx.host.log(Level::Error, &format!("the store opened, but cannot be written: {error}"));
        }
        if let Err(denial) = armed::tell_of_unlocks(&engine.cx, folder) {
            engine.cx.host.log(Level::Error, &format!("the use of an unlock file could not be written down: {denial}"));
        }
        alerts::catch_up(&engine.cx);
        if let Some(kind) = engine.cx.store.network_kind() {
            engine
                .cx
                .host
                .log(Level::Warning, &format!("the data folder lies on {kind}: one exclusive lock, and slower"));
        }
        Ok(engine)
    }

    /// Decides one attempt. Blocks for one password check. A panic refuses this one call.
    pub fn login(&self, attempt: &LoginAttempt, password: &str) -> Verdict {
        let decide = || match attempt.door {
            Door::Password => login::login(&self.cx, &self.gate, attempt, password),
            Door::Direct => direct::direct(&self.cx, attempt),
        };
        self.call("a sign-in was refused", decide).unwrap_or_else(|| Verdict::stock_refusal(false))
    }

    /// Does the engine answer this path?
    pub fn owns(&self, path: &str) -> Ownership {
        routes::owns(path)
    }

    /// Answers one request.
    pub fn http(&self, request: &Request, body: &[u8]) -> Response {
        let answer = || front::answer(&self.cx, &self.gate, &self.post, &self.site, request, body);
        self.call("a request failed", answer).unwrap_or_else(|| front::broken(&self.site, request))
    }

    /// The calls of Jellyfin's that [`Self::action`] wants to see, as `Controller.Action`, each with the texts of its
    /// body that have to be told.
    pub fn watched(&self) -> BTreeMap<&'static str, Vec<&'static str>> {
        action::watched()
    }

    /// May Jellyfin run this call of its own? A panic refuses this one call.
    pub fn action(&self, action: &Action) -> Passage {
        let answer = || watched::answer(&self.cx, &self.gate, &self.site, action);
        let stopped = || Passage { pass: false, status: 503, headers: Vec::new(), body: None };
        self.call("a call was stopped", answer).unwrap_or_else(stopped)
    }

    /// What goes around everything that the host asks: before it, what changed beside us and what is due. None: it
    /// panicked, which means `what`.
    fn call<T>(&self, what: &str, verb: impl FnOnce() -> T) -> Option<T> {
        self.contained("what was due was not done", || {
            self.refresh();
            self.see_to_what_is_due();
        });
        self.told(what, verb)
    }

    /// After it, however it ended, those are told whom it concerns.
    fn told<T>(&self, what: &str, verb: impl FnOnce() -> T) -> Option<T> {
        let done = self.contained(what, verb);
        self.contained("people were not told what happened to their accounts", || alerts::tell_if_any(&self.cx));
        done
    }

    fn contained<T>(&self, what: &str, work: impl FnOnce() -> T) -> Option<T> {
        let done = catch_unwind(AssertUnwindSafe(work)).ok();
        if done.is_none() {
            self.cx.host.log(Level::Error, &format!("{what} because the engine panicked; please report this"));
        }
        done
    }

    /// What wants the host, and so a call that comes from it.
    fn see_to_what_is_due(&self) {
        self.resets.finish(&self.cx, &self.gate);
        roll_call::when_due(&self.cx, &self.gate);
        leftovers::end_when_due(&self.cx);
    }

    /// A store that cannot be read is noticed, and told, by whatever reads it next.
    fn refresh(&self) {
        if let Err(error) = self.cx.refresh() {
            self.cx.host.log(Level::Warning, &format!("the settings could not be read again: {error}"));
        }
    }

    /// Puts the script into Jellyfin's `index.html`. Bytes in, bytes out; returned unchanged where there is no head.
    pub fn rewrite_index(&self, html: &[u8]) -> Vec<u8> {
        if self.cx.settings().get(&keys::WEB_INJECT) { index::insert(html) } else { html.to_vec() }
    }

    /// Takes note of something that happened in Jellyfin. It may be in the middle of that still, and of a call of ours: what
    /// is due waits for another.
    pub fn event(&self, event: &Event) {
        if let Some(Err(denial)) = self.told("an event of jellyfin was not noted", || self.note(event)) {
            self.cx.host.log(Level::Error, &format!("an event of jellyfin could not be noted: {denial}"));
        }
    }

    fn note(&self, event: &Event) -> Result<(), Denial> {
        if !matches!(event, Event::QuickConnectStarted { .. }) {
            self.gate.names.forget();
        }
        match event {
            Event::UserUpdated { .. } => {}
            Event::ServerStarted => self.see_to_what_is_due(),
            Event::UserDeleted { user_id } => account::purge(&self.cx, &self.gate, user_id)?,
            Event::PasswordChanged { user_id } => {
                let user = self.cx.host.find_user(&UserQuery::Id(*user_id), None).ok().flatten();
                let stamp = user.as_ref().map(|user| user.stamp.as_str());
                account::password_changed(&self.cx, &self.gate, user_id, stamp)?;
            }
            Event::QuickConnectStarted { code, client, remote } => {
                self.gate.quick_connects.started(code, client, remote.as_deref(), self.cx.now());
            }
            Event::UserCreated { user_id } => self.cx.store.lazy(|tx| accounts::note(tx, user_id, self.cx.now()))?,
        }
        Ok(())
    }

    /// Puts something into the outbox. It goes out by itself; nobody waits for it.
    pub fn tell(&self, parcel: &Parcel<'_>) -> Result<i64, OutboxError> {
        outbox::send(&self.cx, parcel)
    }

    /// The same with a message, in the words that hold now.
    pub fn tell_in_words(&self, message: &Message<'_>, delivery: &Delivery<'_>) -> Result<i64, MessageError> {
        let id = self.cx.store.durable(|tx| message::put(&self.cx, tx, message, delivery))?;
        self.cx.bell.ring();
        Ok(id)
    }

    /// Sends what is due in the outbox, on this thread, and says how many went out. A thread of the engine's own does the
    /// same all the time; tests and the demo do not want to wait for it.
    pub fn empty_outbox(&self) -> usize {
        self.post.worker.round()
    }

    /// How many commits waited for the disk since opening; tests and benchmarks count them.
    pub fn durable_commits(&self) -> u64 {
        self.cx.store.durable_commits()
    }

    /// Attempts held in memory at this moment; the tests that show it bounded count them.
    pub fn attempts_in_flight(&self) -> usize {
        self.gate.limits.in_flight()
    }

    /// The database file.
    pub fn store_path(&self) -> &Path {
        self.cx.store.path()
    }
}

/// The store remembers which key it was made with.
fn check_key(store: &Store, master: &MasterKey) -> Result<(), OpenError> {
    let expected = master.check_value();
    match store.read(|tx| meta::bytes(tx, meta::KEY_CHECK))? {
        Some(found) if mac::equal(&found, &expected) => Ok(()),
        Some(_) => Err(OpenError::WrongKey),
        None => Ok(store.durable(|tx| meta::set_bytes(tx, meta::KEY_CHECK, &expected))?),
    }
}
