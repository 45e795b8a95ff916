//! Signed cookie values, for any program.

use safer_ffi::prelude::*;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::guard::guarded;
use super::raw::Output;
use super::{JwBuffer, JwStatus, JwView};
use crate::crypto::key::{KEY_BYTES, MasterKey};
use crate::crypto::signed::{LONGEST_PAYLOAD, Ring};

/// Longest purpose.
const PURPOSE: usize = 256;
/// Longest value looked at; one that is longer than any of ours is just not ours.
const VALUE: usize = 64 * 1024;

/// Signs 1 to 1024 bytes and stores the value, text that any cookie can hold, in `*dst`. Signed is not sealed: whoever
/// has the value can read the payload.
///
/// `master`: 32 secret bytes, from which the key of this `purpose` (text, say "trusted browser") and `key_id` is derived.
/// The value holds until just before `expires_at` (seconds since 1970).
#[ffi_export]
pub fn jw_cookie_sign(
    master: JwView,
    key_id: u32,
    purpose: JwView,
    payload: JwView,
    expires_at: i64,
    dst: *mut JwBuffer,
) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        let value = ring(master, purpose)?.sign(key_id, payload.bytes(LONGEST_PAYLOAD)?, expires_at)?;
        dst.write(value.into_bytes().into());
        Ok(())
    })
}

/// Stores the payload in `*dst`, or nothing (length 0) when the value is not ours, was changed, is for another purpose,
/// has expired, or was signed by a key that is not among `oldest_key_id` to `newest_key_id`.
///
/// To rotate, sign with the next id and accept the older ones until everything they signed has expired: nobody is
/// signed out. After a change of `master`, check with the new one first, then with the old.
#[ffi_export]
pub fn jw_cookie_check(
    master: JwView,
    oldest_key_id: u32,
    newest_key_id: u32,
    purpose: JwView,
    value: JwView,
    now: i64,
    dst: *mut JwBuffer,
) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        let ring = ring(master, purpose)?;
        // What is no text was never signed here.
        let value = str::from_utf8(value.bytes(VALUE)?).unwrap_or_default();
        dst.write(ring.check(value, oldest_key_id..=newest_key_id, now).unwrap_or_default().into());
        Ok(())
    })
}

fn ring(master: JwView, purpose: JwView) -> Result<Ring, Failure> {
    let invalid = |message| Failure::new(JwStatus::InvalidArgument, message);
    let master: Zeroizing<[u8; KEY_BYTES]> =
        Zeroizing::new(master.bytes(KEY_BYTES)?.try_into().map_err(|_| invalid("a master key has 32 bytes"))?);
    let purpose = purpose.text(PURPOSE)?;
    if purpose.is_empty() {
        return Err(invalid("say what the value is for"));
    }
    Ok(Ring::new(MasterKey::from_bytes(*master), purpose))
}
