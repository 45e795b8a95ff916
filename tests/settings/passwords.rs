//! The settings of passwords, by what is taken.

use std::fs;

use jellyward::account::password_rules::{Weak, breached, judge};
use jellyward::settings::{Overrides, Settings};
use serde_json::{Value, json};

/// What is wrong with that password under these settings.
fn problem(values: &Value, password: &str) -> Option<Weak> {
    let rows = values.as_object().unwrap().clone().into_iter();
    judge(&Settings::new(rows, 1, Overrides::default()), password, &[]).err()
}

#[test]
fn setting_passwords_min_length_does_something() {
    let values = json!({"passwords.min_length": 12});
    assert_eq!(problem(&values, "kf8#Lw2!xqv"), Some(Weak::TooShort { min: 12 }));
    assert_eq!(problem(&values, "kf8#Lw2!xqvd"), None);
}

#[test]
fn setting_passwords_refuse_common_does_something() {
    assert_eq!(problem(&json!({}), "qwertyuiop"), Some(Weak::Common));
    assert_ne!(problem(&json!({"passwords.refuse_common": false}), "qwertyuiop"), Some(Weak::Common));
}

#[test]
fn setting_passwords_list_file_does_something() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("breached");
    let entry = breached::entry("seven herons waded");
    fs::write(&path, [&breached::MAGIC[..], &1_u64.to_be_bytes(), &entry.to_be_bytes()].concat()).unwrap();
    let values = json!({"passwords.list_file": path});
    assert_eq!(problem(&values, "seven herons waded"), Some(Weak::Common));
    assert_eq!(problem(&values, "eight herons waded"), None);
}

#[test]
fn setting_passwords_min_score_does_something() {
    assert_eq!(problem(&json!({}), "Sunshine!99"), Some(Weak::TooGuessable));
    assert_eq!(problem(&json!({"passwords.min_score": 0}), "Sunshine!99"), None);
    assert_eq!(problem(&json!({"passwords.min_score": 4}), "hedgehogumbrella"), Some(Weak::TooGuessable));
}
