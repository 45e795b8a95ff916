//! Recovery codes: for the day the phone is lost. Each works once; only keyed hashes are stored.
//!
//! 16 symbols of 5 bits are 80 random bits, so one keyed hash is enough and a lookup costs the same for all.

use zeroize::Zeroizing;

use crate::clock::{NoRandomness, Randomness};
use crate::crypto::key::DerivedKey;
use crate::crypto::mac;
use crate::host::AccountId;

/// Codes in a set.
pub const COUNT: usize = 10;
/// Symbols in a code.
pub const SYMBOLS: usize = 16;
/// Symbols between two separators, for reading aloud.
pub const GROUP: usize = 4;

/// Crockford's base 32 in lower case: without i, l, o (look like digits) and u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// More than this is not a code, however many separators it has.
const LONGEST_INPUT: usize = 64;

/// Makes a set of [`COUNT`] codes, each as `xxxx-xxxx-xxxx-xxxx`.
pub fn generate(randomness: &dyn Randomness) -> Result<Vec<Zeroizing<String>>, NoRandomness> {
    (0..COUNT).map(|_| generate_one(randomness)).collect()
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

fn generate_one(randomness: &dyn Randomness) -> Result<Zeroizing<String>, NoRandomness> {
    let mut bytes = Zeroizing::new([0; SYMBOLS]);
    randomness.fill(bytes.as_mut_slice())?;
    let mut code = Zeroizing::new(String::with_capacity(SYMBOLS + SYMBOLS / GROUP));
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % GROUP == 0 {
            code.push('-');
        }
        // 256 is a multiple of 32: every symbol is equally likely.
        code.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    Ok(code)
}

/// The 16 symbols behind what was typed, or none when it is not a code.
///
/// Case, blanks and dashes of any script are ignored; O is read as 0, I and L as 1.
pub fn normalise(text: &str) -> Option<Zeroizing<String>> {
    if text.len() > LONGEST_INPUT {
        return None;
    }
    let (start, code) = tail(text)?;
    text[..start].chars().all(separates).then_some(code)
}

/// A code typed behind a password: where it starts in `text`, and its 16 symbols.
///
/// Takes the last 16 symbols, skipping separators between and behind them. None when something else comes first.
pub fn tail(text: &str) -> Option<(usize, Zeroizing<String>)> {
    let mut symbols = Zeroizing::new([0; SYMBOLS]);
    let mut missing = SYMBOLS;
    for (index, c) in text.char_indices().rev() {
        if text.len() - index > LONGEST_INPUT {
            return None;
        }
        if separates(c) {
            continue;
        }
        missing -= 1;
        symbols[missing] = symbol(c)?;
        if missing == 0 {
            let code = std::str::from_utf8(symbols.as_slice()).ok()?;
            return Some((index, Zeroizing::new(code.to_owned())));
        }
    }
    None
}

/// What is stored of a code, bound to its account.
pub fn hash(key: &DerivedKey, account: &AccountId, normalised: &str) -> [u8; mac::DIGEST_BYTES] {
    mac::keyed_hash(key, "recovery code", &[account.as_bytes(), normalised.as_bytes()])
}

fn symbol(c: char) -> Option<u8> {
    let folded = match c.to_ascii_lowercase() {
        'o' => b'0',
        'i' | 'l' => b'1',
        c => u8::try_from(c).ok()?,
    };
    ALPHABET.contains(&folded).then_some(folded)
}

/// Blanks, the ASCII hyphen, and what word processors and phones make of it.
fn separates(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

#[cfg(test)]
mod tests;
