//! Calls under `Challenge/`: nobody is signed in yet, what counts is the challenge in the body.

use serde_json::json;

use super::{Desk, email, passkeys, problem};
use crate::account::email::set_up as email_set_up;
use crate::gate::answer::Answer;
use crate::gate::denial::Denial;
use crate::gate::enrol;
use crate::gate::method::Method;
use crate::gate::proof::FreshProof;
use crate::gate::set_up::{self, Step};
use crate::gate::verify::{self, Met};
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::Problem;

pub fn verify(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    let given = match fields.text("method")?.as_str() {
        "totp" => FreshProof::Typed { method: Method::Totp, value: fields.secret("code")? },
        "recovery" => FreshProof::Typed { method: Method::Recovery, value: fields.secret("code")? },
        "email" => FreshProof::Typed { method: Method::Email, value: fields.secret("code")? },
        "passkey" => {
            let (ceremony, response) = passkeys::answer(&mut fields)?;
            FreshProof::Passkey { ceremony, response }
        }
        _ => return Err(fields.complaint("method")),
    };
    let answer = Answer { trust: fields.flag("trust")?, ..answer(desk, &challenge) };
    met(desk, verify::verify(desk.cx, desk.gate, &answer, &given))
}

pub fn finish(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    let answer = Answer { trust: fields.flag("trust")?, ..answer(desk, &challenge) };
    met(desk, verify::finish(desk.cx, desk.gate, &answer))
}

/// The session, or what is to be set up before.
fn met(desk: &Desk<'_>, met: Result<Met, Denial>) -> Result<Response, Problem> {
    match met.map_err(|denial| problem(desk, denial))? {
        Met::In(headers) => Ok(Response::session(headers)),
        Met::SetUp(told) => Ok(Response::json(&json!({ "jellyward": told }))),
    }
}

/// What is left to be set up.
pub fn set_up(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    let left = set_up::left(desk.cx, &answer(desk, &challenge)).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&json!({ "steps": left })))
}

/// Leaves a step out for a while.
pub fn skip(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    let step = Step::named(&fields.text("step")?).ok_or_else(|| fields.complaint("step"))?;
    set_up::skip(desk.cx, &answer(desk, &challenge), step).map_err(|denial| problem(desk, denial))?;
    Ok(Response::json(&json!({})))
}

/// The address that is asked for, and its code.
pub fn email_start(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    let address = email::address(&mut fields)?;
    let sent = email_set_up::start(desk.cx, &answer(desk, &challenge), &address);
    sent.map(|sent| Response::json(&sent)).map_err(|denial| email::refused(desk, denial))
}

pub fn email_resend(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    let sent = email_set_up::resend(desk.cx, &answer(desk, &challenge));
    sent.map(|sent| Response::json(&sent)).map_err(|denial| email::refused(desk, denial))
}

pub fn email_confirm(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    let code = fields.secret("code")?;
    email::done(desk, email_set_up::confirm(desk.cx, &answer(desk, &challenge), &code))
}

pub fn enrol_start(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    let word = fields.optional_secret("word")?;
    let started =
        enrol::start_for_challenge(desk.cx, &answer(desk, &challenge), word.as_ref().map(|word| word.as_str()));
    started.map(|started| Response::json(&started)).map_err(|denial| problem(desk, denial))
}

pub fn enrol_confirm(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    let enrolment = fields.secret("enrolment")?;
    let code = fields.secret("code")?;
    let name = fields.optional_text("name")?;
    let answer = answer(desk, &challenge);
    let by = enrol::Confirmation { enrolment: &enrolment, code: &code, name: name.as_deref() };
    let confirmed =
        enrol::confirm_for_challenge(desk.cx, desk.gate, &answer, &by).map_err(|denial| problem(desk, denial))?;
    let codes: Vec<&str> = confirmed.recovery_codes.iter().map(|code| code.as_str()).collect();
    Ok(Response::json(&json!({ "recoveryCodes": codes })))
}

pub(super) fn answer<'a>(desk: &Desk<'a>, challenge: &'a str) -> Answer<'a> {
    Answer { challenge, origin: &desk.request.origin, client: desk.request.client.as_ref(), trust: false }
}
