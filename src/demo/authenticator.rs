//! The app on somebody's phone: what it shows for a secret at a time (RFC 6238, SHA-1, six digits, 30 s).
//!
//! Deliberately not the engine's own code, so that the two can disagree.

use totp_rs::{Algorithm, Builder, Secret};

use crate::clock::Seconds;

/// Seconds for which an authenticator shows one code.
pub const PERIOD: Seconds = 30;

/// The code for a secret in base32. None: not base32, or a time before 1970.
pub fn code(secret: &str, now: Seconds) -> Option<String> {
    let secret = Secret::try_from_base32(secret).ok()?;
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(PERIOD.unsigned_abs())
        .with_secret(secret)
        .build_noncompliant();
    Some(totp.generate(u64::try_from(now).ok()?).to_string())
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn shows_the_codes_of_rfc_6238() {
        // Appendix B, SHA-1: the last six of the eight digits.
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(code(secret, 59).unwrap(), "287082");
        assert_eq!(code(secret, 1_111_111_109).unwrap(), "081804");
        assert_eq!(code("not base32!", 59), None);
    }
}
