//! Calls under `Account/Email`, `Admin/Users/Email` and `Address/Undo`: e-mail addresses.

use serde_json::json;

use super::{Desk, Reply, caller, demand_in_person, demand_of_administrator, demand_proof, user};
use crate::account::email::{EmailDenial, administer, removal, undo as way_back, verification, view};
use crate::settings::MailAddress;
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::{Code, Problem};

pub fn show(desk: &Desk<'_>) -> Reply {
    let facts = caller(desk)?;
    Ok(Response::json(&view::view(desk.cx, &facts)?))
}

pub fn start(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let facts = caller(desk)?;
    let address = address(&mut fields)?;
    demand_proof(desk, &facts, &mut fields)?;
    let sent = verification::start(desk.cx, &facts, &address);
    Ok(Response::json(&sent?))
}

/// What waits was proven when it was entered; only a session opened in person goes on with it.
pub fn resend(desk: &Desk<'_>, _: Fields) -> Reply {
    let facts = caller(desk)?;
    demand_in_person(desk, &facts)?;
    let sent = verification::resend(desk.cx, &facts);
    Ok(Response::json(&sent?))
}

pub fn confirm(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let facts = caller(desk)?;
    let code = fields.secret("code")?;
    demand_in_person(desk, &facts)?;
    done(verification::confirm(desk.cx, &facts, &code))
}

pub fn remove(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let facts = caller(desk)?;
    demand_proof(desk, &facts, &mut fields)?;
    done(removal::remove(desk.cx, &facts))
}

/// Spends the token of a mail's link. Nobody needs to be signed in, and nothing is told but whether it was done.
pub fn undo(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let token = fields.secret("token")?;
    done(way_back::undo(desk.cx, desk.gate, &token))
}

/// An empty address takes it away.
pub fn administer(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let administrator = caller(desk)?;
    let user = user(desk, &mut fields)?;
    let text = fields.text("address")?;
    let address = if text.trim().is_empty() { None } else { Some(read(&text)?) };
    let verified = fields.flag("verified")?;
    demand_of_administrator(desk, &administrator, &mut fields)?;
    done(administer::set(desk.cx, desk.by(&administrator.id), &user, address.as_ref(), verified))
}

pub(super) fn address(fields: &mut Fields) -> Result<MailAddress, Problem> {
    read(&fields.text("address")?)
}

fn read(text: &str) -> Result<MailAddress, Problem> {
    text.trim().parse().map_err(|_| Problem::new(Code::NotAnAddress).field("address"))
}

pub(super) fn done(done: Result<(), EmailDenial>) -> Reply {
    done?;
    Ok(Response::json(&json!({})))
}
