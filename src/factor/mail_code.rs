//! Codes that come by mail: a few digits, good for minutes, once, and in one place only.

use crate::clock::Seconds;
use crate::crypto::key::DerivedKey;
use crate::crypto::mac;
use crate::host::AccountId;

/// Digits of a code behind a right password.
pub const DIGITS: usize = 6;
/// Digits of a code that confirms a change inside a session.
pub const STEP_UP_DIGITS: usize = 8;
/// How long a code is good, in seconds.
pub const LIFETIME: Seconds = 5 * 60;
/// Tries, over all codes that were sent to the same place.
pub const MOST_TRIES: u32 = 5;

/// What is stored of a code: bound to its account, to what it is good for, and to one challenge or session.
pub fn hash(
    key: &DerivedKey,
    account: &AccountId,
    purpose: &str,
    bound_to: &[u8],
    normalised: &str,
) -> [u8; mac::DIGEST_BYTES] {
    let parts = [account.as_bytes(), purpose.as_bytes(), bound_to, normalised.as_bytes()];
    mac::keyed_hash(key, "code by mail", &parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_purpose_and_place_count() {
        let key = DerivedKey::from_bytes([7; 32]);
        let (alice, bob) = (AccountId::from([1; 16]), AccountId::from([2; 16]));
        let reference = hash(&key, &alice, "challenge", &[1; 32], "012345");
        for other in [
            hash(&key, &bob, "challenge", &[1; 32], "012345"),
            hash(&key, &alice, "step_up", &[1; 32], "012345"),
            hash(&key, &alice, "challenge", &[2; 32], "012345"),
            hash(&key, &alice, "challenge", &[1; 32], "012346"),
        ] {
            assert_ne!(reference, other);
        }
    }
}
