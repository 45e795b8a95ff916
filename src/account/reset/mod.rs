//! Forgotten passwords: one engine behind every way in.
//!
//! Whoever asks is told the same, in the same time, whether anybody has that name or not: what is written for somebody
//! is written for nobody too, and only the message is missing. What comes back is spent by one statement; then Jellyfin
//! sets the password, and whatever rested on the old one ends. A second factor is asked for afterwards as ever.

mod ask;
mod asker;
mod count;
mod error;
pub mod hand_out;
mod limits;
pub mod pin;
mod redeem;
mod secret;
mod under_way;
mod way;

pub use ask::ask;
pub use error::ResetError;
pub use limits::{CODE_DIGITS, CODE_LIFETIME, HANDED_LIFETIME};
pub use redeem::{By, redeem};
pub use secret::pin_mark;
pub use under_way::Leftovers;
pub use way::{PAGE, PIN_PAGE, Sends, Way, offered, sends};
