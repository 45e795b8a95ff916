//! Enrolling an authenticator: a factor counts only after its first right code.

use rusqlite::Transaction;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::audit::{self, By, Kind};
use crate::clock::{DAY, Seconds};
use crate::context::Context;
use crate::crypto::mac;
use crate::crypto::seal::row_name;
use crate::crypto::token::{self, Token};
use crate::defense::name::tidy;
use crate::factor::{qr, recovery, totp};
use crate::gate::Gate;
use crate::gate::answer::Answer;
use crate::gate::armed;
use crate::gate::denial::Denial;
use crate::gate::guard::Visitor;
use crate::gate::proof;
use crate::gate::requirement::{self, Need};
use crate::gate::standing::Standing;
use crate::host::{AccountId, UserFacts, UserQuery};
use crate::settings::keys;
use crate::store::challenges::{self, Ask, Challenge};
use crate::store::enrolments::{self, Enrolment};
use crate::store::factors::{self, NewFactor};
use crate::store::resets;
use crate::store::{accounts, attempts, sessions};

/// How long an unconfirmed authenticator waits, in seconds.
pub const LIFETIME: Seconds = 10 * 60;
/// Wrong codes an unconfirmed authenticator takes.
pub const MOST_TRIES: u32 = 5;
/// Authenticators one account may have: each sign-in compares its code with all of them.
pub const MOST: i64 = 20;
/// Longest name of an authenticator, in characters.
pub const LONGEST_NAME: usize = 64;
/// How long an administrator's one-time word is good, in seconds.
const WORD_LIFETIME: Seconds = DAY;
/// How long the recovery codes may be looked at before the sign-in is finished, in seconds.
const FINISH_WITHIN: Seconds = 15 * 60;

/// What an authenticator app needs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Started {
    /// Token of this enrolment.
    pub enrolment: Zeroizing<String>,
    /// `otpauth://` URI.
    pub uri: Zeroizing<String>,
    /// The secret in base32, for typing.
    pub secret: Zeroizing<String>,
    /// The URI as an SVG document.
    pub qr: Zeroizing<String>,
    /// Digits of a code.
    pub digits: u8,
    /// Seconds of a step.
    pub period: u32,
}

/// What confirms an authenticator.
#[derive(Clone, Copy)]
pub struct Confirmation<'a> {
    /// Token of its enrolment.
    pub enrolment: &'a str,
    /// Its first code, as typed.
    pub code: &'a str,
    /// The user's name for it.
    pub name: Option<&'a str>,
}

/// A confirmed authenticator.
pub struct Confirmed {
    /// Its id.
    pub factor: i64,
    /// New recovery codes; empty when the account keeps its old ones. Shown once.
    pub recovery_codes: Vec<Zeroizing<String>>,
    /// The account's revocation epoch then.
    pub epoch: i64,
}

/// Starts enrolment for a signed-in account; the caller has demanded a fresh proof.
pub fn start(cx: &Context, facts: &UserFacts) -> Result<Started, Denial> {
    begin(cx, facts, None)
}

/// Starts enrolment that a sign-in demands.
pub fn start_for_challenge(cx: &Context, answer: &Answer<'_>, word: Option<&str>) -> Result<Started, Denial> {
    let facts = admit(cx, answer, word, |_| false)?;
    begin(cx, &facts, Some(&answer.hash()))
}

/// Whom a sign-in sends through enrolment, once they may; `spared` says who needs no word for what they want to add.
pub(super) fn admit(
    cx: &Context,
    answer: &Answer<'_>,
    word: Option<&str>,
    spared: impl Fn(&Standing) -> bool,
) -> Result<UserFacts, Denial> {
    let (challenge, standing) = answer.open(cx, Ask::Enrol)?;
    let remote = answer.origin.remote.as_deref();
    let facts = cx.host.find_user(&UserQuery::Id(challenge.account), remote)?.ok_or(Denial::ChallengeGone)?;
    let visitor = Visitor::of(cx, answer.origin, Some(&standing))?;
    match requirement::need(&cx.settings(), &standing, &facts, visitor.browser.is_some(), cx.now()) {
        Need::Enrolment { needs_word: true } if !spared(&standing) => show_leave(cx, &facts.id, answer, word)?,
        Need::Enrolment { .. } => {}
        // Enrolled meanwhile, or no longer asked for: the challenge is about something that is not.
        Need::Factor | Need::Nothing => return Err(Denial::ChallengeGone),
    }
    Ok(facts)
}

/// An administrator's word or a recovery code kept from an earlier factor. Each wrong one costs a try of the challenge.
/// A right one is spent with the factor it lets in: who reloads the page needs no other.
fn show_leave(cx: &Context, account: &AccountId, answer: &Answer<'_>, word: Option<&str>) -> Result<(), Denial> {
    let word = word.filter(|word| !word.is_empty()).ok_or(Denial::WordNeeded)?;
    let now = cx.now();
    cx.store.durable(|tx| {
        if challenges::attempt(tx, &answer.hash(), now, super::challenge::MOST_TRIES)?.is_none() {
            return Ok(Err(Denial::ChallengeGone));
        }
        Ok::<_, Denial>(if is_leave(cx, tx, account, word)? { Ok(()) } else { Err(Denial::WrongWord) })
    })?
}

fn is_leave(cx: &Context, tx: &Transaction<'_>, account: &AccountId, word: &str) -> Result<bool, Denial> {
    let Some(code) = recovery::normalise(word) else { return Ok(false) };
    Ok(enrolments::has_word(tx, account, &hash_word(cx, account, &code), cx.now())?
        || factors::has_recovery_code(tx, account, &recovery::hash(&cx.keys.recovery, account, &code))?)
}

/// An account that had a factor and has none now enrols from a session, too, by a word or a recovery code only. The
/// caller has demanded a fresh proof, which counted the try.
pub fn demand_leave(cx: &Context, account: &AccountId, word: Option<&str>) -> Result<(), Denial> {
    let standing = Standing::of(cx, account)?;
    if standing.protected() || !(standing.account.had_factor || standing.account.must_enrol) {
        return Ok(());
    }
    let word = word.filter(|word| !word.is_empty()).ok_or(Denial::WordNeeded)?;
    let right = cx.store.read(|tx| is_leave(cx, tx, account, word))?;
    if right { Ok(()) } else { Err(Denial::WrongWord) }
}

fn begin(cx: &Context, facts: &UserFacts, challenge: Option<&[u8; 32]>) -> Result<Started, Denial> {
    let token = Token::generate(&*cx.randomness)?;
    let parameters = totp::Parameters::default();
    let secret = totp::generate_secret(&*cx.randomness)?;
    let row = row_name(&*cx.randomness)?;
    let issuer = cx.settings().get(&keys::TOTP_ISSUER);
    let uri =
        totp::uri(&secret, parameters, &issuer, &facts.name).map_err(|error| Denial::Broken(error.to_string()))?;
    let qr = qr::svg(&uri).map_err(|error| Denial::Broken(error.to_string()))?;
    let enrolment = Enrolment {
        secret: cx.sealer.seal(&factors::place(&row), &secret, &*cx.randomness)?,
        row,
        parameters: serde_json::to_string(&parameters).map_err(|error| Denial::Broken(error.to_string()))?,
        expires_at: cx.now() + LIFETIME,
        tries: 0,
    };
    cx.store.lazy(|tx| {
        demand_room(tx, &facts.id)?;
        accounts::note(tx, &facts.id, cx.now())?;
        Ok::<_, Denial>(enrolments::start(tx, &token::hash(token.as_str()), &facts.id, challenge, &enrolment)?)
    })?;
    Ok(Started {
        enrolment: Zeroizing::new(token.as_str().to_owned()),
        uri,
        secret: totp::secret_text(&secret),
        qr,
        digits: parameters.digits,
        period: parameters.period,
    })
}

fn demand_room(tx: &Transaction<'_>, account: &AccountId) -> Result<(), Denial> {
    if accounts::count(tx, "factors", account)? < MOST { Ok(()) } else { Err(Denial::TooMany) }
}

/// Confirms an enrolment that a signed-in account started.
pub fn confirm(cx: &Context, account: &AccountId, by: &Confirmation<'_>) -> Result<Confirmed, Denial> {
    let confirmed = complete(cx, account, None, by)?;
    armed::tell_host(cx);
    Ok(confirmed)
}

/// Confirms an enrolment that a sign-in demanded; the session follows with [`crate::gate::verify::finish`].
pub fn confirm_for_challenge(
    cx: &Context,
    gate: &Gate,
    answer: &Answer<'_>,
    by: &Confirmation<'_>,
) -> Result<Confirmed, Denial> {
    let (challenge, _) = answer.open(cx, Ask::Enrol)?;
    let hash = answer.hash();
    let confirmed = complete(cx, &challenge.account, Some(&hash), by)?;
    finish_later(cx, gate, hash, challenge);
    armed::tell_host(cx);
    Ok(confirmed)
}

/// Keeps what was proven by an enrolment, while its recovery codes are looked at.
pub(super) fn finish_later(cx: &Context, gate: &Gate, hash: [u8; 32], challenge: Challenge) {
    gate.grants.keep(hash, challenge, cx.now(), FINISH_WITHIN);
}

/// One transaction: try counted, code compared, factor added, its step spent, challenge consumed.
fn complete(
    cx: &Context,
    account: &AccountId,
    challenge: Option<&[u8; 32]>,
    by: &Confirmation<'_>,
) -> Result<Confirmed, Denial> {
    let Confirmation { enrolment, code, name } = *by;
    let now = cx.now();
    let codes = recovery::generate_for(account, &cx.keys.recovery, &*cx.randomness)?;
    let name = name.map(|name| tidy(name, LONGEST_NAME)).filter(|name| !name.is_empty()).unwrap_or_default();
    cx.store.durable(|tx| {
        let hash = token::hash(enrolment);
        let Some(waiting) = enrolments::attempt(tx, &hash, account, challenge, now, MOST_TRIES)? else {
            return Ok(Err(if challenge.is_some() { Denial::ChallengeGone } else { Denial::EnrolmentGone }));
        };
        let totp = proof::opened(cx, "enrolments", (&waiting.row, &waiting.secret, &waiting.parameters))?;
        let Some(step) = totp.matching_step(code, now) else {
            return Ok(Err(Denial::WrongCode { tries_left: MOST_TRIES.saturating_sub(waiting.tries) }));
        };
        demand_room(tx, account)?;
        let first = !accounts::has_factor(tx, account)?;
        let new = NewFactor {
            account,
            name: &name,
            row: &waiting.row,
            secret: &waiting.secret,
            parameters: &waiting.parameters,
            now,
        };
        let factor = factors::insert(tx, &new)?;
        let current = totp.step(now).unwrap_or(0);
        factors::spend_step(tx, factor, step.cast_signed(), current.cast_signed(), now)?;
        enrolments::end(tx, account)?;
        added(cx, tx, account, factor, &name, first.then_some(codes)).map(Ok)
    })?
}

/// What follows when an account has one factor more, of whatever kind. The first one brings `codes`, which are given
/// back, and ends what a password alone has begun or proven: it may have been somebody else's who knows it.
pub(super) fn added(
    cx: &Context,
    tx: &Transaction<'_>,
    account: &AccountId,
    factor: i64,
    name: &str,
    codes: Option<recovery::Set>,
) -> Result<Confirmed, Denial> {
    if let Some(codes) = &codes {
        factors::replace_recovery_codes(tx, account, &codes.hashes)?;
        // Whoever came in from there had the password and nothing else.
        attempts::forget_networks(tx, account)?;
        accounts::end_begun(tx, account)?;
        sessions::lower(tx, account)?;
    }
    accounts::mark_protected(tx, account, cx.now())?;
    armed::arm(tx)?;
    enrolments::forget_word(tx, account)?;
    challenges::end_all(tx, account)?;
    resets::void(tx, account)?;
    audit::record(cx, tx, &audit::Entry { detail: Some(name), ..audit::Entry::of(Kind::FactorAdded, account) })?;
    let recovery_codes = codes.map(|set| set.codes).unwrap_or_default();
    Ok(Confirmed { factor, recovery_codes, epoch: accounts::epoch(tx, account)? })
}

/// Makes an administrator's one-time word for an account.
pub fn give_word(cx: &Context, account: &AccountId, by: By<'_>) -> Result<(Zeroizing<String>, Seconds), Denial> {
    let word = recovery::generate(&*cx.randomness)?.swap_remove(0);
    let until = cx.now() + WORD_LIFETIME;
    let normalised = recovery::normalise(&word).ok_or_else(|| Denial::Broken("a word could not be made".into()))?;
    let hash = hash_word(cx, account, &normalised);
    cx.store.durable(|tx| {
        accounts::note(tx, account, cx.now())?;
        enrolments::give_word(tx, account, &hash, until)?;
        audit::record_by(cx, tx, by, &audit::Entry::of(Kind::WordGiven, account))
    })?;
    Ok((word, until))
}

fn hash_word(cx: &Context, account: &AccountId, word: &str) -> [u8; 32] {
    mac::keyed_hash(&cx.keys.word, "enrolment word", &[account.as_bytes(), word.as_bytes()])
}
