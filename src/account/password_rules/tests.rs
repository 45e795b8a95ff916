use serde_json::{Value, json};

use super::{LONGEST, Weak, judge};
use crate::settings::{Overrides, Settings};

fn settings(values: &Value) -> Settings {
    let rows = values.as_object().unwrap().clone().into_iter();
    Settings::new(rows, 1, Overrides::default())
}

/// By everything but the estimate, which has its own tests.
fn judged(password: &str) -> Result<String, Weak> {
    judge(&settings(&json!({"passwords.min_score": 0})), password, &["alice", "alice@example.org"])
        .map(|password| password.to_string())
}

#[test]
fn what_is_taken_and_what_is_not() {
    let long = "aé💡 ".repeat(32);
    for (password, expected) in [
        ("", Err(Weak::TooShort { min: 10 })),
        ("kf8#Lw2!x", Err(Weak::TooShort { min: 10 })),
        ("kf8#Lw2!xq", Ok(())),
        ("💡💡💡💡💡💡💡💡💡", Err(Weak::TooShort { min: 10 })),
        ("seven herons waded", Ok(())),
        ("  seven herons  ", Ok(())),
        ("sieben fröhliche Reiher", Ok(())),
        ("сім чапель у воді", Ok(())),
        ("七只苍鹭在水中行走真的", Ok(())),
        ("seven\therons waded", Err(Weak::ControlCharacter)),
        ("seven herons waded\n", Err(Weak::ControlCharacter)),
        ("seven\u{0}herons waded", Err(Weak::ControlCharacter)),
        ("seven\u{85}herons waded", Err(Weak::ControlCharacter)),
        ("1234567890", Err(Weak::Common)),
        ("QwertyUiop", Err(Weak::Common)),
        ("alicealice1", Err(Weak::AboutYou)),
        (long.as_str(), Ok(())),
    ] {
        assert_eq!(judged(password).map(|_| ()), expected, "{password:?}");
    }
    assert_eq!(long.chars().count(), LONGEST as usize);
    assert_eq!(judged(&format!("{long}x")), Err(Weak::TooLong { max: LONGEST }));
    assert_eq!(judged(&"x".repeat(10_000_000)), Err(Weak::TooLong { max: LONGEST }));
}

#[test]
fn nothing_is_changed_but_the_spelling() {
    assert_eq!(judged("  seven  Herons ").unwrap(), "  seven  Herons ");
    // e + acute and e-acute, Angstrom and A-ring, Hangul in pieces and whole: one password each.
    let pieces = judged("sept he\u{301}rons d'A\u{30a}s \u{1112}\u{1161}\u{11ab}").unwrap();
    assert_eq!(pieces, "sept h\u{e9}rons d'\u{c5}s \u{d55c}");
    assert_eq!(judged("sept h\u{e9}rons d'\u{212b}s \u{d55c}").unwrap(), pieces);
    // Compatibility is another matter: a ligature stays one.
    assert_eq!(judged("\u{fb01}ve herons wade").unwrap(), "\u{fb01}ve herons wade");
}

#[test]
fn length_is_counted_in_the_form_that_is_set() {
    let pieces = "e\u{301}".repeat(9);
    assert_eq!(judged(&pieces), Err(Weak::TooShort { min: 10 }));
    let longest = "qe\u{301}e\u{323}\u{302}".repeat(42);
    assert!(longest.chars().count() > LONGEST as usize);
    assert_eq!(judged(&longest).unwrap().chars().count(), 126);
}
