//! Forgotten passwords: what the time of an answer tells, and what it owes to a mail server.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::mailbox::{give_address, mail_settings};
use crate::support::postman::Answer;
use crate::support::world::{Visitor, World};
use crate::{Figure, PASSWORD, timed};

/// Tries of each kind.
const TRIES: usize = 2_000;
/// Resets asked for while the mail server is well, and while it says nothing.
const ASKED: usize = 500;
/// Longer than any limit counts.
const DAY: i64 = 24 * 60 * 60 + 1;

/// By which way somebody asks.
type Way = fn(&World, &Visitor, &str);

pub fn figures() -> Vec<Figure> {
    vec![
        told_apart("known and unknown names told apart in 2000 tries, 0.0033 / p", ask, ["alice", "alicf"]),
        told_apart("the same with addresses, 0.0033 / p", ask, ["alice@example.org", "alicf@example.org"]),
        told_apart("the same at Jellyfin's dialog, 0.0033 / p", ask_at_dialog, ["alice", "alicf"]),
        silent_server(),
    ]
}

fn ask(world: &World, from: &Visitor, name: &str) {
    let answer = world.post(from, "/Jellyward/Api/Reset/Ask", &json!({ "name": name }));
    assert_eq!(answer.status, 200);
}

fn ask_at_dialog(world: &World, from: &Visitor, name: &str) {
    let answer = world.act(from, "User.ForgotPassword", &json!({ "enteredUsername": name }));
    assert_eq!((answer.pass, answer.status), (false, 200));
}

/// A name that somebody has and one that nobody has, in turn, while mail goes out; which comes first changes, too. Of three
/// such figures one in a hundred runs breaks its bound by chance.
fn told_apart(promise: &'static str, way: Way, [known, unknown]: [&str; 2]) -> Figure {
    let world = World::running();
    world.set(&mail_settings());
    let alice = world.user("alice", PASSWORD);
    give_address(&world, &alice, "alice@example.org");
    let time = |from: &Visitor, name: &str| {
        let start = Instant::now();
        way(&world, from, name);
        let time = start.elapsed();
        // The thread is done with this one before the next is timed, whoever makes the round.
        world.engine.empty_outbox();
        time
    };
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..TRIES + 50 {
        let from = Visitor::at(&format!("10.{}.{}.5", round / 250, round % 250));
        let (one, other);
        if round % 2 == 0 {
            one = time(&from, known);
            other = time(&from, unknown);
        } else {
            other = time(&from, unknown);
            one = time(&from, known);
        }
        if round >= 50 {
            times[0].push(one);
            times[1].push(other);
        }
        // Limits count neither of them, and what was written is cleared away, both in turn.
        world.pass(DAY);
    }
    Figure::new(promise, 0.01 / 3.0 / mann_whitney(&times[0], &times[1]), 1.0, "")
}

/// Two-sided p of the Mann-Whitney U test, by its normal approximation; ties share their ranks.
fn mann_whitney(one: &[Duration], other: &[Duration]) -> f64 {
    let mut all: Vec<(Duration, bool)> =
        one.iter().map(|time| (*time, true)).chain(other.iter().map(|time| (*time, false))).collect();
    all.sort_unstable_by_key(|(time, _)| *time);
    let (mut rank_sum, mut start) = (0.0, 0);
    while start < all.len() {
        let end = all[start..].iter().take_while(|(time, _)| *time == all[start].0).count() + start;
        let rank = (start + end + 1) as f64 / 2.0;
        rank_sum += rank * all[start..end].iter().filter(|(_, first)| *first).count() as f64;
        start = end;
    }
    let (n, m) = (one.len() as f64, other.len() as f64);
    let u = rank_sum - n * (n + 1.0) / 2.0;
    let z = (u - n * m / 2.0).abs() / (n * m * (n + m + 1.0) / 12.0).sqrt();
    2.0 * normal_tail(z)
}

/// Upper tail of the normal distribution (Abramowitz and Stegun, 26.2.17); good to 1e-7.
fn normal_tail(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let series = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let sum: f64 = series.iter().rev().fold(0.0, |sum, one| (sum + one) * t);
    sum * (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// The 99th percentile of an answer with a mail server that takes a mail and never says so, against a healthy one.
fn silent_server() -> Figure {
    let p99 = |silent: bool| {
        let world = World::running();
        world.set(&mail_settings());
        if silent {
            world.postman.next(Answer::Hang);
        }
        for number in 0..ASKED {
            let name = format!("user{number}");
            let account = world.user(&name, PASSWORD);
            give_address(&world, &account, &format!("{name}@example.org"));
        }
        let mut times: Vec<Duration> = (0..ASKED)
            .map(|number| {
                let from = Visitor::at(&format!("10.9.{}.{}", number / 250, number % 250));
                // At the pace that all have together.
                world.pass(1);
                timed(&mut || ask(&world, &from, &format!("user{number}")))
            })
            .collect();
        times.sort_unstable();
        times[ASKED * 99 / 100].as_secs_f64()
    };
    let (healthy, silent) = (p99(false), p99(true));
    Figure::new("a reset's p99 with a silent mail server / a healthy one", silent / healthy, 1.2, "")
}
