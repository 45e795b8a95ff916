//! Every `unsafe` line of the ABI: reading what C points to, writing where it wants it, calling back.

use std::ptr::{self, NonNull};
use std::{slice, str};

use zeroize::Zeroize;

use super::failure::Failure;
use super::reply::JwAnswer;
use super::{JwBuffer, JwHost, JwRelyingParty, JwReply, JwStatus, JwTotpParameters, JwView};

impl JwView {
    /// The bytes, at most `limit` of them.
    pub(super) fn bytes(&self, limit: usize) -> Result<&[u8], Failure> {
        if self.len > limit {
            return Err(Failure::new(JwStatus::TooLarge, format!("an input here may have {limit} bytes")));
        }
        match (self.ptr.is_null(), self.len) {
            (_, 0) => Ok(&[]),
            (true, _) => Err(Failure::new(JwStatus::InvalidArgument, "an input is null but has a length")),
            // SAFETY: the header requires `ptr` to be readable for `len` bytes during the call; `len` is below `limit`,
            // and so below `isize::MAX`; bytes are aligned anywhere.
            (false, len) => Ok(unsafe { slice::from_raw_parts(self.ptr, len) }),
        }
    }

    /// The text, at most `limit` bytes of it.
    pub(super) fn text(&self, limit: usize) -> Result<&str, Failure> {
        str::from_utf8(self.bytes(limit)?).map_err(|_| Failure::new(JwStatus::NotUtf8, "a text is not UTF-8"))
    }

    /// Lends `bytes` to a callback.
    pub(super) fn over(bytes: &[u8]) -> Self {
        Self { ptr: bytes.as_ptr(), len: bytes.len() }
    }
}

/// A place for one result, known to be writable as far as that can be known.
pub(super) struct Output<T>(NonNull<T>);

impl<T> Output<T> {
    /// Checked before any work is done.
    pub(super) fn new(dst: *mut T) -> Result<Self, Failure> {
        NonNull::new(dst)
            .filter(|dst| dst.is_aligned())
            .map(Self)
            .ok_or_else(|| Failure::new(JwStatus::InvalidArgument, "an output pointer is null or misaligned"))
    }

    pub(super) fn write(self, value: T) {
        // SAFETY: not null and aligned; the header requires it to be writable. It may be uninitialised: nothing is dropped.
        unsafe { self.0.write(value) };
    }
}

/// Copies the parameters; null means the usual ones.
pub(super) fn parameters(pointer: *const JwTotpParameters) -> Result<Option<JwTotpParameters>, Failure> {
    if pointer.is_null() {
        return Ok(None);
    }
    if !pointer.is_aligned() {
        return Err(Failure::new(JwStatus::InvalidArgument, "the parameters are misaligned"));
    }
    // SAFETY: not null and aligned; the header requires it to be readable; every bit pattern is valid.
    Ok(Some(unsafe { pointer.read() }))
}

/// Copies the views of a relying party.
pub(super) fn relying_party(pointer: *const JwRelyingParty) -> Result<JwRelyingParty, Failure> {
    if pointer.is_null() || !pointer.is_aligned() {
        return Err(Failure::new(JwStatus::InvalidArgument, "the relying party is null or misaligned"));
    }
    // SAFETY: not null and aligned; the header requires it to be readable; every bit pattern is valid.
    Ok(unsafe { pointer.read() })
}

/// Copies the host's table, of which only `size` bytes may be read.
pub(super) fn host(pointer: *const JwHost) -> Result<JwHost, Failure> {
    let invalid = |message| Failure::new(JwStatus::InvalidArgument, message);
    if pointer.is_null() || !pointer.is_aligned() {
        return Err(invalid("the host table is null or misaligned"));
    }
    // SAFETY: not null and aligned; the header requires at least the first field to be readable.
    let size = unsafe { pointer.cast::<usize>().read() };
    if size < size_of::<JwHost>() {
        return Err(invalid("the host table is too small: set `size` to sizeof(jw_host)"));
    }
    // SAFETY: the host says that it is as large; a callback is null or a function, as the header requires.
    Ok(unsafe { pointer.read() })
}

impl From<Vec<u8>> for JwBuffer {
    fn from(bytes: Vec<u8>) -> Self {
        if bytes.is_empty() {
            return Self { ptr: ptr::null_mut(), len: 0 };
        }
        let bytes = bytes.into_boxed_slice();
        let len = bytes.len();
        Self { ptr: Box::into_raw(bytes).cast(), len }
    }
}

/// Zeroes and frees what `From<Vec<u8>>` gave out, and empties the struct.
pub(super) fn release(buffer: *mut JwBuffer) {
    if buffer.is_null() || !buffer.is_aligned() {
        return;
    }
    // SAFETY: not null and aligned; the header requires it to point to a buffer this library wrote, or to zeroes.
    let JwBuffer { ptr, len } = unsafe { buffer.replace(JwBuffer { ptr: ptr::null_mut(), len: 0 }) };
    if !ptr.is_null() {
        // SAFETY: only `From<Vec<u8>>` makes a buffer whose pointer is not null, from a boxed slice of `len` bytes.
        let mut bytes = unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(ptr, len)) };
        bytes.zeroize();
    }
}

// SAFETY: the table holds functions and one pointer that is only ever handed back to them; the header requires the
// callbacks to be callable from every thread that calls the engine, and `log` from any.
unsafe impl Send for Callbacks {}
// SAFETY: as above; nothing in the table changes.
unsafe impl Sync for Callbacks {}

/// A host's table in which no callback is missing.
pub(super) struct Callbacks {
    table: JwHost,
}

/// Calls one of the host's functions. Each is there: [`Callbacks::new`] saw to it.
macro_rules! call {
    ($this:ident . $name:ident ( $($argument:expr),* )) => {
        match $this.table.$name {
            // SAFETY: the header requires each callback to be valid until the engine is closed, and not to unwind;
            // the views lent to it live until it returns.
            Some(callback) => unsafe { callback($this.table.ctx, $($argument),*) },
            None => unreachable!("checked when the engine was opened"),
        }
    };
}

impl Callbacks {
    /// Refuses a table with a hole.
    pub(super) fn new(table: JwHost) -> Result<Self, Failure> {
        let missing = [
            ("find_user", table.find_user.is_none()),
            ("list_users", table.list_users.is_none()),
            ("check_password", table.check_password.is_none()),
            ("mint", table.mint.is_none()),
            ("list_sessions", table.list_sessions.is_none()),
            ("end_sessions", table.end_sessions.is_none()),
            ("set_armed", table.set_armed.is_none()),
            ("log", table.log.is_none()),
            ("set_password", table.set_password.is_none()),
        ];
        match missing.iter().find(|(_, missing)| *missing) {
            Some((name, _)) => Err(Failure::new(JwStatus::InvalidArgument, format!("the host's `{name}` is null"))),
            None => Ok(Self { table }),
        }
    }

    pub(super) fn find_user(&self, query: &[u8], reply: *mut JwReply) -> JwAnswer {
        call!(self.find_user(JwView::over(query), reply))
    }

    pub(super) fn list_users(&self, reply: *mut JwReply) -> JwAnswer {
        call!(self.list_users(reply))
    }

    pub(super) fn check_password(&self, request: &[u8], password: &[u8], reply: *mut JwReply) -> JwAnswer {
        call!(self.check_password(JwView::over(request), JwView::over(password), reply))
    }

    pub(super) fn mint(&self, request: &[u8], reply: *mut JwReply) -> JwAnswer {
        call!(self.mint(JwView::over(request), reply))
    }

    pub(super) fn list_sessions(&self, request: &[u8], reply: *mut JwReply) -> JwAnswer {
        call!(self.list_sessions(JwView::over(request), reply))
    }

    pub(super) fn end_sessions(&self, request: &[u8], reply: *mut JwReply) -> JwAnswer {
        call!(self.end_sessions(JwView::over(request), reply))
    }

    pub(super) fn set_armed(&self, armed: u8) -> JwAnswer {
        call!(self.set_armed(armed))
    }

    pub(super) fn set_password(&self, request: &[u8], password: &[u8]) -> JwAnswer {
        call!(self.set_password(JwView::over(request), JwView::over(password)))
    }

    pub(super) fn log(&self, level: i32, line: &str) {
        call!(self.log(level, JwView::over(line.as_bytes())))
    }
}
