//! Codes by mail, as people and thieves meet them: on demand, once, in one place, and never for a wrong password.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "mail_codes/choosing.rs"]
mod choosing;
#[path = "mail_codes/crowded.rs"]
mod crowded;
mod support;

use std::thread;

use jellyward::engine::Event;
use jellyward::gate::verdict::{Outcome, Verdict};
use jellyward::host::AccountId;
use serde_json::{Value, json};
use support::mailbox::{code_in, give_address, letters_to, set_up_mail, take_address_away, token_in};
use support::world::{Visitor, World, body, challenge, code_of, codes, text};

const PASSWORD: &str = "right password";
const ALICE: &str = "alice@example.org";
const SEND: &str = "/Jellyward/Api/Challenge/Email";
const START: &str = "/Jellyward/Api/Account/MailCode/Start";
const CONFIRM: &str = "/Jellyward/Api/Account/MailCode/Confirm";
const PROVE: &str = "/Jellyward/Api/Account/Prove";
const RENEW: &str = "/Jellyward/Api/Account/Recovery/Renew";

fn world() -> World {
    let world = World::new();
    set_up_mail(&world);
    world
}

fn home() -> Visitor {
    Visitor::at("203.0.113.5")
}

fn stranger() -> Visitor {
    Visitor::at("192.0.2.99")
}

/// The code in the newest mail to that address.
fn newest(world: &World, to: &str) -> String {
    code_in(&letters_to(world, to).last().expect("a mail with a code").mail)
}

fn mails(world: &World, to: &str, topic: &str) -> usize {
    letters_to(world, to).iter().filter(|letter| letter.topic == topic).count()
}

/// A user who chose codes by mail, in the session that did so; and the recovery codes.
fn with_mail_codes(world: &World, name: &str, address: &str) -> (AccountId, Visitor, Vec<String>) {
    let id = world.user(name, PASSWORD);
    give_address(world, &id, address);
    let session = world.sign_in(&home(), name, PASSWORD);
    let proof = json!({ "proof": { "method": "password", "value": PASSWORD } });
    let sent = world.post(&session, START, &proof);
    assert_eq!(sent.status, 200, "{}", text(&sent));
    let confirmed = world.post(&session, CONFIRM, &json!({ "code": newest(world, address) }));
    assert_eq!(confirmed.status, 200, "{}", text(&confirmed));
    world.pass(60 * 60);
    (id, session, codes(&body(&confirmed)))
}

fn ask(world: &World, from: &Visitor, token: &str) -> jellyward::web::message::Response {
    world.post(from, SEND, &json!({ "challenge": token }))
}

fn asked(world: &World, from: &Visitor, name: &str) -> (String, Verdict) {
    let verdict = world.login(from, name, PASSWORD);
    (challenge(&verdict), verdict)
}

fn told(verdict: &Verdict) -> &Value {
    &verdict.body.as_ref().unwrap()["jellyward"]
}

fn other(code: &str) -> String {
    let last = if code.ends_with('7') { '8' } else { '7' };
    format!("{}{last}", &code[..code.len() - 1])
}

#[test]
fn signs_in_with_a_code_that_was_asked_for() {
    let world = world();
    let (_, _, recovery) = with_mail_codes(&world, "alice", ALICE);
    assert_eq!(recovery.len(), 10, "they come with the first factor of any kind");
    let before = mails(&world, ALICE, "sign_in_code");
    let (token, verdict) = asked(&world, &stranger(), "alice");
    assert_eq!(told(&verdict)["methods"], json!(["recovery", "email"]), "the weakest comes last");
    assert_eq!(told(&verdict)["email"], "a•••@e•••.org");
    assert_eq!(told(&verdict)["lengths"]["email"], 6);
    assert_eq!(mails(&world, ALICE, "sign_in_code"), before, "nothing was sent unasked");

    let sent = ask(&world, &stranger(), &token);
    assert_eq!(sent.status, 200, "{}", text(&sent));
    assert_eq!(body(&sent), json!({ "to": "a•••@e•••.org", "length": 6, "expiresIn": 300, "retryAfter": 60 }));
    let code = newest(&world, ALICE);
    let mail = letters_to(&world, ALICE).pop().unwrap().mail;
    assert!(mail.says("Jellyfin Web (Chromium)") && mail.says("192.0.2.99"), "{mail:?}");
    let verified = world.verify(&stranger(), &token, "email", &format!(" {}-{} ", &code[..3], &code[3..]));
    assert_eq!(verified.status, 200, "{}", text(&verified));
    assert_eq!(code_of(&world.verify(&stranger(), &token, "email", &code)), "challenge_gone");
}

#[test]
fn a_wrong_password_never_sends_anything() {
    let world = world();
    with_mail_codes(&world, "alice", ALICE);
    let before = letters_to(&world, ALICE).len();
    for number in 0..3 {
        assert_eq!(world.login(&stranger(), "alice", &format!("wrong {number}")).outcome, Outcome::Refuse);
    }
    for token in ["", "no token of ours", &"A".repeat(43)] {
        assert_eq!(code_of(&ask(&world, &stranger(), token)), "challenge_gone");
    }
    assert_eq!(letters_to(&world, ALICE).len(), before);
}

#[test]
fn a_code_is_good_in_the_challenge_that_asked_for_it_and_for_nobody_else() {
    let world = world();
    with_mail_codes(&world, "alice", ALICE);
    with_mail_codes(&world, "bob", "bob@example.org");
    let (first, _) = asked(&world, &stranger(), "alice");
    ask(&world, &stranger(), &first);
    let code = newest(&world, ALICE);
    let (second, _) = asked(&world, &stranger(), "alice");
    assert_eq!(code_of(&world.verify(&stranger(), &second, "email", &code)), "wrong_code", "nothing was sent for it");
    world.pass(60);
    ask(&world, &stranger(), &second);
    let _ = newest(&world, ALICE);
    assert_eq!(code_of(&world.verify(&stranger(), &second, "email", &code)), "wrong_code", "another challenge's");
    let (bobs, _) = asked(&world, &stranger(), "bob");
    ask(&world, &stranger(), &bobs);
    let _ = newest(&world, "bob@example.org");
    assert_eq!(code_of(&world.verify(&stranger(), &bobs, "email", &code)), "wrong_code", "somebody else's");
    let mut elsewhere = stranger();
    elsewhere.client.device_id = "another device".into();
    assert_eq!(code_of(&world.verify(&elsewhere, &first, "email", &code)), "challenge_gone");
    assert_eq!(code_of(&ask(&world, &elsewhere, &first)), "challenge_gone");
    for method in ["totp", "recovery"] {
        assert_eq!(code_of(&world.verify(&stranger(), &first, method, &code)), "wrong_code");
    }
    assert_eq!(world.verify(&stranger(), &first, "email", &code).status, 200);
}

#[test]
fn lives_five_minutes() {
    for (later, status) in [(299, 200), (300, 401)] {
        let world = world();
        with_mail_codes(&world, "alice", ALICE);
        let (token, _) = asked(&world, &stranger(), "alice");
        ask(&world, &stranger(), &token);
        let code = newest(&world, ALICE);
        world.pass(later);
        assert_eq!(world.verify(&stranger(), &token, "email", &code).status, status, "after {later} s");
    }
}

#[test]
fn another_one_comes_after_a_minute_and_makes_the_one_before_void() {
    let world = world();
    with_mail_codes(&world, "alice", ALICE);
    let (token, _) = asked(&world, &stranger(), "alice");
    ask(&world, &stranger(), &token);
    let first = newest(&world, ALICE);
    world.pass(59);
    let early = ask(&world, &stranger(), &token);
    assert_eq!((early.status, code_of(&early).as_str(), early.header("Retry-After")), (429, "too_often", Some("1")));
    assert_eq!(body(&early)["retryAfter"], 1);
    world.pass(1);
    let before = mails(&world, ALICE, "sign_in_code");
    let answers: Vec<u16> = thread::scope(|scope| {
        let asks: Vec<_> = (0..2).map(|_| scope.spawn(|| ask(&world, &stranger(), &token).status)).collect();
        asks.into_iter().map(|ask| ask.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "two at once are one: {answers:?}");
    assert_eq!(mails(&world, ALICE, "sign_in_code"), before + 1);
    let second = newest(&world, ALICE);
    if first != second {
        assert_eq!(code_of(&world.verify(&stranger(), &token, "email", &first)), "wrong_code");
    }
    assert_eq!(world.verify(&stranger(), &token, "email", &second).status, 200);
}

#[test]
fn the_sixth_try_is_refused_even_if_it_is_right_and_another_code_gives_no_more_tries() {
    let world = world();
    with_mail_codes(&world, "alice", ALICE);
    let (token, _) = asked(&world, &stranger(), "alice");
    ask(&world, &stranger(), &token);
    let code = newest(&world, ALICE);
    for left in [4, 3] {
        let wrong = world.verify(&stranger(), &token, "email", &other(&code));
        assert_eq!((code_of(&wrong).as_str(), &body(&wrong)["triesLeft"]), ("wrong_code", &json!(left)));
    }
    world.pass(60);
    ask(&world, &stranger(), &token);
    let code = newest(&world, ALICE);
    for left in [2, 1, 0] {
        let wrong = world.verify(&stranger(), &token, "email", &other(&code));
        assert_eq!((code_of(&wrong).as_str(), &body(&wrong)["triesLeft"]), ("wrong_code", &json!(left)));
    }
    assert_eq!(code_of(&world.verify(&stranger(), &token, "email", &code)), "challenge_gone");
    assert_eq!(code_of(&ask(&world, &stranger(), &token)), "challenge_gone");
}

#[test]
fn fifty_at_once_are_one_sign_in() {
    let world = world();
    with_mail_codes(&world, "alice", ALICE);
    let (token, _) = asked(&world, &stranger(), "alice");
    ask(&world, &stranger(), &token);
    let code = newest(&world, ALICE);
    let sessions = world.jellyfin.alive().len();
    let good = thread::scope(|scope| {
        let posts: Vec<_> =
            (0..50).map(|_| scope.spawn(|| world.verify(&stranger(), &token, "email", &code).status)).collect();
        posts.into_iter().filter_map(|post| (post.join().unwrap() == 200).then_some(())).count()
    });
    assert_eq!(good, 1);
    // Signing in again on the same device replaces its session.
    assert_eq!(world.jellyfin.alive().len(), sessions + 1);
}

#[test]
fn guesses_over_many_challenges_spend_the_accounts_budget() {
    let world = world();
    let (_, _, recovery) = with_mail_codes(&world, "alice", ALICE);
    let mut wrong = 0;
    for _ in 0..4 {
        let (token, verdict) = asked(&world, &stranger(), "alice");
        if !told(&verdict)["methods"].as_array().unwrap().contains(&json!("email")) {
            break;
        }
        ask(&world, &stranger(), &token);
        let code = newest(&world, ALICE);
        for _ in 0..4 {
            let answer = code_of(&world.verify(&stranger(), &token, "email", &other(&code)));
            wrong += usize::from(answer == "wrong_code");
            if answer == "too_many_tries" {
                assert_eq!(code_of(&world.verify(&stranger(), &token, "email", &code)), "too_many_tries");
                assert_eq!(
                    code_of(&ask(&world, &stranger(), &token)),
                    "too_many_tries",
                    "nor is one sent that is for nothing"
                );
            }
        }
    }
    assert_eq!(wrong, 10);
    let (token, verdict) = asked(&world, &stranger(), "alice");
    assert_eq!(told(&verdict)["methods"], json!(["recovery"]));
    assert_eq!(world.verify(&stranger(), &token, "recovery", &recovery[0]).status, 200);
    let (_, verdict) = asked(&world, &home(), "alice");
    assert!(
        told(&verdict)["methods"].as_array().unwrap().contains(&json!("email")),
        "the owner's own browser is not shut out"
    );
}

#[test]
fn only_so_many_are_sent_and_warnings_still_get_through() {
    let world = world();
    let (id, _, _) = with_mail_codes(&world, "alice", ALICE);
    let before = mails(&world, ALICE, "sign_in_code");
    let mut waits = 0;
    for _ in 0..12 {
        let (token, _) = asked(&world, &stranger(), "alice");
        let answer = ask(&world, &stranger(), &token);
        waits += u32::from(code_of(&answer) == "too_often");
        world.pass(10);
    }
    assert_eq!((mails(&world, ALICE, "sign_in_code") - before, waits), (8, 4));
    let (token, _) = asked(&world, &home(), "alice");
    assert_eq!(ask(&world, &home(), &token).status, 200, "what strangers asked for is not the owner's");
    world.engine.event(&Event::PasswordChanged { user_id: id });
    assert_eq!(mails(&world, ALICE, "password_changed"), 1);
}

#[test]
fn one_challenge_gets_five() {
    let world = world();
    with_mail_codes(&world, "alice", ALICE);
    let (token, _) = asked(&world, &stranger(), "alice");
    for _ in 0..5 {
        assert_eq!(ask(&world, &stranger(), &token).status, 200);
        world.pass(60);
    }
    let enough = ask(&world, &stranger(), &token);
    assert_eq!(code_of(&enough), "too_often");
    assert!(body(&enough)["retryAfter"].as_i64().unwrap() > 10 * 60, "not while this challenge lives");
}

#[test]
fn what_was_sent_falls_with_the_address_and_with_the_password() {
    let world = world();
    let (id, _, _) = with_mail_codes(&world, "alice", ALICE);
    let (token, _) = asked(&world, &stranger(), "alice");
    ask(&world, &stranger(), &token);
    let code = newest(&world, ALICE);
    give_address(&world, &id, "alice@example.net");
    assert_eq!(code_of(&world.verify(&stranger(), &token, "email", &code)), "wrong_code", "it went to the old address");
    world.pass(60);
    assert_eq!(body(&ask(&world, &stranger(), &token))["to"], "a•••@e•••.net");
    let code = newest(&world, "alice@example.net");
    world.engine.event(&Event::PasswordChanged { user_id: id });
    assert_eq!(code_of(&world.verify(&stranger(), &token, "email", &code)), "challenge_gone");

    let (token, _) = asked(&world, &stranger(), "alice");
    ask(&world, &stranger(), &token);
    world.engine.event(&Event::PasswordChanged { user_id: id });
    let before = mails(&world, "alice@example.net", "sign_in_code");
    assert_eq!(mails(&world, "alice@example.net", "sign_in_code"), before, "a code that died is not sent");
}

#[test]
fn without_an_address_or_a_mail_server_the_factor_protects_and_recovery_codes_open() {
    let world = world();
    let (id, _, recovery) = with_mail_codes(&world, "alice", ALICE);
    let (token, _) = asked(&world, &stranger(), "alice");
    take_address_away(&world, &id);
    assert_eq!(code_of(&ask(&world, &stranger(), &token)), "not_offered");
    let (token, verdict) = asked(&world, &stranger(), "alice");
    assert_eq!((verdict.outcome, &told(&verdict)["methods"]), (Outcome::Challenge, &json!(["recovery"])));
    assert_eq!(world.verify(&stranger(), &token, "recovery", &recovery[0]).status, 200);

    give_address(&world, &id, ALICE);
    world.set(&json!({ "smtp.host": "" }));
    let (token, verdict) = asked(&world, &stranger(), "alice");
    assert_eq!(told(&verdict)["methods"], json!(["recovery"]));
    assert_eq!(told(&verdict)["email"], Value::Null);
    assert_eq!(world.verify(&stranger(), &token, "recovery", &recovery[1]).status, 200);
    let session = world.with_session(&stranger());
    let shown = body(&world.get(&session, "/Jellyward/Api/Account"));
    assert_eq!((&shown["factors"][0]["kind"], &shown["factors"][0]["usable"]), (&json!("email"), &json!(false)));
    assert_eq!(shown["mailCodeOffered"], false);
}
