//! Password hashing, for any program. Each call takes a tenth of a second and blocks its thread.

use safer_ffi::prelude::*;

use super::failure::Failure;
use super::guard::guarded;
use super::raw::Output;
use super::{JwBuffer, JwStatus, JwView};
use crate::clock::SystemRandomness;
use crate::crypto::password::{self, PasswordError};

/// Longest stored hash looked at.
const STORED: usize = 4096;

/// Hashes a password with Argon2id (19 MiB, 2 passes) and stores the PHC string in `*dst`.
#[ffi_export]
pub fn jw_password_hash(password: JwView, dst: *mut JwBuffer) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        dst.write(password::hash(password.text(password::LONGEST)?, &SystemRandomness)?.into_bytes().into());
        Ok(())
    })
}

/// Stores 1 in `*right` when this is the password behind an Argon2 PHC string, else 0.
#[ffi_export]
pub fn jw_password_verify(password: JwView, stored: JwView, right: *mut u8) -> JwStatus {
    compare(&password, &stored, right, password::verify)
}

/// Stores 1 in `*right` when this is the password behind a hash as Jellyfin stores it, else 0.
///
/// `$PBKDF2-SHA512$iterations=…$SALT$HASH`, or the older `$PBKDF2$…` (SHA-1).
#[ffi_export]
pub fn jw_password_verify_jellyfin(password: JwView, stored: JwView, right: *mut u8) -> JwStatus {
    compare(&password, &stored, right, password::verify_jellyfin)
}

fn compare(
    password: &JwView,
    stored: &JwView,
    right: *mut u8,
    verify: impl FnOnce(&str, &str) -> Result<bool, PasswordError>,
) -> JwStatus {
    guarded(|| {
        let right = Output::new(right)?;
        let outcome = verify(password.text(password::LONGEST)?, stored.text(STORED)?);
        right.write(outcome.map_err(Failure::from)?.into());
        Ok(())
    })
}
