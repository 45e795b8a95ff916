//! A passkey as the factor that a sign-in demands, and what becomes of passkeys that nobody can use any more.

#![allow(clippy::unwrap_used, clippy::expect_used)]
#![cfg(feature = "demo")]

mod support;

use jellyward::demo::security_key::SecurityKey;
use jellyward::gate::verdict::{Outcome, Verdict};
use jellyward::settings::OVERRIDES_FILE;
use jellyward::web::message::Response;
use serde_json::{Value, json};
use support::passkey::{SITE, made};
use support::world::{Authenticator, Visitor, World, body, challenge, code_of, codes, text};

const PASSWORD: &str = "right password";

/// Passkeys are set up, and everybody needs a factor.
fn world() -> World {
    let world = World::new();
    world.set(&json!({ "passkeys.domain": "media.example.org", "policy.required": "everybody" }));
    world
}

fn told(verdict: &Verdict) -> &Value {
    &verdict.body.as_ref().unwrap()["jellyward"]
}

fn enrol(world: &World, from: &Visitor, path: &str, document: &Value) -> Response {
    world.post(from, &format!("/Jellyward/Api/Challenge/Enrol/{path}"), document)
}

fn start(world: &World, from: &Visitor, token: &str, word: Option<&str>) -> Response {
    enrol(world, from, "Passkey", &json!({ "challenge": token, "word": word }))
}

fn finish(world: &World, from: &Visitor, token: &str, started: &Value, response: &Value) -> Response {
    let document = json!({ "challenge": token, "ceremony": started["ceremony"], "response": response, "name": "key" });
    enrol(world, from, "Passkey/Finish", &document)
}

fn open(world: &World, from: &Visitor, token: &str) -> Response {
    world.post(from, "/Jellyward/Api/Challenge/Finish", &json!({ "challenge": token }))
}

#[test]
fn a_demanded_factor_may_be_a_passkey() {
    let world = world();
    world.user("bob", PASSWORD);
    let browser = Visitor::at("203.0.113.5");
    let verdict = world.login(&browser, "bob", PASSWORD);
    assert_eq!((verdict.outcome, &told(&verdict)["passkey"]), (Outcome::Enrol, &json!(true)));
    let token = challenge(&verdict);
    let started = start(&world, &browser, &token, None);
    assert_eq!(started.status, 200, "{}", text(&started));
    let started = body(&started);
    let mut key = SecurityKey::new(1);
    let response = made(&mut key, &started);
    assert_eq!(code_of(&open(&world, &browser, &token)), "challenge_gone", "no session without the passkey");
    let confirmed = finish(&world, &browser, &token, &started, &response);
    assert_eq!(codes(&body(&confirmed)).len(), 10, "{}", text(&confirmed));
    assert_eq!(world.jellyfin.session_count(), 0);
    assert_eq!(code_of(&finish(&world, &browser, &token, &started, &response)), "challenge_gone", "once");
    assert_eq!(open(&world, &browser, &token).status, 200);
    assert_eq!(world.jellyfin.session_count(), 1);
    assert_eq!(code_of(&open(&world, &browser, &token)), "challenge_gone");
    let again = world.login(&browser, "bob", PASSWORD);
    assert_eq!(told(&again)["methods"], json!(["passkey", "recovery"]));
    assert_eq!(told(&again)["passkey"], Value::Null, "a factor is asked for, none is demanded");
}

#[test]
fn it_is_offered_where_passkeys_are_set_up_only() {
    let world = World::new();
    world.set(&json!({ "policy.required": "everybody" }));
    world.user("bob", PASSWORD);
    let browser = Visitor::at("203.0.113.5");
    let verdict = world.login(&browser, "bob", PASSWORD);
    assert_eq!(told(&verdict)["passkey"], Value::Null);
    assert_eq!(code_of(&start(&world, &browser, &challenge(&verdict), None)), "not_offered");
}

#[test]
fn it_belongs_to_its_challenge_browser_and_account() {
    let world = world();
    world.user("bob", PASSWORD);
    world.user("carol", PASSWORD);
    let browser = Visitor::at("203.0.113.5");
    let token = challenge(&world.login(&browser, "bob", PASSWORD));
    let other = challenge(&world.login(&browser, "bob", PASSWORD));
    let carols = challenge(&world.login(&browser, "carol", PASSWORD));
    let mut key = SecurityKey::new(1);
    let begin = || body(&start(&world, &browser, &token, None));
    for foreign in [&other, &carols] {
        let started = begin();
        let response = made(&mut key, &started);
        assert_eq!(code_of(&finish(&world, &browser, foreign, &started, &response)), "ceremony_gone");
    }
    let started = begin();
    let response = made(&mut key, &started);
    let elsewhere = Visitor::at("203.0.113.6");
    assert_eq!(code_of(&finish(&world, &elsewhere, &token, &started, &response)), "challenge_gone");
    // A key that answers another question.
    let mut wrong = response.clone();
    wrong["response"]["clientDataJSON"] = made(&mut key, &begin())["response"]["clientDataJSON"].clone();
    assert_eq!(code_of(&finish(&world, &browser, &token, &started, &wrong)), "wrong_passkey");
    assert_eq!(code_of(&finish(&world, &browser, &token, &started, &response)), "ceremony_gone", "answered once");
    // A session's own call does not take it either.
    let started = begin();
    let response = made(&mut key, &started);
    let dora = world.administrator("dora", PASSWORD);
    let session = Visitor::at("203.0.113.5").signed_in_as(dora, true, "dora-token");
    let document = json!({ "ceremony": started["ceremony"], "response": response });
    let refused = world.post(&session, "/Jellyward/Api/Account/Passkeys/Finish", &document);
    assert_eq!(code_of(&refused), "ceremony_gone");
    assert_eq!(finish(&world, &browser, &token, &started, &response).status, 200);
}

#[test]
fn a_password_alone_is_no_leave_after_the_days_of_grace() {
    let world = world();
    world.set(&json!({ "policy.grace_days": 0 }));
    let bob = world.user("bob", PASSWORD);
    let browser = Visitor::at("203.0.113.5");
    let token = challenge(&world.login(&browser, "bob", PASSWORD));
    assert_eq!(code_of(&start(&world, &browser, &token, None)), "word_needed");
    assert_eq!(code_of(&start(&world, &browser, &token, Some("0000-0000-0000-0000"))), "wrong_word");
    let owner = world.proven_administrator("owner", "198.51.100.1");
    let given = body(&world.post(&owner, "/Jellyward/Api/Admin/Users/Word", &json!({ "user": bob })));
    let word = given["word"].as_str().unwrap();
    let started = body(&start(&world, &browser, &token, Some(word)));
    let response = made(&mut SecurityKey::new(1), &started);
    assert_eq!(finish(&world, &browser, &token, &started, &response).status, 200);
    assert_eq!(open(&world, &browser, &token).status, 200);
}

#[test]
fn after_a_lost_phone_a_recovery_code_lets_a_passkey_in_and_is_spent() {
    let world = World::new();
    world.set(&json!({ "passkeys.domain": "media.example.org" }));
    let (_, phone, kept) = world.protected("alice", PASSWORD);
    let browser = world.full_sign_in(&Visitor::at("203.0.113.5"), "alice", PASSWORD, &phone);
    assert_eq!(world.post(&browser, "/Jellyward/Api/Account/LostPhone", &json!({})).status, 200);
    let fresh = Visitor::at("203.0.113.6");
    let verdict = world.login(&fresh, "alice", PASSWORD);
    assert_eq!((&told(&verdict)["needsWord"], &told(&verdict)["passkey"]), (&json!(true), &json!(true)));
    let token = challenge(&verdict);
    assert_eq!(code_of(&start(&world, &fresh, &token, None)), "word_needed");
    let started = body(&start(&world, &fresh, &token, Some(&kept[0])));
    let response = made(&mut SecurityKey::new(1), &started);
    let confirmed = body(&finish(&world, &fresh, &token, &started, &response));
    let new = codes(&confirmed);
    assert_eq!(new.len(), 10);
    assert!(kept.iter().all(|old| !new.contains(old)), "the old ones are all gone");
    assert_eq!(open(&world, &fresh, &token).status, 200);
    let token = challenge(&world.login(&fresh, "alice", PASSWORD));
    assert_eq!(code_of(&world.verify(&fresh, &token, "recovery", &kept[1])), "wrong_code");
}

#[test]
fn another_factor_set_up_meanwhile_ends_it() {
    let world = world();
    world.user("bob", PASSWORD);
    let browser = Visitor::at("203.0.113.5");
    let token = challenge(&world.login(&browser, "bob", PASSWORD));
    let started = body(&start(&world, &browser, &token, None));
    let app = body(&enrol(&world, &browser, "Start", &json!({ "challenge": token })));
    let code = Authenticator::read(&app).code(world.now());
    let confirm = json!({ "challenge": token, "enrolment": app["enrolment"], "code": code });
    assert_eq!(enrol(&world, &browser, "Confirm", &confirm).status, 200);
    let response = made(&mut SecurityKey::new(1), &started);
    assert_eq!(code_of(&finish(&world, &browser, &token, &started, &response)), "challenge_gone");
}

#[test]
fn whoever_signs_in_by_a_passkey_may_trust_the_browser_where_others_may() {
    let world = world();
    let offer = || body(&world.get(&Visitor::at("203.0.113.6"), "/Jellyward/Api/Passkey/Offer"));
    assert_eq!(offer()["trust"], json!({ "days": 30 }));
    world.set(&json!({ "trust.days": 0, "trust.administrator_days": 0 }));
    assert_eq!(offer()["trust"], Value::Null);
}

/// Somebody with a passkey and without recovery codes, before the owner's file makes passkeys useless.
fn shut_out() -> World {
    let world = world();
    world.user("bob", PASSWORD);
    let browser = Visitor::at("203.0.113.5");
    let token = challenge(&world.login(&browser, "bob", PASSWORD));
    let started = body(&start(&world, &browser, &token, None));
    let mut key = SecurityKey::new(1);
    let response = made(&mut key, &started);
    let kept = codes(&body(&finish(&world, &browser, &token, &started, &response)));
    for code in kept {
        world.pass(600);
        let token = challenge(&world.login(&browser, "bob", PASSWORD));
        assert_eq!(world.verify(&browser, &token, "recovery", &code).status, 200);
    }
    let held = json!({ "passkeys.domain": "media.example.org", "passkeys.origins": ["https://other.example"] });
    std::fs::write(world.folder.path().join("data").join(OVERRIDES_FILE), held.to_string()).unwrap();
    world.restart()
}

#[test]
fn passkeys_that_do_not_fit_are_told_to_owner_visitor_and_whoever_is_shut_out() {
    let world = shut_out();
    let why = "https://other.example is not at or below the passkey domain media.example.org";
    let owner = world.proven_administrator("owner", "198.51.100.1");
    let status = body(&world.get(&owner, "/Jellyward/Api/Admin/Status"));
    let banner = status["banners"].as_array().unwrap().iter().find(|one| one["code"] == "passkeys_do_not_fit").unwrap();
    assert_eq!(banner["level"], "warning");
    assert!(banner["detail"].as_str().unwrap().starts_with(why), "{banner}");

    let browser = json!({ "origin": SITE, "secureContext": true, "publicKeyCredential": true });
    let found = body(&world.post(&Visitor::at("203.0.113.6"), "/Jellyward/Api/Passkey/Diagnose", &browser));
    assert_eq!((&found["ready"], &found["findings"][0]["code"]), (&json!(false), &json!("does_not_fit")));
    assert!(found["findings"][0]["detail"].as_str().unwrap().starts_with(why), "{found}");

    let verdict = world.login(&Visitor::at("203.0.113.6"), "bob", PASSWORD);
    assert_eq!((verdict.outcome, verdict.status, verdict.session), (Outcome::Challenge, 200, false));
    assert_eq!((&told(&verdict)["methods"], &told(&verdict)["hindered"]), (&json!([]), &json!(["passkey"])));
    // Nobody learns it without the password, and apps see what they ever saw.
    let wrong = world.login(&Visitor::at("203.0.113.7"), "bob", "wrong");
    assert_eq!((wrong.status, wrong.body), (401, None));
    let app = world.login(&Visitor::app_at("203.0.113.8"), "bob", PASSWORD);
    assert_eq!((app.status, app.body), (401, None));
}

#[test]
fn passkeys_that_fit_make_no_banner() {
    let world = world();
    let owner = world.proven_administrator("owner", "198.51.100.1");
    let status = body(&world.get(&owner, "/Jellyward/Api/Admin/Status"));
    assert!(status["banners"].as_array().unwrap().iter().all(|one| one["code"] != "passkeys_do_not_fit"));
}
