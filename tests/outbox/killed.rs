//! Killed at any moment: nothing that was put into the outbox is lost, and only what was under way is told twice.

#![allow(clippy::print_stdout, reason = "the child tells its parent")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use jellyward::clock::SystemRandomness;
use jellyward::engine::{Engine, OpenOptions};
use jellyward::notify::mail::{Letter, Mail};
use jellyward::notify::mail_server::Server;
use jellyward::notify::mailer::{Failure, Mailer, Stop};
use jellyward::notify::outbox::Parcel;
use jellyward::settings::OVERRIDES_FILE;
use serde_json::json;
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::support::jellyfin::{Jellyfin, Shared};
use super::support::postman::Postman;
use super::support::world::{HandClock, NOON, Thread, patiently};
use super::{DAY, HOUR};

/// Names the folder to the child.
const VICTIM: &str = "JELLYWARD_TEST_VICTIM";

/// How often; 500 by hand.
const KILLS: &str = "JELLYWARD_TEST_KILLS";

/// More than the child gets done.
const MANY: usize = 400;

/// Says to whom each mail goes, and then takes it.
struct Crier;

impl Mailer for Crier {
    fn send(&self, _server: &Server, mail: &Mail, _stop: &Stop) -> Result<(), Failure> {
        println!("told {}", mail.to);
        Ok(())
    }
}

fn open(folder: &Path, mailer: Arc<dyn Mailer>, clock: &Arc<HandClock>) -> Engine {
    patiently(|| {
        let options = OpenOptions { data: folder.join("data"), server_id: "server-1".into(), armed: false };
        let host = Arc::new(Shared(Arc::new(Jellyfin::default())));
        Engine::open(options, host, Arc::clone(clock) as Arc<_>, Arc::new(SystemRandomness), Arc::clone(&mailer))
    })
    .unwrap()
}

/// Puts one mail after the other there, until it is killed. Alone it does nothing.
#[test]
#[ignore = "another test starts it"]
fn child_that_tells() {
    let Some(folder) = std::env::var_os(VICTIM) else { return };
    let engine = open(Path::new(&folder), Arc::new(Crier), &Arc::new(HandClock(AtomicI64::new(NOON), Thread::Runs)));
    for number in 0..MANY {
        let to = format!("user{number}@example.org").parse().unwrap();
        let letter = Letter { subject: "Hello".into(), text: Zeroizing::new("Text".into()), html: None };
        let parcel = Parcel { topic: "test", to: &to, letter: &letter, account: None, revocable: false, lives: DAY };
        engine.tell(&parcel).unwrap();
        println!("put {to}");
    }
    loop {
        std::thread::park();
    }
}

/// A data folder in which mail is set up from outside.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let settings = json!({ "smtp.host": "mail.example.org", "smtp.from_address": "tv@example.org" });
    fs::write(data.join(OVERRIDES_FILE), settings.to_string()).unwrap();
    folder
}

/// What the child said before it was killed, some lines and a moment of any length after its start: whom it put there, and
/// whom it told.
fn killed_after(folder: &Path, number: u64) -> (Vec<String>, Vec<String>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "killed::child_that_tells", "--nocapture"])
        .env(VICTIM, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut heard: Vec<String> = Vec::new();
    let lines = (number * 7 % 31) as usize;
    while heard.iter().filter(|line| line.starts_with("put ") || line.starts_with("told ")).count() < lines {
        heard.push(said.next().expect("the child goes on until it is killed"));
    }
    std::thread::sleep(Duration::from_micros(number * 797 % 12_000));
    child.kill().unwrap();
    child.wait().unwrap();
    // What it managed to say meanwhile counts too.
    heard.extend(said);
    let those = |word: &str| heard.iter().filter_map(|line| line.strip_prefix(word).map(str::to_owned)).collect();
    (those("put "), those("told "))
}

#[test]
fn a_kill_loses_nothing_and_repeats_only_what_was_under_way() {
    let kills: u64 = std::env::var(KILLS).ok().and_then(|text| text.parse().ok()).unwrap_or(30);
    let mut under_way = 0;
    for number in 0..kills {
        let folder = folder();
        let (put, told) = killed_after(folder.path(), number);
        let clock = Arc::new(HandClock::at(NOON + HOUR));
        let postman = Arc::new(Postman::default());
        let engine = open(folder.path(), Arc::clone(&postman) as Arc<_>, &clock);
        engine.empty_outbox();
        let mut times: BTreeMap<String, u32> = BTreeMap::new();
        for to in told.into_iter().chain(postman.carried().into_iter().map(|mail| mail.to)) {
            *times.entry(to).or_default() += 1;
        }
        let lost: Vec<&String> = put.iter().filter(|to| !times.contains_key(*to)).collect();
        assert!(lost.is_empty(), "kill {number}: lost {lost:?}");
        let twice: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.len() <= 1 && twice.iter().all(|(_, times)| **times == 2), "kill {number}: {twice:?}");
        under_way += u64::from(!put.is_empty());
    }
    assert!(under_way > kills / 2, "only {under_way} of {kills} kills came after something was there");
}
