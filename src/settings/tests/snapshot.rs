use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::{Overrides, Required, SettingCode, Settings, keys};
use super::sealing;

fn settings(rows: &[(&str, Value)]) -> Settings {
    let rows: Vec<(String, Value)> = rows.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    Settings::new(rows.into_iter(), 7, Overrides::default())
}

fn refusal(key: &str, value: Value) -> SettingCode {
    let changes = BTreeMap::from([(key.to_owned(), value)]);
    let error = settings(&[]).validate(&changes, sealing()).unwrap_err();
    assert_eq!(error.field, key);
    error.code
}

#[test]
fn nothing_stored_means_the_defaults() {
    let settings = settings(&[]);
    assert!(settings.get(&keys::GATE_ENABLED));
    assert_eq!(settings.get(&keys::POLICY_REQUIRED), Required::Nobody);
    assert_eq!(settings.get(&keys::TOTP_ISSUER), "Jellyfin");
    assert!(settings.get(&keys::WEB_FRAME_ANCESTORS).is_empty());
    assert_eq!(settings.revision(), 7);
    assert!(settings.damaged().is_empty());
}

#[test]
fn what_is_stored_holds() {
    let settings = settings(&[("policy.required", json!("administrators")), ("limits.free_tries", json!(50))]);
    assert_eq!(settings.get(&keys::POLICY_REQUIRED), Required::Administrators);
    assert_eq!(settings.get(&keys::LIMITS_FREE_TRIES), 50);
}

#[test]
fn a_damaged_row_falls_back_and_is_reported() {
    let settings =
        settings(&[("policy.grace_days", json!(-1)), ("gate.enabled", json!("false")), ("gone\nlong ago", json!(1))]);
    assert_eq!(settings.get(&keys::POLICY_GRACE_DAYS), 14);
    assert!(settings.get(&keys::GATE_ENABLED));
    let reported: Vec<(&str, SettingCode)> =
        settings.damaged().iter().map(|error| (error.field.as_str(), error.code)).collect();
    assert_eq!(
        reported,
        [
            ("policy.grace_days", SettingCode::OutOfRange),
            ("gate.enabled", SettingCode::WrongType),
            ("gonelong ago", SettingCode::Unknown),
        ]
    );
}

#[test]
fn every_default_is_a_value_its_own_declaration_accepts() {
    for setting in keys::ALL {
        assert_eq!(setting.check(&setting.default()), Ok(setting.default()), "{}", setting.key());
    }
}

#[test]
fn keys_and_variables_are_unique_and_spelled_alike() {
    let variables: BTreeSet<String> = keys::ALL.iter().map(|setting| setting.variable()).collect();
    assert_eq!(variables.len(), keys::ALL.len());
    for setting in keys::ALL {
        let (group, name) = setting.key().split_once('.').unwrap();
        for part in [group, name] {
            assert!(!part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{part}");
        }
    }
}

#[test]
fn changes_are_checked_and_put_into_their_normal_form() {
    let changes = BTreeMap::from([
        ("totp.issuer".to_owned(), json!("  Our house ")),
        ("web.frame_ancestors".to_owned(), json!(["https://A.example", "https://a.example"])),
    ]);
    assert_eq!(
        settings(&[]).validate(&changes, sealing()).unwrap(),
        [
            ("totp.issuer".to_owned(), json!("Our house")),
            ("web.frame_ancestors".to_owned(), json!(["https://a.example"])),
        ]
    );
}

#[test]
fn values_out_of_bounds_are_refused_on_both_sides() {
    for (key, bad) in [
        ("policy.grace_days", 366),
        ("limits.free_tries", 2),
        ("limits.free_tries", 51),
        ("limits.longest_delay_minutes", 0),
        ("limits.longest_delay_minutes", 61),
        ("limits.wrong_codes_per_hour", 2),
        ("limits.wrong_codes_per_hour", 101),
        ("events.keep_days", 6),
        ("events.keep_days", 3651),
    ] {
        assert_eq!(refusal(key, json!(bad)), SettingCode::OutOfRange, "{key} {bad}");
    }
    for bad in [json!(-1), json!(i64::MIN), json!(u64::MAX)] {
        assert_eq!(refusal("policy.grace_days", bad), SettingCode::OutOfRange);
    }
}

#[test]
fn values_of_another_type_are_refused() {
    for bad in [json!(null), json!("1"), json!(1.5), json!(1.0), json!([1]), json!({}), json!(true)] {
        assert_eq!(refusal("policy.grace_days", bad), SettingCode::WrongType);
    }
    for bad in [json!(null), json!(0), json!("true"), json!([])] {
        assert_eq!(refusal("gate.enabled", bad), SettingCode::WrongType);
    }
    assert_eq!(refusal("policy.required", json!(0)), SettingCode::WrongType);
    assert_eq!(refusal("policy.required", json!({"nobody": null})), SettingCode::WrongType);
    assert_eq!(refusal("policy.required", json!("Nobody")), SettingCode::NotAChoice);
    assert_eq!(refusal("web.language", json!("../../etc")), SettingCode::NotAChoice);
    assert_eq!(refusal("web.frame_ancestors", json!("https://a.example")), SettingCode::WrongType);
    assert_eq!(refusal("web.frame_ancestors", json!([1])), SettingCode::WrongType);
    assert_eq!(refusal("web.frame_ancestors", json!(["'self'"])), SettingCode::NotAnOrigin);
    let many: Vec<String> = (0..21).map(|n| format!("https://h{n}.example")).collect();
    assert_eq!(refusal("web.frame_ancestors", json!(many)), SettingCode::OutOfRange);
}

#[test]
fn an_issuer_cannot_break_the_label_it_stands_in() {
    for bad in ["a:b", "a\u{0}b", "a\r\nb", "a\u{85}b"] {
        assert_eq!(refusal("totp.issuer", json!(bad)), SettingCode::ForbiddenCharacter, "{bad:?}");
    }
    for bad in ["", "   ", &"x".repeat(65), &"x".repeat(1_000_000)] {
        assert_eq!(refusal("totp.issuer", json!(bad)), SettingCode::OutOfRange);
    }
    let longest = BTreeMap::from([("totp.issuer".to_owned(), json!("ü".repeat(64)))]);
    assert!(settings(&[]).validate(&longest, sealing()).is_ok());
}

#[test]
fn one_bad_change_refuses_them_all() {
    let changes = BTreeMap::from([("gate.enabled".to_owned(), json!(false)), ("policy.nothing".to_owned(), json!(1))]);
    let error = settings(&[]).validate(&changes, sealing()).unwrap_err();
    assert_eq!((error.field.as_str(), error.code.as_str()), ("policy.nothing", "unknown_setting"));
}

#[test]
fn a_fixed_setting_cannot_be_changed() {
    let environment = |name: &str| (name == "JELLYWARD_SET_WEB_INJECT").then(|| "false".to_owned());
    let overrides = Overrides::read(std::path::Path::new("/nowhere"), &environment, sealing()).unwrap();
    let settings = Settings::new(std::iter::empty(), 1, overrides);
    let changes = BTreeMap::from([("web.inject".to_owned(), json!(true))]);
    let error = settings.validate(&changes, sealing()).unwrap_err();
    assert_eq!(error.code, SettingCode::Locked);
    assert!(error.to_string().contains("fixed by environment"));
}

#[test]
fn a_secret_is_sealed_on_its_way_in_and_shown_only_as_set() {
    let changes = BTreeMap::from([("smtp.password".to_owned(), json!("correct horse"))]);
    let rows = settings(&[]).validate(&changes, sealing()).unwrap();
    let after = settings(&[]).changed(&rows);
    let (shown, kept) = (after.describe(&|id| id.to_owned()).to_string(), format!("{after:?}"));
    assert!(!shown.contains("horse") && !kept.contains("horse"));
    let secret = after.get(&keys::SMTP_PASSWORD).open("smtp.password", sealing().sealer).unwrap();
    assert_eq!(secret.unwrap().as_str(), "correct horse");
    let sealed = rows[0].1.as_str().unwrap();
    assert!(!shown.contains(sealed), "nor does what is sealed leave");

    let environment = |name: &str| (name == "JELLYWARD_SET_SMTP_PASSWORD").then(|| "battery staple".to_owned());
    let overrides = Overrides::read(std::path::Path::new("/nowhere"), &environment, sealing()).unwrap();
    let fixed = Settings::new(std::iter::empty(), 1, overrides);
    assert!(!format!("{fixed:?}").contains("staple"));
    let secret = fixed.get(&keys::SMTP_PASSWORD).open("smtp.password", sealing().sealer).unwrap();
    assert_eq!(secret.unwrap().as_str(), "battery staple");
}

#[test]
fn whether_mail_leaves_is_looked_up_once_and_anew_after_a_change() {
    let first = settings(&[]);
    assert!(first.mail_leaves(|| true) && first.mail_leaves(|| panic!("looked up again")));
    assert!(first.clone().mail_leaves(|| panic!("the same values")));
    assert!(!first.changed(&[("smtp.host".to_owned(), json!(""))]).mail_leaves(|| false));
}
