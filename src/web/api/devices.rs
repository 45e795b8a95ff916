//! Calls under `Account/` about apps and TVs: app passwords, one-time words, waiting devices.

use serde_json::json;

use super::{Desk, asker, caller, demand_in_person, demand_proof, network, problem};
use crate::audit::{By, Kind};
use crate::gate::app_password::{self, Wish};
use crate::gate::{pairing, quick_connect};
use crate::host::AccountId;
use crate::store::events;
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::Problem;

/// Refused sign-ins shown.
const REFUSED_SHOWN: u32 = 20;

pub fn app_passwords(desk: &Desk<'_>) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let list = app_password::list(desk.cx, &facts).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&list))
}

pub fn create_app_password(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let wish =
        Wish { name: fields.text("name")?, days: fields.optional_integer("days")?, binds: fields.flag("binds")? };
    if wish.days.is_some_and(|days| !(1..=app_password::LONGEST_LIFE).contains(&days)) {
        return Err(fields.complaint("days"));
    }
    app_password::offered(desk.cx, &facts).map_err(|denial| problem(desk, denial))?;
    demand_proof(desk, &facts, &mut fields)?;
    let (id, password) = app_password::create(desk.cx, &facts, &wish).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&json!({ "id": id, "password": password.as_str() })))
}

pub fn revoke_app_password(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    demand_in_person(desk, &facts)?;
    let id = fields.integer("id")?;
    revoked(desk, &facts.id, id, &facts.id)
}

/// Takes an app password away, for whoever may.
pub(super) fn revoked(desk: &Desk<'_>, account: &AccountId, id: i64, actor: &AccountId) -> Result<Response, Problem> {
    let network = network(desk);
    let by = By { actor: Some(actor), address: Some(network.as_str()) };
    let ended = app_password::revoke(desk.cx, account, id, by).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&ended))
}

/// Lets a paired device come back no more, for whoever may.
pub(super) fn forgotten(desk: &Desk<'_>, account: &AccountId, id: i64, actor: &AccountId) -> Result<Response, Problem> {
    let network = network(desk);
    let by = By { actor: Some(actor), address: Some(network.as_str()) };
    pairing::forget(desk.cx, account, id, by).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&json!({})))
}

pub fn tv_word(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    app_password::offered_to_tv(desk.cx, &facts.id).map_err(|denial| problem(desk, denial))?;
    demand_proof(desk, &facts, &mut fields)?;
    let (word, until) = app_password::give_word(desk.cx, &facts.id).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&json!({ "word": word.as_str(), "expiresAt": until })))
}

pub fn tv_window(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    app_password::offered_to_tv(desk.cx, &facts.id).map_err(|denial| problem(desk, denial))?;
    demand_proof(desk, &facts, &mut fields)?;
    let caller = asker(desk, &facts)?.caller;
    let until = pairing::open_window(desk.cx, &facts.id, caller).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&json!({ "until": until })))
}

pub fn devices(desk: &Desk<'_>) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let devices =
        pairing::list(desk.cx, &facts, Some(asker(desk, &facts)?.caller)).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&devices))
}

pub fn approve(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let (id, again) = (fields.integer("id")?, fields.flag("again")?);
    // The window was opened with a proof, by a session that may do so; letting a device come back is more than that.
    let window =
        pairing::window(desk.cx, &facts.id, asker(desk, &facts)?.caller).map_err(|denial| problem(desk, denial))?;
    if again || window == 0 {
        demand_proof(desk, &facts, &mut fields)?;
    }
    let approval = pairing::approve(desk.cx, &facts, id, again).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&approval))
}

pub fn deny(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    demand_in_person(desk, &facts)?;
    let id = fields.integer("id")?;
    pairing::deny(desk.cx, &facts.id, id).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&json!({})))
}

pub fn forget(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    demand_in_person(desk, &facts)?;
    let id = fields.integer("id")?;
    forgotten(desk, &facts.id, id, &facts.id)
}

pub fn look_at_quick_connect(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let code = fields.text("code")?;
    let waiting = quick_connect::look(desk.cx, &desk.gate.quick_connects, facts.id, &code);
    waiting.map(|waiting| Response::json(&waiting)).map_err(|denial| problem(desk, denial))
}

/// The last refused sign-ins, and why.
pub fn refused(desk: &Desk<'_>) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let kinds: Vec<&str> = Kind::REFUSALS.iter().map(|kind| kind.as_str()).collect();
    let found = desk.cx.store.read(|tx| events::of(tx, &facts.id, &kinds, REFUSED_SHOWN));
    let found = found.map_err(|error: crate::store::StoreError| problem(desk, error.into()))?;
    let shown: Vec<_> = found
        .into_iter()
        .map(|event| {
            let text = desk.texts.get(&format!("dashboard-event-kind-{}", event.kind));
            json!({ "at": event.at, "kind": event.kind, "text": text, "app": event.detail, "address": event.address })
        })
        .collect();
    Ok(Response::json(&json!({ "events": shown })))
}
