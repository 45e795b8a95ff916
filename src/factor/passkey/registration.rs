//! A new passkey (WebAuthn Level 3, 7.1).

use serde::{Deserialize, Serialize};
use serde_json::Value;
use webauthn_rs_core::proto::{
    AuthenticatorAttestationResponseRaw, AuthenticatorTransport, PublicKeyCredentialDescriptor,
    RegisterPublicKeyCredential, RegistrationExtensionsClientOutputs, RegistrationState as Begun,
    RequestRegistrationExtensions, ResidentKeyRequirement,
};

use super::authenticator_data::without_attestation;
use super::credential::{OFFERED, read_key};
use super::{
    Base64Url, Credential, LONGEST_ID, LONGEST_RESPONSE, MOST_CREDENTIALS, PasskeyError, RelyingParty, Verification,
    client_data,
};
use crate::defense::name::misleads;

/// Longest handle, in bytes (WebAuthn Level 3, 4, "User Handle").
const LONGEST_HANDLE: usize = 64;
/// Longest name, in bytes: authenticators may cut there (6.4.1).
const LONGEST_NAME: usize = 64;
/// Most transports kept.
const MOST_TRANSPORTS: usize = 8;

/// Whose passkey it will be.
pub struct Person<'a> {
    /// 1 to 64 bytes that name the account for ever and say nothing about it: Jellyfin's id of it.
    pub handle: &'a [u8],
    /// Shown by browser and authenticator.
    pub name: &'a str,
    /// Shown by browser and authenticator.
    pub display_name: &'a str,
}

/// A registration begun. Kept on the server, see the module.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationState {
    user_handle: Base64Url,
    existing: Vec<Base64Url>,
    registration: Begun,
}

/// What a browser's `PublicKeyCredential.toJSON()` gives.
#[derive(Deserialize)]
struct Registered {
    id: String,
    #[serde(rename = "rawId")]
    raw_id: Base64Url,
    #[serde(rename = "type")]
    kind: String,
    response: Attestation,
    #[serde(default, rename = "clientExtensionResults")]
    extensions: Value,
}

#[derive(Deserialize)]
struct Attestation {
    #[serde(rename = "clientDataJSON")]
    client_data: Base64Url,
    #[serde(rename = "attestationObject")]
    object: Base64Url,
    #[serde(default)]
    transports: Value,
}

/// Options for `navigator.credentials.create`, and the state to keep.
///
/// `existing`: the ids of the account's passkeys, so that no authenticator is registered twice. A discoverable
/// credential is *preferred*, not required: who can make one does, and a security key without room for it is still a
/// second factor.
pub fn begin_registration(
    rp: &RelyingParty,
    person: &Person<'_>,
    existing: &[Base64Url],
    verification: Verification,
) -> Result<(Value, RegistrationState), PasskeyError> {
    if !(1..=LONGEST_HANDLE).contains(&person.handle.len()) {
        return Err(PasskeyError::Person);
    }
    // With one more, the account must still be able to name all of them in an assertion.
    if existing.len() >= MOST_CREDENTIALS {
        return Err(PasskeyError::TooMany);
    }
    let asked = RequestRegistrationExtensions {
        cred_props: Some(true),
        cred_protect: None,
        uvm: None,
        min_pin_length: None,
        hmac_create_secret: None,
    };
    let builder = rp
        .core()
        .new_challenge_register_builder(person.handle, &shown(person.name)?, &shown(person.display_name)?)?
        .user_verification_policy(verification.into())
        .credential_algorithms(OFFERED.to_vec())
        .extensions(Some(asked));
    let (mut options, registration) = rp.core().generate_challenge_register(builder)?;
    if let Some(selection) = &mut options.public_key.authenticator_selection {
        selection.resident_key = Some(ResidentKeyRequirement::Preferred);
    }
    options.public_key.exclude_credentials = Some(existing.iter().map(descriptor).collect());
    let options = serde_json::to_value(options).map_err(|_| PasskeyError::Malformed)?;
    let user_handle = Base64Url(person.handle.to_vec());
    Ok((options, RegistrationState { user_handle, existing: existing.to_vec(), registration }))
}

fn descriptor(id: &Base64Url) -> PublicKeyCredentialDescriptor {
    PublicKeyCredentialDescriptor { type_: "public-key".to_owned(), id: id.0.clone(), transports: None }
}

/// Names are hostile: what would not show, or turn the text around, goes.
fn shown(name: &str) -> Result<String, PasskeyError> {
    let name: String = name.chars().filter(|c| !misleads(*c)).collect();
    let name = name.trim();
    let name = name[..name.floor_char_boundary(LONGEST_NAME)].trim_end();
    if name.is_empty() { Err(PasskeyError::Person) } else { Ok(name.to_owned()) }
}

/// The new passkey, if `response` (JSON) answers the state. Its id must be new among all accounts: the caller looks.
pub fn finish_registration(
    rp: &RelyingParty,
    state: &RegistrationState,
    response: &str,
) -> Result<Credential, PasskeyError> {
    if response.len() > LONGEST_RESPONSE {
        return Err(PasskeyError::TooLarge);
    }
    let Registered { id, raw_id, kind, response, extensions } =
        serde_json::from_str(response).map_err(|_| PasskeyError::Malformed)?;
    let sound = kind == "public-key" && id == raw_id.text() && (1..=LONGEST_ID).contains(&raw_id.0.len());
    if !sound {
        return Err(PasskeyError::Malformed);
    }
    client_data::check(rp, response.client_data.as_bytes())?;
    let attested = without_attestation(response.object.as_bytes())?;
    if attested.id != raw_id.0 {
        return Err(PasskeyError::Malformed);
    }
    if state.existing.contains(&raw_id) {
        return Err(PasskeyError::Registered);
    }
    let answer = RegisterPublicKeyCredential {
        id,
        raw_id: raw_id.0.clone(),
        response: AuthenticatorAttestationResponseRaw {
            attestation_object: attested.object,
            client_data_json: response.client_data.0,
            transports: None,
        },
        type_: kind,
        extensions: RegistrationExtensionsClientOutputs::default(),
    };
    let made = rp.core().register_credential(&answer, &state.registration, None)?;
    // What is kept can be read again.
    read_key(&attested.key)?;
    Ok(Credential {
        id: raw_id,
        user_handle: state.user_handle.clone(),
        public_key: Base64Url(attested.key),
        counter: made.counter,
        transports: transports(&response.transports),
        backup_eligible: made.backup_eligible,
        backup_state: made.backup_state,
        user_verified: made.user_verified,
        discoverable: extensions.pointer("/credProps/rk").and_then(Value::as_bool),
    })
}

/// Those that are known, each once.
fn transports(said: &Value) -> Vec<AuthenticatorTransport> {
    let mut known: Vec<AuthenticatorTransport> = Vec::new();
    for transport in said.as_array().into_iter().flatten().filter_map(Value::as_str).take(MOST_TRANSPORTS) {
        if let Ok(transport) = transport.parse()
            && !known.contains(&transport)
        {
            known.push(transport);
        }
    }
    known
}
