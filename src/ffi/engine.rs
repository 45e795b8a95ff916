//! The engine's verbs, and what every caller needs beside them.

use std::sync::Arc;

use safer_ffi::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::failure::{self, Failure};
use super::guard::{caught, guarded};
use super::handles::{self, Opened};
use super::host::CHost;
use super::raw::Output;
use super::{JwBuffer, JwHandle, JwHost, JwReply, JwStatus, JwView, raw, reply};
use crate::clock::{Clock, Randomness, SystemClock, SystemRandomness};
use crate::crypto::password;
use crate::engine::{Engine, OpenOptions};
use crate::host::{Host, Level};
use crate::notify::mailer::Mailer;
use crate::notify::smtp::Smtp;
use crate::web::message::{Content, Response};

/// Largest document that describes one attempt, event or set of options.
const DOCUMENT: usize = 64 * 1024;
/// Largest request head; its headers come from a stranger.
const HEAD: usize = 256 * 1024;
/// Largest body passed in. What a path really takes, `jw_engine_owns` says.
const BODY: usize = 1024 * 1024;
/// Longest path asked about.
const PATH: usize = 64 * 1024;
/// Largest index.html.
const HTML: usize = 16 * 1024 * 1024;
/// Largest reply a callback may try to hand over; each callback has a smaller limit of its own.
const REPLY: usize = 64 * 1024 * 1024;

/// What stands before the content of a response.
#[derive(Serialize)]
pub(super) struct Head<'a> {
    pub(super) status: u16,
    pub(super) headers: &'a [(String, String)],
    pub(super) session: bool,
}

/// The ABI revision of the loaded library.
#[ffi_export]
pub fn jw_abi_version() -> u32 {
    super::JW_ABI_VERSION
}

/// Stores one English line in `*dst` that says why the last failed call on this thread failed. For logs.
#[ffi_export]
pub fn jw_last_error(dst: *mut JwBuffer) -> JwStatus {
    guarded(|| {
        Output::new(dst)?.write(failure::last().into_bytes().into());
        Ok(())
    })
}

/// Zeroes and frees the bytes, then zeroes the struct: a second call is harmless. Null is ignored.
#[ffi_export]
pub fn jw_buffer_free(buffer: *mut JwBuffer) {
    guarded(|| {
        raw::release(buffer);
        Ok(())
    });
}

/// Hands a callback's answer over. Copies `bytes`; may be called once per callback, before it returns, on its thread.
#[ffi_export]
pub fn jw_reply_write(reply: *mut JwReply, bytes: JwView) -> JwStatus {
    guarded(|| reply::write(reply, bytes.bytes(REPLY)?))
}

/// Opens an engine on the folder that `options` names and stores its handle in `*dst`.
///
/// `options`: `{"data":"<folder>","serverId":"…","armed":false}`. The host table is copied; its callbacks may be called
/// before this returns.
#[ffi_export]
pub fn jw_engine_open(options: JwView, host: *const JwHost, dst: *mut JwHandle) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        let options: OpenOptions = document(&options, DOCUMENT)?;
        let (clock, randomness) = (Arc::new(SystemClock), Arc::new(SystemRandomness));
        dst.write(open(options, host, clock, randomness, Arc::new(Smtp::default()))?.0);
        Ok(())
    })
}

/// As [`jw_engine_open`], with time, randomness and mail of the caller's choice; for Rust alone. Lends the engine behind the handle
/// as well, to look at.
pub fn open_with(
    options: OpenOptions,
    host: *const JwHost,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    mailer: Arc<dyn Mailer>,
) -> Result<(JwHandle, Arc<Engine>), JwStatus> {
    open(options, host, clock, randomness, mailer).map_err(Failure::keep)
}

fn open(
    options: OpenOptions,
    host: *const JwHost,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    mailer: Arc<dyn Mailer>,
) -> Result<(JwHandle, Arc<Engine>), Failure> {
    let host = Arc::new(CHost::new(raw::host(host)?)?);
    let opened = || Ok(Engine::open(options, host.clone(), clock, randomness, mailer)?);
    let engine = Arc::new(logged(&host, opened)?);
    Ok((handles::insert(Opened { engine: Arc::clone(&engine), host: Arc::clone(&host) })?, engine))
}

/// Closes an engine: new calls are refused at once, calls in flight are waited for, at most 5 seconds; then the store
/// is closed and its lock released before this returns.
///
/// `JW_STATUS_BUSY`: calls were still inside; nothing was freed, close again. `JW_STATUS_IN_CALLBACK`: called from a
/// callback of this engine; it stays open.
#[ffi_export]
pub fn jw_engine_close(engine: JwHandle) -> JwStatus {
    guarded(|| handles::close(engine))
}

/// Decides one attempt to be given a session and stores the verdict in `*dst`. Blocks for one password check.
#[ffi_export]
pub fn jw_engine_login(engine: JwHandle, attempt: JwView, password: JwView, dst: *mut JwBuffer) -> JwStatus {
    with(engine, |engine| {
        let dst = Output::new(dst)?;
        let attempt = document(&attempt, DOCUMENT)?;
        let password = Zeroizing::new(password.text(password::LONGEST)?.to_owned());
        dst.write(json(&engine.login(&attempt, &password))?);
        Ok(())
    })
}

/// Does the engine answer this path, and how large a body does it take there? Never blocks.
#[ffi_export]
pub fn jw_engine_owns(engine: JwHandle, path: JwView, dst: *mut JwBuffer) -> JwStatus {
    with(engine, |engine| {
        let dst = Output::new(dst)?;
        dst.write(json(&engine.owns(path.text(PATH)?))?);
        Ok(())
    })
}

/// Answers one HTTP request. Stores `{"status":…,"headers":[["…","…"]],"session":…}` in `*head` and the body's bytes in
/// `*content`. With `"session":true` the body is the session that `mint` left with the host, and `*content` is empty.
#[ffi_export]
pub fn jw_engine_http(
    engine: JwHandle,
    request: JwView,
    body: JwView,
    head: *mut JwBuffer,
    content: *mut JwBuffer,
) -> JwStatus {
    with(engine, |engine| {
        let (head, content) = (Output::new(head)?, Output::new(content)?);
        let request = document(&request, HEAD)?;
        let Response { status, headers, content: body } = engine.http(&request, body.bytes(BODY)?);
        let session = matches!(body, Content::Session);
        head.write(json(&Head { status, headers: &headers, session })?);
        content.write(match body {
            Content::Bytes(bytes) => bytes.into(),
            Content::Session => Vec::new().into(),
        });
        Ok(())
    })
}

/// Stores in `*dst` the calls of the host's own that `jw_engine_action` wants to see, each with the texts of its body
/// that have to be told: `{"User.ForgotPassword":["enteredUsername"],"User.UpdateUserPassword":[],…}`. It does not change
/// while the engine is open.
#[ffi_export]
pub fn jw_engine_watched(engine: JwHandle, dst: *mut JwBuffer) -> JwStatus {
    with(engine, |engine| {
        let dst = Output::new(dst)?;
        dst.write(json(&engine.watched())?);
        Ok(())
    })
}

/// May the host run this call of its own? Stores `{"pass":true}`, or with `"pass":false` the `"status"`, `"headers"` and
/// JSON `"body"` to answer instead. Asked before the call runs. May call back, and write.
#[ffi_export]
pub fn jw_engine_action(engine: JwHandle, action: JwView, dst: *mut JwBuffer) -> JwStatus {
    with(engine, |engine| {
        let dst = Output::new(dst)?;
        let action = document(&action, DOCUMENT)?;
        dst.write(json(&engine.action(&action))?);
        Ok(())
    })
}

/// Puts the script into Jellyfin's `index.html` and stores the new bytes in `*dst`.
#[ffi_export]
pub fn jw_engine_index(engine: JwHandle, html: JwView, dst: *mut JwBuffer) -> JwStatus {
    with(engine, |engine| {
        let dst = Output::new(dst)?;
        dst.write(engine.rewrite_index(html.bytes(HTML)?).into());
        Ok(())
    })
}

/// Tells the engine what happened in Jellyfin. `event`: `{"event":"passwordChanged","userId":"…"}`, likewise
/// `userCreated`, `userUpdated` and `userDeleted`; `{"event":"serverStarted"}` once users and sessions can be listed;
/// `{"event":"quickConnectStarted","code":"…","app":"…","version":"…","deviceId":"…","deviceName":"…","remote":"…"}` when a
/// device was given a code to show. May call back, and write.
#[ffi_export]
pub fn jw_engine_event(engine: JwHandle, event: JwView) -> JwStatus {
    with(engine, |engine| {
        engine.event(&document(&event, DOCUMENT)?);
        Ok(())
    })
}

/// Enters the engine behind a handle for one call.
fn with(engine: JwHandle, body: impl FnOnce(&Engine) -> Result<(), Failure>) -> JwStatus {
    guarded(|| {
        let visit = handles::enter(engine)?;
        logged(&visit.host, || body(&visit.engine))
    })
}

/// A panic is told to the host's log before it becomes a status.
pub(super) fn logged<T>(host: &CHost, body: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    caught(body).inspect_err(|failure| {
        if failure.status == JwStatus::Panic {
            host.log(Level::Error, failure.message());
        }
    })
}

pub(super) fn document<T: DeserializeOwned>(view: &JwView, limit: usize) -> Result<T, Failure> {
    serde_json::from_str(view.text(limit)?).map_err(|error| Failure::new(JwStatus::BadJson, error.to_string()))
}

pub(super) fn json(value: &impl Serialize) -> Result<JwBuffer, Failure> {
    let bytes = serde_json::to_vec(value).map_err(|error| Failure::new(JwStatus::BadJson, error.to_string()))?;
    Ok(bytes.into())
}
