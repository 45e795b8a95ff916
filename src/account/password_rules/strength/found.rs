//! A part of a password that follows a pattern, and what to say of it.

/// What makes a password easy to guess, or would make it harder; `password-hint-<code>` is its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hint {
    /// More words.
    AddWords,
    /// One of the most frequent passwords or words.
    Popular,
    /// A word, or something that reads like one.
    Word,
    /// A name or address that others know.
    AboutYou,
    /// A word with signs in place of letters.
    Substitution,
    /// A word backwards.
    Backwards,
    /// Capitals where everybody puts them.
    Capitals,
    /// Keys side by side.
    Keyboard,
    /// The same again.
    Repeat,
    /// abc, 6543.
    Sequence,
    /// A date or year.
    Date,
}

impl Hint {
    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::AddWords => "add_words",
            Self::Popular => "popular",
            Self::Word => "word",
            Self::AboutYou => "about_you",
            Self::Substitution => "substitution",
            Self::Backwards => "backwards",
            Self::Capitals => "capitals",
            Self::Keyboard => "keyboard",
            Self::Repeat => "repeat",
            Self::Sequence => "sequence",
            Self::Date => "date",
        }
    }
}

/// A part of the password that follows a pattern.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Its first character.
    pub(super) start: usize,
    /// The one behind its last.
    pub(super) end: usize,
    /// Tries until it is reached, as a power of ten.
    pub(super) tries: f64,
    /// What it is.
    pub(super) hints: Vec<Hint>,
}

/// Ways to pick out up to `fewer` of `all`, as a power of ten: how letters are capitals, for instance.
pub(super) fn choices(all: usize, fewer: usize) -> f64 {
    let mut ways = 1.0;
    let mut sum = 0.0;
    for picked in 1..=fewer {
        ways *= (all - picked + 1) as f64 / picked as f64;
        sum += ways;
    }
    if sum > 1.0 { sum.log10() } else { 0.0 }
}
