//! The same wrong secret, again and again.

use std::sync::atomic::Ordering;
use std::thread;

use serde_json::json;

use super::support::world::{Visitor, World, code_of};
use super::{retry_after, told};

/// At full speed, then twice a minute, then every few seconds for hours.
const DAY_OF_A_TELEVISION: [(usize, i64); 3] = [(50, 0), (240, 30), (3_000, 5)];

#[test]
fn the_same_wrong_secret_from_the_same_device_counts_once() {
    let world = World::new();
    world.user("bob", "bob's password");
    let kodi = Visitor::app_at("203.0.113.5");
    for (times, pause) in DAY_OF_A_TELEVISION {
        for _ in 0..times {
            assert!(!world.login(&kodi, "bob", "an old password").session);
            world.pass(pause);
        }
    }
    assert_eq!((told(&world, "wrong_password"), told(&world, "limited")), (1, 0));
    assert!(world.login(&kodi, "bob", "bob's password").session, "the right one is not held up");
}

#[test]
fn a_household_of_apps_with_old_passwords_is_never_slowed_down() {
    let world = World::new();
    world.user("bob", "bob's password");
    let apps: Vec<_> = (0..4).map(|n| device(n, "203.0.113.5")).collect();
    for round in 0..24 {
        for app in &apps {
            let verdict = world.login(app, "bob", "an old password");
            assert_eq!((verdict.session, retry_after(&verdict)), (false, None), "in round {round}");
            world.pass(450);
        }
    }
}

#[test]
fn who_mistypes_the_same_twice_is_answered_twice_and_gets_in() {
    let world = World::new();
    world.user("bob", "bob's password");
    let home = Visitor::at("192.0.2.1");
    for _ in 0..2 {
        assert_eq!(retry_after(&world.login(&home, "bob", "bob's pasword")), None);
        world.pass(2);
    }
    assert!(world.login(&home, "bob", "bob's password").session);
}

#[test]
fn a_wrong_secret_that_became_right_gets_in() {
    let world = World::new();
    let bob = world.user("bob", "bob's password");
    let home = Visitor::at("192.0.2.1");
    for _ in 0..3 {
        world.login(&home, "bob", "the new one");
    }
    world.jellyfin.users.lock().unwrap().get_mut(&bob).unwrap().password = "the new one".into();
    let wait = retry_after(&world.login(&home, "bob", "the new one")).unwrap();
    assert!(wait <= 30, "{wait}");
    world.pass(wait);
    for _ in 0..5 {
        assert!(world.login(&home, "bob", "the new one").session);
    }
}

#[test]
fn a_stranger_who_repeats_at_full_speed_costs_neither_checks_nor_disk_nor_the_owners_place() {
    let world = World::new();
    world.user("alice", "alice's password");
    let commits = world.engine.durable_commits();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let stranger = Visitor::at("203.0.113.5");
                for _ in 0..500 {
                    assert!(!world.login(&stranger, "alice", "x").session);
                }
            });
        }
    });
    // Four at once look for the first time; after that one is a repeat.
    assert!(world.jellyfin.password_checks.load(Ordering::SeqCst) <= 5);
    assert!(world.engine.durable_commits() - commits <= 4);
    assert_eq!(told(&world, "wrong_password"), 1);
    assert_eq!(world.engine.attempts_in_flight(), 0);
    assert!(world.login(&Visitor::at("198.51.100.7"), "alice", "alice's password").session);
}

#[test]
fn a_repeat_is_answered_the_same_for_a_name_that_nobody_has() {
    let world = World::new();
    world.user("alice", "alice's password");
    let checks = || world.jellyfin.password_checks.load(Ordering::SeqCst);
    for pause in [0, 0, 0, 10, 20, 1, 30, 3_600, 0, 0] {
        world.pass(pause);
        let before = checks();
        let known = world.login(&device(1, "203.0.113.5"), "alice", "x");
        let between = checks();
        let unknown = world.login(&device(1, "203.0.113.6"), "nobody", "x");
        assert_eq!((known.status, &known.headers, &known.body), (unknown.status, &unknown.headers, &unknown.body));
        assert_eq!(between - before, checks() - between, "and costs as much");
    }
}

#[test]
fn a_password_that_is_no_proof_is_not_checked_at_full_speed_either() {
    let world = World::new();
    world.user("bob", "bob's password");
    let session = world.sign_in(&Visitor::at("192.0.2.1"), "bob", "bob's password");
    let before = world.jellyfin.password_checks.load(Ordering::SeqCst);
    let start = |value: &str| {
        let proof = json!({ "method": "password", "value": value });
        world.post(&session, "/Jellyward/Api/Account/Totp/Start", &json!({ "proof": proof }))
    };
    assert_eq!(code_of(&start("x")), "wrong_proof");
    for _ in 0..100 {
        start("x");
    }
    assert_eq!(code_of(&start("x")), "too_many_tries");
    assert_eq!(world.jellyfin.password_checks.load(Ordering::SeqCst) - before, 2);
    assert_eq!(told(&world, "wrong_proof"), 1);
    assert_eq!(start("bob's password").status, 200);
}

fn device(number: usize, remote: &str) -> Visitor {
    let mut visitor = Visitor::app_at(remote);
    visitor.client.device_id = format!("device {number}");
    visitor
}
