//! What the browser says of the page: the part of it that webauthn-rs-core judges too kindly.

use serde::Deserialize;

use super::{PasskeyError, RelyingParty};

/// WebAuthn Level 3, 5.8.1. Type and challenge are webauthn-rs-core's to compare.
#[derive(Deserialize)]
struct ClientData<'a> {
    #[serde(borrow)]
    origin: std::borrow::Cow<'a, str>,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: Option<bool>,
    #[serde(default, rename = "topOrigin")]
    top_origin: Option<serde::de::IgnoredAny>,
}

/// Refuses every page but one of the relying party's own, by itself.
pub(super) fn check(rp: &RelyingParty, client_data: &[u8]) -> Result<(), PasskeyError> {
    let said: ClientData<'_> = serde_json::from_slice(client_data).map_err(|_| PasskeyError::Malformed)?;
    if !rp.allows(&said.origin) {
        return Err(PasskeyError::Origin);
    }
    if said.cross_origin == Some(true) || said.top_origin.is_some() {
        return Err(PasskeyError::Frame);
    }
    Ok(())
}
