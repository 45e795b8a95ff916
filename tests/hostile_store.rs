//! Hostile things that happen to the data folder, by the number of their case. A missing store or key, a second opener,
//! damaged and moved rows have their stories in `broken.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod support;

use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use jellyward::engine::{Engine, OpenError};
use jellyward::gate::verdict::Outcome;
use rusqlite::Connection;
use serde_json::json;
use support::jellyfin::Jellyfin;
use support::world::{HandClock, NOON, Visitor, World, body, challenge, codes, open, patiently};
use tempfile::TempDir;

const PASSWORD: &str = "right password";

/// Names the folder to the child of the kill test.
const VICTIM: &str = "JELLYWARD_TEST_VICTIM";

/// A closed store in which alice is protected.
struct Closed {
    folder: TempDir,
    jellyfin: Arc<Jellyfin>,
    clock: Arc<HandClock>,
}

impl Closed {
    fn new() -> Self {
        let world = World::new();
        world.protected("alice", PASSWORD);
        let World { folder, jellyfin, clock, engine, .. } = world;
        drop(engine);
        Self { folder, jellyfin, clock }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("data").join(name)
    }

    fn open(&self) -> Result<Engine, OpenError> {
        patiently(|| open(self.folder.path(), &self.jellyfin, &self.clock, true))
    }

    /// What does alice's password get?
    fn outcome(&self, engine: &Engine) -> Outcome {
        engine.login(&Visitor::at("203.0.113.5").attempt("alice"), PASSWORD).outcome
    }
}

#[test]
fn case_31_a_kill_between_any_two_writes_leaves_no_spent_code_usable() {
    for spent_before_the_kill in [1, 2, 4, 7, 11] {
        let folder = TempDir::new().unwrap();
        let spent = kill_after("child_of_case_31", folder.path(), spent_before_the_kill);
        let world = revived(folder);
        assert!(!spent.is_empty());
        for code in spent {
            let browser = Visitor::at("203.0.113.9");
            let token = challenge(&world.login(&browser, "alice", PASSWORD));
            let answer = world.verify(&browser, &token, "recovery", &code);
            assert_eq!(answer.status, 401, "{code} was spent before the kill");
        }
    }
}

/// Starts a child, kills it while it goes on, and gives what it said was done.
fn kill_after(child: &str, folder: &Path, count: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", child, "--nocapture"])
        .env(VICTIM, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut spent = Vec::new();
    while spent.len() < count {
        let line = lines.next().expect("the child goes on until it is killed");
        spent.extend(line.strip_prefix("done ").map(str::to_owned));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it managed to say meanwhile counts too.
    spent.extend(lines.filter_map(|line| line.strip_prefix("done ").map(str::to_owned)));
    spent
}

/// Enrols one user after the other until it is killed. Alone it does nothing.
#[test]
#[ignore = "another test starts it"]
fn child_of_enrolments() {
    let Some(folder) = std::env::var_os(VICTIM) else { return };
    let jellyfin = Arc::new(Jellyfin::default());
    let clock = Arc::new(HandClock::at(NOON));
    let engine = Arc::new(open(Path::new(&folder), &jellyfin, &clock, false).unwrap());
    let world = World { folder: TempDir::new().unwrap(), jellyfin, clock, postman: Arc::default(), engine, abi: None };
    for n in 0.. {
        let name = format!("user {n}");
        world.user(&name, PASSWORD);
        let (_, codes) = world.enrol_user(&Visitor::at("203.0.113.5"), &name, PASSWORD);
        println!("done {name}: {}", codes[0]);
    }
}

#[test]
fn case_31_a_kill_while_somebody_enrols_leaves_the_whole_factor_or_none() {
    for enrolled_before_the_kill in [1, 2, 3, 5, 8] {
        let folder = TempDir::new().unwrap();
        let enrolled = kill_after("child_of_enrolments", folder.path(), enrolled_before_the_kill);
        let world = revived(folder);
        let told = enrolled.iter().map(|line| line.split_once(": ").unwrap());
        told.clone().for_each(|(name, _)| _ = world.user(name, PASSWORD));
        for (name, code) in told {
            let browser = Visitor::at("203.0.113.9");
            let token = challenge(&world.login(&browser, name, PASSWORD));
            assert_eq!(world.verify(&browser, &token, "recovery", code).status, 200, "{name} was told so");
        }
        // The one after the last that was told of stands or falls as a whole.
        let store = Connection::open(world.engine.store_path()).unwrap();
        let torn: i64 = store
            .query_row(
                "SELECT count(*) FROM accounts WHERE had_factor <> (SELECT count(*) FROM factors WHERE account = accounts.id) \
                 OR had_factor <> EXISTS (SELECT 1 FROM recovery_codes WHERE account = accounts.id)",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(torn, 0);
    }
}

/// Signs alice in by one recovery code after the other, and makes new ones, until it is killed. Alone it does nothing.
#[test]
#[ignore = "another test starts it"]
fn child_of_case_31() {
    let Some(folder) = std::env::var_os(VICTIM) else { return };
    let jellyfin = Arc::new(Jellyfin::default());
    let clock = Arc::new(HandClock::at(NOON));
    jellyfin.add("alice", PASSWORD, false);
    let engine = Arc::new(open(Path::new(&folder), &jellyfin, &clock, false).unwrap());
    let world = World { folder: TempDir::new().unwrap(), jellyfin, clock, postman: Arc::default(), engine, abi: None };
    let browser = Visitor::at("203.0.113.5");
    let (authenticator, mut left) = world.enrol_user(&browser, "alice", PASSWORD);
    loop {
        for code in &left {
            let token = challenge(&world.login(&browser, "alice", PASSWORD));
            assert_eq!(world.verify(&browser, &token, "recovery", code).status, 200);
            println!("done {code}");
        }
        world.pass(60);
        let proof = json!({"method": "totp", "value": authenticator.code(world.now())});
        let signed_in = world.with_session(&browser);
        left = codes(&body(&world.post(&signed_in, "/Jellyward/Api/Account/Recovery/Renew", &json!({"proof": proof}))));
    }
}

/// The store of a killed process, opened again some hours later.
fn revived(folder: TempDir) -> World {
    let jellyfin = Arc::new(Jellyfin::default());
    jellyfin.add("alice", PASSWORD, false);
    let clock = Arc::new(HandClock::at(NOON + 24 * 60 * 60));
    let engine = Arc::new(open(folder.path(), &jellyfin, &clock, true).expect("the dead process's lock is free"));
    World { folder, jellyfin, clock, postman: Arc::default(), engine, abi: None }
}

#[test]
fn case_33_a_data_folder_that_is_none_is_an_error_that_names_it() {
    let closed = Closed::new();
    let elsewhere = TempDir::new().unwrap();
    File::create(elsewhere.path().join("data")).unwrap();
    let error = open(elsewhere.path(), &closed.jellyfin, &closed.clock, false).err().expect("a refusal");
    assert!(error.to_string().contains("data"), "{error}");
}

/// Whoever copies the one file away while the engine is closed has everything.
#[test]
fn case_34_a_closed_store_is_one_file() {
    let closed = Closed::new();
    assert!(!closed.file("jellyward.db-wal").exists());
    let store = Connection::open(closed.file("jellyward.db")).unwrap();
    let factors: i64 = store.query_row("SELECT count(*) FROM factors", [], |row| row.get(0)).unwrap();
    assert_eq!(factors, 1);
}

#[test]
fn case_34_an_emptied_store_of_protected_accounts_is_not_taken_for_a_new_one() {
    let closed = Closed::new();
    File::create(closed.file("jellyward.db")).unwrap();
    let opened = closed.open();
    assert!(opened.is_err(), "alice's factor is forgotten: {:?}", opened.map(|engine| closed.outcome(&engine)).ok());
}

#[test]
fn case_34_a_truncated_store_lets_nobody_in_by_password_alone() {
    let closed = Closed::new();
    let whole = fs::metadata(closed.file("jellyward.db")).unwrap().len();
    for kept in [1, 99, 100, 512, 4096, 8192, whole / 2, whole - 4096, whole - 1] {
        let copy = Closed::new();
        File::options().write(true).open(copy.file("jellyward.db")).unwrap().set_len(kept).unwrap();
        shut_or_asking(&copy, &format!("cut to {kept} of {whole} bytes"));
    }
}

#[test]
fn case_34_a_corrupted_page_lets_nobody_in_by_password_alone() {
    let closed = Closed::new();
    let pages = fs::metadata(closed.file("jellyward.db")).unwrap().len() / 4096;
    for page in 0..pages {
        let copy = Closed::new();
        let mut file = File::options().write(true).open(copy.file("jellyward.db")).unwrap();
        file.seek(SeekFrom::Start(page * 4096)).unwrap();
        file.write_all(&[0xa5; 4096]).unwrap();
        shut_or_asking(&copy, &format!("page {page} of {pages} overwritten"));
    }
}

/// Either the store does not open, or the gate refuses, or it still asks for the factor.
fn shut_or_asking(closed: &Closed, what: &str) {
    match closed.open() {
        Err(error) => assert!(error.to_string().len() > 20, "says what to do: {error}"),
        Ok(engine) => {
            let outcome = closed.outcome(&engine);
            assert!(matches!(outcome, Outcome::Refuse | Outcome::Challenge), "{what}: {outcome:?}");
        }
    }
}

#[test]
fn case_35_a_key_that_others_can_read_is_refused_and_left_as_it_is() {
    let closed = Closed::new();
    let key = closed.file("master.key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600, "made for the owner alone");
    let before = fs::read(&key).unwrap();
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    let error = closed.open().err().expect("a refusal");
    assert!(error.to_string().contains("master.key"), "{error}");
    for damaged in [&b""[..], &before[1..], b"not a key"] {
        fs::write(&key, damaged).unwrap();
        fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
        assert!(closed.open().is_err());
        assert_eq!(fs::read(&key).unwrap(), damaged, "nothing is made anew over it");
    }
    fs::write(&key, before).unwrap();
    assert_eq!(closed.outcome(&closed.open().unwrap()), Outcome::Challenge, "all is well with the right key");
}

#[test]
fn case_35_data_folder_and_files_are_the_owners_alone() {
    let closed = Closed::new();
    assert_eq!(fs::metadata(closed.file("")).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(closed.file("rescue-id")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn case_40_an_older_library_refuses_a_newer_store_without_touching_it() {
    let closed = Closed::new();
    let store = Connection::open(closed.file("jellyward.db")).unwrap();
    store.pragma_update(None, "user_version", 1_000).unwrap();
    drop(store);
    let before = fs::read(closed.file("jellyward.db")).unwrap();
    let error = closed.open().err().expect("a refusal");
    assert!(error.to_string().contains("newer"), "{error}");
    assert!(fs::read(closed.file("jellyward.db")).unwrap() == before, "the store was changed");
}

#[test]
fn case_40_an_interrupted_upgrade_goes_on() {
    let closed = Closed::new();
    // As a crash before the first step's commit leaves it: a file, a key, no table.
    for name in ["jellyward.db", "jellyward.db-wal", "jellyward.db-shm"] {
        let _ = fs::remove_file(closed.file(name));
    }
    drop(Connection::open(closed.file("jellyward.db")).unwrap());
    let opened = patiently(|| open(closed.folder.path(), &closed.jellyfin, &closed.clock, false));
    let engine = opened.expect("nobody was protected yet");
    assert_eq!(closed.outcome(&engine), Outcome::Allow);
}

#[test]
fn a_rule_the_owner_wrote_down_and_nobody_can_read_keeps_the_engine_shut() {
    let closed = Closed::new();
    fs::write(closed.file("settings.json"), r#"{"policy.required": "everyone"}"#).unwrap();
    let error = closed.open().err().expect("a refusal");
    assert!(error.to_string().contains("policy.required"), "{error}");
    fs::write(closed.file("settings.json"), r#"{"policy.required": "everybody"}"#).unwrap();
    let engine = closed.open().unwrap();
    closed.jellyfin.add("bob", PASSWORD, false);
    assert_eq!(engine.login(&Visitor::at("203.0.113.5").attempt("bob"), PASSWORD).outcome, Outcome::Enrol);
}
