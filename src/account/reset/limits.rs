//! How long what is sent is good, how long it is, and how often it may be guessed.

use crate::clock::{DAY, Seconds};
use crate::store::resets::Kind;

/// How long a link or a PIN is good, in seconds.
pub(super) const LINK_LIFETIME: Seconds = 30 * 60;
/// How long a code is good, in seconds.
pub const CODE_LIFETIME: Seconds = 10 * 60;
/// How long a link is good that an administrator handed over, in seconds.
pub const HANDED_LIFETIME: Seconds = DAY;
/// Digits of a code.
pub const CODE_DIGITS: usize = 6;
/// Symbols of a PIN at least, 5 bits each: whoever redeems one says no name, so it must be hard to hit anybody's.
pub(super) const PIN_SYMBOLS: usize = 16;
/// Of each kind, as many are good at once for one account and one asker.
pub(super) const MOST_LIVE: u32 = 5;
/// Wrong tries of one asking, whoever was found by it.
pub(super) const MOST_TRIES: u32 = 5;

/// How long each kind is good, in seconds.
pub(super) fn lifetime(kind: Kind) -> Seconds {
    match kind {
        Kind::Code => CODE_LIFETIME,
        Kind::Link | Kind::Pin | Kind::PinLink => LINK_LIFETIME,
        Kind::Handed => HANDED_LIFETIME,
    }
}
