//! Generated from the rows of the table that say they check a secret: each call stops guessing after a few tries, and then
//! refuses the right secret from there too, over a restart.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use jellyward::engine::Event;
use jellyward::notify::mail::Letter;
use jellyward::notify::outbox::Parcel;
use jellyward::web::message::Response;
use jellyward::web::routes::table::{Call, TABLE, Tries};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use support::mailbox::{code_to, give_address, mail_settings, mail_to, set_up_mail, token_in};
use support::world::{Authenticator, Visitor, World, body, challenge, code_of, text};

/// More guesses than any call allows.
const MANY: u32 = 12;

/// What one call takes, around the secret.
struct Lock {
    world: World,
    from: Visitor,
    path: &'static str,
    document: Value,
    /// Where the secret stands in the document.
    field: &'static str,
    right: String,
}

impl Lock {
    fn put(&self, secret: &str) -> Response {
        let mut document = self.document.clone();
        *document.pointer_mut(self.field).expect("the field of the secret") = secret.into();
        self.world.post(&self.from, self.path, &document)
    }

    fn restarted(self) -> Self {
        Self { world: self.world.restart(), ..self }
    }
}

fn secret_checking() -> impl Iterator<Item = &'static str> {
    let counts = |call: &Call| call.tries() == Tries::Counted;
    TABLE.iter().filter(move |row| row.call().is_some_and(counts)).map(|row| row.path)
}

/// What is sent there has 256 bits: whoever holds it must not be kept waiting by somebody else's tries.
const NOT_GUESSED: [&str; 2] = ["/Jellyward/Api/Reset/Link", "/Jellyward/Api/Reset/PinLink"];

#[test]
fn every_secret_checking_call_stops_guessing() {
    for call in secret_checking() {
        let lock = lock_of(call);
        let mut refused = None;
        for number in 0..MANY {
            let answer = lock.put(&wrong(&lock.right, number));
            assert!((400..500).contains(&answer.status), "{call}: a wrong secret got {}", text(&answer));
            let spent = if call == "/Jellyward/Api/Reset/Code" { "reset_gone" } else { "challenge_gone" };
            if ["too_many_tries", spent, "enrolment_gone", "code_gone"].contains(&code_of(&answer).as_str()) {
                refused = Some(number);
                break;
            }
        }
        assert!(refused.is_some(), "{call} lets anybody guess for ever");
        let lock = lock.restarted();
        let right = lock.right.clone();
        let answer = lock.put(&right);
        let expected = if NOT_GUESSED.contains(&call) { 200 } else { 401 };
        assert_eq!(answer.status, expected, "{call}: the right secret after too many wrong ones: {}", text(&answer));
    }
}

#[test]
fn every_secret_checking_call_takes_the_right_secret() {
    for call in secret_checking() {
        let lock = lock_of(call);
        let answer = lock.put(&lock.right);
        assert_eq!(answer.status, 200, "{call}: {}", text(&answer));
    }
}

/// Each guess another one: the very same counts once.
fn wrong(right: &str, number: u32) -> String {
    let guess = if right.contains('-') { format!("0000-0000-0000-00{number:02}") } else { format!("{number:06}") };
    if guess == right { "999999".into() } else { guess }
}

fn lock_of(path: &'static str) -> Lock {
    let world = World::new();
    match path {
        "/Jellyward/Api/Challenge/Verify" => {
            let (_, phone, _) = world.protected("alice", "alice's password");
            let from = Visitor::at("203.0.113.5");
            let token = challenge(&world.login(&from, "alice", "alice's password"));
            let document = json!({ "challenge": token, "method": "totp", "code": "" });
            let right = phone.code(world.now());
            Lock { world, from, path, document, field: "/code", right }
        }
        "/Jellyward/Api/Challenge/Enrol/Start" => {
            let (from, token, right) = must_enrol(&world, 0);
            let document = json!({ "challenge": token, "word": "" });
            Lock { world, from, path, document, field: "/word", right }
        }
        "/Jellyward/Api/Challenge/Enrol/Passkey" => {
            world.set(&json!({ "passkeys.domain": "media.example.org" }));
            let (from, token, right) = must_enrol(&world, 0);
            let document = json!({ "challenge": token, "word": "" });
            Lock { world, from, path, document, field: "/word", right }
        }
        "/Jellyward/Api/Challenge/Enrol/Confirm" => {
            let (from, token, _) = must_enrol(&world, 14);
            let started = world.post(&from, "/Jellyward/Api/Challenge/Enrol/Start", &json!({ "challenge": token }));
            let right = Authenticator::read(&body(&started)).code(world.now());
            let document = json!({ "challenge": token, "enrolment": body(&started)["enrolment"], "code": "" });
            Lock { world, from, path, document, field: "/code", right }
        }
        "/Jellyward/Api/Account/Totp/Confirm" => {
            world.user("alice", "alice's password");
            let from = world.sign_in(&Visitor::at("203.0.113.5"), "alice", "alice's password");
            let proof = json!({ "method": "password", "value": "alice's password" });
            let started = body(&world.post(&from, "/Jellyward/Api/Account/Totp/Start", &json!({ "proof": proof })));
            let right = Authenticator::read(&started).code(world.now());
            let document = json!({ "enrolment": started["enrolment"], "code": "" });
            Lock { world, from, path, document, field: "/code", right }
        }
        "/Jellyward/Api/Account/Prove" => by_proof(world, path, json!({})),
        "/Jellyward/Api/Account/QuickConnect/Look" => {
            world.user("alice", "alice's password");
            let from = world.sign_in(&Visitor::at("203.0.113.5"), "alice", "alice's password");
            let tv = Visitor::app_at("203.0.113.6").client;
            let started = Event::QuickConnectStarted { code: "471100".into(), client: tv, remote: None };
            world.engine.event(&started);
            Lock { world, from, path, document: json!({ "code": "" }), field: "/code", right: "471100".into() }
        }
        "/Jellyward/Api/Account/AppPasswords/Create" => {
            world.set(&json!({ "app_passwords.administrators": true }));
            by_proof(world, path, json!({ "name": "Kodi" }))
        }
        "/Jellyward/Api/Account/Factors/Rename" => by_proof(world, path, json!({ "id": 1, "name": "new" })),
        "/Jellyward/Api/Account/Passkeys/Start" => {
            world.set(&json!({ "passkeys.domain": "a.example", "passkeys.origins": ["https://a.example"] }));
            by_proof(world, path, json!({}))
        }
        "/Jellyward/Api/Account/Tv/Word" => by_proof(world, path, json!({})),
        "/Jellyward/Api/Account/Tv/Window" => by_proof(world, path, json!({})),
        "/Jellyward/Api/Account/Devices/Approve" => {
            let lock = by_proof(world, path, json!({ "id": 1 }));
            lock.world.login(&Visitor::app_at("203.0.113.8"), "anna", "anna's password");
            lock
        }
        "/Jellyward/Api/Account/LostPhone" => by_proof(world, path, json!({})),
        "/Jellyward/Api/Admin/Users/AppPasswords/Revoke" => {
            world.set(&json!({ "app_passwords.administrators": true }));
            let lock = by_proof(world, path, json!({ "user": "", "id": 1 }));
            let wish = json!({ "name": "Kodi" });
            assert_eq!(lock.world.post(&lock.from, "/Jellyward/Api/Account/AppPasswords/Create", &wish).status, 200);
            lock
        }
        "/Jellyward/Api/Admin/Users/Browsers/Forget" => by_proof(world, path, json!({ "user": "", "all": true })),
        "/Jellyward/Api/Admin/Users/Devices/Forget" => {
            world.set(&json!({ "devices.again": true }));
            let bob = world.user("bob", "bob's password");
            let phone = world.enrol_user(&Visitor::at("203.0.113.7"), "bob", "bob's password").0;
            let browser = world.full_sign_in(&Visitor::at("203.0.113.7"), "bob", "bob's password", &phone);
            world.login(&Visitor::app_at("203.0.113.8"), "bob", "bob's password");
            let approve = json!({ "id": 1, "again": true });
            assert_eq!(world.post(&browser, "/Jellyward/Api/Account/Devices/Approve", &approve).status, 200);
            let mut lock = by_proof(world, path, json!({ "user": "", "id": 1 }));
            lock.document["user"] = json!(bob);
            lock
        }
        "/Jellyward/Api/Admin/Users/Sessions/End" => by_proof(world, path, json!({ "user": "", "all": true })),
        "/Jellyward/Api/Admin/Settings" => {
            let values = json!({ "revision": 0, "values": { "totp.issuer": "Mine" } });
            by_proof(world, path, values)
        }
        "/Jellyward/Api/Admin/Users/LostPhone" => by_proof(world, path, json!({ "user": "" })),
        "/Jellyward/Api/Account/Totp/Start" => by_proof(world, path, json!({})),
        "/Jellyward/Api/Account/Factors/Remove" => by_proof(world, path, json!({ "id": 1 })),
        "/Jellyward/Api/Account/Recovery/Renew" => by_proof(world, path, json!({})),
        "/Jellyward/Api/Admin/Users/Rule" => by_proof(world, path, json!({ "user": "", "rule": "required" })),
        "/Jellyward/Api/Admin/Users/RemoveFactor" => by_proof(world, path, json!({ "user": "", "id": 1 })),
        "/Jellyward/Api/Admin/Mail/Test" => {
            world.set(&json!({ "smtp.host": "mail.example.org", "smtp.from_address": "tv@example.org" }));
            by_proof(world, path, json!({ "to": "anna@example.org" }))
        }
        "/Jellyward/Api/Admin/Mail/Outbox/Retry" => by_proof(waiting_mail(world), path, json!({ "id": 1 })),
        "/Jellyward/Api/Admin/Mail/Outbox/Discard" => by_proof(waiting_mail(world), path, json!({ "id": 1 })),
        "/Jellyward/Api/Admin/Messages/Save" => {
            by_proof(world, path, json!({ "kind": "unlocked", "subject": "Hello", "text": "Hello" }))
        }
        "/Jellyward/Api/Admin/Messages/Reset" => by_proof(world, path, json!({ "kind": "unlocked" })),
        "/Jellyward/Api/Admin/Messages/Send" => {
            world.set(&json!({ "smtp.host": "mail.example.org", "smtp.from_address": "tv@example.org" }));
            let mail = json!({ "kind": "unlocked", "subject": "Hello", "text": "Hello", "to": "anna@example.org" });
            by_proof(world, path, mail)
        }
        "/Jellyward/Api/Admin/Users/Word" => by_proof(world, path, json!({ "user": "" })),
        "/Jellyward/Api/Account/Email/Start" => {
            world.set(&mail_settings());
            by_proof(world, path, json!({ "address": "anna@example.org" }))
        }
        "/Jellyward/Api/Account/Email/Confirm" => {
            world.set(&mail_settings());
            world.user("alice", "alice's password");
            let from = world.sign_in(&Visitor::at("203.0.113.5"), "alice", "alice's password");
            let proof = json!({ "method": "password", "value": "alice's password" });
            let start = json!({ "address": "alice@example.org", "proof": proof });
            assert_eq!(world.post(&from, "/Jellyward/Api/Account/Email/Start", &start).status, 200);
            let right = code_to(&world, "alice@example.org");
            Lock { world, from, path, document: json!({ "code": "" }), field: "/code", right }
        }
        "/Jellyward/Api/Account/Email/Remove" => {
            let lock = by_proof(world, path, json!({ "user": "" }));
            let address = json!({ "user": lock.document["user"], "address": "anna@example.org", "verified": true });
            assert_eq!(lock.world.post(&lock.from, "/Jellyward/Api/Admin/Users/Email", &address).status, 200);
            lock
        }
        "/Jellyward/Api/Challenge/SetUp/Email/Confirm" => {
            world.set(&mail_settings());
            world.set(&json!({ "email.required": "required" }));
            world.user("alice", "alice's password");
            let from = Visitor::at("203.0.113.5");
            let token = challenge(&world.login(&from, "alice", "alice's password"));
            let start = json!({ "challenge": token, "address": "alice@example.org" });
            assert_eq!(world.post(&from, "/Jellyward/Api/Challenge/SetUp/Email/Start", &start).status, 200);
            let right = code_to(&world, "alice@example.org");
            let document = json!({ "challenge": token, "code": "" });
            Lock { world, from, path, document, field: "/code", right }
        }
        "/Jellyward/Api/Admin/Users/Email" => {
            let address = json!({ "user": "", "address": "anna@example.org", "verified": true });
            by_proof(world, path, address)
        }
        "/Jellyward/Api/Challenge/Enrol/Email" => {
            set_up_mail(&world);
            let (from, token, right) = must_enrol(&world, 0);
            let bob = world.user("bob", "bob's password");
            give_address(&world, &bob, "bob@example.org");
            // Somebody who had a factor needs a word.
            world.post(&owner(&world), "/Jellyward/Api/Admin/Users/LostPhone", &json!({ "user": bob }));
            drop((token, right));
            let token = challenge(&world.login(&from, "bob", "bob's password"));
            let given = world.post(&owner(&world), "/Jellyward/Api/Admin/Users/Word", &json!({ "user": bob }));
            let right = body(&given)["word"].as_str().unwrap().to_owned();
            let document = json!({ "challenge": token, "word": "" });
            Lock { world, from, path, document, field: "/word", right }
        }
        "/Jellyward/Api/Challenge/Enrol/Email/Confirm" => {
            set_up_mail(&world);
            let (from, token, _) = must_enrol(&world, 14);
            let bob = world.user("bob", "bob's password");
            give_address(&world, &bob, "bob@example.org");
            world.post(&from, "/Jellyward/Api/Challenge/Enrol/Email", &json!({ "challenge": token }));
            let right = code_to(&world, "bob@example.org");
            let document = json!({ "challenge": token, "code": "" });
            Lock { world, from, path, document, field: "/code", right }
        }
        "/Jellyward/Api/Account/MailCode/Start" => {
            set_up_mail(&world);
            world.set(&json!({ "mail_code.administrators": true }));
            let anna = world.administrator("anna", "anna's password");
            give_address(&world, &anna, "anna@example.org");
            by_proof(world, path, json!({}))
        }
        "/Jellyward/Api/Account/MailCode/Confirm" => {
            set_up_mail(&world);
            let alice = world.user("alice", "alice's password");
            give_address(&world, &alice, "alice@example.org");
            let from = world.sign_in(&Visitor::at("203.0.113.5"), "alice", "alice's password");
            let proof = json!({ "proof": { "method": "password", "value": "alice's password" } });
            world.post(&from, "/Jellyward/Api/Account/MailCode/Start", &proof);
            let right = code_to(&world, "alice@example.org");
            Lock { world, from, path, document: json!({ "code": "" }), field: "/code", right }
        }
        "/Jellyward/Api/Reset/Code" => {
            world.set(&mail_settings());
            let alice = world.user("alice", "alice's password");
            give_address(&world, &alice, "alice@example.org");
            let from = Visitor::at("203.0.113.5");
            let asked = body(&world.post(&from, "/Jellyward/Api/Reset/Ask", &json!({ "name": "alice" })));
            let right = code_to(&world, "alice@example.org");
            let document = json!({ "flow": asked["flow"], "code": "", "password": "quite another sentence" });
            Lock { world, from, path, document, field: "/code", right }
        }
        "/Jellyward/Api/Reset/Link" => {
            let (world, from, right) = mailed_link(world, "link");
            let document = json!({ "token": "", "password": "quite another sentence" });
            Lock { world, from, path, document, field: "/token", right }
        }
        "/Jellyward/Api/Reset/PinLink" => {
            let (world, from, right) = mailed_link(world, "pinLink");
            let document = json!({ "token": "" });
            Lock { world, from, path, document, field: "/token", right }
        }
        "/Jellyward/Api/Admin/Users/Reset" => {
            let bob = world.user("bob", "bob's password");
            by_proof(world, path, json!({ "users": [bob], "how": "link" }))
        }
        other => panic!("say how {other} is guessed at"),
    }
}

fn owner(world: &World) -> Visitor {
    let owner = world.administrator("owner", "owner's password");
    Visitor::at("198.51.100.1").signed_in_as(owner, true, "owner-token")
}

/// One mail waits, and goes nowhere: no mail server is set.
fn waiting_mail(world: World) -> World {
    let letter = Letter { subject: "Hello".into(), text: Zeroizing::new("Text".into()), html: None };
    let to = "anna@example.org".parse().unwrap();
    let parcel = Parcel { topic: "test", to: &to, letter: &letter, account: None, revocable: false, lives: 86_400 };
    world.engine.tell(&parcel).unwrap();
    world
}

/// A user who must enrol, in a browser that has a challenge for it, and the administrator's word.
fn must_enrol(world: &World, grace_days: u32) -> (Visitor, String, String) {
    let bob = world.user("bob", "bob's password");
    world.set(&json!({ "policy.required": "everybody", "policy.grace_days": grace_days }));
    let owner = world.administrator("owner", "owner's password");
    let owner = Visitor::at("198.51.100.1").signed_in_as(owner, true, "owner-token");
    let proof = json!({ "method": "password", "value": "owner's password" });
    let given = world.post(&owner, "/Jellyward/Api/Admin/Users/Word", &json!({ "user": bob, "proof": proof }));
    let from = Visitor::at("203.0.113.5");
    let token = challenge(&world.login(&from, "bob", "bob's password"));
    (from, token, body(&given)["word"].as_str().unwrap().to_owned())
}

/// What Jellyfin's dialog sends: the token of a link.
fn mailed_link(world: World, dialog: &str) -> (World, Visitor, String) {
    world.set(&mail_settings());
    world.set(&json!({ "reset.dialog": dialog }));
    let alice = world.user("alice", "alice's password");
    give_address(&world, &alice, "alice@example.org");
    let action = json!({ "action": "User.ForgotPassword", "arguments": { "enteredUsername": "alice" } });
    world.engine.action(&serde_json::from_value(action).unwrap());
    let token = token_in(&mail_to(&world, "alice@example.org"));
    (world, Visitor::at("203.0.113.5"), token)
}

/// A protected administrator, signed in, who brings a fresh proof.
fn by_proof(world: World, path: &'static str, mut document: Value) -> Lock {
    let anna = world.administrator("anna", "anna's password");
    let (phone, _) = world.enrol_user(&Visitor::at("198.51.100.77"), "anna", "anna's password");
    let from = world.full_sign_in(&Visitor::at("203.0.113.5"), "anna", "anna's password", &phone);
    if document.get("user").is_some() {
        document["user"] = json!(anna);
    }
    document["proof"] = json!({ "method": "totp", "value": "" });
    let right = phone.code(world.now());
    Lock { world, from, path, document, field: "/proof/value", right }
}
