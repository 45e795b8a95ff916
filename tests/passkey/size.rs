//! Hostile documents: large, deep, and attestations nobody asked for.

use std::collections::BTreeMap;

use jellyward::factor::passkey::{LONGEST_RESPONSE, PasskeyError, Verification, credential_id};
use serde_cbor_2::Value as Cbor;
use serde_json::{Value, json};

use crate::desk::{Asserting, ORIGIN, Registering};
use jellyward::demo::security_key::{SecurityKey, cbor};

#[test]
fn whatever_attestation_comes_is_as_good_as_none() {
    let text = |text: &str| Cbor::Text(text.to_owned());
    let junk = Cbor::Map(BTreeMap::from([
        (text("alg"), Cbor::Integer(-7)),
        (text("sig"), Cbor::Bytes(vec![0x30; 3])),
        (text("x5c"), Cbor::Array(vec![Cbor::Bytes(vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), Cbor::Bytes(vec![])])),
        (text("ver"), text("2.0")),
        (text("certInfo"), Cbor::Bytes(vec![0xff; 9])),
        (text("pubArea"), Cbor::Bytes(vec![])),
    ]));
    let expected = Registering::new().when(|_| {}).unwrap();
    for format in
        ["packed", "tpm", "android-key", "android-safetynet", "fido-u2f", "apple", "compound", "none", "", "\u{202e}"]
    {
        for statement in [&junk, &Cbor::Map(BTreeMap::new()), &Cbor::Null, &Cbor::Bytes(vec![0xff; 1000])] {
            let made = Registering::new().when(|made| {
                made.format = text(format);
                made.statement = statement.clone();
            });
            assert_eq!(made.as_ref(), Ok(&expected), "{format} {statement:?}");
        }
    }
    assert_eq!(Registering::new().when(|made| made.format = Cbor::Integer(1)), Ok(expected));
}

#[test]
fn what_is_no_attestation_object_is_refused() {
    let registering = Registering::new();
    let made = SecurityKey::new(1).create(&registering.options, ORIGIN);
    let huge = |head: u8| [&[head][..], &[0xff; 8]].concat();
    let data = cbor(&Cbor::Map(BTreeMap::from([(Cbor::Text("authData".to_owned()), Cbor::Bytes(made.data.bytes()))])));
    assert!(registering.finish(&made.json_over(&data)).is_ok());
    for (what, object) in [
        ("nothing", vec![]),
        ("a byte behind it", [data.clone(), vec![0]].concat()),
        ("half of it", data[..data.len() / 2].to_vec()),
        ("no data", cbor(&Cbor::Map(BTreeMap::new()))),
        ("a list", cbor(&Cbor::Array(vec![]))),
        (
            "text as data",
            cbor(&Cbor::Map(BTreeMap::from(
                [("authData", "x")].map(|(k, v)| (Cbor::Text(k.to_owned()), Cbor::Text(v.to_owned()))),
            ))),
        ),
        ("arrays without end", vec![0x9f; 40_000]),
        ("arrays in arrays", vec![0x81; 40_000]),
        ("maps in maps", vec![0xa1; 40_000]),
        ("tags in tags", vec![0xc1; 40_000]),
        ("a huge array", huge(0x9b)),
        ("a huge map", huge(0xbb)),
        ("huge bytes", huge(0x5b)),
        ("a huge text", huge(0x7b)),
        ("a break", vec![0xff]),
    ] {
        assert_eq!(registering.finish(&made.json_over(&object)), Err(PasskeyError::Malformed), "{what}");
    }
}

#[test]
fn deep_keys_and_extensions_are_refused() {
    for deep in [vec![0x81; 20_000], vec![0xa1; 20_000], vec![0x9f; 20_000], vec![0x5b; 9]] {
        let made = Registering::new().when(|made| made.data.credential = Some((vec![1; 32], deep.clone())));
        assert_eq!(made, Err(PasskeyError::Malformed));
        let used = Asserting::when(&mut SecurityKey::new(1), |used| {
            used.data.flags |= 0x80;
            used.data.tail = deep.clone();
        });
        assert_eq!(used, Err(PasskeyError::Malformed));
    }
}

#[test]
fn responses_are_measured_before_they_are_read() {
    let registering = Registering::new();
    let asserting = Asserting::with(&mut SecurityKey::new(1), Verification::Preferred, true);
    for (response, expected) in [
        (" ".repeat(LONGEST_RESPONSE + 1), PasskeyError::TooLarge),
        (" ".repeat(LONGEST_RESPONSE), PasskeyError::Malformed),
        ("[".repeat(LONGEST_RESPONSE), PasskeyError::Malformed),
        ("{\"response\":".repeat(5_000), PasskeyError::Malformed),
        (String::new(), PasskeyError::Malformed),
        ("null".to_owned(), PasskeyError::Malformed),
        ("{}".to_owned(), PasskeyError::Malformed),
        ("\u{0}".to_owned(), PasskeyError::Malformed),
    ] {
        assert_eq!(registering.finish(&response), Err(expected));
        assert_eq!(asserting.finish(&response), Err(expected));
        assert_eq!(credential_id(&response), Err(expected));
    }
}

#[test]
fn every_field_is_needed_and_of_its_kind() {
    let registering = Registering::new();
    let mut key = SecurityKey::new(1);
    let made: Value = serde_json::from_str(&key.create(&registering.options, ORIGIN).json()).unwrap();
    let asserting = Asserting::with(&mut key, Verification::Preferred, true);
    let used: Value = serde_json::from_str(&key.get(&asserting.options, ORIGIN).json()).unwrap();
    let deep: Value = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let strange = [
        Value::Null,
        json!(1),
        json!([]),
        json!({}),
        json!(""),
        json!("AA=="),
        json!("A"),
        json!("+/+/"),
        json!("ÄÄ"),
        deep,
    ];
    for field in ["/id", "/rawId", "/type", "/response", "/response/attestationObject", "/response/clientDataJSON"] {
        for value in &strange {
            let mut response = made.clone();
            *response.pointer_mut(field).unwrap() = value.clone();
            assert_eq!(registering.finish(&response.to_string()), Err(PasskeyError::Malformed), "{field} {value}");
        }
    }
    for field in ["/id", "/rawId", "/type", "/response", "/response/authenticatorData", "/response/clientDataJSON"] {
        for value in &strange {
            let mut response = used.clone();
            *response.pointer_mut(field).unwrap() = value.clone();
            assert_eq!(asserting.finish(&response.to_string()), Err(PasskeyError::Malformed), "{field} {value}");
        }
    }
    // Hints may be anything.
    for value in &strange {
        let mut response = made.clone();
        response["clientExtensionResults"] = value.clone();
        response["response"]["transports"] = value.clone();
        let credential = registering.finish(&response.to_string()).unwrap();
        assert!(credential.transports.is_empty() && credential.discoverable.is_none(), "{value}");
    }
    let twice = used.to_string().replacen('{', "{\"rawId\":\"AAAA\",", 1);
    assert_eq!(asserting.finish(&twice), Err(PasskeyError::Malformed));
}
