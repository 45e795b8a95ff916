//! A login among 10,000 accounts and 1,000,000 events against one among few.

use jellyward::gate::verdict::Outcome;
use rusqlite::Connection;

use crate::support::world::{Visitor, World};
use crate::{Figure, PASSWORD, medians};

const ACCOUNTS: i64 = 10_000;
const EVENTS: i64 = 1_000_000;
const ROUNDS: usize = 1_000;

pub fn figures() -> Vec<Figure> {
    let few = with_people();
    let many = filled(with_people());
    let browser = Visitor::at("203.0.113.5");
    let ratio = |name: &str, outcome: Outcome| {
        let attempt = browser.attempt(name);
        let sign_in = |world: &World| assert_eq!(world.engine.login(&attempt, PASSWORD).outcome, outcome);
        (0..100).for_each(|_| {
            sign_in(&few);
            sign_in(&many);
        });
        let (small, large) = medians(ROUNDS, || sign_in(&few), || sign_in(&many));
        large.as_secs_f64() / small.as_secs_f64()
    };
    let figure = |promise, measured| Figure::new(promise, measured, 1.2, "x");
    vec![
        figure("login among 10,000 accounts and 1,000,000 events", ratio("bob", Outcome::Allow)),
        figure("challenge among 10,000 accounts and 1,000,000 events", ratio("alice", Outcome::Challenge)),
    ]
}

fn with_people() -> World {
    let world = World::new();
    world.user("bob", PASSWORD);
    world.protected("alice", PASSWORD);
    world
}

/// Straight into the tables: what is measured is reading and writing beside them.
fn filled(world: World) -> World {
    let path = world.engine.store_path().to_owned();
    let now = world.now();
    let store = Connection::open(path).unwrap();
    store.pragma_update(None, "synchronous", "OFF").unwrap();
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)";
    let accounts = "INSERT INTO accounts (id, first_seen) SELECT randomblob(16), ?2 FROM n";
    // Over 58 days, inside the 90 that are kept.
    let events = "INSERT INTO events (at, kind, account, address, detail) \
                  SELECT ?2 - 5000000 + i * 5, 'signed_in', randomblob(16), '203.0.113.' || (i % 256), 'Web' FROM n";
    for (rows, insert) in [(ACCOUNTS, accounts), (EVENTS, events)] {
        store.execute(&insert.replace("SELECT", &format!("{numbers} SELECT")), (rows, now)).unwrap();
    }
    world.restart()
}
