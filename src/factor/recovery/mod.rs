//! Recovery codes: for the day the phone is lost. Each works once; only keyed hashes are stored.
//!
//! 16 symbols of 5 bits are 80 random bits, so one keyed hash is enough and a lookup costs the same for all.

use zeroize::Zeroizing;

use crate::clock::{NoRandomness, Randomness};
use crate::crypto::key::DerivedKey;
use crate::crypto::mac;
use crate::factor::symbols;
use crate::host::AccountId;

/// Codes in a set.
pub const COUNT: usize = 10;
/// Symbols in a code.
pub const SYMBOLS: usize = 16;
/// Makes a set of [`COUNT`] codes, each as `xxxx-xxxx-xxxx-xxxx`.
pub fn generate(randomness: &dyn Randomness) -> Result<Vec<Zeroizing<String>>, NoRandomness> {
    (0..COUNT).map(|_| symbols::draw::<SYMBOLS>(randomness)).collect()
}

/// A set of codes made for one account.
pub struct Set {
    /// To show once.
    pub codes: Vec<Zeroizing<String>>,
    /// To store.
    pub hashes: Vec<[u8; mac::DIGEST_BYTES]>,
}

/// Makes a set for an account.
pub fn generate_for(account: &AccountId, key: &DerivedKey, randomness: &dyn Randomness) -> Result<Set, NoRandomness> {
    let codes = generate(randomness)?;
    let hashes = codes.iter().filter_map(|code| normalise(code)).map(|code| hash(key, account, &code)).collect();
    Ok(Set { codes, hashes })
}

/// The 16 symbols behind what was typed, or none when it is not a code. See [`symbols::normalise`].
pub fn normalise(text: &str) -> Option<Zeroizing<String>> {
    symbols::normalise::<SYMBOLS>(text)
}

/// A code typed behind a password: where it starts in `text`, and its 16 symbols.
pub fn tail(text: &str) -> Option<(usize, Zeroizing<String>)> {
    symbols::tail::<SYMBOLS>(text)
}

/// What is stored of a code, bound to its account.
pub fn hash(key: &DerivedKey, account: &AccountId, normalised: &str) -> [u8; mac::DIGEST_BYTES] {
    mac::keyed_hash(key, "recovery code", &[account.as_bytes(), normalised.as_bytes()])
}

#[cfg(test)]
mod tests;
