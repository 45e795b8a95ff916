//! One e-mail address: an addr-spec (RFC 5322, 3.4.1) and nothing around it.

use std::fmt;
use std::str::FromStr;

use lettre::Address;
use serde_json::{Map, Value, json};

use super::error::{Refusal, SettingCode};
use super::kinds::{Held, add_lengths, parsed_of};

/// Most octets of an address: a path has 256 with its brackets (RFC 5321, 4.5.3.1.3).
pub const LONGEST_ADDRESS: usize = 254;

/// An address that can stand in a header and in an SMTP command as it is: ASCII, its domain in the form of the wire
/// (RFC 5891, 4.4). The local part keeps its case, its quotes and whatever stands behind a plus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAddress(Address);

/// Not one address.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address: write one address as in name@example.org, without a name around it")]
pub struct InvalidMailAddress;

impl MailAddress {
    /// For headers.
    pub fn inner(&self) -> &Address {
        &self.0
    }

    /// As it goes over the wire.
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    /// What stands behind the at sign.
    pub fn domain(&self) -> &str {
        self.0.domain()
    }

    /// For comparing and counting only: in lower case, although the owner of a domain may tell cases apart
    /// (RFC 5321, 2.4), and without quotes that say nothing (RFC 5322, 3.2.4). Nobody makes a difference there, and
    /// whoever is asked to wait must not get around it by a capital or a backslash.
    pub fn folded(&self) -> String {
        let user = self.0.user();
        let quoted = user.strip_prefix('"').and_then(|user| user.strip_suffix('"'));
        let user = quoted.map_or_else(|| user.to_owned(), unquoted);
        format!("{user}@{}", self.domain()).to_ascii_lowercase()
    }
}

/// What stands between quotes, each backslash taken from before what it stands for.
fn unquoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        out.push(if c == '\\' { rest.next().unwrap_or(c) } else { c });
    }
    out
}

impl fmt::Display for MailAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for MailAddress {
    type Err = InvalidMailAddress;

    fn from_str(text: &str) -> Result<Self, InvalidMailAddress> {
        if text.len() > LONGEST_ADDRESS || text.contains(char::is_control) {
            return Err(InvalidMailAddress);
        }
        let typed: Address = text.parse().map_err(|_| InvalidMailAddress)?;
        // Letters beyond ASCII before the at sign want SMTPUTF8 of every server on the way; hardly any offers it.
        if !typed.user().is_ascii() {
            return Err(InvalidMailAddress);
        }
        if typed.domain().is_ascii() {
            return Ok(Self(typed));
        }
        let domain = idna::domain_to_ascii(typed.domain()).map_err(|_| InvalidMailAddress)?;
        let wire = Address::new(typed.user(), domain).map_err(|_| InvalidMailAddress)?;
        let wire = Self(wire);
        if wire.as_str().len() <= LONGEST_ADDRESS { Ok(wire) } else { Err(InvalidMailAddress) }
    }
}

impl Held for Option<MailAddress> {
    type Limits = ();

    const KIND: &'static str = "text";

    fn read(value: &Value, (): &()) -> Result<Self, Refusal> {
        parsed_of(value, SettingCode::NotAnAddress)
    }

    fn write(&self) -> Value {
        json!(self.as_ref().map_or("", MailAddress::as_str))
    }

    fn describe((): &(), _message: &str, _text: &dyn Fn(&str) -> String, into: &mut Map<String, Value>) {
        add_lengths(0, LONGEST_ADDRESS, into);
    }

    fn allowed((): &(), _text: &dyn Fn(&str) -> String) -> String {
        "`name@example.org`, or empty".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<String> {
        text.parse::<MailAddress>().ok().map(|address| address.to_string())
    }

    #[test]
    fn what_is_an_address_is_kept_as_it_was_written() {
        for good in [
            "alice@example.org",
            "Alice.Smith+jellyfin@Example.org",
            "\"a b\"@example.org",
            "\"a@b\"@example.org",
            "o'hara@example.org",
            "alice@mail",
            "alice@xn--bcher-kva.example",
        ] {
            assert_eq!(parsed(good).as_deref(), Some(good));
        }
    }

    #[test]
    fn a_domain_beyond_ascii_goes_by_its_name_on_the_wire() {
        assert_eq!(parsed("alice@bücher.example").as_deref(), Some("alice@xn--bcher-kva.example"));
        assert_eq!(parsed("alice@ＥＸＡＭＰＬＥ.org").as_deref(), Some("alice@example.org"));
        assert_eq!(parsed("älice@example.org"), None);
    }

    #[test]
    fn what_is_more_or_less_than_one_address_is_refused() {
        let long = format!("{}@{}.example", "a".repeat(64), "b".repeat(63).repeat(4));
        for bad in [
            "",
            "alice",
            "@example.org",
            "alice@",
            "alice@@example.org",
            "Alice <alice@example.org>",
            "<alice@example.org>",
            "alice@example.org, bob@example.org",
            "alice@example.org;bob@example.org",
            "alice@example.org bob@example.org",
            "friends: alice@example.org, bob@example.org;",
            "alice(comment)@example.org",
            "alice@example.org (comment)",
            "@relay.example:alice@example.org",
            "alice@example.org\r\nRCPT TO:<all@example.org>",
            "alice\r\n@example.org",
            "\"a\r\nBcc: all@example.org\"@example.org",
            "\"a\0b\"@example.org",
            "alice@exam\u{2028}ple.org",
            "alice@exa mple.org",
            "alice@example..org",
            "alice@example.org>",
            "alice@example.org> SIZE=1",
            "\u{202e}alice@example.org",
            long.as_str(),
        ] {
            assert_eq!(parsed(bad), None, "{bad:?}");
        }
        assert_eq!(parsed(&format!("{}@example.org", "a".repeat(320))), None);
    }

    #[test]
    fn counting_knows_no_capitals() {
        let folded = |text: &str| text.parse::<MailAddress>().unwrap().folded();
        assert_eq!(folded("Alice@Example.ORG"), folded("alice@example.org"));
        assert_ne!(folded("alice+tv@example.org"), folded("alice@example.org"));
    }

    #[test]
    fn counting_knows_no_quotes() {
        let folded = |text: &str| text.parse::<MailAddress>().unwrap().folded();
        for same in ["\"alice\"@example.org", "\"al\\ice\"@example.org", "\"\\A\\lice\"@example.org"] {
            assert_eq!(folded(same), folded("alice@example.org"), "{same}");
        }
        assert_ne!(folded("\"a b\"@example.org"), folded("ab@example.org"));
        assert_ne!(folded("\"a@b\"@example.org"), folded("\"a\\\\@b\"@example.org"));
    }
}
