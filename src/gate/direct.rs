//! `AuthenticateDirect`: Quick Connect and other plugins' sign-ins, where no password was checked by us.

use crate::audit::{self, Kind};
use crate::context::Context;
use crate::gate::attempt::{LoginAttempt, QUICK_CONNECT_ACTION};
use crate::gate::denial::Denial;
use crate::gate::mint::{self, Deserved, Seen};
use crate::gate::provenance;
use crate::gate::quick_connect;
use crate::gate::requirement::{self, Need};
use crate::gate::standing::Standing;
use crate::gate::verdict::Verdict;
use crate::host::{Level, UserQuery};
use crate::settings::{OtherPlugins, keys};
use crate::store::proof::Proof;

/// Decides one attempt at the direct door, for the user who would get the session.
pub fn direct(cx: &Context, attempt: &LoginAttempt) -> Verdict {
    decide(cx, attempt).unwrap_or_else(|denial| Verdict::of_denial(cx, &denial))
}

fn decide(cx: &Context, attempt: &LoginAttempt) -> Result<Verdict, Denial> {
    if !attempt.client.complete() {
        return Ok(Verdict::invalid());
    }
    let Some(account) = attempt.user_id else { return Ok(Verdict::stock_refusal(false)) };
    let settings = cx.settings();
    let quick_connect = attempt.action == QUICK_CONNECT_ACTION;
    let standing = Standing::of(cx, &account)?;
    let facts = cx.host.find_user(&UserQuery::Id(account), attempt.origin.remote.as_deref())?;
    let facts = facts.ok_or(Denial::NotAllowedNow)?;
    let need = if settings.get(&keys::GATE_ENABLED) {
        requirement::need(&settings, &standing, &facts, false, cx.now())
    } else {
        Need::Nothing
    };
    if need != Need::Nothing {
        let allowed = if quick_connect {
            // An approval counts only from the target's own session that was itself made by a full proof; who has no
            // factor to prove by sets one up in a browser first.
            let epoch = standing.account.epoch;
            need == Need::Factor
                && cx.store.read(|tx| provenance::fully_proven(tx, attempt.caller.as_ref(), &account, epoch))?
        } else {
            settings.get(&keys::GATE_OTHER_PLUGINS) == OtherPlugins::Accept
        };
        if !allowed {
            return refuse(cx, attempt);
        }
    }
    let deserved = Deserved {
        account,
        client: &attempt.client,
        origin: &attempt.origin,
        proof: if quick_connect { Proof::QuickConnect } else { Proof::OtherPlugin },
        epoch: standing.account.epoch,
        stamp: None,
        met: None,
        seen: Seen::JustNow(&facts),
        app_password: None,
        ticket: None,
        remember: false,
    };
    let minted = mint::mint(cx, &deserved)?;
    if let Some(approver) = attempt.caller.as_ref().and_then(|caller| caller.user_id).filter(|_| quick_connect) {
        quick_connect::give_back(cx, &approver)?;
    }
    Ok(Verdict::allow(minted))
}

fn refuse(cx: &Context, attempt: &LoginAttempt) -> Result<Verdict, Denial> {
    let by = if attempt.action.is_empty() { "a plugin outside any request" } else { &attempt.action };
    let line: String = by.chars().filter(|c| !c.is_control()).collect();
    cx.host.log(
        Level::Warning,
        &format!("a sign-in without second factor was refused for a protected account; asked for by {line}"),
    );
    let address = attempt.origin.remote.as_deref();
    let kind = if attempt.action == QUICK_CONNECT_ACTION { Kind::NotApproved } else { Kind::Refused };
    let entry = audit::Entry { kind, account: attempt.user_id, address, detail: Some(&attempt.client.app) };
    audit::note(cx, &entry)?;
    Ok(Verdict::stock_refusal(false))
}
