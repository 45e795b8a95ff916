//! Proofs that were given and have no session yet.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::clock::Seconds;
use crate::host::AccountId;
use crate::store::challenges::Challenge;

/// A proof stays good this long when Jellyfin refused the session itself, in seconds.
pub const GRANT_LIFETIME: Seconds = 60;
/// Grants held at once, over all accounts.
const MOST_GRANTS: usize = 1_024;

/// Proven, not yet minted. In memory: after a restart the user signs in again.
#[derive(Default)]
pub struct Grants(Mutex<HashMap<[u8; 32], (Challenge, Seconds)>>);

impl Grants {
    /// Keeps a proof for `lifetime` seconds, under the hash of its challenge.
    pub fn keep(&self, hash: [u8; 32], challenge: Challenge, now: Seconds, lifetime: Seconds) {
        let mut grants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        grants.retain(|_, (_, until)| *until > now);
        if grants.len() < MOST_GRANTS {
            grants.insert(hash, (challenge, now + lifetime));
        }
    }

    /// Takes a proof; nobody else gets it meanwhile.
    pub fn take(&self, hash: &[u8; 32], now: Seconds) -> Option<Challenge> {
        let mut grants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        grants.remove(hash).filter(|(_, until)| *until > now).map(|(challenge, _)| challenge)
    }

    /// Forgets what an account had proven.
    pub fn forget(&self, account: &AccountId) {
        let mut grants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        grants.retain(|_, (challenge, _)| challenge.account != *account);
    }
}
