//! Limits: strangers are slowed down, the owner is not.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "limits/clock.rs"]
mod clock;
#[path = "limits/known.rs"]
mod known;
#[path = "limits/repeats.rs"]
mod repeats;
mod support;
#[path = "limits/tails.rs"]
mod tails;

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
    assert_eq!(verdict.body.as_ref().unwrap()["jellyward"]["codesIn"], json!(3600), "and the page can say why");
    let token = challenge(&verdict);
    assert_eq!(code_of(&world.verify(&stranger, &token, "totp", &phone.code(world.now()))), "too_many_tries");
    let typed = format!("alice's password {}", phone.code(world.now()));
    assert_eq!(world.verify(&stranger, &token, "recovery", &codes[0]).status, 200);
    assert!(world.login(&stranger, "alice", &typed).session, "behind the password they have a budget of their own");
}

#[test]
fn code_shaped_tails_have_a_budget_over_devices_and_addresses() {
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
fn a_flood_of_names_pushes_out_no_limit_that_is_in_force() {
    let world = World::new();
    world.user("bob", "bob's password");
    let thief = Visitor::at("203.0.113.5");
    let wait = retry_after(&fail(&world, &thief, "bob", 9)).unwrap();
    world.pass(wait);
    fail(&world, &thief, "bob", 1);
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    raw.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) \
         INSERT INTO attempts SELECT 'network', CAST(i AS BLOB), 1, ?1, ?1 FROM n",
        [world.now()],
    )
    .unwrap();
    world.login(&Visitor::at("203.0.113.77"), "whoever", "wrong");
    let world = world.restart();
    assert!(retry_after(&world.login(&thief, "bob", "bob's password")).is_some(), "the thief still waits");
}

#[test]
fn what_happened_to_nobodys_account_fills_no_disk() {
    let world = World::new();
    world.user("bob", "bob's password");
    world.login(&Visitor::at("203.0.113.5"), "bob", "wrong");
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    let most = jellyward::store::events::MOST_OF_NOBODY;
    raw.execute("INSERT INTO events (at, kind) VALUES (?1, 'unlocked')", [world.now()]).unwrap();
    raw.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
         INSERT INTO events (at, kind, address) SELECT ?2, 'wrong_password', '203.0.113.66' FROM n",
        [most + 100, world.now()],
    )
    .unwrap();
    for n in 0..70 {
        world.login(&Visitor::at(&format!("203.0.113.{n}")), &format!("nobody {n}"), "wrong");
    }
    let count = |what: &str| -> i64 {
        raw.query_row(&format!("SELECT COUNT(*) FROM events WHERE {what}"), [], |row| row.get(0)).unwrap()
    };
    let left = count("account IS NULL AND address IS NOT NULL");
    assert!((most..most + 70).contains(&left), "{left}");
    assert_eq!(
        (count("kind = 'unlocked'"), count("account IS NOT NULL") > 0),
        (1, true),
        "the audit of accounts stays"
    );
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

/// How often a kind of event was written down.
fn told(world: &World, kind: &str) -> u32 {
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    raw.query_row("SELECT COUNT(*) FROM events WHERE kind = ?1", [kind], |row| row.get(0)).unwrap()
}

#[test]
fn a_delay_is_told_once_when_it_begins_and_refused_tries_cost_no_disk() {
    let world = World::new();
    world.user("bob", "bob's password");
    let stranger = Visitor::at("203.0.113.5");
    fail(&world, &stranger, "bob", 4);
    assert_eq!(told(&world, "limited"), 0);
    world.pass(1);
    fail(&world, &stranger, "bob", 1);
    assert_eq!(told(&world, "limited"), 1);
    let commits = world.engine.durable_commits();
    for n in 0..100 {
        assert!(retry_after(&world.login(&stranger, "bob", &format!("guess {n}"))).is_some());
    }
    assert_eq!(world.engine.durable_commits(), commits);
    for _ in 0..5 {
        world.pass(15 * 60);
        fail(&world, &stranger, "bob", 1);
    }
    assert_eq!(told(&world, "limited"), 1, "a longer delay is nothing new");
    let bob = world.sign_in(&Visitor::at("192.0.2.1"), "bob", "bob's password");
    let refused = body(&world.get(&bob, "/Jellyward/Api/Account/Refused"));
    let shown = refused["events"].as_array().unwrap().iter().find(|event| event["kind"] == "limited").unwrap();
    assert_eq!((&shown["address"], &shown["text"]), (&json!("203.0.113.5"), &json!("Refused: too many tries")));
}

#[test]
fn a_budget_that_is_spent_is_told_once() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    for n in 0..20 {
        let stranger = Visitor::at(&format!("203.0.113.{n}"));
        let token = challenge(&world.login(&stranger, "alice", "alice's password"));
        world.verify(&stranger, &token, "totp", &phone.wrong_code(world.now()));
    }
    assert_eq!((told(&world, "wrong_code"), told(&world, "limited")), (10, 1));
}

#[test]
fn a_success_never_forgives_what_its_network_did() {
    let world = World::new();
    world.user("bob", "bob's password");
    world.user("mallory", "mallory's password");
    let mallory = Visitor::at("203.0.113.5");
    fail(&world, &Visitor::at("203.0.113.5"), "bob", 4);
    assert!(world.login(&mallory, "mallory", "mallory's password").session);
    world.pass(1);
    fail(&world, &Visitor::at("203.0.113.5"), "bob", 1);
    let waits = retry_after(&world.login(&Visitor::at("203.0.113.5"), "bob", "one more")).is_some();
    assert!(waits, "own logins in between would buy endless tries");
}
