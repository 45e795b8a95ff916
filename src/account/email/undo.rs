//! The way back: whoever reads the address that was given up puts it back, without signing in.
//!
//! Undoing says that the account may be in other hands. So it ends every session and all that rests on the epoch
//! (trust, app passwords, approvals, resets under way). Factors stay as they are: a mail is the weakest of all proofs,
//! and must not take a stronger one away.

use rusqlite::Transaction;

use super::change::{self, UNDO_LIFETIME};
use super::{EmailDenial, can_send, verification};
use crate::audit::{self, Kind as Event};
use crate::context::Context;
use crate::crypto::token;
use crate::gate::Gate;
use crate::gate::denial::Denial;
use crate::gate::sessions::{self, Which};
use crate::host::{UserFacts, UserQuery};
use crate::notify::addresses;
use crate::notify::message::{self, Delivery, Kind, Message, MessageError, Variable};
use crate::notify::outbox::OutboxError;
use crate::settings::MailAddress;
use crate::store::email_changes::{self, Undo};
use crate::store::{accounts, challenges, emails};

/// Does what the link in the mail promised, once.
pub fn undo(cx: &Context, gate: &Gate, token: &str) -> Result<(), EmailDenial> {
    let hash = token::hash(token);
    let account = cx.store.read(|tx| email_changes::undo_of(tx, &hash, cx.now()))?.ok_or(EmailDenial::UndoGone)?;
    let found = cx.host.find_user(&UserQuery::Id(account), None).map_err(Denial::from)?;
    let facts = found.ok_or(EmailDenial::UndoGone)?;
    cx.store.durable(|tx| {
        let undo = email_changes::take_undo(tx, &hash, cx.now())?.ok_or(EmailDenial::UndoGone)?;
        put_back(cx, tx, &facts, &undo)
    })?;
    cx.bell.ring();
    gate.grants.forget(&account);
    sessions::end(cx, &account, &Which::All, None)?;
    Ok(())
}

fn put_back(cx: &Context, tx: &Transaction<'_>, facts: &UserFacts, undo: &Undo) -> Result<(), EmailDenial> {
    let plain = cx.sealer.open(&email_changes::undo_place(&undo.row), &undo.address)?;
    let address = change::read(&plain, "emails_undo")?;
    let replaced = change::current(cx, tx, facts)?.filter(|now| now.address.folded() != address.folded());
    // Its reader may have given it to another account since. The stranger's goes in any case.
    if verification::taken(cx, tx, &facts.id, &addresses::folded(cx, &address))? {
        emails::remove(tx, &facts.id)?;
    } else {
        addresses::set(cx, tx, &facts.id, &address, undo.verified_at)?;
    }
    // Pending addresses and resets under way rest on the epoch.
    accounts::raise_epoch(tx, &facts.id, cx.now())?;
    challenges::end_all(tx, &facts.id)?;
    tell(cx, tx, facts, &address)?;
    if let Some(replaced) = replaced.filter(|replaced| replaced.verified_at.is_some()) {
        tell(cx, tx, facts, &replaced.address)?;
    }
    Ok(audit::record(cx, tx, &audit::Entry::of(Event::EmailRestored, &facts.id))?)
}

/// What cannot be told for want of room must not keep the owner from taking the account back.
fn tell(cx: &Context, tx: &Transaction<'_>, facts: &UserFacts, to: &MailAddress) -> Result<(), EmailDenial> {
    if !can_send(cx) {
        return Ok(());
    }
    let values = [(Variable::Address, to.as_str())];
    let message = Message { kind: Kind::AddressRestored, user: &facts.name, values: &values };
    let delivery = Delivery { to, account: &facts.id, revocable: false, lives: UNDO_LIFETIME };
    match message::put(cx, tx, &message, &delivery) {
        Ok(_) | Err(MessageError::Outbox(OutboxError::Enough(_) | OutboxError::Full)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
