//! The envelope in which HTTP reaches the engine, and leaves it.

use serde::{Deserialize, Serialize};

use crate::defense::origin::Origin;
use crate::gate::attempt::{Caller, Client};

/// One HTTP request under a path the engine owns. The body travels beside it.
#[derive(Clone, Debug, Serialize, Deserialize)]
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

/// What to send back.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// The session that `mint` left in this call's context, serialised by Jellyfin.
    Session,
}

/// One HTTP response.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers, `Content-Type` among them; repeated names are sent repeatedly.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub content: Content,
}

/// Whether the engine answers a path, and how large a body it takes there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ownership {
    /// True: send the request to the engine.
    pub owned: bool,
    /// Largest body in bytes; more is answered 413 without reading on.
    pub max_body: usize,
}
