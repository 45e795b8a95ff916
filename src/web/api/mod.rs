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
mod proof;
pub mod refusal;
pub(super) mod reset;
pub(super) mod sessions;
pub(super) mod ways_in;

use serde_json::json;

use crate::audit::By;
use crate::context::Context;
use crate::defense::network::Network;
use crate::gate::account::FactorKind;
use crate::gate::answer::Answer;
use crate::gate::enrol::Confirmed;
use crate::gate::standing::Standing;
use crate::gate::step_up::{self, Asker, Proved};
use crate::gate::{Gate, provenance};
use crate::host::{AccountId, UserFacts, UserQuery};
use crate::notify::PostOffice;
use crate::web::body::Fields;
use crate::web::message::{Request, Response};
use crate::web::problem::{Code, Problem};
use crate::web::texts::Texts;
use refusal::Refusal;

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
    /// Where it comes from, as it is written down.
    network: Network,
}

/// What comes of a call.
pub type Reply = Result<Response, Refusal>;

impl<'a> Desk<'a> {
    /// For this request.
    pub fn new(cx: &'a Context, gate: &'a Gate, post: &'a PostOffice, texts: &'a Texts, request: &'a Request) -> Self {
        Self { cx, gate, post, texts, request, network: Network::of(&request.origin) }
    }

    /// Who does it, and from where, as it is written down.
    fn by<'b>(&'b self, actor: &'b AccountId) -> By<'b> {
        By { actor: Some(actor), address: Some(self.network.as_str()) }
    }

    /// What answers a challenge, its proof aside.
    fn answer<'b>(&'b self, challenge: &'b str) -> Answer<'b> {
        Answer { challenge, origin: &self.request.origin, client: self.request.client.as_ref(), trust: false }
    }
}

/// A factor that counts from now on, and the codes that came with it.
fn enrolled(confirmed: &Confirmed) -> Response {
    let codes: Vec<&str> = confirmed.recovery_codes.iter().map(|code| code.as_str()).collect();
    Response::json(&json!({ "factor": confirmed.factor, "recoveryCodes": codes }))
}

/// The signed-in user, as Jellyfin sees them now. The routes let only persons this far.
fn caller(desk: &Desk<'_>) -> Result<UserFacts, Refusal> {
    let id = desk.request.caller.as_ref().and_then(|caller| caller.user_id).ok_or(Problem::new(Code::SignIn))?;
    let found = desk.cx.host.find_user(&UserQuery::Id(id), desk.request.origin.remote.as_deref())?;
    Ok(found.filter(UserFacts::may_enter).ok_or(Problem::new(Code::SignIn))?)
}

/// The user that field `user` names by id.
fn user(desk: &Desk<'_>, fields: &mut Fields) -> Result<UserFacts, Refusal> {
    let id = fields.text("user")?;
    user_named(desk, &id)
}

fn user_named(desk: &Desk<'_>, id: &str) -> Result<UserFacts, Refusal> {
    let id: AccountId = id.parse().map_err(|_| Problem::bad_field("user"))?;
    Ok(desk.cx.host.find_user(&UserQuery::Id(id), None)?.ok_or(Problem::new(Code::UnknownUser))?)
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
fn demand_proof(desk: &Desk<'_>, facts: &UserFacts, fields: &mut Fields) -> Result<Proved, Refusal> {
    let fresh = fields.optional_object("proof")?.map(proof::fresh).transpose()?;
    Ok(step_up::demand(desk.cx, desk.gate, &asker(desk, facts)?, fresh.as_ref())?)
}

/// What takes something away asks for no proof, but not of a session that a device's secret opened: whoever stole that
/// would shut the owner out.
fn demand_in_person(desk: &Desk<'_>, facts: &UserFacts) -> Result<(), Refusal> {
    let standing = Standing::of(desk.cx, &facts.id)?;
    Ok(step_up::demand_in_person(desk.cx, &asker(desk, facts)?, &standing)?)
}

/// The same of an administrator, where the owner wants it.
fn demand_of_administrator(desk: &Desk<'_>, facts: &UserFacts, fields: &mut Fields) -> Result<(), Refusal> {
    let fresh = fields.optional_object("proof")?.map(proof::fresh).transpose()?;
    Ok(step_up::demand_of_administrator(desk.cx, desk.gate, &asker(desk, facts)?, fresh.as_ref())?)
}

/// The session that asks, by the hash of its token.
fn session(desk: &Desk<'_>, facts: &UserFacts) -> Result<[u8; 32], Refusal> {
    let session = provenance::token_hash(&asker(desk, facts)?.caller.token_hash);
    Ok(session.ok_or(Problem::new(Code::SignIn))?)
}

fn asker<'a>(desk: &Desk<'a>, facts: &'a UserFacts) -> Result<Asker<'a>, Refusal> {
    Ok(Asker {
        facts,
        caller: desk.request.caller.as_ref().ok_or(Problem::new(Code::SignIn))?,
        origin: &desk.request.origin,
        device_id: desk.request.client.as_ref().map_or("", |client| &client.device_id),
    })
}
