//! Calls under `Challenge/`: nobody is signed in yet, what counts is the challenge in the body.

use serde_json::json;

use super::{Desk, passkeys, problem};
use crate::gate::enrol;
use crate::gate::method::Method;
use crate::gate::proof::FreshProof;
use crate::gate::verify::{self, Answer};
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::Problem;

pub(super) fn verify(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
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
    let proven = verify::verify(desk.cx, desk.gate, &answer, &given);
    proven.map(Response::session).map_err(|denial| problem(desk, denial))
}

pub(super) fn finish(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    let answer = Answer { trust: fields.flag("trust")?, ..answer(desk, &challenge) };
    let proven = verify::finish(desk.cx, desk.gate, &answer);
    proven.map(Response::session).map_err(|denial| problem(desk, denial))
}

pub(super) fn enrol_start(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    let word = fields.optional_secret("word")?;
    let started =
        enrol::start_for_challenge(desk.cx, &answer(desk, &challenge), word.as_ref().map(|word| word.as_str()));
    started.map(|started| Response::json(&started)).map_err(|denial| problem(desk, denial))
}

pub(super) fn enrol_confirm(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    let enrolment = fields.secret("enrolment")?;
    let code = fields.secret("code")?;
    let name = fields.optional_text("name")?;
    let answer = answer(desk, &challenge);
    let confirmed = enrol::confirm_for_challenge(desk.cx, desk.gate, &answer, &enrolment, &code, name.as_deref())
        .map_err(|denial| problem(desk, denial))?;
    let codes: Vec<&str> = confirmed.recovery_codes.iter().map(|code| code.as_str()).collect();
    Ok(Response::json(&json!({ "recoveryCodes": codes })))
}

pub(super) fn answer<'a>(desk: &Desk<'a>, challenge: &'a str) -> Answer<'a> {
    Answer { challenge, origin: &desk.request.origin, client: desk.request.client.as_ref(), trust: false }
}
