//! Why a call was denied. `web::problem` says it in words.

use thiserror::Error;

use crate::clock::{NoRandomness, Seconds};
use crate::crypto::seal::SealError;
use crate::gate::method::Method;
use crate::host::HostError;
use crate::notify::addresses::AddressError;
use crate::notify::message::MessageError;
use crate::notify::outbox::OutboxError;
use crate::store::StoreError;
use crate::trust::trusted_browser::TrustError;

/// Everything the gate says no with, beside [`super::verdict::Verdict`].
#[derive(Debug, Error)]
pub enum Denial {
    /// The code is wrong.
    #[error("wrong code")]
    WrongCode {
        /// Tries left on this challenge.
        tries_left: u32,
    },
    /// The code was right once, and is spent.
    #[error("code already used")]
    CodeUsed,
    /// Unknown, lapsed, spent, or not of this browser, device and client.
    #[error("challenge gone")]
    ChallengeGone,
    /// Unknown, lapsed or spent.
    #[error("enrolment gone")]
    EnrolmentGone,
    /// The account's budget of wrong codes is spent for now.
    #[error("too many tries")]
    TooManyTries {
        /// Seconds.
        retry_after: Seconds,
    },
    /// Jellyfin does not let the user in now: disabled, remote access, schedule.
    #[error("not allowed now")]
    NotAllowedNow,
    /// Jellyfin refused the session itself; the proof stays good for a short while.
    #[error("session refused")]
    SessionRefused,
    /// A password alone does not enrol here; an administrator's one-time word does.
    #[error("word needed")]
    WordNeeded,
    /// Not that word.
    #[error("wrong word")]
    WrongWord,
    /// The proof for a change does not hold.
    #[error("wrong proof")]
    WrongProof,
    /// No such factor on this account.
    #[error("unknown factor")]
    UnknownFactor,
    /// The change wants a fresh proof.
    #[error("fresh proof wanted")]
    StepUp {
        /// By what it can be given.
        proofs: Vec<Method>,
    },
    /// This session was not opened in person: a full sign-in comes first.
    #[error("sign in fully first")]
    SignInFully,
    /// The first-run wizard is done, and its calls with it.
    #[error("wizard done")]
    WizardDone,
    /// A person must do this.
    #[error("not for api keys")]
    NotForKeys,
    /// The passkey proves nothing here.
    #[error("wrong passkey")]
    WrongPasskey,
    /// The ceremony is unknown, lapsed, used, or of another session.
    #[error("ceremony gone")]
    CeremonyGone,
    /// Some account has that passkey already.
    #[error("passkey known")]
    PasskeyKnown,
    /// No such app password on this account.
    #[error("unknown app password")]
    UnknownAppPassword,
    /// No such device on this account.
    #[error("unknown device")]
    UnknownDevice,
    /// The owner does not offer that to this account.
    #[error("not offered")]
    NotOffered,
    /// There are as many as there may be.
    #[error("too many")]
    TooMany,
    /// No device shows this Quick Connect code.
    #[error("unknown code")]
    UnknownCode,
    /// That was done often enough for now.
    #[error("too often")]
    TooOften {
        /// Seconds.
        retry_after: Seconds,
    },
    /// A verified e-mail address comes first.
    #[error("verified address needed")]
    AddressNeeded,
    /// No such user.
    #[error("unknown user")]
    UnknownUser,
    /// Something of ours is broken; the reason stands in the log and on the dashboard.
    #[error("broken: {0}")]
    Broken(String),
}

impl From<StoreError> for Denial {
    fn from(error: StoreError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<rusqlite::Error> for Denial {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

impl From<NoRandomness> for Denial {
    fn from(error: NoRandomness) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<TrustError> for Denial {
    fn from(error: TrustError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<SealError> for Denial {
    fn from(error: SealError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<AddressError> for Denial {
    fn from(error: AddressError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<MessageError> for Denial {
    fn from(error: MessageError) -> Self {
        match error {
            MessageError::Outbox(OutboxError::Enough(retry_after)) => Self::TooOften { retry_after },
            other => Self::Broken(other.to_string()),
        }
    }
}

impl From<HostError> for Denial {
    fn from(error: HostError) -> Self {
        Self::Broken(error.to_string())
    }
}
