//! Whoever carries a mail away: a mail server, or a book that remembers what would have been sent.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use thiserror::Error;

use super::mail::Mail;
use super::mail_server::Server;
use crate::clock::Seconds;

/// Carries mail.
pub trait Mailer: Send + Sync {
    /// Hands `mail` over to `server`, and returns when it took it. Blocks, for as long as the server may take at most;
    /// `stop` ends it sooner.
    fn send(&self, server: &Server, mail: &Mail, stop: &Stop) -> Result<(), Failure>;

    /// Nothing more is to be sent for now: whatever was kept open for it can be closed.
    fn rest(&self) {}
}

/// Tells whoever is sending to give up: the engine closes.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// From now on.
    pub fn now(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Is it time?
    pub fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What kind of thing went wrong, as far as a browser may know. The language file words each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Nobody knows the server's name.
    NameNotFound,
    /// Nobody listens there, or there is no way.
    Refused,
    /// No connection that nobody else can read: no STARTTLS, or a certificate that does not hold.
    Tls,
    /// Name or password of the mail account.
    Login,
    /// The server does not send for this address.
    SenderRejected,
    /// The server does not send to this address.
    RecipientRejected,
    /// Too slow, or silent.
    TimedOut,
    /// The mail itself, or something that the log tells.
    Other,
}

impl Cause {
    /// Every cause.
    pub const ALL: &[Self] = &[
        Self::NameNotFound,
        Self::Refused,
        Self::Tls,
        Self::Login,
        Self::SenderRejected,
        Self::RecipientRejected,
        Self::TimedOut,
        Self::Other,
    ];

    /// As stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NameNotFound => "name_not_found",
            Self::Refused => "refused",
            Self::Tls => "tls",
            Self::Login => "login",
            Self::SenderRejected => "sender_rejected",
            Self::RecipientRejected => "recipient_rejected",
            Self::TimedOut => "timed_out",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// Why a mail was not sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{cause}: {detail}")]
pub struct Failure {
    /// For everybody.
    pub cause: Cause,
    /// The very same mail will fail again: the server said so (RFC 5321, 4.2.1: 5yz).
    pub permanent: bool,
    /// The other side wants to be left alone for so many seconds.
    pub retry_after: Option<Seconds>,
    /// For the log: what was said, on one line, without secrets.
    pub detail: String,
}

impl Failure {
    /// One that may pass.
    pub fn passing(cause: Cause, detail: impl Into<String>) -> Self {
        Self { cause, permanent: false, retry_after: None, detail: detail.into() }
    }

    /// One that stays.
    pub fn permanent(cause: Cause, detail: impl Into<String>) -> Self {
        Self { cause, permanent: true, retry_after: None, detail: detail.into() }
    }
}
