//! The settings of e-mail addresses.

use serde_json::json;

use super::support::mailbox::{mail_settings, mail_to};
use super::support::world::{World, code_of};
use super::{PASSWORD, stranger};

#[test]
fn setting_email_required_does_something() {
    let world = World::new();
    world.user("alice", PASSWORD);
    let alice = world.sign_in(&stranger(), "alice", PASSWORD);
    let remove = || {
        let proof = json!({ "proof": { "method": "password", "value": PASSWORD } });
        code_of(&world.post(&alice, "/Jellyward/Api/Account/Email/Remove", &proof))
    };
    assert_eq!(remove(), "no_address");
    world.set(&json!({ "email.required": "required" }));
    assert_eq!(remove(), "email_required");
}

#[test]
fn setting_email_shared_does_something() {
    let world = World::new();
    world.set(&mail_settings());
    let alice = world.user("alice", PASSWORD);
    world.user("bob", PASSWORD);
    let boss = world.proven_administrator("boss", "198.51.100.7");
    let given = json!({ "user": alice, "address": "family@example.org", "verified": true });
    assert_eq!(world.post(&boss, "/Jellyward/Api/Admin/Users/Email", &given).status, 200);
    let bob = world.sign_in(&stranger(), "bob", PASSWORD);
    let gets_a_code = || {
        let proof = json!({ "method": "password", "value": PASSWORD });
        let start = json!({ "address": "family@example.org", "proof": proof });
        let answer = world.post(&bob, "/Jellyward/Api/Account/Email/Start", &start);
        world.pass(60);
        // Where mail cannot be set up, that is the business of another setting's test.
        (code_of(&answer) != "mail_not_set_up").then(|| mail_to(&world, "family@example.org").code().is_some())
    };
    assert_ne!(gets_a_code(), Some(true));
    world.set(&json!({ "email.shared": true }));
    assert_ne!(gets_a_code(), Some(false));
}
