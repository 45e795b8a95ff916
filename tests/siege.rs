//! Limits that cannot lock the owner out: 10,000 wrong tries from 5,000 addresses, a kill, a restart. The owner's known
//! browser signs in at once, the next stranger is still delayed. Prints memory and commits.

#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::print_stdout)] // the child speaks to its parent by it

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use jellyward::gate::verdict::Outcome;
use support::jellyfin::Jellyfin;
use support::world::{Authenticator, HandClock, NOON, Visitor, World, challenge, open};
use tempfile::TempDir;

const TRIES: u32 = 10_000;
const ADDRESSES: u32 = 5_000;
const PASSWORD: &str = "alice's password";
/// Set for the child: where its store lies.
const BESIEGED: &str = "JELLYWARD_TEST_BESIEGED";

fn world_in(folder: &Path, now: i64, armed: bool) -> World {
    let jellyfin = Arc::new(Jellyfin::default());
    jellyfin.add("alice", PASSWORD, false);
    let clock = Arc::new(HandClock::at(now));
    let engine = Arc::new(open(folder, &jellyfin, &clock, armed).expect("a dead process's lock is free"));
    World { folder: TempDir::new().unwrap(), jellyfin, clock, postman: Arc::default(), engine, abi: None }
}

#[test]
fn ten_thousand_tries_from_five_thousand_addresses_and_a_kill_do_not_lock_the_owner_out() {
    let folder = TempDir::new().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "besieged", "--nocapture"])
        .env(BESIEGED, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let told: Vec<String> = lines.take_while(|line| !line.starts_with("besieged to the end")).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let told = |what: &str| {
        let line = told.iter().find_map(|line| line.split_once(what).map(|(_, rest)| rest.to_owned()));
        line.unwrap_or_else(|| panic!("the child did not tell {what}"))
    };
    let secret = data_encoding::BASE32_NOPAD.decode(told("secret ").as_bytes()).unwrap();
    let phone = Authenticator::of(&secret);

    let world = world_in(folder.path(), told("clock ").parse().unwrap(), true);
    let home = Visitor::at("192.0.2.1");
    let (name, value) = told("cookie ").split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned())).unwrap();
    home.cookies.lock().unwrap().push((name, value));

    let stranger = world.login(&Visitor::at("198.51.100.250"), "alice", PASSWORD);
    assert_eq!(stranger.outcome, Outcome::Refuse, "the next stranger is let through");
    assert!(stranger.headers.iter().any(|(name, _)| name == "Retry-After"));

    let verdict = world.login(&home, "alice", PASSWORD);
    assert_eq!(verdict.outcome, Outcome::Challenge, "the owner is refused");
    assert_eq!(world.verify(&home, &challenge(&verdict), "totp", &phone.code(world.now())).status, 200);

    let report = format!("siege: {TRIES} tries from {ADDRESSES} addresses: {}\n", told("cost "));
    std::io::stderr().write_all(report.as_bytes()).unwrap();
}

/// Signs the owner in, then is besieged, then waits to be killed. Alone it does nothing.
#[test]
#[ignore = "another test starts it"]
fn besieged() {
    let Some(folder) = std::env::var_os(BESIEGED) else { return };
    let world = world_in(Path::new(&folder), NOON, false);
    let home = Visitor::at("192.0.2.1");
    let (phone, _) = world.enrol_user(&home, "alice", PASSWORD);
    world.full_sign_in(&home, "alice", PASSWORD, &phone);
    let (commits, memory) = (world.engine.durable_commits(), resident());
    for number in 0..TRIES {
        let from = Visitor::at(&format!("11.{}.{}.1", number % ADDRESSES / 250, number % 250));
        world.login(&from, "alice", &format!("guess {number}"));
        // The siege goes on over hours: strangers come back whenever a delay has passed.
        world.pass(3);
    }
    println!("cost {} durable commits, {:.1} MiB grown", world.engine.durable_commits() - commits, resident() - memory);
    println!("clock {}", world.clock.0.load(Ordering::SeqCst));
    println!("secret {}", data_encoding::BASE32_NOPAD.encode(phone.secret()));
    let cookies = home.cookies.lock().unwrap();
    let (name, value) = cookies.iter().find(|(name, _)| name.contains("known")).unwrap();
    println!("cookie {name}={value}");
    println!("besieged to the end");
    std::thread::sleep(std::time::Duration::from_secs(600));
}

/// Memory this process holds, in MiB; 0 where the system does not tell.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
}
