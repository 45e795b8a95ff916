//! The address people reach Jellyfin by, as links in messages need it.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value, json};

use super::error::{Refusal, SettingCode};
use super::kinds::{Held, add_lengths, parsed_of};
use super::origins::WebOrigin;

/// Longest one in bytes.
const LONGEST: usize = 500;

/// `https://host[:port][/base]` without a slash at its end. Made of nothing that could end a link early, in a text or
/// in HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

/// Not such an address.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("write https://host or https://host:port, and Jellyfin's base path behind it where there is one")]
pub struct InvalidPublicUrl;

impl PublicUrl {
    /// Without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl FromStr for PublicUrl {
    type Err = InvalidPublicUrl;

    fn from_str(text: &str) -> Result<Self, InvalidPublicUrl> {
        if text.len() > LONGEST {
            return Err(InvalidPublicUrl);
        }
        let (scheme, rest) = text.split_once("://").ok_or(InvalidPublicUrl)?;
        if !["https", "http"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return Err(InvalidPublicUrl);
        }
        let (authority, path) = match rest.find('/') {
            Some(slash) => rest.split_at(slash),
            None => (rest, ""),
        };
        let origin: WebOrigin = format!("{scheme}://{authority}").parse().map_err(|_| InvalidPublicUrl)?;
        let path = path.strip_suffix('/').unwrap_or(path);
        if !path.split('/').skip(1).all(is_segment) {
            return Err(InvalidPublicUrl);
        }
        Ok(Self(format!("{origin}{path}")))
    }
}

/// Of unreserved characters alone (RFC 3986, 2.3), and no way up.
fn is_segment(segment: &str) -> bool {
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    !segment.is_empty() && segment != "." && segment != ".." && segment.chars().all(unreserved)
}

impl Held for Option<PublicUrl> {
    type Limits = ();

    const KIND: &'static str = "text";

    fn read(value: &Value, (): &()) -> Result<Self, Refusal> {
        parsed_of(value, SettingCode::NotAnOrigin)
    }

    fn write(&self) -> Value {
        json!(self.as_ref().map_or("", PublicUrl::as_str))
    }

    fn describe((): &(), _message: &str, _text: &dyn Fn(&str) -> String, into: &mut Map<String, Value>) {
        add_lengths(0, LONGEST, into);
    }

    fn allowed((): &(), _text: &dyn Fn(&str) -> String) -> String {
        "`https://host[:port][/base]`, or empty".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::PublicUrl;

    fn parsed(text: &str) -> Option<String> {
        text.parse::<PublicUrl>().ok().map(|url| url.to_string())
    }

    #[test]
    fn an_origin_with_or_without_a_base_path_is_one() {
        for (given, kept) in [
            ("https://media.example.org", "https://media.example.org"),
            ("https://media.example.org/", "https://media.example.org"),
            ("HTTPS://Media.Example.org/Jelly/fin/", "https://media.example.org/Jelly/fin"),
            ("http://192.0.2.7:8096", "http://192.0.2.7:8096"),
            ("https://[2001:db8::1]:8443/a", "https://[2001:db8::1]:8443/a"),
        ] {
            assert_eq!(parsed(given).as_deref(), Some(kept));
        }
    }

    #[test]
    fn whatever_could_lead_elsewhere_or_end_a_link_early_is_refused() {
        for bad in [
            "media.example.org",
            "//media.example.org",
            "ftp://media.example.org",
            "javascript://media.example.org/%0aalert(1)",
            "https://",
            "https:///path",
            "https://user@media.example.org",
            "https://user:password@media.example.org/",
            "https://media.example.org?x=1",
            "https://media.example.org/?x=1",
            "https://media.example.org/#x",
            "https://media.example.org//x",
            "https://media.example.org/x//",
            "https://media.example.org/../x",
            "https://media.example.org/.",
            "https://media.example.org/%2e%2e",
            "https://media.example.org/a b",
            "https://media.example.org/\"><script>",
            "https://media.example.org\\@evil.example",
            "https://media.example.org/a\r\nBcc: x",
            "https://*.example.org",
        ] {
            assert_eq!(parsed(bad), None, "{bad:?}");
        }
        assert_eq!(parsed(&format!("https://media.example.org/{}", "a".repeat(600))), None);
    }
}
