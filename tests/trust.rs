//! Trusted browsers, as stories: what spares the factor, for whom, how long, and everything that does not.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "trust/cookies.rs"]
mod cookies;
#[path = "trust/list.rs"]
mod list;
mod support;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use jellyward::crypto::mac::sha256;
use jellyward::engine::Event;
use jellyward::gate::attempt::{Door, LoginAttempt};
use jellyward::gate::verdict::{Outcome, Verdict};
use jellyward::web::message::Response;
use serde_json::{Value, json};
use support::world::{Authenticator, Visitor, World, body, challenge, text};

const PASSWORD: &str = "right password";
const DAY: i64 = 24 * 60 * 60;
/// For so long the cookie's last value is good beside the present one, in seconds.
const OVERLAP: i64 = 60;

fn home() -> Visitor {
    Visitor::at("203.0.113.5")
}

/// The browser's cookie of trust.
fn cookie(from: &Visitor) -> Option<(String, String)> {
    let jar = from.cookies.lock().unwrap();
    let mut found = jar.iter().filter(|(name, _)| name.contains("jellyward-trust-")).cloned();
    let one = found.next();
    assert_eq!(found.next(), None, "one cookie for a browser");
    one
}

/// The same cookies in a jar of their own.
fn copy(from: &Visitor) -> Visitor {
    let cookies = from.cookies.lock().unwrap().clone();
    Visitor { cookies: Arc::new(Mutex::new(cookies)), ..from.clone() }
}

/// Signs in fully with the box ticked; a fresh TOTP step follows, and the overlap is over.
fn verify_and_trust(world: &World, from: &Visitor, name: &str, phone: &Authenticator) -> Response {
    let token = challenge(&world.login(from, name, PASSWORD));
    let document = json!({"challenge": token, "method": "totp", "code": phone.code(world.now()), "trust": true});
    let answer = world.post(from, "/Jellyward/Api/Challenge/Verify", &document);
    assert_eq!(answer.status, 200, "{}", text(&answer));
    world.pass(61);
    answer
}

fn outcome(world: &World, from: &Visitor, name: &str) -> Outcome {
    world.login(from, name, PASSWORD).outcome
}

/// What was written down of that kind, for anybody.
fn events(world: &World, kind: &str) -> Vec<Value> {
    let owner = world.administrator("owner", "owner's password");
    let owner = Visitor::at("198.51.100.1").signed_in_as(owner, true, "owner-token");
    let all = body(&world.get(&owner, "/Jellyward/Api/Admin/Events"));
    all["events"].as_array().unwrap().iter().filter(|event| event["kind"] == kind).cloned().collect()
}

/// How the session made last was proven, as the store has it.
fn last_proof(world: &World) -> String {
    let store = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    let token = sha256(world.jellyfin.last_token().as_bytes());
    store.query_row("SELECT proof FROM sessions WHERE token_hash = ?1", [token], |row| row.get(0)).unwrap()
}

fn sets_a_cookie(verdict: &Verdict) -> bool {
    verdict.headers.iter().any(|(name, value)| name == "Set-Cookie" && value.contains("jellyward-trust-"))
}

#[test]
fn a_trusted_browser_asks_for_the_password_alone() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let (tablet, other) = (home(), home());
    let offered = world.login(&tablet, "alice", PASSWORD).body.unwrap();
    assert_eq!(offered["jellyward"]["trust"], json!({"days": 30}));
    verify_and_trust(&world, &tablet, "alice", &phone);
    let dated = world.jellyfin.dated_by_check.load(Ordering::SeqCst);
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow);
    assert_eq!(last_proof(&world), "trusted_browser");
    assert_eq!(world.jellyfin.dated_by_check.load(Ordering::SeqCst), dated + 1, "the check itself dates the login");
    let before = cookie(&tablet);
    assert_eq!(world.login(&tablet, "alice", "wrong password").outcome, Outcome::Refuse);
    assert_eq!(cookie(&tablet), before, "a wrong password uses nothing up");
    assert_eq!(outcome(&world, &other, "alice"), Outcome::Challenge, "another browser, the same address");
    assert_eq!(events(&world, "browser_trusted").len(), 1);
    let world = world.restart();
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow);
}

#[test]
fn nobody_is_trusted_who_did_not_ask_for_it() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let tablet = home();
    world.full_sign_in(&tablet, "alice", PASSWORD, &phone);
    assert_eq!(cookie(&tablet), None);
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Challenge);
}

#[test]
fn a_wrong_code_trusts_nothing() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let tablet = home();
    let token = challenge(&world.login(&tablet, "alice", PASSWORD));
    let wrong = phone.wrong_code(world.now());
    let document = json!({"challenge": token, "method": "totp", "code": wrong, "trust": true});
    assert_eq!(world.post(&tablet, "/Jellyward/Api/Challenge/Verify", &document).status, 401);
    assert_eq!(cookie(&tablet), None);
}

#[test]
fn a_browser_is_trusted_after_setting_up_a_demanded_factor() {
    let world = World::new();
    world.user("bob", PASSWORD);
    world.set(&json!({"policy.required": "everybody"}));
    let tablet = home();
    let token = challenge(&world.login(&tablet, "bob", PASSWORD));
    let started = body(&world.post(&tablet, "/Jellyward/Api/Challenge/Enrol/Start", &json!({"challenge": token})));
    let code = Authenticator::read(&started).code(world.now());
    let confirm = json!({"challenge": token, "enrolment": started["enrolment"], "code": code});
    assert_eq!(world.post(&tablet, "/Jellyward/Api/Challenge/Enrol/Confirm", &confirm).status, 200);
    let finish = json!({"challenge": token, "trust": true});
    assert_eq!(world.post(&tablet, "/Jellyward/Api/Challenge/Finish", &finish).status, 200);
    assert_eq!(outcome(&world, &tablet, "bob"), Outcome::Allow);
}

#[test]
fn trust_spares_the_factor_and_nothing_else() {
    let world = World::new();
    let (alice, phone, _) = world.protected("alice", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    // It approves nothing: the session was not fully proven.
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow);
    let lesser = world.with_session(&tablet);
    let direct = |action: &str, caller| LoginAttempt {
        door: Door::Direct,
        action: action.into(),
        name: String::new(),
        user_id: Some(alice),
        caller,
        ..tablet.attempt("")
    };
    let approval = direct("QuickConnect.AuthorizeQuickConnect", lesser.caller());
    assert_eq!(world.engine.login(&approval, "").outcome, Outcome::Refuse);
    // Nor does it open the other doors.
    assert_eq!(world.engine.login(&direct("Sso.Callback", None), "").outcome, Outcome::Refuse);
    let obsolete = LoginAttempt { action: "User.AuthenticateUser".into(), ..tablet.attempt("alice") };
    let refused = world.engine.login(&obsolete, PASSWORD);
    assert_eq!((refused.outcome, sets_a_cookie(&refused)), (Outcome::Refuse, false), "and nothing is used up there");
    // Nor an enrolment.
    let proof = json!({"method": "totp", "value": phone.code(world.now())});
    let factor = body(&world.get(&lesser, "/Jellyward/Api/Account"))["factors"][0]["id"].clone();
    let removed = world.post(&lesser, "/Jellyward/Api/Account/Factors/Remove", &json!({"id": factor, "proof": proof}));
    assert_eq!(removed.status, 200, "{}", text(&removed));
    world.set(&json!({"policy.required": "everybody"}));
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Enrol);
}

#[test]
fn a_code_behind_the_password_is_the_better_proof() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    let before = cookie(&tablet);
    let typed = format!("{PASSWORD} {}", phone.code(world.now()));
    assert_eq!(world.login(&tablet, "alice", &typed).outcome, Outcome::Allow);
    assert_eq!((last_proof(&world).as_str(), cookie(&tablet)), ("full", before));
}

#[test]
fn what_device_the_client_says_it_is_does_not_matter() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let mut tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    tablet.client.device_id = "another".into();
    tablet.origin.remote = Some("198.51.100.200".into());
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow);
    let thief = Visitor { cookies: Arc::default(), ..tablet };
    assert_eq!(outcome(&world, &thief, "alice"), Outcome::Challenge, "the same words about itself, and no cookie");
}

#[test]
fn two_people_share_a_tablet() {
    let world = World::new();
    let (alice, alices, _) = world.protected("alice", PASSWORD);
    let (_, bobs, _) = world.protected("bob", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &alices);
    assert_eq!(outcome(&world, &tablet, "bob"), Outcome::Challenge, "alice's trust is hers");
    verify_and_trust(&world, &tablet, "bob", &bobs);
    for name in ["alice", "bob", "alice"] {
        assert_eq!(outcome(&world, &tablet, name), Outcome::Allow, "{name}");
        world.pass(OVERLAP);
    }
    world.engine.event(&Event::PasswordChanged { user_id: alice });
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Challenge);
    assert_eq!(outcome(&world, &tablet, "bob"), Outcome::Allow, "the other's trust stays");
    world.engine.event(&Event::UserDeleted { user_id: alice });
    assert_eq!(outcome(&world, &tablet, "bob"), Outcome::Allow);
}

#[test]
fn a_password_change_ends_trust_in_every_browser() {
    let world = World::new();
    let (alice, phone, _) = world.protected("alice", PASSWORD);
    let browsers = [home(), Visitor::at("198.51.100.9")];
    for browser in &browsers {
        verify_and_trust(&world, browser, "alice", &phone);
        assert_eq!(outcome(&world, browser, "alice"), Outcome::Allow);
    }
    world.engine.event(&Event::PasswordChanged { user_id: alice });
    for browser in &browsers {
        assert_eq!(outcome(&world, browser, "alice"), Outcome::Challenge);
    }
    // Given once more it holds again.
    verify_and_trust(&world, &browsers[0], "alice", &phone);
    assert_eq!(outcome(&world, &browsers[0], "alice"), Outcome::Allow);
    assert_eq!(outcome(&world, &browsers[1], "alice"), Outcome::Challenge);
}

#[test]
fn the_end_is_absolute() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    let given = world.now() - 61;
    for day in 1..30 {
        world.pass(given + day * DAY - world.now());
        assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow, "day {day}");
    }
    world.pass(given + 30 * DAY - 1 - world.now());
    assert_eq!(outcome(&world, &copy(&tablet), "alice"), Outcome::Allow, "the last second");
    world.pass(1);
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Challenge, "used every day, and over all the same");
}

#[test]
fn it_ends_sooner_for_administrators() {
    let world = World::new();
    world.administrator("anna", PASSWORD);
    let (phone, _) = world.enrol_user(&Visitor::at("198.51.100.77"), "anna", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "anna", &phone);
    world.pass(7 * DAY - 62);
    assert_eq!(outcome(&world, &tablet, "anna"), Outcome::Allow);
    world.pass(1);
    assert_eq!(outcome(&world, &tablet, "anna"), Outcome::Challenge);
}

#[test]
fn whoever_becomes_an_administrator_is_treated_as_one() {
    let world = World::new();
    let (alice, phone, _) = world.protected("alice", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    world.pass(8 * DAY);
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow);
    world.jellyfin.change(alice, |user| user.facts.administrator = true);
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Challenge);
}

#[test]
fn the_owner_shortens_what_was_given_and_never_lengthens_it() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    world.pass(5 * DAY);
    world.set(&json!({"trust.days": 5}));
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Challenge);
    world.set(&json!({"trust.days": 90}));
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow);
    world.pass(25 * DAY);
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Challenge);
}

#[test]
fn a_browser_can_be_trusted_anew() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    world.pass(31 * DAY);
    verify_and_trust(&world, &tablet, "alice", &phone);
    world.pass(29 * DAY);
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow);
    let store = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    let count = |table: &str| -> i64 {
        store.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    };
    assert_eq!((count("browsers"), count("browser_trust")), (1, 1), "nothing is left of the first time");
}
