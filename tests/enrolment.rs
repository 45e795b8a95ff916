//! Setting a factor up, using it, taking it away, as stories through the engine's own verbs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use jellyward::gate::verdict::{Outcome, Verdict};
use serde_json::{Value, json};
use support::world::{Authenticator, Visitor, World, body, challenge, code_of, codes, text};

fn needs_word(verdict: &Verdict) -> bool {
    verdict.body.as_ref().unwrap()["jellyward"]["needsWord"] == true
}

fn start(world: &World, from: &Visitor, token: &str, word: Option<&str>) -> jellyward::web::message::Response {
    world.post(from, "/Jellyward/Api/Challenge/Enrol/Start", &json!({ "challenge": token, "word": word }))
}

fn confirm(
    world: &World,
    from: &Visitor,
    token: &str,
    started: &Value,
    code: &str,
) -> jellyward::web::message::Response {
    let document = json!({ "challenge": token, "enrolment": started["enrolment"], "code": code });
    world.post(from, "/Jellyward/Api/Challenge/Enrol/Confirm", &document)
}

fn finish(world: &World, from: &Visitor, token: &str) -> jellyward::web::message::Response {
    world.post(from, "/Jellyward/Api/Challenge/Finish", &json!({ "challenge": token }))
}

#[test]
fn who_must_enrol_is_led_through_it_and_has_no_session_before() {
    let world = World::new();
    world.user("bob", "bob's password");
    world.set(&json!({ "policy.required": "everybody" }));
    let browser = Visitor::at("203.0.113.5");
    let verdict = world.login(&browser, "bob", "bob's password");
    assert_eq!((verdict.outcome, verdict.status, verdict.session), (Outcome::Enrol, 200, false));
    assert!(!needs_word(&verdict), "inside the grace period");
    let token = challenge(&verdict);
    let started = body(&start(&world, &browser, &token, None));
    assert!(started["uri"].as_str().unwrap().starts_with("otpauth://totp/"));
    assert!(started["qr"].as_str().unwrap().contains("<svg"));
    let phone = Authenticator::read(&started);
    for left in [4, 3] {
        let wrong = confirm(&world, &browser, &token, &started, &phone.wrong_code(world.now()));
        assert_eq!((code_of(&wrong), &body(&wrong)["triesLeft"]), ("wrong_code".into(), &json!(left)));
    }
    assert_eq!(code_of(&finish(&world, &browser, &token)), "challenge_gone", "no session without a confirmed factor");
    let confirmed = confirm(&world, &browser, &token, &started, &phone.code(world.now()));
    assert_eq!(codes(&body(&confirmed)).len(), 10);
    assert_eq!(world.jellyfin.session_count(), 0);
    let finished = finish(&world, &browser, &token);
    assert_eq!(finished.status, 200, "{}", text(&finished));
    assert_eq!(world.jellyfin.session_count(), 1);
    assert_eq!(code_of(&finish(&world, &browser, &token)), "challenge_gone", "finished once");
    assert_eq!(world.login(&browser, "bob", "bob's password").outcome, Outcome::Challenge);
}

#[test]
fn a_half_enrolled_factor_counts_for_nothing() {
    let world = World::new();
    world.user("bob", "bob's password");
    let browser = Visitor::at("203.0.113.5");
    let signed_in = world.sign_in(&browser, "bob", "bob's password");
    let proof = json!({ "method": "password", "value": "bob's password" });
    let started = world.post(&signed_in, "/Jellyward/Api/Account/Totp/Start", &json!({ "proof": proof }));
    assert_eq!(started.status, 200);
    assert_eq!(world.login(&browser, "bob", "bob's password").outcome, Outcome::Allow);
    let phone = Authenticator::read(&body(&started));
    let typed = format!("bob's password {}", phone.code(world.now()));
    assert!(!world.login(&browser, "bob", &typed).session);
}

#[test]
fn starting_anew_does_not_touch_a_confirmed_factor() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    let signed_in = world.full_sign_in(&browser, "alice", "alice's password", &phone);
    let proof = json!({ "method": "totp", "value": phone.code(world.now()) });
    let started = world.post(&signed_in, "/Jellyward/Api/Account/Totp/Start", &json!({ "proof": proof }));
    assert_eq!(started.status, 200, "{}", text(&started));
    assert_eq!(world.login(&browser, "alice", "alice's password").outcome, Outcome::Challenge);
}

#[test]
fn an_account_has_twenty_authenticators_and_no_more() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let session = world.full_sign_in(&Visitor::at("203.0.113.5"), "alice", "alice's password", &phone);
    let start = || world.post(&session, "/Jellyward/Api/Account/Totp/Start", &json!({}));
    for n in 1..20 {
        let started = start();
        assert_eq!(started.status, 200, "{n}: {}", text(&started));
        let code = Authenticator::read(&body(&started)).code(world.now());
        let confirm = json!({ "enrolment": body(&started)["enrolment"], "code": code });
        assert_eq!(world.post(&session, "/Jellyward/Api/Account/Totp/Confirm", &confirm).status, 200);
    }
    let refused = start();
    assert_eq!((refused.status, code_of(&refused).as_str()), (409, "too_many"));
    let id = body(&world.get(&session, "/Jellyward/Api/Account"))["factors"][1]["id"].clone();
    assert_eq!(world.post(&session, "/Jellyward/Api/Account/Factors/Remove", &json!({ "id": id })).status, 200);
    assert_eq!(start().status, 200, "one less is one more again");
}

#[test]
fn after_the_grace_period_a_password_alone_does_not_enrol() {
    let world = World::new();
    let bob = world.user("bob", "bob's password");
    world.set(&json!({ "policy.required": "everybody", "policy.grace_days": 2 }));
    world.pass(2 * 24 * 60 * 60);
    let browser = Visitor::at("203.0.113.5");
    let verdict = world.login(&browser, "bob", "bob's password");
    assert!(needs_word(&verdict));
    let token = challenge(&verdict);
    assert_eq!(code_of(&start(&world, &browser, &token, None)), "word_needed");
    assert_eq!(code_of(&start(&world, &browser, &token, Some("0000-0000-0000-0000"))), "wrong_word");

    let owner = world.administrator("owner", "owner's password");
    let owner = Visitor::at("198.51.100.1").signed_in_as(owner, true, "owner-token");
    let proof = json!({ "method": "password", "value": "owner's password" });
    let given = world.post(&owner, "/Jellyward/Api/Admin/Users/Word", &json!({ "user": bob, "proof": proof }));
    let word = body(&given)["word"].as_str().unwrap().to_owned();
    let started = start(&world, &browser, &token, Some(&word));
    assert_eq!(started.status, 200, "{}", text(&started));
    let reloaded = challenge(&world.login(&browser, "bob", "bob's password"));
    let started = body(&start(&world, &browser, &reloaded, Some(&word)));
    let phone = Authenticator::read(&started);
    let confirm = json!({
        "challenge": reloaded, "enrolment": started["enrolment"], "code": phone.code(world.now()),
    });
    let confirmed = world.post(&browser, "/Jellyward/Api/Challenge/Enrol/Confirm", &confirm);
    assert_eq!(confirmed.status, 200, "a reload costs no other word: {}", text(&confirmed));

    let removed = json!({ "user": bob, "id": 1, "proof": proof });
    assert_eq!(world.post(&owner, "/Jellyward/Api/Admin/Users/RemoveFactor", &removed).status, 200);
    let again = challenge(&world.login(&browser, "bob", "bob's password"));
    assert_eq!(code_of(&start(&world, &browser, &again, Some(&word))), "wrong_word", "a word lets one factor in");
}

#[test]
fn a_browser_the_account_has_used_before_enrols_after_the_grace_period() {
    let world = World::new();
    world.user("bob", "bob's password");
    let browser = Visitor::at("203.0.113.5");
    world.sign_in(&browser, "bob", "bob's password");
    world.set(&json!({ "policy.required": "everybody", "policy.grace_days": 0 }));
    assert!(!needs_word(&world.login(&browser, "bob", "bob's password")));
    assert!(needs_word(&world.login(&Visitor::at("203.0.113.6"), "bob", "bob's password")));
}

#[test]
fn requirements_reach_whom_they_name() {
    let world = World::new();
    world.user("bob", "bob's password");
    let anna = world.administrator("anna", "anna's password");
    let at = Visitor::at("203.0.113.5");
    let outcome = |name: &str| world.login(&at, name, &format!("{name}'s password")).outcome;
    assert_eq!((outcome("bob"), outcome("anna")), (Outcome::Allow, Outcome::Allow));
    world.set(&json!({ "policy.required": "administrators" }));
    assert_eq!((outcome("bob"), outcome("anna")), (Outcome::Allow, Outcome::Enrol));
    let owner = Visitor::at("198.51.100.1").signed_in_as(anna, true, "anna-token");
    let bob = world.user("bob", "bob's password");
    let rule = |user, rule| {
        let proof = json!({ "method": "password", "value": "anna's password" });
        let answer = world.post(
            &owner,
            "/Jellyward/Api/Admin/Users/Rule",
            &json!({ "user": user, "rule": rule, "proof": proof }),
        );
        assert_eq!(answer.status, 200, "{}", text(&answer));
    };
    rule(bob, "required");
    rule(anna, "exempt");
    assert_eq!((outcome("bob"), outcome("anna")), (Outcome::Enrol, Outcome::Allow));
}

#[test]
fn a_native_app_cannot_enrol_and_gets_401() {
    let world = World::new();
    world.user("bob", "bob's password");
    world.set(&json!({ "policy.required": "everybody" }));
    let verdict = world.login(&Visitor::app_at("203.0.113.5"), "bob", "bob's password");
    assert_eq!((verdict.outcome, verdict.status), (Outcome::Enrol, 401));
}

#[test]
fn every_change_needs_a_fresh_proof() {
    let world = World::new();
    let (_, phone, codes) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    let signed_in = world.full_sign_in(&browser, "alice", "alice's password", &phone);
    let account = body(&world.get(&signed_in, "/Jellyward/Api/Account"));
    let id = &account["factors"][0]["id"];
    let remove = |proof: Value| {
        world.post(&signed_in, "/Jellyward/Api/Account/Factors/Remove", &json!({ "id": id, "proof": proof }))
    };
    world.pass(5 * 60);
    assert_eq!(code_of(&remove(Value::Null)), "step_up");
    // The password is no proof for an account that has a factor.
    assert_eq!(code_of(&remove(json!({ "method": "password", "value": "alice's password" }))), "wrong_proof");
    assert_eq!(code_of(&remove(json!({ "method": "totp", "value": phone.wrong_code(world.now()) }))), "wrong_proof");
    assert_eq!(remove(json!({ "method": "recovery", "value": codes[0] })).status, 200);
    assert_eq!(world.login(&browser, "alice", "alice's password").outcome, Outcome::Allow);
}

#[test]
fn a_proof_is_spent() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let signed_in = world.full_sign_in(&Visitor::at("203.0.113.5"), "alice", "alice's password", &phone);
    let proof = json!({ "method": "totp", "value": phone.code(world.now()) });
    let renew = || world.post(&signed_in, "/Jellyward/Api/Account/Recovery/Renew", &json!({ "proof": proof }));
    assert_eq!(renew().status, 200);
    assert_eq!(code_of(&renew()), "code_used");
}

#[test]
fn renewed_recovery_codes_replace_the_old_ones() {
    let world = World::new();
    let (_, phone, old) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    let signed_in = world.full_sign_in(&browser, "alice", "alice's password", &phone);
    let proof = json!({ "method": "totp", "value": phone.code(world.now()) });
    let renewed = world.post(&signed_in, "/Jellyward/Api/Account/Recovery/Renew", &json!({ "proof": proof }));
    let new = codes(&body(&renewed));
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    assert_eq!(code_of(&world.verify(&browser, &token, "recovery", &old[0])), "wrong_code");
    assert_eq!(world.verify(&browser, &token, "recovery", &new[0]).status, 200);
}

#[test]
fn a_second_authenticator_works_beside_the_first_and_keeps_the_recovery_codes() {
    let world = World::new();
    let (_, phone, old) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    let signed_in = world.full_sign_in(&browser, "alice", "alice's password", &phone);
    let proof = json!({ "method": "totp", "value": phone.code(world.now()) });
    let (tablet, new) = world.enrol(&signed_in, &proof);
    assert!(new.is_empty());
    world.pass(60);
    for one in [&phone, &tablet] {
        world.full_sign_in(&browser, "alice", "alice's password", one);
    }
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    assert_eq!(world.verify(&browser, &token, "recovery", &old[0]).status, 200);
}

#[test]
fn after_a_factor_was_removed_enrolling_again_takes_a_word_or_a_recovery_code() {
    let world = World::new();
    let (alice, phone, codes) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    world.full_sign_in(&browser, "alice", "alice's password", &phone);
    world.set(&json!({ "policy.required": "everybody" }));
    let owner = world.administrator("owner", "owner's password");
    let owner = Visitor::at("198.51.100.1").signed_in_as(owner, true, "owner-token");
    let users = body(&world.get(&owner, "/Jellyward/Api/Admin/Users?search=alice"));
    let id = &users["users"][0]["factors"][0]["id"];
    let proof = json!({ "method": "password", "value": "owner's password" });
    let removed = world.post(
        &owner,
        "/Jellyward/Api/Admin/Users/RemoveFactor",
        &json!({ "user": alice, "id": id, "proof": proof }),
    );
    assert_eq!(removed.status, 200, "{}", text(&removed));
    // Known browser or not, inside the grace period or not.
    let verdict = world.login(&browser, "alice", "alice's password");
    assert!(needs_word(&verdict));
    assert_eq!(start(&world, &browser, &challenge(&verdict), Some(&codes[4])).status, 200);
}

#[test]
fn an_api_key_reads_and_changes_no_factors() {
    let world = World::new();
    let (alice, _, _) = world.protected("alice", "alice's password");
    let key = jellyward::gate::attempt::Caller {
        user_id: None,
        administrator: true,
        api_key: true,
        token_hash: "0".repeat(64),
    };
    for (method, path) in [
        ("GET", "/Jellyward/Api/Account"),
        ("GET", "/Jellyward/Api/Admin/Users"),
        ("POST", "/Jellyward/Api/Admin/Users/RemoveFactor"),
        ("POST", "/Jellyward/Api/Admin/Users/Word"),
        ("POST", "/Jellyward/Api/Admin/Users/Rule"),
    ] {
        let mut origin = Visitor::at("203.0.113.5").origin;
        origin.headers.push(("Content-Type".into(), "application/json".into()));
        let request = jellyward::web::message::Request {
            method: method.into(),
            path: path.into(),
            query: String::new(),
            origin,
            caller: Some(key.clone()),
            client: None,
        };
        let answer = world.answer(&request, json!({ "user": alice }).to_string().as_bytes());
        assert_eq!((answer.status, code_of(&answer)), (403, "api_key".into()), "{method} {path}");
    }
}

#[test]
fn a_deleted_user_leaves_nothing_and_a_new_one_of_that_name_has_none_of_it() {
    let world = World::new();
    let (alice, _, _) = world.protected("alice", "alice's password");
    world.tell(&jellyward::engine::Event::UserDeleted { user_id: alice });
    assert_eq!(world.login(&Visitor::at("203.0.113.5"), "alice", "alice's password").outcome, Outcome::Allow);
}

#[test]
fn the_first_factor_and_the_first_requirement_arm_the_gate() {
    let world = World::new();
    assert!(!world.jellyfin.armed.load(std::sync::atomic::Ordering::SeqCst));
    world.protected("alice", "alice's password");
    assert!(world.jellyfin.armed.load(std::sync::atomic::Ordering::SeqCst));
    let world = World::new();
    world.set(&json!({ "policy.required": "administrators" }));
    assert!(world.jellyfin.armed.load(std::sync::atomic::Ordering::SeqCst));
}

#[test]
fn switching_the_gate_off_and_on_does_not_begin_the_grace_period_again() {
    let world = World::new();
    world.user("bob", "bob's password");
    world.set(&json!({ "policy.required": "everybody", "policy.grace_days": 2 }));
    world.pass(2 * 24 * 60 * 60);
    world.set(&json!({ "gate.enabled": false }));
    world.set(&json!({ "gate.enabled": true }));
    assert!(needs_word(&world.login(&Visitor::at("203.0.113.5"), "bob", "bob's password")));
}

/// Fixes settings from outside, and opens again.
fn fixed_from_outside(world: World, settings: &Value) -> World {
    std::fs::write(world.folder.path().join("data/settings.json"), settings.to_string()).unwrap();
    world.restart()
}

#[test]
fn a_requirement_fixed_from_outside_has_a_grace_period_that_ends_for_everybody() {
    let world = World::new();
    world.user("bob", "bob's password");
    world.user("carol", "carol's password");
    world.user("never met", "never met's password");
    world.sign_in(&Visitor::at("192.0.2.1"), "bob", "bob's password");
    let fixed = json!({ "policy.required": "everybody", "policy.grace_days": 2 });
    let world = fixed_from_outside(world, &fixed);
    let begun = world.login(&Visitor::at("203.0.113.5"), "bob", "bob's password");
    assert!(!needs_word(&begun), "it begins with the requirement, for those met before, too");
    world.pass(24 * 60 * 60);
    let world = world.restart();
    assert!(!needs_word(&world.login(&Visitor::at("203.0.113.5"), "carol", "carol's password")));
    world.pass(365 * 24 * 60 * 60);
    for name in ["bob", "carol", "never met"] {
        let verdict = world.login(&Visitor::at("203.0.113.6"), name, &format!("{name}'s password"));
        assert!(needs_word(&verdict), "{name}: a leaked password would enrol the thief's phone");
    }
    world.user("dave", "dave's password");
    let created = world.login(&Visitor::at("203.0.113.7"), "dave", "dave's password");
    assert!(!needs_word(&created), "who is new has the grace period ahead");
    // The first call after opening is no earlier than the opening.
    let world = world.restart();
    world.user("erin", "erin's password");
    world.pass(365 * 24 * 60 * 60);
    assert!(needs_word(&world.login(&Visitor::at("203.0.113.8"), "erin", "erin's password")));
}

#[test]
fn a_requirement_that_is_widened_or_begins_again_from_outside_is_dated_anew() {
    let world = World::new();
    world.user("bob", "bob's password");
    let fixed = |required: &str| json!({ "policy.required": required, "policy.grace_days": 2 });
    let mut world = fixed_from_outside(world, &fixed("administrators"));
    for required in ["everybody", "nobody", "everybody"] {
        world.pass(365 * 24 * 60 * 60);
        world = fixed_from_outside(world, &fixed(required));
        let verdict = world.login(&Visitor::at("203.0.113.5"), "bob", "bob's password");
        assert!(required == "nobody" || !needs_word(&verdict), "{required}");
    }
}

#[test]
fn a_requirement_that_was_saved_is_not_dated_anew_by_opening_again() {
    let world = World::new();
    world.user("bob", "bob's password");
    world.set(&json!({ "policy.required": "everybody", "policy.grace_days": 2 }));
    world.pass(3 * 24 * 60 * 60);
    let world = world.restart();
    assert!(needs_word(&world.login(&Visitor::at("203.0.113.5"), "bob", "bob's password")));
    // As a store from before, which knows when and not what.
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    raw.execute("DELETE FROM meta WHERE key = 'required_as'", []).unwrap();
    drop(raw);
    let world = world.restart();
    assert!(needs_word(&world.login(&Visitor::at("203.0.113.5"), "bob", "bob's password")));
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    let learned: Vec<u8> =
        raw.query_row("SELECT value FROM meta WHERE key = 'required_as'", [], |row| row.get(0)).unwrap();
    assert_eq!(learned, br#""everybody""#);
}

/// How many rows of an account stand in a table.
fn rows(world: &World, table: &str, account: jellyward::host::AccountId) -> i64 {
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    let question = format!("SELECT COUNT(*) FROM {table} WHERE account = ?1");
    raw.query_row(&question, [account.as_bytes()], |row| row.get(0)).unwrap()
}

#[test]
fn what_is_kept_of_a_user_who_was_deleted_while_the_engine_was_shut_goes() {
    let world = World::new();
    let (alice, ..) = world.protected("alice", "alice's password");
    let (carol, ..) = world.protected("carol", "carol's password");
    world.jellyfin.users.lock().unwrap().remove(&alice);
    let world = world.restart();
    assert_eq!(rows(&world, "factors", alice), 1, "opening asks nobody");
    world.login(&Visitor::at("203.0.113.5"), "whoever", "x");
    for table in ["factors", "recovery_codes", "sessions", "known_networks"] {
        assert_eq!(rows(&world, table, alice), 0, "{table}");
    }
    assert_eq!(rows(&world, "factors", carol), 1);
    let owner = world.administrator("owner", "owner's password");
    let owner = Visitor::at("198.51.100.1").signed_in_as(owner, true, "owner-token");
    let events = body(&world.get(&owner, "/Jellyward/Api/Admin/Events"));
    assert!(events.to_string().contains("account_purged"));
}

#[test]
fn nobody_is_taken_for_deleted_when_jellyfin_does_not_answer_or_names_nobody_we_know() {
    let world = World::new();
    let (alice, ..) = world.protected("alice", "alice's password");
    let kept = world.jellyfin.users.lock().unwrap().remove(&alice).unwrap();
    let world = world.restart();
    world.login(&Visitor::at("203.0.113.5"), "whoever", "x");
    assert_eq!(rows(&world, "factors", alice), 1, "the list is empty");
    world.user("somebody else", "x");
    let world = world.restart();
    world.login(&Visitor::at("203.0.113.5"), "whoever", "x");
    assert_eq!(rows(&world, "factors", alice), 1, "another Jellyfin's list");
    world.jellyfin.users.lock().unwrap().insert(alice, kept);
    assert_eq!(world.login(&Visitor::at("203.0.113.6"), "alice", "alice's password").outcome, Outcome::Challenge);
}

#[test]
fn a_roll_that_could_not_be_called_is_called_again() {
    let world = World::new();
    let (alice, ..) = world.protected("alice", "alice's password");
    world.protected("carol", "carol's password");
    world.jellyfin.users.lock().unwrap().remove(&alice);
    world.jellyfin.refuse_list.store(true, std::sync::atomic::Ordering::SeqCst);
    let world = world.restart();
    world.login(&Visitor::at("203.0.113.5"), "whoever", "x");
    assert_eq!(rows(&world, "factors", alice), 1);
    world.jellyfin.refuse_list.store(false, std::sync::atomic::Ordering::SeqCst);
    world.pass(60);
    world.login(&Visitor::at("203.0.113.5"), "whoever", "x");
    assert_eq!(rows(&world, "factors", alice), 0);
}
