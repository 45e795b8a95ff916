//! Known browsers: what makes one, what ends it, and how much all of them may guess.

use std::sync::Arc;

use serde_json::json;

use super::retry_after;
use super::support::world::{Authenticator, Visitor, World, challenge};

/// Wrong codes by challenges, until no more are taken; how many were.
fn guesses(world: &World, from: &Visitor, phone: &Authenticator) -> usize {
    for wrong in 0..100 {
        let verdict = world.login(from, "alice", "alice's password");
        if verdict.body.as_ref().unwrap()["jellyward"]["methods"] == json!(["recovery"]) {
            return wrong;
        }
        world.verify(from, &challenge(&verdict), "totp", &phone.wrong_code(world.now()));
    }
    panic!("nobody counts them");
}

#[test]
fn what_was_known_by_the_password_alone_is_not_known_once_there_is_a_factor() {
    let world = World::new();
    world.user("alice", "alice's password");
    let thieves: Vec<_> = (0..5).map(|n| Visitor::at(&format!("203.0.113.{n}"))).collect();
    for thief in &thieves {
        world.sign_in(thief, "alice", "alice's password");
    }
    let home = Visitor::at("192.0.2.1");
    let (phone, _) = world.enrol_user(&home, "alice", "alice's password");
    let guesses: usize = thieves.iter().map(|thief| guesses(&world, thief, &phone)).sum();
    assert_eq!(guesses, 10, "one budget for all, with their cookies and from their addresses");
    let moved = Visitor { origin: Visitor::at("198.51.100.9").origin, ..home.clone() };
    let token = challenge(&world.login(&moved, "alice", "alice's password"));
    let verified = world.verify(&moved, &token, "totp", &phone.code(world.now()));
    assert_eq!(verified.status, 200, "the browser in which the factor was enrolled is known");
    world.pass(60);
    let app = Visitor::app_at("192.0.2.1");
    let typed = format!("alice's password {}", phone.code(world.now()));
    assert!(world.login(&app, "alice", &typed).session, "and so is its address");
}

#[test]
fn a_cookie_from_a_sign_in_by_factor_is_worth_nothing_once_the_factor_is_gone() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let browser = Visitor::at("192.0.2.1");
    let session = world.full_sign_in(&browser, "alice", "alice's password", &phone);
    let proof = json!({ "method": "totp", "value": phone.code(world.now()) });
    assert_eq!(
        world.post(&session, "/Jellyward/Api/Account/Factors/Remove", &json!({ "id": 1, "proof": proof })).status,
        200
    );
    for n in 0..200 {
        world.login(&Visitor::at(&format!("203.0.113.{n}")), "alice", &format!("guess {n}"));
    }
    let moved = Visitor { origin: Visitor::at("198.51.100.9").origin, ..browser };
    assert!(retry_after(&world.login(&moved, "alice", "alice's password")).is_some());
}

#[test]
fn who_knows_the_password_cannot_push_out_the_challenge_of_a_known_browser() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let home = Visitor::at("192.0.2.1");
    world.full_sign_in(&home, "alice", "alice's password", &phone);
    // Behind a proxy nobody listed everybody has one address.
    let home = Visitor { origin: Visitor::at("172.18.0.2").origin, ..home };
    let token = challenge(&world.login(&home, "alice", "alice's password"));
    world.pass(1);
    for _ in 0..20 {
        world.login(&Visitor::at("172.18.0.2"), "alice", "alice's password");
    }
    for n in 0..1_050 {
        let thief = Visitor::at(&format!("2001:db8:0:{n:x}::1"));
        assert!(!world.login(&thief, "alice", "alice's password").session);
    }
    assert_eq!(world.verify(&home, &token, "totp", &phone.code(world.now())).status, 200);
}

#[test]
fn all_known_browsers_together_guess_no_more_than_five_do() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let browsers: Vec<_> = (0..8).map(|n| Visitor::at(&format!("192.0.2.{n}"))).collect();
    for browser in &browsers {
        world.full_sign_in(browser, "alice", "alice's password", &phone);
    }
    let made: Vec<_> = browsers.iter().map(|browser| guesses(&world, browser, &phone)).collect();
    assert_eq!(made, [10, 10, 10, 10, 10, 0, 0, 0]);
    let stranger = Visitor::at("203.0.113.5");
    assert_eq!(guesses(&world, &stranger, &phone), 10, "strangers have theirs");
    world.pass(60 * 60);
    let token = challenge(&world.login(&browsers[7], "alice", "alice's password"));
    assert_eq!(world.verify(&browsers[7], &token, "totp", &phone.code(world.now())).status, 200);
}

#[test]
fn slips_with_quick_connect_codes_are_no_guesses_of_known_browsers() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let browsers: Vec<_> = (0..5).map(|n| Visitor::at(&format!("192.0.2.{n}"))).collect();
    let sessions: Vec<_> =
        browsers.iter().map(|browser| world.full_sign_in(browser, "alice", "alice's password", &phone)).collect();
    for _ in 0..10 {
        world.post(&sessions[0], "/Jellyward/Api/Account/QuickConnect/Look", &json!({ "code": "1" }));
    }
    let made: Vec<_> = browsers.iter().map(|browser| guesses(&world, browser, &phone)).collect();
    assert_eq!(made, [10; 5]);
}

#[test]
fn a_session_by_password_that_is_made_while_the_owner_enrols_makes_nothing_known() {
    let world = Arc::new(World::new());
    world.user("alice", "alice's password");
    let home = Visitor::at("192.0.2.1");
    let owner = world.sign_in(&home, "alice", "alice's password");
    let (enrols, phone) = (Arc::clone(&world), Arc::new(std::sync::Mutex::new(None)));
    let kept = Arc::clone(&phone);
    *world.jellyfin.during_mint.lock().unwrap() = Some(Box::new(move || {
        let proof = json!({ "method": "password", "value": "alice's password" });
        *kept.lock().unwrap() = Some(enrols.enrol(&owner, &proof).0);
    }));
    let thief = Visitor::at("203.0.113.5");
    assert!(world.login(&thief, "alice", "alice's password").session, "it was decided before");
    world.pass(60);
    let phone = phone.lock().unwrap().take().unwrap();
    assert_eq!(guesses(&world, &thief, &phone), 10);
    assert_eq!(guesses(&world, &Visitor::at("203.0.113.6"), &phone), 0, "the thief's were a stranger's");
    assert_eq!(guesses(&world, &home, &phone), 10, "the owner has some left");
}
