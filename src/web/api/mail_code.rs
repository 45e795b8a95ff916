//! Calls about codes by mail: having one sent, and choosing them as a factor. `Challenge/Verify` and `Account/Prove`
//! take the code itself.

use super::{Desk, Reply, account, asker, caller, demand_proof, enrolled, session};
use crate::gate::denial::Denial;
use crate::gate::enrol;
use crate::gate::mail_code::{Sent, choose, prove, sign_in};
use crate::web::body::Fields;
use crate::web::message::Response;

pub fn challenge(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    sent(sign_in::send_code(desk.cx, &desk.answer(&challenge)))
}

pub fn enrol_start(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    let word = fields.optional_secret("word")?;
    let answer = desk.answer(&challenge);
    sent(sign_in::start(desk.cx, &answer, word.as_ref().map(|word| word.as_str())))
}

pub fn enrol_confirm(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    let code = fields.secret("code")?;
    let confirmed = sign_in::confirm(desk.cx, desk.gate, &desk.answer(&challenge), &code);
    Ok(enrolled(&confirmed?))
}

pub fn send_proof(desk: &Desk<'_>, _: Fields) -> Reply {
    let facts = caller(desk)?;
    sent(prove::send_code(desk.cx, &asker(desk, &facts)?))
}

pub fn start(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let facts = caller(desk)?;
    let session = session(desk, &facts)?;
    let word = fields.optional_secret("word")?;
    choose::can_enrol(desk.cx, &facts)?;
    demand_proof(desk, &facts, &mut fields)?;
    enrol::demand_leave(desk.cx, &facts.id, word.as_ref().map(|word| word.as_str()))?;
    sent(choose::start(desk.cx, &facts, &desk.request.origin, &session))
}

pub fn confirm(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let facts = caller(desk)?;
    let session = session(desk, &facts)?;
    let code = fields.secret("code")?;
    let confirmed = choose::confirm(desk.cx, &facts.id, &desk.request.origin, &session, &code)?;
    account::raised(desk, &facts, &confirmed)
}

fn sent(sent: Result<Sent, Denial>) -> Reply {
    Ok(Response::json(&sent?))
}
