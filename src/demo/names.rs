//! How Jellyfin compares user names: upper case by .NET's invariant culture (`UserManager.GetUserByName`).

/// The form in which two spellings of one name are equal: `keſſ` and `Kess` both become `KESS`.
pub fn fold(name: &str) -> String {
    name.chars().map(upper).collect()
}

/// One character for one character, as .NET's simple case mapping; `ß` and the dotless `ı` stay.
fn upper(character: char) -> char {
    let mut upper = character.to_uppercase();
    match (character, upper.next(), upper.next()) {
        ('ı', _, _) => character,
        (_, Some(one), None) => one,
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn long_s_is_an_s() {
        assert_eq!(fold("keſſ"), fold("KeSs"));
        assert_ne!(fold("straße"), fold("strasse"));
        assert_ne!(fold("ı"), fold("i"));
    }
}
