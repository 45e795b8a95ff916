//! What a password set through us must be (NIST SP 800-63B-4, 3.1.1.2): long enough, not known to everybody, not made of
//! its owner's name, and not quickly guessed. Nothing is asked about capitals, digits or signs, nothing is cut off.
//!
//! Jellyfin hashes the bytes it is given, so that a password has to be spelt in one way only: what [`judge`] accepts is
//! in NFC, which is what keyboards and browsers send. A password that is checked, at sign-in or as a proof, is passed on
//! as it came: one that Jellyfin set itself may be spelt otherwise and would never match again.

mod about;
pub mod breached;
mod composed;
mod popular;
mod strength;

use std::path::Path;

use thiserror::Error;
use zeroize::Zeroizing;

use crate::settings::{Settings, keys};

use breached::{List, NoList};
pub use composed::{LONGEST, composed};
pub use strength::{BEST, Hint, Strength, strength};

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum Weak {
    /// Fewer characters than the settings ask for.
    #[error("the password is too short: take at least {min} characters")]
    TooShort {
        /// Fewest characters (Unicode code points, in NFC).
        min: u32,
    },
    /// More than [`LONGEST`] characters.
    #[error("the password is too long: take at most {max} characters")]
    TooLong {
        /// Most characters.
        max: u32,
    },
    /// A control character: no keyboard types one, and not every app can send it.
    #[error("the password holds a character that cannot be typed: leave it out")]
    ControlCharacter,
    /// Among the passwords that everybody tries first.
    #[error("the password is on the list of those that are tried first: take another")]
    Common,
    /// Hardly more than the account's name, its address or the server's name.
    #[error("the password is made of a name or an address that others know: take another")]
    AboutYou,
    /// Long enough, but a pattern: its score is below the one the settings ask for.
    #[error("the password is too easy to guess: take some words more")]
    TooGuessable,
}

impl Weak {
    /// Its stable name; `password-problem-<code>` is its text.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } => "too_long",
            Self::ControlCharacter => "control_character",
            Self::Common => "common",
            Self::AboutYou => "about_you",
            Self::TooGuessable => "too_guessable",
        }
    }

    /// The number that belongs into its text, where there is one.
    pub fn count(self) -> Option<u32> {
        match self {
            Self::TooShort { min: count } | Self::TooLong { max: count } => Some(count),
            _ => None,
        }
    }
}

/// Judges a password that somebody wants to set, and gives the form in which it is to be set. `about`: user name, e-mail
/// address, the server's name.
pub fn judge(settings: &Settings, password: &str, about: &[&str]) -> Result<Zeroizing<String>, Weak> {
    let password = composed(password).ok_or(Weak::TooLong { max: LONGEST })?;
    let length = password.chars().count();
    let min = settings.get(&keys::PASSWORDS_MIN_LENGTH);
    if length < min as usize {
        return Err(Weak::TooShort { min });
    }
    if length > LONGEST as usize {
        return Err(Weak::TooLong { max: LONGEST });
    }
    if password.contains(char::is_control) {
        return Err(Weak::ControlCharacter);
    }
    if settings.get(&keys::PASSWORDS_REFUSE_COMMON) && is_common(settings, &password) {
        return Err(Weak::Common);
    }
    if about::is_about(&password, about) {
        return Err(Weak::AboutYou);
    }
    if u32::from(strength(&password, about).score) < settings.get(&keys::PASSWORDS_MIN_SCORE) {
        return Err(Weak::TooGuessable);
    }
    Ok(password)
}

/// Is the list of breached passwords there, if one is set? An administrator has to know: without it, [`judge`] goes on
/// by the built-in list alone.
pub fn check_list(settings: &Settings) -> Result<(), NoList> {
    list(settings).transpose().map(|_| ())
}

fn is_common(settings: &Settings, password: &str) -> bool {
    let listed = |mut list: List| list.holds(password).unwrap_or(false);
    popular::is_popular(password) || list(settings).and_then(Result::ok).is_some_and(listed)
}

fn list(settings: &Settings) -> Option<Result<List, NoList>> {
    let path = settings.get(&keys::PASSWORDS_LIST_FILE);
    (!path.is_empty()).then(|| List::open(Path::new(&path)))
}

#[cfg(test)]
mod tests;
