//! Authenticator apps: time-based one-time passwords (RFC 6238) by totp-rs.
//!
//! A step may be spent once and for ever; who spends it is the gate's business, so a right code is answered with
//! its step.

use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Secret};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::clock::{NoRandomness, Randomness, Seconds};
use crate::defense::name::misleads;

/// Bytes of a new secret: 160 bits, as RFC 4226 section 4 recommends.
pub const SECRET_BYTES: usize = 20;
/// Steps accepted before and after the present one (RFC 6238, section 5.2).
const SKEW_STEPS: u64 = 1;
/// Shortest secret accepted: 128 bits (RFC 4226, section 4).
const SHORTEST_SECRET: usize = 16;
/// Longest secret accepted: one block of SHA-512.
pub const LONGEST_SECRET: usize = 128;
/// Fewest digits (RFC 4226, section 5.3).
const FEWEST_DIGITS: u8 = 6;
/// Most digits.
const MOST_DIGITS: u8 = 8;
/// Shortest period in seconds.
const SHORTEST_PERIOD: u32 = 10;
/// Longest period in seconds.
const LONGEST_PERIOD: u32 = 300;
/// Bytes of issuer and account that go into an address, so that it fits a QR code even where each becomes `%xx`.
const LONGEST_LABEL: usize = 64;

/// A typed code with all its blanks is not longer than this.
const LONGEST_INPUT: usize = 64;

/// The hash inside. Many apps know only SHA-1, which HMAC does not weaken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// HMAC-SHA-1.
    #[default]
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

impl From<Algorithm> for totp_rs::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha1 => Self::SHA1,
            Algorithm::Sha256 => Self::SHA256,
            Algorithm::Sha512 => Self::SHA512,
        }
    }
}

/// What app and server must agree on beside the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    /// The hash.
    pub algorithm: Algorithm,
    /// Digits of a code, 6 to 8.
    pub digits: u8,
    /// Seconds a step lasts.
    pub period: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { algorithm: Algorithm::Sha1, digits: FEWEST_DIGITS, period: 30 }
    }
}

/// Why there is no authenticator.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TotpError {
    /// Too short or too long.
    #[error("an authenticator's secret must have {SHORTEST_SECRET} to {LONGEST_SECRET} bytes")]
    Secret,
    /// Out of range.
    #[error("a code must have {FEWEST_DIGITS} to {MOST_DIGITS} digits")]
    Digits,
    /// Out of range.
    #[error("a code's period must be {SHORTEST_PERIOD} to {LONGEST_PERIOD} seconds")]
    Period,
    /// Nothing to call the account.
    #[error("an authenticator needs an account name")]
    Account,
    /// totp-rs refused for a reason of its own.
    #[error("the authenticator's address could not be written")]
    Address,
}

/// One authenticator: secret and parameters.
pub struct Totp {
    inner: totp_rs::Totp,
    parameters: Parameters,
}

impl Totp {
    /// Takes a secret in its raw form.
    pub fn new(secret: &[u8], parameters: Parameters) -> Result<Self, TotpError> {
        let inner = builder(secret, parameters)?.build().map_err(|_| TotpError::Secret)?;
        Ok(Self { inner, parameters })
    }

    /// Digits of a code.
    pub fn digits(&self) -> u8 {
        self.parameters.digits
    }

    /// The step whose code this is, if it is one of the present step and its neighbours.
    ///
    /// ASCII whitespace is ignored. Every step's code is made and compared, in constant time, whichever matches and
    /// whatever was typed; among equal codes the latest step is answered.
    pub fn matching_step(&self, code: &str, now: Seconds) -> Option<u64> {
        let (digits, present) = (self.parameters.digits, self.step(now)?);
        let tidied;
        // Mostly nothing is to be tidied up, and then nothing is to be copied and wiped.
        let (text, sound) = if code.len() == usize::from(digits) && code.bytes().all(|byte| byte.is_ascii_digit()) {
            (code, true)
        } else {
            tidied = Digits::typed(code, digits);
            (tidied.as_str(), tidied.sound)
        };
        let mut matching = None;
        for step in present.saturating_sub(SKEW_STEPS)..=present.saturating_add(SKEW_STEPS) {
            // Without a skew of its own totp-rs looks at this step alone; with one it would stop at the first match.
            if self.inner.check(text, self.start(step)).is_some() {
                matching = Some(step);
            }
        }
        matching.filter(|_| sound)
    }

    /// The code at one moment. For the demo and tests; empty before 1970.
    pub fn code_at(&self, now: Seconds) -> String {
        self.step(now).map_or_else(String::new, |step| self.inner.generate(self.start(step)).to_string())
    }

    /// The number of the step at one moment; none before 1970.
    pub fn step(&self, now: Seconds) -> Option<u64> {
        u64::try_from(now).ok().map(|now| now / u64::from(self.parameters.period))
    }

    /// The first second of a step.
    fn start(&self, step: u64) -> u64 {
        step.saturating_mul(u64::from(self.parameters.period))
    }
}

/// Makes a new secret.
pub fn generate_secret(randomness: &dyn Randomness) -> Result<Zeroizing<Vec<u8>>, NoRandomness> {
    let mut secret = Zeroizing::new(vec![0; SECRET_BYTES]);
    randomness.fill(&mut secret)?;
    Ok(secret)
}

/// The secret for typing in by hand: base32 without padding (RFC 4648, section 6).
pub fn secret_text(secret: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(data_encoding::BASE32_NOPAD.encode(secret))
}

/// The `otpauth://` address an app reads from the QR code. Holds the secret.
///
/// Issuer and account are hostile: colons (the separator), control and direction characters become dashes, and each
/// is cut to [`LONGEST_LABEL`] bytes.
pub fn uri(secret: &[u8], parameters: Parameters, issuer: &str, account: &str) -> Result<Zeroizing<String>, TotpError> {
    let (issuer, account) = (label(issuer), label(account));
    if account.is_empty() {
        return Err(TotpError::Account);
    }
    builder(secret, parameters)?
        .with_account_name(account)
        .with_issuer(Some(issuer).filter(|issuer| !issuer.is_empty()))
        .build()
        .and_then(|totp| totp.to_url())
        .map(Zeroizing::new)
        .map_err(|_| TotpError::Address)
}

fn builder(secret: &[u8], parameters: Parameters) -> Result<Builder, TotpError> {
    if !(SHORTEST_SECRET..=LONGEST_SECRET).contains(&secret.len()) {
        return Err(TotpError::Secret);
    }
    if !(FEWEST_DIGITS..=MOST_DIGITS).contains(&parameters.digits) {
        return Err(TotpError::Digits);
    }
    if !(SHORTEST_PERIOD..=LONGEST_PERIOD).contains(&parameters.period) {
        return Err(TotpError::Period);
    }
    Ok(Builder::new()
        .with_algorithm(parameters.algorithm.into())
        .with_digits(parameters.digits)
        .with_step_duration(parameters.period.into())
        .with_skew(0)
        .with_secret(match <[u8; SECRET_BYTES]>::try_from(secret) {
            Ok(usual) => Secret::new_stack(usual),
            Err(_) => Secret::from(secret),
        }))
}

fn label(text: &str) -> String {
    let text = text.trim();
    text[..text.floor_char_boundary(LONGEST_LABEL)]
        .chars()
        .map(|c| if c == ':' || misleads(c) { '-' } else { c })
        .collect()
}

/// A typed code without its blanks, on the stack.
#[derive(ZeroizeOnDrop)]
struct Digits {
    digits: [u8; MOST_DIGITS as usize],
    #[zeroize(skip)]
    count: usize,
    /// False when it was anything but `count` digits; zeroes are compared in its place, so that it costs the same.
    #[zeroize(skip)]
    sound: bool,
}

const ZEROES: [u8; MOST_DIGITS as usize] = [b'0'; MOST_DIGITS as usize];

impl Digits {
    fn typed(text: &str, count: u8) -> Self {
        let mut typed = Self { digits: ZEROES, count: usize::from(count.min(MOST_DIGITS)), sound: false };
        typed.sound = text.len() <= LONGEST_INPUT && typed.fill(text);
        if !typed.sound {
            typed.digits = ZEROES;
        }
        typed
    }

    /// Is the text so many digits, and nothing else but blanks?
    fn fill(&mut self, text: &str) -> bool {
        let mut places = self.digits[..self.count].iter_mut();
        for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
            match places.next() {
                Some(place) if byte.is_ascii_digit() => *place = byte,
                _ => return false,
            }
        }
        places.next().is_none()
    }

    fn as_str(&self) -> &str {
        str::from_utf8(&self.digits[..self.count]).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
