//! Origins that may do more than others, one by one; a wildcard is refused on purpose.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use serde::Serialize;
use serde_json::{Value, json};

use super::error::{Refusal, SettingCode};
use super::kinds::Held;

/// Most origins in one list.
pub const MOST_ORIGINS: usize = 20;

/// Longest host name, in bytes (RFC 1035, 2.3.4).
pub const LONGEST_HOST: usize = 253;

/// Longest origin in bytes: a host name, a scheme and a port.
const LONGEST: usize = LONGEST_HOST + 27;

/// `scheme://host[:port]` in lower case (RFC 6454, 6.2): safe inside a header by its very alphabet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WebOrigin(String);

/// Not `scheme://host[:port]`.
#[derive(Debug, thiserror::Error)]
#[error("not an origin: write scheme://host or scheme://host:port and nothing else")]
pub struct InvalidOrigin;

impl WebOrigin {
    /// The host alone, an IPv6 address without its brackets.
    pub fn host(&self) -> &str {
        let authority = self.0.split_once("://").map_or("", |(_, authority)| authority);
        match authority.strip_prefix('[') {
            Some(address) => address.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        }
    }

    /// As it goes into a header.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl FromStr for WebOrigin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let (scheme, authority) = text.split_once("://").ok_or(InvalidOrigin)?;
        let good = text.len() <= LONGEST && is_scheme(scheme) && is_authority(authority);
        if good { Ok(Self(text.to_ascii_lowercase())) } else { Err(InvalidOrigin) }
    }
}

/// RFC 3986, 3.1.
fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

fn is_authority(authority: &str) -> bool {
    let (host, port) = match authority.rsplit_once(':') {
        // The colons of a bare `[::1]` are its own.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    is_host(host) && port.is_none_or(is_port)
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().is_ok();
    }
    !host.is_empty()
        && host.split('.').all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'))
        && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port != 0)
}

impl Held for Vec<WebOrigin> {
    type Limits = ();

    const KIND: &'static str = "origins";

    fn read(value: &Value, (): &()) -> Result<Self, Refusal> {
        let wrong = || Refusal::new(SettingCode::WrongType, "give a list of texts");
        let list = value.as_array().ok_or_else(wrong)?;
        if list.len() > MOST_ORIGINS {
            return Err(Refusal::new(SettingCode::OutOfRange, format!("give at most {MOST_ORIGINS} origins")));
        }
        let mut origins = Self::new();
        for item in list {
            let origin: WebOrigin = item
                .as_str()
                .ok_or_else(wrong)?
                .parse()
                .map_err(|error: InvalidOrigin| Refusal::new(SettingCode::NotAnOrigin, error.to_string()))?;
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
        Ok(origins)
    }

    fn write(&self) -> Value {
        json!(self)
    }

    fn from_text(text: &str) -> Value {
        text.split([',', ' ']).filter(|part| !part.is_empty()).collect()
    }

    fn allowed((): &(), text: &dyn Fn(&str) -> String) -> String {
        format!("0 to {MOST_ORIGINS} {}", text("setting-unit-origins"))
    }
}

#[cfg(test)]
mod tests {
    use super::WebOrigin;

    fn parsed(text: &str) -> Option<String> {
        text.parse::<WebOrigin>().ok().map(|origin| origin.to_string())
    }

    #[test]
    fn takes_origins_and_lowers_their_case() {
        assert_eq!(parsed("HTTPS://Dash.Example.ORG"), Some("https://dash.example.org".to_owned()));
        for good in
            ["http://nas:8123", "https://192.0.2.7", "https://[2001:db8::1]:8443", "https://[::1]", "app://home_1"]
        {
            assert_eq!(parsed(good).as_deref(), Some(good));
        }
    }

    #[test]
    fn refuses_whatever_could_say_more_than_one_origin() {
        for bad in [
            "",
            "*",
            "https://*",
            "https://*.example.org",
            "'self'",
            "https:",
            "https://",
            "example.org",
            "//example.org",
            "https://example.org/",
            "https://example.org/path",
            "https://a.example;script-src",
            "https://a.example 'none'",
            "https://a.example https://b.example",
            "https://user@example.org",
            "https://example.org?x",
            "https://example.org#x",
            "https://example.org:",
            "https://example.org:0",
            "https://example.org:65536",
            "https://example.org:+80",
            "https://[::1",
            "https://[::g]",
            "https://::1",
            "https://a..b",
            "https://-a.example",
            "https://exämple.org",
            "https://example.org\r\nX: y",
            "1s://example.org",
            "javascript:alert(1)",
        ] {
            assert_eq!(parsed(bad), None, "{bad:?}");
        }
        assert_eq!(parsed(&format!("https://{}", "a".repeat(300))), None);
    }
}
