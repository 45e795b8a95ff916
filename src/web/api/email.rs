//! Calls under `Account/Email`, `Admin/Users/Email` and `Address/Undo`: e-mail addresses.

use serde_json::json;

use super::{Desk, caller, demand_in_person, demand_of_administrator, demand_proof, problem, user};
use crate::account::email::{EmailDenial, administer, removal, undo as way_back, verification, view};
use crate::settings::MailAddress;
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::{Code, Problem};

pub fn show(desk: &Desk<'_>) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    view::view(desk.cx, &facts).map(|view| Response::json(&view)).map_err(|denial| refused(desk, denial))
}

pub fn start(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let address = address(&mut fields)?;
    demand_proof(desk, &facts, &mut fields)?;
    let sent = verification::start(desk.cx, &facts, &address);
    sent.map(|sent| Response::json(&sent)).map_err(|denial| refused(desk, denial))
}

/// What waits was proven when it was entered; only a session opened in person goes on with it.
pub fn resend(desk: &Desk<'_>, _: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    demand_in_person(desk, &facts)?;
    let sent = verification::resend(desk.cx, &facts);
    sent.map(|sent| Response::json(&sent)).map_err(|denial| refused(desk, denial))
}

pub fn confirm(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let code = fields.secret("code")?;
    demand_in_person(desk, &facts)?;
    done(desk, verification::confirm(desk.cx, &facts, &code))
}

pub fn remove(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    demand_proof(desk, &facts, &mut fields)?;
    done(desk, removal::remove(desk.cx, &facts))
}

/// Spends the token of a mail's link. Nobody needs to be signed in, and nothing is told but whether it was done.
pub fn undo(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let token = fields.secret("token")?;
    done(desk, way_back::undo(desk.cx, desk.gate, &token))
}

/// An empty address takes it away.
pub fn administer(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let administrator = caller(desk)?;
    let user = user(desk, &mut fields)?;
    let text = fields.text("address")?;
    let address = if text.trim().is_empty() { None } else { Some(read(&text)?) };
    let verified = fields.flag("verified")?;
    demand_of_administrator(desk, &administrator, &mut fields)?;
    done(desk, administer::set(desk.cx, &administrator, &user, address.as_ref(), verified))
}

pub(super) fn address(fields: &mut Fields) -> Result<MailAddress, Problem> {
    read(&fields.text("address")?)
}

fn read(text: &str) -> Result<MailAddress, Problem> {
    text.trim().parse().map_err(|_| Problem::new(Code::NotAnAddress).field("address"))
}

pub(super) fn done(desk: &Desk<'_>, done: Result<(), EmailDenial>) -> Result<Response, Problem> {
    done.map(|()| Response::json(&json!({}))).map_err(|denial| refused(desk, denial))
}

/// Why nothing was done, as it is sent.
pub(super) fn refused(desk: &Desk<'_>, denial: EmailDenial) -> Problem {
    match denial {
        EmailDenial::Gate(denial) => problem(desk, denial),
        EmailDenial::TooOften(seconds) => Problem::new(Code::TooOften).retry_after(seconds.max(1).unsigned_abs()),
        EmailDenial::NotSetUp => Problem::new(Code::MailNotSetUp),
        EmailDenial::Gone => Problem::new(Code::CodeGone),
        EmailDenial::WrongCode { tries_left } => Problem::new(Code::WrongCode).with("triesLeft", tries_left),
        EmailDenial::Factor => Problem::new(Code::EmailIsFactor),
        EmailDenial::Required => Problem::new(Code::EmailRequired),
        EmailDenial::InUse => Problem::new(Code::AddressInUse).field("address"),
        EmailDenial::NoAddress => Problem::new(Code::NoAddress),
        EmailDenial::UndoGone => Problem::new(Code::LinkGone),
    }
}
