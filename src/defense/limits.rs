//! Attempt limits, per network and per account, with growing delay, kept over restarts.
//!
//! An attempt is counted before anything is compared: as a reservation in memory that parallel tries see, and
//! on failure as one durable commit before the answer. A stranger's tries never count against a browser or a network the
//! account has used before: those have limits of their own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Transaction;

use super::name::folded;
use super::network::Network;
use super::repeats::Repeats;
use crate::clock::{HOUR, Seconds};
use crate::context::Context;
use crate::crypto::mac;
use crate::settings::keys;
use crate::store::{StoreError, attempts};

/// Failures are forgotten this long after the last one.
const FORGET_AFTER: Seconds = HOUR;
/// The same wrong secret from the same account, network and device counts once, until it was not tried for this long:
/// Kodi and Home Assistant repeat themselves.
const REPEAT_WINDOW: Seconds = HOUR;
/// An account takes more failures than one network before it slows strangers down.
const ACCOUNT_FACTOR: u32 = 4;
/// The first delay; it doubles with each further failure.
pub const FIRST_DELAY: Seconds = 2;

/// Who is trying, as far as limits are concerned.
#[derive(Clone, Copy)]
pub struct Guest<'a> {
    /// The account tried, or a keyed hash of a name nobody has.
    pub target: &'a [u8],
    /// From where.
    pub network: &'a Network,
    /// Id of a browser the account has used before.
    pub browser: Option<&'a [u8]>,
    /// The account came in from this network before.
    pub familiar: bool,
}

/// Which counter.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Counter {
    scope: &'static str,
    key: Vec<u8>,
    free: u32,
}

/// Reservations of tries in flight, and the wrong ones that come again.
#[derive(Default)]
pub struct Limits {
    pending: Arc<Mutex<HashMap<Counter, u32>>>,
    repeats: Repeats,
}

/// Refused: try again after so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(pub Seconds);

/// A counted try in flight.
pub struct Ticket {
    pending: Arc<Mutex<HashMap<Counter, u32>>>,
    counters: Vec<Counter>,
    dirty: bool,
    secret: [u8; 32],
    /// It was wrong before, and is remembered until then.
    wrong_until: Option<Seconds>,
}

/// What became of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// It was counted before, and nothing is new.
    Before,
    /// Once more.
    Once,
    /// Somebody has to wait from now on who had not before; longer delays after that one are nothing new.
    AndLimited,
}

impl Limits {
    /// Counts a try, or says how long to wait. `secret` is a keyed hash of what was typed, in its place: what was wrong
    /// lately costs nothing and is looked at only now and then.
    pub fn reserve(
        &self,
        cx: &Context,
        guest: Guest<'_>,
        secret: [u8; 32],
    ) -> Result<Result<Ticket, Wait>, StoreError> {
        let now = cx.now();
        let rest = self.repeats.rest(&secret, now);
        if rest > 0 {
            return Ok(Err(Wait(rest)));
        }
        // First in line, then a look at what was written: a try that fails meanwhile is seen in one place or the other.
        let (mut ticket, before) = self.line_up(counters(guest, cx.settings().get(&keys::LIMITS_FREE_TRIES)), secret);
        let (kept, wrong_until) = cx.store.read(|tx| {
            let kept = ticket.counters.iter().map(|c| current(tx, c, now)).collect::<Result<Vec<_>, StoreError>>()?;
            Ok::<_, StoreError>((kept, attempts::wrong_until(tx, &secret, now, now + REPEAT_WINDOW)?))
        })?;
        let wait = kept.iter().map(|failures| failures.until - now).max().unwrap_or(0);
        if wait > 0 {
            return Ok(Err(Wait(wait)));
        }
        for ((counter, failures), before) in ticket.counters.iter().zip(&kept).zip(before) {
            // Past the free tries one try at a time may be in flight; before, as many as are left.
            if before >= counter.free.saturating_sub(failures.count).max(1) {
                return Ok(Err(Wait(1)));
            }
        }
        if wrong_until.is_some()
            && let Err(rest) = self.repeats.take(&secret, guest.familiar, now)
        {
            return Ok(Err(Wait(rest)));
        }
        ticket.wrong_until = wrong_until;
        ticket.dirty = kept.iter().any(|failures| failures.count > 0);
        Ok(Ok(ticket))
    }

    /// A place in each line, given back when the ticket goes, and how many were there before.
    fn line_up(&self, counters: Vec<Counter>, secret: [u8; 32]) -> (Ticket, Vec<u32>) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let before = counters.iter().map(|counter| {
            let here = pending.entry(counter.clone()).or_insert(0);
            *here += 1;
            *here - 1
        });
        let before = before.collect();
        drop(pending);
        let pending = Arc::clone(&self.pending);
        (Ticket { pending, counters, dirty: false, secret, wrong_until: None }, before)
    }

    /// What was typed is right by now.
    pub fn right(&self, ticket: &Ticket) {
        self.repeats.forget(&ticket.secret);
    }

    /// How many reservations are held; for the tests that show memory is bounded.
    pub fn in_flight(&self) -> usize {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

fn counters(guest: Guest<'_>, free: u32) -> Vec<Counter> {
    if let Some(browser) = guest.browser {
        return vec![Counter { scope: "browser", key: browser.to_vec(), free }];
    }
    let at = guest.network.as_str().as_bytes();
    // Behind an unlisted proxy everybody has one address: it may only be limited together with the account.
    let network = if guest.network.shared() {
        Counter { scope: "network and account", key: [at, b"|", guest.target].concat(), free }
    } else {
        Counter { scope: "network", key: at.to_vec(), free }
    };
    if guest.familiar {
        // A television at home keeps no cookie: what strangers do to the account does not shut it out, and whoever sits
        // there has no more tries than the network has.
        return vec![network];
    }
    vec![network, Counter { scope: "account", key: guest.target.to_vec(), free: free.saturating_mul(ACCOUNT_FACTOR) }]
}

/// What stands in the store, unless it has been forgotten.
fn current(tx: &Transaction<'_>, counter: &Counter, now: Seconds) -> Result<attempts::Failures, StoreError> {
    let found = attempts::failures(tx, counter.scope, &counter.key)?;
    // A clock set back must not make a delay last for ever: nothing lies further ahead than the longest delay.
    let forgotten = now >= found.last_at.max(found.until) + FORGET_AFTER || found.last_at > now + FORGET_AFTER;
    Ok(if forgotten { attempts::Failures::default() } else { found })
}

impl Ticket {
    /// Was the very same wrong lately?
    pub fn repeats(&self) -> bool {
        self.wrong_until.is_some()
    }

    /// What was wrong before is wrong again: it stays remembered. Twice an hour that is written, and not waited for.
    pub fn repeated(&self, cx: &Context) -> Result<(), StoreError> {
        let now = cx.now();
        if self.wrong_until.is_none_or(|until| until - now > REPEAT_WINDOW / 2) {
            return Ok(());
        }
        cx.store.lazy(|tx| attempts::keep_wrong(tx, &self.secret, now + REPEAT_WINDOW))
    }

    /// Writes the failure down, inside the caller's durable transaction.
    pub fn failed(&self, cx: &Context, tx: &Transaction<'_>) -> Result<Counted, StoreError> {
        let now = cx.now();
        if !attempts::first_time(tx, &self.secret, now, now + REPEAT_WINDOW)? {
            return Ok(Counted::Before);
        }
        let longest = Seconds::from(cx.settings().get(&keys::LIMITS_LONGEST_DELAY_MINUTES)) * 60;
        let mut begins = false;
        for counter in &self.counters {
            let count = current(tx, counter, now)?.count.saturating_add(1);
            let pause = delay(count, counter.free, longest);
            let failures = attempts::Failures { count, last_at: now, until: now + pause };
            attempts::set_failures(tx, counter.scope, &counter.key, failures)?;
            begins |= count == counter.free;
        }
        attempts::prune(tx, now - FORGET_AFTER, now)?;
        Ok(if begins { Counted::AndLimited } else { Counted::Once })
    }

    /// True when a success has something to forgive.
    pub fn dirty(&self) -> bool {
        self.dirty
    }

    /// A success forgives the account's and browser's failures, never a whole network's: own logins in between
    /// would otherwise buy endless tries.
    pub fn succeeded(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        for counter in self.counters.iter().filter(|counter| counter.scope != "network") {
            attempts::clear_failures(tx, counter.scope, &counter.key)?;
        }
        Ok(())
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        for counter in &self.counters {
            if let Some(count) = pending.get_mut(counter) {
                *count -= 1;
                if *count == 0 {
                    pending.remove(counter);
                }
            }
        }
    }
}

/// 0 within the free tries, then [`FIRST_DELAY`] doubling up to `longest`.
fn delay(count: u32, free: u32, longest: Seconds) -> Seconds {
    match count.checked_sub(free) {
        None => 0,
        Some(over) => FIRST_DELAY.checked_shl(over.min(32)).unwrap_or(longest).min(longest),
    }
}

/// A keyed hash of one secret in its place, for [`Limits::reserve`].
pub fn fingerprint(cx: &Context, guest: Guest<'_>, device_id: &str, secret: &str) -> [u8; 32] {
    let at = guest.network.as_str().as_bytes();
    mac::keyed_hash(&cx.keys.privacy, "wrong secret", &[guest.target, at, device_id.as_bytes(), secret.as_bytes()])
}

/// What a name nobody has is counted and stored under. Folded as Jellyfin folds names, as far as that goes without it:
/// spellings of a name that somebody has share their counters, too.
pub fn nobody(cx: &Context, name: &str) -> [u8; 32] {
    let folded = folded(name.trim());
    mac::keyed_hash(&cx.keys.privacy, "name nobody has", &[folded.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delay_starts_after_the_free_tries_and_doubles_up_to_the_longest() {
        let delays: Vec<_> = (3..9).map(|count| delay(count, 5, 900)).collect();
        assert_eq!(delays, [0, 0, 2, 4, 8, 16]);
        assert_eq!(delay(u32::MAX, 5, 900), 900);
    }
}
