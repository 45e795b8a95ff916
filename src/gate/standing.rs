//! Where an account stands: its row, its factors, what is asked of it.

use crate::clock::Seconds;
use crate::context::Context;
use crate::host::AccountId;
use crate::store::accounts::{Account, Rule};
use crate::store::factors::Factor;
use crate::store::mail_codes::MailFactor;
use crate::store::passkeys::Stored;
use crate::store::{StoreError, accounts, factors, mail_codes, meta, passkeys};

/// One consistent reading.
pub struct Standing {
    /// Whose.
    pub id: AccountId,
    /// Our row; what a first meeting would write where there is none.
    pub account: Account,
    /// Enrolled factors.
    pub factors: Vec<Factor>,
    /// Registered passkeys.
    pub passkeys: Vec<Stored>,
    /// Codes by mail, where they were chosen as a factor.
    pub mail: Option<MailFactor>,
    /// Unspent recovery codes.
    pub codes_left: i64,
    /// Raised when the policy changes.
    pub policy_epoch: i64,
    /// When the general requirement was switched on; 0 for never.
    pub required_since: Seconds,
}

impl Standing {
    /// Reads it.
    pub fn of(cx: &Context, id: &AccountId) -> Result<Self, StoreError> {
        let now = cx.now();
        cx.store.read(|tx| {
            let unmet = Account {
                first_seen: now,
                rule: Rule::default(),
                ruled_at: 0,
                epoch: 0,
                had_factor: false,
                must_enrol: false,
                chosen_pin: None,
                reset_by_mail: false,
            };
            Ok(Self {
                id: *id,
                account: accounts::find(tx, id)?.unwrap_or(unmet),
                factors: factors::of(tx, id)?,
                passkeys: passkeys::of(tx, id)?,
                mail: mail_codes::factor(tx, id)?,
                codes_left: factors::recovery_codes_left(tx, id)?,
                policy_epoch: meta::number(tx, meta::POLICY_EPOCH)?,
                required_since: meta::number(tx, meta::REQUIRED_SINCE)?,
            })
        })
    }

    /// A factor is enrolled.
    pub fn protected(&self) -> bool {
        !self.factors.is_empty() || !self.passkeys.is_empty() || self.mail.is_some()
    }

    /// Mail is all there is: whoever reads it has code and new password in one place.
    pub fn mail_alone(&self) -> bool {
        self.mail.is_some() && self.factors.is_empty() && self.passkeys.is_empty()
    }
}
