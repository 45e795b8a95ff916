//! Limits: strangers are slowed down, the owner is not.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::sync::atomic::Ordering;
use std::thread;

use jellyward::gate::verdict::{Outcome, Verdict};
use serde_json::json;
use support::world::{Visitor, World, body, challenge, code_of};

fn retry_after(verdict: &Verdict) -> Option<i64> {
    verdict.headers.iter().find(|(name, _)| name == "Retry-After").map(|(_, value)| value.parse().unwrap())
}

/// Wrong passwords, each another one: the very same counts once.
fn fail(world: &World, from: &Visitor, name: &str, times: usize) -> Verdict {
    (0..times).map(|n| world.login(from, name, &format!("wrong {n}-{}", world.now()))).reduce(|_, last| last).unwrap()
}

#[test]
fn a_network_is_slowed_down_after_its_free_tries_and_more_each_time() {
    let world = World::new();
    world.user("bob", "bob's password");
    let stranger = Visitor::at("203.0.113.5");
    assert_eq!(retry_after(&fail(&world, &stranger, "bob", 5)), None);
    let mut last = 0;
    for _ in 0..5 {
        let refused = world.login(&stranger, "bob", "bob's password");
        assert_eq!((refused.outcome, refused.status), (Outcome::Refuse, 401));
        let wait = retry_after(&refused).unwrap();
        assert!(wait > last, "{wait} after {last}");
        last = wait;
        world.pass(wait);
        fail(&world, &stranger, "bob", 1);
    }
    world.pass(15 * 60);
    assert!(world.login(&stranger, "bob", "bob's password").session);
}

#[test]
fn refused_tries_cost_no_password_check() {
    let world = World::new();
    world.user("bob", "bob's password");
    let stranger = Visitor::at("203.0.113.5");
    fail(&world, &stranger, "bob", 5);
    let checks = world.jellyfin.password_checks.load(Ordering::SeqCst);
    world.login(&stranger, "bob", "bob's password");
    assert_eq!(world.jellyfin.password_checks.load(Ordering::SeqCst), checks);
}

#[test]
fn names_nobody_has_are_limited_like_those_somebody_has() {
    let world = World::new();
    let stranger = Visitor::at("203.0.113.5");
    fail(&world, &stranger, "nobody", 5);
    assert!(retry_after(&world.login(&stranger, "nobody", "x")).is_some());
}

#[test]
fn strangers_do_not_lock_a_known_browser_out() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let home = Visitor::at("192.0.2.1");
    world.full_sign_in(&home, "alice", "alice's password", &phone);
    for n in 0..200 {
        let stranger = Visitor::at(&format!("203.0.113.{n}"));
        world.login(&stranger, "alice", &format!("guess {n}"));
    }
    let stranger = Visitor::at("198.51.100.200");
    assert!(retry_after(&world.login(&stranger, "alice", "alice's password")).is_some(), "the next stranger waits");
    let elsewhere = Visitor { origin: Visitor::at("198.51.100.201").origin, ..home.clone() };
    let verdict = world.login(&elsewhere, "alice", "alice's password");
    assert_eq!(verdict.outcome, Outcome::Challenge, "the known browser, even from another address");
    assert_eq!(world.verify(&elsewhere, &challenge(&verdict), "totp", &phone.code(world.now())).status, 200);
}

#[test]
fn a_known_browser_has_limits_of_its_own() {
    let world = World::new();
    world.user("bob", "bob's password");
    let home = Visitor::at("192.0.2.1");
    world.sign_in(&home, "bob", "bob's password");
    fail(&world, &home, "bob", 5);
    assert!(retry_after(&world.login(&home, "bob", "bob's password")).is_some());
}

#[test]
fn a_known_browser_cookie_is_worth_nothing_for_another_account_or_after_a_password_change() {
    let world = World::new();
    let bob = world.user("bob", "bob's password");
    world.user("carol", "carol's password");
    let home = Visitor::at("192.0.2.1");
    world.sign_in(&home, "bob", "bob's password");
    for n in 0..200 {
        let stranger = Visitor::at(&format!("203.0.113.{n}"));
        world.login(&stranger, "carol", &format!("guess {n}"));
        world.login(&stranger, "bob", &format!("guess {n}"));
    }
    world.pass(0);
    let away = Visitor { origin: Visitor::at("198.51.100.9").origin, ..home.clone() };
    assert!(retry_after(&world.login(&away, "carol", "carol's password")).is_some());
    assert!(world.login(&away, "bob", "bob's password").session);
    world.tell(&jellyward::engine::Event::PasswordChanged { user_id: bob });
    let later = Visitor { origin: Visitor::at("198.51.100.10").origin, ..home };
    assert!(retry_after(&world.login(&later, "bob", "bob's password")).is_some());
}

#[test]
fn limits_outlive_a_restart() {
    let world = World::new();
    world.user("bob", "bob's password");
    let stranger = Visitor::at("203.0.113.5");
    fail(&world, &stranger, "bob", 7);
    let world = world.restart();
    assert!(retry_after(&world.login(&stranger, "bob", "bob's password")).is_some());
}

#[test]
fn the_same_wrong_secret_from_the_same_device_counts_once() {
    let world = World::new();
    world.user("bob", "bob's password");
    let kodi = Visitor::app_at("203.0.113.5");
    for _ in 0..50 {
        assert_eq!(retry_after(&world.login(&kodi, "bob", "an old password")), None);
    }
}

#[test]
fn an_ipv6_subscriber_is_one_network() {
    let world = World::new();
    world.user("bob", "bob's password");
    for n in 0..5 {
        world.login(&Visitor::at(&format!("2001:db8:1:2::{n}")), "bob", &format!("guess {n}"));
    }
    assert!(retry_after(&world.login(&Visitor::at("2001:db8:1:2:9::9"), "bob", "bob's password")).is_some());
}

#[test]
fn behind_an_unlisted_proxy_one_persons_slips_do_not_shut_the_others_out() {
    let world = World::new();
    world.user("bob", "bob's password");
    world.user("carol", "carol's password");
    let proxy = Visitor::at("172.18.0.2");
    fail(&world, &proxy, "bob", 6);
    assert!(retry_after(&world.login(&proxy, "bob", "bob's password")).is_some());
    assert!(world.login(&proxy, "carol", "carol's password").session);
}

#[test]
fn wrong_codes_are_budgeted_over_challenges_and_restarts() {
    let world = World::new();
    let (_, phone, codes) = world.protected("alice", "alice's password");
    let mut wrong = 0;
    while wrong < 10 {
        let stranger = Visitor::at(&format!("203.0.113.{wrong}"));
        let token = challenge(&world.login(&stranger, "alice", "alice's password"));
        world.verify(&stranger, &token, "totp", &phone.wrong_code(world.now()));
        wrong += 1;
    }
    let world = world.restart();
    let stranger = Visitor::at("203.0.113.99");
    let verdict = world.login(&stranger, "alice", "alice's password");
    let methods = &verdict.body.as_ref().unwrap()["jellyward"]["methods"];
    assert_eq!(*methods, json!(["recovery"]), "codes of an app are closed to strangers, recovery codes are not");
    let token = challenge(&verdict);
    assert_eq!(code_of(&world.verify(&stranger, &token, "totp", &phone.code(world.now()))), "too_many_tries");
    let typed = format!("alice's password {}", phone.code(world.now()));
    assert!(!world.login(&stranger, "alice", &typed).session, "nor behind the password");
    assert_eq!(world.verify(&stranger, &token, "recovery", &codes[0]).status, 200);
}

#[test]
fn code_shaped_tails_share_the_budget_of_wrong_codes() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    for n in 0..10 {
        let typed = format!("alice's password {}", phone.wrong_code(world.now()));
        world.login(&Visitor::app_at(&format!("203.0.113.{n}")), "alice", &typed);
    }
    let typed = format!("alice's password {}", phone.code(world.now()));
    assert!(!world.login(&Visitor::app_at("203.0.113.99"), "alice", &typed).session);
    world.pass(60 * 60);
    let typed = format!("alice's password {}", phone.code(world.now()));
    assert!(world.login(&Visitor::app_at("203.0.113.99"), "alice", &typed).session, "after an hour");
}

#[test]
fn the_owner_signs_in_at_home_while_strangers_have_spent_the_budget() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let home = Visitor::at("192.0.2.1");
    world.full_sign_in(&home, "alice", "alice's password", &phone);
    for n in 0..12 {
        let stranger = Visitor::at(&format!("203.0.113.{n}"));
        let verdict = world.login(&stranger, "alice", "alice's password");
        if verdict.body.is_some() {
            world.verify(&stranger, &challenge(&verdict), "totp", &phone.wrong_code(world.now()));
        }
    }
    let token = challenge(&world.login(&home, "alice", "alice's password"));
    assert_eq!(world.verify(&home, &token, "totp", &phone.code(world.now())).status, 200);
}

#[test]
fn ten_thousand_challenges_stay_few() {
    let world = World::new();
    world.protected("alice", "alice's password");
    let stranger = Visitor::at("203.0.113.5");
    for _ in 0..500 {
        world.login(&stranger, "alice", "alice's password");
    }
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    let count: i64 = raw.query_row("SELECT COUNT(*) FROM challenges", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 5);
}

#[test]
fn attacking_addresses_are_forgotten_beyond_a_bound() {
    let world = World::new();
    world.user("bob", "bob's password");
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    raw.execute_batch(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) \
         INSERT INTO attempts SELECT 'network', CAST(i AS BLOB), 1, 1750000000, 1750000000 FROM n;",
    )
    .unwrap();
    world.login(&Visitor::at("203.0.113.5"), "bob", "wrong");
    let count: i64 = raw.query_row("SELECT COUNT(*) FROM attempts", [], |row| row.get(0)).unwrap();
    assert!(count <= jellyward::store::attempts::MOST_ROWS, "{count}");
    assert_eq!(world.engine.attempts_in_flight(), 0);
}

#[test]
fn a_name_nobody_has_is_never_written_in_clear() {
    let world = World::new();
    world.login(&Visitor::at("203.0.113.5"), "hunter2-typed-as-name", "x");
    let owner = world.administrator("owner", "owner's password");
    let owner = Visitor::at("198.51.100.1").signed_in_as(owner, true, "owner-token");
    let events = body(&world.get(&owner, "/Jellyward/Api/Admin/Events"));
    assert_eq!(events["events"][0]["kind"], "wrong_password");
    assert!(!events.to_string().contains("hunter2"));
    assert!(!world.jellyfin.log_text().contains("hunter2"));
    let bytes = std::fs::read(world.engine.store_path()).unwrap();
    let wal = std::fs::read(world.engine.store_path().with_extension("db-wal")).unwrap_or_default();
    for file in [bytes, wal] {
        assert!(!file.windows(7).any(|window| window == b"hunter2"));
    }
}

#[test]
fn a_known_browser_may_not_guess_for_ever_either() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let home = Visitor::at("192.0.2.1");
    world.full_sign_in(&home, "alice", "alice's password", &phone);
    for _ in 0..10 {
        let token = challenge(&world.login(&home, "alice", "alice's password"));
        world.verify(&home, &token, "totp", &phone.wrong_code(world.now()));
    }
    let verdict = world.login(&home, "alice", "alice's password");
    assert_eq!(verdict.body.as_ref().unwrap()["jellyward"]["methods"], json!(["recovery"]));
    let stranger = Visitor::at("203.0.113.5");
    let token = challenge(&world.login(&stranger, "alice", "alice's password"));
    assert_eq!(world.verify(&stranger, &token, "totp", &phone.code(world.now())).status, 200, "its budget is its own");
}

/// The code that a time step some minutes ahead will have.
fn code_in(minutes: i64, phone: &support::world::Authenticator, world: &World) -> String {
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

/// Wrong codes by challenges, until no more are taken; how many were.
fn guesses(world: &World, from: &Visitor, phone: &support::world::Authenticator) -> usize {
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
fn spellings_of_a_name_nobody_has_share_a_counter() {
    let world = World::new();
    for (n, name) in ["nobody", "NOBODY", " Nobody ", "nOBODY"].iter().cycle().take(20).enumerate() {
        world.login(&Visitor::at(&format!("203.0.113.{n}")), name, &format!("guess {n}"));
    }
    let next = Visitor::at("198.51.100.9");
    assert!(retry_after(&world.login(&next, "nobodY", "guess")).is_some(), "as for a name that somebody has");
    assert!(retry_after(&world.login(&next, "somebody", "guess")).is_none());
}

#[test]
fn strangers_do_not_shut_the_apps_at_home_out_and_these_do_not_guess_for_ever() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    world.full_sign_in(&Visitor::at("192.0.2.1"), "alice", "alice's password", &phone);
    for n in 0..200 {
        world.login(&Visitor::at(&format!("203.0.113.{n}")), "alice", &format!("guess {n}"));
    }
    let typed = || format!("alice's password {}", phone.code(world.now()));
    assert!(!world.login(&Visitor::app_at("198.51.100.9"), "alice", &typed()).session, "an app elsewhere waits");
    let television = Visitor::app_at("192.0.2.1");
    assert!(world.login(&television, "alice", &typed()).session, "the one at home does not");
    world.pass(60);
    fail(&world, &television, "alice", 5);
    assert!(retry_after(&world.login(&television, "alice", &typed())).is_some(), "a network of an owner is a network");
}

#[test]
fn tries_at_the_same_moment_are_no_more_than_tries_one_after_the_other() {
    for _ in 0..10 {
        let world = World::new();
        world.user("bob", "bob's password");
        thread::scope(|scope| {
            for thread in 0..8 {
                let world = &world;
                scope.spawn(move || {
                    let stranger = Visitor::at("203.0.113.5");
                    for n in 0..20 {
                        world.login(&stranger, "bob", &format!("guess {n} of {thread}"));
                    }
                });
            }
        });
        // The clock stands still: after the fifth failure nobody gets through.
        assert!(world.jellyfin.password_checks.load(Ordering::SeqCst) <= 5);
        assert_eq!(world.engine.attempts_in_flight(), 0);
    }
}
