//! What the plugin costs on this server. Printed, not asserted: machines differ.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{bare, find, with_plugin};
use crate::installation::report;
use crate::people::{Factors, Person};
use crate::server::Server;
use crate::visitor::Visitor;

const ROUNDS: usize = 81;
const QUIET: Duration = Duration::from_millis(150);
const APP_PASSWORDS: usize = 20;
const OTHERS: usize = 25;
/// What a stock login took where the bounds were set, in milliseconds.
const REFERENCE: f64 = 99.0;

fn app_password(session: &mut Visitor, number: usize) -> String {
    let wish = json!({ "name": format!("app {number}") });
    let made = session.post("/Jellyward/Api/Account/AppPasswords/Create", &wish).expect(200).json();
    made["password"].as_str().unwrap().to_owned()
}

/// In milliseconds.
fn login(server: &Server, person: &Person, password: &str) -> f64 {
    // What Jellyfin still does after it has answered the login before, on whichever server, is not this one's.
    std::thread::sleep(QUIET);
    let mut tv = person.television(server);
    let began = Instant::now();
    tv.login(&person.name, password).expect(200);
    began.elapsed().as_secs_f64() * 1000.0
}

/// What Jellyfin itself takes to make a session without checking a password: it does so while a Quick Connect code is
/// approved. In milliseconds.
fn session_without_password(server: &Server, person: &Person, session: &mut Visitor) -> f64 {
    let begun = person.television(server).post("/QuickConnect/Initiate", &json!({})).expect(200).json();
    let approval = format!("/QuickConnect/Authorize?code={}", begun["Code"].as_str().unwrap());
    std::thread::sleep(QUIET);
    let began = Instant::now();
    session.post(&approval, &json!({})).expect(200);
    began.elapsed().as_secs_f64() * 1000.0
}

/// A request that has nothing to do with signing in, many times over; in milliseconds.
fn others(session: &mut Visitor) -> f64 {
    let began = Instant::now();
    for _ in 0..OTHERS {
        session.get("/Users/Me").expect(200);
        session.get("/System/Info/Public").expect(200);
    }
    began.elapsed().as_secs_f64() * 1000.0
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Pairs of times in milliseconds: stock, gated. Of pairs, since the machine's own ups and downs are larger than what
/// is looked for.
struct Pairs(Vec<[f64; 2]>);

impl Pairs {
    /// Each of the two first in turn.
    fn measure(&mut self, stock: impl FnOnce() -> f64, gated: impl FnOnce() -> f64) {
        let pair = if self.0.len().is_multiple_of(2) {
            let stock = stock();
            [stock, gated()]
        } else {
            let gated = gated();
            [stock(), gated]
        };
        self.0.push(pair);
    }

    /// Without the first ones, in which the server warms up.
    fn warm(&self) -> &[[f64; 2]] {
        &self.0[self.0.len() / 8..]
    }

    fn stock(&self) -> f64 {
        median(self.warm().iter().map(|pair| pair[0]).collect())
    }

    fn describe(&self) -> String {
        let (warm, stock) = (self.warm(), self.stock());
        let more = median(warm.iter().map(|[stock, gated]| gated - stock).collect());
        format!("{stock:.1} ms stock, {more:+.2} ms gated ({:.3})", 1.0 + more / stock)
    }
}

#[test]
fn logins_and_memory_are_measured() {
    let Some(installation) = find("logins_and_memory_are_measured") else { return };
    let (without, with) = (bare(installation.clone()), with_plugin(installation, ""));
    let [stock, gated] = [&without, &with].map(|server| Person::new(&mut server.administrator(), "bob"));
    let mut protected = Vec::new();
    for name in ["alice", "carol", "dave"] {
        let person = Person::new(&mut with.administrator(), name);
        let Factors { recovery_codes, mut session, .. } = person.enrol(&with);
        // At once, while the session is fresh.
        let app_passwords: Vec<String> = (0..APP_PASSWORDS).map(|number| app_password(&mut session, number)).collect();
        protected.push((person, recovery_codes, app_passwords));
    }
    let in_stock = || login(&without, &stock, &stock.password);
    let (mut plain, mut coded) = (Pairs(Vec::new()), Pairs(Vec::new()));
    for _ in 0..ROUNDS {
        plain.measure(in_stock, || login(&with, &gated, &gated.password));
    }
    for (person, recovery_codes, _) in &protected {
        for code in recovery_codes {
            coded.measure(in_stock, || login(&with, person, &format!("{} {code}", person.password)));
        }
    }
    let mut other = Pairs(Vec::new());
    let [mut in_stock, mut in_gated] = [&without, &with].map(Server::administrator);
    for _ in 0..ROUNDS {
        other.measure(|| others(&mut in_stock), || others(&mut in_gated));
    }
    // Before the rest, which only one of them does.
    let memory = [&without, &with].map(Server::resident);
    let (person, _, app_passwords) = &protected[0];
    let last = &app_passwords[APP_PASSWORDS - 1];
    let by_app_password = median((0..ROUNDS).map(|_| login(&with, person, last)).collect());
    let mut approving = stock.browser(&without);
    let approved = approving.login(&stock.name, &stock.password).expect(200);
    let mut approving = approving.holding(&approved);
    let least = median((0..ROUNDS).map(|_| session_without_password(&without, &stock, &mut approving)).collect());
    report(&format!(
        "  login: {}\n  password and code: {}\n  {OTHERS} of two other requests: {}\n  by the last of {APP_PASSWORDS} app passwords: {by_app_password:.1} ms, \
         {:.1} were a stock login {REFERENCE} ms; a session without any password, in stock: {least:.1} ms\n  \
         memory: {} MiB stock, {} MiB gated (+{:.1})",
        plain.describe(),
        coded.describe(),
        other.describe(),
        by_app_password / plain.stock() * REFERENCE,
        memory[0] / 1024,
        memory[1] / 1024,
        (memory[1] as f64 - memory[0] as f64) / 1024.0,
    ));
}
