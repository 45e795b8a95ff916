//! The passwords and words that are tried first, the most frequent at the front: what is refused outright, and what
//! [`super::strength`] knows a word by. Larger lists come as a file, see [`super::breached`].

use std::collections::HashMap;
use std::sync::LazyLock;

use zeroize::Zeroizing;

static RANKS: LazyLock<HashMap<&'static str, u32>> = LazyLock::new(|| {
    // The first of two equal words counts; the tests let no word come twice.
    (1..).zip(include_str!("popular.txt").split_whitespace()).map(|(rank, word)| (word, rank)).collect()
});

/// After how many tries a lower-case word is reached; none: it is no word of the list.
pub(super) fn rank(word: &str) -> Option<u32> {
    RANKS.get(word).copied()
}

/// Is the whole password on the list, in whatever case?
pub(super) fn is_popular(password: &str) -> bool {
    rank(&Zeroizing::new(password.to_lowercase())).is_some()
}

#[cfg(test)]
mod tests {
    use super::{RANKS, is_popular, rank};

    #[test]
    fn what_everybody_tries_is_known() {
        for password in
            ["password", "PassWord123", "qwertzuiop", "correctHorseBatteryStaple", "LÖSENORD", "jellyfin123"]
        {
            assert!(is_popular(password), "{password}");
        }
        for password in ["", " ", "password 123", "correct horse battery staple", "tr0ub4dor"] {
            assert!(!is_popular(password), "{password:?}");
        }
        assert!(rank("123456") < rank("password") && rank("password") < rank("galaxy"));
    }

    #[test]
    fn the_list_is_in_the_form_in_which_it_is_looked_up() {
        let words = include_str!("popular.txt").split_whitespace().count();
        assert_eq!(RANKS.len(), words, "a word stands there twice");
        for word in RANKS.keys() {
            assert_eq!(*super::super::composed(word).unwrap(), word.to_lowercase());
        }
    }
}
