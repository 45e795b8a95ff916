//! A session that proves itself again by mail, where the account has nothing better.

use super::proves_step_up;
use super::send::{Post, Sent, send};
use crate::context::Context;
use crate::gate::denial::Denial;
use crate::gate::provenance;
use crate::gate::standing::Standing;
use crate::gate::step_up::{self, Asker};
use crate::store::mail_codes::{Bound, Purpose};

/// Sends the code that proves a session again, where the account has nothing better.
pub fn send_code(cx: &Context, asker: &Asker<'_>) -> Result<Sent, Denial> {
    let standing = Standing::of(cx, &asker.facts.id)?;
    step_up::demand_in_person(cx, asker, &standing)?;
    if standing.mail.is_none() {
        return Err(Denial::UnknownFactor);
    }
    if !proves_step_up(cx, &standing) {
        return Err(Denial::NotOffered);
    }
    let session = provenance::token_hash(&asker.caller.token_hash).ok_or(Denial::NotForKeys)?;
    let bound = Bound { account: &asker.facts.id, purpose: Purpose::StepUp, to: &session };
    send(cx, &Post { facts: asker.facts, origin: asker.origin, standing: &standing, bound, device: None })
}
