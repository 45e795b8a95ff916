//! The envelope in which HTTP reaches the engine, and leaves it.

use serde::{Deserialize, Serialize};

use crate::defense::origin::Origin;
use crate::gate::attempt::{Caller, Client};
use crate::trust::trusted_browser::Headers;

/// One HTTP request under a path the engine owns. The body travels beside it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path below the base URL, for instance `/Jellyward/Login`, still percent-encoded.
    pub path: String,
    /// The query without its question mark.
    #[serde(default)]
    pub query: String,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// Who is signed in; none when nobody is or the token is invalid.
    #[serde(default)]
    pub caller: Option<Caller>,
    /// What the `Authorization` header says of the client, with or without a token.
    #[serde(default)]
    pub client: Option<Client>,
}

impl Request {
    /// The first value of a query parameter, decoded; none when it is absent.
    pub fn parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// What to send back.
#[derive(Clone)]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The session that `mint` left in this call's context, serialised by Jellyfin.
    Session,
}

/// One HTTP response.
#[derive(Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers, `Content-Type` among them; repeated names are sent repeatedly.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub content: Content,
}

impl Response {
    /// A body of that type, never stored by anybody, never sniffed.
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), content: Content::Bytes(body.into()) }
            .with_header("Content-Type", content_type)
            .with_header("Cache-Control", "no-store")
            .with_header("X-Content-Type-Options", "nosniff")
    }

    /// 200 with a JSON document.
    pub fn json(document: &impl Serialize) -> Self {
        // Our documents are maps with text keys; serde_json writes those without fail.
        let body = serde_json::to_vec(document).unwrap_or_default();
        Self::new(200, "application/json; charset=utf-8", body)
    }

    /// An HTML document.
    pub fn html(status: u16, document: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", document)
    }

    /// 200 with the session that `mint` left in this call's context. Its type is the host's to say: Jellyfin takes one
    /// that is set already for a demand, finds no formatter for it, and answers 406.
    pub fn session(headers: Headers) -> Self {
        let response =
            Self { content: Content::Session, ..Self::new(200, "", Vec::new()).without_header("Content-Type") };
        headers.iter().fold(response, |response, (name, value)| response.with_header(name, value))
    }

    /// With one more header. A value that could end the header (control characters) is left out: nothing splits a
    /// response.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if !value.chars().any(char::is_control) {
            self.headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// With this header in place of any of the same name.
    #[must_use]
    pub fn with_only_header(self, name: &str, value: &str) -> Self {
        self.without_header(name).with_header(name, value)
    }

    /// Leaves a header out.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        self
    }

    /// The first header of that name, any letter case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body's bytes; empty for a session, which the host has.
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Bytes(bytes) => bytes,
            Content::Session => &[],
        }
    }
}

/// Whether the engine answers a path, and how large a body it takes there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ownership {
    /// True: send the request to the engine.
    pub owned: bool,
    /// Largest body in bytes; more is answered 413 without reading on.
    pub max_body: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_value_cannot_split_the_response() {
        let response = Response::html(200, String::new()).with_header("X-Name", "a\r\nSet-Cookie: b=c");
        assert_eq!(response.header("X-Name"), None);
        assert_eq!(response.header("Set-Cookie"), None);
    }

    #[test]
    fn a_replaced_header_stands_once() {
        let response = Response::json(&1).with_only_header("cache-control", "no-cache");
        let values: Vec<_> = response.headers.iter().filter(|(k, _)| k.eq_ignore_ascii_case("cache-control")).collect();
        assert_eq!(values.len(), 1);
        assert_eq!(response.header("Cache-Control"), Some("no-cache"));
    }

    #[test]
    fn a_parameter_is_decoded() {
        let request: Request =
            serde_json::from_value(serde_json::json!({"method": "GET", "path": "/", "query": "search=a%26b+c&page=2"}))
                .unwrap();
        assert_eq!(request.parameter("search").as_deref(), Some("a&b c"));
        assert_eq!(request.parameter("none"), None);
    }
}
