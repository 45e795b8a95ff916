//! When things are broken: refuse, say why, change nothing, and never lock a door nobody asked for.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jellyward::clock::{Clock, Seconds, SystemRandomness};
use jellyward::engine::{Engine, OpenError, OpenOptions};
use jellyward::gate::verdict::Outcome;
use jellyward::notify::mailer::Mailer;
use jellyward::store::Damage;
use serde_json::json;
use support::jellyfin::Shared;
use support::mailbox::{code_to, give_address, mail_settings, mail_to};
use support::world::{HandClock, Visitor, World, body, challenge, open};

/// Closes the engine and gives what is needed to open it again.
fn closed(world: World) -> (tempfile::TempDir, Arc<support::jellyfin::Jellyfin>, Arc<HandClock>) {
    let World { folder, jellyfin, clock, engine, .. } = world;
    drop(engine);
    (folder, jellyfin, clock)
}

#[test]
fn a_store_that_vanished_though_armed_is_not_made_anew() {
    let world = World::new();
    world.protected("alice", "alice's password");
    let (folder, jellyfin, clock) = closed(world);
    std::fs::remove_file(folder.path().join("data/jellyward.db")).unwrap();
    let refused = open(folder.path(), &jellyfin, &clock, true);
    assert!(matches!(refused.err(), Some(OpenError::Vanished(_))));
    assert!(!folder.path().join("data/jellyward.db").exists());
}

#[test]
fn a_missing_key_is_not_made_anew_over_a_store() {
    let world = World::new();
    let (folder, jellyfin, clock) = closed(world);
    std::fs::remove_file(folder.path().join("data/master.key")).unwrap();
    assert!(matches!(open(folder.path(), &jellyfin, &clock, false).err(), Some(OpenError::Key(_))));
    assert!(!folder.path().join("data/master.key").exists());
}

#[test]
fn another_stores_key_is_refused() {
    let (folder, jellyfin, clock) = closed(World::new());
    let (other, ..) = closed(World::new());
    std::fs::copy(other.path().join("data/master.key"), folder.path().join("data/master.key")).unwrap();
    assert!(matches!(open(folder.path(), &jellyfin, &clock, false).err(), Some(OpenError::WrongKey)));
}

#[test]
fn a_second_opener_is_refused() {
    let world = World::new();
    let second = open(world.folder.path(), &world.jellyfin, &world.clock, false);
    assert!(matches!(second.err(), Some(OpenError::Store(error)) if error.damage() == Damage::Locked));
}

#[test]
fn one_damaged_row_shuts_only_its_account() {
    let world = World::new();
    world.protected("alice", "alice's password");
    let (_, phone, _) = world.protected("carol", "carol's password");
    world.user("bob", "bob's password");
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    raw.execute("UPDATE factors SET secret = zeroblob(50) WHERE id = 1", []).unwrap();
    let at = Visitor::at("203.0.113.5");
    let refused = world.login(&at, "alice", "alice's password");
    assert_eq!((refused.outcome, refused.status), (Outcome::Refuse, 401));
    assert!(world.jellyfin.log_text().contains("broken"), "{}", world.jellyfin.log_text());
    assert!(world.login(&at, "bob", "bob's password").session);
    world.full_sign_in(&at, "carol", "carol's password", &phone);
}

#[test]
fn a_secret_moved_to_another_row_opens_nothing() {
    let world = World::new();
    world.protected("alice", "alice's password");
    let (_, mallory, _) = world.protected("mallory", "mallory's password");
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    raw.execute("UPDATE factors SET secret = (SELECT secret FROM factors WHERE id = 2) WHERE id = 1", []).unwrap();
    let typed = format!("alice's password {}", mallory.code(world.now()));
    assert!(!world.login(&Visitor::app_at("203.0.113.5"), "alice", &typed).session);
}

#[test]
fn a_store_that_cannot_be_written_still_lets_in_who_needs_nothing_written() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    world.user("bob", "bob's password");
    // Another connection holds the write lock: as a full disk, every write fails.
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    let at = Visitor::at("203.0.113.5");
    assert!(world.login(&at, "bob", "bob's password").session);
    let typed = format!("alice's password {}", phone.code(world.now()));
    let refused = world.login(&at, "alice", &typed);
    assert_eq!((refused.session, refused.status), (false, 401), "a spend that cannot be written is no spend");
    raw.execute_batch("ROLLBACK").unwrap();
    assert!(world.login(&at, "alice", &typed).session);
}

#[test]
fn the_master_switch_gives_jellyfins_own_sign_in_back() {
    let world = World::new();
    world.protected("alice", "alice's password");
    world.set(&json!({ "gate.enabled": false }));
    let at = Visitor::at("203.0.113.5");
    assert!(world.login(&at, "alice", "alice's password").session);
    assert!(!world.login(&at, "alice", "wrong").session);
}

#[test]
fn changing_the_policy_ends_open_challenges() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let browser = Visitor::at("203.0.113.5");
    let token = challenge(&world.login(&browser, "alice", "alice's password"));
    world.set(&json!({ "policy.required": "everybody" }));
    let late = world.verify(&browser, &token, "totp", &phone.code(world.now()));
    assert_eq!(support::world::code_of(&late), "challenge_gone");
}

/// A clock that panics the next time but so many it is asked inside a transaction.
struct Tripping {
    clock: Arc<HandClock>,
    after: AtomicI64,
}

impl Clock for Tripping {
    fn now(&self) -> Seconds {
        if jellyward::store::in_transaction() && self.after.fetch_sub(1, Ordering::SeqCst) == 0 {
            panic!("the clock panics");
        }
        self.clock.now()
    }
}

fn tripping() -> (World, Arc<Tripping>) {
    let world = World::new();
    let clock = Arc::new(Tripping { clock: Arc::clone(&world.clock), after: AtomicI64::new(-1) });
    let World { folder, jellyfin, clock: hands, postman, engine, abi: _ } = world;
    drop(engine);
    let options = OpenOptions { data: folder.path().join("data"), server_id: "server-1".into(), armed: false };
    let host = Arc::new(Shared(Arc::clone(&jellyfin)));
    let mailer = Arc::clone(&postman) as Arc<dyn Mailer>;
    let engine =
        Engine::open(options, host, Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(SystemRandomness), mailer).unwrap();
    (World { folder, jellyfin, clock: hands, postman, engine: Arc::new(engine), abi: None }, clock)
}

#[test]
fn a_panic_refuses_one_call_and_spends_nothing() {
    let (world, clock) = tripping();
    let (_, phone, _) = world.protected("alice", "alice's password");
    let app = Visitor::app_at("203.0.113.5");
    let typed = || format!("alice's password {}", phone.code(world.now()));
    world.jellyfin.panics.store(true, Ordering::SeqCst);
    let refused = world.login(&app, "alice", &typed());
    assert_eq!((refused.outcome, refused.status, refused.session), (Outcome::Refuse, 401, false));
    assert!(world.jellyfin.log_text().contains("panicked"));
    assert!(world.login(&app, "alice", &typed()).session, "a host call panicked, and the code is still good");
    assert_eq!(world.engine.attempts_in_flight(), 0);
    let mut panics = 0;
    for after in 0.. {
        world.pass(60);
        let before = world.jellyfin.session_count();
        clock.after.store(after, Ordering::SeqCst);
        let tripped = world.login(&app, "alice", &typed());
        if clock.after.swap(-1, Ordering::SeqCst) >= 0 {
            assert!(tripped.session);
            break;
        }
        panics += 1;
        assert_eq!((tripped.outcome, tripped.status, tripped.session), (Outcome::Refuse, 401, false));
        // What came after the session was made is too late to take the code back.
        if world.jellyfin.session_count() == before {
            assert!(world.login(&app, "alice", &typed()).session, "the {after}. look at the clock in a transaction");
        }
        world.pass(60);
        assert!(world.login(&app, "alice", &typed()).session, "after the {after}. look");
    }
    assert!(panics > 1, "{panics}");
    assert_eq!(world.engine.attempts_in_flight(), 0);
}

#[test]
fn what_the_owner_should_know_stands_on_the_dashboard() {
    let world = World::new();
    let owner = world.administrator("owner", "owner's password");
    let owner = Visitor::at("198.51.100.1").signed_in_as(owner, true, "owner-token");
    let banners = |world: &World, from: &Visitor| -> Vec<(String, String)> {
        let status = body(&world.get(from, "/Jellyward/Api/Admin/Status"));
        let told = |banner: &serde_json::Value| {
            assert!(banner["text"].as_str().unwrap().len() > 20, "{banner}");
            (banner["level"].as_str().unwrap().to_owned(), banner["code"].as_str().unwrap().to_owned())
        };
        status["banners"].as_array().unwrap().iter().map(told).collect()
    };
    let all = |codes: &[(&str, &str)]| -> Vec<(String, String)> {
        codes.iter().map(|(level, code)| ((*level).to_owned(), (*code).to_owned())).collect()
    };
    assert_eq!(banners(&world, &owner), all(&[("info", "no_proxies_listed")]));
    let mut behind = owner.clone();
    behind.origin.proxies_listed = true;
    assert_eq!(banners(&world, &behind), []);
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    raw.execute_batch(
        "INSERT INTO settings VALUES ('gate.enabled', 'false'), ('limits.free_tries', '\"many\"'); \
         INSERT INTO meta VALUES ('settings_revision', x'0000000000000007');",
    )
    .unwrap();
    assert_eq!(banners(&world, &behind), all(&[("error", "gate_off"), ("warning", "setting_damaged")]));
}

fn in_charge(world: &World) -> Visitor {
    let owner = world.administrator("owner", "owner's password");
    let mut owner = Visitor::at("198.51.100.1").signed_in_as(owner, true, "owner-token");
    owner.origin.proxies_listed = true;
    owner
}

fn banners(world: &World, owner: &Visitor) -> Vec<String> {
    let status = body(&world.get(owner, "/Jellyward/Api/Admin/Status"));
    let banners = status["banners"].as_array().unwrap().iter();
    banners.map(|banner| banner["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_store_that_cannot_be_written_stands_on_the_dashboard_until_it_can() {
    let world = World::new();
    let owner = in_charge(&world);
    world.user("bob", "bob's password");
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    raw.execute_batch("BEGIN IMMEDIATE").unwrap();
    world.login(&Visitor::at("203.0.113.5"), "bob", "wrong");
    assert_eq!(banners(&world, &owner), ["store_busy"]);
    raw.execute_batch("ROLLBACK").unwrap();
    world.login(&Visitor::at("203.0.113.5"), "bob", "wrong again");
    assert_eq!(banners(&world, &owner), ["broken"], "somebody was refused, and that is no longer so");
    world.pass(24 * 60 * 60 + 1);
    assert_eq!(banners(&world, &owner), Vec::<String>::new());
}

#[test]
fn a_reset_that_something_broken_kept_from_its_end_stands_on_the_dashboard() {
    let ready = || {
        let world = World::new();
        world.set(&mail_settings());
        let alice = world.user("alice", "alice's password");
        give_address(&world, &alice, "alice@example.org");
        let owner = in_charge(&world);
        assert_eq!(banners(&world, &owner), Vec::<String>::new());
        world.jellyfin.refuse_password.store(true, Ordering::SeqCst);
        (world, owner)
    };
    let from = Visitor::at("203.0.113.5");

    let (world, owner) = ready();
    assert!(!world.act(&from, "User.ForgotPassword", &json!({ "enteredUsername": "alice" })).pass);
    let pin = mail_to(&world, "alice@example.org").pin().unwrap().to_owned();
    assert_eq!(world.act(&from, "User.ForgotPasswordPin", &json!({ "pin": pin })).status, 503);
    assert_eq!(banners(&world, &owner), ["broken"], "by jellyfin's dialog");
    assert!(world.jellyfin.log_text().contains("User.ForgotPasswordPin was stopped because something is broken"));

    let (world, owner) = ready();
    let asked = body(&world.post(&from, "/Jellyward/Api/Reset/Ask", &json!({ "name": "alice" })));
    let code = code_to(&world, "alice@example.org");
    let given = json!({ "flow": asked["flow"], "code": code, "password": "quite another sentence" });
    assert_eq!(world.post(&from, "/Jellyward/Api/Reset/Code", &given).status, 503);
    assert_eq!(banners(&world, &owner), ["broken"], "by our page");
    assert!(world.jellyfin.log_text().contains("a password was not reset because something is broken"));
}

#[test]
fn an_administrator_can_have_everything_looked_through() {
    let world = World::new();
    let owner = in_charge(&world);
    world.protected("alice", "alice's password");
    let look = || body(&world.post(&owner, "/Jellyward/Api/Admin/SelfTest", &json!({})));
    let report = look();
    assert_eq!((&report["sound"], &report["problems"]), (&json!(true), &json!([])), "{report}");
    let counts = ["accounts", "factors", "recovery_codes"].map(|table| report["counts"][table].as_i64().unwrap());
    assert_eq!(counts, [1, 1, 10], "{report}");
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    raw.execute_batch(
        "CREATE TEMP TABLE kept AS SELECT id, secret FROM factors; UPDATE factors SET secret = zeroblob(50)",
    )
    .unwrap();
    world.login(&Visitor::at("203.0.113.5"), "alice", "alice's password");
    assert_eq!(banners(&world, &owner), ["broken"]);
    let report = look();
    assert_eq!(report["sound"], false);
    assert!(report["problems"][0].as_str().unwrap().contains("factors"), "{report}");
    assert_eq!(banners(&world, &owner), ["broken"], "it is");
    raw.execute_batch("UPDATE factors SET secret = (SELECT secret FROM kept WHERE kept.id = factors.id)").unwrap();
    assert_eq!(look()["sound"], true);
    assert_eq!(banners(&world, &owner), Vec::<String>::new());
    raw.execute_batch("UPDATE accounts SET chosen_pin = x'00'").unwrap();
    world.login(&Visitor::at("203.0.113.5"), "alice", "alice's password");
    assert_eq!(banners(&world, &owner), ["store_damaged"]);
    assert!(look()["problems"].to_string().contains("account "), "{}", look());
}

#[test]
fn a_damaged_enrolment_stands_on_the_dashboard_as_a_damaged_factor_does() {
    let world = World::new();
    let owner = in_charge(&world);
    world.user("bob", "bob's password");
    let bob = world.sign_in(&Visitor::at("203.0.113.5"), "bob", "bob's password");
    let proof = json!({ "method": "password", "value": "bob's password" });
    let started = body(&world.post(&bob, "/Jellyward/Api/Account/Totp/Start", &json!({ "proof": proof })));
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    assert_eq!(raw.execute("UPDATE enrolments SET parameters = '{'", []).unwrap(), 1);
    let answer = json!({ "enrolment": started["enrolment"], "code": "000000", "name": "phone" });
    assert_eq!(world.post(&bob, "/Jellyward/Api/Account/Totp/Confirm", &answer).status, 503);
    assert_eq!(banners(&world, &owner), ["store_damaged"]);
}

#[test]
fn only_an_administrator_in_person_has_it_looked_through() {
    let world = World::new();
    let bob = world.user("bob", "bob's password");
    let bob = Visitor::at("203.0.113.5").signed_in_as(bob, false, "token");
    for (from, status) in [(&bob, 403), (&Visitor::at("203.0.113.6"), 401)] {
        assert_eq!(world.post(from, "/Jellyward/Api/Admin/SelfTest", &json!({})).status, status);
    }
}

#[test]
fn two_administrators_at_once_do_not_overwrite_each_other() {
    let world = World::new();
    let owner = world.proven_administrator("owner", "198.51.100.1");
    let change = |revision: u64, value: u32| {
        let document = json!({ "revision": revision, "values": { "policy.grace_days": value } });
        world.post(&owner, "/Jellyward/Api/Admin/Settings", &document)
    };
    assert_eq!(change(0, 3).status, 200);
    let late = change(0, 9);
    assert_eq!((late.status, support::world::code_of(&late)), (409, "settings_changed".into()));
}
