//! Calls under `Account/Browsers`: the browsers a signed-in person trusts. Taking trust back needs no proof.

use fluent_bundle::FluentArgs;
use serde_json::{Value, json};

use super::{Desk, caller, demand_in_person, network, problem};
use crate::audit::By;
use crate::gate::standing::Standing;
use crate::host::{AccountId, UserFacts};
use crate::trust::browser_list::{self, Listed, Which};
use crate::trust::user_agent;
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::{Code, Problem};
use crate::web::texts::Texts;

pub fn show(desk: &Desk<'_>) -> Result<Response, Problem> {
    shown(desk, &caller(desk)?)
}

/// The browsers that somebody trusts.
pub(super) fn shown(desk: &Desk<'_>, facts: &UserFacts) -> Result<Response, Problem> {
    let list = || {
        let epoch = Standing::of(desk.cx, &facts.id)?.account.epoch;
        browser_list::list(desk.cx, &desk.request.origin, facts, epoch)
    };
    let items = list().map_err(|error| problem(desk, error.into()))?;
    let items: Vec<Value> = items.iter().map(|browser| item(desk.texts, browser)).collect();
    Ok(Response::json(&json!({ "items": items })))
}

pub fn forget(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    demand_in_person(desk, &facts)?;
    forgotten(desk, &facts.id, &mut fields, &facts.id)
}

/// Takes trust back, for whoever may.
pub(super) fn forgotten(
    desk: &Desk<'_>,
    account: &AccountId,
    fields: &mut Fields,
    actor: &AccountId,
) -> Result<Response, Problem> {
    let which = if fields.flag("all")? { Which::All } else { Which::One(id(fields)?) };
    let network = network(desk);
    let by = By { actor: Some(actor), address: Some(network.as_str()) };
    let headers = browser_list::forget(desk.cx, &desk.request.origin, account, &which, by)
        .map_err(|error| problem(desk, error.into()))?
        .ok_or(Problem::new(Code::UnknownBrowser))?;
    let forgotten = Response::json(&json!({}));
    Ok(headers.iter().fold(forgotten, |response, (name, value)| response.with_header(name, value)))
}

fn id(fields: &mut Fields) -> Result<[u8; 16], Problem> {
    let text = fields.text("id")?;
    let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| fields.complaint("id"))
}

fn item(texts: &Texts, browser: &Listed) -> Value {
    let mut item = json!(browser);
    item["name"] = name(texts, &browser.description).into();
    item
}

/// In the reader's language, from names of our own list: the browser's word is not repeated.
fn name(texts: &Texts, description: &str) -> String {
    match user_agent::parts(description) {
        (Some(browser), Some(system)) => {
            let mut args = FluentArgs::new();
            args.set("browser", browser);
            args.set("system", system);
            texts.with("browser-on", &args)
        }
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => texts.get("browser-unknown"),
    }
}
