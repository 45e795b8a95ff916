//! Calls about sessions: one's own, and an administrator's about somebody else's.

use serde_json::{Value, json};

use super::{Desk, caller, demand_in_person, demand_proof, network, problem, user, user_named};
use crate::audit::By;
use crate::gate::sessions::{self, Which};
use crate::gate::{leftovers, lost_phone};
use crate::host::AccountId;
use crate::settings::{Held, keys};
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::Problem;

pub fn list(desk: &Desk<'_>) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    shown(desk, &facts.id)
}

pub fn end(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let which = which(&mut fields)?;
    demand_in_person(desk, &facts)?;
    ended(desk, &facts.id, &which, &facts.id)
}

pub fn lost_phone(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let mut keep = fields.list("keep", Value::as_i64)?;
    // The passkey that proves it is in hand.
    keep.extend(demand_proof(desk, &facts, &mut fields)?.passkey);
    lost(desk, &facts.id, &keep, &facts.id)
}

pub fn list_of_user(desk: &Desk<'_>) -> Result<Response, Problem> {
    let user = user_named(desk, &desk.request.parameter("user").unwrap_or_default())?;
    shown(desk, &user.id)
}

pub fn end_of_user(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let administrator = caller(desk)?;
    let user = user(desk, &mut fields)?;
    let which = which(&mut fields)?;
    demand_proof(desk, &administrator, &mut fields)?;
    ended(desk, &user.id, &which, &administrator.id)
}

pub fn lost_phone_of_user(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let administrator = caller(desk)?;
    let user = user(desk, &mut fields)?;
    demand_proof(desk, &administrator, &mut fields)?;
    lost(desk, &user.id, &[], &administrator.id)
}

/// Sessions from before, that end on the owner's day.
pub fn leftovers(desk: &Desk<'_>) -> Result<Response, Problem> {
    let items = leftovers::list(desk.cx).map_err(|denial| problem(desk, denial))?;
    let end_on = desk.cx.settings().get(&keys::SESSIONS_LEGACY_END).write();
    Ok(Response::json(&json!({ "endOn": end_on, "items": items })))
}

fn shown(desk: &Desk<'_>, account: &AccountId) -> Result<Response, Problem> {
    let items = sessions::list(desk.cx, account, desk.request.caller.as_ref());
    let items = items.map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&json!({ "items": items })))
}

fn which(fields: &mut Fields) -> Result<Which, Problem> {
    if fields.flag("all")? {
        return Ok(Which::All);
    }
    if fields.flag("others")? {
        return Ok(Which::Others);
    }
    let ids = fields.list("ids", |id| id.as_str().map(str::to_owned))?;
    if ids.is_empty() { Err(fields.complaint("ids")) } else { Ok(Which::These(ids)) }
}

fn ended(desk: &Desk<'_>, account: &AccountId, which: &Which, actor: &AccountId) -> Result<Response, Problem> {
    let network = network(desk);
    let by = By { actor: Some(actor), address: Some(network.as_str()) };
    let ended = sessions::end_by(desk.cx, account, which, desk.request.caller.as_ref(), by);
    Ok(Response::json(&ended.map_err(|denial| problem(desk, denial))?))
}

fn lost(desk: &Desk<'_>, account: &AccountId, keep: &[i64], actor: &AccountId) -> Result<Response, Problem> {
    let network = network(desk);
    let by = By { actor: Some(actor), address: Some(network.as_str()) };
    let ended = lost_phone::report(desk.cx, desk.gate, account, keep, by).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&ended))
}
