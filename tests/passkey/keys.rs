//! Hostile keys and signatures.

use jellyward::factor::passkey::{Base64Url, PasskeyError, Verification};
use serde_cbor_2::Value as Cbor;

use crate::desk::{Asserting, ORIGIN, Registering};
use jellyward::demo::security_key::{SecurityKey, cbor};

/// RFC 9053 and 8230: labels of a `COSE_Key`.
const KIND: i128 = 1;
const ALGORITHM: i128 = 3;
const CURVE: i128 = -1;
const X: i128 = -2;
const Y: i128 = -3;

fn registered(key: Vec<u8>) -> Result<(), PasskeyError> {
    let made = Registering::new().when(|made| made.data.credential = Some((vec![1; 32], key.clone())));
    // Nor is it used when it was smuggled into the store.
    let mut owner = SecurityKey::new(1);
    let mut asserting = Asserting::with(&mut owner, Verification::Preferred, true);
    asserting.credential.public_key = Base64Url(key.clone());
    let used = asserting.finish(&owner.get(&asserting.options, ORIGIN).json());
    assert_eq!(made.as_ref().err(), used.as_ref().err());
    made.map(|_| ())
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let parts = [
        (KIND, Cbor::Integer(3)),
        (ALGORITHM, Cbor::Integer(-257)),
        (-1, Cbor::Bytes(modulus.to_vec())),
        (-2, Cbor::Bytes(exponent.to_vec())),
    ];
    cbor(&Cbor::Map(parts.map(|(label, value)| (Cbor::Integer(label), value)).into()))
}

#[test]
fn only_the_kinds_that_were_offered() {
    let key = SecurityKey::new(1);
    assert_eq!(registered(key.cose(&[])), Ok(()));
    let bytes = |length: usize| Cbor::Bytes(vec![1; length]);
    for (what, instead) in [
        ("ES384", vec![(ALGORITHM, Cbor::Integer(-35))]),
        ("RS256 on a point", vec![(ALGORITHM, Cbor::Integer(-257))]),
        ("EdDSA on a point", vec![(ALGORITHM, Cbor::Integer(-8))]),
        ("SHA-1", vec![(ALGORITHM, Cbor::Integer(-65535))]),
        ("nothing known", vec![(ALGORITHM, Cbor::Integer(i128::from(u64::MAX)))]),
        ("Ed25519", vec![(KIND, Cbor::Integer(1)), (ALGORITHM, Cbor::Integer(-8)), (CURVE, Cbor::Integer(6))]),
        (
            "Ed25519 of small order",
            vec![(KIND, Cbor::Integer(1)), (ALGORITHM, Cbor::Integer(-8)), (CURVE, Cbor::Integer(6)), (X, bytes(32))],
        ),
        ("P-384 as ES256", vec![(CURVE, Cbor::Integer(2)), (X, p384_x()), (Y, p384_y())]),
        ("P-521 as ES256", vec![(CURVE, Cbor::Integer(3)), (X, bytes(66)), (Y, bytes(66))]),
        ("secp256k1", vec![(CURVE, Cbor::Integer(8))]),
        ("symmetric", vec![(KIND, Cbor::Integer(4))]),
        ("more than is kept", vec![(-70_000, bytes(1024))]),
        ("a text for a number", vec![(KIND, Cbor::Text("EC2".to_owned()))]),
    ] {
        assert_eq!(registered(key.cose(&instead)), Err(PasskeyError::Key), "{what}");
    }
}

/// The generator of P-384 (SEC 2, 2.5.1): a good point, of the wrong curve.
fn p384_x() -> Cbor {
    hex("aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7")
}

fn p384_y() -> Cbor {
    hex("3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f")
}

fn hex(digits: &str) -> Cbor {
    Cbor::Bytes(data_encoding::HEXLOWER.decode(digits.as_bytes()).unwrap())
}

#[test]
fn a_point_lies_on_its_curve() {
    let key = SecurityKey::new(1);
    let zero = || Cbor::Bytes(vec![0; 32]);
    for (what, instead) in [
        ("off the curve", vec![(Y, Cbor::Bytes(vec![7; 32]))]),
        ("infinity", vec![(X, zero()), (Y, zero())]),
        ("beyond the field", vec![(X, Cbor::Bytes(vec![0xff; 32]))]),
        ("compressed", vec![(Y, Cbor::Bool(true))]),
        ("short", vec![(X, Cbor::Bytes(vec![1; 31]))]),
        ("long", vec![(X, Cbor::Bytes(vec![0; 33]))]),
        ("empty", vec![(X, Cbor::Bytes(vec![])), (Y, Cbor::Bytes(vec![]))]),
        ("no bytes", vec![(X, Cbor::Null)]),
    ] {
        assert_eq!(registered(key.cose(&instead)), Err(PasskeyError::Key), "{what}");
    }
}

#[test]
fn an_rsa_key_has_2048_real_bits() {
    let modulus = |length: usize, zeroes: usize| {
        let mut modulus = vec![0xff; length];
        modulus[..zeroes].fill(0);
        modulus
    };
    let usual = [1, 0, 1];
    let made = Registering::new().when(|made| {
        made.data.credential = Some((vec![1; 32], rsa(&modulus(256, 0), &usual)));
    });
    assert!(made.is_ok());
    for (what, key) in [
        ("512 bits", rsa(&modulus(64, 0), &usual)),
        ("512 bits, padded", rsa(&modulus(256, 192), &usual)),
        ("1024 bits", rsa(&modulus(128, 0), &usual)),
        ("2047 bits", rsa(&[vec![0x7f], vec![0xff; 255]].concat(), &usual)),
        ("16384 bits", rsa(&modulus(2048, 0), &usual)),
        ("even", rsa(&[vec![0xff; 255], vec![0xfe]].concat(), &usual)),
        ("exponent 0", rsa(&modulus(256, 0), &[0, 0, 0])),
        ("exponent 1", rsa(&modulus(256, 0), &[0, 0, 1])),
        ("exponent 2", rsa(&modulus(256, 0), &[0, 0, 2])),
        ("no exponent", rsa(&modulus(256, 0), &[])),
    ] {
        assert_eq!(registered(key), Err(PasskeyError::Key), "{what}");
    }
}

#[test]
fn what_is_no_key_at_all() {
    for (what, key) in [
        ("an empty map", cbor(&Cbor::Map([].into()))),
        ("a number", vec![0x01]),
        ("a text", cbor(&Cbor::Text("key".to_owned()))),
    ] {
        assert_eq!(registered(key), Err(PasskeyError::Key), "{what}");
    }
    let made = Registering::new().when(|made| made.data.credential = Some((vec![1; 32], vec![])));
    assert_eq!(made, Err(PasskeyError::Malformed));
}

/// Another signature (DER) in the place of a good one.
type Tamper = fn(Vec<u8>) -> Vec<u8>;

#[test]
fn a_signature_is_exactly_one() {
    let mut key = SecurityKey::new(1);
    let asserting = Asserting::with(&mut key, Verification::Preferred, true);
    let used = key.get(&asserting.options, ORIGIN);
    assert!(asserting.finish(&used.json_with(|der| der)).is_ok());
    let tampers: [(&str, Tamper); 9] = [
        ("trailing byte", |der| [der, vec![0]].concat()),
        ("trailing byte inside", |mut der| {
            der[1] += 1;
            [der, vec![0]].concat()
        }),
        ("twice", |der| [der.clone(), der].concat()),
        ("cut", |mut der| {
            der.pop();
            der
        }),
        ("nothing", |_| vec![]),
        // SEC 1: a SEQUENCE of two INTEGERs.
        ("0 and 0", |_| vec![0x30, 6, 2, 1, 0, 2, 1, 0]),
        ("1 and the order of P-256", |_| {
            let digits = b"3026020101022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
            data_encoding::HEXLOWER.decode(digits).unwrap()
        }),
        ("length in long form", |der| [&[der[0], 0x81, der[1]], &der[2..]].concat()),
        ("raw", |_| vec![1; 64]),
    ];
    for (what, tamper) in tampers {
        assert_eq!(asserting.finish(&used.json_with(tamper)), Err(PasskeyError::Signature), "{what}");
    }
}

#[test]
fn whatever_is_signed_cannot_be_changed() {
    let mut key = SecurityKey::new(1);
    let asserting = Asserting::with(&mut key, Verification::Preferred, true);
    let honest: serde_json::Value = serde_json::from_str(&key.get(&asserting.options, ORIGIN).json()).unwrap();
    assert!(asserting.finish(&honest.to_string()).is_ok());
    for field in ["authenticatorData", "clientDataJSON", "signature"] {
        let bytes: Base64Url = serde_json::from_value(honest["response"][field].clone()).unwrap();
        for at in 0..bytes.0.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed.0[at] ^= 1 << bit;
                let mut response = honest.clone();
                response["response"][field] = serde_json::to_value(&changed).unwrap();
                assert!(asserting.finish(&response.to_string()).is_err(), "{field}, byte {at}, bit {bit}");
            }
        }
    }
}
