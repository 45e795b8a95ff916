//! Bearer tokens, for any program.

use safer_ffi::prelude::*;

use super::guard::guarded;
use super::raw::Output;
use super::{JwBuffer, JwStatus, JwView};
use crate::clock::SystemRandomness;
use crate::crypto::token::{self, Token};

/// Longest text hashed.
const TEXT: usize = 4096;

/// Stores a new token in `*dst`: 256 random bits as 43 characters of base64url. Hand it out, store its hash.
#[ffi_export]
pub fn jw_token_generate(dst: *mut JwBuffer) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        dst.write(Token::generate(&SystemRandomness)?.as_str().as_bytes().to_vec().into());
        Ok(())
    })
}

/// Stores in `*dst` the 32 bytes to keep of a token: SHA-256 of its text.
#[ffi_export]
pub fn jw_token_hash(token: JwView, dst: *mut JwBuffer) -> JwStatus {
    guarded(|| {
        let dst = Output::new(dst)?;
        dst.write(token::hash(token.text(TEXT)?).to_vec().into());
        Ok(())
    })
}
