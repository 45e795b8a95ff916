//! Links in messages: built from the address the owner gave and from nothing a request says.

use zeroize::Zeroizing;

use crate::settings::{Settings, keys};

/// A link to one of our pages, with a token for its script; none while the owner has not said where people reach the
/// server. The token stands in the fragment, which no client sends: no log on the way has it, and whoever merely looks
/// a link up spends nothing.
pub fn link(settings: &Settings, path: &str, token: &str) -> Option<Zeroizing<String>> {
    let base = settings.get(&keys::WEB_PUBLIC_URL)?;
    Some(Zeroizing::new(format!("{base}{path}#{token}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::link;
    use crate::settings::{Overrides, Settings};

    fn settings(url: &str) -> Settings {
        Settings::new([("web.public_url".to_owned(), json!(url))].into_iter(), 1, Overrides::default())
    }

    #[test]
    fn the_token_stands_in_the_fragment() {
        let settings = settings("https://media.example.org/jelly/");
        let whole = link(&settings, "/Jellyward/Undo", "abc");
        assert_eq!(whole.as_deref().map(String::as_str), Some("https://media.example.org/jelly/Jellyward/Undo#abc"));
    }

    #[test]
    fn without_a_public_address_there_is_no_link() {
        assert_eq!(link(&settings(""), "/Jellyward/Undo", "abc"), None);
        assert_eq!(link(&settings("https://evil.example/?q="), "/Jellyward/Undo", "abc"), None);
    }
}
