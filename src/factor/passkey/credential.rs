//! What is kept of a passkey. Nothing in it is secret: the key is the public one.

use serde::{Deserialize, Serialize};
use webauthn_rs_core::proto::{
    AttestationFormat, AttestationMetadata, AuthenticatorTransport, COSEAlgorithm, COSEKey, COSEKeyType,
    Credential as Checked, ECDSACurve, ParsedAttestation, ParsedAttestationData, RegisteredExtensions,
    UserVerificationPolicy,
};

use super::{Base64Url, PasskeyError};

/// Longest id of a credential, in bytes (WebAuthn Level 3, 4, "Credential ID").
pub const LONGEST_ID: usize = 1023;

/// Longest `COSE_Key` kept, in bytes. One of RSA with 2048 bits has about 280.
const LONGEST_KEY: usize = 1024;

/// The kinds of key that are offered, the better first. webauthn-rs-core 0.6.2 verifies no EdDSA signature.
pub(super) const OFFERED: [COSEAlgorithm; 2] = [COSEAlgorithm::ES256, COSEAlgorithm::RS256];

/// A registered passkey. Its JSON is its serialised form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Credential {
    /// Its id; 1 to [`LONGEST_ID`] bytes. No two accounts may have the same.
    pub id: Base64Url,
    /// The handle of the person it was registered for.
    pub user_handle: Base64Url,
    /// `COSE_Key` (RFC 9052, section 7), as the authenticator wrote it.
    pub public_key: Base64Url,
    /// Signatures made so far. Many authenticators do not count and always say 0.
    pub counter: u32,
    /// How the browser reached it; a hint for finding it again.
    #[serde(default)]
    pub transports: Vec<AuthenticatorTransport>,
    /// Can it be backed up, or shared between devices? Never changes.
    pub backup_eligible: bool,
    /// Was it backed up when it was last used?
    pub backup_state: bool,
    /// Did the authenticator verify its user at registration?
    pub user_verified: bool,
    /// Can it be found without naming an account? Unknown if the browser did not tell; unsigned, a hint only.
    #[serde(default)]
    pub discoverable: Option<bool>,
}

impl Credential {
    /// As webauthn-rs-core wants it.
    pub(super) fn checked(&self) -> Result<Checked, PasskeyError> {
        Ok(Checked {
            cred_id: self.id.0.clone(),
            cred: read_key(self.public_key.as_bytes())?,
            counter: self.counter,
            transports: None,
            user_verified: self.user_verified,
            backup_eligible: self.backup_eligible,
            backup_state: self.backup_state,
            // Whether the user must be verified is asked anew each time. The crate would also insist because of what
            // was true at registration, and refuse a second factor in a browser that cannot ask for the PIN.
            registration_policy: UserVerificationPolicy::Discouraged_DO_NOT_USE,
            extensions: RegisteredExtensions::none(),
            attestation: ParsedAttestation { data: ParsedAttestationData::None, metadata: AttestationMetadata::None },
            attestation_format: AttestationFormat::None,
        })
    }
}

/// Only a key of a kind that was offered.
pub(super) fn read_key(bytes: &[u8]) -> Result<COSEKey, PasskeyError> {
    if bytes.len() > LONGEST_KEY {
        return Err(PasskeyError::Key);
    }
    let value: serde_cbor_2::Value = serde_cbor_2::from_slice(bytes).map_err(|_| PasskeyError::Key)?;
    let key = COSEKey::try_from(&value)?;
    if is_offered(&key) { Ok(key) } else { Err(PasskeyError::Key) }
}

/// As it was meant: the crate takes ES256 on any curve, and 2048 bits that begin with 1500 zeroes.
fn is_offered(key: &COSEKey) -> bool {
    match &key.key {
        // WebAuthn Level 3, 5.8.5: ES256 is P-256.
        COSEKeyType::EC_EC2(point) => key.type_ == COSEAlgorithm::ES256 && point.curve == ECDSACurve::SECP256R1,
        COSEKeyType::RSA(rsa) => key.type_ == COSEAlgorithm::RS256 && rsa.n.first().is_some_and(|byte| byte >= &0x80),
        COSEKeyType::EC_OKP(_) => false,
    }
}
