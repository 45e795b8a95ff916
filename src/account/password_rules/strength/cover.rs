//! The cheapest way to put a password together of parts.

use super::found::Found;

/// Most parts that matter: a guesser has to try every way of fewer parts first, and with [`ALPHABET`] that is more than
/// the best score asks for from here on.
const MOST_PARTS: usize = 3;

/// Tries for each further part, as a power of ten: what shorter ways to put a password together cost before.
const PER_PART: f64 = 4.0;

/// Fewest tries for a part that is not the whole, as a power of ten: one character, and more than one.
const LEAST_ONE: f64 = 1.0;
const LEAST_MORE: f64 = 1.7;

/// Tries for the whole, as a power of ten, and the parts of it that follow a pattern. What follows none costs ten tries
/// for each character.
pub(super) fn cheapest(length: usize, found: &[Found]) -> (f64, Vec<&Found>) {
    if length == 0 {
        return (0.0, Vec::new());
    }
    let mut table = Table::new(length);
    for end in 1..=length {
        for parts in 1..=MOST_PARTS {
            for start in 0..end {
                table.improve(parts, start, end, (end - start) as f64, None);
            }
            for (index, one) in found.iter().enumerate().filter(|(_, one)| one.end == end) {
                let whole = one.end - one.start == length;
                let least = if one.end - one.start == 1 { LEAST_ONE } else { LEAST_MORE };
                let tries = if whole { one.tries } else { one.tries.max(least) };
                table.improve(parts, one.start, end, tries, Some(index));
            }
        }
    }
    let total = |parts: usize| {
        let orders: f64 = (1..=parts).map(|n| n as f64).product();
        let ways = 10_f64.powf(table.at(parts, length).tries) * orders;
        (ways + if parts > 1 { 10_f64.powf(PER_PART * (parts - 1) as f64) } else { 0.0 }).log10()
    };
    let best = (1..=MOST_PARTS).min_by(|a, b| total(*a).total_cmp(&total(*b))).unwrap_or(1);
    (total(best), table.parts(best).into_iter().map(|index| &found[index]).collect())
}

#[derive(Clone, Copy)]
struct Way {
    tries: f64,
    /// Where its last part starts, and which of the patterns it is.
    start: usize,
    part: Option<usize>,
}

/// For each number of parts, and each end: the cheapest way to get there.
struct Table {
    length: usize,
    ways: Vec<Way>,
}

impl Table {
    fn new(length: usize) -> Self {
        let none = Way { tries: f64::INFINITY, start: 0, part: None };
        let mut ways = vec![none; (MOST_PARTS + 1) * (length + 1)];
        ways[0].tries = 0.0;
        Self { length, ways }
    }

    fn at(&self, parts: usize, end: usize) -> Way {
        self.ways[parts * (self.length + 1) + end]
    }

    fn improve(&mut self, parts: usize, start: usize, end: usize, tries: f64, part: Option<usize>) {
        let tries = self.at(parts - 1, start).tries + tries;
        if tries < self.at(parts, end).tries {
            self.ways[parts * (self.length + 1) + end] = Way { tries, start, part };
        }
    }

    fn parts(&self, count: usize) -> Vec<usize> {
        let mut end = self.length;
        let mut parts = Vec::new();
        for count in (1..=count).rev() {
            let way = self.at(count, end);
            parts.extend(way.part);
            end = way.start;
        }
        parts
    }
}
