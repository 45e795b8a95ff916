//! Stored passwords as Jellyfin writes them: `$PBKDF2-SHA512$iterations=210000$<salt>$<hash>`, hexadecimal
//! (`Emby.Server.Implementations/Cryptography/CryptographyProvider.cs`).

use data_encoding::HEXUPPER;
use pbkdf2::pbkdf2_hmac_array;
use sha2::Sha512;
use subtle::ConstantTimeEq;

/// Bytes of the salt.
pub const SALT: usize = 16;
const HASH: usize = 64;
const SCHEME: &str = "PBKDF2-SHA512";

/// The stored form.
pub fn stored(password: &str, salt: &[u8; SALT], rounds: u32) -> String {
    let hash = pbkdf2_hmac_array::<Sha512, HASH>(password.as_bytes(), salt, rounds);
    format!("${SCHEME}$iterations={rounds}${}${}", HEXUPPER.encode(salt), HEXUPPER.encode(&hash))
}

/// Is this the password? A form that Jellyfin does not write is nobody's.
pub fn is_right(password: &str, stored: &str) -> bool {
    let Some((rounds, salt, hash)) = parts(stored) else {
        return false;
    };
    let given = pbkdf2_hmac_array::<Sha512, HASH>(password.as_bytes(), &salt, rounds);
    given.ct_eq(hash.as_slice()).into()
}

fn parts(stored: &str) -> Option<(u32, Vec<u8>, Vec<u8>)> {
    let rest = stored.strip_prefix('$')?.strip_prefix(SCHEME)?.strip_prefix("$iterations=")?;
    let mut fields = rest.split('$');
    let rounds = fields.next()?.parse().ok()?;
    let salt = HEXUPPER.decode(fields.next()?.as_bytes()).ok()?;
    let hash = HEXUPPER.decode(fields.next()?.as_bytes()).ok()?;
    Some((rounds, salt, hash))
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
