//! A new address: entered, and verified by the code that was sent to it.

use rusqlite::Transaction;
use serde::Serialize;
use zeroize::Zeroizing;

use super::change::{self, By};
use super::{EmailDenial, can_send};
use crate::audit::{self, Kind as Event};
use crate::clock::Seconds;
use crate::context::Context;
use crate::crypto::mac;
use crate::crypto::seal::row_name;
use crate::factor::digits;
use crate::host::{AccountId, UserFacts};
use crate::notify::addresses;
use crate::notify::message::{self, Delivery, Kind, Message, MessageError, Variable};
use crate::notify::outbox::{self as mails, OutboxError};
use crate::settings::{MailAddress, keys};
use crate::store::email_changes::{self, Pending};
use crate::store::{StoreError, accounts, emails, window};

/// Digits of a code.
pub const DIGITS: usize = 6;
/// How long a code is good, in minutes.
const LIFETIME_MINUTES: Seconds = 10;
/// How long a code is good, in seconds.
pub const LIFETIME: Seconds = LIFETIME_MINUTES * 60;
/// Wrong codes a new address takes, however often one is sent.
pub const MOST_TRIES: u32 = 5;
/// Before so many seconds are over no other code is sent to the same address.
pub const RESEND_AFTER: Seconds = 60;
/// Codes sent for one account, and to one address, within [`SENT_WITHIN`].
const MOST_SENT: u32 = 5;
/// Codes that were sent are counted over this time, in seconds.
const SENT_WITHIN: Seconds = crate::notify::outbox::WINDOW;

/// A code is on its way, or so the page says.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// Until when it is good.
    pub expires_at: Seconds,
    /// From when on another one can be asked for.
    pub resend_at: Seconds,
    /// Digits of a code.
    pub digits: usize,
    /// The engine's clock.
    pub server_time: Seconds,
}

impl Sent {
    /// What is known of what waits.
    pub fn of(pending: &Pending, now: Seconds) -> Self {
        let resend_at = pending.sent_at + RESEND_AFTER;
        Self { expires_at: pending.expires_at, resend_at, digits: DIGITS, server_time: now }
    }
}

/// Takes a new address and sends it a code; whoever calls has demanded a proof. An earlier one that still waits gives
/// way.
pub fn start(cx: &Context, facts: &UserFacts, address: &MailAddress) -> Result<Sent, EmailDenial> {
    let now = cx.now();
    let folded = addresses::folded(cx, address);
    send(cx, facts, |tx| {
        let waits = email_changes::pending(tx, &facts.id, now)?.filter(|waits| mac::equal(&waits.folded, &folded));
        // The same address once more is one more code for it, not five more tries.
        let tries = waits.as_ref().map_or(Ok(0), |waits| may_send_again(waits, now))?;
        Ok((address.clone(), tries))
    })
}

/// Sends another code to the address that waits.
pub fn resend(cx: &Context, facts: &UserFacts) -> Result<Sent, EmailDenial> {
    let now = cx.now();
    send(cx, facts, |tx| {
        let waits = email_changes::pending(tx, &facts.id, now)?.ok_or(EmailDenial::Gone)?;
        let tries = may_send_again(&waits, now)?;
        Ok((open(cx, &waits)?, tries))
    })
}

/// How many tries are spent, if another code may be sent now.
fn may_send_again(waits: &Pending, now: Seconds) -> Result<u32, EmailDenial> {
    let wait = waits.sent_at + RESEND_AFTER - now;
    if wait > 0 {
        return Err(EmailDenial::TooOften(wait.min(RESEND_AFTER)));
    }
    if waits.tries < MOST_TRIES { Ok(waits.tries) } else { Err(EmailDenial::TooOften(waits.expires_at - now)) }
}

/// One transaction: counted, written down, and put into the outbox.
fn send(
    cx: &Context,
    facts: &UserFacts,
    to: impl FnOnce(&Transaction<'_>) -> Result<(MailAddress, u32), EmailDenial>,
) -> Result<Sent, EmailDenial> {
    if !can_send(cx) {
        return Err(EmailDenial::NotSetUp);
    }
    let now = cx.now();
    let sent = cx.store.durable(|tx| {
        let (address, tries) = to(tx)?;
        accounts::note(tx, &facts.id, now)?;
        count(cx, tx, &facts.id, &address)?;
        let row = row_name(&*cx.randomness)?;
        let folded = addresses::folded(cx, &address);
        let code = if taken(cx, tx, &facts.id, &folded)? {
            tell_in_use(cx, tx, facts, &address)?;
            None
        } else {
            let code = digits::draw::<DIGITS>(&*cx.randomness)?;
            let minutes = LIFETIME_MINUTES.to_string();
            let values = [(Variable::Code, code.as_str()), (Variable::Minutes, minutes.as_str())];
            put(cx, tx, facts, &address, Kind::AddressCode, &values)?;
            Some(hash(cx, &facts.id, &row, &code).to_vec())
        };
        let sealed =
            cx.sealer.seal(&email_changes::pending_place(&row), address.as_str().as_bytes(), &*cx.randomness)?;
        let pending = Pending {
            account: facts.id,
            row,
            address: sealed,
            folded: folded.to_vec(),
            code,
            tries,
            sent_at: now,
            expires_at: now + LIFETIME,
        };
        email_changes::await_code(tx, &pending)?;
        Ok::<_, EmailDenial>(Sent::of(&pending, now))
    })?;
    cx.bell.ring();
    Ok(sent)
}

/// Whoever is signed in may enter anybody's address. By no answer they learn how much its reader was sent lately.
fn put(
    cx: &Context,
    tx: &Transaction<'_>,
    facts: &UserFacts,
    to: &MailAddress,
    kind: Kind,
    values: &[(Variable, &str)],
) -> Result<(), EmailDenial> {
    let delivery = Delivery { to, account: &facts.id, revocable: true, lives: LIFETIME };
    let share = mails::take_share(cx, tx, to).map_err(MessageError::from);
    match share.and_then(|()| message::put(cx, tx, &Message { kind, user: &facts.name, values }, &delivery)) {
        Err(MessageError::Outbox(OutboxError::Enough(_))) => Ok(()),
        put => Ok(put.map(|_| ())?),
    }
}

fn tell_in_use(
    cx: &Context,
    tx: &Transaction<'_>,
    facts: &UserFacts,
    address: &MailAddress,
) -> Result<(), EmailDenial> {
    put(cx, tx, facts, address, Kind::AddressInUse, &[(Variable::Address, address.as_str())])
}

/// For one account, and to one address: neither a stranger's mailbox nor the owner's mail server is for flooding, and
/// a code is not for guessing.
fn count(cx: &Context, tx: &Transaction<'_>, account: &AccountId, address: &MailAddress) -> Result<(), EmailDenial> {
    let now = cx.now();
    let folded = address.folded();
    for who in [["account".as_bytes(), account.as_bytes()], ["address".as_bytes(), folded.as_bytes()]] {
        let who = mac::keyed_hash(&cx.keys.privacy, "address codes", &who);
        let (sent, first) = window::OUTBOX.counted(tx, &[&who], now - SENT_WITHIN, now)?;
        if sent >= MOST_SENT {
            return Err(EmailDenial::TooOften((first + SENT_WITHIN - now).clamp(1, SENT_WITHIN)));
        }
        window::OUTBOX.count(tx, &[&who], now, now - SENT_WITHIN)?;
    }
    Ok(())
}

/// Has another account shown that this address is its own, and does one address serve one account only? What nobody
/// verified keeps nobody out: an administrator may have mistyped it.
pub(super) fn taken(
    cx: &Context,
    tx: &Transaction<'_>,
    account: &AccountId,
    folded: &[u8],
) -> Result<bool, StoreError> {
    if cx.settings().get(&keys::EMAIL_SHARED) {
        return Ok(false);
    }
    let having = emails::with_address(tx, folded)?;
    Ok(having.iter().any(|one| one.account != *account && one.verified_at.is_some()))
}

/// Takes the code that came back: counted, compared, and the address set, in one transaction.
pub fn confirm(cx: &Context, facts: &UserFacts, typed: &str) -> Result<(), EmailDenial> {
    let now = cx.now();
    // A refusal must commit too, so it travels out of the transaction as a value.
    let confirmed = cx.store.durable(|tx| {
        let Some(pending) = email_changes::attempt(tx, &facts.id, now, MOST_TRIES)? else {
            return Ok(Err(EmailDenial::Gone));
        };
        if !is_right(cx, &pending, typed) {
            let entry = audit::Entry { detail: Some("e-mail"), ..audit::Entry::of(Event::WrongCode, &facts.id) };
            audit::record(cx, tx, &entry)?;
            return Ok(Err(EmailDenial::WrongCode { tries_left: MOST_TRIES.saturating_sub(pending.tries) }));
        }
        let address = open(cx, &pending)?;
        email_changes::forget_pending(tx, &facts.id)?;
        if taken(cx, tx, &facts.id, &pending.folded)? {
            // Somebody else verified it since the code was sent.
            tell_in_use(cx, tx, facts, &address)?;
            return Ok(Err(EmailDenial::Gone));
        }
        change::apply(cx, tx, facts, Some((&address, Some(now))), By::Owner)?;
        Ok::<_, EmailDenial>(Ok(()))
    })?;
    cx.bell.ring();
    confirmed
}

fn is_right(cx: &Context, pending: &Pending, typed: &str) -> bool {
    // Where no code was sent none is right, and finding out takes as long.
    let expected = pending.code.as_deref().unwrap_or(&[0; mac::DIGEST_BYTES]);
    let typed = digits::normalise::<DIGITS>(typed).unwrap_or_else(|| Zeroizing::new(String::new()));
    let given = hash(cx, &pending.account, &pending.row, &typed);
    mac::equal(expected, &given) && pending.code.is_some()
}

/// Bound to account and row: another account's code, or that of an earlier address, is no code here.
fn hash(cx: &Context, account: &AccountId, row: &str, code: &str) -> [u8; mac::DIGEST_BYTES] {
    let parts = [account.as_bytes(), row.as_bytes(), code.as_bytes()];
    mac::keyed_hash(&cx.keys.address_code, "address code", &parts)
}

/// The address that waits, in clear.
pub(super) fn open(cx: &Context, pending: &Pending) -> Result<MailAddress, EmailDenial> {
    let plain = cx.sealer.open(&email_changes::pending_place(&pending.row), &pending.address)?;
    change::read(&plain, "emails_pending")
}
