//! Step-up: changes, and those of Jellyfin's own calls that weaken protection, ask for a proof given minutes ago.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

#[path = "step_up/unlocked.rs"]
mod unlocked;
#[path = "step_up/without_factor.rs"]
mod without_factor;

use jellyward::engine::Event;
use jellyward::gate::attempt::Door;
use jellyward::gate::verdict::Outcome;
use serde_json::json;
use support::world::{Authenticator, Visitor, World, body, code_of, text};

const PASSWORD: &str = "right password";
const RENEW: &str = "/Jellyward/Api/Account/Recovery/Renew";
const PROVE: &str = "/Jellyward/Api/Account/Prove";
/// Longer than a proof counts.
const LATER: i64 = 5 * 60;

/// Somebody with an authenticator, signed in, whose proof is long ago.
fn signed_in(world: &World, name: &str) -> (Visitor, Authenticator) {
    let browser = Visitor::at("203.0.113.5");
    let phone = world.enrol_user(&browser, name, PASSWORD).0;
    let browser = world.full_sign_in(&browser, name, PASSWORD, &phone);
    world.pass(LATER);
    (browser, phone)
}

fn prove(world: &World, from: &Visitor, phone: &Authenticator) {
    let proof = json!({ "proof": { "method": "totp", "value": phone.code(world.now()) } });
    let proven = world.post(from, PROVE, &proof);
    assert_eq!(proven.status, 200, "{}", text(&proven));
    assert_eq!(body(&proven)["provenUntil"], world.now() + LATER);
}

#[test]
fn a_proof_is_asked_for_once_and_not_per_click() {
    let world = World::new();
    world.user("alice", PASSWORD);
    let (alice, phone) = signed_in(&world, "alice");
    let refused = world.post(&alice, RENEW, &json!({}));
    assert_eq!((refused.status, code_of(&refused).as_str()), (403, "step_up"));
    assert_eq!(body(&refused)["proofs"], json!(["totp", "recovery"]));
    let wrong = json!({ "proof": { "method": "totp", "value": phone.wrong_code(world.now()) } });
    assert_eq!(code_of(&world.post(&alice, PROVE, &wrong)), "wrong_proof");
    let told = body(&world.get(&alice, "/Jellyward/Api/Account/Refused"));
    assert_eq!(told["events"][0]["kind"], "wrong_proof", "and its owner is told");
    prove(&world, &alice, &phone);
    for _ in 0..3 {
        assert_eq!(world.post(&alice, RENEW, &json!({})).status, 200);
    }
    world.pass(LATER);
    assert_eq!(code_of(&world.post(&alice, RENEW, &json!({}))), "step_up");
}

#[test]
fn a_proof_counts_in_the_session_that_gave_it_and_in_no_other() {
    let world = World::new();
    let id = world.user("alice", PASSWORD);
    let (alice, phone) = signed_in(&world, "alice");
    let elsewhere = world.full_sign_in(&Visitor::at("203.0.113.6"), "alice", PASSWORD, &phone);
    world.pass(LATER);
    prove(&world, &alice, &phone);
    assert_eq!(code_of(&world.post(&elsewhere, RENEW, &json!({}))), "step_up");
    world.tell(&Event::PasswordChanged { user_id: id });
    assert_eq!(code_of(&world.post(&alice, RENEW, &json!({}))), "step_up", "what was proven to the old password");
}

#[test]
fn what_a_password_proved_before_the_first_factor_counts_no_more() {
    let world = World::new();
    world.user("alice", PASSWORD);
    let proof = json!({ "method": "password", "value": PASSWORD });
    let thief = world.sign_in(&Visitor::at("192.0.2.66"), "alice", PASSWORD);
    let owner = world.sign_in(&Visitor::at("203.0.113.5"), "alice", PASSWORD);
    assert_eq!(world.post(&thief, PROVE, &json!({ "proof": proof })).status, 200);
    world.enrol(&owner, &proof);
    assert_eq!(code_of(&world.post(&thief, RENEW, &json!({}))), "step_up");
    assert_eq!(body(&world.get(&thief, "/Jellyward/Api/Account"))["provenUntil"], 0);
    assert_eq!(world.post(&owner, RENEW, &json!({})).status, 200, "who enrolled has proven it");
}

#[test]
fn a_session_proven_anew_by_the_password_is_not_fully_proven_after_the_next_factor() {
    let world = World::new();
    let id = world.user("alice", PASSWORD);
    let (thief, phone) = signed_in(&world, "alice");
    prove(&world, &thief, &phone);
    let remove = json!({ "id": 1 });
    assert_eq!(world.post(&thief, "/Jellyward/Api/Account/Factors/Remove", &remove).status, 200);
    let proof = json!({ "method": "password", "value": PASSWORD });
    assert_eq!(world.post(&thief, PROVE, &json!({ "proof": proof })).status, 200);
    let root = world.proven_administrator("root", "198.51.100.9");
    let word = body(&world.post(&root, "/Jellyward/Api/Admin/Users/Word", &json!({ "user": id })))["word"].clone();
    let start = json!({ "word": word });
    let owner = Visitor::at("203.0.113.5").signed_in_as(id, false, "owner's");
    let started = body(&world.post(
        &owner,
        "/Jellyward/Api/Account/Totp/Start",
        &json!({ "word": start["word"], "proof": proof }),
    ));
    let confirm = json!({ "enrolment": started["enrolment"], "code": Authenticator::read(&started).code(world.now()) });
    assert_eq!(world.post(&owner, "/Jellyward/Api/Account/Totp/Confirm", &confirm).status, 200);
    let mut attempt = Visitor::app_at("203.0.113.7").attempt("");
    attempt.door = Door::Direct;
    attempt.action = "QuickConnect.AuthorizeQuickConnect".into();
    (attempt.user_id, attempt.caller) = (Some(id), thief.caller());
    assert_eq!(world.engine.login(&attempt, "").outcome, Outcome::Refuse);
}

#[test]
fn a_proof_does_not_outlast_what_happened_while_it_was_looked_at() {
    let world = World::new();
    let bob = world.user("bob", PASSWORD);
    let session = world.sign_in(&Visitor::at("203.0.113.5"), "bob", PASSWORD);
    *world.jellyfin.meanwhile.lock().unwrap() = Some(Event::PasswordChanged { user_id: bob });
    let proof = json!({ "proof": { "method": "password", "value": PASSWORD } });
    assert_eq!(code_of(&world.post(&session, PROVE, &proof)), "step_up");
    assert_eq!(body(&world.get(&session, "/Jellyward/Api/Account"))["provenUntil"], 0);
}

#[test]
fn a_full_sign_in_is_a_fresh_proof_and_a_password_is_not() {
    let world = World::new();
    world.user("alice", PASSWORD);
    let browser = Visitor::at("203.0.113.5");
    let unprotected = world.sign_in(&browser, "alice", PASSWORD);
    let start = world.post(&unprotected, "/Jellyward/Api/Account/Totp/Start", &json!({}));
    assert_eq!(body(&start)["proofs"], json!(["password"]));
    let phone = world.enrol(&unprotected, &json!({ "method": "password", "value": PASSWORD })).0;
    world.pass(60);
    let alice = world.full_sign_in(&browser, "alice", PASSWORD, &phone);
    assert_eq!(world.post(&alice, RENEW, &json!({})).status, 200);
}

#[test]
fn a_clock_set_back_does_not_make_a_proof_last() {
    let world = World::new();
    world.user("alice", PASSWORD);
    let (alice, phone) = signed_in(&world, "alice");
    prove(&world, &alice, &phone);
    world.pass(-3600);
    assert_eq!(code_of(&world.post(&alice, RENEW, &json!({}))), "step_up");
}

#[test]
fn a_protected_persons_password_is_changed_only_after_a_proof() {
    let world = World::new();
    world.user("alice", PASSWORD);
    let (alice, phone) = signed_in(&world, "alice");
    for arguments in [json!({}), json!({ "resetPassword": true })] {
        let stopped = world.act(&alice, "User.UpdateUserPassword", &arguments);
        assert_eq!((stopped.pass, stopped.status), (false, 403));
        assert_eq!(stopped.body.unwrap()["code"], "step_up");
        assert!(stopped.headers.contains(&("X-Jellyward".into(), "step-up".into())), "our script must know it");
    }
    prove(&world, &alice, &phone);
    assert!(world.act(&alice, "User.UpdateUserPassword", &json!({})).pass);
}

#[test]
fn a_stolen_session_cannot_empty_a_password() {
    let world = World::new();
    world.user("bob", PASSWORD);
    let bob = world.sign_in(&Visitor::at("203.0.113.5"), "bob", PASSWORD);
    // Jellyfin asks for the old password itself, unless it is to be emptied.
    assert!(world.act(&bob, "User.UpdateUserPassword", &json!({})).pass);
    assert!(!world.act(&bob, "User.UpdateUserPassword", &json!({ "resetPassword": true })).pass);
    let proof = json!({ "proof": { "method": "password", "value": PASSWORD } });
    assert_eq!(world.post(&bob, PROVE, &proof).status, 200);
    assert!(world.act(&bob, "User.UpdateUserPassword", &json!({ "resetPassword": true })).pass);
}

#[test]
fn an_administrator_proves_before_every_act_that_weakens_protection() {
    let world = World::new();
    world.administrator("root", PASSWORD);
    let (root, phone) = signed_in(&world, "root");
    let own = [
        "QuickConnect.AuthorizeQuickConnect",
        "Startup.UpdateStartupUser",
        "User.AuthenticateUser",
        "User.ForgotPassword",
        "User.ForgotPasswordPin",
    ];
    let acts: Vec<&str> = world.engine.watched().into_keys().filter(|act| !own.contains(act)).collect();
    for act in &acts {
        assert!(!world.act(&root, act, &json!({})).pass, "{act} ran without a proof");
    }
    let settings = body(&world.get(&root, "/Jellyward/Api/Admin/Settings"));
    let change = json!({ "revision": settings["revision"], "values": { "totp.issuer": "Mine" } });
    assert_eq!(code_of(&world.post(&root, "/Jellyward/Api/Admin/Settings", &change)), "step_up");
    prove(&world, &root, &phone);
    for act in &acts {
        assert!(world.act(&root, act, &json!({})).pass, "{act} was stopped in spite of a proof");
    }
    assert_eq!(world.post(&root, "/Jellyward/Api/Admin/Settings", &change).status, 200);
    assert!(world.act(&root, "Library.GetItems", &json!({})).pass, "what nobody watches passes");
}

#[test]
fn a_key_cannot_empty_a_protected_password_and_may_else_do_what_jellyfin_lets_it() {
    let world = World::new();
    let alice = world.protected("alice", PASSWORD).0;
    let key = |reset: bool| {
        let mut action = jellyward::gate::action::Action {
            action: "User.UpdateUserPassword".into(),
            arguments: json!({ "userId": alice, "resetPassword": reset }).as_object().unwrap().clone().into(),
            wizard_done: true,
            client: Default::default(),
            origin: Default::default(),
            caller: Visitor::at("203.0.113.9").signed_in_as(alice, true, "key").caller(),
        };
        let caller = action.caller.as_mut().unwrap();
        (caller.api_key, caller.user_id) = (true, None);
        world.engine.action(&action).pass
    };
    assert!(!key(true));
    assert!(key(false));
}

#[test]
fn the_wizards_user_is_closed_once_the_wizard_is_done() {
    let world = World::new();
    let stopped = world.act(&Visitor::at("203.0.113.9"), "Startup.UpdateStartupUser", &json!({}));
    assert_eq!((stopped.pass, stopped.status), (false, 403));
}

#[test]
fn only_wrong_quick_connect_codes_count_and_ten_are_enough() {
    let world = World::new();
    let id = world.user("alice", PASSWORD);
    let (alice, _) = signed_in(&world, "alice");
    let approve = |works: bool| {
        let passage = world.act(&alice, "QuickConnect.AuthorizeQuickConnect", &json!({ "code": "1" }));
        if passage.pass && works {
            let mut attempt = Visitor::app_at("203.0.113.7").attempt("");
            attempt.door = Door::Direct;
            attempt.action = "QuickConnect.AuthorizeQuickConnect".into();
            (attempt.user_id, attempt.caller) = (Some(id), alice.caller());
            assert_eq!(world.decide(&attempt, "").outcome, Outcome::Allow);
        }
        passage.pass
    };
    for _ in 0..25 {
        assert!(approve(true), "right codes are not counted");
    }
    for _ in 0..10 {
        assert!(approve(false));
    }
    assert!(!approve(false), "the eleventh wrong code in an hour");
    world.pass(60 * 60);
    assert!(approve(false));
}

#[test]
fn who_waits_behind_a_quick_connect_code_is_shown_before_it_is_approved() {
    let world = World::new();
    world.user("alice", PASSWORD);
    let (alice, _) = signed_in(&world, "alice");
    let mut tv = Visitor::app_at("203.0.113.7").client;
    tv.device_name = "<b>Living room</b>".into();
    let remote = Some("203.0.113.7".to_owned());
    world.tell(&Event::QuickConnectStarted { code: "123456".into(), client: tv, remote });
    let look = |code: &str| world.post(&alice, "/Jellyward/Api/Account/QuickConnect/Look", &json!({ "code": code }));
    let seen = body(&look(" 123 456 "));
    assert_eq!((&seen["app"], &seen["deviceName"]), (&json!("Kodi"), &json!("<b>Living room</b>")));
    assert_eq!(seen["address"], "203.0.113.7");
    assert_eq!(code_of(&look("123457")), "unknown_code");
    world.pass(10 * 60);
    assert_eq!(code_of(&look("123456")), "unknown_code", "Jellyfin has forgotten it too");
}
