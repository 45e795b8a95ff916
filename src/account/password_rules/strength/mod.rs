//! How many tries a guesser needs who knows what people do: the method of zxcvbn (Wheeler, *zxcvbn: Low-Budget Password
//! Strength Estimation*, USENIX Security 2016), with its five scores.
//!
//! The crate of that name is what the tests compare with. Inside of the library it would weigh 2.8 MB, more than a
//! third of all there may be, and hold 5 MB of memory for ever from the first password on; this knows fewer words, and
//! makes up for it by taking whatever reads like a word for one.

mod cover;
mod dates;
mod found;
mod keyboard;
mod language;
mod repeats;
mod sequences;
mod words;

use zeroize::Zeroizing;

use super::about;
use super::composed::composed;
use found::Found;

pub use found::Hint;

/// Only so many characters are looked at. Past them every password that has not repeated itself is strong.
const LOOKED_AT: usize = 100;

/// The best score.
pub const BEST: u8 = 4;

/// Scores below this one come with hints.
const GOOD: u8 = 3;

/// A password needs more tries than ten to these powers for the scores 1 to 4.
const STEPS: [f64; BEST as usize] = [3.0, 6.0, 8.0, 10.0];

/// How strong a password is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strength {
    /// From 0, guessed at once, to [`BEST`].
    pub score: u8,
    /// What to do about it; empty where nothing has to be done.
    pub hints: Vec<Hint>,
}

/// Estimates a password's strength. `about`: what others know of its owner, see [`super::judge`].
pub fn strength(password: &str, about: &[&str]) -> Strength {
    // Some more than is looked at: composing makes fewer of them.
    let start = password.char_indices().nth(LOOKED_AT * 3).map_or(password, |(end, _)| &password[..end]);
    let password = composed(start).unwrap_or_default();
    let typed: Zeroizing<Vec<char>> = Zeroizing::new(password.chars().take(LOOKED_AT).collect());
    let known = about::parts(about);
    let mut found = patterns(&typed, &known);
    found.extend(repeats::find(&typed, |unit| cover::cheapest(unit.len(), &patterns(unit, &known)).0));
    let (tries, parts) = cover::cheapest(typed.len(), &found);
    let score = u8::try_from(STEPS.iter().filter(|step| tries >= **step).count()).unwrap_or(BEST);
    Strength { score, hints: if score < GOOD { hints(&parts) } else { Vec::new() } }
}

/// Everything but repetition.
fn patterns(typed: &[char], known: &[String]) -> Vec<Found> {
    let mut found = words::find(typed, known);
    found.extend(language::find(typed, &words::spelt_out(typed, 0)));
    found.extend(keyboard::find(typed));
    found.extend(sequences::find(typed));
    found.extend(dates::find(typed));
    found
}

/// About the longest part that follows a pattern; and more words always help.
fn hints(parts: &[&Found]) -> Vec<Hint> {
    let longest = parts.iter().max_by_key(|part| part.end - part.start);
    let mut hints = longest.map(|part| part.hints.clone()).unwrap_or_default();
    hints.push(Hint::AddWords);
    hints
}

#[cfg(test)]
mod tests;
