//! Wrong secrets that come again. Kodi and Home Assistant repeat themselves for ever, which counts as one failure; but a
//! repeat costs a password check like any other try, so it gets one only now and then. In memory, and bounded.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::clock::Seconds;

/// The same wrong secret is looked at once in this time, in seconds.
pub const EVERY: Seconds = 30;
/// Strangers' repeats that are looked at in [`EVERY`], over all.
pub const MOST: usize = 256;

/// When each repeat was looked at last.
#[derive(Default)]
pub struct Repeats(Mutex<HashMap<[u8; 32], Seconds>>);

impl Repeats {
    /// Seconds until this one is looked at again; 0 where it may be now.
    pub fn rest(&self, secret: &[u8; 32], now: Seconds) -> Seconds {
        let turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.get(secret).map_or(0, |at| rest(*at, now))
    }

    /// Takes a turn, or says how many seconds to wait. Strangers do not use up the turns of whoever is known.
    pub fn take(&self, secret: &[u8; 32], known: bool, now: Seconds) -> Result<(), Seconds> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, at| rest(*at, now) > 0);
        if let Some(at) = turns.get(secret) {
            return Err(rest(*at, now));
        }
        if !known && turns.len() >= MOST {
            return Err(EVERY);
        }
        turns.insert(*secret, now);
        Ok(())
    }

    /// It turned out right this time.
    pub fn forget(&self, secret: &[u8; 32]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(secret);
    }
}

/// A clock that was set back must not keep anybody waiting for long.
fn rest(at: Seconds, now: Seconds) -> Seconds {
    if (at..at + EVERY).contains(&now) { at + EVERY - now } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_comes_again_after_a_while_and_at_once_where_it_was_right() {
        let repeats = Repeats::default();
        assert_eq!(repeats.take(&[1; 32], false, 1000), Ok(()));
        assert_eq!((repeats.rest(&[1; 32], 1010), repeats.take(&[1; 32], false, 1010)), (20, Err(20)));
        assert_eq!(repeats.take(&[2; 32], false, 1010), Ok(()));
        assert_eq!((repeats.rest(&[1; 32], 1030), repeats.take(&[1; 32], false, 1030)), (0, Ok(())));
        repeats.forget(&[1; 32]);
        assert_eq!(repeats.take(&[1; 32], false, 1031), Ok(()));
    }

    #[test]
    fn strangers_repeats_are_bounded_and_take_nothing_from_who_is_known() {
        let repeats = Repeats::default();
        let secret = |n: usize| std::array::from_fn(|i| n.to_le_bytes().get(i).copied().unwrap_or(0));
        let taken = (0..10_000).filter(|n| repeats.take(&secret(*n), false, 1000).is_ok()).count();
        assert_eq!(taken, MOST);
        assert_eq!(repeats.take(&[255; 32], true, 1000), Ok(()));
        assert_eq!(repeats.take(&secret(9_999), false, 1000 + EVERY), Ok(()));
    }

    #[test]
    fn a_clock_set_back_keeps_nobody_waiting() {
        let repeats = Repeats::default();
        assert_eq!(repeats.take(&[1; 32], false, 1000), Ok(()));
        assert_eq!(repeats.take(&[1; 32], false, 10), Ok(()));
    }
}
