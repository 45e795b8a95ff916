//! Forgotten passwords: one engine behind every way in.
//!
//! Whoever asks is told the same, in the same time, whether anybody has that name or not: what is written for somebody
//! is written for nobody too, and only the message is missing. What comes back is spent by one statement; then Jellyfin
//! sets the password, and whatever rested on the old one ends. A second factor is asked for afterwards as ever.

mod ask;
mod asker;
mod count;
pub mod hand_out;
pub mod pin;
mod redeem;
mod secret;
mod under_way;

use thiserror::Error;

use super::password_rules::Weak;
use crate::clock::{DAY, NoRandomness, Seconds};
use crate::context::Context;
use crate::crypto::mac;
use crate::crypto::seal::SealError;
use crate::gate::denial::Denial;
use crate::host::{AccountId, HostError};
use crate::notify::addresses::AddressError;
use crate::notify::outgoing::can_leave;
use crate::settings::{ResetDialog, ResetMessage, Settings, keys};
use crate::store::StoreError;
use crate::store::resets::{Hash, Kind};

pub use ask::{Way, ask};
pub use redeem::{By, redeem};
pub use under_way::Leftovers;

/// How long a link or a PIN is good, in seconds.
pub const LINK_LIFETIME: Seconds = 30 * 60;
/// How long a code is good, in seconds.
pub const CODE_LIFETIME: Seconds = 10 * 60;
/// How long a link is good that an administrator handed over, in seconds.
pub const HANDED_LIFETIME: Seconds = DAY;
/// Digits of a code.
pub const CODE_DIGITS: usize = 6;
/// Symbols of a PIN at least, 5 bits each: whoever redeems one says no name, so it must be hard to hit anybody's.
pub const PIN_SYMBOLS: usize = 16;
/// Of each kind, as many are good at once for one account and one asker.
pub const MOST_LIVE: u32 = 5;
/// Wrong tries of one asking, whoever was found by it.
pub const MOST_TRIES: u32 = 5;
/// The page where a password is chosen.
pub const PAGE: &str = "/Jellyward/Reset";
/// The page whose button makes the PIN the password.
pub const PIN_PAGE: &str = "/Jellyward/Reset/Pin";

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

/// What goes out when somebody asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sends {
    /// A code for the page that asked.
    pub code: bool,
    /// A link to the page where a password is chosen.
    pub link: bool,
    /// A PIN for Jellyfin's dialog.
    pub pin: bool,
    /// A link that makes a PIN the password.
    pub pin_link: bool,
}

impl Sends {
    fn anything(self) -> bool {
        self.code || self.link || self.pin || self.pin_link
    }
}

/// What can go out by that way, with these settings. Nothing: that way is closed.
pub fn sends(cx: &Context, settings: &Settings, way: Way) -> Sends {
    if !settings.get(&keys::RESET_ENABLED) || !can_leave(cx, settings) {
        return Sends::default();
    }
    let links = settings.get(&keys::WEB_PUBLIC_URL).is_some();
    match way {
        Way::Page => {
            let message = settings.get(&keys::RESET_MESSAGE);
            let code = message != ResetMessage::Link;
            Sends { code, link: links && message != ResetMessage::Code, ..Sends::default() }
        }
        Way::Dialog => match settings.get(&keys::RESET_DIALOG) {
            ResetDialog::Stock => Sends::default(),
            ResetDialog::Pin => Sends { pin: true, ..Sends::default() },
            ResetDialog::PinLink => Sends { pin_link: links, ..Sends::default() },
            ResetDialog::Link => Sends { link: links, ..Sends::default() },
        },
    }
}

/// Is that way open?
pub fn offered(cx: &Context, way: Way) -> bool {
    sends(cx, &cx.settings(), way).anything()
}

/// What is stored of a code, bound to the browser that asked for it and to whom it was mailed.
fn code_hash(cx: &Context, flow: &Hash, account: &AccountId, code: &str) -> Hash {
    mac::keyed_hash(&cx.keys.reset, "reset code", &[flow, account.as_bytes(), code.as_bytes()])
}

/// By which a PIN that became a password is known again, however it is written: it must not be chosen once more.
pub(super) fn pin_mark(cx: &Context, account: &AccountId, password: &str) -> Hash {
    let normal = secret::normal_pin(password);
    let pin = normal.as_ref().map_or(password, |pin| pin.as_str());
    mac::keyed_hash(&cx.keys.reset, "pin as password", &[account.as_bytes(), pin.as_bytes()])
}

/// How long each kind is good, in seconds.
fn lifetime(kind: Kind) -> Seconds {
    match kind {
        Kind::Code => CODE_LIFETIME,
        Kind::Link | Kind::Pin | Kind::PinLink => LINK_LIFETIME,
        Kind::Handed => HANDED_LIFETIME,
    }
}

fn minutes(lifetime: Seconds) -> String {
    (lifetime / 60).to_string()
}
