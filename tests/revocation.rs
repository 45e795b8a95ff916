//! What is revoked is over: also what was half done, what was under way, and what rested on it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::sync::atomic::Ordering;

use jellyward::engine::Event;
use jellyward::gate::attempt::Door;
use jellyward::gate::verdict::Outcome;
use jellyward::host::AccountId;
use jellyward::web::message::Response;
use serde_json::{Value, json};
use support::mailbox::{code_to, set_up_mail};
use support::world::{Authenticator, Visitor, World, body, challenge, code_of, text};

const PASSWORD: &str = "right password";

/// Alice with an authenticator, freshly signed in.
struct House {
    world: World,
    id: AccountId,
    alice: Visitor,
    phone: Authenticator,
}

impl House {
    fn new() -> Self {
        let world = World::new();
        let id = world.user("alice", PASSWORD);
        let browser = Visitor::at("203.0.113.5");
        let phone = world.enrol_user(&browser, "alice", PASSWORD).0;
        let alice = world.full_sign_in(&browser, "alice", PASSWORD, &phone);
        Self { world, id, alice, phone }
    }

    fn post(&self, from: &Visitor, path: &str, document: &Value) -> Response {
        self.world.post(from, &format!("/Jellyward/Api/Account/{path}"), document)
    }

    fn app_password(&self) -> String {
        let made = self.post(&self.alice, "AppPasswords/Create", &json!({ "name": "Kodi" }));
        body(&made)["password"].as_str().unwrap_or_else(|| panic!("{}", text(&made))).to_owned()
    }

    fn password_changed(&self) {
        self.world.engine.event(&Event::PasswordChanged { user_id: self.id });
    }

    fn code(&self) -> Value {
        self.world.pass(60);
        json!({ "method": "totp", "value": self.phone.code(self.world.now()) })
    }

    /// An administrator takes Alice's authenticator away.
    fn remove_factor(&self) {
        self.world.administrator("root", PASSWORD);
        let root = self.world.sign_in(&Visitor::at("203.0.113.9"), "root", PASSWORD);
        let proof = json!({ "method": "password", "value": PASSWORD });
        let document = json!({ "user": self.id, "id": 1, "proof": proof });
        let removed = self.world.post(&root, "/Jellyward/Api/Admin/Users/RemoveFactor", &document);
        assert_eq!(removed.status, 200, "{}", text(&removed));
    }
}

#[test]
fn a_sign_in_under_way_does_not_survive_what_ends_everything() {
    let house = House::new();
    let tv = Visitor::app_at("203.0.113.20");
    let before = house.world.jellyfin.alive().len();
    *house.world.jellyfin.meanwhile.lock().unwrap() = Some(Event::PasswordChanged { user_id: house.id });
    let with_code = format!("{PASSWORD} {}", house.phone.code(house.world.now()));
    assert_eq!(house.world.login(&tv, "alice", &with_code).outcome, Outcome::Refuse);
    assert_eq!(house.world.jellyfin.alive().len(), before, "the session it had got is ended");
    house.world.pass(60);
    let with_code = format!("{PASSWORD} {}", house.phone.code(house.world.now()));
    assert_eq!(house.world.login(&tv, "alice", &with_code).outcome, Outcome::Allow, "the next one is fine");
    *house.world.jellyfin.meanwhile.lock().unwrap() = Some(Event::PasswordChanged { user_id: house.id });
    house.world.jellyfin.stuck.lock().unwrap().push(tv.client.device_id.clone());
    house.world.pass(60);
    let with_code = format!("{PASSWORD} {}", house.phone.code(house.world.now()));
    assert_eq!(house.world.login(&tv, "alice", &with_code).outcome, Outcome::Refuse);
    assert!(house.world.jellyfin.log_text().contains("could not be ended"), "whoever runs the server has to know");
}

#[test]
fn half_an_enrolment_does_not_become_a_factor_afterwards() {
    let house = House::new();
    let started = body(&house.post(&house.alice, "Totp/Start", &json!({})));
    let phone = Authenticator::read(&started);
    house.password_changed();
    let confirm = json!({ "enrolment": started["enrolment"], "code": phone.code(house.world.now()) });
    assert_eq!(code_of(&house.post(&house.alice, "Totp/Confirm", &confirm)), "enrolment_gone");
}

#[test]
fn an_address_entered_before_the_first_factor_is_not_verified_after_it() {
    let world = World::new();
    set_up_mail(&world);
    world.user("alice", PASSWORD);
    let proof = json!({ "method": "password", "value": PASSWORD });
    let thief = world.sign_in(&Visitor::at("192.0.2.66"), "alice", PASSWORD);
    let owner = world.sign_in(&Visitor::at("203.0.113.5"), "alice", PASSWORD);
    let start = json!({ "address": "thief@example.org", "proof": proof });
    assert_eq!(world.post(&thief, "/Jellyward/Api/Account/Email/Start", &start).status, 200);
    let code = code_to(&world, "thief@example.org");
    world.enrol(&owner, &proof);
    let confirmed = world.post(&thief, "/Jellyward/Api/Account/Email/Confirm", &json!({ "code": code }));
    assert_ne!(confirmed.status, 200, "{}", text(&confirmed));
    assert_eq!(body(&world.get(&owner, "/Jellyward/Api/Account"))["email"], Value::Null);
}

#[test]
fn a_factor_an_administrator_removes_takes_all_that_rested_on_it() {
    let house = House::new();
    let password = house.app_password();
    let tv = Visitor::app_at("203.0.113.20");
    assert_eq!(house.world.login(&tv, "alice", &password).outcome, Outcome::Allow);
    house.remove_factor();
    assert_eq!(house.world.login(&tv, "alice", &password).outcome, Outcome::Refuse);
}

#[test]
fn after_the_last_factor_was_removed_a_session_enrols_by_a_word_or_a_recovery_code_only() {
    let house = House::new();
    let recovery = house.post(&house.alice, "Recovery/Renew", &json!({}));
    let code = body(&recovery)["recoveryCodes"][0].clone();
    house.remove_factor();
    let proof = json!({ "method": "password", "value": PASSWORD });
    let start = |document: Value| code_of(&house.post(&house.alice, "Totp/Start", &document));
    assert_eq!(start(json!({ "proof": proof })), "word_needed");
    assert_eq!(start(json!({ "word": "0000-0000-0000-0000" })), "wrong_word");
    assert_eq!(start(json!({ "word": code })), "");
}

#[test]
fn who_has_no_factor_has_no_way_around_one() {
    let world = World::new();
    world.user("bob", PASSWORD);
    let bob = world.sign_in(&Visitor::at("203.0.113.6"), "bob", PASSWORD);
    let proof = json!({ "proof": { "method": "password", "value": PASSWORD } });
    for path in ["Tv/Word", "Tv/Window"] {
        assert_eq!(code_of(&world.post(&bob, &format!("/Jellyward/Api/Account/{path}"), &proof)), "not_offered");
    }
}

#[test]
fn a_devices_secret_and_a_code_are_not_the_owner() {
    let house = House::new();
    let tv = Visitor::app_at("203.0.113.20");
    let password = house.app_password();
    house.world.login(&tv, "alice", &password);
    let stolen = house.world.with_session(&tv);
    assert_eq!(code_of(&house.post(&stolen, "Prove", &json!({ "proof": house.code() }))), "sign_in_fully");
    for (path, document) in [
        ("Recovery/Renew", json!({ "proof": house.code() })),
        ("AppPasswords/Create", json!({ "name": "another", "proof": house.code() })),
        ("AppPasswords/Revoke", json!({ "id": 1 })),
        ("Sessions/End", json!({ "others": true })),
        ("Browsers/Forget", json!({ "all": true })),
        ("Devices/Deny", json!({ "id": 1 })),
        ("Devices/Forget", json!({ "id": 1 })),
        ("LostPhone", json!({ "proof": house.code() })),
    ] {
        assert_eq!(code_of(&house.post(&stolen, path, &document)), "sign_in_fully", "{path}");
    }
    assert!(house.world.jellyfin.alive().len() > 1, "nobody was thrown out");
}

#[test]
fn a_code_makes_a_trusted_browsers_session_as_good_as_any() {
    let house = House::new();
    let browser = Visitor::at("203.0.113.40");
    let token = challenge(&house.world.login(&browser, "alice", PASSWORD));
    let code = house.phone.code(house.world.now());
    let trusted = json!({ "challenge": token, "method": "totp", "code": code, "trust": true });
    assert_eq!(house.world.post(&browser, "/Jellyward/Api/Challenge/Verify", &trusted).status, 200);
    let spared = house.world.sign_in(&browser, "alice", PASSWORD);
    let approve = || {
        let mut attempt = Visitor::app_at("203.0.113.7").attempt("");
        attempt.door = Door::Direct;
        attempt.action = "QuickConnect.AuthorizeQuickConnect".into();
        (attempt.user_id, attempt.caller) = (Some(house.id), spared.caller());
        house.world.engine.login(&attempt, "").outcome
    };
    assert_eq!(approve(), Outcome::Refuse, "spared the factor is not proven");
    assert_eq!(house.post(&spared, "Prove", &json!({ "proof": house.code() })).status, 200);
    assert_eq!(approve(), Outcome::Allow);
}

#[test]
fn a_page_of_this_server_is_a_browser_and_any_other_is_an_app() {
    let house = House::new();
    let password = house.app_password();
    let from = |headers: &[(&str, &str)]| {
        let mut visitor = Visitor::app_at("203.0.113.20");
        visitor.origin.scheme = "http".into();
        visitor.origin.headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        house.world.login(&visitor, "alice", &password).outcome
    };
    let host = ("Host", "media.lan:8096");
    assert_eq!(from(&[host]), Outcome::Allow);
    assert_eq!(from(&[host, ("Origin", "http://media.lan:8096")]), Outcome::Refuse, "by plain http");
    assert_eq!(from(&[host, ("Sec-Fetch-Site", "same-origin")]), Outcome::Refuse);
    for elsewhere in ["null", "file://", "https://app.example"] {
        assert_eq!(from(&[host, ("Origin", elsewhere)]), Outcome::Allow, "{elsewhere}");
        assert_eq!(from(&[host, ("Origin", elsewhere), ("Sec-Fetch-Site", "cross-site")]), Outcome::Allow);
    }
}

#[test]
fn no_app_password_travels_in_a_url() {
    let house = House::new();
    let password = house.app_password();
    let mut attempt = Visitor::app_at("203.0.113.20").attempt("alice");
    attempt.action = "User.AuthenticateUser".into();
    assert_eq!(house.world.engine.login(&attempt, &password).outcome, Outcome::Refuse);
}

#[test]
fn a_word_is_not_lost_when_jellyfin_has_no_room() {
    let house = House::new();
    let word = body(&house.post(&house.alice, "Tv/Word", &json!({})))["word"].as_str().unwrap().to_owned();
    let tv = Visitor::app_at("203.0.113.20");
    house.world.jellyfin.refuse_mint.store(true, Ordering::SeqCst);
    assert_eq!(house.world.login(&tv, "alice", &word).status, 403);
    house.world.jellyfin.refuse_mint.store(false, Ordering::SeqCst);
    assert_eq!(house.world.login(&tv, "alice", &word).outcome, Outcome::Allow);
    assert_eq!(house.world.login(&tv, "alice", &word).outcome, Outcome::Refuse);
}

#[test]
fn strangers_push_out_nobodys_ceremony() {
    let house = House::new();
    house.world.set(&json!({ "passkeys.domain": "media.example.org" }));
    let begun = body(&house.post(&house.alice, "Passkeys/Start", &json!({})));
    for _ in 0..100 {
        // From the very same address, as behind a proxy nobody listed.
        house.world.post(&Visitor::at("203.0.113.5"), "/Jellyward/Api/Passkey/Start", &json!({}));
    }
    let rubbish = json!({ "ceremony": begun["ceremony"], "response": { "id": "x" } });
    assert_eq!(code_of(&house.post(&house.alice, "Passkeys/Finish", &rubbish)), "wrong_passkey", "it was still there");
    let before = house.world.engine.durable_commits();
    let answer = json!({ "ceremony": "nothing", "response": {} });
    for _ in 0..10 {
        let gone = house.world.post(&Visitor::at("203.0.113.50"), "/Jellyward/Api/Passkey/Finish", &answer);
        assert_eq!(code_of(&gone), "ceremony_gone");
    }
    assert_eq!(house.world.engine.durable_commits(), before, "rubbish costs no wait for the disk");
}

#[test]
fn the_use_of_the_unlock_file_stands_in_the_audit_once() {
    let world = World::new();
    // As the plugin leaves it, which opened the door without the engine.
    let used = world.folder.path().join("data/unlock.used-20250615120000");
    std::fs::write(used, "rescue").unwrap();
    let world = world.restart().restart();
    world.administrator("root", PASSWORD);
    let root = world.sign_in(&Visitor::at("203.0.113.9"), "root", PASSWORD);
    let events = body(&world.get(&root, "/Jellyward/Api/Admin/Events"));
    let unlocked: Vec<_> =
        events["events"].as_array().unwrap().iter().filter(|event| event["kind"] == "unlocked").collect();
    assert_eq!((unlocked.len(), &unlocked[0]["detail"]), (1, &json!("20250615120000")));
}

#[test]
fn an_administrator_who_leaves_the_user_out_is_asked_too() {
    let world = World::new();
    let root = world.administrator("root", PASSWORD);
    let session = world.sign_in(&Visitor::at("203.0.113.9"), "root", PASSWORD);
    // Jellyfin asks an administrator for the old password only where the request names the user.
    assert!(!world.act(&session, "User.UpdateUserPassword", &json!({})).pass);
    assert!(world.act(&session, "User.UpdateUserPassword", &json!({ "userId": root })).pass);
}
