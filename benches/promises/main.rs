//! The promised speed and memory: one table, each figure beside its bound. Exits with 1 when a bound is broken.
//!
//! Times are medians, ratios are taken in one run with both sides in turn, and what waits for a disk is counted, not
//! timed: this machine's disk proves nothing about yours. `cargo bench -- plugin` measures that group alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod abi;
mod apps;
mod attack;
mod cookie;
mod crowd;
mod decisions;
mod library;
mod passkey;
mod plugin;
mod resets;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Everybody's.
const PASSWORD: &str = "right password";

/// A group of promises, and what measures it.
type Group = (&'static str, fn() -> Vec<Figure>);

/// One promise and what was measured.
struct Figure {
    promise: &'static str,
    measured: f64,
    bound: f64,
    unit: &'static str,
}

impl Figure {
    fn new(promise: &'static str, measured: f64, bound: f64, unit: &'static str) -> Self {
        Self { promise, measured, bound, unit }
    }

    fn holds(&self) -> bool {
        self.measured <= self.bound
    }
}

fn main() -> ExitCode {
    in_memory();
    let all: [Group; 10] = [
        ("abi", abi::figures),
        ("apps", apps::figures),
        ("cookie", cookie::figures),
        ("passkey", passkey::figures),
        ("decisions", decisions::figures),
        ("library", library::figures),
        ("crowd", crowd::figures),
        ("attack", attack::figures),
        ("resets", resets::figures),
        ("plugin", plugin::figures),
    ];
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let measure = all.into_iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|word| word == name));
    println!("{:<66} {:>12} {:>12}", "promise", "measured", "bound");
    let mut broken = 0;
    for figure in measure.flat_map(|(_, measure)| measure()) {
        let mark = if figure.holds() { "" } else { "  BROKEN" };
        let with_unit = |number: f64| format!("{} {}", short(number), figure.unit);
        println!("{:<66} {:>12} {:>12}{mark}", figure.promise, with_unit(figure.measured), with_unit(figure.bound));
        broken += u32::from(!figure.holds());
    }
    println!("{broken} broken");
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Stores lie in memory where the system has a place for that: 100,000 waits for a disk measure the disk.
fn in_memory() {
    let shared_memory = Path::new("/dev/shm");
    if shared_memory.is_dir() {
        tempfile::env::override_temp_dir(shared_memory).unwrap();
    }
}

fn short(number: f64) -> String {
    if number.fract() == 0.0 { format!("{number:.0}") } else { format!("{number:.2}") }
}

/// The median time of so many runs.
fn median(runs: usize, mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..runs).map(|_| timed(&mut run)).collect();
    times.sort_unstable();
    times[runs / 2]
}

/// The median times of two things done in turn, so that both meet the same weather.
fn medians(runs: usize, mut one: impl FnMut(), mut other: impl FnMut()) -> (Duration, Duration) {
    let mut times: Vec<(Duration, Duration)> = (0..runs).map(|_| (timed(&mut one), timed(&mut other))).collect();
    times.sort_unstable_by_key(|(one, _)| *one);
    let first = times[runs / 2].0;
    times.sort_unstable_by_key(|(_, other)| *other);
    (first, times[runs / 2].1)
}

fn timed(run: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

/// Memory this process holds now, in MiB.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}
