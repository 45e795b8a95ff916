//! Calls under `Reset`: whoever forgot a password; and under `Admin/Users/Reset`, whoever helps them.

use fluent_bundle::FluentArgs;
use serde_json::{Value, json};

use super::{Desk, caller, demand_of_administrator, user_named};
use crate::account::choose_password;
use crate::account::links;
use crate::account::password_rules::Weak;
use crate::account::reset::{
    self, By, CODE_DIGITS, CODE_LIFETIME, HANDED_LIFETIME, PAGE, ResetError, Way, hand_out, pin,
};
use crate::settings::keys;
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::{Code, Problem};

/// Users whose passwords are reset in one call, at most.
const MOST_USERS: usize = 200;

/// Is it offered, and does it stand in for Jellyfin's own link?
pub fn offer(desk: &Desk<'_>) -> Result<Response, Problem> {
    let offered = reset::offered(desk.cx, Way::Page);
    let hides = offered && desk.cx.settings().get(&keys::RESET_HIDE_STOCK_LINK);
    Ok(Response::json(&json!({ "offered": offered, "hideStockLink": hides })))
}

/// The same answer whatever was typed.
pub fn ask(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let name = fields.text("name")?;
    if name.trim().is_empty() {
        return Err(fields.complaint("name"));
    }
    let flow =
        reset::ask(desk.cx, desk.gate, &name, &desk.request.origin, Way::Page).map_err(|error| refused(desk, error))?;
    let sends = reset::sends(desk.cx, &desk.cx.settings(), Way::Page);
    Ok(Response::json(&json!({
        "flow": flow.as_str(),
        "code": sends.code,
        "link": sends.link,
        "digits": CODE_DIGITS,
        "expiresIn": CODE_LIFETIME,
    })))
}

pub fn by_code(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let (flow, code) = (fields.secret("flow")?, fields.secret("code")?);
    redeem(desk, By::Code { flow: &flow, code: &code }, fields)
}

pub fn by_link(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let token = fields.secret("token")?;
    redeem(desk, By::Link(&token), fields)
}

fn redeem(desk: &Desk<'_>, by: By<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let password = fields.secret("password")?;
    let name =
        reset::redeem(desk.cx, desk.gate, by, &password, &desk.request.origin).map_err(|error| refused(desk, error))?;
    Ok(Response::json(&json!({ "name": name })))
}

/// Makes the PIN of a link the password, and shows it.
pub fn pin_link(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let token = fields.secret("token")?;
    let pin = pin::follow(desk.cx, desk.gate, &token, &desk.request.origin).map_err(|error| refused(desk, error))?;
    Ok(Response::json(&json!({ "password": pin.as_str() })))
}

/// An administrator starts it for some users, by mail or by links to hand over; tells what became of each.
pub fn hand_out(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let administrator = caller(desk)?;
    let ids = fields.list("users", |value| value.as_str().map(str::to_owned))?;
    let how = match fields.text("how")?.as_str() {
        "mail" => hand_out::How::Mail,
        "link" => hand_out::How::Link,
        _ => return Err(fields.complaint("how")),
    };
    if ids.is_empty() || ids.len() > MOST_USERS {
        return Err(fields.complaint("users"));
    }
    let users = ids.iter().map(|id| user_named(desk, id)).collect::<Result<Vec<_>, _>>()?;
    demand_of_administrator(desk, &administrator, &mut fields)?;
    let mut items: Vec<Value> = Vec::new();
    for facts in &users {
        items.push(match hand_out::start(desk.cx, facts, how) {
            Ok(token) => {
                let settings = desk.cx.settings();
                let token = token.as_ref().map(|token| token.as_str());
                let link = token.map(|token| links::link(&settings, PAGE, token));
                json!({ "user": facts.id, "done": true, "link": link, "token": token, "expiresIn": HANDED_LIFETIME })
            }
            Err(error) => {
                let problem = refused(desk, error);
                json!({ "user": facts.id, "done": false, "code": problem.code.as_str(),
                        "text": desk.texts.get(&crate::web::problem::text_id(problem.code)) })
            }
        });
    }
    Ok(Response::json(&json!({ "items": items })))
}

/// The step at sign-in after a PIN.
pub fn choose(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let (challenge, password) = (fields.secret("challenge")?, fields.secret("password")?);
    choose_password::choose(desk.cx, &super::challenge::answer(desk, &challenge), &password)
        .map_err(|error| refused(desk, error))?;
    Ok(Response::json(&json!({})))
}

fn refused(desk: &Desk<'_>, error: ResetError) -> Problem {
    match error {
        ResetError::NotOffered => Problem::new(Code::NotOffered),
        ResetError::Gone => Problem::new(Code::ResetGone),
        ResetError::WrongCode { tries_left } => Problem::new(Code::WrongCode).with("triesLeft", tries_left),
        ResetError::TooManyTries { retry_after } => {
            Problem::new(Code::TooManyTries).retry_after(retry_after.unsigned_abs())
        }
        ResetError::ChallengeGone => Problem::new(Code::ChallengeGone),
        ResetError::Disabled => Problem::new(Code::AccountDisabled),
        ResetError::MailOpensAll => Problem::new(Code::MailOpensAll),
        ResetError::NoAddress => Problem::new(Code::NoAddress),
        ResetError::Weak(weak) => unfit(desk, weak),
        ResetError::Broken(reason) => {
            desk.cx.broke("a password was not reset", &reason);
            Problem::new(Code::Unavailable)
        }
    }
}

/// Why a new password will not do, in words.
pub(super) fn unfit(desk: &Desk<'_>, weak: Weak) -> Problem {
    let mut arguments = FluentArgs::new();
    if let Some(count) = weak.count() {
        arguments.set("count", count);
    }
    let text = desk.texts.with(&format!("password-problem-{}", weak.code()), &arguments);
    Problem::new(Code::WeakPassword).field("password").detail(text).with("weak", weak.code())
}
