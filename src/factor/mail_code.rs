//! Codes that come by mail: a few digits, good for minutes, once, and in one place only.

use zeroize::Zeroizing;

use super::symbols;
use crate::clock::{NoRandomness, Randomness, Seconds};
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

/// The largest multiple of ten in a byte: what lies above would make small digits likelier.
const FAIR: u8 = 250;
/// Draws before a source that gives nothing fair is called broken. Six bytes in 256 are unfair.
const MOST_DRAWS: usize = 64;

/// Draws so many digits, each as likely as any other.
pub fn generate(randomness: &dyn Randomness, digits: usize) -> Result<Zeroizing<String>, NoRandomness> {
    let mut code = Zeroizing::new(String::with_capacity(digits));
    let mut bytes = Zeroizing::new([0; 16]);
    for _ in 0..MOST_DRAWS {
        randomness.fill(bytes.as_mut_slice())?;
        let fair = bytes.iter().filter(|byte| **byte < FAIR);
        let missing = digits - code.len();
        code.extend(fair.take(missing).map(|byte| char::from(b'0' + byte % 10)));
        if code.len() == digits {
            return Ok(code);
        }
    }
    Err(NoRandomness)
}

/// The digits behind what was typed, blanks and dashes left out; none when it is anything else.
pub fn normalise(typed: &str, digits: usize) -> Option<Zeroizing<String>> {
    if typed.len() > digits * symbols::LONGEST_SYMBOL {
        return None;
    }
    let mut code = Zeroizing::new(String::with_capacity(digits));
    for c in typed.chars().filter(|c| !symbols::separates(*c)) {
        if !c.is_ascii_digit() || code.len() == digits {
            return None;
        }
        code.push(c);
    }
    (code.len() == digits).then_some(code)
}

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
    use crate::clock::SystemRandomness;

    struct Bytes(u8);

    impl Randomness for Bytes {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    #[test]
    fn every_digit_comes_as_often_as_any_other() {
        let mut counts = [0_u32; 10];
        for byte in 0..=u8::MAX {
            match generate(&Bytes(byte), 6) {
                Ok(code) => counts[usize::from(code.as_bytes()[0] - b'0')] += 1,
                Err(NoRandomness) => assert!(byte >= FAIR, "{byte} is fair"),
            }
        }
        assert_eq!(counts, [25; 10]);
        for digits in [DIGITS, STEP_UP_DIGITS] {
            let code = generate(&SystemRandomness, digits).unwrap();
            assert!(code.len() == digits && code.bytes().all(|byte| byte.is_ascii_digit()), "{}", *code);
        }
    }

    #[test]
    fn is_read_however_it_was_copied() {
        for typed in ["012345", " 012 345 ", "012-345", "012\u{2013}345\r\n", "0 1 2 3 4 5", "012\u{a0}345"] {
            assert_eq!(normalise(typed, 6).unwrap().as_str(), "012345", "{typed:?}");
        }
        for typed in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "１２３４５６", "12345\0", &" ".repeat(1 << 20)]
        {
            assert!(normalise(typed, 6).is_none(), "{typed:?}");
        }
    }

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
