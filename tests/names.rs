//! A name is looked up once and remembered; what the password check says of its owner is what counts.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::sync::atomic::Ordering;

use jellyward::engine::Event;
use jellyward::gate::verdict::Outcome;
use jellyward::host::AccountId;
use serde_json::json;
use support::world::{Visitor, World, body};

const HOME: &str = "203.0.113.5";

fn asked(world: &World) -> usize {
    world.jellyfin.names_asked.load(Ordering::SeqCst)
}

fn last_session_is_of(world: &World) -> AccountId {
    world.jellyfin.sessions.lock().unwrap().last().unwrap().request.user
}

#[test]
fn a_name_is_looked_up_once_whether_somebody_has_it_or_not() {
    let world = World::new();
    world.user("bob", "bob's password");
    for (address, password) in [(HOME, "bob's password"), ("198.51.100.9", "wrong"), ("::1", "bob's password")] {
        world.login(&Visitor::at(address), "bob", password);
        world.login(&Visitor::at(address), "nobody", password);
    }
    assert_eq!(asked(&world), 2);
}

#[test]
fn a_new_user_is_met_at_once() {
    let world = World::new();
    assert!(!world.login(&Visitor::at(HOME), "bob", "bob's password").session);
    let user_id = world.user("bob", "bob's password");
    world.engine.event(&Event::UserCreated { user_id });
    assert!(world.login(&Visitor::at(HOME), "bob", "bob's password").session);
    assert_eq!(asked(&world), 2);
}

#[test]
fn a_name_that_passed_to_somebody_else_is_theirs() {
    for told in [true, false] {
        let world = World::new();
        let (bob, carol) = (world.user("bob", "bob's password"), world.user("carol", "carol's password"));
        assert!(world.login(&Visitor::at(HOME), "bob", "bob's password").session);
        world.jellyfin.change(bob, |user| user.facts.name = "robert".into());
        world.jellyfin.change(carol, |user| user.facts.name = "bob".into());
        if told {
            world.engine.event(&Event::UserUpdated { user_id: carol });
        } else {
            // What was counted so far was counted for another account.
            assert!(!world.login(&Visitor::at(HOME), "bob", "carol's password").session);
            assert_eq!(world.jellyfin.session_count(), 1);
        }
        assert!(world.login(&Visitor::at(HOME), "bob", "carol's password").session);
        assert_eq!(last_session_is_of(&world), carol);
        assert!(!world.login(&Visitor::at(HOME), "bob", "bob's password").session);
    }
}

#[test]
fn rights_that_changed_since_the_look_up_count() {
    let world = World::new();
    world.set(&json!({"policy.required": "administrators"}));
    let bob = world.user("bob", "bob's password");
    assert!(world.login(&Visitor::at(HOME), "bob", "bob's password").session);
    world.jellyfin.change(bob, |user| user.facts.administrator = true);
    let verdict = world.login(&Visitor::at(HOME), "bob", "bob's password");
    assert_eq!((verdict.outcome, verdict.session), (Outcome::Enrol, false));
}

#[test]
fn who_was_disabled_since_the_look_up_gets_no_session_for_what_stands_in_for_the_password() {
    let world = World::new();
    let (alice, authenticator, _) = world.protected("alice", "alice's password");
    let session = world.full_sign_in(&Visitor::at(HOME), "alice", "alice's password", &authenticator);
    let made = world.post(&session, "/Jellyward/Api/Account/AppPasswords/Create", &json!({ "name": "Kodi" }));
    let app_password = body(&made)["password"].as_str().unwrap().to_owned();
    let word = world.post(&session, "/Jellyward/Api/Account/Tv/Word", &json!({}));
    let word = body(&word)["word"].as_str().unwrap().to_owned();
    let tv = Visitor::app_at(HOME);
    assert!(world.login(&tv, "alice", &app_password).session);
    let before = world.jellyfin.session_count();
    world.jellyfin.change(alice, |user| user.facts.disabled = true);
    for typed in [&app_password, &word] {
        assert!(!world.login(&tv, "alice", typed).session);
    }
    world.jellyfin.change(alice, |user| {
        user.facts.disabled = false;
        user.facts.administrator = true;
    });
    assert!(!world.login(&tv, "alice", &app_password).session, "an administrator has no app passwords");
    assert_eq!(world.jellyfin.session_count(), before);
    world.jellyfin.change(alice, |user| user.facts.administrator = false);
    assert!(world.login(&tv, "alice", &word).session, "and the word was not spent by that");
}
