use std::fs;

use serde_json::json;
use tempfile::TempDir;

use super::super::{LockedBy, OVERRIDES_FILE, Overrides, OverridesError, Required, Settings, keys};
use super::sealing;

fn folder_with(content: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(OVERRIDES_FILE), content).unwrap();
    folder
}

fn nothing(_: &str) -> Option<String> {
    None
}

fn settings(overrides: Overrides) -> Settings {
    let rows = [("policy.required".to_owned(), json!("nobody"))];
    Settings::new(rows.into_iter(), 1, overrides)
}

#[test]
fn no_file_and_no_variable_fix_nothing() {
    let folder = TempDir::new().unwrap();
    let overrides = Overrides::read(folder.path(), &nothing, sealing()).unwrap();
    assert_eq!(settings(overrides).locked("policy.required"), None);
}

#[test]
fn the_file_wins_over_the_store() {
    let folder = folder_with(r#"{"policy.required": "everybody"}"#);
    let settings = settings(Overrides::read(folder.path(), &nothing, sealing()).unwrap());
    assert_eq!(settings.get(&keys::POLICY_REQUIRED), Required::Everybody);
    assert_eq!(settings.locked("policy.required"), Some(LockedBy::File));
    assert_eq!(settings.locked("policy.grace_days"), None);
}

#[test]
fn the_environment_wins_over_the_file() {
    let folder = folder_with(r#"{"policy.required": "everybody", "policy.grace_days": 3}"#);
    let environment = |name: &str| (name == "JELLYWARD_SET_POLICY_REQUIRED").then(|| " administrators ".to_owned());
    let settings = settings(Overrides::read(folder.path(), &environment, sealing()).unwrap());
    assert_eq!(settings.get(&keys::POLICY_REQUIRED), Required::Administrators);
    assert_eq!(settings.locked("policy.required"), Some(LockedBy::Environment));
    assert_eq!(settings.get(&keys::POLICY_GRACE_DAYS), 3);
    assert_eq!(settings.locked("policy.grace_days"), Some(LockedBy::File));
}

#[test]
fn every_kind_can_stand_in_the_environment() {
    let folder = TempDir::new().unwrap();
    let environment = |name: &str| {
        let text = match name {
            "JELLYWARD_SET_GATE_ENABLED" => "false",
            "JELLYWARD_SET_POLICY_GRACE_DAYS" => "0",
            "JELLYWARD_SET_TOTP_ISSUER" => "Our house",
            "JELLYWARD_SET_WEB_FRAME_ANCESTORS" => "https://a.example, https://b.example:8443",
            _ => return None,
        };
        Some(text.to_owned())
    };
    let settings = settings(Overrides::read(folder.path(), &environment, sealing()).unwrap());
    assert!(!settings.get(&keys::GATE_ENABLED));
    assert_eq!(settings.get(&keys::POLICY_GRACE_DAYS), 0);
    assert_eq!(settings.get(&keys::TOTP_ISSUER), "Our house");
    let origins: Vec<String> = settings.get(&keys::WEB_FRAME_ANCESTORS).iter().map(ToString::to_string).collect();
    assert_eq!(origins, ["https://a.example", "https://b.example:8443"]);
}

#[test]
fn a_bad_value_names_its_setting_and_its_place() {
    let folder = folder_with(r#"{"policy.grace_days": 366}"#);
    let error = Overrides::read(folder.path(), &nothing, sealing()).unwrap_err();
    assert!(matches!(&error, OverridesError::InFile { .. }));
    assert!(error.to_string().contains("setting policy.grace_days: give a number from 0 to 365"), "{error}");

    let folder = TempDir::new().unwrap();
    let environment = |name: &str| (name == "JELLYWARD_SET_GATE_ENABLED").then(|| "yes".to_owned());
    let error = Overrides::read(folder.path(), &environment, sealing()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "environment variable JELLYWARD_SET_GATE_ENABLED: setting gate.enabled: give true or false"
    );
}

#[test]
fn a_mistyped_key_is_an_error() {
    let folder = folder_with(r#"{"policy.reqired": "everybody"}"#);
    let error = Overrides::read(folder.path(), &nothing, sealing()).unwrap_err();
    assert!(error.to_string().contains("setting policy.reqired: there is no such setting"), "{error}");
}

#[test]
fn a_file_that_is_no_object_is_an_error() {
    let huge = format!("{{\"totp.issuer\": \"{}\"}}", "x".repeat(70_000));
    for content in ["", "[]", "{", "null", &huge] {
        let folder = folder_with(content);
        let error = Overrides::read(folder.path(), &nothing, sealing()).unwrap_err();
        assert!(matches!(error, OverridesError::NotAnObject { .. }), "{error}");
    }
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join(OVERRIDES_FILE)).unwrap();
    let error = Overrides::read(folder.path(), &nothing, sealing()).unwrap_err();
    assert!(matches!(error, OverridesError::Unreadable { .. }), "{error}");
}
