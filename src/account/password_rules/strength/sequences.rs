//! Characters in order: `abcdef`, `97531`.

use super::found::{Found, Hint};

const SHORTEST: usize = 3;
const LARGEST_STEP: i64 = 5;

pub(super) fn find(typed: &[char]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut start = 0;
    while start + SHORTEST <= typed.len() {
        let step = step(typed, start);
        let mut end = start + 2;
        while end < typed.len() && self::step(typed, end - 1) == step {
            end += 1;
        }
        if end - start >= SHORTEST && step != 0 && step.abs() <= LARGEST_STEP {
            let first: f64 = match typed[start] {
                'a' | 'A' | 'z' | 'Z' | '0' | '1' | '9' => 4.0,
                c if c.is_ascii_digit() => 10.0,
                _ => 26.0,
            };
            let ways = first * (end - start) as f64 * if step < 0 { 2.0 } else { 1.0 } * step.abs() as f64;
            found.push(Found { start, end, tries: ways.log10(), hints: vec![Hint::Sequence] });
        }
        // The last character may begin the next one.
        start = end - 1;
    }
    found
}

fn step(typed: &[char], at: usize) -> i64 {
    i64::from(u32::from(typed[at + 1])) - i64::from(u32::from(typed[at]))
}
