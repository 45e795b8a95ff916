//! A clock that stands still until it is moved, so that nobody waits for the next code.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::clock::{Clock, Seconds};

/// Stands still until it is moved.
#[derive(Debug)]
pub struct MovableClock(AtomicI64);

impl MovableClock {
    /// Starts at `now`.
    pub fn at(now: Seconds) -> Self {
        Self(AtomicI64::new(now))
    }

    /// Moves it; backwards with a negative number.
    pub fn advance(&self, seconds: Seconds) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Seconds {
        self.0.load(Ordering::SeqCst)
    }
}
