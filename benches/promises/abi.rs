//! A TOTP check through the ABI against the bare HMACs it needs.

use std::hint::black_box;

use hmac::{Hmac, KeyInit, Mac};
use jellyward::ffi::{JW_TOTP_SHA1, JW_TOTP_WRONG, JwStatus, JwTotpParameters, JwView, jw_totp_check};
use sha1::Sha1;

use crate::{Figure, medians};

const SECRET: &[u8] = b"12345678901234567890";
const NOW: i64 = 1_750_000_020;
const PERIOD: i64 = 30;
/// One check is too short to time.
const AT_ONCE: u32 = 2_000;

/// With the hash and length that every app knows.
pub fn figures() -> Vec<Figure> {
    let parameters = JwTotpParameters { algorithm: JW_TOTP_SHA1, digits: 6, period: PERIOD as u32 };
    let check = || {
        let mut step = 0;
        let status = jw_totp_check(view(SECRET), &parameters, view(b"000000"), black_box(NOW), &mut step);
        assert!(status == JwStatus::Ok && step == JW_TOTP_WRONG);
    };
    // The step before, the present one and the one after: every check compares all three.
    let hmacs = || {
        for step in -1..=1_i64 {
            let mut mac = Hmac::<Sha1>::new_from_slice(black_box(SECRET)).unwrap();
            mac.update(&(NOW / PERIOD + step).to_be_bytes());
            black_box(mac.finalize().into_bytes());
        }
    };
    let (through_abi, bare) =
        medians(201, || (0..AT_ONCE).for_each(|_| check()), || (0..AT_ONCE).for_each(|_| hmacs()));
    vec![Figure::new(
        "TOTP check through the ABI, in bare HMACs",
        through_abi.as_secs_f64() / bare.as_secs_f64(),
        1.2,
        "x",
    )]
}

fn view(bytes: &[u8]) -> JwView {
    JwView { ptr: bytes.as_ptr(), len: bytes.len() }
}
