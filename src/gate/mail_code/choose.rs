//! Choosing codes by mail as a factor: one goes out, and counts once it comes back.

use super::send::{Post, Sent, send};
use super::{offered, spend};
use crate::context::Context;
use crate::defense::origin::Origin;
use crate::factor::{mail_code, recovery};
use crate::gate::armed;
use crate::gate::budget::Budget;
use crate::gate::denial::Denial;
use crate::gate::enrol::{self, Confirmed};
use crate::gate::guard::Visitor;
use crate::gate::standing::Standing;
use crate::host::{AccountId, UserFacts};
use crate::notify::addresses;
use crate::store::accounts;
use crate::store::mail_codes::{self, Bound, Purpose};

/// Sends the code that shows that mail arrives; the caller has demanded a fresh proof.
pub fn start(cx: &Context, facts: &UserFacts, origin: &Origin, session: &[u8; 32]) -> Result<Sent, Denial> {
    let standing = can_enrol(cx, facts)?;
    let bound = Bound { account: &facts.id, purpose: Purpose::Enrol, to: session };
    send(cx, &Post { facts, origin, standing: &standing, bound, device: None })
}

/// May this account choose codes by mail now? Asked before a proof is, so that none is spent in vain.
pub fn can_enrol(cx: &Context, facts: &UserFacts) -> Result<Standing, Denial> {
    if !offered(cx, facts.administrator) {
        return Err(Denial::NotOffered);
    }
    let standing = Standing::of(cx, &facts.id)?;
    if standing.mail.is_some() { Err(Denial::TooMany) } else { Ok(standing) }
}

/// Makes codes by mail a factor: the one that was sent came back.
pub fn confirm(
    cx: &Context,
    account: &AccountId,
    origin: &Origin,
    bound_to: &[u8; 32],
    code: &str,
) -> Result<Confirmed, Denial> {
    let bound = Bound { account, purpose: Purpose::Enrol, to: bound_to };
    let standing = Standing::of(cx, account)?;
    let visitor = Visitor::of(cx, origin, Some(&standing))?;
    let budget = Budget::of(cx, *account, &visitor);
    let codes = recovery::generate_for(account, &cx.keys.recovery, &*cx.randomness)?;
    let now = cx.now();
    // A refusal must commit too, so it travels out of the transaction as a value.
    let confirmed = cx.store.durable(|tx| {
        let retry_after = budget.wait(tx)?;
        if retry_after > 0 {
            return Ok(Err(Denial::TooManyTries { retry_after }));
        }
        let Some(sent) = mail_codes::last(tx, &bound, now - mail_code::LIFETIME)? else {
            return Ok(Err(Denial::EnrolmentGone));
        };
        if !spend(cx, tx, &bound, code)? {
            budget.spend(cx, tx)?;
            let tries_left = mail_code::MOST_TRIES.saturating_sub(sent.tries + 1);
            return Ok(Err(if sent.tries >= mail_code::MOST_TRIES {
                Denial::EnrolmentGone
            } else {
                Denial::WrongCode { tries_left }
            }));
        }
        let first = !accounts::has_factor(tx, account)?;
        let Some(factor) = mail_codes::add_factor(tx, account, now)? else { return Ok(Err(Denial::TooMany)) };
        let address = addresses::verified(cx, tx, account)?.ok_or(Denial::AddressNeeded)?;
        enrol::added(cx, tx, account, factor, &addresses::masked(&address), first.then_some(codes)).map(Ok)
    })??;
    armed::tell_host(cx);
    Ok(confirmed)
}
