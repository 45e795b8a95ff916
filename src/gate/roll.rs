//! When the roll is called, see [`super::roll_call`].

use std::sync::atomic::{AtomicI64, Ordering};

use crate::clock::Seconds;

/// Once after opening, and again after it failed.
pub struct RollCall {
    opened_at: Seconds,
    due: AtomicI64,
}

impl RollCall {
    /// Due at once.
    pub fn new(opened_at: Seconds) -> Self {
        Self { opened_at, due: AtomicI64::new(Seconds::MIN) }
    }

    /// Is it for this thread to call now? Nobody else does meanwhile.
    pub(super) fn falls_due(&self, now: Seconds) -> bool {
        let due = self.due.load(Ordering::Relaxed);
        due <= now && self.due.compare_exchange(due, Seconds::MAX, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// It failed.
    pub(super) fn again(&self, at: Seconds) {
        self.due.store(at, Ordering::Relaxed);
    }

    /// Since when we have been told of everybody new.
    pub(super) fn opened_at(&self) -> Seconds {
        self.opened_at
    }
}
