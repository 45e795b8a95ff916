//! Dates and years.

use super::found::{Found, Hint};

/// Tries of a guesser: years of people alive, days of a year, and signs between.
const YEARS: f64 = 60.0;
const DAYS: f64 = 365.0;
const SEPARATORS: f64 = 4.0;

/// How many digits each of the three numbers may have.
const SHAPES: &[[usize; 3]] = &[
    [2, 2, 2],
    [2, 2, 4],
    [4, 2, 2],
    [1, 1, 2],
    [1, 2, 2],
    [2, 1, 2],
    [1, 1, 4],
    [1, 2, 4],
    [2, 1, 4],
    [4, 1, 1],
    [4, 1, 2],
    [4, 2, 1],
];

/// Shapes that can be read without anything between.
const PLAIN_SHAPES: usize = 3;

pub(super) fn find(typed: &[char]) -> Vec<Found> {
    let mut found = Vec::new();
    for start in 0..typed.len() {
        let rest = &typed[start..];
        if number(rest, 0, 4).is_some_and(is_year) {
            found.push(date(start, 4, YEARS));
        }
        if let (Some(a), Some(b)) = (number(rest, 0, 2), number(rest, 2, 2))
            && is_day(a, b)
        {
            found.push(date(start, 4, DAYS));
        }
        for (index, shape) in SHAPES.iter().enumerate() {
            if index < PLAIN_SHAPES && is_date(rest, *shape, 0) {
                found.push(date(start, shape.iter().sum(), YEARS * DAYS));
            }
            if is_date(rest, *shape, 1) {
                found.push(date(start, shape.iter().sum::<usize>() + 2, YEARS * DAYS * SEPARATORS));
            }
        }
    }
    found
}

fn date(start: usize, length: usize, ways: f64) -> Found {
    Found { start, end: start + length, tries: ways.log10(), hints: vec![Hint::Date] }
}

/// Three numbers of that many digits, with so many signs between, that are a date in one of the usual orders.
fn is_date(rest: &[char], [a, b, c]: [usize; 3], between: usize) -> bool {
    let (second, third) = (a + between, a + b + 2 * between);
    if between > 0 {
        let signs = (rest.get(a), rest.get(third - 1));
        if signs.0.is_none_or(|c| !"/.-_ \\".contains(*c)) || signs.0 != signs.1 {
            return false;
        }
    }
    let (Some(x), Some(y), Some(z)) = (number(rest, 0, a), number(rest, second, b), number(rest, third, c)) else {
        return false;
    };
    match (a, c) {
        (4, _) => is_year(x) && is_day(y, z),
        (_, 4) => is_year(z) && is_day(x, y),
        _ => is_day(x, y) || is_day(y, z),
    }
}

fn number(rest: &[char], at: usize, digits: usize) -> Option<u32> {
    rest.get(at..at + digits)?.iter().try_fold(0, |sum, c| Some(sum * 10 + c.to_digit(10)?))
}

fn is_year(number: u32) -> bool {
    (1900..2060).contains(&number)
}

/// Day and month in either order.
fn is_day(a: u32, b: u32) -> bool {
    let fits = |day, month| (1..=31).contains(&day) && (1..=12).contains(&month);
    fits(a, b) || fits(b, a)
}
