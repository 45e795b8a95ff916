//! Ten thousand mails that wait: what they cost in memory, and whoever adds one more.

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jellyward::clock::SystemRandomness;
use jellyward::engine::{Engine, OpenOptions};
use jellyward::notify::mail::{Letter, Mail};
use jellyward::notify::mail_server::Server;
use jellyward::notify::mailer::{Failure, Mailer, Stop};
use jellyward::notify::outbox::{MOST_FOR_ONE, Parcel};
use jellyward::settings::OVERRIDES_FILE;
use serde_json::json;
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::support::jellyfin::{Jellyfin, Shared};
use crate::support::world::{HandClock, NOON};
use crate::{Figure, resident, timed};

const MAILS: u32 = 10_000;
const DAY: i64 = 24 * 60 * 60;
/// Mails whose time is taken at either end.
const TIMED: u32 = 1_000;

/// Takes every mail, and knows of each reader which one came last.
#[derive(Default)]
struct Ledger(Mutex<HashMap<String, Vec<u32>>>);

impl Mailer for Ledger {
    fn send(&self, _server: &Server, mail: &Mail, _stop: &Stop) -> Result<(), Failure> {
        let text = String::from_utf8_lossy(mail.bytes());
        let number = text.split("Subject: number ").nth(1).unwrap().split("\r\n").next().unwrap().parse().unwrap();
        self.0.lock().unwrap().entry(mail.to.to_string()).or_default().push(number);
        Ok(())
    }
}

pub fn figures() -> Vec<Figure> {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    let settings = json!({ "smtp.host": "mail.example.org", "smtp.from_address": "tv@example.org" });
    fs::write(data.join(OVERRIDES_FILE), settings.to_string()).unwrap();
    let options = OpenOptions { data, server_id: "server-1".into(), armed: false };
    let host = Arc::new(Shared(Arc::new(Jellyfin::default())));
    let ledger = Arc::new(Ledger::default());
    let mailer = Arc::clone(&ledger) as Arc<_>;
    let engine =
        Engine::open(options, host, Arc::new(HandClock::at(NOON)), Arc::new(SystemRandomness), mailer).unwrap();
    let readers = MAILS / MOST_FOR_ONE;
    let put = |number: u32| {
        let to = format!("user{}@example.org", number % readers).parse().unwrap();
        let text = Zeroizing::new("What a message is made of, some lines of it. ".repeat(40));
        let letter = Letter { subject: format!("number {number}"), text, html: None };
        let parcel = Parcel { topic: "test", to: &to, letter: &letter, account: None, revocable: false, lives: DAY };
        engine.tell(&parcel).unwrap();
    };
    let median = |from: u32| -> Duration {
        let mut times: Vec<Duration> = (from..from + TIMED).map(|number| timed(&mut || put(number))).collect();
        times.sort_unstable();
        times[times.len() / 2]
    };
    let first = median(0);
    let quiet = resident();
    (TIMED..MAILS - TIMED).for_each(put);
    let last = median(MAILS - TIMED);
    assert_eq!(engine.empty_outbox() as u32, MAILS);
    let grown = (resident() - quiet).max(0.0);
    let told = ledger.0.lock().unwrap();
    let in_order = told.values().all(|numbers| numbers.len() as u32 == MOST_FOR_ONE && numbers.is_sorted());
    assert!(in_order && told.len() as u32 == readers, "each reader gets everything once and in order");
    vec![
        Figure::new("memory grown by 10,000 mails that wait and go out", grown, 10.0, "MiB"),
        Figure::new("one more mail beside 10,000 / beside 1,000", last.as_secs_f64() / first.as_secs_f64(), 2.0, ""),
    ]
}
