//! Secrets that people read and type: base 32 in groups of four, forgiving on entry.
//!
//! One format for recovery codes, app passwords and one-time words; only their number of symbols differs.

use zeroize::Zeroizing;

use crate::clock::{NoRandomness, Randomness};

/// Symbols between two separators, for reading aloud.
pub const GROUP: usize = 4;

/// Crockford's base 32 in lower case: without i, l, o (look like digits) and u.
pub(super) const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Each byte: one of the alphabet?
const IS_SYMBOL: [bool; 256] = {
    let mut is = [false; 256];
    let mut index = 0;
    while index < ALPHABET.len() {
        is[ALPHABET[index] as usize] = true;
        index += 1;
    }
    is
};
/// More bytes than this for each symbol is nothing of ours, however many separators it has.
const LONGEST_SYMBOL: usize = 4;

/// Draws `COUNT` symbols, 5 bits each, as `xxxx-xxxx-…`.
pub fn draw<const COUNT: usize>(randomness: &dyn Randomness) -> Result<Zeroizing<String>, NoRandomness> {
    let mut bytes = Zeroizing::new([0; COUNT]);
    randomness.fill(bytes.as_mut_slice())?;
    let mut text = Zeroizing::new(String::with_capacity(COUNT + COUNT / GROUP));
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % GROUP == 0 {
            text.push('-');
        }
        // 256 is a multiple of 32: every symbol is equally likely.
        text.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    Ok(text)
}

/// The `COUNT` symbols behind what was typed, or none when it is anything else.
///
/// Case, blanks and dashes of any script are ignored; O is read as 0, I and L as 1.
pub fn normalise<const COUNT: usize>(text: &str) -> Option<Zeroizing<String>> {
    if text.len() > COUNT * LONGEST_SYMBOL {
        return None;
    }
    let (start, symbols) = tail::<COUNT>(text)?;
    text[..start].chars().all(separates).then_some(symbols)
}

/// The symbols behind what was typed, where they are `least` to `most`; forgiving as [`normalise`].
pub fn normalise_between(text: &str, least: usize, most: usize) -> Option<Zeroizing<String>> {
    if text.len() > most * LONGEST_SYMBOL {
        return None;
    }
    let mut symbols = Zeroizing::new(String::with_capacity(most));
    for c in text.chars() {
        match symbol(c) {
            Some(symbol) if symbols.len() < most => symbols.push(char::from(symbol)),
            None if separates(c) => {}
            _ => return None,
        }
    }
    (symbols.len() >= least).then_some(symbols)
}

/// Symbols typed behind a password: where they start in `text`, and what they are.
///
/// Takes the last `COUNT` symbols, skipping separators between and behind them. None when something else comes first.
pub fn tail<const COUNT: usize>(text: &str) -> Option<(usize, Zeroizing<String>)> {
    let mut symbols = Zeroizing::new([0; COUNT]);
    let mut missing = COUNT;
    for (index, c) in text.char_indices().rev() {
        if text.len() - index > COUNT * LONGEST_SYMBOL {
            return None;
        }
        let Some(symbol) = symbol(c) else {
            if separates(c) {
                continue;
            }
            return None;
        };
        missing -= 1;
        symbols[missing] = symbol;
        if missing == 0 {
            let found = std::str::from_utf8(symbols.as_slice()).ok()?;
            return Some((index, Zeroizing::new(found.to_owned())));
        }
    }
    None
}

fn symbol(c: char) -> Option<u8> {
    let folded = match c.to_ascii_lowercase() {
        'o' => b'0',
        'i' | 'l' => b'1',
        c => u8::try_from(c).ok()?,
    };
    IS_SYMBOL[usize::from(folded)].then_some(folded)
}

/// Blanks, the ASCII hyphen, and what word processors and phones make of it.
fn separates(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}
