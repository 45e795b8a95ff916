//! E-mail addresses: set, verified, changed, taken back; and everything that tries to get around that.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

#[path = "addresses/administrator.rs"]
mod administrator;
#[path = "addresses/set_up.rs"]
mod set_up;
#[path = "addresses/undo.rs"]
mod undo;

use std::sync::Barrier;
use std::thread;

use jellyward::engine::Event;
use jellyward::host::AccountId;
use jellyward::web::message::Response;
use serde_json::{Value, json};
use support::mailbox::{code_to, mail_settings, mail_to, mails_to};
use support::world::{Visitor, World, body, code_of, text};

const PASSWORD: &str = "right password";
const EMAIL: &str = "/Jellyward/Api/Account/Email";
const START: &str = "/Jellyward/Api/Account/Email/Start";
const RESEND: &str = "/Jellyward/Api/Account/Email/Resend";
const CONFIRM: &str = "/Jellyward/Api/Account/Email/Confirm";
const REMOVE: &str = "/Jellyward/Api/Account/Email/Remove";
const HOUR: i64 = 60 * 60;

fn world() -> World {
    let world = World::new();
    world.set(&mail_settings());
    world
}

/// A user without a factor, signed in.
fn person(world: &World, name: &str) -> (Visitor, AccountId) {
    let id = world.user(name, PASSWORD);
    let from = Visitor::at(&format!("203.0.113.{}", name.len() + 10));
    (world.sign_in(&from, name, PASSWORD), id)
}

fn start(world: &World, from: &Visitor, address: &str) -> Response {
    let proof = json!({ "method": "password", "value": PASSWORD });
    world.post(from, START, &json!({ "address": address, "proof": proof }))
}

fn confirm(world: &World, from: &Visitor, code: &str) -> Response {
    world.post(from, CONFIRM, &json!({ "code": code }))
}

/// Sets and verifies an address.
fn verify(world: &World, from: &Visitor, address: &str) {
    let started = start(world, from, address);
    assert_eq!(started.status, 200, "{}", text(&started));
    let confirmed = confirm(world, from, &code_to(world, address));
    assert_eq!(confirmed.status, 200, "{}", text(&confirmed));
}

fn email(world: &World, from: &Visitor) -> Value {
    body(&world.get(from, EMAIL))
}

fn wrong(code: &str) -> String {
    if code == "111111" { "222222".into() } else { "111111".into() }
}

#[test]
fn an_address_counts_once_its_code_came_back() {
    let world = world();
    let (alice, _) = person(&world, "alice");
    let started = start(&world, &alice, " Alice+TV@bücher.example ");
    assert_eq!(started.status, 200, "{}", text(&started));
    let now = world.now();
    assert_eq!(body(&started), json!({ "expiresAt": now + 600, "resendAt": now + 60, "digits": 6, "serverTime": now }));
    let waits = email(&world, &alice);
    assert_eq!((&waits["address"], &waits["verifiedAt"]), (&Value::Null, &Value::Null), "it counts for nothing yet");
    assert_eq!(waits["pending"]["address"], "Alice+TV@xn--bcher-kva.example");
    let code = code_to(&world, "Alice+TV@xn--bcher-kva.example");
    assert_eq!(confirm(&world, &alice, &format!(" {} {} ", &code[..3], &code[3..])).status, 200);
    let set = email(&world, &alice);
    assert_eq!((&set["address"], &set["verifiedAt"]), (&json!("Alice+TV@xn--bcher-kva.example"), &json!(now)));
    assert_eq!(set["pending"], Value::Null);
    assert_eq!(body(&world.get(&alice, "/Jellyward/Api/Account"))["email"]["verifiedAt"], now);
    assert_eq!(code_of(&confirm(&world, &alice, &code)), "code_gone", "a code is good once");
}

#[test]
fn setting_an_address_wants_a_proof() {
    let world = world();
    let (alice, _) = person(&world, "alice");
    let refused = world.post(&alice, START, &json!({ "address": "alice@example.org" }));
    assert_eq!((refused.status, code_of(&refused).as_str()), (403, "step_up"));
    let unknown = world.post(&Visitor::at("203.0.113.9"), START, &json!({ "address": "alice@example.org" }));
    assert_eq!(code_of(&unknown), "sign_in");
    assert!(world.postman.carried().is_empty());
}

#[test]
fn what_is_no_address_is_refused_and_nothing_of_it_gets_into_a_header() {
    let world = world();
    let (alice, _) = person(&world, "alice");
    let long = format!("{}@{}.example", "a".repeat(64), "b".repeat(63).repeat(4));
    assert!(long.len() >= 320);
    for bad in [
        "",
        "alice",
        "alice@example.org\r\nBcc: all@example.org",
        "alice@example.org\nRCPT TO:<all@example.org>",
        "Alice <alice@example.org>",
        "alice@example.org, bob@example.org",
        "friends: alice@example.org;",
        "alice(comment)@example.org",
        "\"a\r\nBcc: x\"@example.org",
        "alice@[127.0.0.1]\r\n",
        "älice@example.org",
        long.as_str(),
    ] {
        let refused = start(&world, &alice, bad);
        // A line end around an address is dropped with the blanks; within, nothing is.
        if bad.trim() == "alice@[127.0.0.1]" {
            continue;
        }
        assert_eq!((refused.status, code_of(&refused).as_str()), (400, "not_an_address"), "{bad:?}");
    }
    for good in ["\"a b\"@example.org", "o'hara+tv@example.org"] {
        assert_eq!(start(&world, &alice, good).status, 200, "{good}");
        assert_eq!(confirm(&world, &alice, &code_to(&world, good)).status, 200);
        assert_eq!(email(&world, &alice)["address"], good, "kept as it was written");
    }
}

#[test]
fn five_wrong_codes_are_all_there_are_however_often_one_is_sent() {
    let world = world();
    let (alice, _) = person(&world, "alice");
    start(&world, &alice, "alice@example.org");
    let first = code_to(&world, "alice@example.org");
    for left in [4, 3, 2] {
        let refused = confirm(&world, &alice, &wrong(&first));
        assert_eq!((code_of(&refused).as_str(), &body(&refused)["triesLeft"]), ("wrong_code", &json!(left)));
    }
    assert_eq!(world.post(&alice, RESEND, &json!({})).header("Retry-After"), Some("60"), "a minute between two");
    world.pass(60);
    assert_eq!(world.post(&alice, RESEND, &json!({})).status, 200);
    let second = code_to(&world, "alice@example.org");
    if first != second {
        let refused = confirm(&world, &alice, &first);
        assert_eq!(body(&refused)["triesLeft"], 1, "the code before is none any more");
    } else {
        confirm(&world, &alice, &wrong(&second));
    }
    world.pass(60);
    // Entering the same address again is asking for another code, not for other tries.
    assert_eq!(start(&world, &alice, "ALICE@example.org").status, 200);
    let third = code_to(&world, "ALICE@example.org");
    assert_eq!(body(&confirm(&world, &alice, &wrong(&third)))["triesLeft"], 0);
    assert_eq!(code_of(&confirm(&world, &alice, &third)), "code_gone");
    world.pass(60);
    assert_eq!(code_of(&world.post(&alice, RESEND, &json!({}))), "too_often");
    assert_eq!(email(&world, &alice)["address"], Value::Null);
    world.pass(600);
    assert_eq!(start(&world, &alice, "alice@example.org").status, 200, "ten minutes later there are five others");
}

#[test]
fn a_code_dies_after_ten_minutes() {
    let world = world();
    let (alice, _) = person(&world, "alice");
    start(&world, &alice, "alice@example.org");
    let code = code_to(&world, "alice@example.org");
    world.pass(600);
    assert_eq!(email(&world, &alice)["pending"], Value::Null);
    assert_eq!(code_of(&confirm(&world, &alice, &code)), "code_gone");
}

#[test]
fn few_codes_are_sent_in_an_hour_for_one_account_and_to_one_address() {
    let world = world();
    let (alice, _) = person(&world, "alice");
    for number in 0..5 {
        assert_eq!(start(&world, &alice, &format!("alice{number}@example.org")).status, 200);
    }
    let refused = start(&world, &alice, "alice5@example.org");
    assert_eq!((refused.status, code_of(&refused).as_str()), (429, "too_often"));
    assert_eq!(refused.header("Retry-After"), Some("3600"));
    let mut last = None;
    for name in ["bo", "carl", "dorothea", "ed", "franziska", "gu"] {
        let (somebody, _) = person(&world, &format!("{name}-x"));
        last = Some(start(&world, &somebody, "victim@example.org"));
    }
    assert_eq!(code_of(&last.unwrap()), "too_often", "the sixth account to write to one mailbox");
    assert_eq!(mails_to(&world, "victim@example.org").len(), 5);
    world.pass(HOUR);
    assert_eq!(start(&world, &alice, "alice5@example.org").status, 200);
}

#[test]
fn without_mail_no_address_is_taken() {
    let world = World::new();
    let (alice, _) = person(&world, "alice");
    assert_eq!(email(&world, &alice)["available"], false);
    let refused = start(&world, &alice, "alice@example.org");
    assert_eq!((refused.status, code_of(&refused).as_str()), (409, "mail_not_set_up"));
}

#[test]
fn that_an_address_is_in_use_is_said_in_the_mail_alone() {
    let world = world();
    let (alice, _) = person(&world, "alice");
    let (mallory, _) = person(&world, "mallory");
    verify(&world, &alice, "alice@example.org");
    let page = |from: &Visitor, address: &str| {
        world.pass(HOUR);
        let started = start(&world, from, address);
        let told = (started.status, body(&started)["digits"].clone(), body(&started)["expiresAt"] == world.now() + 600);
        let waits = email(&world, from)["pending"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let refused = confirm(&world, from, "000000");
        let again = world.post(from, RESEND, &json!({}));
        (told, waits, code_of(&refused), body(&refused)["triesLeft"].clone(), code_of(&again))
    };
    let free = page(&mallory, "free@example.org");
    let used = page(&mallory, "ALICE@example.org");
    assert_eq!(free, used, "nothing on the page tells them apart");
    let mail = mail_to(&world, "ALICE@example.org");
    assert_eq!(mail.code(), None, "{mail:?}");
    assert!(mail.says("This address is in use"), "{mail:?}");
    for guess in ["", "000000", "999999"] {
        assert_ne!(confirm(&world, &mallory, guess).status, 200);
    }
    assert_eq!(email(&world, &mallory)["address"], Value::Null);
}

#[test]
fn setting_email_shared_lets_an_address_serve_two() {
    let world = world();
    let (alice, _) = person(&world, "alice");
    let (bob, _) = person(&world, "bob");
    verify(&world, &alice, "family@example.org");
    world.set(&json!({ "email.shared": true }));
    verify(&world, &bob, "family@example.org");
    assert_eq!(email(&world, &bob)["address"], email(&world, &alice)["address"]);
}

#[test]
fn of_two_who_enter_the_same_address_the_first_to_verify_has_it() {
    let world = world();
    let (alice, _) = person(&world, "alice");
    let (bob, _) = person(&world, "bob");
    start(&world, &alice, "both@example.org");
    let for_alice = code_to(&world, "both@example.org");
    start(&world, &bob, "both@example.org");
    let for_bob = code_to(&world, "both@example.org");
    assert_eq!(confirm(&world, &bob, &for_bob).status, 200);
    assert_eq!(code_of(&confirm(&world, &alice, &for_alice)), "code_gone");
    assert_eq!(email(&world, &alice)["address"], Value::Null);
    assert!(mail_to(&world, "both@example.org").says("This address is in use"));
}

#[test]
fn two_who_confirm_at_once_spend_one_code() {
    for _ in 0..20 {
        let world = world();
        let (alice, _) = person(&world, "alice");
        start(&world, &alice, "alice@example.org");
        let code = code_to(&world, "alice@example.org");
        let barrier = Barrier::new(2);
        let statuses: Vec<u16> = thread::scope(|scope| {
            let once = || {
                barrier.wait();
                confirm(&world, &alice, &code).status
            };
            let (one, two) = (scope.spawn(once), scope.spawn(once));
            vec![one.join().unwrap(), two.join().unwrap()]
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    }
}

#[test]
fn guesses_at_once_are_counted_one_by_one() {
    let world = world();
    let (alice, _) = person(&world, "alice");
    start(&world, &alice, "alice@example.org");
    let code = code_to(&world, "alice@example.org");
    let wrongs: Vec<String> = thread::scope(|scope| {
        let guess = || code_of(&confirm(&world, &alice, &wrong(&code)));
        let guesses: Vec<_> = (0..12).map(|_| scope.spawn(guess)).collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    assert_eq!(wrongs.iter().filter(|code| *code == "wrong_code").count(), 5, "{wrongs:?}");
    assert_eq!(code_of(&confirm(&world, &alice, &code)), "code_gone");
}

#[test]
fn a_code_is_good_for_its_account_and_its_address_only() {
    let world = world();
    let (alice, id) = person(&world, "alice");
    let (bob, _) = person(&world, "bob");
    start(&world, &alice, "alice@example.org");
    let for_alice = code_to(&world, "alice@example.org");
    start(&world, &bob, "bob@example.org");
    let for_bob = code_to(&world, "bob@example.org");
    if for_alice != for_bob {
        assert_eq!(code_of(&confirm(&world, &bob, &for_alice)), "wrong_code");
        assert_eq!(code_of(&confirm(&world, &alice, &for_bob)), "wrong_code");
    }
    start(&world, &alice, "other@example.org");
    let other = code_to(&world, "other@example.org");
    if for_alice != other {
        assert_eq!(code_of(&confirm(&world, &alice, &for_alice)), "wrong_code", "a newer address came");
    }
    world.engine.event(&Event::PasswordChanged { user_id: id });
    assert_eq!(code_of(&confirm(&world, &alice, &other)), "code_gone", "the password changed");
    assert_eq!(email(&world, &alice)["address"], Value::Null);
}

#[test]
fn a_raised_epoch_voids_the_code_and_the_mail_that_carries_it() {
    let world = world();
    let id = world.user("alice", PASSWORD);
    let browser = Visitor::at("203.0.113.5");
    let phone = world.enrol_user(&browser, "alice", PASSWORD).0;
    let alice = world.full_sign_in(&browser, "alice", PASSWORD, &phone);
    let started = world.post(&alice, START, &json!({ "address": "alice@example.org" }));
    assert_eq!(started.status, 200, "a full sign-in is a fresh proof: {}", text(&started));
    world.post(&alice, "/Jellyward/Api/Account/LostPhone", &json!({}));
    assert_eq!(mails_to(&world, "alice@example.org"), [], "it never goes out");
    let again = alice.signed_in_as(id, false, "another token");
    assert_eq!(email(&world, &again)["pending"], Value::Null);
}

#[test]
fn an_address_is_removed_with_a_proof_and_its_reader_is_told() {
    let world = world();
    let (alice, _) = person(&world, "alice");
    verify(&world, &alice, "alice@example.org");
    world.pass(HOUR);
    assert_eq!(code_of(&world.post(&alice, REMOVE, &json!({}))), "step_up");
    let proof = json!({ "proof": { "method": "password", "value": PASSWORD } });
    assert_eq!(world.post(&alice, REMOVE, &proof).status, 200);
    assert_eq!(email(&world, &alice)["address"], Value::Null);
    assert!(mail_to(&world, "alice@example.org").says("address on Jellyfin was changed"));
    assert_eq!(code_of(&world.post(&alice, REMOVE, &proof)), "no_address");
    world.set(&json!({ "email.required": "required" }));
    assert_eq!(code_of(&world.post(&alice, REMOVE, &proof)), "email_required");
}

#[test]
fn nobody_is_told_the_codes_or_addresses_by_the_store() {
    let world = world();
    let (alice, _) = person(&world, "alice");
    verify(&world, &alice, "alice@example.org");
    start(&world, &alice, "second@example.org");
    let code = code_to(&world, "second@example.org");
    let mut bytes = std::fs::read(world.engine.store_path()).unwrap();
    bytes.extend(std::fs::read(format!("{}-wal", world.engine.store_path().display())).unwrap_or_default());
    let holds = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(!holds("alice@example.org") && !holds("second@example.org"), "an address lies in clear");
    assert!(holds("203.0.113."), "the search works");
    drop(code);
}
