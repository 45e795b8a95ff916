//! Signed values: bytes handed out that must come back unchanged, for one purpose, before they expire. Cookies above all.
//!
//! A value is base64url without padding (RFC 4648, section 5) of: version (1 byte), key id (4), expiry in seconds since
//! 1970 (8), payload, HMAC-SHA-256 over all of these (32). Numbers are big-endian. What is signed can be read by anybody.
//!
//! Each key is derived (HKDF) from the master key, the purpose and the key's id. Rotating is using the next id while
//! values of the older ones are still accepted: nobody is signed out by it.

use std::ops::RangeInclusive;
use std::sync::{Arc, PoisonError, RwLock};

use data_encoding::BASE64URL_NOPAD;

use super::key::MasterKey;
use super::mac::{self, DIGEST_BYTES, Keyed};
use crate::clock::Seconds;

/// Longest payload, in bytes; a cookie as a whole has 4096 (RFC 6265, section 6.1).
pub const LONGEST_PAYLOAD: usize = 1024;

const VERSION: u8 = 1;
/// Version, key id, expiry.
const HEAD: usize = 1 + 4 + 8;
const LONGEST_VALUE: usize = ((HEAD + LONGEST_PAYLOAD + DIGEST_BYTES) * 4).div_ceil(3);
const DOMAIN: &str = "signed";
/// Derived keys kept at hand, ready for use.
const KEPT: usize = 4;

/// The payload has no place in a signed value.
#[derive(Debug, thiserror::Error)]
#[error("a signed payload has 1 to {LONGEST_PAYLOAD} bytes")]
pub struct PayloadSize;

/// The keys of one purpose, by id.
pub struct Ring {
    master: MasterKey,
    purpose: String,
    kept: RwLock<Vec<(u32, Arc<Keyed>)>>,
}

impl Ring {
    /// The keys for `purpose`, derived as they are asked for.
    pub fn new(master: MasterKey, purpose: &str) -> Self {
        Self { master, purpose: purpose.to_owned(), kept: RwLock::default() }
    }

    /// Signs with that key. The value holds until just before `expires_at`.
    pub fn sign(&self, key_id: u32, payload: &[u8], expires_at: Seconds) -> Result<String, PayloadSize> {
        if payload.is_empty() || payload.len() > LONGEST_PAYLOAD {
            return Err(PayloadSize);
        }
        let mut value = Vec::with_capacity(HEAD + payload.len() + DIGEST_BYTES);
        value.push(VERSION);
        value.extend_from_slice(&key_id.to_be_bytes());
        value.extend_from_slice(&expires_at.to_be_bytes());
        value.extend_from_slice(payload);
        let signature = self.key(key_id).hash(DOMAIN, &[&value]);
        value.extend_from_slice(&signature);
        Ok(BASE64URL_NOPAD.encode(&value))
    }

    /// The payload, if the value was signed for this purpose by one of the accepted keys and has not expired.
    pub fn check(&self, value: &str, accepted: RangeInclusive<u32>, now: Seconds) -> Option<Vec<u8>> {
        if value.len() > LONGEST_VALUE {
            return None;
        }
        let mut bytes = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
        let end = bytes.len().checked_sub(DIGEST_BYTES).filter(|end| *end > HEAD)?;
        let (signed, signature) = bytes.split_at(end);
        let key_id = u32::from_be_bytes(signed[1..5].try_into().ok()?);
        let expires_at = Seconds::from_be_bytes(signed[5..HEAD].try_into().ok()?);
        if signed[0] != VERSION || !accepted.contains(&key_id) {
            return None;
        }
        let genuine = mac::equal(&self.key(key_id).hash(DOMAIN, &[signed]), signature);
        if !genuine || now >= expires_at {
            return None;
        }
        bytes.truncate(end);
        bytes.drain(..HEAD);
        Some(bytes)
    }

    fn key(&self, id: u32) -> Arc<Keyed> {
        let find = |kept: &[(u32, Arc<Keyed>)]| kept.iter().find(|(of, _)| *of == id).map(|(_, key)| key.clone());
        if let Some(key) = find(&self.kept.read().unwrap_or_else(PoisonError::into_inner)) {
            return key;
        }
        // The id first: no two pairs of id and purpose read the same.
        let key = Arc::new(Keyed::new(&self.master.derive(&format!("signed {id} {}", self.purpose))));
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(KEPT - 1);
        kept.insert(0, (id, key.clone()));
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(byte: u8, purpose: &str) -> Ring {
        Ring::new(MasterKey::from_bytes([byte; 32]), purpose)
    }

    #[test]
    fn a_value_comes_back_until_it_expires() {
        let ring = ring(1, "test");
        let value = ring.sign(7, b"payload", 100).unwrap();
        assert_eq!(ring.check(&value, 7..=7, 99).as_deref(), Some(&b"payload"[..]));
        assert_eq!(ring.check(&value, 7..=7, 100), None);
    }

    #[test]
    fn agrees_with_hkdf_and_hmac_of_another_maker() {
        // Made with Python's hmac and hashlib: HKDF (RFC 5869) by two HMACs, info "signed 7 test"; then the HMAC over
        // 8 bytes of length and "signed", 8 bytes of length and the value without its signature.
        let expected = "AQAAAAcAAAAAAAAAZHBheWxvYWTHq1n8R5C-zxi9hv0zP9fVW0K0Al0JQ2J6EhFiWQlaGw";
        assert_eq!(ring(1, "test").sign(7, b"payload", 100).unwrap(), expected);
    }

    #[test]
    fn rotating_ends_nothing_before_its_time() {
        let ring = ring(1, "test");
        let older = ring.sign(7, b"x", 100).unwrap();
        assert!(ring.check(&older, 7..=8, 0).is_some(), "the next key is in use, the older one is accepted");
        assert!(ring.check(&older, 8..=9, 0).is_none(), "accepted no longer");
        assert!(ring.check(&ring.sign(9, b"x", 100).unwrap(), 7..=8, 0).is_none(), "a key that is not in use yet");
        for id in 0..20 {
            assert!(ring.check(&ring.sign(id, b"x", 100).unwrap(), id..=id, 0).is_some(), "key {id}");
        }
        assert_eq!(ring.kept.read().unwrap().len(), KEPT);
    }

    #[test]
    fn master_purpose_and_key_id_count() {
        let value = ring(1, "test").sign(7, b"x", 100).unwrap();
        assert!(ring(2, "test").check(&value, 7..=7, 0).is_none());
        assert!(ring(1, "tests").check(&value, 7..=7, 0).is_none());
        let mut bytes = BASE64URL_NOPAD.decode(value.as_bytes()).unwrap();
        bytes[4] = 8;
        assert!(ring(1, "test").check(&BASE64URL_NOPAD.encode(&bytes), 0..=9, 0).is_none());
    }

    #[test]
    fn every_byte_counts_and_so_does_their_number() {
        let ring = ring(1, "test");
        let value = ring.sign(7, b"payload", 100).unwrap();
        let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(ring.check(&BASE64URL_NOPAD.encode(&changed), 0..=u32::MAX, 0).is_none(), "byte {at}");
            assert!(ring.check(&value[..at], 0..=u32::MAX, 0).is_none(), "cut at {at}");
        }
        for odd in ["", "=", &format!("{value}="), &format!("{value}A"), &format!(" {value}"), &"A".repeat(8192)] {
            assert!(ring.check(odd, 0..=u32::MAX, 0).is_none(), "{odd:?}");
        }
    }

    #[test]
    fn a_payload_has_its_bounds() {
        let ring = ring(1, "test");
        let longest = ring.sign(1, &[5; LONGEST_PAYLOAD], 100).unwrap();
        assert_eq!(longest.len(), LONGEST_VALUE);
        assert_eq!(ring.check(&longest, 1..=1, 0).map(|payload| payload.len()), Some(LONGEST_PAYLOAD));
        assert!(ring.sign(1, &[5; LONGEST_PAYLOAD + 1], 100).is_err() && ring.sign(1, b"", 100).is_err());
    }
}
