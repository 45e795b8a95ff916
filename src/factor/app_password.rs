//! App passwords: generated, never chosen, for apps that know only a name and a password. 24 symbols are 120 bits, so
//! one fast keyed hash is enough, and one lookup finds it among any number.

use zeroize::Zeroizing;

use super::symbols;
use crate::clock::{NoRandomness, Randomness};
use crate::crypto::key::DerivedKey;
use crate::crypto::mac;
use crate::host::AccountId;

/// Symbols in an app password.
pub const SYMBOLS: usize = 24;

/// Makes one, as `xxxx-xxxx-xxxx-xxxx-xxxx-xxxx`.
pub fn generate(randomness: &dyn Randomness) -> Result<Zeroizing<String>, NoRandomness> {
    symbols::draw::<SYMBOLS>(randomness)
}

/// What is stored of it, bound to its account. What cannot be one is hashed as it stands and never found: the work is
/// the same.
pub fn hash(key: &DerivedKey, account: &AccountId, typed: &str) -> [u8; mac::DIGEST_BYTES] {
    let normal = symbols::normalise::<SYMBOLS>(typed);
    let (domain, text) = match &normal {
        Some(normal) => ("app password", normal.as_str()),
        None => ("no app password", typed),
    };
    mac::keyed_hash(key, domain, &[account.as_bytes(), text.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandomness;

    #[test]
    fn is_found_however_it_is_typed_and_only_for_its_account() {
        let key = DerivedKey::from_bytes([7; 32]);
        let (alice, bob) = (AccountId::from([1; 16]), AccountId::from([2; 16]));
        let password = generate(&SystemRandomness).unwrap();
        assert_eq!(password.len(), SYMBOLS + SYMBOLS / symbols::GROUP - 1);
        let kept = hash(&key, &alice, &password);
        for typed in [password.to_uppercase(), password.replace('-', ""), format!(" {} ", password.replace('-', " "))] {
            assert_eq!(hash(&key, &alice, &typed), kept, "{typed}");
        }
        assert_ne!(hash(&key, &bob, &password), kept);
        assert_ne!(hash(&DerivedKey::from_bytes([8; 32]), &alice, &password), kept);
        assert_ne!(hash(&key, &alice, &password[1..]), kept);
    }
}
