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
/// work. `rp`: none as long as the owner has set none.
pub fn diagnose(browser: &Browser, rp: Option<&RelyingParty>) -> Vec<Finding> {
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
        None => found.push(Finding::NotConfigured),
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
