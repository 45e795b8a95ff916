//! Names from outside: written down as what is written down of them is, and compared as Jellyfin compares users'.

pub use crate::audit::name::{misleads, tidy};

/// The form in which two spellings of one name are equal, by .NET's `ToUpperInvariant` (`UserManager.GetUserByName`):
/// `keſſ` and `Kess` both become `KESS`.
pub fn folded(name: &str) -> String {
    name.chars().map(upper).collect()
}

/// One character becomes one; `ß` and the dotless `ı` stay.
fn upper(character: char) -> char {
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) if character != 'ı' => one,
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn names_are_folded_one_character_by_one() {
        assert_eq!(folded("keſſ Straße ı ÅÉ жЁ"), "KESS STRAßE ı ÅÉ ЖЁ");
        assert_ne!(folded("ı"), folded("i"));
    }
}
