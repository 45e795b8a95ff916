//! Is a password hardly more than what everybody knows of its owner?

use zeroize::Zeroizing;

use super::composed::composed;

/// Names that say nothing here: everybody knows what runs on this server.
const SERVICE: &[&str] = &["jellyfin", "jellyward"];

/// Shorter parts of names are found in any password.
const SHORTEST_PART: usize = 3;

/// So many characters a password has to have beside names; four digits are a year.
const LEAST_OF_ITS_OWN: usize = 5;

/// Is that all, or nearly all, there is to the password? A name inside of something longer does not matter.
pub(super) fn is_about(password: &str, about: &[&str]) -> bool {
    let mut rest = Zeroizing::new(password.to_lowercase());
    let mut found = false;
    for part in parts(about) {
        if rest.contains(&part) {
            found = true;
            // A blank, so that nothing grows together which did not stand together.
            rest = Zeroizing::new(rest.replace(&part, " "));
        }
    }
    found && rest.chars().filter(|c| c.is_alphanumeric()).count() < LEAST_OF_ITS_OWN
}

/// Whole names, and what they are put together of (`alice`, `smith` of `alice.smith@example.org`); the longest first.
pub(super) fn parts(about: &[&str]) -> Vec<String> {
    let mut parts = Vec::new();
    for one in SERVICE.iter().chain(about) {
        let Some(name) = composed(one).map(|name| name.to_lowercase()) else { continue };
        parts.extend(name.split(|c: char| !c.is_alphanumeric()).map(str::to_owned));
        parts.push(name);
    }
    parts.retain(|part| part.chars().count() >= SHORTEST_PART);
    parts.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    parts.dedup();
    parts
}

#[cfg(test)]
mod tests {
    use super::is_about;

    const ALICE: &[&str] = &["Alice", "alice.smith@example.org", "Our Films"];

    #[test]
    fn names_and_addresses_alone_are_no_password() {
        for password in [
            "alicealicealice",
            "Alice.Smith@Example.org",
            "alice.smith!1987",
            "smith_alice_99",
            "OurFilms2026",
            "jellyfin1234",
            "example.org 123",
        ] {
            assert!(is_about(password, ALICE), "{password}");
        }
    }

    #[test]
    fn a_name_in_something_longer_does_not_matter() {
        for password in ["alice saw seven herons", "correct horse battery", "smithereens of glass", ""] {
            assert!(!is_about(password, ALICE), "{password}");
        }
        assert!(!is_about("jx", &["jx", "", " "]), "too short to look for");
    }

    #[test]
    fn names_are_compared_as_they_are_read() {
        assert!(is_about("JOS\u{c9}jos\u{e9}12", &["jose\u{301}"]));
        assert!(is_about("ZOË ZOË ZOË", &["zoë"]));
    }
}
