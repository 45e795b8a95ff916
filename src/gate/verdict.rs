//! What the gate answers. The host obeys without understanding more than status, headers, body and session.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::denial::Denial;
use crate::clock::Seconds;
use crate::context::Context;

/// The kinds of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// A session was made; it lies in the call's context at the host.
    Allow,
    /// One more factor is wanted.
    Challenge,
    /// A factor must be set up first.
    Enrol,
    /// Everything is proven, and something else is set up before the session.
    SetUp,
    /// No, said the way Jellyfin itself says it.
    Refuse,
    /// Jellyfin's own 400: the client left out app, device or version.
    Invalid,
}

/// The gate's answer to one [`super::attempt::LoginAttempt`].
#[derive(Clone, Serialize, Deserialize)]
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

impl Verdict {
    /// A session was made.
    pub fn allow(headers: Vec<(String, String)>) -> Self {
        Self { outcome: Outcome::Allow, status: 200, session: true, announce_failure: false, headers, body: None }
    }

    /// Jellyfin's own 401, the same for every reason.
    pub fn stock_refusal(announce_failure: bool) -> Self {
        Self {
            outcome: Outcome::Refuse,
            status: 401,
            session: false,
            announce_failure,
            headers: Vec::new(),
            body: None,
        }
    }

    /// The stock 401 with `Retry-After`; never 429: some clients try again on anything but 401.
    pub fn wait(seconds: Seconds) -> Self {
        let mut refusal = Self::stock_refusal(false);
        refusal.headers.push(("Retry-After".to_owned(), seconds.max(1).to_string()));
        refusal
    }

    /// With more headers.
    #[must_use]
    pub fn with_headers(mut self, headers: Vec<(String, String)>) -> Self {
        self.headers.extend(headers);
        self
    }

    /// Jellyfin's own 400.
    pub fn invalid() -> Self {
        Self { outcome: Outcome::Invalid, status: 400, ..Self::stock_refusal(false) }
    }

    /// 403 only where the account itself may not enter; the stock 401 for everything else. What is broken is told to
    /// the log, never to the asker.
    pub fn of_denial(cx: &Context, denial: &Denial) -> Self {
        if let Denial::Broken(reason) = denial {
            cx.broke("a sign-in was refused", reason);
        }
        match denial {
            Denial::NotAllowedNow | Denial::SessionRefused => Self { status: 403, ..Self::stock_refusal(false) },
            Denial::TooManyTries { retry_after } => Self::wait(*retry_after),
            _ => Self::stock_refusal(false),
        }
    }
}
