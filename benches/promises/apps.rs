//! Apps: what an app password costs among many, what it costs others, and many devices on one account.

use std::hint::black_box;

use hmac::{Hmac, KeyInit, Mac};
use jellyward::crypto::key::DerivedKey;
use jellyward::crypto::mac::sha256;
use jellyward::factor::app_password;
use jellyward::gate::verdict::Outcome;
use jellyward::host::{AccountId, MintRequest};
use rusqlite::{Connection, params};
use serde_json::json;
use sha2::Sha256;

use crate::support::jellyfin::Session;
use crate::support::world::{Visitor, World, body};
use crate::{Figure, PASSWORD, median, medians};

const ROUNDS: usize = 1_000;
const DEVICES: i64 = 1_000;
const AT_THE_LIMIT: usize = 201;
/// One hash is too short to time.
const AT_ONCE: u32 = 2_000;

pub fn figures() -> Vec<Figure> {
    let (one, first) = with_app_passwords(1);
    let (twenty, last) = with_app_passwords(20);
    let none = with_app_passwords(0).0;
    let tv = Visitor::app_at("203.0.113.20");
    let ratio = |(small, small_secret): (&World, &str), (large, large_secret): (&World, &str), outcome: Outcome| {
        let sign_in = |world: &World, secret: &str| {
            let before = world.jellyfin.session_count();
            assert_eq!(world.engine.login(&tv.attempt("alice"), secret).outcome, outcome);
            // Over at once: there are as many as before, however often it is measured.
            world.jellyfin.sessions.lock().unwrap().truncate(before);
        };
        (0..100).for_each(|_| {
            sign_in(small, small_secret);
            sign_in(large, large_secret);
        });
        let (base, more) = medians(ROUNDS, || sign_in(small, small_secret), || sign_in(large, large_secret));
        more.as_secs_f64() / base.as_secs_f64()
    };
    let by_app_password = ratio((&one, &first), (&twenty, &last), Outcome::Allow);
    // The same wrong password again and again counts once, so nobody is made to wait.
    let wrong = ratio((&none, "wrong"), (&twenty, "wrong"), Outcome::Refuse);
    let (crowded, in_crowd) = with_app_passwords(1);
    let crowded = with_devices(crowded);
    let with_code = ratio((&none, PASSWORD), (&crowded, PASSWORD), Outcome::Challenge);
    let minted = ratio((&one, &first), (&crowded, &in_crowd), Outcome::Allow);
    let at_the_limit = at_the_limit(&crowded, &in_crowd);
    vec![
        Figure::new("app password, 20 of them against 1", by_app_password, 1.1, "x"),
        Figure::new("app password looked for, in bare HMACs", in_hmacs(), 2.0, "x"),
        Figure::new("wrong password, 20 app passwords against none", wrong, 1.1, "x"),
        Figure::new("challenge, 1,000 devices on the account against none", with_code, 1.1, "x"),
        Figure::new("session by app password, 1,000 devices against none", minted, 1.1, "x"),
        Figure::new("the same, and the longest unused of 1,000 ended for it", at_the_limit, 5.0, "ms"),
    ]
}

/// Alice with so many app passwords; and the last of them.
fn with_app_passwords(count: usize) -> (World, String) {
    let world = World::new();
    world.user("alice", PASSWORD);
    let browser = Visitor::at("203.0.113.5");
    let phone = world.enrol_user(&browser, "alice", PASSWORD).0;
    let alice = world.full_sign_in(&browser, "alice", PASSWORD, &phone);
    let mut last = String::new();
    for number in 0..count {
        let wish = json!({ "name": format!("app {number}") });
        let made = body(&world.post(&alice, "/Jellyward/Api/Account/AppPasswords/Create", &wish));
        last = made["password"].as_str().unwrap().to_owned();
    }
    (world, last)
}

/// As many sessions as Jellyfin keeps of an account at most, each sign-in over it: all are listed, one is ended.
fn at_the_limit(world: &World, secret: &str) -> f64 {
    world.set(&json!({ "sessions.most": DEVICES }));
    let tv = Visitor::app_at("203.0.113.20");
    let sign_in = || assert_eq!(world.engine.login(&tv.attempt("alice"), secret).outcome, Outcome::Allow);
    sign_in();
    let time = median(AT_THE_LIMIT, sign_in);
    assert_eq!(world.jellyfin.alive().len(), DEVICES as usize);
    time.as_secs_f64() * 1e3
}

/// Straight into the tables, and into Jellyfin's list: what is measured is a sign-in beside them.
fn with_devices(world: World) -> World {
    let alice = world.jellyfin.sessions.lock().unwrap()[0].request.user;
    let store = Connection::open(world.engine.store_path()).unwrap();
    for number in 0..DEVICES {
        let (token, device_id) = (format!("device token {number}"), format!("device {number}"));
        store
            .execute(
                "INSERT INTO paired_devices (account, device_id, device_name, app, network, epoch, created_at, used_at) \
                 VALUES (?1, ?2, 'TV', 'Kodi', '198.51.100.1', 0, ?3, ?3)",
                params![alice.as_bytes(), device_id, number],
            )
            .unwrap();
        store
            .execute(
                "INSERT INTO sessions (token_hash, account, proof, epoch, at) VALUES (?1, ?2, 'paired', 0, ?3)",
                params![sha256(token.as_bytes()), alice.as_bytes(), number],
            )
            .unwrap();
        let client = Visitor::app_at("198.51.100.1").client;
        let request = MintRequest {
            user: alice,
            app: client.app,
            version: client.version,
            device_id,
            device_name: client.device_name,
            remote: Some("198.51.100.1".into()),
            dated: false,
        };
        world.jellyfin.sessions.lock().unwrap().push(Session { token, request, ended: false });
    }
    drop(store);
    world.restart()
}

fn in_hmacs() -> f64 {
    let (key, account) = (DerivedKey::from_bytes([7; 32]), AccountId::from([1; 16]));
    let typed = "0123-4567-89ab-cdef-ghjk-mnpq";
    let look = || black_box(app_password::hash(black_box(&key), &account, black_box(typed)));
    let hmac = || {
        let mut mac = Hmac::<Sha256>::new_from_slice(black_box(&[7; 32])).unwrap();
        // As many bytes as account, domain and symbols have with their lengths.
        mac.update(black_box(&[5; 8 + 12 + 8 + 16 + 8 + 24]));
        black_box(mac.finalize().into_bytes());
    };
    let (looked, bare) = medians(201, || (0..AT_ONCE).for_each(|_| _ = look()), || (0..AT_ONCE).for_each(|_| hmac()));
    looked.as_secs_f64() / bare.as_secs_f64()
}
