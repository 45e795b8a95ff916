use super::*;
use crate::crypto::mac::sha256;
use crate::store::{OwnerLock, Store};

const FIVE: Bounds = Bounds { most: 5, lifetime: 600 };

fn open(folder: &std::path::Path) -> Store {
    Store::open(folder, OwnerLock::take(folder).unwrap()).unwrap()
}

fn challenge(network: &str, expires_at: i64) -> Challenge {
    Challenge {
        account: AccountId::from([7; 16]),
        ask: Ask::Prove,
        proof: None,
        stamp: String::new(),
        epoch: 0,
        policy_epoch: 0,
        app: String::new(),
        version: String::new(),
        device_id: String::new(),
        device_name: String::new(),
        network: network.to_owned(),
        known: false,
        browser: None,
        expires_at,
        tries: 0,
    }
}

fn kept_challenges(tx: &Transaction<'_>) -> Result<i64, StoreError> {
    Ok(tx.query_row("SELECT COUNT(*) FROM challenges", [], |row| row.get(0))?)
}

#[test]
fn challenges_of_one_network_push_out_only_their_own_oldest() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.durable(|tx| insert(tx, &[0; 32], &challenge("home", 10), 0, FIVE)).unwrap();
    for n in 1..=20 {
        store.durable(|tx| insert(tx, &[n; 32], &challenge("away", 10 + i64::from(n)), 0, FIVE)).unwrap();
    }
    assert_eq!(store.read(kept_challenges).unwrap(), 6);
    assert!(store.read(|tx| find(tx, &[0; 32], 5)).unwrap().is_some());
    assert!(store.read(|tx| find(tx, &[20; 32], 5)).unwrap().is_some());
    assert!(store.read(|tx| find(tx, &[15; 32], 5)).unwrap().is_none());
}

#[test]
fn ten_thousand_challenges_from_as_many_addresses_stay_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let hash = |n: u32| sha256(&n.to_be_bytes());
    store
        .lazy(|tx| (0..10_000).try_for_each(|n| insert(tx, &hash(n), &challenge(&format!("{n}"), 600), 0, FIVE)))
        .unwrap();
    assert_eq!(store.read(kept_challenges).unwrap(), i64::from(MOST_OF_ACCOUNT));
    assert!(store.read(|tx| find(tx, &hash(9_999), 5)).unwrap().is_some(), "the last one stands");
}

#[test]
fn a_challenge_from_one_network_outlives_a_flood_from_hundreds() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let flood = |tx: &Transaction<'_>, n: u32| {
        let flood = challenge(&format!("{}", n / 5), 601);
        insert(tx, &sha256(&n.to_be_bytes()), &flood, 1, FIVE)
    };
    store.durable(|tx| insert(tx, &[1; 32], &challenge("away", 600), 0, FIVE)).unwrap();
    store.lazy(|tx| (0..3_000).try_for_each(|n| flood(tx, n))).unwrap();
    assert_eq!(store.read(kept_challenges).unwrap(), i64::from(MOST_OF_ACCOUNT));
    assert!(store.read(|tx| find(tx, &[1; 32], 5)).unwrap().is_some());
}

#[test]
fn a_challenge_takes_so_many_tries_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let challenge = challenge("", 10);
    store.durable(|tx| insert(tx, &[1; 32], &challenge, 0, FIVE)).unwrap();
    let attempt = |now| store.durable(|tx| attempt(tx, &[1; 32], now, 2)).unwrap();
    assert!(attempt(10).is_none(), "lapsed at its expiry");
    assert_eq!(attempt(9).map(|found| found.tries), Some(1));
    assert_eq!(attempt(9).map(|found| found.tries), Some(2));
    assert!(attempt(9).is_none());
}
