//! Calls under `Reset`: whoever forgot a password; and under `Admin/Users/Reset`, whoever helps them.

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::{Desk, Reply, caller, demand_of_administrator, user_named};
use crate::account::choose_password;
use crate::account::links;
use crate::account::reset::{self, By, CODE_DIGITS, CODE_LIFETIME, HANDED_LIFETIME, PAGE, Way, hand_out, pin};
use crate::settings::keys;
use crate::web::body::Fields;
use crate::web::message::Response;

/// Users whose passwords are reset in one call, at most.
const MOST_USERS: usize = 200;

/// Is it offered, and does it stand in for Jellyfin's own link?
pub fn offer(desk: &Desk<'_>) -> Reply {
    let offered = reset::offered(desk.cx, Way::Page);
    let hides = offered && desk.cx.settings().get(&keys::RESET_HIDE_STOCK_LINK);
    Ok(Response::json(&json!({ "offered": offered, "hideStockLink": hides })))
}

/// The same answer whatever was typed.
pub fn ask(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let name = fields.text("name")?;
    if name.trim().is_empty() {
        return Err(fields.complaint("name").into());
    }
    let flow = reset::ask(desk.cx, desk.gate, &name, &desk.request.origin, Way::Page)?;
    let sends = reset::sends(desk.cx, &desk.cx.settings(), Way::Page);
    Ok(Response::json(&json!({
        "flow": flow.as_str(),
        "code": sends.code,
        "link": sends.link,
        "digits": CODE_DIGITS,
        "expiresIn": CODE_LIFETIME,
    })))
}

pub fn by_code(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let (flow, code) = (fields.secret("flow")?, fields.secret("code")?);
    redeem(desk, By::Code { flow: &flow, code: &code }, fields)
}

pub fn by_link(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let token = fields.secret("token")?;
    redeem(desk, By::Link(&token), fields)
}

fn redeem(desk: &Desk<'_>, by: By<'_>, mut fields: Fields) -> Reply {
    let password = fields.secret("password")?;
    let name = reset::redeem(desk.cx, desk.gate, by, &password, &desk.request.origin)?;
    Ok(Response::json(&json!({ "name": name })))
}

/// Makes the PIN of a link the password, and shows it.
pub fn pin_link(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let token = fields.secret("token")?;
    let pin = pin::follow(desk.cx, desk.gate, &token, &desk.request.origin)?;
    Ok(Response::json(&json!({ "password": pin.as_str() })))
}

/// An administrator starts it for some users, by mail or by links to hand over; tells what became of each.
pub fn hand_out(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let administrator = caller(desk)?;
    let ids = fields.list("users", |value| value.as_str().map(str::to_owned))?;
    let how = match fields.text("how")?.as_str() {
        "mail" => hand_out::How::Mail,
        "link" => hand_out::How::Link,
        _ => return Err(fields.complaint("how").into()),
    };
    if ids.is_empty() || ids.len() > MOST_USERS {
        return Err(fields.complaint("users").into());
    }
    let users = ids.iter().map(|id| user_named(desk, id)).collect::<Result<Vec<_>, _>>()?;
    demand_of_administrator(desk, &administrator, &mut fields)?;
    let by = desk.by(&administrator.id);
    let mut items: Vec<Value> = Vec::new();
    for facts in &users {
        items.push(match hand_out::start(desk.cx, facts, how, by) {
            Ok(token) => {
                let settings = desk.cx.settings();
                let token = token.as_ref().map(|token| token.as_str());
                let link = token.map(|token| links::link(&settings, PAGE, token));
                json!({ "user": facts.id, "done": true, "link": link, "token": token, "expiresIn": HANDED_LIFETIME })
            }
            Err(error) => {
                let problem = Refusal::from(error).problem(desk.cx, desk.texts);
                json!({ "user": facts.id, "done": false, "code": problem.code.as_str(),
                        "text": desk.texts.get(&crate::web::problem::text_id(problem.code)) })
            }
        });
    }
    Ok(Response::json(&json!({ "items": items })))
}

/// The step at sign-in after a PIN.
pub fn choose(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let (challenge, password) = (fields.secret("challenge")?, fields.secret("password")?);
    choose_password::choose(desk.cx, &desk.answer(&challenge), &password)?;
    Ok(Response::json(&json!({})))
}
