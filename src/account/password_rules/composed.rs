//! One spelling of each password.

use icu_normalizer::ComposingNormalizerBorrowed;
use zeroize::Zeroizing;

/// Most characters of a password. More than the 64 that the standard wants accepted.
pub const LONGEST: u32 = 128;

/// A text in NFC, as passwords are set; none where it is too long to bother: a composed character comes from few others.
pub fn composed(password: &str) -> Option<Zeroizing<String>> {
    const MOST_BYTES: usize = LONGEST as usize * 4 * 4;
    (password.len() <= MOST_BYTES)
        .then(|| Zeroizing::new(ComposingNormalizerBorrowed::new_nfc().normalize(password).into_owned()))
}
