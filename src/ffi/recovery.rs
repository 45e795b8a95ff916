//! Recovery codes, for any program.

use safer_ffi::prelude::*;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::guard::guarded;
use super::raw::Output;
use super::{JwBuffer, JwStatus, JwView};
use crate::clock::SystemRandomness;
use crate::crypto::key::{DerivedKey, KEY_BYTES};
use crate::factor::recovery;
use crate::host::AccountId;

/// Longest text looked at.
const TYPED: usize = 4096;
/// Bytes of an account's id.
const ACCOUNT: usize = 16;

/// Stores ten new codes in `*dst`, one to a line, each as `xxxx-xxxx-xxxx-xxxx`. Show them once; store their hashes.
#[ffi_export]
pub fn jw_recovery_generate(dst: *mut JwBuffer) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        let codes = recovery::generate(&SystemRandomness)?;
        let mut lines = Vec::with_capacity(codes.iter().map(|code| code.len() + 1).sum());
        for code in &codes {
            lines.extend_from_slice(code.as_bytes());
            lines.push(b'\n');
        }
        dst.write(lines.into());
        Ok(())
    })
}

/// Stores the 16 symbols behind what was typed in `*dst`; nothing (length 0) when it is not a code.
///
/// Case, blanks and dashes do not matter; O counts as 0, I and L as 1.
#[ffi_export]
pub fn jw_recovery_normalise(typed: JwView, dst: *mut JwBuffer) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        let code = recovery::normalise(typed.text(TYPED)?);
        dst.write(code.map_or_else(Vec::new, |code| code.as_bytes().to_vec()).into());
        Ok(())
    })
}

/// Stores in `*dst` the 32 bytes to keep of a code: HMAC-SHA-256 under `key` (32 bytes), bound to `account` (16 bytes).
///
/// `normalised`: what `jw_recovery_normalise` gave. Equal codes of one account have equal hashes: look it up, delete it.
#[ffi_export]
pub fn jw_recovery_hash(key: JwView, account: JwView, normalised: JwView, dst: *mut JwBuffer) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        let invalid = |message| Failure::new(JwStatus::InvalidArgument, message);
        let key: Zeroizing<[u8; KEY_BYTES]> =
            Zeroizing::new(key.bytes(KEY_BYTES)?.try_into().map_err(|_| invalid("a key has 32 bytes"))?);
        let account: [u8; ACCOUNT] =
            account.bytes(ACCOUNT)?.try_into().map_err(|_| invalid("an account's id has 16 bytes"))?;
        let code = normalised.text(recovery::SYMBOLS)?;
        if recovery::normalise(code).is_none_or(|normal| normal.as_str() != code) {
            return Err(invalid("normalise the code first"));
        }
        let hash = recovery::hash(&DerivedKey::from_bytes(*key), &AccountId::from(account), code);
        dst.write(hash.to_vec().into());
        Ok(())
    })
}
