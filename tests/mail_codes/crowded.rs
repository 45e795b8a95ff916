//! What strangers have sent to a mailbox leaves room there for what its owner needs.

use super::*;
use crate::support::mailbox::{mail_settings, mails_to};

/// Strangers ask for as many resets as they get, at our page and at Jellyfin's dialog.
fn strangers_ask_for(world: &World, name: &str) {
    for number in 0..6 {
        let from = Visitor::at(&format!("198.51.{number}.9"));
        let answer = world.post(&from, "/Jellyward/Api/Reset/Ask", &json!({ "name": name }));
        assert_eq!(answer.status, 200, "{}", text(&answer));
        world.act(&from, "User.ForgotPassword", &json!({ "enteredUsername": name }));
        world.engine.empty_outbox();
    }
}

fn shared_mailbox() -> (World, AccountId) {
    let world = world();
    let mut settings = mail_settings();
    settings["email.shared"] = json!(true);
    world.set(&settings);
    let (alice, _, _) = with_mail_codes(&world, "alice", ALICE);
    let bob = world.user("bob", PASSWORD);
    give_address(&world, &bob, ALICE);
    (world, alice)
}

#[test]
fn whatever_anybody_asked_for_codes_and_warnings_still_come() {
    let (world, alice) = shared_mailbox();
    let before = mails_to(&world, ALICE).len();
    strangers_ask_for(&world, ALICE);
    assert_eq!(mails_to(&world, ALICE).len() - before, 8, "of both accounts together");
    let (token, _) = asked(&world, &home(), "alice");
    let sent = ask(&world, &home(), &token);
    assert_eq!(sent.status, 200, "{}", text(&sent));
    let code = code_in(mails_to(&world, ALICE).last().unwrap());
    assert_eq!(world.verify(&home(), &token, "email", &code).status, 200);
    world.engine.event(&Event::PasswordChanged { user_id: alice });
    assert_eq!(mails_to(&world, ALICE).len() - before, 10, "the warning");
}

#[test]
fn a_thief_with_the_password_and_an_account_leaves_room_too() {
    let world = world();
    world.set(&mail_settings());
    with_mail_codes(&world, "alice", ALICE);
    let mallory = world.user("mallory", PASSWORD);
    let thief = Visitor::at("192.0.2.66").signed_in_as(mallory, false, "mallory's token");
    strangers_ask_for(&world, "alice");
    let proof = json!({ "method": "password", "value": PASSWORD });
    let other = world.user("trudy", PASSWORD);
    let other = Visitor::at("192.0.2.67").signed_in_as(other, false, "trudy's token");
    let enters = |from: &Visitor, address: &str| {
        let entered = json!({ "address": address, "proof": proof });
        let mut answer = world.post(from, "/Jellyward/Api/Account/Email/Start", &entered);
        answer.headers.clear();
        (answer.status, text(&answer))
    };
    for number in 0..5 {
        let taken = enters(&thief, ALICE);
        assert_eq!(taken, enters(&other, "nobody@example.org"), "{number}: no word of whose address that is");
        world.pass(60);
    }
    for _ in 0..8 {
        let (token, _) = asked(&world, &stranger(), "alice");
        assert_eq!(ask(&world, &stranger(), &token).status, 200);
        world.pass(1);
    }
    let (token, _) = asked(&world, &home(), "alice");
    let sent = ask(&world, &home(), &token);
    assert_eq!(sent.status, 200, "{}", text(&sent));
}

#[test]
fn a_browser_that_is_known_asks_for_a_reset_all_the_same() {
    let (world, _) = shared_mailbox();
    let mine = Visitor::at("203.0.113.77");
    let (token, _) = asked(&world, &mine, "alice");
    ask(&world, &mine, &token);
    assert_eq!(world.verify(&mine, &token, "email", &newest(&world, ALICE)).status, 200);
    strangers_ask_for(&world, ALICE);
    let before = mails_to(&world, ALICE).len();
    let elsewhere = Visitor { cookies: mine.cookies.clone(), ..Visitor::at("203.0.112.77") };
    let answer = world.post(&elsewhere, "/Jellyward/Api/Reset/Ask", &json!({ "name": "alice" }));
    assert_eq!(answer.status, 200, "{}", text(&answer));
    assert_eq!(mails_to(&world, ALICE).len() - before, 1);
}

#[test]
fn codes_sent_while_the_clock_ran_ahead_keep_none_away() {
    let world = world();
    with_mail_codes(&world, "alice", ALICE);
    world.pass(2 * 60 * 60);
    for number in 0..9 {
        let from = Visitor::at(&format!("198.51.{number}.9"));
        let (token, _) = asked(&world, &from, "alice");
        assert_eq!(ask(&world, &from, &token).status, if number < 8 { 200 } else { 429 });
    }
    world.pass(-2 * 60 * 60);
    let (token, _) = asked(&world, &stranger(), "alice");
    let sent = ask(&world, &stranger(), &token);
    assert_eq!(sent.status, 200, "{}", text(&sent));
    assert_eq!(world.verify(&stranger(), &token, "email", &newest(&world, ALICE)).status, 200);
}
