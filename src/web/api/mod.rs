//! The JSON API: parsed calls in, gate functions called, documents out. docs/http-api.md tells the shapes.

pub(super) mod account;
pub(super) mod admin;
pub(super) mod browsers;
pub(super) mod challenge;
pub(super) mod devices;
pub(super) mod email;
pub(super) mod mail;
pub(super) mod mail_code;
pub(super) mod messages;
pub(super) mod passkeys;
pub(super) mod passwords;
pub(super) mod reset;
pub(super) mod sessions;
pub(super) mod ways_in;

use serde_json::json;

use crate::clock::Seconds;
use crate::context::Context;
use crate::defense::network::Network;
use crate::factor::totp;
use crate::gate::Gate;
use crate::gate::account::FactorKind;
use crate::gate::denial::Denial;
use crate::gate::method::Method;
use crate::gate::proof::FreshProof;
use crate::gate::standing::Standing;
use crate::gate::step_up::{self, Asker, Proved};
use crate::host::{AccountId, UserFacts, UserQuery};
use crate::notify::PostOffice;
use crate::web::body::Fields;
use crate::web::message::Request;
use crate::web::problem::{Code, Problem};
use crate::web::texts::Texts;

/// What a call is answered from.
pub struct Desk<'a> {
    /// Store, settings, clock, host.
    pub cx: &'a Context,
    /// The gate.
    pub gate: &'a Gate,
    /// Where mail leaves.
    pub post: &'a PostOffice,
    /// The reader's language.
    pub texts: &'a Texts,
    /// The request.
    pub request: &'a Request,
}

/// A denial, as it is sent. What is broken is told to the log.
fn problem(desk: &Desk<'_>, denial: Denial) -> Problem {
    if let Denial::Broken(reason) = &denial {
        desk.cx.broke("a request failed", reason);
    }
    refusal(denial, desk.cx.now())
}

/// A denial, as it is sent.
pub fn refusal(denial: Denial, now: Seconds) -> Problem {
    match denial {
        Denial::WrongCode { tries_left } => Problem::new(Code::WrongCode).with("triesLeft", tries_left),
        Denial::CodeUsed => Problem::new(Code::CodeUsed).retry_after(until_next_code(now)),
        Denial::ChallengeGone => Problem::new(Code::ChallengeGone),
        Denial::EnrolmentGone => Problem::new(Code::EnrolmentGone),
        Denial::TooManyTries { retry_after } => {
            Problem::new(Code::TooManyTries).retry_after(retry_after.unsigned_abs())
        }
        Denial::NotAllowedNow => Problem::new(Code::NotAllowedNow),
        Denial::SessionRefused => Problem::new(Code::SessionRefused),
        Denial::WordNeeded => Problem::new(Code::WordNeeded),
        Denial::WrongWord => Problem::new(Code::WrongWord),
        Denial::WrongProof => Problem::new(Code::WrongProof),
        Denial::UnknownFactor => Problem::new(Code::UnknownFactor),
        Denial::UnknownUser => Problem::new(Code::UnknownUser),
        Denial::WrongPasskey => Problem::new(Code::WrongPasskey),
        Denial::CeremonyGone => Problem::new(Code::CeremonyGone),
        Denial::PasskeyKnown => Problem::new(Code::PasskeyKnown),
        Denial::UnknownAppPassword => Problem::new(Code::UnknownAppPassword),
        Denial::UnknownDevice => Problem::new(Code::UnknownDevice),
        Denial::NotOffered => Problem::new(Code::NotOffered),
        Denial::TooOften { retry_after } => {
            Problem::new(Code::TooOften).retry_after(retry_after.unsigned_abs()).with("retryAfter", retry_after)
        }
        Denial::AddressNeeded => Problem::new(Code::AddressNeeded),
        Denial::TooMany => Problem::new(Code::TooMany),
        Denial::UnknownCode => Problem::new(Code::UnknownCode),
        Denial::StepUp { proofs } => Problem::new(Code::StepUp).with("proofs", json!(proofs)),
        Denial::SignInFully => Problem::new(Code::SignInFully),
        Denial::WizardDone => Problem::new(Code::WizardDone),
        Denial::NotForKeys => Problem::new(Code::ApiKey),
        // The reader gets "unavailable"; the reason is for whoever runs the server.
        Denial::Broken(_) => Problem::new(Code::Unavailable),
    }
}

/// Seconds until authenticators show another code.
fn until_next_code(now: Seconds) -> u64 {
    let period = Seconds::from(totp::Parameters::default().period);
    (period - now.rem_euclid(period)).unsigned_abs()
}

/// The signed-in user, as Jellyfin sees them now. The routes let only persons this far.
fn caller(desk: &Desk<'_>) -> Result<UserFacts, Problem> {
    let id = desk.request.caller.as_ref().and_then(|caller| caller.user_id).ok_or(Problem::new(Code::SignIn))?;
    desk.cx
        .host
        .find_user(&UserQuery::Id(id), desk.request.origin.remote.as_deref())
        .map_err(|error| problem(desk, error.into()))?
        .filter(UserFacts::may_enter)
        .ok_or(Problem::new(Code::SignIn))
}

/// The user that field `user` names by id.
fn user(desk: &Desk<'_>, fields: &mut Fields) -> Result<UserFacts, Problem> {
    let id = fields.text("user")?;
    user_named(desk, &id)
}

fn user_named(desk: &Desk<'_>, id: &str) -> Result<UserFacts, Problem> {
    let id: AccountId = id.parse().map_err(|_| Problem::bad_field("user"))?;
    desk.cx
        .host
        .find_user(&UserQuery::Id(id), None)
        .map_err(|error| problem(desk, error.into()))?
        .ok_or(Problem::new(Code::UnknownUser))
}

/// Which kind of factor field `kind` names; an authenticator when it is missing.
fn factor_kind(fields: &mut Fields) -> Result<FactorKind, Problem> {
    match fields.optional_text("kind")?.as_deref() {
        None | Some("totp") => Ok(FactorKind::Totp),
        Some("passkey") => Ok(FactorKind::Passkey),
        Some("email") => Ok(FactorKind::Email),
        Some(_) => Err(fields.complaint("kind")),
    }
}

/// A fresh proof, demanded of the caller: the one in field `proof`, or one this session gave minutes ago.
fn demand_proof(desk: &Desk<'_>, facts: &UserFacts, fields: &mut Fields) -> Result<Proved, Problem> {
    let fresh = fields.optional_object("proof")?.map(proof).transpose()?;
    step_up::demand(desk.cx, desk.gate, &asker(desk, facts)?, fresh.as_ref()).map_err(|denial| problem(desk, denial))
}

/// What takes something away asks for no proof, but not of a session that a device's secret opened: whoever stole that
/// would shut the owner out.
fn demand_in_person(desk: &Desk<'_>, facts: &UserFacts) -> Result<(), Problem> {
    let standing = Standing::of(desk.cx, &facts.id).map_err(|error| problem(desk, error.into()))?;
    step_up::demand_in_person(desk.cx, &asker(desk, facts)?, &standing).map_err(|denial| problem(desk, denial))
}

/// The same of an administrator, where the owner wants it.
fn demand_of_administrator(desk: &Desk<'_>, facts: &UserFacts, fields: &mut Fields) -> Result<(), Problem> {
    let fresh = fields.optional_object("proof")?.map(proof).transpose()?;
    step_up::demand_of_administrator(desk.cx, desk.gate, &asker(desk, facts)?, fresh.as_ref())
        .map_err(|denial| problem(desk, denial))
}

/// Where this call comes from, as it is written down.
fn network(desk: &Desk<'_>) -> Network {
    Network::of(&desk.request.origin)
}

fn asker<'a>(desk: &Desk<'a>, facts: &'a UserFacts) -> Result<Asker<'a>, Problem> {
    Ok(Asker {
        facts,
        caller: desk.request.caller.as_ref().ok_or(Problem::new(Code::SignIn))?,
        origin: &desk.request.origin,
        device_id: desk.request.client.as_ref().map_or("", |client| &client.device_id),
    })
}

/// Reads a proof.
fn proof(mut given: Fields) -> Result<FreshProof, Problem> {
    let method = match given.text("method")?.as_str() {
        "totp" => Method::Totp,
        "recovery" => Method::Recovery,
        "password" => Method::Password,
        "email" => Method::Email,
        "passkey" => {
            let (ceremony, response) = passkeys::answer(&mut given)?;
            return Ok(FreshProof::Passkey { ceremony, response });
        }
        _ => return Err(given.complaint("method")),
    };
    Ok(FreshProof::Typed { method, value: given.secret("value")? })
}
