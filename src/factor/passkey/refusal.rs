//! Why a ceremony cannot begin, or proves nothing.

use serde::Serialize;
use webauthn_rs_core::error::WebauthnError;

/// A ceremony that ended in nothing. In JSON: the name in snake_case, which does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PasskeyError {
    /// Names or handle are unusable.
    #[error("give the person a handle of 1 to 64 bytes and names that show something")]
    Person,
    /// [`super::MOST_CREDENTIALS`] is the most.
    #[error("too many credentials: remove some passkeys of this account first")]
    TooMany,
    /// More than [`super::LONGEST_RESPONSE`].
    #[error("the response is too large: begin again with another authenticator")]
    TooLarge,
    /// Not what a browser sends.
    #[error("the response is not one of navigator.credentials: begin again")]
    Malformed,
    /// Registration for assertion, or the other way round.
    #[error("the response belongs to the other ceremony: begin again")]
    Ceremony,
    /// Old, used, or made for somebody else.
    #[error("the response answers another challenge: begin again")]
    Challenge,
    /// The page stood at an address that is not allowed.
    #[error("the response was made at an address that is not allowed: add it to the allowed origins, or use another")]
    Origin,
    /// The page stood in a frame of another site.
    #[error("the response was made in a frame of another site: open the page by itself")]
    Frame,
    /// The authenticator signed for another id.
    #[error("the response is for another relying party: register a passkey for this one")]
    RelyingParty,
    /// Nobody touched the authenticator.
    #[error("nobody confirmed at the authenticator: begin again and touch it")]
    NotPresent,
    /// No PIN, finger or face although it was required.
    #[error("the authenticator did not verify its user: set up a PIN, finger or face on it")]
    NotVerified,
    /// Backed up though it cannot be, or suddenly able to be.
    #[error("the authenticator contradicts itself on being backed up: register it anew")]
    BackupFlags,
    /// A kind that was not offered, or no key at all.
    #[error("the key is of a kind that was not asked for, or none at all: use another authenticator")]
    Key,
    /// The authenticator already has a passkey of this account.
    #[error("this authenticator is already registered here: use it, or remove its passkey first")]
    Registered,
    /// Not one of those that were asked for.
    #[error("the passkey is not one that was asked for: use one of this account, or register it")]
    Unknown,
    /// The passkey says that it is somebody else's.
    #[error("the passkey belongs to another account: sign in to that account")]
    Account,
    /// Not signed by that passkey.
    #[error("the signature is wrong: begin again")]
    Signature,
    /// Its counter went back or stood still.
    #[error("the passkey may have been copied, its counter did not go up: remove it and register a new one")]
    PossibleClone,
}

impl From<WebauthnError> for PasskeyError {
    fn from(error: WebauthnError) -> Self {
        use WebauthnError as W;
        match error {
            W::InvalidClientDataType => Self::Ceremony,
            W::MismatchedChallenge => Self::Challenge,
            W::InvalidRPOrigin => Self::Origin,
            W::CredentialCrossOrigin => Self::Frame,
            W::InvalidRPIDHash => Self::RelyingParty,
            W::UserNotPresent => Self::NotPresent,
            W::UserNotVerified => Self::NotVerified,
            W::CredentialBackupEligibilityInconsistent | W::CredentialMayNotBeHardwareBound => Self::BackupFlags,
            W::COSEKeyInvalidCBORValue
            | W::COSEKeyInvalidType
            | W::COSEKeyEDUnsupported
            | W::COSEKeyECDSAXYInvalid
            | W::COSEKeyRSANEInvalid
            | W::COSEKeyECDSAInvalidCurve
            | W::COSEKeyEDDSAXInvalid
            | W::COSEKeyEDDSAInvalidCurve
            | W::COSEKeyInvalidAlgorithm
            | W::SshPublicKeyEDUnsupported
            | W::CredentialAlteredAlgFromRequest
            | W::CredentialInsecureCryptography
            | W::EcdsaPointInvalid
            | W::RsaParametersInvalid => Self::Key,
            W::CredentialNotFound => Self::Unknown,
            W::AuthenticationFailure | W::SignatureInvalid => Self::Signature,
            W::CredentialPossibleCompromise => Self::PossibleClone,
            W::InvalidUsername => Self::Person,
            _ => Self::Malformed,
        }
    }
}
