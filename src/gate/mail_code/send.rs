//! Sending one: not too often, bound to where it was asked for, in one transaction with its mail.

use rusqlite::{ToSql, Transaction};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::clock::{NoRandomness, Seconds};
use crate::context::Context;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::{digits, mail_code};
use crate::gate::budget::{self, Budget};
use crate::gate::denial::Denial;
use crate::gate::guard::Visitor;
use crate::gate::lifetime;
use crate::gate::standing::Standing;
use crate::host::UserFacts;
use crate::notify::addresses;
use crate::notify::message::{self, Delivery, Kind, Message, Variable};
use crate::store::mail_codes::{self, Bound, New, Purpose};
use crate::store::window;

/// Before another one is sent to the same place, in seconds.
pub const RESEND_AFTER: Seconds = 60;
/// Codes for one challenge or session.
const MOST_SENDS: u32 = 5;
/// Codes an account's strangers, or one browser or network it knows, get in an hour: fewer than the outbox gives a
/// recipient, so that warnings still get through.
const MOST_PER_HOUR: u32 = 8;
/// What was sent before is forgotten: no challenge it could belong to is left. In seconds.
const KEPT: Seconds = lifetime::CHALLENGE + mail_code::LIFETIME;
/// A code is on its way.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// Where to, masked.
    pub to: String,
    /// Digits of the code.
    pub length: usize,
    /// How long it is good, in seconds.
    pub expires_in: Seconds,
    /// After so many seconds another one may be asked for.
    pub retry_after: Seconds,
}

/// What a code is sent for.
pub(super) struct Post<'a> {
    /// Whom it is for.
    pub facts: &'a UserFacts,
    /// From where it was asked for.
    pub origin: &'a Origin,
    /// The account, as we see it.
    pub standing: &'a Standing,
    /// Where it is good.
    pub bound: Bound<'a>,
    /// What signs in with it; none for a change.
    pub device: Option<&'a str>,
}

/// Lost in a crash, it is asked for again: no `fsync`.
pub(super) fn send(cx: &Context, post: &Post<'_>) -> Result<Sent, Denial> {
    let Post { facts, origin, standing, bound, .. } = *post;
    let visitor = Visitor::of(cx, origin, Some(standing))?;
    let budget = Budget::of(cx, facts.id, &visitor);
    let code = draw(cx, bound.purpose)?;
    let hash = mail_code::hash(&cx.keys.mail_code, &facts.id, bound.purpose.as_str(), bound.to, &code);
    let now = cx.now();
    let to = cx.store.lazy(|tx| {
        let address = addresses::verified(cx, tx, &facts.id)?.ok_or(Denial::AddressNeeded)?;
        wait(tx, &bound, &budget, now)?;
        let folded = addresses::folded(cx, &address);
        let expires_at = now + mail_code::LIFETIME;
        let new = New { address: &folded, code: &hash, source: budget.source(), now, expires_at };
        mail_codes::put(tx, &bound, &new, now - KEPT, now - budget::WINDOW)?;
        let delivery = Delivery { to: &address, account: &facts.id, revocable: true, lives: mail_code::LIFETIME };
        let minutes = message::minutes(mail_code::LIFETIME);
        message::put(cx, tx, &letter(post, &visitor.network, &code, &minutes).message(&facts.name), &delivery)?;
        Ok::<_, Denial>(addresses::masked(&address))
    })?;
    cx.bell.ring();
    Ok(Sent { to, length: code.len(), expires_in: mail_code::LIFETIME, retry_after: RESEND_AFTER })
}

/// Not again yet?
fn wait(tx: &Transaction<'_>, bound: &Bound<'_>, budget: &Budget, now: Seconds) -> Result<(), Denial> {
    // A code that could not be tried is not sent.
    let retry_after = budget.wait(tx)?;
    if retry_after > 0 {
        return Err(Denial::TooManyTries { retry_after });
    }
    let last = mail_codes::last(tx, bound, now - KEPT)?.filter(|last| last.at <= now);
    let whose: [&dyn ToSql; 2] = [bound.account.as_bytes(), &budget.source()];
    let (asked_for, first) = window::MAIL_CODES.counted(tx, &whose, now - budget::WINDOW, now)?;
    let until = match last {
        _ if asked_for >= MOST_PER_HOUR => first + budget::WINDOW,
        Some(last) if last.sends >= MOST_SENDS || last.tries >= mail_code::MOST_TRIES => last.at + KEPT,
        Some(last) => last.at + RESEND_AFTER,
        None => now,
    };
    if until > now { Err(Denial::TooOften { retry_after: until - now }) } else { Ok(()) }
}

/// What the mail says.
struct Contents<'a> {
    kind: Kind,
    values: Vec<(Variable, &'a str)>,
}

impl Contents<'_> {
    fn message<'a>(&'a self, user: &'a str) -> Message<'a> {
        Message { kind: self.kind, user, values: &self.values }
    }
}

fn letter<'a>(post: &Post<'a>, network: &'a Network, code: &'a Zeroizing<String>, minutes: &'a str) -> Contents<'a> {
    let mut values = vec![(Variable::Code, code.as_str()), (Variable::Minutes, minutes)];
    let Some(device) = post.device else { return Contents { kind: Kind::StepUpCode, values } };
    values.extend([(Variable::Device, device), (Variable::Network, network.as_str())]);
    Contents { kind: Kind::SignInCode, values }
}

fn draw(cx: &Context, purpose: Purpose) -> Result<Zeroizing<String>, NoRandomness> {
    match purpose {
        Purpose::Challenge | Purpose::Enrol => digits::draw::<{ mail_code::DIGITS }>(&*cx.randomness),
        Purpose::StepUp => digits::draw::<{ mail_code::STEP_UP_DIGITS }>(&*cx.randomness),
    }
}
