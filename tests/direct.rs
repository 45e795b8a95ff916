//! The direct door: Quick Connect and other plugins.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use jellyward::gate::attempt::{Caller, Door, LoginAttempt};
use jellyward::gate::verdict::{Outcome, Verdict};
use jellyward::host::AccountId;
use serde_json::json;
use support::world::{Visitor, World};

const QUICK_CONNECT: &str = "QuickConnect.AuthorizeQuickConnect";

fn direct(world: &World, action: &str, target: AccountId, approver: Option<Caller>) -> Verdict {
    let television = Visitor::app_at("192.0.2.50");
    let attempt = LoginAttempt {
        door: Door::Direct,
        action: action.into(),
        name: String::new(),
        user_id: Some(target),
        caller: approver,
        ..television.attempt("")
    };
    world.decide(&attempt, "")
}

#[test]
fn quick_connect_works_for_who_has_no_factor() {
    let world = World::new();
    let bob = world.user("bob", "bob's password");
    let session = world.sign_in(&Visitor::at("192.0.2.1"), "bob", "bob's password");
    assert!(direct(&world, QUICK_CONNECT, bob, session.caller()).session);
}

#[test]
fn a_protected_account_is_approved_only_from_its_own_proven_session() {
    let world = World::new();
    let (alice, phone, _) = world.protected("alice", "alice's password");
    let home = Visitor::at("192.0.2.1");
    let proven = world.full_sign_in(&home, "alice", "alice's password", &phone);
    assert!(direct(&world, QUICK_CONNECT, alice, proven.caller()).session);

    // The session that came of it plays; it was not proven itself.
    let television = world.with_session(&home);
    let refused = direct(&world, QUICK_CONNECT, alice, television.caller());
    assert_eq!((refused.outcome, refused.status), (Outcome::Refuse, 401));
    // A session from before installation, an administrator's, an api key's, nobody's.
    let owner = world.administrator("owner", "owner's password");
    let owner = world.sign_in(&Visitor::at("192.0.2.9"), "owner", "owner's password").signed_in_as(owner, true, "x");
    let key = Caller { user_id: None, administrator: true, api_key: true, token_hash: "0".repeat(64) };
    for approver in [home.signed_in_as(alice, false, "old").caller(), owner.caller(), Some(key), None] {
        assert!(!direct(&world, QUICK_CONNECT, alice, approver).session);
    }
}

#[test]
fn a_session_made_before_enrolment_approves_nothing_but_the_one_that_enrolled_does() {
    let world = World::new();
    let alice = world.user("alice", "alice's password");
    let old = world.sign_in(&Visitor::at("192.0.2.2"), "alice", "alice's password");
    let enrolling = world.sign_in(&Visitor::at("192.0.2.1"), "alice", "alice's password");
    world.enrol(&enrolling, &json!({ "method": "password", "value": "alice's password" }));
    assert!(!direct(&world, QUICK_CONNECT, alice, old.caller()).session);
    assert!(direct(&world, QUICK_CONNECT, alice, enrolling.caller()).session);
}

#[test]
fn a_password_change_takes_the_right_to_approve() {
    let world = World::new();
    let (alice, phone, _) = world.protected("alice", "alice's password");
    let proven = world.full_sign_in(&Visitor::at("192.0.2.1"), "alice", "alice's password", &phone);
    world.tell(&jellyward::engine::Event::PasswordChanged { user_id: alice });
    assert!(!direct(&world, QUICK_CONNECT, alice, proven.caller()).session);
}

#[test]
fn who_must_enrol_gets_nothing_by_quick_connect() {
    let world = World::new();
    let bob = world.user("bob", "bob's password");
    let session = world.sign_in(&Visitor::at("192.0.2.1"), "bob", "bob's password");
    world.set(&json!({ "policy.required": "everybody" }));
    assert!(!direct(&world, QUICK_CONNECT, bob, session.caller()).session);
}

#[test]
fn a_session_proven_by_a_factor_that_is_gone_approves_nothing_while_one_is_required() {
    let world = World::new();
    let (alice, phone, codes) = world.protected("alice", "alice's password");
    let proven = world.full_sign_in(&Visitor::at("192.0.2.1"), "alice", "alice's password", &phone);
    let account = support::world::body(&world.get(&proven, "/Jellyward/Api/Account"));
    let proof = json!({ "method": "recovery", "value": codes[0] });
    let document = json!({ "id": account["factors"][0]["id"], "proof": proof });
    assert_eq!(world.post(&proven, "/Jellyward/Api/Account/Factors/Remove", &document).status, 200);
    assert!(direct(&world, QUICK_CONNECT, alice, proven.caller()).session, "nothing is asked of the account");
    world.set(&json!({ "policy.required": "everybody" }));
    assert!(!direct(&world, QUICK_CONNECT, alice, proven.caller()).session);
}

#[test]
fn another_plugins_sign_in_is_worth_what_the_owner_says() {
    let world = World::new();
    let (alice, _, _) = world.protected("alice", "alice's password");
    let bob = world.user("bob", "bob's password");
    assert!(direct(&world, "Sso.Callback", bob, None).session);
    assert!(!direct(&world, "Sso.Callback", alice, None).session);
    assert!(world.jellyfin.log_text().contains("Sso.Callback"), "the log names the caller");
    world.set(&json!({ "gate.other_plugins": "accept" }));
    assert!(direct(&world, "Sso.Callback", alice, None).session);
}

#[test]
fn a_disabled_user_gets_no_session_at_the_direct_door() {
    let world = World::new();
    let bob = world.user("bob", "bob's password");
    world.jellyfin.change(bob, |user| user.facts.disabled = true);
    let refused = direct(&world, "Sso.Callback", bob, None);
    assert_eq!((refused.session, refused.status), (false, 403));
}
