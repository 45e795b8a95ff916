//! A try at the password door that failed: counted and written down in one durable commit, before the answer.

use crate::audit::{self, Kind};
use crate::context::Context;
use crate::defense::limits::{self, Counted, Ticket};
use crate::gate::attempt::LoginAttempt;
use crate::gate::budget::Budget;
use crate::gate::denial::Denial;
use crate::gate::guard::Visitor;
use crate::host::AccountId;

/// What failed.
pub struct Failure<'a> {
    /// Why, as far as that is known. The asker is told nothing of it.
    pub kind: Kind,
    /// The attempt.
    pub attempt: &'a LoginAttempt,
    /// The counted try.
    pub ticket: &'a Ticket,
    /// Whose name was typed; none: nobody's.
    pub account: Option<AccountId>,
    /// The tail was compared with codes.
    pub guessed: bool,
    /// Who asked.
    pub visitor: &'a Visitor,
}

impl Failure<'_> {
    /// Counts it and writes it down. What was wrong before tells nobody anything new.
    pub fn write_down(&self, cx: &Context) -> Result<(), Denial> {
        if self.ticket.repeats() {
            return Ok(self.ticket.repeated(cx)?);
        }
        let nobody = limits::nobody(cx, &self.attempt.name);
        let name = data_encoding::HEXLOWER.encode(&nobody[..8]);
        cx.store.durable(|tx| {
            if let Some(account) = self.account.filter(|_| self.guessed) {
                Budget::of_tails(cx, account, self.visitor).spend(cx, tx)?;
            }
            let counted = self.ticket.failed(cx, tx)?;
            if counted == Counted::Before {
                return Ok(());
            }
            let entry = audit::Entry {
                kind: self.kind,
                account: self.account,
                address: Some(self.visitor.network.as_str()),
                detail: if self.account.is_some() { Some(&self.attempt.client.app) } else { Some(&name) },
            };
            audit::record(cx, tx, &entry)?;
            if counted == Counted::AndLimited {
                audit::record(cx, tx, &audit::Entry { kind: Kind::Limited, ..entry })?;
            }
            Ok(())
        })
    }
}
