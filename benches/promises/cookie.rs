//! A signed cookie checked against one bare HMAC-SHA-256 over the same bytes.

use std::hint::black_box;

use hmac::{Hmac, KeyInit, Mac};
use jellyward::crypto::key::MasterKey;
use jellyward::crypto::signed::Ring;
use sha2::Sha256;

use crate::{Figure, medians};

/// As long as what a trusted browser keeps: an id and a secret.
const PAYLOAD: [u8; 48] = [5; 48];
const KEY: u32 = 225;
const NOW: i64 = 1_750_000_020;
/// One check is too short to time.
const AT_ONCE: u32 = 2_000;

pub fn figures() -> Vec<Figure> {
    let ring = Ring::new(MasterKey::from_bytes([1; 32]), "trusted browser");
    let value = ring.sign(KEY, &PAYLOAD, NOW + 1).unwrap();
    let signed = data_encoding::BASE64URL_NOPAD.decode(value.as_bytes()).unwrap();
    let signed = &signed[..signed.len() - 32];
    let check = || {
        let payload = ring.check(black_box(&value), KEY - 1..=KEY, black_box(NOW));
        assert!(payload.is_some_and(|payload| payload == PAYLOAD));
    };
    let hmac = || {
        let mut mac = Hmac::<Sha256>::new_from_slice(black_box(&[1; 32])).unwrap();
        mac.update(black_box(signed));
        black_box(mac.finalize().into_bytes());
    };
    let (checked, bare) = medians(201, || (0..AT_ONCE).for_each(|_| check()), || (0..AT_ONCE).for_each(|_| hmac()));
    vec![Figure::new(
        "trusted-browser cookie checked, in bare HMACs",
        checked.as_secs_f64() / bare.as_secs_f64(),
        1.5,
        "x",
    )]
}
