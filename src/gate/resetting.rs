//! Accounts whose password we are setting at this moment: Jellyfin tells us of it, and we know.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::host::AccountId;

/// How many of us are at each.
#[derive(Default)]
pub struct Resetting(Mutex<HashMap<AccountId, usize>>);

/// As long as this lives, it is us.
pub struct Marked<'a> {
    all: &'a Resetting,
    account: AccountId,
}

impl Resetting {
    /// Marks an account.
    pub fn mark(&self, account: AccountId) -> Marked<'_> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(account).or_default() += 1;
        Marked { all: self, account }
    }

    /// Is it us?
    pub fn holds(&self, account: &AccountId) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(account)
    }
}

impl Drop for Marked<'_> {
    fn drop(&mut self) {
        let mut all = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.account);
            }
        }
    }
}
