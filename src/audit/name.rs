//! Names from outside: of devices, apps, authenticators. Kept as they were typed, but for what misleads the eye.

/// At most so many characters of a name, without control characters and those that turn the writing direction or show
/// nothing. Escaping is the business of whoever shows it.
pub fn tidy(name: &str, longest: usize) -> String {
    name.trim().chars().filter(|c| !misleads(*c)).take(longest).collect()
}

/// Control characters, and those that turn the writing direction or show nothing.
pub fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_misleads_is_left_out_and_the_rest_is_kept() {
        assert_eq!(tidy(" <b>Wohn\u{202e}zimmer\r\n</b>\u{feff} ", 64), "<b>Wohnzimmer</b>");
        assert_eq!(tidy("日本語のテレビ", 3), "日本語");
    }
}
