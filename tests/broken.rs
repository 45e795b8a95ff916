//! When things are broken: refuse, say why, change nothing, and never lock a door nobody asked for.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::sync::Arc;

use jellyward::engine::OpenError;
use jellyward::gate::verdict::Outcome;
use jellyward::store::Damage;
use serde_json::json;
use support::world::{Visitor, World, challenge, open};

/// Closes the engine and gives what is needed to open it again.
fn closed(world: World) -> (tempfile::TempDir, Arc<support::jellyfin::Jellyfin>, Arc<support::world::HandClock>) {
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
