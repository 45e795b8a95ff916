//! A body with the tag by which a browser asks whether it has it still.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::message::{Request, Response};

/// Made once: a body is hashed when it is read, not when it is asked for.
#[derive(Debug)]
pub struct Tagged {
    body: String,
    tag: String,
}

impl Tagged {
    /// Hashes it.
    pub fn new(body: String) -> Self {
        let tag = format!("\"{}\"", HEXLOWER.encode(&Sha256::digest(body.as_bytes())));
        Self { body, tag }
    }

    /// The body.
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The whole body, or 304 when the browser has it.
    pub fn respond(&self, request: &Request, content_type: &str) -> Response {
        let known = request.origin.header("If-None-Match").is_some_and(|sent| matches_tag(sent, &self.tag));
        let (status, body) = if known { (304, "") } else { (200, self.body()) };
        Response::new(status, content_type, body)
            .with_only_header("Cache-Control", "no-cache")
            .with_header("ETag", &self.tag)
    }
}

/// `If-None-Match` by weak comparison (RFC 9110, 13.1.2).
fn matches_tag(sent: &str, tag: &str) -> bool {
    sent.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}
