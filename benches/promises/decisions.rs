//! What one decision costs.

use std::time::{Duration, Instant};

use jellyward::gate::verdict::Outcome;

use crate::support::world::{self, Visitor, World, challenge};
use crate::{Figure, PASSWORD, median};

const ROUNDS: usize = 2_000;

pub fn figures() -> Vec<Figure> {
    let mut figures = vec![];
    figures.extend(allow());
    figures.push(challenge_and_verify());
    figures.push(open());
    figures
}

/// The host in memory checks a password in no time, so this is the decision alone.
fn allow() -> [Figure; 2] {
    let world = World::new();
    world.user("bob", PASSWORD);
    let browser = Visitor::at("203.0.113.5");
    let attempt = browser.attempt("bob");
    let sign_in = || assert_eq!(world.engine.login(&attempt, PASSWORD).outcome, Outcome::Allow);
    (0..100).for_each(|_| sign_in());
    let before = world.engine.durable_commits();
    let time = median(ROUNDS, sign_in);
    let commits = world.engine.durable_commits() - before;
    [
        Figure::new("allow, account without factors", time.as_secs_f64() * 1e6, 200.0, "µs"),
        Figure::new("the same, durable commits in 2000", commits as f64, 0.0, ""),
    ]
}

fn challenge_and_verify() -> Figure {
    let world = World::new();
    let (_, authenticator, _) = world.protected("alice", PASSWORD);
    let browser = Visitor::at("203.0.113.5");
    let before = world.engine.durable_commits();
    let token = challenge(&world.login(&browser, "alice", PASSWORD));
    assert_eq!(world.verify(&browser, &token, "totp", &authenticator.code(world.now())).status, 200);
    let commits = world.engine.durable_commits() - before;
    Figure::new("challenge made and verified, durable commits", commits as f64, 2.0, "")
}

/// A store that was closed properly, as after any restart; closing is not timed.
fn open() -> Figure {
    let world = World::new();
    world.protected("alice", PASSWORD);
    let World { folder, jellyfin, clock, engine, .. } = world;
    drop(engine);
    let mut times: Vec<Duration> = (0..21)
        .map(|_| {
            let start = Instant::now();
            let engine = world::open(folder.path(), &jellyfin, &clock, true).unwrap();
            let time = start.elapsed();
            drop(engine);
            time
        })
        .collect();
    times.sort_unstable();
    Figure::new("engine open on an existing store", times[10].as_secs_f64() * 1e3, 50.0, "ms")
}
