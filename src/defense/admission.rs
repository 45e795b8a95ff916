//! How many password checks run at once. One costs 85 ms of a core, and core Jellyfin queues per user.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Password checks at once for one account, or one name that nobody has, from strangers.
const STRANGERS_PER_ACCOUNT: u32 = 2;
/// Kept free for browsers and networks the account has used before.
const KEPT_FOR_KNOWN: u32 = 1;

/// Counts checks in flight. Bounded by what is in flight.
pub struct Admission {
    most: u32,
    state: Mutex<InFlight>,
}

#[derive(Default)]
struct InFlight {
    all: u32,
    by_target: HashMap<Vec<u8>, u32>,
}

/// A place at the password check, given back when dropped.
pub struct Place {
    admission: Arc<Admission>,
    stranger: Option<Vec<u8>>,
}

impl Admission {
    /// Leaves one core to whoever is watching a film, but never fewer than two checks at once.
    pub fn for_this_machine() -> Arc<Self> {
        let cores = std::thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(u32::MAX));
        Arc::new(Self { most: cores.saturating_sub(1).max(2), state: Mutex::default() })
    }

    /// Takes a place, or none: then refuse at once, nobody is parked. `target` is what limits count by: accounts and
    /// names that nobody has look the same.
    pub fn enter(self: &Arc<Self>, target: &[u8], known: bool) -> Option<Place> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let most = if known { self.most + KEPT_FOR_KNOWN } else { self.most };
        if state.all >= most {
            return None;
        }
        let stranger = (!known).then(|| target.to_vec());
        if let Some(target) = &stranger {
            let here = state.by_target.entry(target.clone()).or_insert(0);
            if *here >= STRANGERS_PER_ACCOUNT {
                return None;
            }
            *here += 1;
        }
        state.all += 1;
        Some(Place { admission: Arc::clone(self), stranger })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.admission.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.all -= 1;
        if let Some(target) = &self.stranger
            && let Some(here) = state.by_target.get_mut(target)
        {
            *here -= 1;
            if *here == 0 {
                state.by_target.remove(target);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three_at_once() -> Arc<Admission> {
        Arc::new(Admission { most: 3, state: Mutex::default() })
    }

    #[test]
    fn strangers_get_two_places_for_one_account() {
        let admission = three_at_once();
        let alice = [1; 16];
        let held = [admission.enter(&alice, false), admission.enter(&alice, false)];
        assert!(held.iter().all(Option::is_some));
        assert!(admission.enter(&alice, false).is_none());
        assert!(admission.enter(&[2; 16], false).is_some());
    }

    #[test]
    fn a_known_browser_finds_its_place_when_strangers_hold_the_rest() {
        let admission = three_at_once();
        let _held: Vec<_> = (1..=3).map(|n| admission.enter(&[n; 16], false)).collect();
        assert!(admission.enter(&[4; 16], false).is_none());
        assert!(admission.enter(&[1; 16], true).is_some());
    }

    #[test]
    fn a_place_is_given_back() {
        let admission = three_at_once();
        for _ in 0..10 {
            assert!(admission.enter(&[1; 16], false).is_some());
        }
        assert!(admission.state.lock().unwrap().by_target.is_empty());
    }
}
