//! The step at sign-in that asks for an address.

use jellyward::gate::verdict::{Outcome, Verdict};
use jellyward::notify::mailer::{Cause, Failure};
use jellyward::web::message::Response;
use serde_json::{Value, json};

use super::support::mailbox::{code_to, mail_settings};
use super::support::world::{Visitor, World, body, challenge, code_of, text};
use super::{PASSWORD, email, wrong};

const DAY: i64 = 24 * 60 * 60;

fn world(required: &str) -> World {
    let world = World::new();
    world.user("alice", PASSWORD);
    world.set(&mail_settings());
    world.set(&json!({ "email.required": required }));
    world
}

fn browser() -> Visitor {
    Visitor::at("203.0.113.5")
}

fn call(world: &World, from: &Visitor, call: &str, mut document: Value, token: &str) -> Response {
    document["challenge"] = json!(token);
    world.post(from, &format!("/Jellyward/Api/Challenge/{call}"), &document)
}

fn steps(verdict: &Verdict) -> Value {
    assert_eq!((verdict.outcome, verdict.session), (Outcome::SetUp, false));
    verdict.body.as_ref().unwrap()["jellyward"]["steps"].clone()
}

/// Enters and verifies an address with the challenge.
fn set_up(world: &World, from: &Visitor, token: &str, address: &str) {
    let started = call(world, from, "SetUp/Email/Start", json!({ "address": address }), token);
    assert_eq!(started.status, 200, "{}", text(&started));
    let code = code_to(world, address);
    let confirmed = call(world, from, "SetUp/Email/Confirm", json!({ "code": code }), token);
    assert_eq!(confirmed.status, 200, "{}", text(&confirmed));
}

#[test]
fn an_address_is_set_before_the_session() {
    let world = world("required");
    let from = browser();
    let verdict = world.login(&from, "alice", PASSWORD);
    assert_eq!(steps(&verdict), json!([{ "step": "email", "required": true }]));
    assert_eq!(verdict.status, 200);
    let token = challenge(&verdict);
    let early = call(&world, &from, "Finish", json!({}), &token);
    assert_eq!(body(&early)["jellyward"]["steps"][0]["step"], "email", "no session without");
    assert_eq!(code_of(&call(&world, &from, "SetUp/Skip", json!({ "step": "email" }), &token)), "not_offered");
    assert_eq!(world.jellyfin.session_count(), 0);
    set_up(&world, &from, &token, "alice@example.org");
    assert_eq!(body(&call(&world, &from, "SetUp", json!({}), &token))["steps"], json!([]));
    let finished = call(&world, &from, "Finish", json!({}), &token);
    assert_eq!(finished.status, 200, "{}", text(&finished));
    assert_eq!(world.jellyfin.session_count(), 1);
    let alice = world.with_session(&from);
    assert_eq!(email(&world, &alice)["address"], "alice@example.org");
    let sessions = body(&world.get(&alice, "/Jellyward/Api/Account/Sessions"));
    assert_eq!(sessions["items"][0]["proof"], "password", "an address is no factor");
    assert_eq!(code_of(&call(&world, &from, "Finish", json!({}), &token)), "challenge_gone", "once");
    assert_eq!(world.login(&from, "alice", PASSWORD).outcome, Outcome::Allow, "and never again");
}

#[test]
fn a_trusted_browser_sets_no_address() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let from = browser();
    let token = challenge(&world.login(&from, "alice", PASSWORD));
    let document = json!({ "challenge": token, "method": "totp", "code": phone.code(world.now()), "trust": true });
    assert_eq!(world.post(&from, "/Jellyward/Api/Challenge/Verify", &document).status, 200);
    world.set(&mail_settings());
    world.set(&json!({ "email.required": "required" }));
    world.pass(61);
    assert_eq!(world.login(&from, "alice", PASSWORD).outcome, Outcome::Allow, "trust stands in for the factor only");
    let elsewhere = Visitor::at("203.0.113.77");
    let token = challenge(&world.login(&elsewhere, "alice", PASSWORD));
    let proven = world.verify(&elsewhere, &token, "totp", &phone.code(world.now()));
    assert_eq!(body(&proven)["jellyward"]["outcome"], "setUp", "with the factor it is asked for");
}

#[test]
fn a_right_factor_comes_first() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    world.set(&mail_settings());
    world.set(&json!({ "email.required": "required" }));
    let from = browser();
    let verdict = world.login(&from, "alice", PASSWORD);
    assert_eq!(verdict.outcome, Outcome::Challenge);
    let token = challenge(&verdict);
    for (name, document) in [
        ("SetUp", json!({})),
        ("SetUp/Skip", json!({ "step": "email" })),
        ("SetUp/Email/Start", json!({ "address": "thief@example.org" })),
        ("SetUp/Email/Resend", json!({})),
        ("SetUp/Email/Confirm", json!({ "code": "123456" })),
        ("Finish", json!({})),
    ] {
        assert_eq!(code_of(&call(&world, &from, name, document, &token)), "challenge_gone", "{name}");
    }
    let wrong = world.verify(&from, &token, "totp", &phone.wrong_code(world.now()));
    assert_eq!(code_of(&wrong), "wrong_code");
    let proven = world.verify(&from, &token, "totp", &phone.code(world.now()));
    assert_eq!(body(&proven)["jellyward"]["outcome"], "setUp", "{}", text(&proven));
    let token = body(&proven)["jellyward"]["challenge"].as_str().unwrap().to_owned();
    set_up(&world, &from, &token, "alice@example.org");
    let finished = call(&world, &from, "Finish", json!({ "trust": true }), &token);
    assert_eq!(finished.status, 200, "{}", text(&finished));
    let alice = world.with_session(&from);
    let sessions = body(&world.get(&alice, "/Jellyward/Api/Account/Sessions"));
    assert!(sessions["items"].as_array().unwrap().iter().any(|one| one["proof"] == "full"));
    world.pass(60);
    assert_eq!(world.login(&from, "alice", PASSWORD).outcome, Outcome::Allow, "the browser is trusted");
}

#[test]
fn a_browser_is_not_trusted_for_a_password_alone() {
    let world = world("required");
    let from = browser();
    let token = challenge(&world.login(&from, "alice", PASSWORD));
    set_up(&world, &from, &token, "alice@example.org");
    let finished = call(&world, &from, "Finish", json!({ "trust": true }), &token);
    assert_eq!(finished.status, 200);
    assert!(!finished.headers.iter().any(|(_, value)| value.contains("jellyward-trust")), "{:?}", finished.headers);
}

#[test]
fn what_is_optional_may_be_skipped_and_is_asked_again_a_month_later() {
    let world = world("optional");
    let from = browser();
    let verdict = world.login(&from, "alice", PASSWORD);
    assert_eq!(steps(&verdict), json!([{ "step": "email", "required": false }]));
    let token = challenge(&verdict);
    assert_eq!(call(&world, &from, "SetUp/Skip", json!({ "step": "email" }), &token).status, 200);
    assert_eq!(call(&world, &from, "Finish", json!({}), &token).status, 200);
    assert_eq!(world.jellyfin.session_count(), 1);
    world.pass(30 * DAY - 1);
    assert_eq!(world.login(&from, "alice", PASSWORD).outcome, Outcome::Allow);
    world.pass(1);
    assert_eq!(world.login(&from, "alice", PASSWORD).outcome, Outcome::SetUp);
}

#[test]
fn an_app_is_let_in_where_it_is_optional_and_refused_where_it_is_required() {
    let optional = world("optional");
    let app = Visitor::app_at("203.0.113.20");
    assert_eq!(optional.login(&app, "alice", PASSWORD).outcome, Outcome::Allow);
    let required = world("required");
    let verdict = required.login(&app, "alice", PASSWORD);
    assert_eq!((verdict.status, verdict.session), (401, false));
    assert_eq!(required.jellyfin.session_count(), 0);
    // Once there is an address, apps are let in as ever.
    let from = browser();
    let token = challenge(&required.login(&from, "alice", PASSWORD));
    set_up(&required, &from, &token, "alice@example.org");
    assert_eq!(required.login(&app, "alice", PASSWORD).outcome, Outcome::Allow);
}

#[test]
fn nobody_is_asked_while_mail_is_not_set_up() {
    let world = World::new();
    world.user("alice", PASSWORD);
    world.set(&json!({ "email.required": "required" }));
    assert_eq!(world.login(&browser(), "alice", PASSWORD).outcome, Outcome::Allow);
    world.set(&json!({ "smtp.host": "mail.example.org" }));
    assert_eq!(world.login(&browser(), "alice", PASSWORD).outcome, Outcome::Allow, "no sender, no mail");
}

#[test]
fn nobody_is_locked_out_while_mail_does_not_get_out() {
    let world = world("required");
    let from = browser();
    let token = challenge(&world.login(&from, "alice", PASSWORD));
    world.postman.refuse(&Failure::passing(Cause::Refused, "connection refused"), 3);
    call(&world, &from, "SetUp/Email/Start", json!({ "address": "alice@example.org" }), &token);
    world.engine.empty_outbox();
    world.pass(60);
    let again = call(&world, &from, "SetUp/Email/Resend", json!({}), &token);
    assert_eq!(body(&again)["required"], false, "{}", text(&again));
    assert_eq!(call(&world, &from, "SetUp/Skip", json!({ "step": "email" }), &token).status, 200);
    assert_eq!(call(&world, &from, "Finish", json!({}), &token).status, 200);
}

#[test]
fn the_challenge_belongs_to_its_browser_and_dies_with_what_it_rests_on() {
    let world = world("required");
    let from = browser();
    let id = alice(&world);
    let token = challenge(&world.login(&from, "alice", PASSWORD));
    let start = json!({ "address": "alice@example.org" });
    let thief = Visitor::at("203.0.113.66");
    assert_eq!(code_of(&call(&world, &thief, "SetUp/Email/Start", start.clone(), &token)), "challenge_gone");
    assert_eq!(code_of(&call(&world, &thief, "Finish", json!({}), &token)), "challenge_gone");
    assert_eq!(call(&world, &from, "SetUp/Email/Start", start.clone(), &token).status, 200);
    let code = code_to(&world, "alice@example.org");
    assert_eq!(
        body(&call(&world, &from, "SetUp/Email/Confirm", json!({ "code": wrong(&code) }), &token))["triesLeft"],
        4
    );
    world.engine.event(&jellyward::engine::Event::PasswordChanged { user_id: id });
    let confirmed = call(&world, &from, "SetUp/Email/Confirm", json!({ "code": code }), &token);
    assert_eq!(code_of(&confirmed), "challenge_gone");
    let token = challenge(&world.login(&from, "alice", PASSWORD));
    world.pass(20 * 60);
    assert_eq!(code_of(&call(&world, &from, "SetUp/Email/Start", start, &token)), "challenge_gone");
}

fn alice(world: &World) -> jellyward::host::AccountId {
    world.user("alice", PASSWORD)
}

#[test]
fn going_round_does_not_make_it_last_longer() {
    let world = world("required");
    let from = browser();
    let token = challenge(&world.login(&from, "alice", PASSWORD));
    for _ in 0..4 {
        world.pass(299);
        assert_eq!(call(&world, &from, "Finish", json!({}), &token).status, 200);
    }
    world.pass(4);
    assert_eq!(code_of(&call(&world, &from, "Finish", json!({}), &token)), "challenge_gone");
}

#[test]
fn an_address_an_administrator_vouched_for_is_enough() {
    let world = world("required");
    let boss = world.proven_administrator("boss", "203.0.113.1");
    let id = alice(&world);
    let given = |verified: bool| json!({ "user": id, "address": "alice@example.org", "verified": verified });
    assert_eq!(world.post(&boss, "/Jellyward/Api/Admin/Users/Email", &given(false)).status, 200);
    assert_eq!(world.login(&browser(), "alice", PASSWORD).outcome, Outcome::SetUp);
    assert_eq!(world.post(&boss, "/Jellyward/Api/Admin/Users/Email", &given(true)).status, 200);
    assert_eq!(world.login(&browser(), "alice", PASSWORD).outcome, Outcome::Allow);
}

#[test]
fn an_enrolment_that_is_demanded_goes_before() {
    let world = world("required");
    world.set(&json!({ "policy.required": "everybody" }));
    let from = browser();
    let verdict = world.login(&from, "alice", PASSWORD);
    assert_eq!(verdict.outcome, Outcome::Enrol);
    let token = challenge(&verdict);
    let started = body(&call(&world, &from, "Enrol/Start", json!({}), &token));
    let phone = super::support::world::Authenticator::read(&started);
    let code = phone.code(world.now());
    let confirm = json!({ "enrolment": started["enrolment"], "code": code });
    assert_eq!(call(&world, &from, "Enrol/Confirm", confirm, &token).status, 200);
    let held = call(&world, &from, "Finish", json!({}), &token);
    assert_eq!(body(&held)["jellyward"]["outcome"], "setUp", "{}", text(&held));
    set_up(&world, &from, &token, "alice@example.org");
    assert_eq!(call(&world, &from, "Finish", json!({}), &token).status, 200);
    assert_eq!(world.jellyfin.session_count(), 1);
}

#[test]
fn a_challenge_whose_proof_cannot_be_read_is_not_met_and_the_next_one_is() {
    let world = world("required");
    let from = browser();
    let token = challenge(&world.login(&from, "alice", PASSWORD));
    set_up(&world, &from, &token, "alice@example.org");
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    raw.execute("UPDATE challenges SET proof = 'telepathy'", []).unwrap();
    assert_eq!(call(&world, &from, "Finish", json!({}), &token).status, 503);
    assert_eq!(world.jellyfin.session_count(), 0);
    assert_eq!(world.login(&from, "alice", PASSWORD).outcome, Outcome::Allow, "nothing is held against the account");
}
