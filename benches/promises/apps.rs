//! Apps: what an app password costs among many, what it costs others, and many devices on one account.

use std::hint::black_box;

use hmac::{Hmac, KeyInit, Mac};
use jellyward::crypto::key::DerivedKey;
use jellyward::factor::app_password;
use jellyward::gate::verdict::Outcome;
use jellyward::host::AccountId;
use rusqlite::Connection;
use serde_json::json;
use sha2::Sha256;

use crate::support::world::{Visitor, World, body};
use crate::{Figure, PASSWORD, medians};

const ROUNDS: usize = 1_000;
const DEVICES: i64 = 1_000;
/// One hash is too short to time.
const AT_ONCE: u32 = 2_000;

pub fn figures() -> Vec<Figure> {
    let (one, first) = with_app_passwords(1);
    let (twenty, last) = with_app_passwords(20);
    let none = with_app_passwords(0).0;
    let tv = Visitor::app_at("203.0.113.20");
    let ratio = |(small, small_secret): (&World, &str), (large, large_secret): (&World, &str), outcome: Outcome| {
        let sign_in = |world: &World, secret: &str| {
            assert_eq!(world.engine.login(&tv.attempt("alice"), secret).outcome, outcome);
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
    let crowded = with_devices(with_app_passwords(1).0);
    let with_code = ratio((&none, PASSWORD), (&crowded, PASSWORD), Outcome::Challenge);
    vec![
        Figure::new("app password, 20 of them against 1", by_app_password, 1.1, "x"),
        Figure::new("app password looked for, in bare HMACs", in_hmacs(), 2.0, "x"),
        Figure::new("wrong password, 20 app passwords against none", wrong, 1.1, "x"),
        Figure::new("challenge, 1,000 devices on the account against none", with_code, 1.1, "x"),
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

/// Straight into the tables: what is measured is reading and writing beside them.
fn with_devices(world: World) -> World {
    let store = Connection::open(world.engine.store_path()).unwrap();
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)";
    for insert in [
        "INSERT INTO paired_devices (account, device_id, device_name, app, network, epoch, created_at, used_at) \
         SELECT (SELECT id FROM accounts), 'd' || i, 'TV', 'Kodi', '198.51.100.1', 0, i, i FROM n",
        "INSERT INTO sessions (token_hash, account, proof, epoch, at) \
         SELECT randomblob(32), (SELECT id FROM accounts), 'paired', 0, i FROM n",
    ] {
        store.execute(&insert.replacen("SELECT", &format!("{numbers} SELECT"), 1), [DEVICES]).unwrap();
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
