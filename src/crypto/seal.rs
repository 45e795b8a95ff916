//! Sealed columns: AES-256-GCM, each bound to the place it stands in.
//!
//! Form: one version byte, 12 bytes of random nonce, ciphertext, 16 bytes of tag. A sealed value copied to another
//! row, column or table does not open. Random 96-bit nonces are safe for 2³² seals under one key (NIST SP 800-38D,
//! 8.3), far beyond what a media server's accounts need.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use super::key::MasterKey;
use crate::clock::{NoRandomness, Randomness};

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
/// How much longer a sealed value is than the plain one.
const OVERHEAD: usize = 1 + NONCE_BYTES + TAG_BYTES;

/// Why something was not sealed or did not open.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    /// Cut off, altered, moved from another place, or sealed with another key.
    #[error("a sealed value does not open: it was altered or moved, or the master key is another one")]
    Broken,
    /// Made by a newer version.
    #[error("a sealed value has format {0}: update to the version that wrote it")]
    Version(u8),
    /// A table or column whose name holds a colon could be taken for another place.
    #[error("table and column names of sealed values must not hold a colon")]
    Place,
    /// No nonce could be made.
    #[error("the operating system gave no random bytes")]
    NoRandomness,
}

impl From<NoRandomness> for SealError {
    fn from(_: NoRandomness) -> Self {
        Self::NoRandomness
    }
}

/// Random bytes that name a row.
const ROW_BYTES: usize = 16;

/// A name for a new row, drawn before it is inserted: what is sealed in it is bound to that.
pub fn row_name(randomness: &dyn Randomness) -> Result<String, NoRandomness> {
    let mut row = [0; ROW_BYTES];
    randomness.fill(&mut row)?;
    Ok(HEXLOWER.encode(&row))
}

/// Where a sealed value stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// What identifies the row for good.
    pub row: &'a str,
}

impl Place<'_> {
    /// `version table:column:row`. Only the row, which comes last, may hold a colon.
    fn associated(&self) -> Result<Vec<u8>, SealError> {
        if self.table.contains(':') || self.column.contains(':') {
            return Err(SealError::Place);
        }
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(format!("{}:{}:{}", self.table, self.column, self.row).as_bytes());
        Ok(bytes)
    }
}

/// Seals and opens.
pub struct Sealer(Aes256Gcm);

impl Sealer {
    /// With the key derived for this purpose.
    pub fn new(master: &MasterKey) -> Self {
        Self(Aes256Gcm::new(master.derive("sealed columns").as_bytes().into()))
    }

    /// Seals `plain` for `place`.
    pub fn seal(&self, place: &Place<'_>, plain: &[u8], randomness: &dyn Randomness) -> Result<Vec<u8>, SealError> {
        let associated = place.associated()?;
        let mut nonce = [0; NONCE_BYTES];
        randomness.fill(&mut nonce)?;
        let payload = Payload { msg: plain, aad: &associated };
        let sealed = self.0.encrypt(&nonce.into(), payload).map_err(|_| SealError::Broken)?;
        let mut out = Vec::with_capacity(OVERHEAD + plain.len());
        out.push(VERSION);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what was sealed for `place`.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (&version, rest) = sealed.split_first().ok_or(SealError::Broken)?;
        if version != VERSION {
            return Err(SealError::Version(version));
        }
        let (nonce, text) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Broken)?;
        let payload = Payload { msg: text, aad: &place.associated()? };
        self.0.decrypt(nonce.into(), payload).map(Zeroizing::new).map_err(|_| SealError::Broken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemRandomness;

    const PLACE: Place<'_> = Place { table: "factors", column: "secret", row: "7" };

    struct Fixed(u8);
    impl Randomness for Fixed {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    fn sealer() -> Sealer {
        Sealer::new(&MasterKey::from_bytes([3; 32]))
    }

    #[test]
    fn opens_what_it_sealed() {
        for plain in [&b""[..], b"x", &[0xa5; 5000]] {
            let sealed = sealer().seal(&PLACE, plain, &SystemRandomness).unwrap();
            assert_eq!(sealed.len(), plain.len() + OVERHEAD);
            assert_eq!(sealer().open(&PLACE, &sealed).unwrap().as_slice(), plain);
        }
    }

    #[test]
    fn agrees_with_gcm_written_elsewhere() {
        // Sealed by another implementation (OpenSSL through Python): HKDF key of 32 × 0x03, nonce 12 × 0x09.
        let sealed = sealer().seal(&PLACE, b"twenty bytes of this", &Fixed(9)).unwrap();
        assert_eq!(
            HEXLOWER.encode(&sealed),
            "01090909090909090909090909d7c6631fc7ba3cc01faa74c014d1a43bb4475a58ca56696fed947e1c23b7ffef27a51515"
        );
    }

    #[test]
    fn the_same_twice_looks_different() {
        let seal = || sealer().seal(&PLACE, b"same", &SystemRandomness).unwrap();
        assert_ne!(seal(), seal());
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let sealed = sealer().seal(&PLACE, b"secret", &SystemRandomness).unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut altered = sealed.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            assert!(sealer().open(&PLACE, &altered).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(sealer().open(&PLACE, &sealed[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn opens_nowhere_else() {
        let sealed = sealer().seal(&PLACE, b"secret", &SystemRandomness).unwrap();
        for place in [
            Place { table: "factor", ..PLACE },
            Place { column: "secrets", ..PLACE },
            Place { row: "8", ..PLACE },
            Place { row: "", ..PLACE },
        ] {
            assert_eq!(sealer().open(&place, &sealed).err(), Some(SealError::Broken));
        }
        let other = Sealer::new(&MasterKey::from_bytes([4; 32]));
        assert_eq!(other.open(&PLACE, &sealed).err(), Some(SealError::Broken));
    }

    #[test]
    fn a_colon_cannot_shift_the_place() {
        let shifted = Place { table: "factors:secret", column: "7", row: "" };
        assert_eq!(sealer().seal(&shifted, b"", &SystemRandomness).err(), Some(SealError::Place));
        let column = Place { column: "a:b", ..PLACE };
        assert_eq!(sealer().seal(&column, b"", &SystemRandomness).err(), Some(SealError::Place));
        let row = Place { row: "a:b", ..PLACE };
        let sealed = sealer().seal(&row, b"fine", &SystemRandomness).unwrap();
        assert_eq!(sealer().open(&row, &sealed).unwrap().as_slice(), b"fine");
    }

    #[test]
    fn a_newer_format_is_named() {
        let mut sealed = sealer().seal(&PLACE, b"x", &SystemRandomness).unwrap();
        sealed[0] = 2;
        assert_eq!(sealer().open(&PLACE, &sealed).err(), Some(SealError::Version(2)));
    }
}
