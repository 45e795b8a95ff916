//! New passwords: what anybody is told while typing one, and the list that an administrator adds.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use jellyward::account::password_rules::breached;
use jellyward::defense::pace::MOST;
use jellyward::web::message::Response;
use serde_json::{Value, json};
use support::world::{Visitor, World, body, code_of, text};

const STRENGTH: &str = "/Jellyward/Api/Password/Strength";
const SETTINGS: &str = "/Jellyward/Api/Admin/Settings";

fn stranger() -> Visitor {
    Visitor::at("203.0.113.5")
}

fn asked(world: &World, document: &Value) -> Value {
    let answer = world.post(&stranger(), STRENGTH, document);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    body(&answer)
}

/// The codes of the problems and of the hints.
fn codes(answer: &Value, of: &str) -> Vec<String> {
    answer[of].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn anybody_is_told_how_good_a_password_is() {
    let world = World::new();
    let good = asked(&world, &json!({"password": "seven herons waded upstream"}));
    assert_eq!((&good["score"], &good["best"], &good["wanted"]), (&json!(4), &json!(4), &json!(2)));
    assert_eq!((&good["text"], &good["problems"], &good["hints"]), (&json!("Very good"), &json!([]), &json!([])));
    for (password, problem, hint) in [
        ("", "too_short", "add_words"),
        ("Monkey", "too_short", "popular"),
        ("qwertyuiop", "common", "popular"),
        ("alice.1987", "about_you", "about_you"),
        ("Sunshine!99", "too_guessable", "popular"),
        ("tab\tin a password", "control_character", ""),
    ] {
        let answer = asked(&world, &json!({"password": password, "about": ["alice", "alice@example.org"]}));
        assert_eq!(codes(&answer, "problems"), [problem], "{password}");
        assert!(hint.is_empty() || codes(&answer, "hints").contains(&hint.to_owned()), "{password}: {answer}");
    }
    let short = asked(&world, &json!({"password": "Monkey"}));
    assert!(short["problems"][0]["text"].as_str().unwrap().contains("at least 10 characters"), "{short}");
}

#[test]
fn the_rules_are_told_and_nothing_of_accounts() {
    let world = World::new();
    let before = asked(&world, &json!({"password": "alice alice alice"}));
    world.user("alice", "alice alice alice");
    assert_eq!(asked(&world, &json!({"password": "alice alice alice"})), before);
}

#[test]
fn what_is_typed_is_not_kept() {
    let world = World::new();
    asked(&world, &json!({"password": "an unmistakable heron", "about": ["an unmistakable name"]}));
    world.post(&stranger(), STRENGTH, &json!({"password": "an unmistakable heron", "about": "an unmistakable name"}));
    assert!(!world.jellyfin.log_text().contains("unmistakable"));
}

#[test]
fn what_is_no_password_is_complained_about() {
    let world = World::new();
    for (document, field) in [
        (json!({}), "password"),
        (json!({"password": 1}), "password"),
        (json!({"password": "x", "about": "alice"}), "about"),
        (json!({"password": "x", "about": [1]}), "about"),
        (json!({"password": "x", "about": vec!["alice"; 9]}), "about"),
        (json!({"password": "x", "about": ["x".repeat(321)]}), "about"),
    ] {
        let answer = world.post(&stranger(), STRENGTH, &document);
        assert_eq!((answer.status, &body(&answer)["field"]), (400, &json!(field)), "{document}");
    }
}

#[test]
fn who_asks_too_often_waits() {
    let world = World::new();
    for _ in 0..MOST {
        asked(&world, &json!({"password": "x"}));
    }
    let refused = world.post(&stranger(), STRENGTH, &json!({"password": "x"}));
    assert_eq!((refused.status, code_of(&refused).as_str()), (429, "too_often"));
    let wait = refused.header("Retry-After").unwrap().parse().unwrap();
    world.pass(wait);
    asked(&world, &json!({"password": "x"}));
}

fn list(folder: &Path, password: &str) -> PathBuf {
    let path = folder.join("breached");
    let entry = breached::entry(password).to_be_bytes();
    fs::write(&path, [&breached::MAGIC[..], &1_u64.to_be_bytes(), &entry].concat()).unwrap();
    path
}

fn set_list(world: &World, boss: &Visitor, path: &Path) -> Response {
    let revision = body(&world.get(boss, SETTINGS))["revision"].clone();
    world.post(
        boss,
        SETTINGS,
        &json!({"revision": revision, "values": {"passwords.list_file": path}, "proof": proof()}),
    )
}

fn proof() -> Value {
    json!({"method": "password", "value": "boss's password"})
}

#[test]
fn a_list_is_looked_at_before_it_is_set() {
    let world = World::new();
    let boss = stranger().signed_in_as(world.administrator("boss", "boss's password"), true, "boss's token");
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, "top secret").unwrap();
    let mut said = Vec::new();
    for path in [Path::new("breached"), &folder.path().join("missing"), folder.path(), &secret] {
        let refused = set_list(&world, &boss, path);
        assert_eq!((refused.status, code_of(&refused).as_str()), (400, "bad_setting"));
        said.push(text(&refused));
    }
    said.dedup();
    assert_eq!(said.len(), 1, "what lies at a path is told: {said:#?}");

    let path = list(folder.path(), "seven herons waded");
    assert_eq!(set_list(&world, &boss, &path).status, 200);
    assert_eq!(codes(&asked(&world, &json!({"password": "seven herons waded"})), "problems"), ["common"]);
    assert_eq!(codes(&asked(&world, &json!({"password": "eight herons waded"})), "problems"), [""; 0]);

    // Gone later: passwords can be set all the same, and the administrator is told.
    fs::remove_file(&path).unwrap();
    assert_eq!(codes(&asked(&world, &json!({"password": "seven herons waded"})), "problems"), [""; 0]);
    assert!(text(&world.get(&boss, "/Jellyward/Api/Admin/Status")).contains("no_password_list"));
}
