//! Codes behind the password, tried again and again.

use super::retry_after;
use super::support::world::{Authenticator, Visitor, World, challenge};

/// The code that a time step some minutes ahead will have.
fn code_in(minutes: i64, phone: &Authenticator, world: &World) -> String {
    phone.code(world.now() + minutes * 60)
}

#[test]
fn a_repeated_tail_is_one_guess_and_not_one_in_every_time_step() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let thief = Visitor::app_at("203.0.113.5");
    // Nine strings that never change; one of them becomes the right code ten minutes on.
    let mut tails: Vec<_> = (0..8).map(|n| format!("alice's password 00000{n}")).collect();
    tails.push(format!("alice's password {}", code_in(10, &phone, &world)));
    for _ in 0..30 {
        for typed in &tails {
            let verdict = world.login(&thief, "alice", typed);
            assert!(!verdict.session, "a guess that was counted once was made again and again");
            world.pass(retry_after(&verdict).unwrap_or(0).min(2));
        }
        world.pass(45);
    }
}

#[test]
fn the_same_tail_from_other_devices_and_networks_is_another_guess_each_time() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let typed = format!("alice's password {}", code_in(20, &phone, &world));
    for n in 0..10 {
        let mut thief = Visitor::app_at(&format!("203.0.113.{}", n / 3));
        thief.client.device_id = format!("device {n}");
        world.login(&thief, "alice", &typed);
    }
    world.pass(20 * 60);
    let verdict = world.login(&Visitor::app_at("203.0.113.99"), "alice", &typed);
    assert!(!verdict.session, "the strangers' budget is spent, whatever was typed");
}

#[test]
fn a_device_that_repeats_an_old_code_for_ever_shuts_nobody_out() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let kodi = Visitor::app_at("203.0.113.5");
    let old = format!("alice's password {}", phone.code(world.now() - 600));
    for minute in 0..5 * 60 {
        let verdict = world.login(&kodi, "alice", &old);
        assert_eq!((verdict.session, retry_after(&verdict)), (false, None), "after {minute} minutes");
        world.pass(60);
    }
    let fresh = format!("alice's password {}", phone.code(world.now()));
    assert!(world.login(&Visitor::app_at("203.0.113.6"), "alice", &fresh).session, "strangers' guesses are left");
    world.pass(60);
    let fresh = format!("alice's password {}", phone.code(world.now()));
    assert!(world.login(&kodi, "alice", &fresh).session, "and the device itself with a fresh code");
}

#[test]
fn who_knows_a_name_alone_closes_no_challenge() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    for n in 0..15 {
        world.login(&Visitor::app_at(&format!("203.0.113.{n}")), "alice", &format!("no idea {n:06}"));
    }
    let fresh = format!("alice's password {}", phone.code(world.now()));
    assert!(!world.login(&Visitor::app_at("203.0.113.98"), "alice", &fresh).session, "codes behind passwords wait");
    let browser = Visitor::at("203.0.113.99");
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    assert_eq!(world.verify(&browser, &token, "totp", &phone.code(world.now())).status, 200);
}

#[test]
fn who_knows_the_password_guesses_half_as_often_behind_it() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    for n in 0..5 {
        let typed = format!("alice's password {}", phone.wrong_code(world.now()));
        world.login(&Visitor::app_at(&format!("203.0.113.{n}")), "alice", &typed);
    }
    let fresh = format!("alice's password {}", phone.code(world.now()));
    assert!(!world.login(&Visitor::app_at("203.0.113.98"), "alice", &fresh).session);
}
