//! Passkeys, for any program.

use safer_ffi::prelude::*;
use serde::Deserialize;

use super::engine::{document, json};
use super::failure::Failure;
use super::guard::guarded;
use super::raw::{self, Output};
use super::{JwBuffer, JwRelyingParty, JwStatus, JwView};
use crate::factor::passkey::{self, Base64Url, Credential, Person, RelyingParty, Verification};
use crate::settings::WebOrigin;

/// Longest text of a relying party; the list of origins is the longest.
const TEXT: usize = 16 * 1024;
/// Largest request or state: 64 credentials with ids of 1023 bytes.
const DOCUMENT: usize = 256 * 1024;
/// Largest credential.
const CREDENTIAL: usize = 16 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Register {
    user_handle: Base64Url,
    name: String,
    display_name: String,
    existing: Vec<Base64Url>,
    verification: Verification,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Assert {
    allowed: Vec<Credential>,
    verification: Verification,
}

/// Begins a registration. Stores the options for `navigator.credentials.create` in `*options` and what to keep on the
/// server, for 10 minutes at most, in `*state`.
///
/// `request`: `{"userHandle":"…","name":"…","displayName":"…","existing":["…"],"verification":"preferred"}`, or
/// `"required"`. Handle and ids are base64url; `existing` are the ids of the account's passkeys.
#[ffi_export]
pub fn jw_passkey_register_begin(
    relying_party: *const JwRelyingParty,
    request: JwView,
    options: *mut JwBuffer,
    state: *mut JwBuffer,
) -> JwStatus {
    guarded(|| {
        let (options, state) = (Output::new(options)?, Output::new(state)?);
        let request: Register = document(&request, DOCUMENT)?;
        let Register { user_handle, name, display_name, existing, verification } = &request;
        let person = Person { handle: user_handle.as_bytes(), name, display_name };
        let (asked, begun) = passkey::begin_registration(&read(relying_party)?, &person, existing, *verification)?;
        let (asked, begun) = (json(&asked)?, json(&begun)?);
        options.write(asked);
        state.write(begun);
        Ok(())
    })
}

/// Stores the new passkey in `*credential` if `response`, the browser's `PublicKeyCredential.toJSON()`, answers `state`.
///
/// Remove the state before you call this, so that it is used once. Refuse a credential whose `id` any account has.
#[ffi_export]
pub fn jw_passkey_register_finish(
    relying_party: *const JwRelyingParty,
    state: JwView,
    response: JwView,
    credential: *mut JwBuffer,
) -> JwStatus {
    guarded(|| {
        let credential = Output::new(credential)?;
        let state = document(&state, DOCUMENT)?;
        let response = response.text(passkey::LONGEST_RESPONSE)?;
        credential.write(json(&passkey::finish_registration(&read(relying_party)?, &state, response)?)?);
        Ok(())
    })
}

/// Begins an assertion. Stores the options for `navigator.credentials.get` in `*options` and what to keep on the server,
/// for 10 minutes at most, in `*state`.
///
/// `request`: `{"allowed":[<credential>],"verification":"required"}`, or `"preferred"`. Allowed are the credentials of
/// the account whose password was right; none, as long as nobody proved to be anybody.
#[ffi_export]
pub fn jw_passkey_assert_begin(
    relying_party: *const JwRelyingParty,
    request: JwView,
    options: *mut JwBuffer,
    state: *mut JwBuffer,
) -> JwStatus {
    guarded(|| {
        let (options, state) = (Output::new(options)?, Output::new(state)?);
        let Assert { allowed, verification } = document(&request, DOCUMENT)?;
        let (asked, begun) = passkey::begin_assertion(&read(relying_party)?, &allowed, verification)?;
        let (asked, begun) = (json(&asked)?, json(&begun)?);
        options.write(asked);
        state.write(begun);
        Ok(())
    })
}

/// Stores the id, as bytes, of the passkey that made `response` in `*dst`, for finding it. Proves nothing.
#[ffi_export]
pub fn jw_passkey_credential_id(response: JwView, dst: *mut JwBuffer) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        dst.write(passkey::credential_id(response.text(passkey::LONGEST_RESPONSE)?)?.0.into());
        Ok(())
    })
}

/// Stores what `response`, the browser's `PublicKeyCredential.toJSON()`, proves in `*asserted` if it answers `state`
/// with `credential`: `{"userHandle":"…","credentialId":"…","counter":2,"backupState":false,"userVerified":true}`.
///
/// Remove the state before you call this. Store counter and backup state in the credential before you grant anything.
/// `JW_STATUS_REFUSED`: it proves nothing. `JW_STATUS_POSSIBLE_CLONE`: nor does this, and somebody should be told.
#[ffi_export]
pub fn jw_passkey_assert_finish(
    relying_party: *const JwRelyingParty,
    state: JwView,
    response: JwView,
    credential: JwView,
    asserted: *mut JwBuffer,
) -> JwStatus {
    guarded(|| {
        let asserted = Output::new(asserted)?;
        let state = document(&state, DOCUMENT)?;
        let credential = document(&credential, CREDENTIAL)?;
        let response = response.text(passkey::LONGEST_RESPONSE)?;
        let proved = passkey::finish_assertion(&read(relying_party)?, &state, response, &credential)?;
        asserted.write(json(&proved)?);
        Ok(())
    })
}

fn read(pointer: *const JwRelyingParty) -> Result<RelyingParty, Failure> {
    let JwRelyingParty { id, name, origins } = raw::relying_party(pointer)?;
    let origins: Vec<String> = document(&origins, TEXT)?;
    let origins: Vec<WebOrigin> =
        origins.iter().map(|origin| origin.parse()).collect::<Result<_, _>>().map_err(
            |error: crate::settings::InvalidOrigin| Failure::new(JwStatus::InvalidArgument, error.to_string()),
        )?;
    Ok(RelyingParty::new(id.text(TEXT)?, name.text(TEXT)?, &origins)?)
}
