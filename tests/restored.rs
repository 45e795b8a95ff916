//! What came back, or changed, while nobody told us: back-ups of Jellyfin, and passwords set while the plugin was off.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::sync::atomic::Ordering;

use jellyward::engine::Event;
use jellyward::gate::verdict::Outcome;
use jellyward::host::AccountId;
use serde_json::{Value, json};
use support::world::{Authenticator, Visitor, World, body, code_of};

const PASSWORD: &str = "right password";

/// Alice, protected, in a browser that she trusts; her phone has a session of its own.
struct House {
    world: World,
    id: AccountId,
    alice: Visitor,
    phone: Authenticator,
}

impl House {
    fn new() -> Self {
        let world = World::new();
        let (id, phone, _) = world.protected("alice", PASSWORD);
        let browser = Visitor::at("203.0.113.5");
        let with_code = format!("{PASSWORD} {}", phone.code(world.now()));
        assert_eq!(world.login(&Visitor::app_at("203.0.113.20"), "alice", &with_code).outcome, Outcome::Allow);
        world.pass(60);
        let alice = world.full_sign_in(&browser, "alice", PASSWORD, &phone);
        Self { world, id, alice, phone }
    }

    /// Ends every other session of hers; gives how many tokens are left.
    fn end_others(&self) -> usize {
        let ended = self.world.post(&self.alice, "/Jellyward/Api/Account/Sessions/End", &json!({ "others": true }));
        assert_eq!(ended.status, 200);
        self.world.jellyfin.alive().len()
    }

    fn app_password(&self) -> String {
        let made =
            self.world.post(&self.alice, "/Jellyward/Api/Account/AppPasswords/Create", &json!({ "name": "Kodi" }));
        body(&made)["password"].as_str().unwrap().to_owned()
    }

    fn restart(self) -> Self {
        let Self { world, id, alice, phone } = self;
        Self { world: world.restart(), id, alice, phone }
    }

    fn events(&self) -> Value {
        let owner = self.world.administrator("owner", "owner's password");
        let owner = Visitor::at("198.51.100.1").signed_in_as(owner, true, "owner-token");
        body(&self.world.get(&owner, "/Jellyward/Api/Admin/Events"))
    }
}

/// Jellyfin's back-up from before knows all the tokens.
fn put_back_sessions(house: &House) {
    house.world.jellyfin.sessions.lock().unwrap().iter_mut().for_each(|session| session.ended = false);
}

#[test]
fn sessions_that_were_ended_stay_so_when_a_back_up_brings_them_back() {
    let house = House::new();
    let left = house.end_others();
    assert_eq!(left, 1);
    put_back_sessions(&house);
    assert_eq!(house.world.jellyfin.alive().len(), 3);
    let house = house.restart();
    house.world.tell(&Event::ServerStarted);
    assert_eq!(
        house.world.jellyfin.alive(),
        [house.alice.token.clone().unwrap().2],
        "before anybody asks for anything"
    );
    assert!(house.world.jellyfin.log_text().contains("2 ended sessions were back"));
}

#[test]
fn they_are_ended_by_the_first_call_where_the_host_tells_of_no_start() {
    let house = House::new();
    house.end_others();
    put_back_sessions(&house);
    house.world.jellyfin.refuse_end.store(true, Ordering::SeqCst);
    let house = house.restart();
    let whoever = || _ = house.world.login(&Visitor::at("203.0.113.99"), "whoever", "x");
    whoever();
    assert_eq!(house.world.jellyfin.alive().len(), 3);
    house.world.jellyfin.refuse_end.store(false, Ordering::SeqCst);
    house.world.pass(61);
    whoever();
    assert_eq!(house.world.jellyfin.alive().len(), 1, "what failed is tried again");
}

#[test]
fn a_lost_phone_stays_out_when_a_back_up_brings_it_back() {
    let house = House::new();
    house.world.pass(400);
    let proof = json!({ "method": "totp", "value": house.phone.code(house.world.now()) });
    let lost = house.world.post(&house.alice, "/Jellyward/Api/Account/LostPhone", &json!({ "proof": proof }));
    assert_eq!(lost.status, 200);
    put_back_sessions(&house);
    let house = house.restart();
    house.world.tell(&Event::ServerStarted);
    assert_eq!(house.world.jellyfin.alive(), Vec::<String>::new());
}

#[test]
fn a_deleted_user_comes_back_without_sessions_and_not_by_the_password_alone() {
    let house = House::new();
    let kept = house.world.jellyfin.users.lock().unwrap()[&house.id].clone();
    house.world.jellyfin.users.lock().unwrap().remove(&house.id);
    house.world.jellyfin.sessions.lock().unwrap().iter_mut().for_each(|session| session.ended = true);
    house.world.tell(&Event::UserDeleted { user_id: house.id });
    house.world.user("bob", PASSWORD);
    put_back_sessions(&house);
    house.world.jellyfin.users.lock().unwrap().insert(house.id, kept);
    let house = house.restart();
    house.world.tell(&Event::ServerStarted);
    assert_eq!(house.world.jellyfin.alive(), Vec::<String>::new());
    let browser = Visitor::at("203.0.113.5");
    let verdict = house.world.login(&browser, "alice", PASSWORD);
    assert_eq!(verdict.outcome, Outcome::Enrol);
    // Whoever has the password only, enrols nothing: it takes an administrator's word.
    let challenge = support::world::challenge(&verdict);
    let start = house.world.post(&browser, "/Jellyward/Api/Challenge/Enrol/Start", &json!({ "challenge": challenge }));
    assert_eq!(code_of(&start), "word_needed");
    assert!(house.events().to_string().contains("account_restored"));
    // Once.
    let house = house.restart();
    house.world.tell(&Event::ServerStarted);
    assert_eq!(house.events().to_string().matches("account_restored").count(), 1);
}

#[test]
fn a_deleted_user_who_had_no_factor_comes_back_as_before() {
    let world = World::new();
    world.protected("alice", PASSWORD);
    let id = world.user("bob", PASSWORD);
    world.sign_in(&Visitor::at("203.0.113.6"), "bob", PASSWORD);
    let kept = world.jellyfin.users.lock().unwrap().remove(&id).unwrap();
    world.tell(&Event::UserDeleted { user_id: id });
    world.jellyfin.users.lock().unwrap().insert(id, kept);
    let world = world.restart();
    assert_eq!(world.login(&Visitor::at("203.0.113.6"), "bob", PASSWORD).outcome, Outcome::Allow);
}

#[test]
fn a_password_that_changed_while_the_engine_was_shut_ends_what_rested_on_the_old_one() {
    let house = House::new();
    let tv = Visitor::app_at("203.0.113.30");
    let kept = house.app_password();
    assert_eq!(house.world.login(&tv, "alice", &kept).outcome, Outcome::Allow);
    // Nothing changed: nothing ends, however often.
    let house = house.restart().restart();
    house.world.tell(&Event::ServerStarted);
    assert_eq!(house.world.login(&tv, "alice", &kept).outcome, Outcome::Allow);
    assert!(!house.events().to_string().contains("password_changed"));
    house.world.jellyfin.change(house.id, |user| user.password = "another password".into());
    let house = house.restart();
    house.world.tell(&Event::ServerStarted);
    assert_eq!(house.world.login(&tv, "alice", &kept).outcome, Outcome::Refuse);
    assert!(house.events().to_string().contains("password_changed"));
    // Once.
    house.world.pass(60);
    let house = house.restart();
    house.world.tell(&Event::ServerStarted);
    assert_eq!(house.events().to_string().matches("password_changed").count(), 1);
}

#[test]
fn a_password_that_changed_before_our_eyes_is_not_found_changed_again() {
    let house = House::new();
    house.world.jellyfin.change(house.id, |user| user.password = "another password".into());
    house.world.tell(&Event::PasswordChanged { user_id: house.id });
    let house = house.restart();
    house.world.tell(&Event::ServerStarted);
    assert_eq!(house.events().to_string().matches("password_changed").count(), 1);
}

#[test]
fn a_hash_that_a_sign_in_renewed_is_no_other_password() {
    let house = House::new();
    let kept = house.app_password();
    let browser = Visitor::at("203.0.113.5");
    let by_challenge = |house: &House| _ = house.world.full_sign_in(&browser, "alice", PASSWORD, &house.phone);
    let by_tail = |house: &House| {
        let typed = format!("{PASSWORD} {}", house.phone.code(house.world.now()));
        assert_eq!(house.world.login(&Visitor::app_at("203.0.113.20"), "alice", &typed).outcome, Outcome::Allow);
        house.world.pass(60);
    };
    let mut house = house;
    for (number, sign_in) in [&by_challenge as &dyn Fn(&House), &by_tail].into_iter().enumerate() {
        renewed(&house.world, house.id, number);
        sign_in(&house);
        house = house.restart();
        house.world.tell(&Event::ServerStarted);
        let tv = Visitor::app_at("203.0.113.30");
        assert_eq!(house.world.login(&tv, "alice", &kept).outcome, Outcome::Allow, "{number}");
    }
    assert!(!house.events().to_string().contains("password_changed"));
}

/// As Jellyfin renews a hash in the check itself: the same password, another stamp, and no word of it.
fn renewed(world: &World, id: AccountId, number: usize) {
    world.jellyfin.users.lock().unwrap().get_mut(&id).unwrap().facts.stamp = format!("renewed {number}");
}

#[test]
fn a_hash_renewed_for_somebody_without_a_factor_is_no_other_password_either() {
    let world = World::new();
    let id = world.user("bob", PASSWORD);
    let browser = Visitor::at("203.0.113.6");
    world.sign_in(&browser, "bob", PASSWORD);
    renewed(&world, id, 0);
    world.sign_in(&browser, "bob", PASSWORD);
    let world = world.restart();
    world.tell(&Event::ServerStarted);
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    let told = "SELECT COUNT(*) FROM events WHERE kind = 'password_changed'";
    assert_eq!(raw.query_row(told, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}

#[test]
fn a_reset_that_broke_off_demands_what_it_demanded() {
    let house = House::new();
    let old = house.world.jellyfin.users.lock().unwrap()[&house.id].facts.stamp.clone();
    let raw = rusqlite::Connection::open(house.world.engine.store_path()).unwrap();
    raw.execute(
        "INSERT INTO resets_under_way (account, stamp, pin, by_mail, network) VALUES (?1, ?2, zeroblob(32), 1, 'x')",
        rusqlite::params![house.id.as_bytes(), old],
    )
    .unwrap();
    house.world.jellyfin.change(house.id, |user| user.password = "PIN".into());
    let house = house.restart();
    house.world.tell(&Event::ServerStarted);
    let demanded = "SELECT chosen_pin IS NOT NULL AND reset_by_mail FROM accounts WHERE id = ?1";
    assert!(raw.query_row(demanded, [house.id.as_bytes()], |row| row.get::<_, bool>(0)).unwrap());
    let events = house.events().to_string();
    assert!(events.contains("password_reset") && !events.contains("password_changed"), "{events}");
}

#[test]
fn a_session_that_cannot_be_ended_is_tried_again() {
    let house = House::new();
    house.end_others();
    put_back_sessions(&house);
    let tv = Visitor::app_at("203.0.113.20").client.device_id;
    house.world.jellyfin.stuck.lock().unwrap().push(tv);
    let house = house.restart();
    house.world.tell(&Event::ServerStarted);
    assert_eq!(house.world.jellyfin.alive().len(), 2);
    house.world.jellyfin.stuck.lock().unwrap().clear();
    house.world.pass(61);
    house.world.login(&Visitor::at("203.0.113.99"), "whoever", "x");
    assert_eq!(house.world.jellyfin.alive().len(), 1);
}

#[test]
fn whom_a_rule_requires_to_have_a_factor_comes_back_under_it() {
    let world = World::new();
    world.protected("alice", PASSWORD);
    let id = world.user("bob", PASSWORD);
    let owner = world.proven_administrator("owner", "198.51.100.1");
    let rule = world.post(&owner, "/Jellyward/Api/Admin/Users/Rule", &json!({ "user": id, "rule": "required" }));
    assert_eq!(rule.status, 200);
    let kept = world.jellyfin.users.lock().unwrap().remove(&id).unwrap();
    world.tell(&Event::UserDeleted { user_id: id });
    world.jellyfin.users.lock().unwrap().insert(id, kept);
    let world = world.restart();
    assert_eq!(world.login(&Visitor::at("203.0.113.6"), "bob", PASSWORD).outcome, Outcome::Enrol);
}
