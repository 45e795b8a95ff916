//! Calls under `Account`: a signed-in person and their own factors. Every change brings a fresh proof.

use serde_json::json;

use super::{Desk, Reply, asker, caller, demand_proof, enrolled, factor_kind, proof};
use crate::gate::account::Removal;
use crate::gate::enrol::Confirmed;
use crate::gate::standing::Standing;
use crate::gate::{account, enrol, guard, provenance, step_up};
use crate::host::UserFacts;
use crate::web::body::Fields;
use crate::web::message::Response;

pub fn show(desk: &Desk<'_>) -> Reply {
    let facts = caller(desk)?;
    let view = account::own_view(desk.cx, &facts, asker(desk, &facts)?.caller)?;
    Ok(Response::json(&view))
}

pub fn prove(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let facts = caller(desk)?;
    let fresh = proof::fresh(fields.object("proof")?)?;
    let proved = step_up::prove(desk.cx, desk.gate, &asker(desk, &facts)?, &fresh)?;
    Ok(Response::json(&json!({ "provenUntil": proved.until })))
}

pub fn totp_start(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let facts = caller(desk)?;
    let word = fields.optional_secret("word")?;
    demand_proof(desk, &facts, &mut fields)?;
    enrol::demand_leave(desk.cx, &facts.id, word.as_ref().map(|word| word.as_str()))?;
    let started = enrol::start(desk.cx, &facts)?;
    Ok(Response::json(&started))
}

pub fn totp_confirm(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let facts = caller(desk)?;
    let enrolment = fields.secret("enrolment")?;
    let code = fields.secret("code")?;
    let name = fields.optional_text("name")?;
    let by = enrol::Confirmation { enrolment: &enrolment, code: &code, name: name.as_deref() };
    let confirmed = enrol::confirm(desk.cx, &facts.id, &by)?;
    raised(desk, &facts, &confirmed)
}

/// Password or factor at the start, a new factor now: this session has proven all there is, and its browser stays known;
/// unless that epoch is over.
pub(super) fn raised(desk: &Desk<'_>, facts: &UserFacts, confirmed: &Confirmed) -> Reply {
    if let Some(caller) = &desk.request.caller {
        let raised = desk.cx.store.lazy(|tx| provenance::raise(desk.cx, tx, caller, confirmed.epoch));
        raised?;
    }
    let mut response = enrolled(confirmed);
    let standing = Standing::of(desk.cx, &facts.id)?;
    if standing.account.epoch == confirmed.epoch {
        response.headers.extend(guard::keep(desk.cx, &desk.request.origin, &standing));
    }
    Ok(response)
}

pub fn rename_factor(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let facts = caller(desk)?;
    let (kind, id, name) = (factor_kind(&mut fields)?, fields.integer("id")?, fields.text("name")?);
    demand_proof(desk, &facts, &mut fields)?;
    account::rename_factor(desk.cx, &facts.id, kind, id, &name)?;
    Ok(Response::json(&json!({})))
}

pub fn remove_factor(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let facts = caller(desk)?;
    let (kind, id) = (factor_kind(&mut fields)?, fields.integer("id")?);
    demand_proof(desk, &facts, &mut fields)?;
    let by = desk.by(&facts.id);
    account::remove_factor(desk.cx, desk.gate, &facts.id, &Removal { kind, id, by })?;
    Ok(Response::json(&json!({})))
}

pub fn renew_recovery_codes(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let facts = caller(desk)?;
    demand_proof(desk, &facts, &mut fields)?;
    let codes = account::renew_recovery_codes(desk.cx, &facts.id)?;
    let codes: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    Ok(Response::json(&json!({ "recoveryCodes": codes })))
}
