//! How the server is, as far as its answers tell: while it fails, everybody rests for a while, and not for long. Mails
//! that are good for five minutes wait there, too.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::{HOUR, Seconds};

/// No mail waits longer for its next try, whatever it failed by.
pub(super) const LONGEST_DELAY: Seconds = HOUR;

/// Everybody rests so long when the server fails first; each further time twice as long.
const FIRST_REST: Seconds = 15;

/// What the growing rest grows to.
const LONGEST_REST: Seconds = 60;

/// The same where the server is sure: it stays with its no until somebody changes a setting, which ends the rest, and
/// shuts out whoever comes with a wrong password every minute.
const LONGEST_REST_AFTER_A_NO: Seconds = 15 * 60;

/// What is known of it.
#[derive(Default)]
pub(super) struct Pace(Mutex<State>);

#[derive(Default)]
struct State {
    /// Nothing is tried before.
    until: Option<Seconds>,
    /// How often it failed since it last took something.
    failures: u32,
    /// It took the last mail it was handed.
    well: bool,
}

/// Whose fault it was that a mail was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The server's: everybody rests until then.
    Server(Seconds),
    /// The mail's own.
    Mail,
}

impl Pace {
    /// It took one.
    pub(super) fn took(&self) {
        *self.state() = State { until: None, failures: 0, well: true };
    }

    /// It did not, for a reason that seems to be its own. A mail that failed before, right after another one was taken,
    /// brings that about by itself: nobody else rests because of it again and again.
    pub(super) fn failed(&self, now: Seconds, sure: bool, failed_before: bool) -> Fault {
        let mut state = self.state();
        if std::mem::take(&mut state.well) && failed_before {
            return Fault::Mail;
        }
        let longest = if sure { LONGEST_REST_AFTER_A_NO } else { LONGEST_REST };
        let until = now + (FIRST_REST << state.failures.min(8)).min(longest);
        *state = State { until: Some(until), failures: state.failures + 1, well: false };
        Fault::Server(until)
    }

    /// Nothing can be tried before, whatever the server would say.
    pub(super) fn rest(&self, until: Seconds) {
        self.state().until = Some(until);
    }

    /// Somebody wants to see it tried.
    pub(super) fn try_at_once(&self) {
        self.state().until = None;
    }

    /// Until when everybody rests, if so. A clock that was set back must not make it longer.
    pub(super) fn rests(&self, now: Seconds) -> Option<Seconds> {
        self.state().until.filter(|until| now < *until && *until <= now + LONGEST_DELAY)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_grows_to_a_minute_and_ends_with_the_first_mail_that_is_taken() {
        let pace = Pace::default();
        for rest in [15, 30, 60, 60, 60] {
            assert_eq!(pace.failed(1_000, false, true), Fault::Server(1_000 + rest));
            assert_eq!((pace.rests(1_000 + rest - 1), pace.rests(1_000 + rest)), (Some(1_000 + rest), None));
        }
        for rest in [480, 900, 900] {
            assert_eq!(pace.failed(1_000, true, true), Fault::Server(1_000 + rest), "a wrong password");
        }
        pace.took();
        assert_eq!(pace.rests(1_000), None);
        assert_eq!(pace.failed(1_000, false, false), Fault::Server(1_000 + 15));
    }

    #[test]
    fn what_fails_again_beside_a_server_that_is_well_fails_by_itself() {
        let pace = Pace::default();
        assert_eq!(pace.failed(1_000, false, false), Fault::Server(1_015));
        pace.took();
        assert_eq!(pace.failed(1_020, false, true), Fault::Mail);
        assert_eq!(pace.rests(1_020), None);
        assert_eq!(pace.failed(1_020, false, true), Fault::Server(1_035), "two in a row are no coincidence");
    }
}
