//! Step-up: a change asks for a proof younger than five minutes, given inside this very session.
//!
//! Asked once, not per click: a proof is remembered with the session that gave it, and with no other.

use crate::clock::Seconds;
use crate::context::Context;
use crate::gate::Gate;
use crate::gate::armed;
use crate::gate::attempt::Caller;
use crate::gate::denial::Denial;
use crate::gate::mail_code;
use crate::gate::method::Method;
use crate::gate::passkey;
use crate::gate::proof::{self, FreshProof};
use crate::gate::provenance;
use crate::gate::standing::Standing;
use crate::settings::keys;
use crate::store::proof::Proof;
use crate::store::sessions::{self, Session};
use crate::store::{StoreError, accounts};

pub use crate::gate::proof::Asker;

/// How long a proof counts inside the session that gave it, in seconds.
const FRESH_FOR: Seconds = 5 * 60;

/// Until when this session counts as freshly proven; 0 when it does not. Where there is a factor, what was proven by
/// less does not count.
pub fn fresh_until(cx: &Context, caller: &Caller, standing: &Standing) -> Result<Seconds, Denial> {
    let now = cx.now();
    let until = session(cx, caller)?
        .filter(|session| session.account == standing.id && session.epoch == standing.account.epoch)
        .filter(|session| !standing.protected() || session.proof.is_full() || armed::opened_for(cx, caller))
        .map_or(0, |session| session.proven_at.saturating_add(FRESH_FOR));
    // A clock set back must not make a proof last longer.
    Ok(if until > now && until <= now + FRESH_FOR { until } else { 0 })
}

/// By what the caller can prove to be this account's owner here.
pub fn proofs(cx: &Context, caller: &Caller, standing: &Standing) -> Vec<Method> {
    if armed::opened_for(cx, caller) { vec![Method::Password] } else { usual_proofs(cx, standing) }
}

/// The same, as long as nobody has used the unlock file.
pub fn usual_proofs(cx: &Context, standing: &Standing) -> Vec<Method> {
    if !standing.protected() {
        return vec![Method::Password];
    }
    let mut proofs = Vec::new();
    if !standing.passkeys.is_empty() && passkey::offered(cx).is_ok() {
        proofs.push(Method::Passkey);
    }
    if !standing.factors.is_empty() {
        proofs.push(Method::Totp);
    }
    if mail_code::proves_step_up(cx, standing) {
        proofs.push(Method::Email);
    }
    if standing.codes_left > 0 {
        proofs.push(Method::Recovery);
    }
    proofs
}

/// What was proven.
#[derive(Clone, Copy)]
pub struct Proved {
    /// Until when the session counts as fresh.
    pub until: Seconds,
    /// The passkey it was proven by, if it was one in this very call.
    pub passkey: Option<i64>,
}

/// May this session change anything of its account? One that was opened by a device's secret, or nobody knows how, may
/// not where there is a factor: whoever has that secret would otherwise need the factor alone.
pub fn demand_in_person(cx: &Context, asker: &Asker<'_>, standing: &Standing) -> Result<(), Denial> {
    if !standing.protected() {
        return Ok(());
    }
    let known = session(cx, asker.caller)?.filter(|session| session.account == asker.facts.id);
    let in_person = known.is_some_and(|session| session.proof.opened_in_person());
    // The folder is looked into last: hardly ever is there anything to see.
    if in_person || armed::opened_for(cx, asker.caller) { Ok(()) } else { Err(Denial::SignInFully) }
}

/// Takes a proof and remembers it with the session, for the account as it was when the proof was looked at: what was
/// revoked, or protected, meanwhile is not proven by it.
pub fn prove(cx: &Context, gate: &Gate, asker: &Asker<'_>, fresh: &FreshProof) -> Result<Proved, Denial> {
    let Asker { facts, caller, .. } = *asker;
    demand_in_person(cx, asker, &Standing::of(cx, &facts.id)?)?;
    let given = proof::demand(cx, gate, asker, fresh)?;
    let now = cx.now();
    let hash = provenance::token_hash(&caller.token_hash).ok_or(Denial::NotForKeys)?;
    let legacy = Session {
        account: facts.id,
        proof: Proof::Legacy,
        epoch: given.epoch,
        at: now,
        proven_at: now,
        app_password: None,
        device: None,
        network: None,
    };
    let opened = !given.by_factor && armed::opened_for(cx, caller);
    let counts = cx.store.lazy(|tx| {
        if accounts::epoch(tx, &facts.id)? != given.epoch {
            return Ok(false);
        }
        if given.by_factor {
            // Whoever opened it knew the password, and has the factor: nothing is left to ask for.
            provenance::raise(cx, tx, caller, given.epoch)?;
        } else if accounts::has_factor(tx, &facts.id)? && !opened {
            return Ok(false);
        } else {
            sessions::prove(tx, &hash, &legacy, None)?;
        }
        Ok::<_, StoreError>(true)
    })?;
    if !counts {
        return Err(Denial::StepUp { proofs: proofs(cx, caller, &Standing::of(cx, &facts.id)?) });
    }
    Ok(Proved { until: now + FRESH_FOR, passkey: given.passkey })
}

/// Demands a proof for a change: the one that came with it, or one this session gave shortly before.
pub fn demand(cx: &Context, gate: &Gate, asker: &Asker<'_>, given: Option<&FreshProof>) -> Result<Proved, Denial> {
    if let Some(fresh) = given {
        return prove(cx, gate, asker, fresh);
    }
    let standing = Standing::of(cx, &asker.facts.id)?;
    demand_in_person(cx, asker, &standing)?;
    let until = demand_fresh(cx, asker.caller, &standing)?;
    Ok(Proved { until, passkey: None })
}

/// Demands that this session gave a proof shortly before; gives until when it counts.
pub fn demand_fresh(cx: &Context, caller: &Caller, standing: &Standing) -> Result<Seconds, Denial> {
    match fresh_until(cx, caller, standing)? {
        0 => Err(Denial::StepUp { proofs: proofs(cx, caller, standing) }),
        until => Ok(until),
    }
}

fn session(cx: &Context, caller: &Caller) -> Result<Option<Session>, Denial> {
    let Some(hash) = provenance::token_hash(&caller.token_hash).filter(|_| !caller.api_key) else { return Ok(None) };
    Ok(cx.store.read(|tx| sessions::find(tx, &hash))?)
}

/// Demands it of an administrator before what weakens everybody's protection, unless the owner has switched that off:
/// of one without a factor the password.
pub fn demand_of_administrator(
    cx: &Context,
    gate: &Gate,
    asker: &Asker<'_>,
    given: Option<&FreshProof>,
) -> Result<(), Denial> {
    let asked = cx.settings().get(&keys::STEP_UP_ADMINISTRATORS);
    if asked { demand(cx, gate, asker, given).map(|_| ()) } else { Ok(()) }
}
