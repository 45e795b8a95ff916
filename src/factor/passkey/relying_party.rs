//! For whom passkeys are made, and where they may be used: two settings that must fit each other.

use std::time::Duration;

use url::{Host, Url};
use webauthn_rs_core::WebauthnCore;

use super::LIFETIME;
use crate::settings::{LONGEST_HOST, MOST_ORIGINS, WebOrigin};

/// Longest name, in bytes: authenticators may cut there (WebAuthn Level 3, 6.4.1).
const LONGEST_NAME: usize = 64;
/// The machine itself, where browsers need no encryption.
const LOCAL: &str = "localhost";

/// A relying party (WebAuthn Level 3, 4) whose id, name and origins were checked.
///
/// A passkey works only for the id it was made for: changing the id makes all of them useless.
pub struct RelyingParty {
    id: String,
    /// As browsers write them.
    origins: Vec<String>,
    core: WebauthnCore,
}

/// The settings do not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RelyingPartyError {
    /// With a scheme, port or path, or no name at all.
    #[error("the passkey domain is a host name alone: write it without scheme, port and path, as in media.example.org")]
    NotAHost,
    /// Browsers make no passkeys for addresses.
    #[error("passkeys need a host name, and the passkey domain is an IP address: give the server a name")]
    IdIsAddress,
    /// Nobody's own.
    #[error("the passkey domain is a whole top-level domain: write the server's own host name")]
    TooBroad,
    /// Browsers show it.
    #[error("give passkeys a name of 1 to {LONGEST_NAME} bytes without control characters")]
    Name,
    /// None, or too many.
    #[error("give 1 to {MOST_ORIGINS} addresses at which passkeys may be used")]
    Count,
    /// Not an address of a web page.
    #[error("{0} is not the address of a web site: write https:// and the host name")]
    NotAWebSite(String),
    /// Browsers have no passkeys there.
    #[error("passkeys need https, and {0} is without: write https:// and set up a certificate")]
    Insecure(String),
    /// Browsers have no passkeys there.
    #[error("passkeys need a host name, and {0} is an IP address: use a name")]
    OriginIsAddress(String),
    /// The browser would refuse.
    #[error("{0} is not at or below the passkey domain {1}: change one of them")]
    Outside(String, String),
}

impl RelyingParty {
    /// Checks what an owner wrote.
    ///
    /// `id`: a host name, the one of every origin or a domain that all of them are in. `localhost` is for trying out.
    /// `name`: shown by browsers. `origins`: https, or http on localhost; passkeys work at exactly these.
    ///
    /// An id that many sites share (`co.uk`) is not recognised: the list of those is large and changes weekly, and
    /// every browser has it and refuses such an id itself. One without a dot is refused unless it *is* the host.
    pub fn new(id: &str, name: &str, origins: &[WebOrigin]) -> Result<Self, RelyingPartyError> {
        let id = host_name(id)?;
        let name = name.trim();
        if name.is_empty() || name.len() > LONGEST_NAME || name.contains(char::is_control) {
            return Err(RelyingPartyError::Name);
        }
        if !(1..=MOST_ORIGINS).contains(&origins.len()) {
            return Err(RelyingPartyError::Count);
        }
        let allowed = origins.iter().map(|origin| checked(origin, &id)).collect::<Result<Vec<Url>, _>>()?;
        Ok(Self {
            origins: allowed.iter().map(|url| url.origin().ascii_serialization()).collect(),
            core: core(&id, name, allowed),
            id,
        })
    }

    /// Is this one of the origins, letter by letter?
    pub(super) fn allows(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| allowed == origin)
    }

    /// Is this host the id, or in its domain?
    pub(super) fn covers(&self, host: &str) -> bool {
        is_within(host, &self.id)
    }

    pub(super) fn core(&self) -> &WebauthnCore {
        &self.core
    }
}

fn core(id: &str, name: &str, allowed: Vec<Url>) -> WebauthnCore {
    let timeout = Duration::from_secs(LIFETIME.unsigned_abs());
    // Neither other sub-domains nor other ports.
    WebauthnCore::new_unsafe_experts_only(name, id, allowed, timeout, Some(false), Some(false))
}

fn host_name(text: &str) -> Result<String, RelyingPartyError> {
    let id = text.trim().to_ascii_lowercase();
    if id.is_empty() || id.len() > LONGEST_HOST {
        return Err(RelyingPartyError::NotAHost);
    }
    let bare = id.trim_matches(['[', ']']);
    if bare.parse::<std::net::IpAddr>().is_ok() {
        return Err(RelyingPartyError::IdIsAddress);
    }
    let origin: WebOrigin = format!("https://{id}").parse().map_err(|_| RelyingPartyError::NotAHost)?;
    // Browsers read 1.2.3 and 0x7f.1 as addresses too (WHATWG URL, 3.5).
    match Url::parse(origin.as_str()).ok().as_ref().and_then(Url::host) {
        Some(Host::Domain(host)) if host == id => Ok(id),
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => Err(RelyingPartyError::IdIsAddress),
        _ => Err(RelyingPartyError::NotAHost),
    }
}

fn checked(origin: &WebOrigin, id: &str) -> Result<Url, RelyingPartyError> {
    let said = || origin.to_string();
    let url = Url::parse(origin.as_str()).map_err(|_| RelyingPartyError::NotAWebSite(said()))?;
    let host = match url.host() {
        Some(Host::Domain(host)) if matches!(url.scheme(), "https" | "http") => host,
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => return Err(RelyingPartyError::OriginIsAddress(said())),
        _ => return Err(RelyingPartyError::NotAWebSite(said())),
    };
    if url.scheme() == "http" && !is_within(host, LOCAL) {
        return Err(RelyingPartyError::Insecure(said()));
    }
    if !is_within(host, id) {
        return Err(RelyingPartyError::Outside(said(), id.to_owned()));
    }
    if host != id && !id.contains('.') && id != LOCAL {
        return Err(RelyingPartyError::TooBroad);
    }
    Ok(url)
}

/// HTML, "is a registrable domain suffix of or is equal to", but for the list of public suffixes.
fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::{RelyingParty, RelyingPartyError};

    fn settings(id: &str, origins: &[&str]) -> Result<Vec<String>, RelyingPartyError> {
        let origins: Vec<_> = origins.iter().map(|origin| origin.parse().unwrap()).collect();
        RelyingParty::new(id, "Jellyfin", &origins).map(|rp| rp.origins)
    }

    #[test]
    fn takes_hosts_and_the_domains_they_are_in() {
        for (id, origins, written) in [
            ("example.org", &["https://example.org"][..], &["https://example.org"][..]),
            ("Example.ORG ", &["https://MEDIA.example.org:443"], &["https://media.example.org"]),
            (
                "example.org",
                &["https://a.b.example.org:8920", "https://tv.example.org"],
                &["https://a.b.example.org:8920", "https://tv.example.org"],
            ),
            ("nas", &["https://nas:8920"], &["https://nas:8920"]),
            ("xn--exmple-cua.org", &["https://xn--exmple-cua.org"], &["https://xn--exmple-cua.org"]),
            (
                "localhost",
                &["http://localhost:8096", "https://localhost"],
                &["http://localhost:8096", "https://localhost"],
            ),
            ("localhost", &["http://tv.localhost:80"], &["http://tv.localhost"]),
        ] {
            assert_eq!(settings(id, origins).unwrap(), written, "{id} {origins:?}");
        }
        let rp = RelyingParty::new("Example.org", "J", &["https://example.org".parse().unwrap()]).unwrap();
        assert_eq!(rp.id, "example.org");
    }

    #[test]
    fn an_id_is_a_host_name_and_nothing_else() {
        for id in [
            "",
            " ",
            ".",
            "https://example.org",
            "example.org:443",
            "example.org/",
            "example.org/jellyfin",
            "user@example.org",
            "example.org?",
            "*.example.org",
            ".example.org",
            "example.org.",
            "example..org",
            "-example.org",
            "exämple.org",
            "example.org example.net",
            "xn--a.org",
            &"a".repeat(254),
        ] {
            assert_eq!(settings(id, &["https://example.org"]), Err(RelyingPartyError::NotAHost), "{id:?}");
        }
        for id in ["192.0.2.7", "127.0.0.1", "::1", "[2001:db8::1]", "192.0.2", "0x7f.1", "2130706433"] {
            assert_eq!(settings(id, &["https://example.org"]), Err(RelyingPartyError::IdIsAddress), "{id:?}");
        }
    }

    #[test]
    fn an_origin_is_encrypted_and_in_the_domain() {
        let outside = |origin: &str| RelyingPartyError::Outside(origin.to_owned(), "example.org".to_owned());
        for origin in [
            "https://evil-example.org",
            "https://example.org.evil",
            "https://example.com",
            "https://org",
            "https://localhost",
            "http://localhost:8096",
        ] {
            assert_eq!(settings("example.org", &["https://example.org", origin]), Err(outside(origin)), "{origin}");
        }
        for origin in ["http://example.org", "http://localhost.example.org", "http://evillocalhost"] {
            assert_eq!(settings("example.org", &[origin]), Err(RelyingPartyError::Insecure(origin.to_owned())));
        }
        for origin in ["https://192.0.2.7:8920", "https://[2001:db8::1]", "http://127.0.0.1:8096", "https://0x7f.1"] {
            assert_eq!(settings("localhost", &[origin]), Err(RelyingPartyError::OriginIsAddress(origin.to_owned())));
        }
        for origin in ["ftp://example.org", "app://example.org", "ws://example.org"] {
            assert_eq!(settings("example.org", &[origin]), Err(RelyingPartyError::NotAWebSite(origin.to_owned())));
        }
        assert_eq!(settings("org", &["https://example.org"]), Err(RelyingPartyError::TooBroad));
        assert_eq!(settings("example.org", &[]), Err(RelyingPartyError::Count));
        assert_eq!(settings("example.org", &["https://example.org"; 21]), Err(RelyingPartyError::Count));
    }

    #[test]
    fn a_name_shows_something() {
        for name in ["", "  ", "a\nb", "a\u{7}", &"a".repeat(65)] {
            let made = RelyingParty::new("example.org", name, &["https://example.org".parse().unwrap()]);
            assert_eq!(made.err(), Some(RelyingPartyError::Name), "{name:?}");
        }
    }
}
