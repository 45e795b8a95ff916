//! Stored passwords as Jellyfin writes them (`Emby.Server.Implementations/Cryptography/CryptographyProvider.cs`).

use data_encoding::HEXUPPER;
use pbkdf2::pbkdf2_hmac_array;
use sha2::Sha512;

use crate::crypto::password::verify_jellyfin;

/// Bytes of the salt.
pub const SALT: usize = 16;
const HASH: usize = 64;

/// The stored form, as [`verify_jellyfin`] reads it.
pub fn stored(password: &str, salt: &[u8; SALT], rounds: u32) -> String {
    let hash = pbkdf2_hmac_array::<Sha512, HASH>(password.as_bytes(), salt, rounds);
    format!("$PBKDF2-SHA512$iterations={rounds}${}${}", HEXUPPER.encode(salt), HEXUPPER.encode(&hash))
}

/// Is this the password? A form that Jellyfin does not write is nobody's.
pub fn is_right(password: &str, stored: &str) -> bool {
    verify_jellyfin(password, stored).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::{is_right, stored};

    #[test]
    fn only_the_right_password_fits() {
        let kept = stored("correct horse", &[7; 16], 1000);
        assert!(kept.starts_with("$PBKDF2-SHA512$iterations=1000$07070707"));
        assert!(is_right("correct horse", &kept));
        assert!(!is_right("correct horsf", &kept));
        assert!(!is_right("", "$PBKDF2-SHA512$iterations=1000$"));
    }
}
