//! A host in memory: users with plain passwords, sessions counted, every call written down.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};

use data_encoding::HEXLOWER;
use jellyward::crypto::mac::sha256;
use jellyward::engine::{Engine, Event};
use jellyward::host::{
    AccountId, Host, HostError, HostSession, Level, MintRequest, Minted, PasswordCheck, PasswordQuery, UserFacts,
    UserQuery,
};

#[derive(Clone)]
pub struct User {
    pub facts: UserFacts,
    pub password: String,
}

/// A session that was made.
#[derive(Clone, Debug)]
pub struct Session {
    pub token: String,
    pub request: MintRequest,
    pub ended: bool,
}

impl Session {
    fn kept(&self) -> HostSession {
        HostSession {
            token_hash: HEXLOWER.encode(&sha256(self.token.as_bytes())),
            user: self.request.user,
            app: self.request.app.clone(),
            version: self.request.version.clone(),
            device_id: self.request.device_id.clone(),
            device_name: self.request.device_name.clone(),
            remote: self.request.remote.clone(),
            created_at: 0,
            last_seen_at: 0,
        }
    }
}

type Keeper = Box<dyn Fn(&str) + Send + Sync>;

#[derive(Default)]
pub struct Jellyfin {
    pub users: Mutex<HashMap<AccountId, User>>,
    pub sessions: Mutex<Vec<Session>>,
    pub password_checks: AtomicUsize,
    /// How often somebody was looked up by name.
    pub names_asked: AtomicUsize,
    /// How often sessions were asked for.
    pub listed: AtomicUsize,
    /// Right passwords with which Jellyfin dated a login.
    pub dated_by_check: AtomicUsize,
    pub lines: Mutex<Vec<String>>,
    pub armed: AtomicBool,
    /// Refuse the next mints, as Jellyfin does when there are too many sessions.
    pub refuse_mint: AtomicBool,
    /// Panic inside the next password check.
    pub panics: AtomicBool,
    /// Fail to list the users.
    pub refuse_list: AtomicBool,
    /// Devices whose sessions cannot be ended.
    pub stuck: Mutex<Vec<String>>,
    /// Device ids whose session a request under way puts back once, after it was ended.
    pub put_back: Mutex<Vec<String>>,
    /// Fail to end any session.
    pub refuse_end: AtomicBool,
    /// Fail to set a password.
    pub refuse_password: AtomicBool,
    /// Keeps each password that is set, as Jellyfin's database does, whatever becomes of the process.
    pub keeps: OnceLock<Keeper>,
    /// Users an external provider would create: name to password.
    pub external: Mutex<HashMap<String, String>>,
    /// Called inside every password check, as Jellyfin raises events inside host calls.
    pub engine: OnceLock<Weak<Engine>>,
    pub reenter: AtomicBool,
    /// Happens once, inside the next password check.
    pub meanwhile: Mutex<Option<Event>>,
    /// The same, while the next session is made.
    pub during_mint: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Jellyfin {
    pub fn add(&self, name: &str, password: &str, administrator: bool) -> AccountId {
        let id = AccountId::from(<[u8; 16]>::try_from(&sha256(name.as_bytes())[..16]).unwrap());
        let facts = UserFacts {
            id,
            name: name.to_owned(),
            administrator,
            disabled: false,
            remote_allowed: true,
            local: false,
            in_schedule: true,
            provider: String::new(),
            lockout: false,
            stamp: stamp(password),
        };
        self.users.lock().unwrap().insert(id, User { facts, password: password.to_owned() });
        id
    }

    pub fn change(&self, id: AccountId, change: impl FnOnce(&mut User)) {
        let mut users = self.users.lock().unwrap();
        let user = users.get_mut(&id).unwrap();
        change(user);
        user.facts.stamp = stamp(&user.password);
    }

    pub fn id_of(&self, name: &str) -> AccountId {
        self.named(name).unwrap().id
    }

    pub fn session_count(&self) -> usize {
        self.sessions.lock().unwrap().len()
    }

    /// The tokens that still work.
    pub fn alive(&self) -> Vec<String> {
        let sessions = self.sessions.lock().unwrap();
        sessions.iter().filter(|session| !session.ended).map(|session| session.token.clone()).collect()
    }

    pub fn last_token(&self) -> String {
        self.sessions.lock().unwrap().last().unwrap().token.clone()
    }

    pub fn log_text(&self) -> String {
        self.lines.lock().unwrap().join("\n")
    }

    fn named(&self, name: &str) -> Option<UserFacts> {
        let users = self.users.lock().unwrap();
        let user = users.values().find(|user| Self::fold(&user.facts.name) == Self::fold(name));
        user.map(|user| user.facts.clone())
    }

    /// Core folds names with the invariant culture: `ſ` becomes `S`.
    fn fold(name: &str) -> String {
        name.to_uppercase()
    }
}

fn stamp(password: &str) -> String {
    HEXLOWER.encode(&sha256(password.as_bytes()))
}

/// What the tests hand the engine: shared with the test itself.
pub struct Shared(pub Arc<Jellyfin>);

impl Host for Shared {
    fn find_user(&self, query: &UserQuery, _remote: Option<&str>) -> Result<Option<UserFacts>, HostError> {
        Ok(match query {
            UserQuery::Id(id) => self.0.users.lock().unwrap().get(id).map(|user| user.facts.clone()),
            UserQuery::Name(name) => {
                self.0.names_asked.fetch_add(1, Ordering::SeqCst);
                self.0.named(name)
            }
        })
    }

    fn list_users(&self) -> Result<Vec<UserFacts>, HostError> {
        if self.0.refuse_list.load(Ordering::SeqCst) {
            return Err(HostError::Failed("the database is locked".into()));
        }
        Ok(self.0.users.lock().unwrap().values().map(|user| user.facts.clone()).collect())
    }

    fn check_password(&self, query: &PasswordQuery<'_>, password: &str) -> Result<PasswordCheck, HostError> {
        let name = query.name;
        self.0.password_checks.fetch_add(1, Ordering::SeqCst);
        assert!(!self.0.panics.swap(false, Ordering::SeqCst), "the host panics");
        if self.0.reenter.load(Ordering::SeqCst)
            && let Some(engine) = self.0.engine.get().and_then(Weak::upgrade)
        {
            // As when a hash is renewed: the event comes on another thread while this call is under way.
            std::thread::spawn(move || engine.event(&Event::UserCreated { user_id: AccountId::from([9; 16]) }))
                .join()
                .unwrap();
        }
        if let Some(event) = self.0.meanwhile.lock().unwrap().take()
            && let Some(engine) = self.0.engine.get().and_then(Weak::upgrade)
        {
            engine.event(&event);
        }
        let found = self.0.named(name);
        let Some(facts) = found else {
            let external = self.0.external.lock().unwrap().get(name).cloned();
            return Ok(match external {
                Some(right) if right == password => {
                    let id = self.0.add(name, password, false);
                    self.find_user(&UserQuery::Id(id), query.remote)?.map_or(PasswordCheck::Wrong, PasswordCheck::Right)
                }
                _ => PasswordCheck::Wrong,
            });
        };
        if !facts.may_enter() {
            return Ok(PasswordCheck::Denied);
        }
        let right = self.0.users.lock().unwrap()[&facts.id].password == password;
        if !right {
            return Ok(PasswordCheck::Wrong);
        }
        self.0.dated_by_check.fetch_add(query.session.into(), Ordering::SeqCst);
        Ok(PasswordCheck::Right(facts))
    }

    fn mint(&self, request: &MintRequest) -> Result<Minted, HostError> {
        if self.0.refuse_mint.load(Ordering::SeqCst) {
            return Err(HostError::Refused("too many sessions".into()));
        }
        let meanwhile = self.0.during_mint.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        let mut sessions = self.0.sessions.lock().unwrap();
        let token = format!("token-{}", sessions.len());
        // Jellyfin keeps one token of a user for each device id.
        let same = |other: &MintRequest| other.user == request.user && other.device_id == request.device_id;
        sessions.iter_mut().filter(|session| same(&session.request)).for_each(|session| session.ended = true);
        sessions.push(Session { token: token.clone(), request: request.clone(), ended: false });
        Ok(Minted { token_hash: HEXLOWER.encode(&sha256(token.as_bytes())) })
    }

    fn list_sessions(&self, user: Option<&AccountId>) -> Result<Vec<HostSession>, HostError> {
        self.0.listed.fetch_add(1, Ordering::SeqCst);
        let sessions = self.0.sessions.lock().unwrap();
        let listed =
            sessions.iter().filter(|session| !session.ended && user.is_none_or(|id| *id == session.request.user));
        Ok(listed.map(Session::kept).collect())
    }

    fn end_sessions(&self, user: &AccountId, token_hashes: &[String]) -> Result<u32, HostError> {
        if self.0.refuse_end.load(Ordering::SeqCst) {
            return Err(HostError::Failed("the database is locked".into()));
        }
        let (mut count, stuck) = (0, self.0.stuck.lock().unwrap().clone());
        for session in self.0.sessions.lock().unwrap().iter_mut() {
            let kept = session.kept();
            if !session.ended
                && !stuck.contains(&kept.device_id)
                && kept.user == *user
                && token_hashes.contains(&kept.token_hash)
            {
                let mut put_back = self.0.put_back.lock().unwrap();
                let at = put_back.iter().position(|device| *device == kept.device_id);
                session.ended = at.map(|at| put_back.remove(at)).is_none();
                count += 1;
            }
        }
        Ok(count)
    }

    fn set_password(&self, user: &AccountId, password: &str) -> Result<(), HostError> {
        if self.0.refuse_password.load(Ordering::SeqCst) {
            return Err(HostError::Failed("the database is locked".into()));
        }
        {
            let mut users = self.0.users.lock().unwrap();
            let found = users.get_mut(user).ok_or_else(|| HostError::Failed("nobody".into()))?;
            if let Some(keep) = self.0.keeps.get() {
                keep(password);
            }
            found.password = password.to_owned();
            found.facts.stamp = stamp(password);
        }
        // Jellyfin raises the event inside the call.
        if let Some(engine) = self.0.engine.get().and_then(Weak::upgrade) {
            engine.event(&Event::PasswordChanged { user_id: *user });
        }
        Ok(())
    }

    fn set_armed(&self, armed: bool) -> Result<(), HostError> {
        self.0.armed.store(armed, Ordering::SeqCst);
        Ok(())
    }

    fn log(&self, _level: Level, line: &str) {
        self.0.lines.lock().unwrap().push(line.to_owned());
    }
}
