use std::collections::HashSet;

use super::*;
use crate::clock::SystemRandomness;
use crate::factor::symbols::{ALPHABET, GROUP};

struct Counting;
impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        bytes.iter_mut().zip(0xe0u8..).for_each(|(byte, value)| *byte = value);
        Ok(())
    }
}

fn read(text: &str) -> Option<String> {
    normalise(text).map(|code| code.to_string())
}

#[test]
fn a_set_is_ten_grouped_codes_of_eighty_bits() {
    let set = generate(&SystemRandomness).unwrap();
    assert_eq!(set.len(), COUNT);
    assert_eq!(set.iter().map(|code| code.as_str()).collect::<HashSet<_>>().len(), COUNT);
    for code in &set {
        let groups: Vec<&str> = code.split('-').collect();
        assert!(groups.len() == SYMBOLS / GROUP && groups.iter().all(|group| group.len() == GROUP), "{}", **code);
        assert!(code.bytes().all(|byte| byte == b'-' || ALPHABET.contains(&byte)), "{}", **code);
        assert_eq!(read(code), Some(code.replace('-', "")));
    }
    assert_eq!(ALPHABET.iter().collect::<HashSet<_>>().len(), 32);
    assert!(!ALPHABET.iter().any(|byte| b"ilou".contains(byte)));
    assert_eq!(generate(&Counting).unwrap()[0].as_str(), "0123-4567-89ab-cdef");
}

#[test]
fn is_read_however_it_is_typed() {
    let plain = "0123456789abcdef";
    for typed in [
        "0123456789abcdef",
        "0123-4567-89ab-cdef",
        "0123-4567-89AB-CDEF",
        " 0123 4567 89ab cdef ",
        "01-23-45-67-89-ab-cd-ef-",
        "--0123456789abcdef--",
        "0123\u{2010}4567\u{2011}89ab\u{2012}cdef",
        "0123\u{2013}4567\u{2014}89ab\u{2015}cdef",
        "0123\u{2212}4567\u{fe58}89ab\u{ff0d}cdef",
        "0123\u{a0}4567\u{ad}89ab\u{3000}cdef\u{200a}",
        "0123\n4567\r\n89ab\tcdef",
        "ol23-4567-89ab-cdef",
        "OI23-4567-89AB-CDEF",
        "oi23-4567-89ab-cdef",
    ] {
        assert_eq!(read(typed).as_deref(), Some(plain), "{typed:?}");
    }
}

#[test]
fn what_is_no_code_is_refused() {
    for typed in [
        "",
        "-",
        "0123456789abcde",
        "0123456789abcdef0",
        "0123456789abcdeu",
        "0123456789abcde!",
        "0123_4567_89ab_cdef",
        "0123.4567.89ab.cdef",
        "x 0123456789abcdef",
        "0123456789abcdef\0",
        "\u{ff10}123456789abcdef",
        "0123456789abcde\u{430}",
        "\u{200b}0123456789abcdef",
        &format!("0123456789abcdef{}", "-".repeat(49)),
        &"0".repeat(100_000),
        &"-".repeat(100_000),
    ] {
        assert_eq!(read(typed), None, "{typed:?}");
    }
    assert!(read(&format!("0123456789abcdef{}", "-".repeat(48))).is_some());
}

#[test]
fn stands_behind_a_password() {
    for (text, start) in [
        ("hunter2 0123-4567-89ab-cdef", 8),
        ("hunter20123456789abcdef", 7),
        ("pässwört 0123-4567-89AB-CDEF ", 11),
        ("0123-4567-89ab-cdef", 0),
        ("0000-0000-0000-0000-0123-4567-89ab-cdef", 20),
        ("\u{1f511}0123456789abcdef", 4),
    ] {
        let (found, code) = tail(text).unwrap();
        assert_eq!((found, code.as_str()), (start, "0123456789abcdef"), "{text}");
        assert!(text.is_char_boundary(found));
    }
    let spaced = format!("password 0123456789abcde{}f", " ".repeat(60));
    for text in ["", "short", "hunter2 0123-4567!89ab-cdef", "ä", &spaced, &"-".repeat(100_000)] {
        assert!(tail(text).is_none(), "{text:?}");
    }
}

#[test]
fn the_hash_belongs_to_one_account_and_one_key() {
    let (key, other) = (DerivedKey::from_bytes([1; 32]), DerivedKey::from_bytes([2; 32]));
    let (alice, bob) = (AccountId::from([1; 16]), AccountId::from([2; 16]));
    let stored = hash(&key, &alice, "0123456789abcdef");
    assert_eq!(stored, hash(&key, &alice, "0123456789abcdef"));
    assert_ne!(stored, hash(&other, &alice, "0123456789abcdef"));
    assert_ne!(stored, hash(&key, &bob, "0123456789abcdef"));
    assert_ne!(stored, hash(&key, &alice, "0123456789abcdeg"));
}
