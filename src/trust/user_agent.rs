//! What a browser says it is, in two words from a list of ours: nothing of the header itself is kept or shown.

/// Parts a browser's name from its system's in a description.
const PARTING: char = '/';

/// Marks in a `User-Agent` header and whose they are. The first that is found counts: most browsers also name those
/// that they want to be taken for.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Jellyfin", "Jellyfin"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// As above; televisions and phones also say Linux, Windows phones said Android, iPhones say Mac OS X.
const SYSTEMS: &[(&str, &str)] = &[
    ("Tizen", "Tizen"),
    ("Web0S", "webOS"),
    ("CrOS", "ChromeOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("FreeBSD", "FreeBSD"),
    ("Linux", "Linux"),
];

/// `Firefox/Windows`, `Firefox/`, `/Windows` or `/`, to be kept and later read by [`parts`].
pub fn describe(header: &str) -> String {
    let named = |list: &[(&str, &'static str)]| {
        list.iter().find(|(mark, _)| header.contains(mark)).map_or("", |(_, name)| *name)
    };
    format!("{}{PARTING}{}", named(BROWSERS), named(SYSTEMS))
}

/// The browser's and the system's name; either may be missing.
pub fn parts(description: &str) -> (Option<&'static str>, Option<&'static str>) {
    let (browser, system) = description.split_once(PARTING).unwrap_or((description, ""));
    let known =
        |list: &[(&str, &'static str)], name: &str| list.iter().map(|(_, known)| *known).find(|known| *known == name);
    (known(BROWSERS, browser), known(SYSTEMS, system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_the_usual_ones_are() {
        for (header, browser, system) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox", "Windows"),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
                "Chrome",
                "Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                "Safari",
                "iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; SM-S938B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
                "Samsung Internet",
                "Android",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                "Safari",
                "macOS",
            ),
        ] {
            assert_eq!(parts(&describe(header)), (Some(browser), Some(system)), "{header}");
        }
    }

    #[test]
    fn nothing_of_the_header_itself_comes_through() {
        for hostile in ["", "<script>alert(1)</script>", "\r\nX: y", "\u{202e}xoferiF", &"A".repeat(100_000)] {
            assert_eq!(describe(hostile), "/", "{:?}", &hostile[..hostile.len().min(30)]);
        }
        assert_eq!(describe("<b>Firefox/1</b> \u{202e}Linux"), "Firefox/Linux");
        assert_eq!(parts("<b>/<i>"), (None, None));
        assert_eq!(parts("Firefox/"), (Some("Firefox"), None));
        assert_eq!(parts(""), (None, None));
    }
}
