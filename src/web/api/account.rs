//! Calls under `Account`: a signed-in person and their own factors. Every change brings a fresh proof.

use serde_json::json;

use super::{Desk, asker, caller, demand_proof, factor_kind, network, problem, proof};
use crate::audit::By;
use crate::gate::account::Removal;
use crate::gate::enrol::Confirmed;
use crate::gate::standing::Standing;
use crate::gate::{account, enrol, guard, provenance, step_up};
use crate::host::UserFacts;
use crate::store::StoreError;
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::Problem;

pub fn show(desk: &Desk<'_>) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let view =
        account::own_view(desk.cx, &facts, asker(desk, &facts)?.caller).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&view))
}

pub fn prove(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let fresh = proof(fields.object("proof")?)?;
    let proved = step_up::prove(desk.cx, desk.gate, &asker(desk, &facts)?, &fresh).map_err(|d| problem(desk, d))?;
    Ok(Response::json(&json!({ "provenUntil": proved.until })))
}

pub fn totp_start(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let word = fields.optional_secret("word")?;
    demand_proof(desk, &facts, &mut fields)?;
    enrol::demand_leave(desk.cx, &facts.id, word.as_ref().map(|word| word.as_str()))
        .map_err(|denial| problem(desk, denial))?;
    let started = enrol::start(desk.cx, &facts).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&started))
}

pub fn totp_confirm(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let enrolment = fields.secret("enrolment")?;
    let code = fields.secret("code")?;
    let name = fields.optional_text("name")?;
    let by = enrol::Confirmation { enrolment: &enrolment, code: &code, name: name.as_deref() };
    let confirmed = enrol::confirm(desk.cx, &facts.id, &by).map_err(|denial| problem(desk, denial))?;
    enrolled(desk, &facts, &confirmed)
}

/// Password or factor at the start, a new factor now: this session has proven all there is, and its browser stays known;
/// unless that epoch is over.
pub(super) fn enrolled(desk: &Desk<'_>, facts: &UserFacts, confirmed: &Confirmed) -> Result<Response, Problem> {
    if let Some(caller) = &desk.request.caller {
        let raised = desk.cx.store.lazy(|tx| provenance::raise(desk.cx, tx, caller, confirmed.epoch));
        raised.map_err(|error: StoreError| problem(desk, error.into()))?;
    }
    let codes: Vec<&str> = confirmed.recovery_codes.iter().map(|code| code.as_str()).collect();
    let mut response = Response::json(&json!({ "factor": confirmed.factor, "recoveryCodes": codes }));
    let standing = Standing::of(desk.cx, &facts.id).map_err(|error| problem(desk, error.into()))?;
    if standing.account.epoch == confirmed.epoch {
        response.headers.extend(guard::keep(desk.cx, &desk.request.origin, &standing));
    }
    Ok(response)
}

pub fn rename_factor(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let (kind, id, name) = (factor_kind(&mut fields)?, fields.integer("id")?, fields.text("name")?);
    demand_proof(desk, &facts, &mut fields)?;
    account::rename_factor(desk.cx, &facts.id, kind, id, &name).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&json!({})))
}

pub fn remove_factor(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let (kind, id) = (factor_kind(&mut fields)?, fields.integer("id")?);
    demand_proof(desk, &facts, &mut fields)?;
    let network = network(desk);
    let by = By { actor: Some(&facts.id), address: Some(network.as_str()) };
    account::remove_factor(desk.cx, desk.gate, &facts.id, &Removal { kind, id, by })
        .map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&json!({})))
}

pub fn renew_recovery_codes(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    demand_proof(desk, &facts, &mut fields)?;
    let codes = account::renew_recovery_codes(desk.cx, &facts.id).map_err(|denial| problem(desk, denial))?;
    let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    Ok(Response::json(&json!({ "recoveryCodes": codes })))
}
