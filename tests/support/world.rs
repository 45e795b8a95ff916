//! One server with its users, browsers and devices, driven through the engine's own verbs.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use jellyward::clock::{Clock, NoRandomness, Randomness, Seconds, SystemRandomness};
use jellyward::crypto::mac::sha256;
use jellyward::defense::origin::Origin;
use jellyward::engine::{Engine, Event, OpenError, OpenOptions};
use jellyward::factor::totp::{Parameters, Totp};
use jellyward::gate::action::Action;
use jellyward::gate::attempt::{Caller, Client, Door, LoginAttempt};
use jellyward::gate::verdict::Verdict;
use jellyward::host::AccountId;
use jellyward::notify::mailer::Mailer;
use jellyward::store::StoreError;
use jellyward::web::action::Passage;
use jellyward::web::message::{Request, Response};
use serde_json::{Value, json};

use super::abi_door::AbiDoor;
use super::jellyfin::{Jellyfin, Shared};
use super::postman::Postman;

/// Noon on some day; a whole number of TOTP steps.
pub const NOON: Seconds = 1_750_000_020;

pub struct HandClock(pub AtomicI64, pub Thread);

/// Does the outbox's thread do what is due, or only the test?
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Thread {
    Runs,
    Rests,
}

impl HandClock {
    pub fn at(now: Seconds) -> Self {
        Self(AtomicI64::new(now), Thread::Rests)
    }
}

impl Clock for HandClock {
    fn now(&self) -> Seconds {
        self.0.load(Ordering::SeqCst)
    }

    fn runs(&self) -> bool {
        self.1 == Thread::Runs
    }
}

struct Real;

impl Randomness for Real {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        SystemRandomness.fill(bytes)
    }
}

pub struct World {
    pub folder: tempfile::TempDir,
    pub jellyfin: Arc<Jellyfin>,
    pub clock: Arc<HandClock>,
    pub postman: Arc<Postman>,
    pub engine: Arc<Engine>,
    /// There where the stories are told through the ABI.
    pub abi: Option<AbiDoor>,
}

/// A browser or app: an address, a device and a cookie jar.
#[derive(Clone)]
pub struct Visitor {
    pub origin: Origin,
    pub client: Client,
    pub cookies: Arc<Mutex<Vec<(String, String)>>>,
    pub token: Option<(AccountId, bool, String)>,
}

impl World {
    pub fn new() -> Self {
        Self::at(HandClock::at(NOON))
    }

    /// One whose outbox is emptied by its own thread.
    pub fn running() -> Self {
        Self::at(HandClock(AtomicI64::new(NOON), Thread::Runs))
    }

    fn at(clock: HandClock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let jellyfin = Arc::new(Jellyfin::default());
        let clock = Arc::new(clock);
        let postman = Arc::new(Postman::default());
        let (engine, abi) = enter(folder.path(), &jellyfin, &clock, &postman, false).unwrap();
        let _ = jellyfin.engine.set(Arc::downgrade(&engine));
        Self { folder, jellyfin, clock, postman, engine, abi }
    }

    /// Closes and opens again; `armed` is what the host remembered.
    pub fn restart(self) -> Self {
        let Self { folder, jellyfin, clock, postman, engine, abi } = self;
        drop((abi, engine));
        let armed = jellyfin.armed.load(Ordering::SeqCst);
        let (engine, abi) = patiently(|| enter(folder.path(), &jellyfin, &clock, &postman, armed)).unwrap();
        Self { folder, jellyfin, clock, postman, engine, abi }
    }

    pub fn now(&self) -> Seconds {
        self.clock.0.load(Ordering::SeqCst)
    }

    pub fn pass(&self, seconds: Seconds) {
        self.clock.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn user(&self, name: &str, password: &str) -> AccountId {
        self.jellyfin.add(name, password, false)
    }

    pub fn administrator(&self, name: &str, password: &str) -> AccountId {
        self.jellyfin.add(name, password, true)
    }

    pub fn login(&self, from: &Visitor, name: &str, password: &str) -> Verdict {
        let verdict = self.decide(&from.attempt(name), password);
        from.keep_cookies(&verdict.headers);
        verdict
    }

    pub fn goes_through_the_abi(&self) -> bool {
        self.abi.is_some()
    }

    pub fn decide(&self, attempt: &LoginAttempt, password: &str) -> Verdict {
        self.abi.as_ref().map_or_else(|| self.engine.login(attempt, password), |abi| abi.login(attempt, password))
    }

    pub fn answer(&self, request: &Request, body: &[u8]) -> Response {
        self.abi.as_ref().map_or_else(|| self.engine.http(request, body), |abi| abi.http(request, body))
    }

    pub fn tell(&self, event: &Event) {
        self.abi.as_ref().map_or_else(|| self.engine.event(event), |abi| abi.event(event));
    }

    /// Signs in somebody without a factor, and hands the visitor the session.
    pub fn sign_in(&self, from: &Visitor, name: &str, password: &str) -> Visitor {
        let verdict = self.login(from, name, password);
        assert!(verdict.session, "{name} was not let in: {}", outline(&verdict));
        self.with_session(from)
    }

    /// The visitor, holding the session that was made last.
    pub fn with_session(&self, from: &Visitor) -> Visitor {
        let sessions = self.jellyfin.sessions.lock().unwrap();
        let session = sessions.last().unwrap();
        let administrator = self.jellyfin.users.lock().unwrap()[&session.request.user].facts.administrator;
        Visitor { token: Some((session.request.user, administrator, session.token.clone())), ..from.clone() }
    }

    pub fn get(&self, from: &Visitor, path: &str) -> Response {
        self.send(from, "GET", path, b"")
    }

    pub fn post(&self, from: &Visitor, path: &str, body: &Value) -> Response {
        self.send(from, "POST", path, body.to_string().as_bytes())
    }

    pub fn send(&self, from: &Visitor, method: &str, path: &str, body: &[u8]) -> Response {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut origin = from.origin_with_cookies();
        if method == "POST" {
            origin.headers.push(("Content-Type".into(), "application/json".into()));
        }
        let request = Request {
            method: method.into(),
            path: path.into(),
            query: query.into(),
            origin,
            caller: from.caller(),
            client: Some(from.client.clone()),
        };
        let response = self.answer(&request, body);
        from.keep_cookies(&response.headers);
        response
    }

    /// Enrols an authenticator for a signed-in user through the account's own calls.
    pub fn enrol(&self, from: &Visitor, proof: &Value) -> (Authenticator, Vec<String>) {
        let started = self.post(from, "/Jellyward/Api/Account/Totp/Start", &json!({ "proof": proof }));
        assert_eq!(started.status, 200, "{}", text(&started));
        let started = body(&started);
        let authenticator = Authenticator::read(&started);
        let confirmed = self.post(
            from,
            "/Jellyward/Api/Account/Totp/Confirm",
            &json!({ "enrolment": started["enrolment"], "code": authenticator.code(self.now()), "name": "phone" }),
        );
        assert_eq!(confirmed.status, 200, "{}", text(&confirmed));
        (authenticator, codes(&body(&confirmed)))
    }

    /// A user with an authenticator, enrolled from home; a fresh TOTP step follows.
    pub fn protected(&self, name: &str, password: &str) -> (AccountId, Authenticator, Vec<String>) {
        let id = self.user(name, password);
        let home = Visitor::at("198.51.100.77");
        let (authenticator, codes) = self.enrol_user(&home, name, password);
        (id, authenticator, codes)
    }

    pub fn enrol_user(&self, from: &Visitor, name: &str, password: &str) -> (Authenticator, Vec<String>) {
        let signed_in = self.sign_in(from, name, password);
        let enrolled = self.enrol(&signed_in, &json!({ "method": "password", "value": password }));
        self.pass(60);
        enrolled
    }

    pub fn verify(&self, from: &Visitor, challenge: &str, method: &str, code: &str) -> Response {
        let document = json!({ "challenge": challenge, "method": method, "code": code });
        self.post(from, "/Jellyward/Api/Challenge/Verify", &document)
    }

    /// Password, then code, in that browser.
    pub fn full_sign_in(&self, from: &Visitor, name: &str, password: &str, authenticator: &Authenticator) -> Visitor {
        let token = challenge(&self.login(from, name, password));
        let verified = self.verify(from, &token, "totp", &authenticator.code(self.now()));
        assert_eq!(verified.status, 200, "{}", text(&verified));
        self.pass(60);
        self.with_session(from)
    }

    /// One of Jellyfin's own calls, before it runs.
    pub fn act(&self, from: &Visitor, action: &str, arguments: &Value) -> Passage {
        let action = Action {
            action: action.into(),
            arguments: arguments.as_object().unwrap().clone().into(),
            wizard_done: true,
            client: from.client.clone(),
            origin: from.origin_with_cookies(),
            caller: from.caller(),
        };
        self.abi.as_ref().map_or_else(|| self.engine.action(&action), |abi| abi.action(&action))
    }

    /// An administrator without a factor, in a session that has just proven it.
    pub fn proven_administrator(&self, name: &str, address: &str) -> Visitor {
        let password = format!("{name}'s password");
        let id = self.administrator(name, &password);
        let visitor = Visitor::at(address).signed_in_as(id, true, &format!("{name}-token"));
        let proof = json!({ "proof": { "method": "password", "value": password } });
        let proven = self.post(&visitor, "/Jellyward/Api/Account/Prove", &proof);
        assert_eq!(proven.status, 200, "{}", text(&proven));
        visitor
    }

    /// Changes settings as an administrator.
    pub fn set(&self, values: &Value) {
        let owner = self.proven_administrator("owner", "198.51.100.1");
        let now = body(&self.get(&owner, "/Jellyward/Api/Admin/Settings"));
        let change = json!({ "revision": now["revision"], "values": values });
        let answer = self.post(&owner, "/Jellyward/Api/Admin/Settings", &change);
        assert_eq!(answer.status, 200, "{}", text(&answer));
    }
}

pub fn open(folder: &Path, jellyfin: &Arc<Jellyfin>, clock: &Arc<HandClock>, armed: bool) -> Result<Engine, OpenError> {
    open_with(folder, jellyfin, clock, &Arc::default(), armed)
}

pub fn open_with(
    folder: &Path,
    jellyfin: &Arc<Jellyfin>,
    clock: &Arc<HandClock>,
    postman: &Arc<Postman>,
    armed: bool,
) -> Result<Engine, OpenError> {
    let host = Arc::new(Shared(Arc::clone(jellyfin)));
    let (clock, postman) = (Arc::clone(clock) as Arc<dyn Clock>, Arc::clone(postman) as Arc<dyn Mailer>);
    Engine::open(options(folder, armed), host, clock, Arc::new(Real), postman)
}

/// Opens again what was just closed: a child that some other test starts holds a copy of the lock until it becomes another
/// program.
pub fn patiently<T>(open: impl Fn() -> Result<T, OpenError>) -> Result<T, OpenError> {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        match open() {
            Err(OpenError::Store(StoreError::Locked)) if Instant::now() < patience => std::thread::yield_now(),
            opened => return opened,
        }
    }
}

fn options(folder: &Path, armed: bool) -> OpenOptions {
    OpenOptions { data: folder.join("data"), server_id: "server-1".into(), armed }
}

/// Through its own verbs, or, where `tests/through_abi.rs` tells the story, through the exported functions.
fn enter(
    folder: &Path,
    jellyfin: &Arc<Jellyfin>,
    clock: &Arc<HandClock>,
    postman: &Arc<Postman>,
    armed: bool,
) -> Result<(Arc<Engine>, Option<AbiDoor>), OpenError> {
    if !module_path!().starts_with("through_abi::") {
        return Ok((Arc::new(open_with(folder, jellyfin, clock, postman, armed)?), None));
    }
    let host = Shared(Arc::clone(jellyfin));
    let (abi, engine) = AbiDoor::open(options(folder, armed), host, clock.clone(), Arc::new(Real), postman.clone())?;
    Ok((engine, Some(abi)))
}

impl Visitor {
    /// A browser at a public address, with our script in its page.
    pub fn at(address: &str) -> Self {
        Self {
            origin: Origin {
                remote: Some(address.into()),
                proxies_listed: false,
                scheme: "https".into(),
                path_base: String::new(),
                headers: vec![("X-Jellyward".into(), "1".into())],
            },
            client: Client {
                app: "Jellyfin Web".into(),
                version: "10.11.11".into(),
                device_id: format!("device-at-{address}"),
                device_name: "Chromium".into(),
            },
            cookies: Arc::default(),
            token: None,
        }
    }

    /// A native app: no script, no cookies kept.
    pub fn app_at(address: &str) -> Self {
        let mut app = Self::at(address);
        app.origin.headers.clear();
        app.client.app = "Kodi".into();
        app
    }

    pub fn signed_in_as(&self, user: AccountId, administrator: bool, token: &str) -> Self {
        Self { token: Some((user, administrator, token.into())), ..self.clone() }
    }

    pub fn attempt(&self, name: &str) -> LoginAttempt {
        LoginAttempt {
            door: Door::Password,
            action: "User.AuthenticateUserByName".into(),
            name: name.into(),
            user_id: None,
            client: self.client.clone(),
            origin: self.origin_with_cookies(),
            caller: None,
        }
    }

    pub fn caller(&self) -> Option<Caller> {
        self.token.as_ref().map(|(user, administrator, token)| Caller {
            user_id: Some(*user),
            administrator: *administrator,
            api_key: false,
            token_hash: HEXLOWER.encode(&sha256(token.as_bytes())),
        })
    }

    pub fn origin_with_cookies(&self) -> Origin {
        let mut origin = self.origin.clone();
        let cookies = self.cookies.lock().unwrap();
        let page = self.origin.header("Origin").unwrap_or_default();
        let by_https = self.origin.scheme == "https" || page.starts_with("https://");
        let sent = |name: &str| by_https || !name.starts_with("__Host-");
        let header: Vec<_> =
            cookies.iter().filter(|(name, _)| sent(name)).map(|(name, value)| format!("{name}={value}")).collect();
        if !header.is_empty() {
            origin.headers.push(("Cookie".into(), header.join("; ")));
        }
        origin
    }

    fn keep_cookies(&self, headers: &[(String, String)]) {
        let mut jar = self.cookies.lock().unwrap();
        for (_, header) in headers.iter().filter(|(name, _)| name == "Set-Cookie") {
            let pair = header.split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            jar.retain(|(kept, _)| kept != name);
            if !header.contains("; Max-Age=0") {
                jar.push((name.into(), value.into()));
            }
        }
    }
}

/// Somebody's authenticator app.
pub struct Authenticator {
    totp: Totp,
    secret: Vec<u8>,
}

impl Authenticator {
    pub fn read(started: &Value) -> Self {
        Self::of(&data_encoding::BASE32_NOPAD.decode(started["secret"].as_str().unwrap().as_bytes()).unwrap())
    }

    pub fn of(secret: &[u8]) -> Self {
        Self { totp: Totp::new(secret, Parameters::default()).unwrap(), secret: secret.to_vec() }
    }

    pub fn secret(&self) -> &[u8] {
        &self.secret
    }

    pub fn code(&self, now: Seconds) -> String {
        self.totp.code_at(now)
    }

    /// A code that is wrong for now and its neighbours.
    pub fn wrong_code(&self, now: Seconds) -> String {
        (0..).map(|n| format!("{n:06}")).find(|code| self.totp.matching_step(code, now).is_none()).unwrap()
    }
}

/// A verdict in a word: whoever reads a test's output needs no token.
pub fn outline(verdict: &Verdict) -> String {
    format!("{:?}, {}", verdict.outcome, verdict.status)
}

pub fn challenge(verdict: &Verdict) -> String {
    let told = verdict.body.as_ref().unwrap_or_else(|| panic!("no challenge: {}", outline(verdict)));
    told["jellyward"]["challenge"].as_str().unwrap().to_owned()
}

pub fn codes(document: &Value) -> Vec<String> {
    document["recoveryCodes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect()
}

pub fn body(response: &Response) -> Value {
    serde_json::from_slice(response.bytes()).unwrap_or_else(|_| panic!("not JSON: {}", text(response)))
}

pub fn code_of(response: &Response) -> String {
    body(response)["code"].as_str().unwrap_or_default().to_owned()
}

pub fn text(response: &Response) -> String {
    format!("{} {}", response.status, String::from_utf8_lossy(response.bytes()))
}
