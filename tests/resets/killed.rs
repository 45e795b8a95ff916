//! Killed at any moment: a link that was asked for is told, works once, and is told again only if it was under way. And
//! what follows a new password follows it, whenever the engine dies.

#![allow(clippy::print_stdout, reason = "the child tells its parent")]

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jellyward::clock::SystemRandomness;
use jellyward::demo::mailbox::Reading;
use jellyward::engine::{Engine, OpenOptions};
use jellyward::notify::mail::Mail;
use jellyward::notify::mail_server::Server;
use jellyward::notify::mailer::{Failure, Mailer, Stop};
use jellyward::web::message::Request;

use super::*;
use crate::support::jellyfin::{Jellyfin, Shared};
use crate::support::postman::Postman;
use crate::support::world::{HandClock, NOON, Thread, patiently};

/// Names the folder to the child, the password alice has, and when it is.
const VICTIM: &str = "JELLYWARD_TEST_RESETS";
/// How often; 500 by hand.
const KILLS: &str = "JELLYWARD_TEST_KILLS";
const HOUR: i64 = 60 * 60;
/// Where Jellyfin keeps alice's passwords, the newest last.
const KEPT: &str = "passwords";

/// How often somebody is killed.
fn kills() -> u64 {
    std::env::var(KILLS).ok().and_then(|text| text.parse().ok()).unwrap_or(40)
}

/// What somebody was told at his start, one thing a line; none: he is to do nothing.
fn told_at_start() -> Option<Vec<String>> {
    Some(std::env::var(VICTIM).ok()?.split('\n').map(str::to_owned).collect())
}

/// Starts one of the children with the folder, alice's password and the time.
fn start_child(name: &str, folder: &Path, password: &str, at: i64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", name, "--nocapture"])
        .env(VICTIM, format!("{}\n{password}\n{at}", folder.display()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Says what each mail holds, and then takes it.
struct Crier;

impl Mailer for Crier {
    fn send(&self, _server: &Server, mail: &Mail, _stop: &Stop) -> Result<(), Failure> {
        if let Some(token) = link_of(mail.bytes()) {
            println!("told {token}");
        }
        Ok(())
    }
}

/// The token of the link in a mail; the one that says that all is done has none.
fn link_of(mail: &[u8]) -> Option<String> {
    Reading::of(&String::from_utf8_lossy(mail)).token("").map(str::to_owned)
}

fn open(folder: &Path, jellyfin: &Arc<Jellyfin>, mailer: Arc<dyn Mailer>, clock: &Arc<HandClock>) -> Engine {
    patiently(|| {
        let options = OpenOptions { data: folder.join("data"), server_id: "server-1".into(), armed: false };
        let host = Arc::new(Shared(Arc::clone(jellyfin)));
        Engine::open(options, host, Arc::clone(clock) as Arc<_>, Arc::new(SystemRandomness), Arc::clone(&mailer))
    })
    .unwrap()
}

fn post(engine: &Engine, path: &str, document: &Value) -> Response {
    let from = Visitor::at("203.0.113.5");
    let mut origin = from.origin.clone();
    origin.headers.push(("Content-Type".into(), "application/json".into()));
    let request = Request {
        method: "POST".into(),
        path: path.into(),
        query: String::new(),
        origin,
        caller: None,
        client: Some(from.client),
    };
    engine.http(&request, document.to_string().as_bytes())
}

fn redeem(engine: &Engine, token: &str, password: &str) -> Response {
    post(engine, "/Jellyward/Api/Reset/Link", &json!({ "token": token, "password": password }))
}

/// Forgets the password again and again, until it is killed. Alone it does nothing.
#[test]
#[ignore = "another test starts it"]
fn child_that_forgets() {
    let Some(told) = told_at_start() else { return };
    let clock = Arc::new(HandClock(AtomicI64::new(told[2].parse().unwrap()), Thread::Rests));
    let jellyfin = Arc::new(Jellyfin::default());
    jellyfin.add("alice", &told[1], false);
    let engine = open(Path::new(&told[0]), &jellyfin, Arc::new(Crier), &clock);
    loop {
        let now = clock.0.fetch_add(HOUR, Ordering::SeqCst) + HOUR;
        println!("at {now}");
        assert_eq!(post(&engine, "/Jellyward/Api/Reset/Ask", &json!({ "name": "alice" })).status, 200);
        println!("asked");
        engine.empty_outbox();
    }
}

/// What the child said of its last round.
struct Seen {
    at: i64,
    asked: usize,
    tokens: Vec<String>,
}

fn killed_after(folder: &Path, password: &str, at: i64, number: u64) -> Seen {
    let mut child = start_child("killed::child_that_forgets", folder, password, at);
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    // So many lines of its own, and a moment of any length behind them.
    let mut heard: Vec<String> = Vec::new();
    let own = |line: &&String| line.starts_with("at ") || line.starts_with("told ") || line.as_str() == "asked";
    while heard.iter().filter(own).count() < (number % 11) as usize {
        heard.push(said.next().expect("the child goes on until it is killed"));
    }
    std::thread::sleep(Duration::from_micros(number * 797 % 12_000));
    child.kill().unwrap();
    child.wait().unwrap();
    heard.extend(said);
    let mut seen = Seen { at, asked: 0, tokens: Vec::new() };
    for line in heard {
        match line.split_once(' ') {
            Some(("at", now)) => {
                seen = Seen { at: now.parse().unwrap_or(seen.at), asked: 0, tokens: Vec::new() };
            }
            Some(("told", token)) => seen.tokens.push(token.to_owned()),
            _ if line == "asked" => seen.asked += 1,
            _ => {}
        }
    }
    seen
}

#[test]
fn a_kill_loses_no_link_and_opens_none_twice() {
    let (world, _) = ready();
    world.engine.empty_outbox();
    let World { folder, engine, .. } = world;
    drop(engine);
    let kills = kills();
    let (mut password, mut at) = (OLD.to_owned(), NOON + HOUR);
    let mut after_a_mail = 0;
    for number in 0..kills {
        let seen = killed_after(folder.path(), &password, at, number);
        at = seen.at;
        let clock = Arc::new(HandClock::at(at + 1));
        let postman = Arc::new(Postman::default());
        let jellyfin = Arc::new(Jellyfin::default());
        jellyfin.add("alice", &password, false);
        let engine = open(folder.path(), &jellyfin, Arc::clone(&postman) as Arc<_>, &clock);
        engine.empty_outbox();
        clock.0.fetch_add(60, Ordering::SeqCst);
        engine.empty_outbox();
        let late: Vec<String> = postman.carried().iter().filter_map(|mail| link_of(mail.text.as_bytes())).collect();
        let mut tokens = seen.tokens.clone();
        tokens.extend(late.iter().filter(|token| !seen.tokens.contains(token)).cloned());
        assert!(tokens.len() >= seen.asked, "kill {number}: a link was lost");
        assert!(late.len() <= 1, "kill {number}: more than what was under way was told again");
        let Some(token) = tokens.last() else { continue };
        after_a_mail += 1;
        let next = format!("{NEW} number {number}");
        let done = redeem(&engine, token, &next);
        assert_eq!(done.status, 200, "kill {number}, {} told, {} late: {}", seen.tokens.len(), late.len(), text(&done));
        for token in &tokens {
            assert_eq!(refusal(&redeem(&engine, token, "yet another sentence")), "reset_gone", "kill {number}");
        }
        password = next;
        at += 2 * HOUR;
    }
    assert!(after_a_mail > kills / 4, "only {after_a_mail} of {kills} kills came after a mail");
}

/// Asks for a PIN and makes it the password, again and again, until it is killed. Alone it does nothing.
#[test]
#[ignore = "another test starts it"]
fn child_that_redeems() {
    let Some(told) = told_at_start() else { return };
    let clock = Arc::new(HandClock(AtomicI64::new(told[2].parse().unwrap()), Thread::Rests));
    let (jellyfin, postman) = (Arc::new(Jellyfin::default()), Arc::new(Postman::default()));
    jellyfin.add("alice", &told[1], false);
    let folder = Path::new(&told[0]);
    let kept = folder.join(KEPT);
    let keep = move |password: &str| {
        let mut book = File::options().create(true).append(true).open(&kept).unwrap();
        book.write_all(format!("{password}\n").as_bytes()).unwrap();
        println!("set");
    };
    assert!(jellyfin.keeps.set(Box::new(keep)).is_ok());
    let engine = Arc::new(open(folder, &jellyfin, Arc::clone(&postman) as Arc<_>, &clock));
    jellyfin.engine.set(Arc::downgrade(&engine)).unwrap();
    loop {
        let now = clock.0.fetch_add(HOUR, Ordering::SeqCst) + HOUR;
        println!("at {now}");
        let from = Visitor::at("203.0.113.5");
        let act = |action: &str, name: &str, value: &str| {
            let mut arguments = serde_json::Map::new();
            arguments.insert(name.to_owned(), value.into());
            let (action, origin) = (action.to_owned(), from.origin.clone());
            let client = from.client.clone();
            engine.action(&Action {
                action,
                arguments: arguments.into(),
                wizard_done: true,
                client,
                origin,
                caller: None,
            })
        };
        act("User.ForgotPassword", "enteredUsername", "alice");
        engine.empty_outbox();
        let pin = postman.carried().iter().rev().find_map(|mail| Reading::of(&mail.text).pin().map(str::to_owned));
        println!("redeems");
        act("User.ForgotPasswordPin", "pin", &pin.unwrap());
        println!("done");
        engine.empty_outbox();
        println!("told");
    }
}

/// Kills it some time after it began to redeem, or after the password was set, however long the first takes; when that
/// was, and how far it said it was.
fn killed_redeeming(folder: &Path, password: &str, at: i64, number: u64) -> (i64, String) {
    let mut child = start_child("killed::child_that_redeems", folder, password, at);
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let (mut at, mut last) = (at, String::new());
    let mut hear = |line: String| match line.split_once(' ') {
        Some(("at", now)) => at = now.parse().unwrap_or(at),
        _ if ["redeems", "set", "done", "told"].contains(&line.as_str()) => last = line,
        _ => {}
    };
    let awaited = if number.is_multiple_of(2) { "redeems" } else { "set" };
    for line in said.by_ref() {
        let comes = line == awaited;
        hear(line);
        if comes {
            break;
        }
    }
    std::thread::sleep(Duration::from_micros(number * 617 % 9_000));
    child.kill().unwrap();
    child.wait().unwrap();
    said.for_each(hear);
    (at, last)
}

#[test]
fn a_kill_while_a_pin_becomes_the_password_leaves_nothing_undone() {
    let (world, _) = ready();
    world.engine.empty_outbox();
    let World { folder, engine, .. } = world;
    drop(engine);
    let kills = kills();
    let kept = folder.path().join(KEPT);
    let (mut before, mut at) = (OLD.to_owned(), NOON + HOUR);
    let (mut set, mut in_between) = (0, 0);
    for number in 0..kills {
        let (killed_at, last) = killed_redeeming(folder.path(), &before, at, number);
        let book = std::fs::read_to_string(&kept).unwrap_or_default();
        let now = book.lines().last().unwrap_or(OLD).to_owned();
        let clock = Arc::new(HandClock::at(killed_at + 60));
        let (jellyfin, postman) = (Arc::new(Jellyfin::default()), Arc::new(Postman::default()));
        jellyfin.add("alice", &now, false);
        let engine = open(folder.path(), &jellyfin, postman, &clock);
        let from = Visitor::at("203.0.113.5");
        let verdict = engine.login(&from.attempt("alice"), &now);
        if now == OLD {
            assert!(verdict.session, "kill {number}: nothing was set, so nothing is demanded");
        } else {
            set += 1;
            let step = verdict.body.as_ref().map(|told| told["jellyward"]["steps"][0]["step"].clone());
            assert_eq!(step, Some(json!("password")), "kill {number} after {last}: a PIN is replaced");
        }
        // Each was written down once, and so was whoever reads the mail told.
        let store = rusqlite::Connection::open(engine.store_path()).unwrap();
        let count = |sql: &str| store.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap();
        let resets = count("SELECT COUNT(*) FROM events WHERE kind = 'password_reset'");
        assert_eq!(resets as usize, book.lines().count(), "kill {number} after {last}");
        assert_eq!(count("SELECT COUNT(*) FROM resets_under_way"), 0, "kill {number} after {last}");
        in_between += u64::from(now != before && ["redeems", "set"].contains(&last.as_str()));
        engine.empty_outbox();
        before = now;
        at = killed_at + 2 * HOUR;
    }
    assert!(set > 0 && in_between > 0, "{set} passwords set, {in_between} of {kills} kills in between");
}
