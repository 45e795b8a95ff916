//! Calls about passkeys: registering one, answering a challenge or proving by one, and signing in by one alone.

use serde_json::json;

use super::{Desk, Reply, account, caller, demand_in_person, demand_proof, enrolled, proof, session};
use crate::factor::passkey::{self as mechanism, Browser, Finding, Verification};
use crate::gate::denial::Denial;
use crate::gate::enrol;
use crate::gate::passkey::{self, Bound, Started, register, sign_in};
use crate::gate::standing::Standing;
use crate::gate::verify;
use crate::store::ceremonies::Purpose;
use crate::trust::trusted_browser;
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::{Code, Problem};

pub fn register_start(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let facts = caller(desk)?;
    let session = session(desk, &facts)?;
    // Asked before the proof is: what is refused anyway must not cost a code.
    passkey::offered(desk.cx)?;
    let word = fields.optional_secret("word")?;
    demand_proof(desk, &facts, &mut fields)?;
    enrol::demand_leave(desk.cx, &facts.id, word.as_ref().map(|word| word.as_str()))?;
    started(register::start(desk.cx, &facts, &desk.network, &session))
}

pub fn register_finish(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let facts = caller(desk)?;
    let session = session(desk, &facts)?;
    let (ceremony, response) = proof::passkey(&mut fields)?;
    let name = fields.optional_text("name")?.unwrap_or_default();
    let returned = passkey::Returned { ceremony: &ceremony, response: &response };
    let confirmed = register::finish(desk.cx, &facts.id, &session, returned, &name)?;
    account::raised(desk, &facts, &confirmed)
}

/// Opens the ceremony by which this session proves itself.
pub fn prove(desk: &Desk<'_>, _: Fields) -> Reply {
    let facts = caller(desk)?;
    let session = session(desk, &facts)?;
    let standing = Standing::of(desk.cx, &facts.id)?;
    if standing.passkeys.is_empty() {
        return Err(Problem::new(Code::UnknownFactor).into());
    }
    demand_in_person(desk, &facts)?;
    let bound = Bound { purpose: Purpose::StepUp, account: Some(&facts.id), to: Some(&session) };
    started(passkey::ask(desk.cx, &desk.network, bound, &standing.passkeys, Verification::Preferred))
}

/// Opens the ceremony by which a challenge is met.
pub fn challenge(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    started(verify::start_passkey(desk.cx, &desk.answer(&challenge)))
}

pub fn sign_in_offer(desk: &Desk<'_>) -> Reply {
    let mut told = json!({ "signIn": sign_in::is_offered(desk.cx) });
    if let Some(days) = trusted_browser::offered_at_most(desk.cx, &desk.request.origin) {
        told["trust"] = json!({ "days": days });
    }
    Ok(Response::json(&told))
}

/// Opens the ceremony of a passkey that a sign-in demands.
pub fn enrol_start(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    let word = fields.optional_secret("word")?;
    let word = word.as_ref().map(|word| word.as_str());
    started(passkey::enrol::start(desk.cx, &desk.answer(&challenge), word))
}

pub fn enrol_finish(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let challenge = fields.secret("challenge")?;
    let (ceremony, response) = proof::passkey(&mut fields)?;
    let name = fields.optional_text("name")?.unwrap_or_default();
    let returned = passkey::Returned { ceremony: &ceremony, response: &response };
    let met = desk.answer(&challenge);
    let confirmed = passkey::enrol::finish(desk.cx, desk.gate, &met, returned, &name)?;
    Ok(enrolled(&confirmed))
}

pub fn sign_in_start(desk: &Desk<'_>, _: Fields) -> Reply {
    started(sign_in::start(desk.cx, desk.gate, &desk.request.origin))
}

pub fn sign_in_finish(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let (ceremony, response) = proof::passkey(&mut fields)?;
    let trust = fields.flag("trust")?;
    let client = desk.request.client.as_ref().filter(|client| client.complete());
    let client = client.ok_or_else(|| Problem::bad_field("client"))?;
    let origin = &desk.request.origin;
    let returned = passkey::Returned { ceremony: &ceremony, response: &response };
    let signed_in = sign_in::finish(desk.cx, desk.gate, origin, client, returned)?;
    let (mut headers, proven) = match signed_in {
        sign_in::SignedIn::In(headers, proven) => (headers, proven),
        sign_in::SignedIn::SetUp(told) => return Ok(Response::json(&json!({ "jellyward": told }))),
    };
    if trust {
        headers.extend(verify::trust(desk.cx, origin, &proven.account, proven.epoch));
    }
    Ok(Response::session(headers))
}

/// Says in words why this browser at this address can or cannot use passkeys.
pub fn diagnose(desk: &Desk<'_>, fields: Fields) -> Reply {
    let browser: Browser =
        serde_json::from_value(fields.rest().into()).map_err(|_| Problem::bad_field("secureContext"))?;
    let settings = desk.cx.settings();
    let (rp, misfit) = (passkey::relying_party(&settings), passkey::misfit(&settings));
    let findings = mechanism::diagnose(&browser, rp.as_ref(), misfit.is_some());
    let ready = !findings.iter().any(|finding| finding.hinders());
    let told: Vec<_> = findings
        .iter()
        .map(|finding| {
            let code = json!(finding);
            let text = desk.texts.get(&format!("passkey-finding-{}", code.as_str().unwrap_or_default()));
            match &misfit {
                Some(why) if *finding == Finding::DoesNotFit => {
                    json!({ "code": code, "text": text, "detail": why.to_string() })
                }
                _ => json!({ "code": code, "text": text }),
            }
        })
        .collect();
    Ok(Response::json(&json!({ "ready": ready, "findings": told })))
}

fn started(started: Result<Started, Denial>) -> Reply {
    let Started { ceremony, options } = started?;
    Ok(Response::json(&json!({ "ceremony": ceremony, "options": options["publicKey"] })))
}
