//! Codes by mail at the gate: sent when somebody asks for one who has shown the password before, never by themselves.
//!
//! The factor rests on the account's verified address, whichever that is: changing it wants a proof and a code from the
//! new one. While there is none, or mail is not set up, or the owner forbids it, the factor still protects and proves
//! nothing; recovery codes, and whoever runs the server, are the way then.

use rusqlite::Transaction;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::clock::{NoRandomness, Seconds};
use crate::context::Context;
use crate::defense::name::tidy;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::{digits, mail_code, recovery};
use crate::gate::Gate;
use crate::gate::armed;
use crate::gate::budget::{self, Budget};
use crate::gate::challenge;
use crate::gate::denial::Denial;
use crate::gate::enrol::{self, Confirmed};
use crate::gate::guard::Visitor;
use crate::gate::provenance;
use crate::gate::standing::Standing;
use crate::gate::step_up::{self, Asker};
use crate::gate::verify::{self, Answer};
use crate::host::{AccountId, UserFacts, UserQuery};
use crate::notify::addresses;
use crate::notify::message::{self, Delivery, Kind, Message, Variable};
use crate::notify::outgoing::outgoing;
use crate::settings::keys;
use crate::store::challenges::Ask;
use crate::store::mail_codes::{self, Bound, New, Purpose};

/// Before another one is sent to the same place, in seconds.
pub const RESEND_AFTER: Seconds = 60;
/// Codes for one challenge or session.
pub const MOST_SENDS: u32 = 5;
/// Codes an account's strangers, or one browser or network it knows, get in an hour: fewer than the outbox gives a
/// recipient, so that warnings still get through.
pub const MOST_PER_HOUR: u32 = 8;
/// What was sent before is forgotten: no challenge it could belong to is left. In seconds.
const KEPT: Seconds = challenge::LIFETIME + mail_code::LIFETIME;
/// Longest name of app and device in a mail, in characters.
const LONGEST_DEVICE: usize = 100;

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

/// May such an account use codes by mail, as the owner has settled it?
pub fn offered(cx: &Context, administrator: bool) -> bool {
    let settings = cx.settings();
    settings.get(&keys::MAIL_CODE_ENABLED)
        && (!administrator || settings.get(&keys::MAIL_CODE_ADMINISTRATORS))
        && outgoing(cx, &settings).is_ok()
}

/// Did this account choose them, and would one arrive?
pub fn usable_by(cx: &Context, standing: &Standing, administrator: bool) -> bool {
    standing.mail.is_some_and(|mail| mail.verified) && offered(cx, administrator)
}

/// The same, where nobody has looked yet who it is.
pub fn usable(cx: &Context, standing: &Standing) -> bool {
    standing.mail.is_some()
        && cx
            .host
            .find_user(&UserQuery::Id(standing.id), None)
            .is_ok_and(|facts| facts.is_some_and(|facts| usable_by(cx, standing, facts.administrator)))
}

/// The account's verified address, masked.
pub fn address(cx: &Context, account: &AccountId) -> Result<Option<String>, Denial> {
    let address = cx.store.read(|tx| addresses::verified(cx, tx, account))?;
    Ok(address.map(|address| addresses::masked(&address)))
}

/// Sends the code that meets a challenge.
pub fn send_for_challenge(cx: &Context, answer: &Answer<'_>) -> Result<Sent, Denial> {
    let (challenge, standing) = verify::open(cx, answer, Ask::Prove)?;
    let facts = user(cx, &challenge.account, answer.origin)?;
    if standing.mail.is_none() {
        return Err(Denial::UnknownFactor);
    }
    if !usable_by(cx, &standing, facts.administrator) {
        return Err(Denial::NotOffered);
    }
    let hash = answer.hash();
    let bound = Bound { account: &facts.id, purpose: Purpose::Challenge, to: &hash };
    let device = format!("{} ({})", tidy(&challenge.app, LONGEST_DEVICE), tidy(&challenge.device_name, LONGEST_DEVICE));
    send(cx, &Post { facts: &facts, origin: answer.origin, standing: &standing, bound, device: Some(&device) })
}

/// Sends the code that proves a session again, where the account has nothing better.
pub fn send_for_step_up(cx: &Context, asker: &Asker<'_>) -> Result<Sent, Denial> {
    let standing = Standing::of(cx, &asker.facts.id)?;
    step_up::demand_in_person(cx, asker, &standing)?;
    if standing.mail.is_none() {
        return Err(Denial::UnknownFactor);
    }
    if !proves_step_up(cx, &standing) {
        return Err(Denial::NotOffered);
    }
    let session = provenance::token_hash(&asker.caller.token_hash).ok_or(Denial::NotForKeys)?;
    let bound = Bound { account: &asker.facts.id, purpose: Purpose::StepUp, to: &session };
    send(cx, &Post { facts: asker.facts, origin: asker.origin, standing: &standing, bound, device: None })
}

/// A change is confirmed by mail only where there is nothing else but recovery codes.
pub fn proves_step_up(cx: &Context, standing: &Standing) -> bool {
    standing.factors.is_empty() && standing.passkeys.is_empty() && usable(cx, standing)
}

/// Sends the code that shows that mail arrives; the caller has demanded a fresh proof.
pub fn start(cx: &Context, facts: &UserFacts, origin: &Origin, session: &[u8; 32]) -> Result<Sent, Denial> {
    let standing = can_enrol(cx, facts)?;
    let bound = Bound { account: &facts.id, purpose: Purpose::Enrol, to: session };
    send(cx, &Post { facts, origin, standing: &standing, bound, device: None })
}

/// May this account choose codes by mail now? Asked before a proof is, so that none is spent in vain.
pub fn can_enrol(cx: &Context, facts: &UserFacts) -> Result<Standing, Denial> {
    if !offered(cx, facts.administrator) {
        return Err(Denial::NotOffered);
    }
    let standing = Standing::of(cx, &facts.id)?;
    if standing.mail.is_some() { Err(Denial::TooMany) } else { Ok(standing) }
}

/// The same for an enrolment that a sign-in demands. A code to a verified address is as good as an administrator's word,
/// unless a factor was taken away before.
pub fn start_for_challenge(cx: &Context, answer: &Answer<'_>, word: Option<&str>) -> Result<Sent, Denial> {
    let facts = enrol::admit(cx, answer, word, |standing| !standing.account.had_factor)?;
    start(cx, &facts, answer.origin, &answer.hash())
}

/// Makes codes by mail a factor: the one that was sent came back.
pub fn confirm(
    cx: &Context,
    account: &AccountId,
    origin: &Origin,
    bound_to: &[u8; 32],
    code: &str,
) -> Result<Confirmed, Denial> {
    let bound = Bound { account, purpose: Purpose::Enrol, to: bound_to };
    let standing = Standing::of(cx, account)?;
    let visitor = Visitor::of(cx, origin, Some((account, standing.account.epoch)))?;
    let budget = Budget::of(cx, *account, &visitor);
    let codes = recovery::generate_for(account, &cx.keys.recovery, &*cx.randomness)?;
    let now = cx.now();
    // A refusal must commit too, so it travels out of the transaction as a value.
    let confirmed = cx.store.durable(|tx| {
        let retry_after = budget.wait(tx)?;
        if retry_after > 0 {
            return Ok(Err(Denial::TooManyTries { retry_after }));
        }
        let Some(sent) = mail_codes::last(tx, &bound, now - mail_code::LIFETIME)? else {
            return Ok(Err(Denial::EnrolmentGone));
        };
        if !spend(cx, tx, &bound, code)? {
            budget.spend(tx)?;
            let tries_left = mail_code::MOST_TRIES.saturating_sub(sent.tries + 1);
            return Ok(Err(if sent.tries >= mail_code::MOST_TRIES {
                Denial::EnrolmentGone
            } else {
                Denial::WrongCode { tries_left }
            }));
        }
        let first = !crate::store::accounts::has_factor(tx, account)?;
        let Some(factor) = mail_codes::add_factor(tx, account, now)? else { return Ok(Err(Denial::TooMany)) };
        let address = addresses::verified(cx, tx, account)?.ok_or(Denial::AddressNeeded)?;
        let recovery_codes = enrol::added(cx, tx, account, &addresses::masked(&address), first.then_some(codes))?;
        Ok::<_, Denial>(Ok(Confirmed { factor, recovery_codes }))
    })??;
    armed::tell_host(cx);
    Ok(confirmed)
}

/// The same for an enrolment that a sign-in demands; the session follows with [`verify::finish`].
pub fn confirm_for_challenge(cx: &Context, gate: &Gate, answer: &Answer<'_>, code: &str) -> Result<Confirmed, Denial> {
    let (challenge, _) = verify::open(cx, answer, Ask::Enrol)?;
    let hash = answer.hash();
    let confirmed = confirm(cx, &challenge.account, answer.origin, &hash, code)?;
    enrol::finish_later(cx, gate, hash, challenge);
    Ok(confirmed)
}

/// What is compared with what was sent; none for what cannot be a code.
pub fn hash(cx: &Context, bound: &Bound<'_>, typed: &str) -> Option<[u8; 32]> {
    let code = match bound.purpose {
        Purpose::Challenge | Purpose::Enrol => digits::normalise::<{ mail_code::DIGITS }>(typed)?,
        Purpose::StepUp => digits::normalise::<{ mail_code::STEP_UP_DIGITS }>(typed)?,
    };
    Some(mail_code::hash(&cx.keys.mail_code, bound.account, bound.purpose.as_str(), bound.to, &code))
}

fn spend(cx: &Context, tx: &Transaction<'_>, bound: &Bound<'_>, typed: &str) -> Result<bool, Denial> {
    let Some(hash) = hash(cx, bound, typed) else { return Ok(false) };
    Ok(mail_codes::spend(tx, bound, &hash, cx.now(), mail_code::MOST_TRIES)?)
}

fn draw(cx: &Context, purpose: Purpose) -> Result<Zeroizing<String>, NoRandomness> {
    match purpose {
        Purpose::Challenge | Purpose::Enrol => digits::draw::<{ mail_code::DIGITS }>(&*cx.randomness),
        Purpose::StepUp => digits::draw::<{ mail_code::STEP_UP_DIGITS }>(&*cx.randomness),
    }
}

fn user(cx: &Context, account: &AccountId, origin: &Origin) -> Result<UserFacts, Denial> {
    let facts = cx.host.find_user(&UserQuery::Id(*account), origin.remote.as_deref())?;
    facts.filter(UserFacts::may_enter).ok_or(Denial::NotAllowedNow)
}

/// What a code is sent for.
struct Post<'a> {
    facts: &'a UserFacts,
    origin: &'a Origin,
    standing: &'a Standing,
    bound: Bound<'a>,
    device: Option<&'a str>,
}

/// Lost in a crash, it is asked for again: no `fsync`.
fn send(cx: &Context, post: &Post<'_>) -> Result<Sent, Denial> {
    let Post { facts, origin, standing, bound, .. } = *post;
    let visitor = Visitor::of(cx, origin, Some((&facts.id, standing.account.epoch)))?;
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
        message::put(cx, tx, &letter(post, &visitor.network, &code).message(&facts.name), &delivery)?;
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
    let (asked_for, first) = mail_codes::asked_for(tx, bound.account, budget.source(), now - budget::WINDOW)?;
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

fn letter<'a>(post: &Post<'a>, network: &'a Network, code: &'a Zeroizing<String>) -> Contents<'a> {
    let mut values = vec![(Variable::Code, code.as_str()), (Variable::Minutes, MINUTES)];
    let Some(device) = post.device else { return Contents { kind: Kind::StepUpCode, values } };
    values.extend([(Variable::Device, device), (Variable::Network, network.as_str())]);
    Contents { kind: Kind::SignInCode, values }
}

/// [`mail_code::LIFETIME`] as it stands in a mail.
const MINUTES: &str = "5";
const _: () = assert!(mail_code::LIFETIME == 5 * 60);
