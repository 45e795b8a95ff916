//! What a sign-in by the password box has used up, and gives back should Jellyfin then refuse the session.

use crate::context::Context;
use crate::gate::budget::Budget;
use crate::gate::denial::Denial;
use crate::gate::pairing::{self, Spared};
use crate::gate::proof::{Spend, Spender};
use crate::host::AccountId;
use crate::store::factors;

/// What was used up.
pub enum Spent {
    /// Nothing, or what cannot be given back: another step of an authenticator comes in a moment.
    Nothing,
    /// A recovery code, and how many were left without it.
    Recovery([u8; 32], i64),
    /// A device's approval.
    Approval(Spared),
}

/// Spends the code that stood behind the password; none when somebody was faster.
pub fn spend(cx: &Context, code: &Spend, spender: &Spender<'_>, budget: &Budget) -> Result<Option<Spent>, Denial> {
    cx.store.durable(|tx| {
        if !code.spend(cx, tx, spender)? {
            return Ok(None);
        }
        budget.give_back(tx)?;
        Ok(Some(match code {
            Spend::Recovery { hash } => Spent::Recovery(*hash, factors::recovery_codes_left(tx, spender.account)?),
            Spend::Totp { .. } | Spend::Mail { .. } => Spent::Nothing,
        }))
    })
}

impl Spent {
    /// Jellyfin refused the session.
    pub fn give_back(&self, cx: &Context, account: &AccountId) -> Result<(), Denial> {
        match self {
            Self::Nothing => Ok(()),
            Self::Recovery(hash, left) => {
                Ok(cx.store.durable(|tx| factors::give_back_recovery_code(tx, account, hash, *left))?)
            }
            Self::Approval(spared) => pairing::give_back(cx, account, spared),
        }
    }
}
