//! Why nothing came of a reset.

use thiserror::Error;

use crate::account::password_rules::Weak;
use crate::clock::{NoRandomness, Seconds};
use crate::crypto::seal::SealError;
use crate::gate::denial::Denial;
use crate::host::HostError;
use crate::notify::addresses::AddressError;
use crate::store::StoreError;

/// Why nothing came of it.
#[derive(Debug, Error)]
pub enum ResetError {
    /// Switched off, or no mail can leave, or no link can be built.
    #[error("resets are not offered")]
    NotOffered,
    /// Unknown, dead, spent, or void.
    #[error("reset gone")]
    Gone,
    /// Not that code.
    #[error("wrong code")]
    WrongCode {
        /// Tries left.
        tries_left: u32,
    },
    /// Too much from there.
    #[error("too many tries")]
    TooManyTries {
        /// Seconds.
        retry_after: Seconds,
    },
    /// The new password will not do; nothing is spent.
    #[error(transparent)]
    Weak(#[from] Weak),
    /// The sign-in that this belongs to is over.
    #[error("challenge gone")]
    ChallengeGone,
    /// Jellyfin lets nobody in with that account.
    #[error("the account is disabled")]
    Disabled,
    /// An administrator's account whose only factor is mail: one mailbox would open it.
    #[error("mail is the only factor of an administrator")]
    MailOpensAll,
    /// That account has no verified address.
    #[error("no verified address")]
    NoAddress,
    /// Something of ours, or of Jellyfin's, is broken.
    #[error("broken: {0}")]
    Broken(String),
}

macro_rules! broken_by {
    ($($error:ty),+) => { $(
        impl From<$error> for ResetError {
            fn from(error: $error) -> Self {
                Self::Broken(error.to_string())
            }
        }
    )+ };
}
broken_by!(StoreError, SealError, NoRandomness, HostError, AddressError, Denial);

impl From<rusqlite::Error> for ResetError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}
