//! The words of the ABI: plain data, valid for every bit pattern that comes in.

use std::ffi::c_void;

use safer_ffi::prelude::*;

use super::reply::JwAnswer;

/// The ABI revision this header describes. Compare with `jw_abi_version()` after loading.
pub const JW_ABI_VERSION: u32 = 1;

/// `jw_totp_parameters.algorithm`: HMAC-SHA-1, which every app knows.
pub const JW_TOTP_SHA1: u32 = 0;
/// `jw_totp_parameters.algorithm`: HMAC-SHA-256.
pub const JW_TOTP_SHA256: u32 = 1;
/// `jw_totp_parameters.algorithm`: HMAC-SHA-512.
pub const JW_TOTP_SHA512: u32 = 2;
/// What `jw_totp_check` stores for a wrong code.
pub const JW_TOTP_WRONG: i64 = -1;

/// Outcome of every fallible `jw_*` call, in ranges by layer. Numbers are never reused.
///
/// A callback answers `JW_STATUS_OK` or any other value; any other value means that it failed.
#[derive_ReprC(rename = "jw_status")]
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JwStatus {
    /// The call succeeded; outputs are written.
    Ok = 0,
    /// A pointer is null or misaligned, or a value is out of range.
    InvalidArgument = 1,
    /// Text is not UTF-8.
    NotUtf8 = 2,
    /// An input is longer than this call takes.
    TooLarge = 3,
    /// A document is not the JSON that is expected here.
    BadJson = 4,
    /// The operating system gave no random bytes.
    NoRandomness = 5,
    /// The response of a passkey proves nothing: forged, stale, or for somebody else.
    Refused = 6,
    /// The passkey may have been copied: its counter did not go up. It proves nothing.
    PossibleClone = 7,
    /// The handle is closed, being closed, or was never given out by this library.
    Closed = 20,
    /// Calls are still inside the engine; nothing was freed. Close again later.
    Busy = 21,
    /// Not possible from inside a callback of this engine.
    InCallback = 22,
    /// Another process, or another engine, has the store.
    StoreLocked = 40,
    /// The store is not readable as a database.
    StoreDamaged = 41,
    /// The master key is missing, exposed, malformed or another one.
    Key = 42,
    /// The store was written by a newer version.
    StoreNewer = 43,
    /// A file or folder cannot be read or written.
    InputOutput = 44,
    /// Accounts were protected, and the store is gone.
    StoreMissing = 45,
    /// The settings fixed by file or environment are wrong.
    Settings = 46,
    /// For callbacks: the host could not answer.
    Host = 60,
    /// The library panicked; the call had no effect. Please report it.
    Panic = 90,
}

/// An engine: a number, not an address. A closed or invented one is refused, never followed.
pub type JwHandle = u64;

/// Borrowed bytes; the library keeps no pointer to them after the call. `ptr` may be null when `len` is zero.
#[derive_ReprC(rename = "jw_view")]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct JwView {
    /// First byte.
    pub ptr: *const u8,
    /// Number of bytes.
    pub len: usize,
}

/// Bytes owned by this library. Release with `jw_buffer_free`.
#[derive_ReprC(rename = "jw_buffer")]
#[repr(C)]
pub struct JwBuffer {
    /// First byte; null when there are none.
    pub ptr: *mut u8,
    /// Number of bytes.
    pub len: usize,
}

/// Where a callback puts its answer, with `jw_reply_write`. Good until the callback returns, on its thread.
#[derive_ReprC(rename = "jw_reply")]
#[repr(opaque)]
pub struct JwReply {
    _never_looked_into: u8,
}

/// What an authenticator app and the server must agree on beside the secret.
#[derive_ReprC(rename = "jw_totp_parameters")]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct JwTotpParameters {
    /// `JW_TOTP_SHA1`, `JW_TOTP_SHA256` or `JW_TOTP_SHA512`.
    pub algorithm: u32,
    /// Digits of a code: 6 to 8.
    pub digits: u32,
    /// Seconds a step lasts: 10 to 300.
    pub period: u32,
}

/// For whom passkeys are made, and where they may be used. Borrowed for the call.
#[derive_ReprC(rename = "jw_relying_party")]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct JwRelyingParty {
    /// A host name in lower case, without scheme, port and path. Passkeys work for no other, so it must not change.
    pub id: JwView,
    /// Shown by browsers.
    pub name: JwView,
    /// JSON: the origins of the pages, as in `["https://media.example.org"]`, each at the id or below it.
    pub origins: JwView,
}

/// What the host lends to an engine. The table is copied; every callback is required.
///
/// Fields will only ever be appended. Documents are UTF-8 JSON.
#[derive_ReprC(rename = "jw_host")]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct JwHost {
    /// `sizeof(jw_host)` as the host was compiled.
    pub size: usize,
    /// Handed back untouched to every callback.
    pub ctx: *mut c_void,
    /// Looks a user up. `query`: `{"query":{"name":"…"}}` or `{"query":{"id":"…"}}`, with `"remote"`: the address or
    /// null. Reply: the user's facts, or `null`.
    pub find_user: Option<unsafe extern "C" fn(ctx: *mut c_void, query: JwView, reply: *mut JwReply) -> JwAnswer>,
    /// Reply: an array of the facts of every user.
    pub list_users: Option<unsafe extern "C" fn(ctx: *mut c_void, reply: *mut JwReply) -> JwAnswer>,
    /// Checks a password exactly once. `request`: `{"name":"…","remote":"…","session":true}`; with `session` a right
    /// password ends in a session at once, and the login may be dated with the check. Reply:
    /// `{"right":` the user's facts `}` if the user may also enter now, `"wrong"` or `"denied"`.
    pub check_password: Option<
        unsafe extern "C" fn(ctx: *mut c_void, request: JwView, password: JwView, reply: *mut JwReply) -> JwAnswer,
    >,
    /// Makes a session and keeps it in the call's context; `"dated"`: the check has dated the login. Reply: `{"tokenHash":"<64 hexadecimal digits>"}` or
    /// `{"refused":"why"}`.
    pub mint: Option<unsafe extern "C" fn(ctx: *mut c_void, request: JwView, reply: *mut JwReply) -> JwAnswer>,
    /// The sessions of one user, or of all. `request`: `{"user":"<id>"}` or `{"user":null}`. Reply: an array of
    /// `{"tokenHash","user","app","version","deviceId","deviceName","remote","createdAt","lastSeenAt"}`.
    pub list_sessions: Option<unsafe extern "C" fn(ctx: *mut c_void, request: JwView, reply: *mut JwReply) -> JwAnswer>,
    /// Ends sessions of one user. `request`: `{"user":"<id>","tokenHashes":["…"]}`. Reply: how many were ended.
    pub end_sessions: Option<unsafe extern "C" fn(ctx: *mut c_void, request: JwView, reply: *mut JwReply) -> JwAnswer>,
    /// Remembers outside the store that accounts are protected (1) or no longer are (0).
    pub set_armed: Option<unsafe extern "C" fn(ctx: *mut c_void, armed: u8) -> JwAnswer>,
    /// Writes a line to the host's log. `level`: 0 information, 1 warning, 2 error. May come on any thread.
    pub log: Option<unsafe extern "C" fn(ctx: *mut c_void, level: i32, line: JwView)>,
    /// Sets a user's password. `request`: `{"user":"<id>"}`. The host tells of it by the event `passwordChanged`, as of
    /// every changed password.
    pub set_password: Option<unsafe extern "C" fn(ctx: *mut c_void, request: JwView, password: JwView) -> JwAnswer>,
}
