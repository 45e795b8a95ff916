//! Why a call failed: a number for the program, a line for the person.

use std::cell::RefCell;

use super::JwStatus;
use crate::clock::NoRandomness;
use crate::crypto::password::PasswordError;
use crate::crypto::signed::PayloadSize;
use crate::engine::OpenError;
use crate::factor::passkey::{PasskeyError, RelyingPartyError};
use crate::factor::qr::TooLong;
use crate::factor::totp::TotpError;
use crate::notify::mail::MailError;
use crate::store::{Damage, StoreError};

thread_local! {
    /// This thread's last failure. Lives outside the handles because opening, too, can fail.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A failed call.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: JwStatus,
    message: String,
}

impl Failure {
    pub(super) fn new(status: JwStatus, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// What remains of a panic.
    pub(super) fn panic(payload: &(dyn std::any::Any + Send)) -> Self {
        let text = payload
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("no message");
        Self::new(JwStatus::Panic, format!("the library panicked, please report this: {text}"))
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// Keeps the message for `jw_last_error` and leaves the number.
    pub(super) fn keep(self) -> JwStatus {
        // Fails only while the thread itself ends.
        let _ = LAST.try_with(|last| *last.borrow_mut() = self.message);
        self.status
    }
}

/// This thread's last failure, empty before the first.
pub(super) fn last() -> String {
    LAST.try_with(|last| last.borrow().clone()).unwrap_or_default()
}

impl From<NoRandomness> for Failure {
    fn from(error: NoRandomness) -> Self {
        Self::new(JwStatus::NoRandomness, error.to_string())
    }
}

impl From<TotpError> for Failure {
    fn from(error: TotpError) -> Self {
        Self::new(JwStatus::InvalidArgument, error.to_string())
    }
}

impl From<RelyingPartyError> for Failure {
    fn from(error: RelyingPartyError) -> Self {
        Self::new(JwStatus::InvalidArgument, error.to_string())
    }
}

impl From<PasskeyError> for Failure {
    fn from(error: PasskeyError) -> Self {
        let status = match error {
            PasskeyError::Person | PasskeyError::TooMany => JwStatus::InvalidArgument,
            PasskeyError::TooLarge => JwStatus::TooLarge,
            PasskeyError::PossibleClone => JwStatus::PossibleClone,
            _ => JwStatus::Refused,
        };
        Self::new(status, error.to_string())
    }
}

impl From<MailError> for Failure {
    fn from(error: MailError) -> Self {
        let status = match error {
            MailError::TooLong => JwStatus::TooLarge,
            MailError::Randomness(_) => JwStatus::NoRandomness,
            MailError::Header | MailError::Refused(_) => JwStatus::InvalidArgument,
        };
        Self::new(status, error.to_string())
    }
}

impl From<TooLong> for Failure {
    fn from(error: TooLong) -> Self {
        Self::new(JwStatus::TooLarge, error.to_string())
    }
}

impl From<PayloadSize> for Failure {
    fn from(error: PayloadSize) -> Self {
        Self::new(JwStatus::InvalidArgument, error.to_string())
    }
}

impl From<PasswordError> for Failure {
    fn from(error: PasswordError) -> Self {
        let status = match error {
            PasswordError::TooLong => JwStatus::TooLarge,
            PasswordError::NoRandomness => JwStatus::NoRandomness,
            PasswordError::Malformed | PasswordError::TooCostly => JwStatus::InvalidArgument,
        };
        Self::new(status, error.to_string())
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        let status = match &error {
            OpenError::Store(store) => store_status(store),
            OpenError::Key(_) | OpenError::WrongKey => JwStatus::Key,
            OpenError::Vanished(_) => JwStatus::StoreMissing,
            OpenError::Overrides(_) => JwStatus::Settings,
            OpenError::Folder(_) | OpenError::Thread(_) => JwStatus::InputOutput,
            OpenError::Randomness(_) => JwStatus::NoRandomness,
        };
        Self::new(status, error.to_string())
    }
}

fn store_status(error: &StoreError) -> JwStatus {
    match error.damage() {
        Damage::Locked => JwStatus::StoreLocked,
        Damage::Newer => JwStatus::StoreNewer,
        Damage::Corrupt => JwStatus::StoreDamaged,
        Damage::Unwritable | Damage::Other => JwStatus::InputOutput,
    }
}
