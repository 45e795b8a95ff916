//! The e-mail address of an account: set by its owner, who shows that they read what is sent there, or by an
//! administrator.
//!
//! A new address counts for nothing until its code came back. Whether somebody else has it already is said in the mail
//! alone: the page says the same to everybody. The address before is told of every change, with a way back.

pub mod administer;
mod change;
pub mod removal;
pub mod set_up;
pub mod undo;
pub mod verification;
pub mod view;

use thiserror::Error;

use crate::clock::{NoRandomness, Seconds};
use crate::context::Context;
use crate::crypto::seal::SealError;
use crate::gate::denial::Denial;
use crate::notify::addresses::AddressError;
use crate::notify::message::MessageError;
use crate::notify::outbox::OutboxError;
use crate::notify::outgoing;
use crate::store::StoreError;

/// The page with the button, below the base URL.
pub const UNDO_PAGE: &str = "/Jellyward/Undo";

/// Why nothing was done.
#[derive(Debug, Error)]
pub enum EmailDenial {
    /// As everywhere at the gate.
    #[error(transparent)]
    Gate(#[from] Denial),
    /// As much was sent as may be, for this account or to this address.
    #[error("sent too often; wait {0} seconds")]
    TooOften(Seconds),
    /// No mail can be sent.
    #[error("mail is not set up")]
    NotSetUp,
    /// No address waits for a code: none was entered, its time or its tries are over, or a newer one came.
    #[error("no address waits for a code")]
    Gone,
    /// Not that code.
    #[error("wrong code")]
    WrongCode {
        /// How often it may still be tried.
        tries_left: u32,
    },
    /// The owner wants every account to have one.
    #[error("an address is required")]
    Required,
    /// Codes by mail go there, and are a factor of the account.
    #[error("codes by mail rest on it")]
    Factor,
    /// Another account has it; told to administrators only.
    #[error("another account has that address")]
    InUse,
    /// The account has no address.
    #[error("no address")]
    NoAddress,
    /// The way back was gone already, or never was.
    #[error("nothing to undo")]
    UndoGone,
}

/// What is broken is broken for everybody; each of these ends in [`Denial::Broken`].
macro_rules! broken {
    ($($error:ty),+) => {
        $(impl From<$error> for EmailDenial {
            fn from(error: $error) -> Self {
                Self::Gate(Denial::Broken(error.to_string()))
            }
        })+
    };
}

broken!(StoreError, AddressError, NoRandomness, SealError);

impl From<MessageError> for EmailDenial {
    fn from(error: MessageError) -> Self {
        match error {
            MessageError::Outbox(OutboxError::Enough(wait)) => Self::TooOften(wait),
            other => Self::Gate(Denial::Broken(other.to_string())),
        }
    }
}

/// Can mail be sent at all?
pub fn can_send(cx: &Context) -> bool {
    outgoing::can_leave(cx, &cx.settings())
}
