use super::super::accounts;
use super::super::{OwnerLock, Store};
use super::*;

const ALICE: [u8; 16] = [1; 16];
const BOB: [u8; 16] = [2; 16];

fn store(folder: &tempfile::TempDir) -> Store {
    Store::open(folder.path(), OwnerLock::take(folder.path()).unwrap()).unwrap()
}

fn trust(browser: u8, now: Seconds) -> Trust {
    Trust {
        browser: [browser; 16],
        name: String::new(),
        epoch: 0,
        created_at: now,
        expires_at: now + 100,
        used_at: now,
        network: String::new(),
    }
}

/// A store in which browser 1 has secret 1 and is trusted by alice and bob.
fn shared(folder: &tempfile::TempDir) -> Store {
    let store = store(folder);
    let fill = |tx: &Transaction<'_>| {
        add(tx, &[1; 16], &[1; 32], 0)?;
        for account in [ALICE, BOB] {
            accounts::note(tx, &account.into(), 0)?;
            give(tx, &account.into(), &trust(1, 0))?;
        }
        Ok::<_, StoreError>(())
    };
    store.durable(fill).unwrap();
    store
}

fn browsers(store: &Store) -> i64 {
    let count =
        |tx: &Transaction<'_>| Ok::<_, StoreError>(tx.query_row("SELECT COUNT(*) FROM browsers", [], |r| r.get(0))?);
    store.read(count).unwrap()
}

#[test]
fn of_many_who_rotate_one_secret_one_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let store = shared(&folder);
    let turn = |to: u8| store.durable(|tx| rotate(tx, &[1; 16], &[1; 32], &[to; 32], 5)).unwrap();
    let won: Vec<u8> = std::thread::scope(|scope| {
        let tries: Vec<_> = (10..30).map(|to| scope.spawn(move || turn(to).then_some(to))).collect();
        tries.into_iter().filter_map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(won.len(), 1);
    let now = store.read(|tx| find(tx, &[1; 16])).unwrap().unwrap();
    assert_eq!(now, Browser { secret: [won[0]; 32], previous: Some([1; 32]), rotated_at: 5 });
}

#[test]
fn trust_is_used_while_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let store = shared(&folder);
    let use_it = |account: [u8; 16], now| store.durable(|tx| touch(tx, &[1; 16], &account.into(), "net", now)).unwrap();
    assert!(use_it(ALICE, 99) && !use_it(ALICE, 100), "its end is absolute");
    assert!(!use_it([3; 16], 5), "nobody's");
    store.durable(|tx| accounts::raise_epoch(tx, &BOB.into(), 5)).unwrap();
    assert!(!use_it(BOB, 5), "revoked");
    let kept = store.read(|tx| trust_in(tx, &[1; 16], &ALICE.into())).unwrap().unwrap();
    assert_eq!((kept.used_at, kept.network.as_str(), kept.expires_at), (99, "net", 100));
}

#[test]
fn a_browser_goes_with_the_last_trust_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = shared(&folder);
    let forget = |account: [u8; 16]| store.durable(|tx| forget(tx, &account.into(), &[1; 16])).unwrap();
    assert!(forget(ALICE) && !forget(ALICE));
    assert_eq!(browsers(&store), 1);
    assert!(forget(BOB));
    assert_eq!(browsers(&store), 0);
}

#[test]
fn a_browser_goes_with_the_last_account_that_was_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let store = shared(&folder);
    for (account, left) in [(ALICE, 1), (BOB, 0)] {
        store.durable(|tx| accounts::raise_epoch(tx, &account.into(), 5)).unwrap();
        assert_eq!(browsers(&store), left);
    }
}

#[test]
fn an_end_is_everybodys() {
    let folder = tempfile::tempdir().unwrap();
    let store = shared(&folder);
    let mut ended = store.durable(|tx| end(tx, &[1; 16])).unwrap();
    ended.sort();
    assert_eq!(ended, [(ALICE.into(), String::new()), (BOB.into(), String::new())]);
    assert_eq!(store.durable(|tx| end(tx, &[1; 16])).unwrap(), []);
    assert_eq!(store.read(|tx| trust_in(tx, &[1; 16], &ALICE.into())).unwrap(), None);
}

#[test]
fn a_deleted_user_leaves_the_browser_to_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = shared(&folder);
    store.durable(|tx| accounts::purge(tx, &ALICE.into())).unwrap();
    assert_eq!(browsers(&store), 1);
    assert!(store.read(|tx| trust_in(tx, &[1; 16], &BOB.into())).unwrap().is_some());
    store.durable(|tx| accounts::purge(tx, &BOB.into())).unwrap();
    assert_eq!(browsers(&store), 0);
}

#[test]
fn what_has_run_out_or_exceeds_the_bound_gives_way() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    for n in 0..=200_u8 {
        let add = |tx: &Transaction<'_>| {
            add(tx, &[n; 16], &[n; 32], 0)?;
            give(tx, &ALICE.into(), &trust(n, i64::from(n)))
        };
        store.durable(add).unwrap();
    }
    let left = store.read(|tx| trusted_by(tx, &ALICE.into(), 0)).unwrap();
    assert_eq!((left.len() as i64, browsers(&store)), (MOST_BROWSERS, MOST_BROWSERS));
    assert_eq!((left[0].browser, left[49].browser), ([200; 16], [151; 16]));
    // Much later one more: the others ran out meanwhile.
    store.durable(|tx| add(tx, &[201; 16], &[0; 32], 0)).unwrap();
    store.durable(|tx| give(tx, &ALICE.into(), &trust(201, 1_000))).unwrap();
    assert_eq!(browsers(&store), 1);
    assert_eq!(store.durable(|tx| forget_all(tx, &ALICE.into())).unwrap(), 1);
    assert_eq!(browsers(&store), 0);
}
