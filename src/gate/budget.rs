//! Wrong codes an account takes in an hour: across challenges, code-shaped tails in the password box, and restarts.
//!
//! All strangers share one budget; for tails they have another, since these need no right password, so that whoever knows
//! a name alone closes no challenge. A browser, or a network, the account came in from before has one of its own, so
//! strangers cannot spend it, and whoever sits there cannot guess for ever either. All these together have a bound, too:
//! whoever came by many cookies guesses no more than that. Only a success gives one back.

use rusqlite::Transaction;

use crate::audit::{self, Kind};
use crate::clock::Seconds;
use crate::context::Context;
use crate::gate::guard::Visitor;
use crate::host::AccountId;
use crate::settings::keys;
use crate::store::{StoreError, attempts};

/// Wrong codes are counted over this time, in seconds.
pub const WINDOW: Seconds = attempts::WRONG_CODES_KEPT;

/// All known browsers and networks of an account together take so many budgets.
const KNOWN_TOGETHER: u32 = 5;

const STRANGERS: &str = "strangers";
const STRANGERS_TAILS: &str = "strangers' tails";
/// Of what strangers may guess otherwise, they may guess so much behind passwords: one in so many.
const TAILS: u32 = 2;
/// The budget of wrong Quick Connect codes: these are typed in a session, and no guesses at it.
pub const QUICK_CONNECT: &str = "quick connect";

/// The budget one visitor guesses from.
pub struct Budget {
    account: AccountId,
    source: String,
    network: String,
    most: u32,
    now: Seconds,
}

impl Budget {
    /// Of this visitor, for this account.
    pub fn of(cx: &Context, account: AccountId, visitor: &Visitor) -> Self {
        let source = match &visitor.browser {
            Some(id) => format!("browser {}", data_encoding::HEXLOWER.encode(id)),
            None if visitor.familiar => format!("network {}", visitor.network.as_str()),
            None => STRANGERS.to_owned(),
        };
        let most = cx.settings().get(&keys::LIMITS_WRONG_CODES_PER_HOUR);
        Self { account, source, network: visitor.network.as_str().to_owned(), most, now: cx.now() }
    }

    /// The same, for codes behind the password.
    pub fn of_tails(cx: &Context, account: AccountId, visitor: &Visitor) -> Self {
        let budget = Self::of(cx, account, visitor);
        if budget.source == STRANGERS {
            let most = budget.most.div_ceil(TAILS);
            return Self { source: STRANGERS_TAILS.to_owned(), most, ..budget };
        }
        budget
    }

    /// Whose budget it is.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Seconds until there is room again; 0 while there is.
    pub fn wait(&self, tx: &Transaction<'_>) -> Result<Seconds, StoreError> {
        let (wrong, oldest) = attempts::wrong_codes(tx, &self.account, &self.source, self.window())?;
        if wrong >= self.most {
            return Ok(until_forgotten(oldest, self.now));
        }
        let strangers = [STRANGERS, STRANGERS_TAILS, QUICK_CONNECT];
        if strangers.contains(&self.source.as_str()) {
            return Ok(0);
        }
        let (wrong, oldest) = attempts::wrong_codes_beside(tx, &self.account, strangers, self.window())?;
        Ok(if wrong >= self.most.saturating_mul(KNOWN_TOGETHER) { until_forgotten(oldest, self.now) } else { 0 })
    }

    fn window(&self) -> (Seconds, Seconds) {
        (self.now - WINDOW, self.now)
    }

    /// Spends one wrong code. The last one is written down as well: from then on codes are refused.
    pub fn spend(&self, cx: &Context, tx: &Transaction<'_>) -> Result<(), StoreError> {
        attempts::add_wrong_code(tx, &self.account, &self.source, self.now)?;
        let (wrong, _) = attempts::wrong_codes(tx, &self.account, &self.source, self.window())?;
        if wrong != self.most {
            return Ok(());
        }
        let entry = audit::Entry { address: Some(&self.network), ..audit::Entry::of(Kind::Limited, &self.account) };
        audit::record(cx, tx, &entry)
    }

    /// A success gives the budget back: this one, not the strangers'.
    pub fn give_back(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        attempts::clear_wrong_codes(tx, &self.account, &self.source)
    }
}

/// Seconds until the oldest wrong code is forgotten.
pub fn until_forgotten(oldest: Seconds, now: Seconds) -> Seconds {
    (oldest + WINDOW - now).max(1)
}
