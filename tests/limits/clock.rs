//! A clock that ran ahead, and is set back.

use serde_json::json;

use super::support::world::{Authenticator, Visitor, World, challenge, code_of};
use super::{retry_after, told};

/// By minutes, hours, a year.
const AHEAD: [i64; 3] = [5 * 60, 2 * 60 * 60, 365 * 24 * 60 * 60];

fn signs_in(world: &World, from: &Visitor, phone: &Authenticator) -> bool {
    let token = challenge(&world.login(from, "alice", "alice's password"));
    world.verify(from, &token, "totp", &phone.code(world.now())).status == 200
}

#[test]
fn challenges_from_the_future_keep_nobody_out() {
    for ahead in AHEAD {
        let world = World::new();
        let (_, phone, _) = world.protected("alice", "alice's password");
        let home = Visitor::at("192.0.2.1");
        world.pass(ahead);
        for _ in 0..5 {
            world.login(&home, "alice", "alice's password");
        }
        world.pass(-ahead);
        let first = challenge(&world.login(&home, "alice", "alice's password"));
        world.login(&Visitor { client: Visitor::app_at("").client, ..home.clone() }, "alice", "alice's password");
        assert_eq!(world.verify(&home, &first, "totp", &phone.code(world.now())).status, 200, "{ahead} s ahead");
        world.pass(60);
        assert!(signs_in(&world, &home, &phone), "{ahead} s ahead");
    }
}

#[test]
fn wrong_codes_from_the_future_are_not_counted() {
    for ahead in AHEAD {
        let world = World::new();
        let (_, phone, _) = world.protected("alice", "alice's password");
        world.pass(ahead);
        for n in 0..10 {
            let stranger = Visitor::at(&format!("203.0.113.{n}"));
            let token = challenge(&world.login(&stranger, "alice", "alice's password"));
            world.verify(&stranger, &token, "totp", &phone.wrong_code(world.now()));
        }
        world.pass(-ahead);
        let stranger = Visitor::at("203.0.113.99");
        let token = challenge(&world.login(&stranger, "alice", "alice's password"));
        assert_eq!(code_of(&world.verify(&stranger, &token, "totp", &phone.wrong_code(world.now()))), "wrong_code");
        world.pass(ahead);
        assert!(signs_in(&world, &Visitor::at("203.0.113.98"), &phone), "nor when that day comes, {ahead} s on");
    }
}

#[test]
fn a_wrong_secret_from_the_future_counts_anew() {
    let world = World::new();
    world.user("alice", "alice's password");
    let app = Visitor::app_at("203.0.113.5");
    world.pass(365 * 24 * 60 * 60);
    world.login(&app, "alice", "x");
    world.pass(-365 * 24 * 60 * 60);
    world.login(&app, "alice", "x");
    assert_eq!(told(&world, "wrong_password"), 2);
    assert_eq!(retry_after(&world.login(&app, "alice", "x")), None);
    assert_eq!(told(&world, "wrong_password"), 2, "and once");
}

#[test]
fn quick_connect_codes_from_the_future_are_not_counted() {
    let world = World::new();
    world.user("bob", "bob's password");
    let bob = world.sign_in(&Visitor::at("192.0.2.1"), "bob", "bob's password");
    let look = || code_of(&world.post(&bob, "/Jellyward/Api/Account/QuickConnect/Look", &json!({ "code": "1" })));
    world.pass(2 * 60 * 60);
    for _ in 0..10 {
        look();
    }
    assert_eq!(look(), "too_many_tries");
    world.pass(-2 * 60 * 60);
    assert_eq!(look(), "unknown_code");
}
