//! How often somebody may ask for what costs some work and tells nothing worth guessing for. In memory, and bounded.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::network::Network;
use crate::clock::Seconds;

/// Askings are counted over this time, in seconds.
const WINDOW: Seconds = 60;

/// Askings in [`WINDOW`] from one network: two a second, which nobody types faster than.
pub const MOST: u32 = 120;

/// The same from an address that many people may share.
const MOST_SHARED: u32 = 600;

/// The same from everybody. Whoever has more networks than that slows down what can be done without.
const MOST_OF_ALL: u32 = 3_000;

/// Counts askings. It holds no more networks than there are askings in one window.
#[derive(Debug)]
pub struct Pace {
    most_of_all: u32,
    window: Mutex<Window>,
}

#[derive(Debug, Default)]
struct Window {
    since: Seconds,
    all: u32,
    by_network: HashMap<String, u32>,
}

impl Default for Pace {
    fn default() -> Self {
        Self::of_all(MOST_OF_ALL)
    }
}

impl Pace {
    /// One by which everybody together asks no more often than that in [`WINDOW`].
    pub fn of_all(most: u32) -> Self {
        Self { most_of_all: most, window: Mutex::default() }
    }

    /// Counts one, or says how many seconds to wait.
    pub fn step(&self, network: &Network, now: Seconds) -> Result<(), Seconds> {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not keep anybody waiting for long.
        if !(window.since..window.since + WINDOW).contains(&now) {
            *window = Window { since: now, ..Window::default() };
        }
        // One address that says to be many people's leaves some for everybody else.
        let most = if network.shared() { MOST_SHARED.min(self.most_of_all / 2) } else { MOST };
        let here = window.by_network.get(network.as_str()).copied().unwrap_or(0);
        if here >= most || window.all >= self.most_of_all {
            return Err(window.since + WINDOW - now);
        }
        window.all += 1;
        window.by_network.insert(network.as_str().to_owned(), here + 1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defense::origin::Origin;

    fn at(remote: &str) -> Network {
        Network::of(&Origin { remote: Some(remote.to_owned()), ..Origin::default() })
    }

    #[test]
    fn one_network_asks_so_often_and_others_go_on() {
        let pace = Pace::default();
        assert!((0..MOST).all(|_| pace.step(&at("203.0.113.5"), 1000).is_ok()));
        assert_eq!(pace.step(&at("203.0.113.5"), 1015), Err(45));
        assert_eq!(pace.step(&at("203.0.113.6"), 1015), Ok(()));
        assert_eq!(pace.step(&at("203.0.113.5"), 1060), Ok(()));
    }

    #[test]
    fn an_address_of_many_people_has_more() {
        let pace = Pace::default();
        assert!((0..MOST_SHARED).all(|_| pace.step(&at("192.168.1.2"), 1000).is_ok()));
        assert!(pace.step(&at("192.168.1.2"), 1000).is_err());
    }

    #[test]
    fn many_networks_together_are_bounded_too() {
        let pace = Pace::default();
        let taken = (0..10_000).filter(|n| pace.step(&at(&format!("2001:db8:0:{n:x}::1")), 1000).is_ok()).count();
        assert_eq!(taken, MOST_OF_ALL as usize);
        assert!(pace.window.lock().unwrap().by_network.len() <= MOST_OF_ALL as usize);
    }

    #[test]
    fn one_address_that_many_may_share_leaves_some_for_the_others() {
        let pace = Pace::of_all(60);
        while pace.step(&at("192.168.1.2"), 1000).is_ok() {}
        assert_eq!(pace.step(&at("203.0.113.5"), 1000), Ok(()));
    }

    #[test]
    fn a_clock_set_back_keeps_nobody_waiting() {
        let pace = Pace::default();
        while pace.step(&at("203.0.113.5"), 1000).is_ok() {}
        assert_eq!(pace.step(&at("203.0.113.5"), 10), Ok(()));
    }
}
