//! Bytes into the exported functions, and out of them.
#![allow(unsafe_code)]

use std::{ptr, slice};

use jellyward::ffi::{JwBuffer, JwStatus, JwView, jw_buffer_free};

pub fn view(bytes: &[u8]) -> JwView {
    JwView { ptr: bytes.as_ptr(), len: bytes.len() }
}

/// What a call stores, or its status; a panic inside is not one of them.
pub fn stored(call: impl FnOnce(*mut JwBuffer) -> JwStatus) -> Result<Vec<u8>, JwStatus> {
    let mut buffer = JwBuffer { ptr: ptr::null_mut(), len: 0 };
    let status = call(&raw mut buffer);
    assert!(status != JwStatus::Panic, "the library panicked");
    if status != JwStatus::Ok {
        return Err(status);
    }
    let bytes = if buffer.ptr.is_null() {
        Vec::new()
    } else {
        // SAFETY: the library has just written this buffer.
        unsafe { slice::from_raw_parts(buffer.ptr, buffer.len) }.to_vec()
    };
    jw_buffer_free(&raw mut buffer);
    Ok(bytes)
}

/// Both halves of what two views are made of.
pub fn halves(data: &[u8]) -> (&[u8], &[u8]) {
    let at = data.iter().position(|byte| *byte == 0);
    at.map_or((data, &[]), |at| (&data[..at], &data[at + 1..]))
}

/// A text the library lends to a callback.
pub fn text<'a>(view: JwView) -> &'a str {
    if view.len == 0 {
        return "";
    }
    // SAFETY: it is lent until the callback returns, and nobody keeps it longer.
    str::from_utf8(unsafe { slice::from_raw_parts(view.ptr, view.len) }).unwrap_or_default()
}
