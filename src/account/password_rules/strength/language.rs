//! What reads like words, known or not. A list has never all of them; the letters of a language depend on each other.

use super::found::{Found, Hint};
use super::words::capitals;

const SHORTEST: usize = 4;

/// Bits for the first letter and for each up to the eighth: NIST SP 800-63-1, A.2.1, of what people choose. After that the
/// one bit that a letter of English carries (Shannon, *Prediction and Entropy of Printed English*, 1951).
const FIRST: f64 = 4.0;
const EARLY: f64 = 2.0;
const LATE: f64 = 1.0;
const EARLY_UP_TO: usize = 8;

/// At most one letter in so many may be a sign that stands for it; more of them is no word any longer.
const LETTERS_PER_SIGN: usize = 4;

const VOWELS: &str = "aeiouyäöüéèêëáàâãåæíìîïóòôõøœúùûаеёиоуыэюяіїєαεηιουωάέήίόύώ";
const MOST_CONSONANTS: usize = 4;
const MOST_VOWELS: usize = 3;

/// Every run of letters that could be spoken, and every part of it. `read`: with letters in place of signs.
pub(super) fn find(typed: &[char], read: &[char]) -> Vec<Found> {
    let mut found = Vec::new();
    for start in 0..typed.len() {
        let (mut vowels, mut consonants) = (0, 0);
        let mut any_vowel = false;
        for (length, c) in (1..).zip(&read[start..]) {
            if !c.is_alphabetic() {
                break;
            }
            if c.to_lowercase().all(|c| VOWELS.contains(c)) {
                (vowels, consonants, any_vowel) = (vowels + 1, 0, true);
            } else {
                (vowels, consonants) = (0, consonants + 1);
            }
            if vowels > MOST_VOWELS || consonants > MOST_CONSONANTS {
                break;
            }
            let part = &typed[start..start + length];
            let signs = part.iter().filter(|c| !c.is_alphabetic()).count();
            if length >= SHORTEST && any_vowel && signs * LETTERS_PER_SIGN <= length {
                let tries = (bits(length) + signs as f64) * 2_f64.log10() + capitals(part);
                let hints = [(true, Hint::Word), (signs > 0, Hint::Substitution)];
                let hints = hints.into_iter().filter(|(is, _)| *is).map(|(_, hint)| hint).collect();
                found.push(Found { start, end: start + length, tries, hints });
            }
        }
    }
    found
}

fn bits(letters: usize) -> f64 {
    let early = letters.min(EARLY_UP_TO) - 1;
    let late = letters.saturating_sub(EARLY_UP_TO);
    FIRST + EARLY * early as f64 + LATE * late as f64
}
