//! Words that are tried first, names of the owner: as they are, capitalised, with signs for letters, or backwards.

use zeroize::Zeroizing;

use super::found::{Found, Hint, choices};
use crate::account::password_rules::popular;

/// Lengths of what is looked up, in characters.
const SHORTEST: usize = 3;
const LONGEST: usize = 28;

/// Up to here a word is called popular.
const POPULAR: u32 = 600;

/// So many signs double the tries each: whoever puts one for a letter does so throughout.
const MOST_SIGNS: usize = 3;

/// Signs in place of letters; where one may mean two letters, both are tried.
const SIGNS: &[(char, [char; 2])] = &[
    ('@', ['a', 'a']),
    ('4', ['a', 'a']),
    ('8', ['b', 'b']),
    ('(', ['c', 'c']),
    ('3', ['e', 'e']),
    ('€', ['e', 'e']),
    ('6', ['g', 'g']),
    ('9', ['g', 'g']),
    ('1', ['i', 'l']),
    ('!', ['i', 'l']),
    ('|', ['i', 'l']),
    ('0', ['o', 'o']),
    ('$', ['s', 's']),
    ('5', ['s', 's']),
    ('7', ['t', 'l']),
    ('+', ['t', 't']),
    ('2', ['z', 'z']),
];

pub(super) fn find(typed: &[char], known: &[String]) -> Vec<Found> {
    let lower: Zeroizing<Vec<char>> = Zeroizing::new(typed.iter().map(|c| lower_case(*c)).collect());
    let spellings = [0, 1].map(|meaning| spelt_out(&lower, meaning));
    let mut found = Vec::new();
    let mut word = Zeroizing::new(String::with_capacity(LONGEST * 4));
    for start in 0..typed.len() {
        for end in (start + SHORTEST)..=typed.len().min(start + LONGEST) {
            let part = &typed[start..end];
            for (spelling, read) in [&lower, &spellings[0], &spellings[1]].into_iter().enumerate() {
                let signs = (start..end).filter(|at| read[*at] != lower[*at]).count();
                if spelling > 0 && signs == 0 {
                    continue;
                }
                for backwards in [false, true] {
                    spell(&mut word, &read[start..end], backwards);
                    let Some((rank, kind)) = look_up(&word, known) else { continue };
                    let doublings = signs.min(MOST_SIGNS) + usize::from(backwards);
                    let capitals = capitals(part);
                    let hints = [
                        (true, kind),
                        (signs > 0, Hint::Substitution),
                        (backwards, Hint::Backwards),
                        (capitals > 0.0, Hint::Capitals),
                    ];
                    found.push(Found {
                        start,
                        end,
                        tries: f64::from(rank).log10() + doublings as f64 * 2_f64.log10() + capitals,
                        hints: hints.into_iter().filter(|(is, _)| *is).map(|(_, hint)| hint).collect(),
                    });
                }
            }
        }
    }
    found
}

/// Letters in place of signs; `meaning` picks one of two.
pub(super) fn spelt_out(typed: &[char], meaning: usize) -> Zeroizing<Vec<char>> {
    let letter = |typed: &char| SIGNS.iter().find(|(sign, _)| sign == typed).map_or(*typed, |(_, l)| l[meaning]);
    Zeroizing::new(typed.iter().map(letter).collect())
}

fn spell(word: &mut String, letters: &[char], backwards: bool) {
    word.clear();
    if backwards {
        word.extend(letters.iter().rev());
    } else {
        word.extend(letters);
    }
}

fn look_up(word: &str, known: &[String]) -> Option<(u32, Hint)> {
    let own = (1..).zip(known).find(|(_, part)| *part == word).map(|(rank, _)| (rank, Hint::AboutYou));
    let kind = |rank| if rank <= POPULAR { Hint::Popular } else { Hint::Word };
    own.or_else(|| popular::rank(word).map(|rank| (rank, kind(rank))))
}

/// The one lower-case character, where it is one.
fn lower_case(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

/// What capitals add: little where everybody puts them.
pub(super) fn capitals(part: &[char]) -> f64 {
    let upper = part.iter().filter(|c| c.is_uppercase()).count();
    let lower = part.iter().filter(|c| c.is_lowercase()).count();
    let edge = |c: Option<&char>| c.is_some_and(|c| c.is_uppercase());
    match upper {
        0 => 0.0,
        1 if edge(part.first()) || edge(part.last()) => 2_f64.log10(),
        _ if lower == 0 => 2_f64.log10(),
        _ => choices(upper + lower, upper.min(lower)),
    }
}
