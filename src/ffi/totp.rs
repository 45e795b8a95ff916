//! Authenticator apps, for any program.

use safer_ffi::prelude::*;

use super::failure::Failure;
use super::guard::guarded;
use super::raw::{self, Output};
use super::{
    JW_TOTP_SHA1, JW_TOTP_SHA256, JW_TOTP_SHA512, JW_TOTP_WRONG, JwBuffer, JwStatus, JwTotpParameters, JwView,
};
use crate::clock::SystemRandomness;
use crate::factor::qr;
use crate::factor::totp::{self, Algorithm, Parameters, Totp};

/// Longest issuer or account looked at; only its beginning goes into the address.
const NAME: usize = 4096;
/// Longest code looked at.
const CODE: usize = 4096;

/// Stores a new secret in `*dst`: 20 random bytes.
#[ffi_export]
pub fn jw_totp_secret(dst: *mut JwBuffer) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        dst.write(totp::generate_secret(&SystemRandomness)?.to_vec().into());
        Ok(())
    })
}

/// Stores a secret as base32 without padding in `*dst`, for typing it into an app by hand.
#[ffi_export]
pub fn jw_totp_secret_text(secret: JwView, dst: *mut JwBuffer) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        let text = totp::secret_text(secret.bytes(totp::LONGEST_SECRET)?);
        dst.write(text.as_bytes().to_vec().into());
        Ok(())
    })
}

/// Stores in `*step` the number of the time step whose code this is, or `JW_TOTP_WRONG`.
///
/// The step before and the step after `now` (seconds since 1970) count too; blanks in the code do not. A step must be
/// accepted once only: keep the last one, and refuse what is not greater. Null parameters: SHA-1, 6 digits, 30 seconds.
#[ffi_export]
pub fn jw_totp_check(
    secret: JwView,
    parameters: *const JwTotpParameters,
    code: JwView,
    now: i64,
    step: *mut i64,
) -> JwStatus {
    guarded(|| {
        let step = Output::new(step)?;
        let totp = Totp::new(secret.bytes(totp::LONGEST_SECRET)?, read(parameters)?)?;
        let matching = totp.matching_step(code.text(CODE)?, now);
        step.write(matching.and_then(|step| step.try_into().ok()).unwrap_or(JW_TOTP_WRONG));
        Ok(())
    })
}

/// Stores the `otpauth://` address in `*dst` that an app reads from a QR code. It holds the secret.
#[ffi_export]
pub fn jw_totp_uri(
    secret: JwView,
    parameters: *const JwTotpParameters,
    issuer: JwView,
    account: JwView,
    dst: *mut JwBuffer,
) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        let secret = secret.bytes(totp::LONGEST_SECRET)?;
        let address = totp::uri(secret, read(parameters)?, issuer.text(NAME)?, account.text(NAME)?)?;
        dst.write(address.as_bytes().to_vec().into());
        Ok(())
    })
}

/// Draws `text`, at most 1024 bytes, as a QR code and stores the SVG in `*dst`.
#[ffi_export]
pub fn jw_totp_qr(text: JwView, dst: *mut JwBuffer) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        dst.write(qr::svg(text.text(qr::LONGEST)?)?.as_bytes().to_vec().into());
        Ok(())
    })
}

fn read(pointer: *const JwTotpParameters) -> Result<Parameters, Failure> {
    let Some(JwTotpParameters { algorithm, digits, period }) = raw::parameters(pointer)? else {
        return Ok(Parameters::default());
    };
    let algorithm = match algorithm {
        JW_TOTP_SHA1 => Algorithm::Sha1,
        JW_TOTP_SHA256 => Algorithm::Sha256,
        JW_TOTP_SHA512 => Algorithm::Sha512,
        _ => return Err(Failure::new(JwStatus::InvalidArgument, "no such algorithm")),
    };
    let digits = digits.try_into().map_err(|_| totp::TotpError::Digits)?;
    Ok(Parameters { algorithm, digits, period })
}
