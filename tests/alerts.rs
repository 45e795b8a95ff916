//! Warnings by mail: told once, to whoever owns the account, whatever door it came through and whatever crashes.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use jellyward::engine::Event;
use jellyward::gate::verdict::Outcome;
use jellyward::host::AccountId;
use serde_json::{Value, json};
use support::mailbox::{give_address, letters_to, set_up_mail};
use support::world::{Authenticator, Visitor, World, challenge, text};

const PASSWORD: &str = "right password";
const ALICE: &str = "alice@example.org";

fn home() -> Visitor {
    Visitor::at("203.0.113.5")
}

/// Alice with a verified address; mail works.
fn world() -> (World, AccountId) {
    let world = World::new();
    set_up_mail(&world);
    let alice = world.user("alice", PASSWORD);
    give_address(&world, &alice, ALICE);
    (world, alice)
}

/// She has an authenticator, and is signed in.
fn protected(world: &World) -> (Visitor, Authenticator, Vec<String>) {
    let (phone, codes) = world.enrol_user(&home(), "alice", PASSWORD);
    let session = world.full_sign_in(&home(), "alice", PASSWORD, &phone);
    (session, phone, codes)
}

/// On what occasions she got mail.
fn told(world: &World, to: &str) -> Vec<String> {
    letters_to(world, to).into_iter().map(|letter| letter.topic).collect()
}

/// Puts an event into the store beside the engine.
fn write_down(world: &World, kind: &str, account: AccountId) {
    let store = jellyward::store::Store::beside(&world.folder.path().join("data")).unwrap();
    let event = jellyward::store::events::Event {
        at: world.now(),
        kind: kind.into(),
        account: Some(account),
        actor: None,
        address: None,
        detail: None,
    };
    store.durable(|tx| jellyward::store::events::insert(tx, &event, 0)).unwrap();
}

fn post(world: &World, from: &Visitor, path: &str, body: &Value) {
    let answer = world.post(from, &format!("/Jellyward/Api/{path}"), body);
    assert_eq!(answer.status, 200, "{}", text(&answer));
}

#[test]
fn every_change_that_a_thief_would_make_is_told() {
    let (world, id) = world();
    let (alice, _, _) = protected(&world);
    assert_eq!(told(&world, ALICE), ["factor_added"]);
    post(&world, &alice, "Account/AppPasswords/Create", &json!({ "name": "Kodi" }));
    post(&world, &alice, "Account/Recovery/Renew", &json!({}));
    post(&world, &alice, "Account/Factors/Remove", &json!({ "id": 1 }));
    world.engine.event(&Event::PasswordChanged { user_id: id });
    let wanted = ["factor_added", "app_password_made", "recovery_codes_renewed", "factor_removed", "password_changed"];
    assert_eq!(told(&world, ALICE), wanted);
    assert_eq!(told(&world, ALICE), wanted, "each once");
}

#[test]
fn a_recovery_code_is_told_of_whichever_way_it_was_used() {
    let (world, _) = world();
    let (alice, _, codes) = protected(&world);
    let token = challenge(&world.login(&Visitor::at("192.0.2.1"), "alice", PASSWORD));
    assert_eq!(world.verify(&Visitor::at("192.0.2.1"), &token, "recovery", &codes[0]).status, 200);
    let typed = format!("{PASSWORD} {}", codes[1]);
    assert_eq!(world.login(&Visitor::app_at("192.0.2.2"), "alice", &typed).outcome, Outcome::Allow);
    post(&world, &alice, "Account/Prove", &json!({ "proof": { "method": "recovery", "value": codes[2] } }));
    let letters = letters_to(&world, ALICE);
    let used: Vec<&str> = letters
        .iter()
        .filter(|letter| letter.topic == "recovery_code_used")
        .map(|letter| letter.mail.text.as_str())
        .collect();
    assert_eq!(used.len(), 3);
    for (text, left) in used.iter().zip(["9", "8", "7"]) {
        assert!(text.split(|c: char| !c.is_ascii_digit()).any(|number| number == left), "{left}: {text}");
    }
}

#[test]
fn a_lost_phone_and_what_an_administrator_does_are_told_to_the_owner() {
    let (world, id) = world();
    let (_, _, _) = protected(&world);
    let boss = Visitor::at("198.51.100.1").signed_in_as(world.administrator("owner", "owner's password"), true, "t");
    let proof = json!({ "method": "password", "value": "owner's password" });
    post(&world, &boss, "Admin/Users/RemoveFactor", &json!({ "user": id, "id": 1, "proof": proof }));
    post(&world, &boss, "Admin/Users/LostPhone", &json!({ "user": id, "proof": proof }));
    assert_eq!(told(&world, ALICE), ["factor_added", "factor_removed", "phone_lost"]);
}

#[test]
fn sessions_that_somebody_else_ended_and_another_rule_are_told() {
    let (world, id) = world();
    let (alice, _, _) = protected(&world);
    post(&world, &alice, "Account/Sessions/End", &json!({ "others": true }));
    assert_eq!(told(&world, ALICE), ["factor_added"], "she knows what she did");
    let root = world.proven_administrator("root", "198.51.100.1");
    post(&world, &root, "Admin/Users/Sessions/End", &json!({ "user": id, "all": true }));
    post(&world, &root, "Admin/Users/Rule", &json!({ "user": id, "rule": "exempt" }));
    assert_eq!(told(&world, ALICE), ["factor_added", "sessions_ended", "rule_changed"]);
}

#[test]
fn only_a_verified_address_is_told_and_only_its_own_account() {
    let (world, _) = world();
    world.user("bob", PASSWORD);
    world.enrol_user(&Visitor::at("203.0.113.9"), "bob", PASSWORD);
    assert!(told(&world, ALICE).is_empty());
    assert!(world.postman.carried().is_empty());
}

#[test]
fn what_happened_while_mail_was_not_set_up_is_not_told_later() {
    let (world, id) = world();
    world.set(&json!({ "smtp.host": "" }));
    world.engine.event(&Event::PasswordChanged { user_id: id });
    set_up_mail(&world);
    assert!(told(&world, ALICE).is_empty());
    world.engine.event(&Event::PasswordChanged { user_id: id });
    assert_eq!(told(&world, ALICE), ["password_changed"]);
}

#[test]
fn too_many_for_one_recipient_hinder_no_change() {
    let (world, _) = world();
    let (alice, _, _) = protected(&world);
    for _ in 0..25 {
        post(&world, &alice, "Account/Recovery/Renew", &json!({}));
    }
    assert_eq!(told(&world, ALICE).len(), 20);
    assert!(world.jellyfin.log_text().contains("a warning was not sent"));
}

#[test]
fn the_unlock_file_is_told_to_every_administrator() {
    let (world, alice) = world();
    let root = world.administrator("root", PASSWORD);
    give_address(&world, &root, "root@example.org");
    std::fs::write(world.folder.path().join("data/unlock.used-20250616120000"), "").unwrap();
    let world = world.restart();
    assert_eq!(told(&world, "root@example.org"), ["unlocked"]);
    assert!(told(&world, ALICE).is_empty());
    world.jellyfin.change(alice, |user| user.facts.administrator = true);
    let world = world.restart();
    assert_eq!(told(&world, "root@example.org"), ["unlocked"], "once, however often it is opened");
    assert!(told(&world, ALICE).is_empty());
}

#[test]
fn what_a_crash_kept_from_being_told_is_told_at_the_next_start() {
    let (world, id) = world();
    // Written down, and the engine died before it told anybody.
    write_down(&world, "factor_removed", id);
    let world = world.restart();
    assert_eq!(told(&world, ALICE), ["factor_removed"]);
    assert_eq!(told(&world.restart(), ALICE), ["factor_removed"]);
}

#[test]
fn many_at_once_are_told_once_each() {
    let (world, id) = world();
    std::thread::scope(|scope| {
        for _ in 0..15 {
            scope.spawn(|| world.engine.event(&Event::PasswordChanged { user_id: id }));
        }
    });
    assert_eq!(told(&world, ALICE).len(), 15);
}

#[test]
fn a_sign_in_that_nobody_need_be_told_of_costs_no_commit_more() {
    let (world, _) = world();
    world.sign_in(&home(), "alice", PASSWORD);
    let before = world.engine.durable_commits();
    world.sign_in(&home(), "alice", PASSWORD);
    assert_eq!(world.engine.durable_commits(), before);
    assert!(told(&world, ALICE).is_empty());
}

#[test]
fn what_a_watched_call_brings_about_is_told_with_that_call() {
    let (world, id) = world();
    world.sign_in(&home(), "alice", PASSWORD);
    let act = |action: &str, arguments: &Value| world.act(&home(), &format!("User.{action}"), arguments);
    assert!(!act("ForgotPassword", &json!({ "enteredUsername": "alice" })).pass);
    let pin = letters_to(&world, ALICE)[0].mail.pin().unwrap().to_owned();
    // Written down, and not told: a warning tells of everything that waits.
    write_down(&world, "factor_removed", id);
    assert!(!act("ForgotPasswordPin", &json!({ "pin": pin })).pass);
    assert!(world.jellyfin.alive().is_empty(), "the call ended her session");
    assert!(told(&world, ALICE).contains(&"factor_removed".to_owned()), "{:?}", told(&world, ALICE));
}

#[test]
fn two_engines_on_one_thread_do_not_take_each_others_warnings() {
    let ((one, _), (two, bob)) = (world(), world());
    let (_, _, codes) = protected(&one);
    let other = std::sync::Arc::clone(&two.engine);
    // Between the code that is spent and its warning, another server's engine is told something on the same thread.
    *one.jellyfin.during_mint.lock().unwrap() = Some(Box::new(move || {
        other.event(&Event::UserUpdated { user_id: bob });
    }));
    let typed = format!("{PASSWORD} {}", codes[0]);
    assert_eq!(one.login(&Visitor::app_at("192.0.2.2"), "alice", &typed).outcome, Outcome::Allow);
    assert_eq!(told(&one, ALICE), ["factor_added", "recovery_code_used"]);
    assert!(told(&two, ALICE).is_empty());
}
