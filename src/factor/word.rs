//! One-time words for a TV: short enough for a remote control, good for minutes and once, typed as the password.

use zeroize::Zeroizing;

use super::symbols;
use crate::clock::{NoRandomness, Randomness, Seconds};
use crate::crypto::key::DerivedKey;
use crate::crypto::mac;
use crate::host::AccountId;

/// Symbols in a word: 40 bits, for ten minutes behind the limits on tries.
pub const SYMBOLS: usize = 8;
/// How long a word is good, in seconds.
pub const LIFETIME: Seconds = 10 * 60;

/// Makes one, as `xxxx-xxxx`.
pub fn generate(randomness: &dyn Randomness) -> Result<Zeroizing<String>, NoRandomness> {
    symbols::draw::<SYMBOLS>(randomness)
}

/// What is stored of it, bound to its account; none for what cannot be one.
pub fn hash(key: &DerivedKey, account: &AccountId, typed: &str) -> Option<[u8; mac::DIGEST_BYTES]> {
    let normal = symbols::normalise::<SYMBOLS>(typed)?;
    Some(mac::keyed_hash(key, "one-time word", &[account.as_bytes(), normal.as_bytes()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandomness;

    #[test]
    fn is_eight_symbols_however_they_are_typed() {
        let (key, account) = (DerivedKey::from_bytes([7; 32]), AccountId::from([1; 16]));
        let word = generate(&SystemRandomness).unwrap();
        assert_eq!(word.len(), SYMBOLS + 1);
        assert!(hash(&key, &account, &word).is_some());
        assert_eq!(hash(&key, &account, &word.to_uppercase().replace('-', " ")), hash(&key, &account, &word));
        assert_eq!(hash(&key, &account, "right password"), None);
    }
}
