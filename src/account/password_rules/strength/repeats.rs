//! The same again and again: `aaaa`, `abcabcabc`.

use super::found::{Found, Hint};

const LONGEST_UNIT: usize = 20;

/// `tries` says what the repeated part costs by itself.
pub(super) fn find(typed: &[char], tries: impl Fn(&[char]) -> f64) -> Vec<Found> {
    let mut found = Vec::new();
    for unit in 1..=LONGEST_UNIT.min(typed.len() / 2) {
        let mut start = 0;
        while start + 2 * unit <= typed.len() {
            let same = (start + unit..typed.len()).take_while(|at| typed[*at] == typed[at - unit]).count();
            let times = same / unit + 1;
            if times < 2 || (unit == 1 && times < 3) {
                start += same + 1;
                continue;
            }
            let cost = tries(&typed[start..start + unit]) + (times as f64).log10();
            found.push(Found { start, end: start + times * unit, tries: cost, hints: vec![Hint::Repeat] });
            // Shifted by some characters it is the same once more.
            start += same + 1;
        }
    }
    found
}
