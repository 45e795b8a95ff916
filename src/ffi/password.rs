//! Passwords, for any program. Hashing and checking take a tenth of a second and block their thread.

use safer_ffi::prelude::*;
use serde_json::json;

use super::failure::Failure;
use super::guard::guarded;
use super::raw::Output;
use super::{JwBuffer, JwStatus, JwView};
use crate::account::password_rules::strength;
use crate::clock::SystemRandomness;
use crate::crypto::password::{self, PasswordError};

/// Longest stored hash looked at.
const STORED: usize = 4096;

/// Longest list of names looked at.
const ABOUT: usize = 4096;

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

/// Estimates how hard a password is to guess and stores `{"score":0,"hints":["add_words","popular"]}` in `*dst`.
///
/// The score goes from 0, guessed at once, to 4; docs/http-api.md tells what the hints mean. `about` is a JSON list of
/// names and addresses that others know of its owner, or empty.
#[ffi_export]
pub fn jw_password_strength(password: JwView, about: JwView, dst: *mut JwBuffer) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        let about = match about.text(ABOUT)? {
            "" => Vec::new(),
            list => serde_json::from_str::<Vec<String>>(list)
                .map_err(|_| Failure::new(JwStatus::InvalidArgument, "about is a JSON list of texts"))?,
        };
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        let found = strength(password.text(password::LONGEST)?, &about);
        let hints: Vec<&str> = found.hints.iter().map(|hint| hint.code()).collect();
        dst.write(json!({ "score": found.score, "hints": hints }).to_string().into_bytes().into());
        Ok(())
    })
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
