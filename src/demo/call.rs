//! One HTTP call as the miniature Jellyfin sees it, and its reply.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde::Serialize;
use serde_json::Value;

use super::authorization::Authorization;
use crate::defense::origin::Origin;

/// A call, its path already below the base URL and without `/emby` or `/mediabrowser`.
pub struct Call {
    pub method: String,
    /// Still percent-encoded.
    pub path: String,
    pub query: String,
    pub origin: Origin,
    pub authorization: Authorization,
    pub body: Vec<u8>,
}

impl Call {
    /// The first query parameter of that name, any letter case.
    pub fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.into_owned())
    }

    /// The decoded segments of the path.
    pub fn segments(&self) -> Vec<Cow<'_, str>> {
        self.path.split('/').skip(1).map(|segment| percent_decode_str(segment).decode_utf8_lossy()).collect()
    }

    /// The body as JSON; none when it is not.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The peer's address.
    pub fn remote(&self) -> Option<&str> {
        self.origin.remote.as_deref()
    }
}

/// A property of a JSON object, any letter case, as ASP.NET binds it.
pub fn property<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.as_object()?.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// A text property; absent, null or another type: none.
pub fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    property(object, name)?.as_str()
}

/// What goes back.
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub fn json(value: &impl Serialize) -> Self {
        Self::json_with(200, value)
    }

    pub fn json_with(status: u16, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::bytes(status, "application/json; charset=utf-8", body),
            Err(_) => Self::stock(500),
        }
    }

    pub fn text(status: u16, text: &str) -> Self {
        Self::bytes(status, "text/plain", text.as_bytes().to_vec())
    }

    /// Jellyfin's one body for every error (`ExceptionMiddleware`).
    pub fn stock(status: u16) -> Self {
        Self::text(status, "Error processing request.")
    }

    pub fn redirect(to: &str) -> Self {
        Self::empty(302).with("Location", to)
    }

    pub fn bytes(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        Self { status, headers: Vec::new(), body }.with("Content-Type", content_type)
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}
