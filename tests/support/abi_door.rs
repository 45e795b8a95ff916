//! The way in that the plugin has: documents, handles and a table of callbacks, through the exported functions.
#![allow(unsafe_code)]

use std::ffi::c_void;
use std::ptr;
use std::slice;
use std::sync::Arc;

use jellyward::clock::{Clock, Randomness};
use jellyward::engine::{Engine, Event, OpenError, OpenOptions};
use jellyward::ffi::{
    JwBuffer, JwHandle, JwHost, JwReply, JwStatus, JwView, jw_buffer_free, jw_engine_action, jw_engine_close,
    jw_engine_event, jw_engine_http, jw_engine_login, jw_engine_owns, jw_last_error, jw_reply_write, open_with,
};
use jellyward::gate::action::Action;
use jellyward::gate::attempt::LoginAttempt;
use jellyward::gate::verdict::Verdict;
use jellyward::host::{Host, HostError, Level, PasswordQuery};
use jellyward::notify::mailer::Mailer;
use jellyward::store::StoreError;
use jellyward::web::action::Passage;
use jellyward::web::message::{Content, Ownership, Request, Response};
use serde::Serialize;
use serde_json::{Value, json};

use super::jellyfin::Shared;

/// An engine behind its handle. Closed when it goes.
pub struct AbiDoor {
    handle: JwHandle,
    /// What `ctx` points to.
    _host: Box<Shared>,
}

impl AbiDoor {
    /// The door, and the engine behind it for the tests that count its commits.
    pub fn open(
        options: OpenOptions,
        host: Shared,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
        mailer: Arc<dyn Mailer>,
    ) -> Result<(Self, Arc<Engine>), OpenError> {
        let host = Box::new(host);
        match open_with(options, &table(&host), clock, randomness, mailer) {
            Ok((handle, engine)) => Ok((Self { handle, _host: host }, engine)),
            Err(JwStatus::StoreLocked) => Err(OpenError::Store(StoreError::Locked)),
            Err(status) => panic!("{status:?}: {}", last_error()),
        }
    }

    pub fn login(&self, attempt: &LoginAttempt, password: &str) -> Verdict {
        let attempt = document(attempt);
        parsed(&written(|dst| jw_engine_login(self.handle, view(&attempt), view(password.as_bytes()), dst)))
    }

    /// Asked first whether the path is the engine's, as the plugin asks.
    pub fn http(&self, request: &Request, body: &[u8]) -> Response {
        let owned = written(|dst| jw_engine_owns(self.handle, view(request.path.as_bytes()), dst));
        let owned: Ownership = parsed(&owned);
        assert!(owned.owned || owned.max_body == 0, "{owned:?}");
        let request = document(request);
        let mut content = Vec::new();
        let head = written(|head| {
            let mut status = JwStatus::Ok;
            content = taken(|dst| {
                status = jw_engine_http(self.handle, view(&request), view(body), head, dst);
            });
            status
        });
        let head: Value = parsed(&head);
        let content = if head["session"] == true { Content::Session } else { Content::Bytes(content) };
        let status = head["status"].as_u64().unwrap().try_into().unwrap();
        Response { status, headers: serde_json::from_value(head["headers"].clone()).unwrap(), content }
    }

    pub fn action(&self, action: &Action) -> Passage {
        let action = document(action);
        parsed(&written(|dst| jw_engine_action(self.handle, view(&action), dst)))
    }

    pub fn event(&self, event: &Event) {
        let event = document(event);
        held(jw_engine_event(self.handle, view(&event)));
    }
}

impl Drop for AbiDoor {
    fn drop(&mut self) {
        held(jw_engine_close(self.handle));
        assert_eq!(jw_engine_close(self.handle), JwStatus::Closed);
    }
}

fn held(status: JwStatus) {
    assert!(status == JwStatus::Ok || std::thread::panicking(), "{status:?}: {}", last_error());
}

fn last_error() -> String {
    String::from_utf8(taken(|dst| assert_eq!(jw_last_error(dst), JwStatus::Ok))).unwrap()
}

fn view(bytes: &[u8]) -> JwView {
    JwView { ptr: bytes.as_ptr(), len: bytes.len() }
}

fn document(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap()
}

fn parsed<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> T {
    serde_json::from_slice(bytes).unwrap()
}

/// What a call that must succeed stores.
fn written(call: impl FnOnce(*mut JwBuffer) -> JwStatus) -> Vec<u8> {
    taken(|dst| held(call(dst)))
}

/// Copies the bytes out and gives the library its buffer back.
fn taken(call: impl FnOnce(*mut JwBuffer)) -> Vec<u8> {
    let mut buffer = JwBuffer { ptr: ptr::null_mut(), len: 0 };
    call(&raw mut buffer);
    let bytes = if buffer.ptr.is_null() {
        Vec::new()
    } else {
        // SAFETY: the library has just written this buffer.
        unsafe { slice::from_raw_parts(buffer.ptr, buffer.len) }.to_vec()
    };
    jw_buffer_free(&raw mut buffer);
    bytes
}

fn table(host: &Shared) -> JwHost {
    JwHost {
        size: size_of::<JwHost>(),
        ctx: ptr::from_ref(host).cast_mut().cast(),
        find_user: Some(find_user),
        list_users: Some(list_users),
        check_password: Some(check_password),
        mint: Some(mint),
        list_sessions: Some(list_sessions),
        end_sessions: Some(end_sessions),
        set_armed: Some(set_armed),
        log: Some(log),
        set_password: Some(set_password),
    }
}

fn host<'a>(ctx: *mut c_void) -> &'a Shared {
    // SAFETY: `ctx` is the boxed host of a door that is still open.
    unsafe { &*ctx.cast::<Shared>() }
}

fn text<'a>(view: JwView) -> &'a str {
    if view.len == 0 {
        return "";
    }
    // SAFETY: the library lends the view for this callback.
    str::from_utf8(unsafe { slice::from_raw_parts(view.ptr, view.len) }).unwrap()
}

fn asked(view: JwView) -> Value {
    serde_json::from_str(text(view)).unwrap()
}

/// Hands the answer over, or says that there is none.
fn answer(reply: *mut JwReply, said: Result<impl Serialize, HostError>) -> i32 {
    match said {
        Ok(said) => jw_reply_write(reply, view(&document(&said))) as i32,
        Err(_) => JwStatus::Host as i32,
    }
}

extern "C" fn find_user(ctx: *mut c_void, query: JwView, reply: *mut JwReply) -> i32 {
    let query = asked(query);
    let whom = serde_json::from_value(query["query"].clone()).unwrap();
    answer(reply, host(ctx).find_user(&whom, query["remote"].as_str()))
}

extern "C" fn list_users(ctx: *mut c_void, reply: *mut JwReply) -> i32 {
    answer(reply, host(ctx).list_users())
}

extern "C" fn check_password(ctx: *mut c_void, request: JwView, password: JwView, reply: *mut JwReply) -> i32 {
    let request = asked(request);
    let query = PasswordQuery {
        name: request["name"].as_str().unwrap(),
        remote: request["remote"].as_str(),
        session: request["session"].as_bool().unwrap(),
    };
    answer(reply, host(ctx).check_password(&query, text(password)))
}

extern "C" fn mint(ctx: *mut c_void, request: JwView, reply: *mut JwReply) -> i32 {
    match host(ctx).mint(&serde_json::from_str(text(request)).unwrap()) {
        Err(HostError::Refused(why)) => answer(reply, Ok(json!({ "refused": why }))),
        made => answer(reply, made),
    }
}

extern "C" fn list_sessions(ctx: *mut c_void, request: JwView, reply: *mut JwReply) -> i32 {
    let user = asked(request)["user"].as_str().map(|id| id.parse().unwrap());
    answer(reply, host(ctx).list_sessions(user.as_ref()))
}

extern "C" fn end_sessions(ctx: *mut c_void, request: JwView, reply: *mut JwReply) -> i32 {
    let request = asked(request);
    let hashes: Vec<String> = serde_json::from_value(request["tokenHashes"].clone()).unwrap();
    answer(reply, host(ctx).end_sessions(&request["user"].as_str().unwrap().parse().unwrap(), &hashes))
}

extern "C" fn set_armed(ctx: *mut c_void, armed: u8) -> i32 {
    host(ctx).set_armed(armed != 0).map_or(JwStatus::Host as i32, |()| 0)
}

extern "C" fn set_password(ctx: *mut c_void, request: JwView, password: JwView) -> i32 {
    let user = asked(request)["user"].as_str().unwrap().parse().unwrap();
    host(ctx).set_password(&user, text(password)).map_or(JwStatus::Host as i32, |()| 0)
}

extern "C" fn log(ctx: *mut c_void, level: i32, line: JwView) {
    let level = [Level::Info, Level::Warning, Level::Error][usize::try_from(level).unwrap()];
    host(ctx).log(level, text(line));
}
