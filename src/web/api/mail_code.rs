//! Calls about codes by mail: having one sent, and choosing them as a factor. `Challenge/Verify` and `Account/Prove`
//! take the code itself.

use serde_json::json;

use super::challenge::answer;
use super::passkeys::session;
use super::{Desk, account, asker, caller, demand_proof, problem};
use crate::gate::denial::Denial;
use crate::gate::enrol::{self, Confirmed};
use crate::gate::mail_code::{Sent, choose, prove, sign_in};
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::Problem;

pub fn challenge(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    sent(desk, sign_in::send_code(desk.cx, &answer(desk, &challenge)))
}

pub fn enrol_start(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    let word = fields.optional_secret("word")?;
    let answer = answer(desk, &challenge);
    sent(desk, sign_in::start(desk.cx, &answer, word.as_ref().map(|word| word.as_str())))
}

pub fn enrol_confirm(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let challenge = fields.secret("challenge")?;
    let code = fields.secret("code")?;
    let confirmed = sign_in::confirm(desk.cx, desk.gate, &answer(desk, &challenge), &code);
    Ok(shown(&confirmed.map_err(|denial| problem(desk, denial))?))
}

pub fn send_proof(desk: &Desk<'_>, _: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    sent(desk, prove::send_code(desk.cx, &asker(desk, &facts)?))
}

pub fn start(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let session = session(desk, &facts)?;
    let word = fields.optional_secret("word")?;
    choose::can_enrol(desk.cx, &facts).map_err(|denial| problem(desk, denial))?;
    demand_proof(desk, &facts, &mut fields)?;
    enrol::demand_leave(desk.cx, &facts.id, word.as_ref().map(|word| word.as_str()))
        .map_err(|denial| problem(desk, denial))?;
    sent(desk, choose::start(desk.cx, &facts, &desk.request.origin, &session))
}

pub fn confirm(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let facts = caller(desk)?;
    let session = session(desk, &facts)?;
    let code = fields.secret("code")?;
    let confirmed = choose::confirm(desk.cx, &facts.id, &desk.request.origin, &session, &code)
        .map_err(|denial| problem(desk, denial))?;
    account::enrolled(desk, &facts, &confirmed)
}

fn sent(desk: &Desk<'_>, sent: Result<Sent, Denial>) -> Result<Response, Problem> {
    sent.map(|sent| Response::json(&sent)).map_err(|denial| problem(desk, denial))
}

fn shown(confirmed: &Confirmed) -> Response {
    let codes: Vec<&str> = confirmed.recovery_codes.iter().map(|code| code.as_str()).collect();
    Response::json(&json!({ "factor": confirmed.factor, "recoveryCodes": codes }))
}
