//! Keys side by side.

use super::found::{Found, Hint, choices};

const SHORTEST: usize = 3;

/// One keyboard: rows of keys, plain and with shift; each row lies half a key right of the one above.
struct Keyboard {
    rows: &'static [(&'static str, &'static str)],
    /// Does every row begin right above the next, as on a keypad?
    square: bool,
    /// Keys one may start with, and neighbours of a key on average.
    starts: f64,
    neighbours: f64,
}

/// The first row begins one key further left than the others: hence the blanks.
const KEYBOARDS: &[Keyboard] = &[
    letters(&[
        ("`1234567890-=", "~!@#$%^&*()_+"),
        (" qwertyuiop[]\\", " QWERTYUIOP{}|"),
        (" asdfghjkl;'", " ASDFGHJKL:\""),
        (" zxcvbnm,./", " ZXCVBNM<>?"),
    ]),
    letters(&[
        ("^1234567890ß´", "°!\"§$%&/()=?`"),
        (" qwertzuiopü+", " QWERTZUIOPÜ*"),
        (" asdfghjklöä#", " ASDFGHJKLÖÄ'"),
        ("<yxcvbnm,.-", ">YXCVBNM;:_"),
    ]),
    letters(&[
        ("²&é\"'(-è_çà)=", "~1234567890°+"),
        (" azertyuiop^$", " AZERTYUIOP¨£"),
        (" qsdfghjklmù*", " QSDFGHJKLM%µ"),
        ("<wxcvbn,;:!", ">WXCVBN?./§"),
    ]),
    Keyboard { rows: &[("789", ""), ("456", ""), ("123", ""), ("0", "")], square: true, starts: 10.0, neighbours: 5.0 },
];

const fn letters(rows: &'static [(&'static str, &'static str)]) -> Keyboard {
    Keyboard { rows, square: false, starts: 47.0, neighbours: 4.6 }
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    row: i32,
    column: i32,
    shifted: bool,
}

pub(super) fn find(typed: &[char]) -> Vec<Found> {
    let mut found = Vec::new();
    for keyboard in KEYBOARDS {
        let keys: Vec<Option<Key>> = typed.iter().map(|c| keyboard.key(*c)).collect();
        let mut start = 0;
        while start < keys.len() {
            let end = keyboard.walk(&keys, start);
            if end - start >= SHORTEST {
                found.push(keyboard.found(&keys, start, end));
            }
            // The last key may begin the next walk.
            start = if end - start > 1 { end - 1 } else { end };
        }
    }
    found
}

impl Keyboard {
    fn key(&self, typed: char) -> Option<Key> {
        let on = |keys: &str| keys.chars().position(|key| key == typed && key != ' ');
        (0..).zip(self.rows).find_map(|(row, (plain, shift))| {
            let (column, shifted) =
                on(plain).map(|column| (column, false)).or_else(|| on(shift).map(|column| (column, true)))?;
            Some(Key { row, column: i32::try_from(column).ok()?, shifted })
        })
    }

    /// The way from one key to one beside it.
    fn direction(&self, from: Key, to: Key) -> Option<(i32, i32)> {
        let step = (to.row - from.row, to.column - from.column);
        let beside = if self.square {
            step != (0, 0) && step.0.abs() <= 1 && step.1.abs() <= 1
        } else {
            matches!(step, (0, -1 | 1) | (-1, 0 | 1) | (1, 0 | -1))
        };
        beside.then_some(step)
    }

    /// Where a walk that starts there ends.
    fn walk(&self, keys: &[Option<Key>], start: usize) -> usize {
        let goes_on = |pair: &&[Option<Key>]| matches!(pair, [Some(a), Some(b)] if self.direction(*a, *b).is_some());
        start + 1 + keys[start..].windows(2).take_while(goes_on).count()
    }

    /// Tries: every start, length and number of turns up to these (Wheeler, section 4.2).
    fn found(&self, keys: &[Option<Key>], start: usize, end: usize) -> Found {
        let walk: Vec<Key> = keys[start..end].iter().copied().flatten().collect();
        let directions: Vec<_> = walk.windows(2).map(|pair| self.direction(pair[0], pair[1])).collect();
        let turns = 1 + directions.windows(2).filter(|pair| pair[0] != pair[1]).count();
        let mut ways = 0.0;
        for length in 2..=walk.len() {
            // Ways to place so many turns in a walk of that length.
            let mut placed = 1.0;
            for turn in 1..=turns.min(length - 1) {
                ways += placed * self.starts * self.neighbours.powi(i32::try_from(turn).unwrap_or(i32::MAX));
                placed *= (length - turn) as f64 / turn as f64;
            }
        }
        let shifted = walk.iter().filter(|key| key.shifted).count();
        let plain = walk.len() - shifted;
        let shift = match (shifted, plain) {
            (0, _) => 0.0,
            (_, 0) => 2_f64.log10(),
            _ => choices(shifted + plain, shifted.min(plain)),
        };
        Found { start, end, tries: ways.log10() + shift, hints: vec![Hint::Keyboard] }
    }
}
