//! What the gate answers. The host obeys without understanding more than status, headers, body and session.

use serde::Serialize;
use serde_json::Value;

/// The kinds of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// A session was made; it lies in the call's context at the host.
    Allow,
    /// One more factor is wanted.
    Challenge,
    /// A factor must be set up first.
    Enrol,
    /// No, said the way Jellyfin itself says it.
    Refuse,
    /// Jellyfin's own 400: the client left out app, device or version.
    Invalid,
}

/// The gate's answer to one [`super::attempt::LoginAttempt`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// The kind of answer.
    pub outcome: Outcome,
    /// The HTTP status to send when `session` is false.
    pub status: u16,
    /// True: answer with the session that `mint` left in this call's context.
    pub session: bool,
    /// True: publish Jellyfin's own "authentication failed" event (trap 4 of the real servers).
    pub announce_failure: bool,
    /// Headers to add to the response, `Set-Cookie` and `Retry-After` among them.
    pub headers: Vec<(String, String)>,
    /// JSON to send as the body; none: Jellyfin's stock body.
    pub body: Option<Value>,
}
