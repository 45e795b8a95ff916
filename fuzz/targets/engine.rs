//! Documents for an engine whose Jellyfin has one user, and lets nobody in.

use std::ffi::c_void;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use jellyward::ffi::{
    JwHandle, JwHost, JwReply, JwStatus, JwView, jw_engine_action, jw_engine_event, jw_engine_http, jw_engine_login,
    jw_engine_open, jw_engine_owns, jw_reply_write,
};
use jellyward::web::message::Request;
use serde_json::{Value, json};

use super::abi::{halves, stored, view};

const USER: &str = r#"{"id":"2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f2f","name":"alice","administrator":true,"disabled":false,"remoteAllowed":true,"local":false,"inSchedule":true,"stamp":"3b"}"#;

/// The log told of a panic that the engine itself caught.
static PANICKED: AtomicBool = AtomicBool::new(false);

/// One attempt, and behind the first zero byte its password.
pub fn attempt(data: &[u8]) {
    let (attempt, password) = halves(data);
    if let Ok(verdict) = stored(|dst| jw_engine_login(engine(), view(attempt), view(password), dst)) {
        let verdict: Value = serde_json::from_slice(&verdict).unwrap();
        assert_eq!(verdict["session"], false, "somebody was let in");
    }
    unharmed();
}

/// One request, and behind the first zero byte its body.
pub fn request(data: &[u8]) {
    let (request, body) = halves(data);
    let mut content = Ok(Vec::new());
    let head = stored(|head| {
        let mut status = JwStatus::Ok;
        content = stored(|dst| {
            status = jw_engine_http(engine(), view(request), view(body), head, dst);
            status
        });
        status
    });
    if let Ok(head) = head {
        let head: Value = serde_json::from_slice(&head).unwrap();
        let Request { path, .. } = serde_json::from_slice(request).unwrap();
        let owned = stored(|dst| jw_engine_owns(engine(), view(path.as_bytes()), dst)).unwrap();
        let owned: Value = serde_json::from_slice(&owned).unwrap();
        assert!(owned["owned"] == true || head["status"] == 404, "{path} is answered, and is not ours");
        assert_eq!(head["session"], false, "somebody was let in");
        assert!(head["status"].as_u64().unwrap() < 500, "{head}");
    }
    unharmed();
}

/// One of Jellyfin's own calls.
pub fn action(data: &[u8]) {
    if let Ok(passage) = stored(|dst| jw_engine_action(engine(), view(data), dst)) {
        let passage: Value = serde_json::from_slice(&passage).unwrap();
        assert!(passage["pass"] == true || passage["status"].as_u64().unwrap() < 500, "{passage}");
    }
    unharmed();
}

/// Something that happened.
pub fn event(data: &[u8]) {
    let _ = stored(|_| jw_engine_event(engine(), view(data)));
    unharmed();
}

fn unharmed() {
    assert!(!PANICKED.load(Ordering::SeqCst), "the engine caught a panic");
}

/// Opened once, on a folder of this process.
fn engine() -> JwHandle {
    static ENGINE: OnceLock<JwHandle> = OnceLock::new();
    *ENGINE.get_or_init(|| {
        let folder = match option_env!("CARGO_TARGET_TMPDIR") {
            Some(tests) => std::path::Path::new(tests).join("fuzz"),
            None => std::env::temp_dir().join(format!("jellyward-fuzz-{}", std::process::id())),
        };
        let _ = std::fs::remove_dir_all(&folder); // of the run before
        let options = json!({ "data": folder, "serverId": "fuzz" }).to_string();
        let host = JwHost {
            size: size_of::<JwHost>(),
            ctx: std::ptr::null_mut(),
            find_user: Some(find_user),
            list_users: Some(list_users),
            check_password: Some(check_password),
            mint: Some(mint),
            list_sessions: Some(nothing),
            end_sessions: Some(none),
            set_armed: Some(set_armed),
            log: Some(log),
            set_password: Some(set_password),
        };
        let mut handle = 0;
        let opened = jw_engine_open(view(options.as_bytes()), &raw const host, &raw mut handle);
        assert_eq!(opened, JwStatus::Ok);
        handle
    })
}

fn say(reply: *mut JwReply, text: &str) -> i32 {
    jw_reply_write(reply, view(text.as_bytes())) as i32
}

extern "C" fn find_user(_: *mut c_void, _: JwView, reply: *mut JwReply) -> i32 {
    say(reply, USER)
}

extern "C" fn list_users(_: *mut c_void, reply: *mut JwReply) -> i32 {
    say(reply, &format!("[{USER}]"))
}

extern "C" fn check_password(_: *mut c_void, _: JwView, _: JwView, reply: *mut JwReply) -> i32 {
    say(reply, "\"wrong\"")
}

extern "C" fn mint(_: *mut c_void, _: JwView, reply: *mut JwReply) -> i32 {
    say(reply, r#"{"refused":"nobody gets in here"}"#)
}

extern "C" fn nothing(_: *mut c_void, _: JwView, reply: *mut JwReply) -> i32 {
    say(reply, "[]")
}

extern "C" fn none(_: *mut c_void, _: JwView, reply: *mut JwReply) -> i32 {
    say(reply, "0")
}

extern "C" fn set_armed(_: *mut c_void, _: u8) -> i32 {
    0
}

extern "C" fn set_password(_: *mut c_void, _: JwView, _: JwView) -> i32 {
    JwStatus::Host as i32
}

extern "C" fn log(_: *mut c_void, level: i32, line: JwView) {
    if level == 2 && super::abi::text(line).contains("panicked") {
        PANICKED.store(true, Ordering::SeqCst);
    }
}
