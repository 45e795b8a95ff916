//! Why this browser at this address can or cannot use passkeys.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::RelyingParty;

/// What a browser reports of itself and of where it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Browser {
    /// `isSecureContext`.
    pub secure_context: bool,
    /// `location.origin`.
    pub origin: String,
    /// Is there a `PublicKeyCredential`?
    pub public_key_credential: bool,
    /// `isUserVerifyingPlatformAuthenticatorAvailable()`; absent if it could not be asked.
    #[serde(default)]
    pub platform_authenticator: Option<bool>,
    /// `isConditionalMediationAvailable()`; absent if it could not be asked.
    #[serde(default)]
    pub conditional_mediation: Option<bool>,
}

/// One thing that was found. In JSON: the name in snake_case, which does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The page is opened by an IP address.
    AddressIsIp,
    /// The page is not encrypted.
    NotSecure,
    /// Nobody set passkey domain and addresses.
    NotConfigured,
    /// Somebody did, and they are of no use.
    DoesNotFit,
    /// The page's host is not in the passkey domain.
    IdNotSuffix,
    /// The host would do, but this very address is not in the list: another port, scheme or sub-domain.
    OriginNotAllowed,
    /// The browser knows no passkeys.
    BrowserTooOld,
    /// This device has no lock that could hold a passkey; a phone or security key still can. Hinders nothing.
    NoPlatformAuthenticator,
    /// The browser offers no passkeys in the name field; the button works. Hinders nothing.
    NoAutofill,
    /// Passkeys work here. Always last.
    Ready,
}

impl Finding {
    /// Does it keep passkeys from working?
    pub fn hinders(self) -> bool {
        !matches!(self, Self::NoPlatformAuthenticator | Self::NoAutofill | Self::Ready)
    }
}

/// Everything that stands in the way, what to mend first at the beginning; what is merely missing; and whether passkeys
/// work. `rp`: none as long as the owner has set none, or what was set does not fit (`misfit`).
pub fn diagnose(browser: &Browser, rp: Option<&RelyingParty>, misfit: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    let url = Url::parse(&browser.origin).ok();
    let host = url.as_ref().and_then(Url::host);
    let is_address = matches!(host, Some(Host::Ipv4(_) | Host::Ipv6(_)));
    let covered = |rp: &RelyingParty| matches!(host, Some(Host::Domain(host)) if rp.covers(host));
    if is_address {
        found.push(Finding::AddressIsIp);
    }
    if !browser.secure_context {
        found.push(Finding::NotSecure);
    }
    match rp {
        None => found.push(if misfit { Finding::DoesNotFit } else { Finding::NotConfigured }),
        Some(_) if is_address => {}
        Some(rp) if !covered(rp) => found.push(Finding::IdNotSuffix),
        Some(rp) if !rp.allows(&browser.origin) => found.push(Finding::OriginNotAllowed),
        Some(_) => {}
    }
    // Without encryption every browser hides it.
    if browser.secure_context && !browser.public_key_credential {
        found.push(Finding::BrowserTooOld);
    }
    if found.is_empty() {
        found.extend(missing(browser));
        found.push(Finding::Ready);
    }
    found
}

fn missing(browser: &Browser) -> impl Iterator<Item = Finding> {
    let platform = (browser.platform_authenticator == Some(false)).then_some(Finding::NoPlatformAuthenticator);
    let autofill = (browser.conditional_mediation == Some(false)).then_some(Finding::NoAutofill);
    platform.into_iter().chain(autofill)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn found(browser: Value, rp: Option<&RelyingParty>) -> Value {
        let browser: Browser = serde_json::from_value(browser).unwrap();
        json!(diagnose(&browser, rp, false))
    }

    fn good(origin: &str) -> Value {
        json!({"secureContext": true, "origin": origin, "publicKeyCredential": true, "platformAuthenticator": true,
            "conditionalMediation": true})
    }

    fn but(origin: &str, field: &str, value: Value) -> Value {
        let mut browser = good(origin);
        browser[field] = value;
        browser
    }

    #[test]
    fn each_finding_alone() {
        let origin = "https://media.example.org";
        let rp = RelyingParty::new("example.org", "Jellyfin", &[origin.parse().unwrap()]).unwrap();
        for (browser, expected) in [
            (good(origin), json!(["ready"])),
            (good("https://media.example.org:8920"), json!(["origin_not_allowed"])),
            (good("https://MEDIA.example.org"), json!(["origin_not_allowed"])),
            (good("https://example.org"), json!(["origin_not_allowed"])),
            (good("https://evil-example.org"), json!(["id_not_suffix"])),
            (good("https://example.org.evil"), json!(["id_not_suffix"])),
            (good("null"), json!(["id_not_suffix"])),
            (good(""), json!(["id_not_suffix"])),
            (good("https://192.0.2.7:8920"), json!(["address_is_ip"])),
            (good("https://[2001:db8::1]"), json!(["address_is_ip"])),
            (but(origin, "secureContext", json!(false)), json!(["not_secure"])),
            (but(origin, "publicKeyCredential", json!(false)), json!(["browser_too_old"])),
            (but(origin, "platformAuthenticator", json!(false)), json!(["no_platform_authenticator", "ready"])),
            (but(origin, "conditionalMediation", json!(false)), json!(["no_autofill", "ready"])),
            (but(origin, "platformAuthenticator", Value::Null), json!(["ready"])),
        ] {
            assert_eq!(found(browser.clone(), Some(&rp)), expected, "{browser}");
        }
        assert_eq!(found(good(origin), None), json!(["not_configured"]));
        let browser: Browser = serde_json::from_value(good(origin)).unwrap();
        assert_eq!(diagnose(&browser, None, true), [Finding::DoesNotFit]);
    }

    #[test]
    fn the_first_to_mend_stands_first() {
        let rp = RelyingParty::new("example.org", "Jellyfin", &["https://example.org".parse().unwrap()]).unwrap();
        let bare = |origin: &str| json!({"secureContext": false, "origin": origin, "publicKeyCredential": false});
        assert_eq!(found(bare("http://192.0.2.7:8096"), Some(&rp)), json!(["address_is_ip", "not_secure"]));
        assert_eq!(
            found(bare("http://192.0.2.7:8096"), None),
            json!(["address_is_ip", "not_secure", "not_configured"])
        );
        assert_eq!(found(bare("http://example.org"), Some(&rp)), json!(["not_secure", "origin_not_allowed"]));
        assert_eq!(found(bare("http://nas"), Some(&rp)), json!(["not_secure", "id_not_suffix"]));
    }

    #[test]
    fn ready_means_that_nothing_hinders() {
        assert!([Finding::NoPlatformAuthenticator, Finding::NoAutofill, Finding::Ready].iter().all(|it| !it.hinders()));
        assert!(Finding::AddressIsIp.hinders() && Finding::BrowserTooOld.hinders());
    }
}
