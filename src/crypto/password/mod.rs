//! Password hashing: Argon2id for what is made here, and the PBKDF2 forms Jellyfin stores.

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordVerifier, Version};
use data_encoding::HEXUPPER_PERMISSIVE;
use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::Sha512;
use zeroize::Zeroizing;

use super::mac;
use crate::clock::{NoRandomness, Randomness};

/// Longest password looked at, in bytes; more is refused before anything is computed.
pub const LONGEST: usize = 4096;

/// OWASP's smallest recommended Argon2id setting: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;

/// A stored hash names its own cost; beyond these it is an attack or a mistake.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 8;
/// Jellyfin uses 210 000.
const MOST_ITERATIONS: u32 = 2_000_000;
/// No form handled here comes near it.
const LONGEST_HASH: usize = 512;
/// Jellyfin makes 16 (and made up to 64).
const MOST_SALT_BYTES: usize = 64;

/// Why a password was not hashed, or could not be compared.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PasswordError {
    /// Longer than [`LONGEST`].
    #[error("a password may have at most {LONGEST} bytes")]
    TooLong,
    /// Not in a form known here.
    #[error("the stored password hash is not in a known form")]
    Malformed,
    /// Its cost is beyond what is computed here.
    #[error("the stored password hash asks for more work than is allowed")]
    TooCostly,
    /// No salt could be made.
    #[error("the operating system gave no random bytes")]
    NoRandomness,
}

impl From<NoRandomness> for PasswordError {
    fn from(_: NoRandomness) -> Self {
        Self::NoRandomness
    }
}

/// Hashes with Argon2id (RFC 9106) into a PHC string. Takes 19 MiB for as long as it runs.
pub fn hash(password: &str, randomness: &dyn Randomness) -> Result<String, PasswordError> {
    refuse_long(password)?;
    let mut salt = [0; SALT_BYTES];
    randomness.fill(&mut salt)?;
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError::Malformed)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash: PasswordHash| hash.to_string())
        .map_err(|_| PasswordError::Malformed)
}

/// Is this the password behind an Argon2 PHC string? The string's own cost counts, up to a cap.
pub fn verify(password: &str, stored: &str) -> Result<bool, PasswordError> {
    refuse_long(password)?;
    if stored.len() > LONGEST_HASH {
        return Err(PasswordError::Malformed);
    }
    let hash = PasswordHash::new(stored).map_err(|_| PasswordError::Malformed)?;
    if hash.salt.is_none() || hash.hash.is_none() {
        return Err(PasswordError::Malformed);
    }
    let params = Params::try_from(&hash).map_err(|_| PasswordError::Malformed)?;
    if params.m_cost() > MOST_MEMORY_KIB || params.t_cost() > MOST_PASSES || params.p_cost() > MOST_LANES {
        return Err(PasswordError::TooCostly);
    }
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(_) => Err(PasswordError::Malformed),
    }
}

/// Is this the password behind a hash as Jellyfin stores it?
///
/// `$PBKDF2-SHA512$iterations=210000$SALT$HASH` with 64 bytes of hash, or the older
/// `$PBKDF2$iterations=1000$SALT$HASH`, SHA-1 with 32 bytes; both hexadecimal
/// (Jellyfin: `CryptographyProvider.Verify`).
pub fn verify_jellyfin(password: &str, stored: &str) -> Result<bool, PasswordError> {
    refuse_long(password)?;
    let Stored { form, iterations, salt, hash } = Stored::parse(stored)?;
    let mut computed = Zeroizing::new(vec![0; hash.len()]);
    match form {
        Form::Sha512 => pbkdf2_hmac::<Sha512>(password.as_bytes(), &salt, iterations, &mut computed),
        Form::Sha1 => pbkdf2_hmac::<Sha1>(password.as_bytes(), &salt, iterations, &mut computed),
    }
    Ok(mac::equal(&computed, &hash))
}

fn refuse_long(password: &str) -> Result<(), PasswordError> {
    if password.len() > LONGEST { Err(PasswordError::TooLong) } else { Ok(()) }
}

enum Form {
    Sha512,
    Sha1,
}

impl Form {
    fn hash_bytes(&self) -> usize {
        match self {
            Self::Sha512 => 64,
            Self::Sha1 => 32,
        }
    }
}

struct Stored {
    form: Form,
    iterations: u32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Stored {
    fn parse(text: &str) -> Result<Self, PasswordError> {
        if text.len() > LONGEST_HASH {
            return Err(PasswordError::Malformed);
        }
        let mut parts = text.strip_prefix('$').ok_or(PasswordError::Malformed)?.split('$');
        let (Some(id), Some(parameters), Some(salt), Some(hash), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(PasswordError::Malformed);
        };
        let form = match id {
            "PBKDF2-SHA512" => Form::Sha512,
            "PBKDF2" => Form::Sha1,
            _ => return Err(PasswordError::Malformed),
        };
        let iterations = parameters
            .strip_prefix("iterations=")
            .filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .ok_or(PasswordError::Malformed)?;
        let iterations: u32 = iterations.parse().map_err(|_| PasswordError::TooCostly)?;
        if iterations == 0 {
            return Err(PasswordError::Malformed);
        }
        if iterations > MOST_ITERATIONS {
            return Err(PasswordError::TooCostly);
        }
        let hex = |digits: &str| HEXUPPER_PERMISSIVE.decode(digits.as_bytes()).map_err(|_| PasswordError::Malformed);
        let (salt, hash) = (hex(salt)?, hex(hash)?);
        if salt.len() > MOST_SALT_BYTES || hash.len() != form.hash_bytes() {
            return Err(PasswordError::Malformed);
        }
        Ok(Self { form, iterations, salt, hash })
    }
}

#[cfg(test)]
mod tests;
