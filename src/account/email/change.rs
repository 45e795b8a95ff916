//! What goes with every change of an address: the one before is told, and what was sent to it is void.

use rusqlite::Transaction;
use zeroize::Zeroizing;

use super::{EmailDenial, can_send};
use crate::account::links;
use crate::audit::{self, Kind as Event};
use crate::clock::{HOUR, Seconds};
use crate::context::Context;
use crate::crypto::seal::row_name;
use crate::crypto::token::{self, Token};
use crate::host::UserFacts;
use crate::notify::addresses::{self, Known};
use crate::notify::message::{self, Delivery, Kind, Message, Variable};
use crate::settings::MailAddress;
use crate::store::email_changes::{self, Undo};
use crate::store::{StoreError, emails, resets};

/// For how long the address before can be put back, in hours.
const UNDO_HOURS: Seconds = 72;
/// For how long the address before can be put back, in seconds.
pub(super) const UNDO_LIFETIME: Seconds = UNDO_HOURS * HOUR;

/// Who changes it.
#[derive(Clone, Copy)]
pub(super) enum By<'a> {
    /// Whoever is signed in, or signs in.
    Owner,
    /// An administrator. Their word is the last one, and no way back is kept: it is how an address is taken
    /// from a thief, whose mailboxes must not bring it back. Whoever has an administrator's session and a proof in it can
    /// give any account a new password anyway, so that a way back would keep nobody from anything.
    Administrator(audit::By<'a>),
}

/// Sets an address, with when it was verified, or takes it away.
pub(super) fn apply(
    cx: &Context,
    tx: &Transaction<'_>,
    facts: &UserFacts,
    new: Option<(&MailAddress, Option<Seconds>)>,
    by: By<'_>,
) -> Result<(), EmailDenial> {
    let old = current(cx, tx, facts)?;
    let same = match (&old, new) {
        (Some(old), Some((new, _))) => old.address.folded() == new.folded(),
        (None, None) => true,
        _ => false,
    };
    match new {
        Some((address, verified_at)) => addresses::set(cx, tx, &facts.id, address, verified_at)?,
        None => _ = emails::remove(tx, &facts.id)?,
    }
    if !same {
        email_changes::forget_pending(tx, &facts.id)?;
        resets::void(tx, &facts.id)?;
        if matches!(by, By::Administrator(_)) {
            email_changes::forget_undos(tx, &facts.id)?;
        }
        // What nobody verified may be a stranger's: they are neither told nor asked.
        if let Some(old) = old.filter(|old| old.verified_at.is_some()) {
            tell_old(cx, tx, facts, &old, by)?;
        }
    }
    let kind = match new {
        None => Event::EmailRemoved,
        Some((_, Some(_))) if same => Event::EmailVerified,
        Some(_) => Event::EmailChanged,
    };
    let by = if let By::Administrator(by) = by { by } else { audit::By::default() };
    Ok(audit::record_by(cx, tx, by, &audit::Entry::of(kind, &facts.id))?)
}

/// The address as it is now. One that does not open any more is none, and gives way to whatever comes.
pub(super) fn current(cx: &Context, tx: &Transaction<'_>, facts: &UserFacts) -> Result<Option<Known>, EmailDenial> {
    match addresses::of(cx, tx, &facts.id) {
        Err(addresses::AddressError::Seal(_)) => Ok(None),
        found => Ok(found?),
    }
}

fn tell_old(cx: &Context, tx: &Transaction<'_>, facts: &UserFacts, old: &Known, by: By<'_>) -> Result<(), EmailDenial> {
    if !can_send(cx) {
        return Ok(());
    }
    let link = if matches!(by, By::Owner) { way_back(cx, tx, facts, old)? } else { None };
    let hours = UNDO_HOURS.to_string();
    let mut values = vec![(Variable::Address, old.address.as_str())];
    if let Some(link) = &link {
        values.extend([(Variable::Link, link.as_str()), (Variable::Hours, hours.as_str())]);
    }
    let message = Message { kind: Kind::AddressChanged, user: &facts.name, values: &values };
    // Whoever took the account over raises its epoch too: the warning goes out all the same.
    let delivery = Delivery { to: &old.address, account: &facts.id, revocable: false, lives: UNDO_LIFETIME };
    message::put(cx, tx, &message, &delivery)?;
    Ok(())
}

/// Keeps the address and makes the link that puts it back; none while nobody said how this server is reached.
fn way_back(
    cx: &Context,
    tx: &Transaction<'_>,
    facts: &UserFacts,
    old: &Known,
) -> Result<Option<Zeroizing<String>>, EmailDenial> {
    let token = Token::generate(&*cx.randomness)?;
    let Some(link) = links::link(&cx.settings(), super::UNDO_PAGE, token.as_str()) else { return Ok(None) };
    let row = row_name(&*cx.randomness)?;
    let place = email_changes::undo_place(&row);
    let address = cx.sealer.seal(&place, old.address.as_str().as_bytes(), &*cx.randomness)?;
    let expires_at = cx.now() + UNDO_LIFETIME;
    let undo = Undo { id: 0, account: facts.id, row, address, verified_at: old.verified_at, expires_at };
    email_changes::keep_undo(tx, &token::hash(token.as_str()), &undo, cx.now())?;
    Ok(Some(link))
}

/// An address out of one of our rows.
pub(super) fn read(plain: &[u8], table: &'static str) -> Result<MailAddress, EmailDenial> {
    let text = std::str::from_utf8(plain).ok().and_then(|text| text.parse().ok());
    Ok(text.ok_or(StoreError::row(table))?)
}
