//! Passkeys: WebAuthn Level 3, the server's half.
//!
//! The ceremony is webauthn-rs-core's. What that crate leaves to its callers is done here: origins compared letter by
//! letter (it compares them parsed, so that another case or a trailing path passes), no frame of another site in
//! either ceremony, nothing after the data that is signed, keys only of the kinds that were offered, the id that the
//! browser names and the id that the authenticator signs the same, the account of the credential, and the size of
//! everything before it is parsed.
//!
//! Nothing is kept. A state goes to the caller, who keeps it on the server for [`LIFETIME`] at most, removes it
//! *before* the response to it is verified, and hands it out once. Two more duties are the caller's: a new credential
//! whose id any account already has is refused, and what [`Asserted`] says is stored before anything is granted.

mod assertion;
mod authenticator_data;
mod base64url;
mod client_data;
mod credential;
mod diagnosis;
mod refusal;
mod registration;
mod relying_party;

pub use assertion::{Asserted, AssertionState, begin_assertion, credential_id, finish_assertion};
pub use base64url::Base64Url;
pub use credential::{Credential, LONGEST_ID};
pub use diagnosis::{Browser, Finding, diagnose};
pub use refusal::PasskeyError;
pub use registration::{Person, RegistrationState, begin_registration, finish_registration};
pub use relying_party::{RelyingParty, RelyingPartyError};

use serde::{Deserialize, Serialize};
use webauthn_rs_core::proto::UserVerificationPolicy;

use crate::clock::Seconds;

/// How long a browser may take, and how long a state is worth anything: the longest that Level 3, 15.1, recommends.
pub const LIFETIME: Seconds = 600;

/// Longest response of a browser, in bytes of JSON. One with a chain of attestation certificates has about 10,000.
pub const LONGEST_RESPONSE: usize = 64 * 1024;

/// Most credentials of one account.
pub const MOST_CREDENTIALS: usize = 64;

/// Must the authenticator ask for its PIN, finger or face?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verification {
    /// Yes: the passkey is all there is.
    Required,
    /// If it can: a password was already right.
    Preferred,
}

impl From<Verification> for UserVerificationPolicy {
    fn from(verification: Verification) -> Self {
        match verification {
            Verification::Required => Self::Required,
            Verification::Preferred => Self::Preferred,
        }
    }
}
