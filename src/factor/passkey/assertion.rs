//! A passkey used (WebAuthn Level 3, 7.2).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use webauthn_rs_core::proto::{
    AllowCredentials, AuthenticationExtensionsClientOutputs, AuthenticationState as Begun,
    AuthenticatorAssertionResponseRaw, PublicKeyCredential,
};

use super::authenticator_data::check_asserted;
use super::{
    Base64Url, Credential, LONGEST_ID, LONGEST_RESPONSE, MOST_CREDENTIALS, PasskeyError, RelyingParty, Verification,
    client_data,
};

/// An assertion begun. Kept on the server, see the module.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssertionState {
    /// Empty: any passkey that says whose it is.
    allowed: Vec<Base64Url>,
    assertion: Begun,
}

/// What a passkey proved. The caller stores counter and backup state before anything is granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Asserted {
    /// Whose: the credential's.
    pub user_handle: Base64Url,
    /// With which.
    pub credential_id: Base64Url,
    /// To be stored; 0 if the authenticator does not count.
    pub counter: u32,
    /// To be stored: is it backed up now?
    pub backup_state: bool,
    /// Did the authenticator verify its user? Always, where that was required.
    pub user_verified: bool,
}

/// What a browser's `PublicKeyCredential.toJSON()` gives.
#[derive(Deserialize)]
struct Response {
    id: String,
    #[serde(rename = "rawId")]
    raw_id: Base64Url,
    #[serde(rename = "type")]
    kind: String,
    response: Assertion,
}

#[derive(Deserialize)]
struct Assertion {
    #[serde(rename = "authenticatorData")]
    data: Base64Url,
    #[serde(rename = "clientDataJSON")]
    client_data: Base64Url,
    signature: Base64Url,
    #[serde(default, rename = "userHandle")]
    user_handle: Option<Base64Url>,
}

/// Options for `navigator.credentials.get`, and the state to keep.
///
/// `allowed`: the passkeys of the one account whose password was right; none before that, for everybody alike: then
/// only a discoverable passkey answers, and it says whose it is.
pub fn begin_assertion(
    rp: &RelyingParty,
    allowed: &[Credential],
    verification: Verification,
) -> Result<(Value, AssertionState), PasskeyError> {
    if allowed.len() > MOST_CREDENTIALS {
        return Err(PasskeyError::TooMany);
    }
    let builder = rp.core().new_challenge_authenticate_builder(Vec::new(), Some(verification.into()))?;
    let (mut options, assertion) = rp.core().generate_challenge_authenticate(builder)?;
    options.public_key.allow_credentials = allowed.iter().map(descriptor).collect();
    let options = serde_json::to_value(options).map_err(|_| PasskeyError::Malformed)?;
    let allowed = allowed.iter().map(|credential| credential.id.clone()).collect();
    Ok((options, AssertionState { allowed, assertion }))
}

fn descriptor(credential: &Credential) -> AllowCredentials {
    AllowCredentials {
        type_: "public-key".to_owned(),
        id: credential.id.0.clone(),
        transports: Some(credential.transports.clone()).filter(|known| !known.is_empty()),
    }
}

/// The id of the passkey that made this response, for finding it. Proves nothing.
pub fn credential_id(response: &str) -> Result<Base64Url, PasskeyError> {
    read(response).map(|response| response.raw_id)
}

fn read(response: &str) -> Result<Response, PasskeyError> {
    if response.len() > LONGEST_RESPONSE {
        return Err(PasskeyError::TooLarge);
    }
    let response: Response = serde_json::from_str(response).map_err(|_| PasskeyError::Malformed)?;
    let sound = response.kind == "public-key"
        && response.id == response.raw_id.text()
        && (1..=LONGEST_ID).contains(&response.raw_id.0.len());
    if sound { Ok(response) } else { Err(PasskeyError::Malformed) }
}

/// What `response` (JSON) proves, if it answers the state with `credential`, which was found by [`credential_id`].
///
/// Who it is stands in the credential. A passkey that names a handle must name that one; without a list of allowed
/// ones it must name it.
pub fn finish_assertion(
    rp: &RelyingParty,
    state: &AssertionState,
    response: &str,
    credential: &Credential,
) -> Result<Asserted, PasskeyError> {
    let Response { id, raw_id, kind, response } = read(response)?;
    let listed = state.allowed.is_empty() || state.allowed.contains(&raw_id);
    if !listed || credential.id != raw_id {
        return Err(PasskeyError::Unknown);
    }
    // Some browsers say nothing with an empty one.
    match response.user_handle.as_ref().filter(|handle| !handle.0.is_empty()) {
        Some(handle) if *handle != credential.user_handle => return Err(PasskeyError::Account),
        None if state.allowed.is_empty() => return Err(PasskeyError::Account),
        _ => {}
    }
    client_data::check(rp, response.client_data.as_bytes())?;
    check_asserted(response.data.as_bytes())?;
    let answer = PublicKeyCredential {
        id,
        raw_id: raw_id.0,
        response: AuthenticatorAssertionResponseRaw {
            authenticator_data: response.data.0,
            client_data_json: response.client_data.0,
            signature: response.signature.0,
            user_handle: None,
        },
        extensions: AuthenticationExtensionsClientOutputs::default(),
        type_: kind,
    };
    let proved = rp.core().authenticate_single_credential(&answer, &state.assertion, &credential.checked()?)?;
    Ok(Asserted {
        user_handle: credential.user_handle.clone(),
        credential_id: credential.id.clone(),
        counter: proved.counter(),
        backup_state: proved.backup_state(),
        user_verified: proved.user_verified(),
    })
}
