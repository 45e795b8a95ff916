//! What the plugin costs on this server. Printed, not asserted: machines differ.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{bare, find, with_plugin};
use crate::installation::report;
use crate::people::{Factors, Person};
use crate::server::Server;
use crate::visitor::Visitor;

const ROUNDS: usize = 51;
const QUIET: Duration = Duration::from_millis(150);
const APP_PASSWORDS: usize = 20;

fn app_password(session: &mut Visitor, number: usize) -> String {
    let wish = json!({ "name": format!("app {number}") });
    let made = session.post("/Jellyward/Api/Account/AppPasswords/Create", &wish).expect(200).json();
    made["password"].as_str().unwrap().to_owned()
}

fn login(server: &Server, person: &Person, password: &str) -> Duration {
    // What Jellyfin still does after it has answered the login before, on whichever server, is not this one's.
    std::thread::sleep(QUIET);
    let mut tv = person.television(server);
    let began = Instant::now();
    tv.login(&person.name, password).expect(200);
    began.elapsed()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

#[test]
fn logins_and_memory_are_measured() {
    let Some(installation) = find("logins_and_memory_are_measured") else { return };
    let (without, with) = (bare(installation.clone()), with_plugin(installation, ""));
    let people = [&without, &with].map(|server| Person::new(&mut server.administrator(), "bob"));
    let alice = Person::new(&mut with.administrator(), "alice");
    let Factors { recovery_codes: codes, mut session, .. } = alice.enrol(&with);
    // At once, while the session is fresh.
    let app_passwords: Vec<String> = (0..APP_PASSWORDS).map(|number| app_password(&mut session, number)).collect();
    let mut times = [Vec::new(), Vec::new()];
    let mut with_code = Vec::new();
    for round in 0..ROUNDS + 3 {
        // Alternating, and each of the two first in turn, so that whatever else the machine does falls on both.
        let plain = |side: usize| login([&without, &with][side], &people[side], &people[side].password);
        let pair = if round % 2 == 0 {
            [plain(0), plain(1)]
        } else {
            let gated = plain(1);
            [plain(0), gated]
        };
        if round >= 3 {
            times.iter_mut().zip(pair).for_each(|(times, time)| times.push(time));
        }
        // Late enough that the server has warmed up.
        if let Some(code) = round.checked_sub(ROUNDS / 2).and_then(|number| codes.get(number)) {
            with_code.push(login(&with, &alice, &format!("{} {code}", alice.password)));
            // The same number of requests on both, or the difference in memory is one of work.
            login(&without, &people[0], &people[0].password);
        }
    }
    let by_app_password = (0..ROUNDS).map(|_| login(&with, &alice, &app_passwords[APP_PASSWORDS - 1])).collect();
    let by_app_password = median(by_app_password);
    let [stock, gated] = times.map(median);
    let coded = median(with_code);
    let memory = [&without, &with].map(Server::resident);
    report(&format!(
        "  login: {stock:.1} ms stock, {gated:.1} ms gated ({:.3}), {coded:.1} ms with a code ({:.3}), \
         {by_app_password:.1} ms by the last of {APP_PASSWORDS} app passwords\n  \
         memory: {} MiB stock, {} MiB gated (+{:.1})",
        gated / stock,
        coded / stock,
        memory[0] / 1024,
        memory[1] / 1024,
        (memory[1] as f64 - memory[0] as f64) / 1024.0,
    ));
}
