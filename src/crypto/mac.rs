//! Keyed hashes, comparison, digests.

use hmac::{Hmac, KeyInit, Mac};
use sha2::digest::Update;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::key::DerivedKey;

/// Bytes of a SHA-256 digest and of everything derived with it.
pub const DIGEST_BYTES: usize = 32;

/// The block of SHA-256, to which HMAC pads its key (RFC 2104, section 2).
const BLOCK_BYTES: usize = 64;

/// A key made ready for use: of each hash it saves the two blocks that HMAC spends on the key.
pub struct Keyed(Hmac<Sha256>);

impl Keyed {
    /// Makes it ready.
    pub fn new(key: &DerivedKey) -> Self {
        let mut block = Zeroizing::new([0; BLOCK_BYTES]);
        block[..DIGEST_BYTES].copy_from_slice(key.as_bytes());
        Self(Hmac::new((&*block).into()))
    }

    /// See [`keyed_hash`].
    pub fn hash(&self, domain: &str, parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
        finish(self.0.clone(), domain, parts)
    }
}

/// HMAC-SHA256 over `domain` and `parts`, each preceded by its length: no two different lists of parts meet.
pub fn keyed_hash(key: &DerivedKey, domain: &str, parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
    finish(Keyed::new(key).0, domain, parts)
}

fn finish(mut mac: Hmac<Sha256>, domain: &str, parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
    feed(&mut mac, std::iter::once(domain.as_bytes()).chain(parts.iter().copied()));
    mac.finalize().into_bytes().into()
}

fn feed<'a>(into: &mut impl Update, parts: impl Iterator<Item = &'a [u8]>) {
    for part in parts {
        into.update(&(part.len() as u64).to_be_bytes());
        into.update(part);
    }
}

/// Compares in time that depends on the lengths alone.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// SHA-256 over `parts`, each preceded by its length.
pub fn sha256_of(parts: &[&[u8]]) -> [u8; DIGEST_BYTES] {
    let mut digest = Sha256::new();
    feed(&mut digest, parts.iter().copied());
    digest.finalize().into()
}

/// SHA-256 of `data`.
pub fn sha256(data: &[u8]) -> [u8; DIGEST_BYTES] {
    Sha256::digest(data).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> DerivedKey {
        DerivedKey::from_bytes([byte; 32])
    }

    #[test]
    fn agrees_with_hmac_sha256_of_the_framed_parts() {
        // Made with Python: hmac.new(32 * b"\x0b", frame(b"d") + frame(b"hi"), "sha256"), frame = 8 bytes of length, then the part.
        let expected = "f193c3b4f91117cc263063543d1d63e7bc9972bdb2a9486300c5d4627b2c9caa";
        assert_eq!(data_encoding::HEXLOWER.encode(&keyed_hash(&key(0x0b), "d", &[b"hi"])), expected);
        let ready = Keyed::new(&key(0x0b));
        for _ in 0..2 {
            assert_eq!(data_encoding::HEXLOWER.encode(&ready.hash("d", &[b"hi"])), expected);
        }
    }

    #[test]
    fn key_domain_and_every_border_between_parts_count() {
        let reference = keyed_hash(&key(1), "domain", &[b"ab", b"c"]);
        assert_eq!(reference, keyed_hash(&key(1), "domain", &[b"ab", b"c"]));
        for other in [
            keyed_hash(&key(2), "domain", &[b"ab", b"c"]),
            keyed_hash(&key(1), "domains", &[b"ab", b"c"]),
            keyed_hash(&key(1), "domain", &[b"a", b"bc"]),
            keyed_hash(&key(1), "domain", &[b"abc"]),
            keyed_hash(&key(1), "domain", &[b"ab", b"c", b""]),
            keyed_hash(&key(1), "domainab", &[b"c"]),
        ] {
            assert_ne!(reference, other);
        }
    }

    #[test]
    fn compares_contents_and_lengths() {
        assert!(equal(b"", b"") && equal(b"same", b"same"));
        assert!(!equal(b"same", b"sama") && !equal(b"same", b"sam") && !equal(b"", b"s"));
    }

    #[test]
    fn digests_as_fips_180_says() {
        assert_eq!(
            data_encoding::HEXLOWER.encode(&sha256(b"abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
