//! The fence: nothing unwinds into the host.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::JwStatus;
use super::failure::Failure;

/// Runs one exported call. A failure's message is kept for `jw_last_error`.
pub(super) fn guarded(body: impl FnOnce() -> Result<(), Failure>) -> JwStatus {
    match caught(body) {
        Ok(()) => JwStatus::Ok,
        Err(failure) => failure.keep(),
    }
}

/// A panic as a failure. What it may have torn mends itself: locks are taken over, transactions rolled back.
pub(super) fn caught<T>(body: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| Err(Failure::panic(&*payload)))
}

#[cfg(test)]
mod tests {
    use super::super::failure;
    use super::*;

    #[test]
    fn a_panic_becomes_a_status_and_a_line() {
        assert_eq!(guarded(|| panic!("plain")), JwStatus::Panic);
        assert!(failure::last().ends_with("please report this: plain"), "{}", failure::last());
        assert_eq!(guarded(|| panic!("with {}", 7)), JwStatus::Panic);
        assert!(failure::last().ends_with("with 7"));
        assert_eq!(guarded(|| std::panic::panic_any(7)), JwStatus::Panic);
        assert!(failure::last().ends_with("no message"));
    }

    #[test]
    fn the_last_failure_stays_until_the_next() {
        assert_eq!(guarded(|| Err(Failure::new(JwStatus::Busy, "first"))), JwStatus::Busy);
        assert_eq!(guarded(|| Ok(())), JwStatus::Ok);
        assert_eq!(failure::last(), "first");
        std::thread::spawn(|| assert_eq!(failure::last(), "")).join().unwrap();
    }
}
