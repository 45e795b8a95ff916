//! Calls under `Challenge/`: nobody is signed in yet, what counts is the challenge in the body.

use serde_json::json;

use super::{Desk, Reply, email, enrolled, proof};
use crate::account::email::set_up as email_set_up;
use crate::gate::answer::Answer;
use crate::gate::denial::Denial;
use crate::gate::enrol;
use crate::gate::set_up::{self, Step};
use crate::gate::verify::{self, Met};
use crate::web::body::Fields;
use crate::web::message::Response;

pub fn verify(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    let given = proof::of_challenge(&mut fields)?;
    let answer = Answer { trust: fields.flag("trust")?, ..desk.answer(&challenge) };
    met(verify::verify(desk.cx, desk.gate, &answer, &given))
}

pub fn finish(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    let answer = Answer { trust: fields.flag("trust")?, ..desk.answer(&challenge) };
    met(verify::finish(desk.cx, desk.gate, &answer))
}

/// The session, or what is to be set up before.
fn met(met: Result<Met, Denial>) -> Reply {
    match met? {
        Met::In(headers) => Ok(Response::session(headers)),
        Met::SetUp(told) => Ok(Response::json(&json!({ "jellyward": told }))),
    }
}

/// What is left to be set up.
pub fn set_up(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    let left = set_up::left(desk.cx, &desk.answer(&challenge))?;
    Ok(Response::json(&json!({ "steps": left })))
}

/// Leaves a step out for a while.
pub fn skip(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    let step = Step::named(&fields.text("step")?).ok_or_else(|| fields.complaint("step"))?;
    set_up::skip(desk.cx, &desk.answer(&challenge), step)?;
    Ok(Response::json(&json!({})))
}

/// The address that is asked for, and its code.
pub fn email_start(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    let address = email::address(&mut fields)?;
    let sent = email_set_up::start(desk.cx, &desk.answer(&challenge), &address);
    Ok(Response::json(&sent?))
}

pub fn email_resend(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    let sent = email_set_up::resend(desk.cx, &desk.answer(&challenge));
    Ok(Response::json(&sent?))
}

pub fn email_confirm(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    let code = fields.secret("code")?;
    email::done(email_set_up::confirm(desk.cx, &desk.answer(&challenge), &code))
}

pub fn enrol_start(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    let word = fields.optional_secret("word")?;
    let started =
        enrol::start_for_challenge(desk.cx, &desk.answer(&challenge), word.as_ref().map(|word| word.as_str()));
    Ok(Response::json(&started?))
}

pub fn enrol_confirm(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    let enrolment = fields.secret("enrolment")?;
    let code = fields.secret("code")?;
    let name = fields.optional_text("name")?;
    let by = enrol::Confirmation { enrolment: &enrolment, code: &code, name: name.as_deref() };
    let answer = desk.answer(&challenge);
    let confirmed = enrol::confirm_for_challenge(desk.cx, desk.gate, &answer, &by)?;
    Ok(enrolled(&confirmed))
}
