use super::*;
use crate::crypto::mac::sha256;
use crate::host::AccountId;
use crate::store::proof::Proof;

fn open(folder: &Path) -> Store {
    Store::open(folder, OwnerLock::take(folder).unwrap()).unwrap()
}

#[test]
fn a_second_owner_is_refused_even_within_one_process_and_welcome_after_the_first_left() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    assert!(matches!(OwnerLock::take(folder.path()), Err(StoreError::Locked)));
    drop(store);
    assert!(OwnerLock::take(folder.path()).is_ok());
}

#[test]
fn a_newer_schema_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let raw = Connection::open(folder.path().join(STORE_FILE)).unwrap();
    raw.pragma_update(None, "user_version", SCHEMA_VERSION + 1).unwrap();
    let refused = Store::open(folder.path(), OwnerLock::take(folder.path()).unwrap());
    assert!(matches!(refused.err().map(|error| error.damage()), Some(Damage::Newer)));
    let found: i64 = raw.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(found, SCHEMA_VERSION + 1);
}

#[test]
fn a_store_of_the_first_schema_is_brought_forward_with_all_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let raw = Connection::open(folder.path().join(STORE_FILE)).unwrap();
    raw.execute_batch(include_str!("schema.sql")).unwrap();
    raw.execute_batch(
        "INSERT INTO accounts (id, first_seen, epoch) VALUES (x'01010101010101010101010101010101', 7, 3);
         INSERT INTO sessions VALUES (x'02', x'01010101010101010101010101010101', 'full', 3, 9);
         PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(raw);
    let store = open(folder.path());
    let read = |tx: &Transaction<'_>| -> Result<(i64, i64, i64, i64), StoreError> {
        let account = accounts::find(tx, &AccountId::from([1; 16]))?.unwrap();
        let session = "SELECT at, proven_at FROM sessions WHERE proof = 'full'";
        let (at, proven_at) = tx.query_row(session, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((account.first_seen, account.epoch, at, proven_at))
    };
    assert_eq!(store.read(read).unwrap(), (7, 3, 9, 0));
}

#[test]
fn a_store_of_the_second_schema_gets_an_outbox_and_keeps_what_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let raw = Connection::open(folder.path().join(STORE_FILE)).unwrap();
    raw.execute_batch(include_str!("schema.sql")).unwrap();
    raw.execute_batch(include_str!("schema_2.sql")).unwrap();
    raw.execute_batch(
        "INSERT INTO accounts (id, first_seen, epoch) VALUES (x'01010101010101010101010101010101', 7, 3);
         PRAGMA user_version = 2;",
    )
    .unwrap();
    drop(raw);
    let store = open(folder.path());
    let account = store.read(|tx| accounts::find(tx, &AccountId::from([1; 16]))).unwrap().unwrap();
    assert_eq!((account.first_seen, account.epoch), (7, 3));
    assert_eq!(store.read(outbox::waiting).unwrap(), 0);
}

#[test]
fn nothing_of_a_deleted_user_stays_in_any_table() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let raw = Connection::open(folder.path().join(STORE_FILE)).unwrap();
    let tables: Vec<String> = raw
        .prepare("SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'account'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    raw.pragma_update(None, "foreign_keys", false).unwrap();
    for table in &tables {
        fill(&raw, table);
    }
    store.durable(|tx| accounts::purge(tx, &AccountId::from([1; 16]))).unwrap();
    // What happened stays; it names an id that nobody has any more.
    for table in tables.iter().filter(|table| *table != "events") {
        let left: i64 = raw.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "{table} keeps a row");
    }
}

/// One row that belongs to account 0101…; whatever else it must hold is made up.
fn fill(raw: &Connection, table: &str) {
    let mut statement = raw.prepare(&format!("SELECT name, type, pk FROM pragma_table_info('{table}')")).unwrap();
    let columns: Vec<(String, String, i64)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let values = columns.iter().map(|(name, kind, _)| match (name.as_str(), kind.as_str()) {
        ("account", _) => "x'01010101010101010101010101010101'",
        ("kind", _) if table == "factors" => "'totp'",
        ("kind", _) if table == "challenges" => "'prove'",
        ("purpose", _) => "'register'",
        (_, "BLOB") => "x'05'",
        (_, "TEXT") => "'text'",
        _ => "5",
    });
    let values: Vec<&str> = values.collect();
    raw.execute(&format!("INSERT INTO {table} VALUES ({})", values.join(", ")), []).unwrap();
}

#[test]
fn durable_waits_for_the_disk_and_lazy_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let synchronous = |tx: &Transaction<'_>| -> Result<i64, StoreError> {
        Ok(tx.pragma_query_value(None, "synchronous", |row| row.get(0))?)
    };
    assert_eq!(store.durable(synchronous).unwrap(), 2);
    assert_eq!(store.lazy(synchronous).unwrap(), 1);
    assert_eq!(store.durable_commits(), 1);
}

#[test]
fn an_error_rolls_everything_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let failed: Result<(), StoreError> = store.durable(|tx| {
        meta::set_number(tx, "x", 1)?;
        Err(StoreError::Row { table: "meta" })
    });
    assert!(failed.is_err());
    assert_eq!(store.read(|tx| meta::number(tx, "x")).unwrap(), 0);
    assert_eq!(store.durable_commits(), 0);
}

#[test]
fn a_step_is_spent_once_and_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let account = AccountId::from([7; 16]);
    let spend = |factor, step, current| store.durable(|tx| factors::spend_step(tx, factor, step, current, 0)).unwrap();
    let new = factors::NewFactor { account: &account, name: "", row: "r", secret: b"s", parameters: "{}", now: 0 };
    let factor = store.durable(|tx| factors::insert(tx, &new)).unwrap();
    assert!(spend(factor, 100, 100));
    assert!(!spend(factor, 100, 100), "the same step");
    assert!(!spend(factor, 99, 100), "the step before, after its successor");
    assert!(spend(factor, 101, 100), "the next step");
    // The clock is set back: the last step lies far ahead, the set of spent steps decides.
    assert!(spend(factor, 50, 50));
    assert!(!spend(factor, 50, 50));
    assert!(!spend(factor, 100, 99), "spent before the clock was set back");
}

fn session(account: AccountId, at: i64) -> sessions::Session {
    sessions::Session {
        account,
        proof: Proof::Paired,
        epoch: 0,
        at,
        proven_at: 0,
        app_password: None,
        device: None,
        network: None,
    }
}

#[test]
fn a_proof_changes_of_a_session_only_what_it_proves() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (account, known, unknown) = (AccountId::from([7; 16]), sha256(b"known"), sha256(b"unknown"));
    let made = sessions::Session { app_password: Some(3), ..session(account, 10) };
    let now = sessions::Session { proof: Proof::Legacy, proven_at: 20, epoch: 1, ..session(account, 20) };
    store
        .lazy(|tx| {
            sessions::insert(tx, &known, &made)?;
            sessions::prove(tx, &known, &now, None)?;
            let proven = sessions::Session { proven_at: 20, epoch: 1, ..made };
            assert_eq!(sessions::find(tx, &known)?.as_ref(), Some(&proven));
            sessions::prove(tx, &known, &now, Some(Proof::Full))?;
            let raised = sessions::Session { proof: Proof::Full, ..proven };
            assert_eq!(sessions::find(tx, &known)?, Some(raised));
            sessions::prove(tx, &unknown, &now, None)?;
            assert_eq!(sessions::find(tx, &unknown)?.as_ref(), Some(&now));
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn sessions_nobody_has_any_more_are_forgotten_and_then_those_there_are_most_of() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (alice, bob) = (AccountId::from([7; 16]), AccountId::from([8; 16]));
    let (tv, script) = (sha256(b"tv"), |n: i64| sha256(&n.to_be_bytes()));
    let of_script = |at| sessions::Session { app_password: Some(2), ..session(alice, at) };
    store
        .lazy(|tx| {
            sessions::insert(tx, &sha256(b"bob's"), &session(bob, 0))?;
            sessions::insert(tx, &tv, &sessions::Session { app_password: Some(1), ..session(alice, 0) })?;
            let most = sessions::MOST_SESSIONS;
            let mut told = 0;
            for at in 1..=most + 10 {
                told += i64::from(sessions::insert(tx, &script(at), &of_script(at))?);
            }
            let expected = (most - sessions::MANY_SESSIONS) / i64::from(sessions::COUNT_ONE_IN);
            assert!((expected / 2..expected * 2).contains(&told), "{told}: told now and then that there are many");
            // All of them live but one; what was made just now is not asked about.
            let live = (2..=most + 9).map(script).chain([tv]).collect();
            sessions::keep_only(tx, &alice, &live, most + 10)?;
            let left = sessions::of(tx, &alice)?;
            assert_eq!(left.len() as i64, most);
            assert!(left.contains_key(&tv), "one of one kind");
            assert!(!left.contains_key(&script(1)) && !left.contains_key(&script(9)), "the oldest of most");
            assert!(left.contains_key(&script(most + 10)), "too new to tell");
            sessions::keep_only(tx, &alice, &[tv].into(), most + 11)?;
            assert_eq!(sessions::of(tx, &alice)?.len(), 1);
            assert!(sessions::find(tx, &sha256(b"bob's"))?.is_some());
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn a_device_has_one_session_of_an_account() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (alice, bob) = (AccountId::from([7; 16]), AccountId::from([8; 16]));
    let at = |account, device: &[u8]| sessions::Session { device: Some(sha256(device)), ..session(account, 1) };
    store
        .lazy(|tx| {
            sessions::insert(tx, &[1; 32], &at(alice, b"tv"))?;
            sessions::insert(tx, &[2; 32], &at(bob, b"tv"))?;
            sessions::insert(tx, &[3; 32], &at(alice, b"phone"))?;
            sessions::insert(tx, &[4; 32], &session(alice, 1))?;
            sessions::insert(tx, &[5; 32], &at(alice, b"tv"))?;
            for (hash, there) in [(1, false), (2, true), (3, true), (4, true), (5, true)] {
                assert_eq!(sessions::find(tx, &[hash; 32])?.is_some(), there, "{hash}");
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn a_device_is_approved_only_while_it_waits_and_nothing_was_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let alice = AccountId::from([7; 16]);
    let waiting = devices::Pending {
        familiar: false,
        id: 0,
        device_id: "tv".into(),
        device_name: String::new(),
        app: "Kodi".into(),
        version: String::new(),
        address: "203.0.113.20".into(),
        network: "203.0.113.20".into(),
        shared: false,
        stamp: String::new(),
        epoch: 0,
        first_at: 10,
        last_at: 10,
        approved_until: None,
    };
    let wait = |epoch| {
        let note = |tx: &Transaction<'_>| devices::note(tx, &alice, &devices::Pending { epoch, ..waiting.clone() });
        store.lazy(note).unwrap();
        store.read(|tx| devices::pending(tx, &alice, 10)).unwrap()[0].id
    };
    let approve = |id, now| store.lazy(|tx| devices::approve(tx, &alice, id, now, now + 600)).unwrap().is_some();
    store.lazy(|tx| accounts::note(tx, &alice, 0)).unwrap();
    let id = wait(0);
    assert!(!approve(id, 11 + devices::KEPT_FOR), "forgotten, though nobody has cleared it away");
    assert!(approve(id, 10 + devices::KEPT_FOR));
    store.lazy(|tx| accounts::raise_epoch(tx, &alice, 0)).unwrap();
    // It had looked at the account before that, and waits only now.
    assert!(!approve(wait(0), 11));
    assert!(approve(wait(1), 11));
}

#[test]
fn a_damaged_page_is_found_when_it_is_read_and_called_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    std::fs::write(folder.path().join(STORE_FILE), vec![0x55; 8192]).unwrap();
    let refused = Store::open(folder.path(), OwnerLock::take(folder.path()).unwrap());
    assert!(matches!(refused.err().map(|error| error.damage()), Some(Damage::Corrupt)));
}

#[test]
fn a_thread_knows_whether_it_holds_a_transaction() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    assert!(!in_transaction());
    assert!(store.read(|_| Ok::<_, StoreError>(in_transaction())).unwrap());
    assert!(!in_transaction());
}

#[test]
fn on_a_network_file_system_one_connection_holds_an_exclusive_lock_and_a_rollback_journal() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let lock = OwnerLock::take(folder.path()).unwrap();
    let store = Store::open_on(folder.path(), lock, Some("nfs4".into())).unwrap();
    let journal = |tx: &Transaction<'_>| -> Result<String, StoreError> {
        Ok(tx.pragma_query_value(None, "journal_mode", |row| row.get(0))?)
    };
    assert_eq!(store.durable(|tx| meta::set_number(tx, "x", 5)).map(|()| 5).unwrap(), 5);
    assert_eq!(store.read(journal).unwrap(), "delete");
    assert_eq!(store.read(|tx| meta::number(tx, "x")).unwrap(), 5);
    let other = Connection::open(store.path()).unwrap();
    let refused = other.query_row("SELECT COUNT(*) FROM meta", [], |row| row.get::<_, i64>(0));
    assert!(refused.is_err(), "the lock is exclusive");
}

#[test]
fn who_filled_the_ceremonies_makes_room_for_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let open = |tx: &Transaction<'_>, name: &str, network: &str, shared: bool, at: i64| {
        let (purpose, state) = (ceremonies::Purpose::SignIn, "");
        let new = ceremonies::Ceremony {
            purpose,
            account: None,
            bound_to: None,
            state,
            network,
            shared,
            expires_at: at + 600,
        };
        ceremonies::open(tx, &sha256(name.as_bytes()), &new, at)
    };
    let most = ceremonies::MOST;
    store
        .lazy(|tx| {
            open(tx, "somebody's", "203.0.113.5", false, 0)?;
            open(tx, "at the proxy", "192.168.1.1", true, 0)?;
            // Each network stays below its own bound, all together are above everybody's.
            for n in 0..most + 200 {
                open(tx, &n.to_string(), &format!("2001:db8::{}", n % 150), false, 1)?;
            }
            assert!(ceremonies::is_open(tx, &sha256(b"somebody's"), 2)?);
            assert!(ceremonies::is_open(tx, &sha256(b"at the proxy"), 2)?);
            let all: i64 = tx.query_row("SELECT COUNT(*) FROM ceremonies", [], |row| row.get(0))?;
            assert_eq!(all, most);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn one_challenges_ceremonies_push_out_nobody_elses() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let alice = AccountId::from([7; 16]);
    let open = |tx: &Transaction<'_>, name: &str, purpose: ceremonies::Purpose, bound_to: &[u8; 32], at: i64| {
        let new = ceremonies::Ceremony {
            purpose,
            account: Some(&alice),
            bound_to: Some(bound_to),
            state: "",
            network: "203.0.113.5",
            shared: false,
            expires_at: at + 600,
        };
        ceremonies::open(tx, &sha256(name.as_bytes()), &new, at)
    };
    store
        .lazy(|tx| {
            open(tx, "owner's sign-in", ceremonies::Purpose::Challenge, &[1; 32], 0)?;
            open(tx, "owner's proof", ceremonies::Purpose::StepUp, &[2; 32], 0)?;
            // Whoever has the password opens a challenge, or many.
            for n in 0..100 {
                open(tx, &format!("one {n}"), ceremonies::Purpose::Challenge, &[3; 32], 1)?;
                open(tx, &format!("many {n}"), ceremonies::Purpose::Challenge, &[100 + n; 32], 1)?;
            }
            assert!(ceremonies::is_open(tx, &sha256(b"owner's sign-in"), 2)?);
            assert!(ceremonies::is_open(tx, &sha256(b"owner's proof"), 2)?);
            assert!(!ceremonies::is_open(tx, &sha256(b"one 0"), 2)?, "of one challenge a few stay");
            assert!(ceremonies::is_open(tx, &sha256(b"one 99"), 2)?);
            // A session of the owner's own.
            for n in 0..100 {
                open(tx, &format!("proof {n}"), ceremonies::Purpose::StepUp, &[100 + n; 32], 1)?;
            }
            let of = "SELECT COUNT(*) FROM ceremonies WHERE purpose = 'step_up'";
            assert_eq!(tx.query_row(of, [], |row| row.get::<_, i64>(0))?, ceremonies::MOST_OF_ONE_ACCOUNT);
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

/// A note of some length, as anything that is written.
fn scribble(store: &Store) -> Result<(), StoreError> {
    store.durable(|tx| meta::set_bytes(tx, "scribble", &[7; 100_000]))
}

fn damages(store: &Store) -> Vec<Damage> {
    store.troubles().iter().map(|trouble| trouble.damage).collect()
}

#[test]
fn a_full_disk_is_kept_in_mind_until_there_is_room_and_what_is_there_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.durable(|tx| meta::set_number(tx, meta::ARMED, 1)).unwrap();
    let most = |pages: i64| {
        let writer = unpoisoned(&store.writer);
        writer.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
    };
    most(1);
    let full = scribble(&store).expect_err("no page is left");
    assert_eq!(full.damage(), Damage::Unwritable);
    let kept = store.troubles();
    assert!(kept[0].detail.contains("full"), "{kept:?}");
    assert_eq!(store.read(|tx| meta::number(tx, meta::ARMED)).unwrap(), 1);
    assert_eq!(damages(&store), [Damage::Unwritable], "reading is no proof of room");
    most(1_000_000);
    scribble(&store).unwrap();
    assert_eq!(damages(&store), []);
}

#[test]
fn a_store_that_may_not_be_written_is_kept_in_mind_too() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let read_only = |on: bool| unpoisoned(&store.writer).pragma_update(None, "query_only", on).unwrap();
    read_only(true);
    assert_eq!(scribble(&store).expect_err("a read-only store").damage(), Damage::Unwritable);
    assert_eq!(damages(&store), [Damage::Unwritable]);
    read_only(false);
    scribble(&store).unwrap();
    assert_eq!(damages(&store), []);
}

#[test]
fn a_refusal_of_ours_and_a_key_that_is_there_are_no_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let twice = "INSERT INTO meta VALUES ('twice', x'00')";
    let refused = store.durable(|tx| Ok::<_, StoreError>((tx.execute(twice, [])?, tx.execute(twice, [])?)));
    assert!(refused.is_err());
    assert_eq!(damages(&store), []);
}

#[test]
fn a_damaged_row_is_kept_in_mind_until_all_was_looked_through() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let id = AccountId::from([7; 16]);
    store.durable(|tx| accounts::note(tx, &id, 1)).unwrap();
    store.durable(|tx| Ok::<_, StoreError>(tx.execute("UPDATE accounts SET chosen_pin = x'00'", [])?)).unwrap();
    let refused = store.read(|tx| accounts::find(tx, &id)).expect_err("no PIN");
    assert_eq!(refused.damage(), Damage::Corrupt);
    scribble(&store).unwrap();
    store.read(|tx| meta::number(tx, meta::ARMED)).unwrap();
    assert_eq!(damages(&store), [Damage::Corrupt], "other rows prove nothing");
    store.found_sound();
    assert_eq!(damages(&store), []);
    store.durable(|tx| meta::set_bytes(tx, meta::ARMED, &[1])).unwrap();
    assert!(matches!(store.read(|tx| meta::number(tx, meta::ARMED)), Err(StoreError::Row { table: "meta" })));
    assert_eq!(damages(&store), [Damage::Corrupt]);
}
