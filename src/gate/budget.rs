//! Wrong codes an account takes in an hour: across challenges, code-shaped tails in the password box, and restarts.
//!
//! All strangers share one budget. A browser, or a network, the account came in from before has one of its own, so
//! strangers cannot spend it, and whoever sits there cannot guess for ever either. Only a success gives one back.

use rusqlite::Transaction;

use crate::clock::Seconds;
use crate::context::Context;
use crate::gate::guard::Visitor;
use crate::host::AccountId;
use crate::settings::keys;
use crate::store::{StoreError, attempts};

/// Wrong codes are counted over this time, in seconds.
pub const WINDOW: Seconds = 60 * 60;

/// The budget one visitor guesses from.
pub struct Budget {
    account: AccountId,
    source: String,
    most: u32,
    now: Seconds,
}

impl Budget {
    /// Of this visitor, for this account.
    pub fn of(cx: &Context, account: AccountId, visitor: &Visitor) -> Self {
        let source = match &visitor.browser {
            Some(id) => format!("browser {}", data_encoding::HEXLOWER.encode(id)),
            None if visitor.familiar => format!("network {}", visitor.network.as_str()),
            None => "strangers".to_owned(),
        };
        Self { account, source, most: cx.settings().get(&keys::LIMITS_WRONG_CODES_PER_HOUR), now: cx.now() }
    }

    /// Whose budget it is.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Seconds until there is room again; 0 while there is.
    pub fn wait(&self, tx: &Transaction<'_>) -> Result<Seconds, StoreError> {
        let (wrong, oldest) = attempts::wrong_codes(tx, &self.account, &self.source, self.now - WINDOW)?;
        Ok(if wrong >= self.most { (oldest + WINDOW - self.now).max(1) } else { 0 })
    }

    /// Spends one wrong code.
    pub fn spend(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        attempts::add_wrong_code(tx, &self.account, &self.source, self.now)
    }

    /// A success gives the budget back: this one, not the strangers'.
    pub fn give_back(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        attempts::clear_wrong_codes(tx, &self.account, &self.source)
    }
}
