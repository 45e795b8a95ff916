//! `AuthenticateNewSession`: one password check, one decision, and only then a session.

use crate::audit::{self, Kind};
use crate::context::Context;
use crate::defense::limits::{self, Guest, Ticket};
use crate::gate::Gate;
use crate::gate::app::{self, Door};
use crate::gate::attempt::{LoginAttempt, OBSOLETE_ACTION};
use crate::gate::budget::Budget;
use crate::gate::challenge;
use crate::gate::denial::Denial;
use crate::gate::guard::Visitor;
use crate::gate::mint::{self, Deserved, Seen};
use crate::gate::pairing::{self, Spared};
use crate::gate::proof::{Spend, Spender};
use crate::gate::provenance::Proof;
use crate::gate::requirement::{self, Need};
use crate::gate::set_up;
use crate::gate::standing::Standing;
use crate::gate::tail::{self, Typed};
use crate::gate::verdict::Verdict;
use crate::host::{AccountId, Level, PasswordCheck, PasswordQuery, UserFacts};
use crate::settings::keys;
use crate::store::{StoreError, factors};
use crate::trust::trusted_browser::{self, Recognised};

/// Decides one attempt at the password door. Whatever breaks refuses.
pub fn login(cx: &Context, gate: &Gate, attempt: &LoginAttempt, password: &str) -> Verdict {
    decide(cx, gate, attempt, password).unwrap_or_else(|denial| Verdict::of_denial(cx, &denial))
}

fn decide(cx: &Context, gate: &Gate, attempt: &LoginAttempt, password: &str) -> Result<Verdict, Denial> {
    if !attempt.client.complete() || attempt.name.is_empty() {
        return Ok(Verdict::invalid());
    }
    let remote = attempt.origin.remote.as_deref();
    if !cx.settings().get(&keys::GATE_ENABLED) {
        return without_gate(cx, attempt, password);
    }
    let facts = gate.names.find(cx, &attempt.name)?;
    let standing = facts.as_ref().map(|facts| Standing::of(cx, &facts.id)).transpose()?;
    let known = facts.as_ref().zip(standing.as_ref()).map(|(facts, standing)| (&facts.id, standing.account.epoch));
    let visitor = Visitor::of(cx, &attempt.origin, known)?;
    let nobody = limits::nobody(cx, &attempt.name);
    let target = facts.as_ref().map_or(&nobody[..], |facts| facts.id.as_bytes());
    if let (Some(facts), Some(standing)) = (&facts, &standing)
        && let Some(headers) = app::by_app_password(cx, Door { attempt, facts, standing }, password)?
    {
        return Ok(Verdict::allow(headers));
    }
    let guest = Guest { target, network: &visitor.network, browser: visitor.browser.as_deref() };

    let ticket = match gate.limits.reserve(cx, guest)? {
        Ok(ticket) => ticket,
        Err(wait) => return Ok(Verdict::wait(wait.0)),
    };
    let account = facts.as_ref().map(|facts| facts.id);
    if let (Some(facts), Some(standing)) = (&facts, &standing)
        && let Some(headers) = app::by_word(cx, Door { attempt, facts, standing }, password)?
    {
        return Ok(Verdict::allow(headers));
    }
    let Some(place) = gate.admission.enter(account, visitor.browser.is_some()) else {
        return Ok(Verdict::wait(1));
    };
    let typed = match (&facts, &standing) {
        (Some(facts), Some(standing))
            if standing.protected() && cx.settings().get(&keys::GATE_CODE_BEHIND_PASSWORD) =>
        {
            let wait = cx.store.read(|tx| Budget::of(cx, facts.id, &visitor).wait(tx))?;
            tail::read(cx, &facts.id, standing, password, wait == 0)?
        }
        _ => Typed { password, code: None, code_shaped: false },
    };
    let trust = match (&facts, &standing) {
        (Some(facts), Some(standing)) => recognise(cx, attempt, facts, standing)?,
        _ => Recognised::No,
    };
    let session = match facts.as_ref().zip(standing.as_ref()) {
        Some((facts, standing)) => {
            let need = requirement::need(&cx.settings(), standing, facts, visitor.browser.is_some(), cx.now())
                .spared_by(matches!(trust, Recognised::Trusted(_)));
            let open = !app::closed_to_password(&cx.settings(), standing, &attempt.origin);
            open && ends_signed_in(need, &typed, &attempt.action)
                && set_up::due_at(cx, &facts.id, &attempt.origin, &attempt.action)?.is_empty()
        }
        None => false,
    };
    let check = cx.host.check_password(&PasswordQuery { name: &attempt.name, remote, session }, typed.password)?;
    drop(place);

    let PasswordCheck::Right(seen) = check else {
        return wrong(
            cx,
            &Wrong { attempt, guest, ticket: &ticket, account, typed: &typed, password, visitor: &visitor },
        )
        .map(|()| Verdict::stock_refusal(check == PasswordCheck::Wrong && facts.is_some()));
    };
    gate.names.learn(&attempt.name, &seen);
    // Who was authenticated counts. A name nobody had may belong to somebody now (LDAP creates users).
    let standing = match (&facts, standing) {
        (Some(facts), Some(standing)) if facts.id == seen.id => standing,
        // What was counted and compared so far was another account's.
        (Some(_), _) => return Ok(Verdict::stock_refusal(false)),
        _ => Standing::of(cx, &seen.id)?,
    };
    let trust = if facts.as_ref() == Some(&seen) { trust } else { recognise(cx, attempt, &seen, &standing)? };
    admit(
        cx,
        &Admitted {
            attempt,
            facts: &seen,
            standing: &standing,
            visitor: &visitor,
            typed: &typed,
            ticket: &ticket,
            trust: &trust,
            dated: session,
        },
    )
}

fn recognise(
    cx: &Context,
    attempt: &LoginAttempt,
    facts: &UserFacts,
    standing: &Standing,
) -> Result<Recognised, StoreError> {
    if attempt.action == OBSOLETE_ACTION {
        return Ok(Recognised::No);
    }
    trusted_browser::recognise(cx, &attempt.origin, facts, standing.account.epoch)
}

/// Will a right password be followed by a session at once? Then Jellyfin dates the login with the check, which costs
/// it a tenth of what dating it afterwards does.
fn ends_signed_in(need: Need, typed: &Typed<'_>, action: &str) -> bool {
    need == Need::Nothing || (need == Need::Factor && typed.code.is_some() && action != OBSOLETE_ACTION)
}

/// The owner has switched the gate off: Jellyfin's own rules, nothing added.
fn without_gate(cx: &Context, attempt: &LoginAttempt, password: &str) -> Result<Verdict, Denial> {
    let query = PasswordQuery { name: &attempt.name, remote: attempt.origin.remote.as_deref(), session: true };
    match cx.host.check_password(&query, password)? {
        PasswordCheck::Right(facts) => {
            let epoch = Standing::of(cx, &facts.id)?.account.epoch;
            let deserved = Deserved {
                account: facts.id,
                client: &attempt.client,
                origin: &attempt.origin,
                proof: Proof::Password,
                epoch,
                stamp: None,
                seen: Seen::ByCheck,
                app_password: None,
                ticket: None,
                remember: false,
            };
            mint::mint(cx, &deserved).map(Verdict::allow)
        }
        refused => Ok(Verdict::stock_refusal(refused == PasswordCheck::Wrong)),
    }
}

struct Wrong<'a> {
    attempt: &'a LoginAttempt,
    guest: Guest<'a>,
    ticket: &'a Ticket,
    account: Option<AccountId>,
    typed: &'a Typed<'a>,
    password: &'a str,
    visitor: &'a Visitor,
}

/// One durable commit, before the answer.
fn wrong(cx: &Context, wrong: &Wrong<'_>) -> Result<(), Denial> {
    let secret = limits::fingerprint(cx, wrong.guest, &wrong.attempt.client.device_id, wrong.password);
    cx.store.durable(|tx| {
        let counted = wrong.ticket.failed(cx, tx, &secret)?;
        if let Some(account) = wrong.account.filter(|_| counted.first && wrong.typed.code_shaped) {
            Budget::of(cx, account, wrong.visitor).spend(tx)?;
        }
        let nobody = limits::nobody(cx, &wrong.attempt.name);
        let name = data_encoding::HEXLOWER.encode(&nobody[..8]);
        let entry = audit::Entry {
            kind: Kind::WrongPassword,
            account: wrong.account,
            address: Some(wrong.visitor.network.as_str()),
            detail: if wrong.account.is_some() { Some(&wrong.attempt.client.app) } else { Some(&name) },
        };
        audit::record(cx, tx, &entry)?;
        Ok(())
    })
}

struct Admitted<'a> {
    attempt: &'a LoginAttempt,
    facts: &'a UserFacts,
    standing: &'a Standing,
    visitor: &'a Visitor,
    typed: &'a Typed<'a>,
    ticket: &'a Ticket,
    trust: &'a Recognised,
    dated: bool,
}

/// The password is right: now the browser's cookie is used up, and whatever follows, its successor goes with the answer.
fn admit(cx: &Context, admitted: &Admitted<'_>) -> Result<Verdict, Denial> {
    let Admitted { attempt, facts, typed, trust, .. } = *admitted;
    let used = match trust {
        Recognised::Outdated(shown) => {
            let headers = trusted_browser::end(cx, &attempt.origin, shown)?;
            return Ok(decided(cx, admitted, false).with_headers(headers));
        }
        // A code behind the password is the better proof.
        Recognised::Trusted(shown) if typed.code.is_none() => {
            trusted_browser::renew(cx, &attempt.origin, facts, shown)?
        }
        Recognised::Trusted(_) | Recognised::No => None,
    };
    Ok(decided(cx, admitted, used.is_some()).with_headers(used.unwrap_or_default()))
}

fn decided(cx: &Context, admitted: &Admitted<'_>, trusted: bool) -> Verdict {
    enter(cx, admitted, trusted).unwrap_or_else(|denial| Verdict::of_denial(cx, &denial))
}

/// What else does this account need from here?
fn enter(cx: &Context, admitted: &Admitted<'_>, trusted: bool) -> Result<Verdict, Denial> {
    let Admitted { attempt, facts, standing, visitor, typed, ticket, dated, .. } = *admitted;
    let need = requirement::need(&cx.settings(), standing, facts, visitor.browser.is_some(), cx.now());
    if need != Need::Nothing && attempt.action == OBSOLETE_ACTION {
        cx.host.log(
            Level::Warning,
            "the obsolete sign-in with the password in its url was refused for a protected account",
        );
        return Ok(Verdict::stock_refusal(false));
    }
    if app::closed_to_password(&cx.settings(), standing, &attempt.origin) {
        return refuse_app(cx, admitted);
    }
    let due = set_up::due_at(cx, &facts.id, &attempt.origin, &attempt.action)?;
    // An app shows no pages, so that it would be refused all the same: its code is not spent for that.
    let code = typed.code.as_ref().filter(|_| due.is_empty() || !app::is_app(&attempt.origin));
    let (proof, spent) = match (need, code) {
        (Need::Nothing, _) => (Proof::Password, Spent::Nothing),
        (Need::Factor, None) if trusted => (Proof::TrustedBrowser, Spent::Nothing),
        (Need::Factor, Some(code)) => match spend(cx, admitted, *code)? {
            Some(spent) => (Proof::Full, spent),
            None => return challenge::ask(cx, admitted_ask(admitted, need)),
        },
        (Need::Factor, None) => match pairing::admits(cx, Door { attempt, facts, standing })? {
            Some(spared) => (Proof::Paired, Spent::Approval(spared)),
            None => return challenge::ask(cx, admitted_ask(admitted, need)),
        },
        (need, _) => return challenge::ask(cx, admitted_ask(admitted, need)),
    };
    // A device that was only approved shows no pages.
    if proof != Proof::Paired && !due.is_empty() {
        return set_up::ask(cx, &admitted_ask(admitted, need), proof, &due);
    }
    let deserved = Deserved {
        account: facts.id,
        client: &attempt.client,
        origin: &attempt.origin,
        proof,
        epoch: standing.account.epoch,
        stamp: None,
        seen: Seen::by_check(dated),
        app_password: None,
        ticket: Some(ticket),
        // An app keeps no cookies, and a device that was only approved has proven nothing.
        remember: proof != Proof::Paired,
    };
    match mint::mint(cx, &deserved) {
        Err(refused @ (Denial::SessionRefused | Denial::Broken(_))) => {
            give_back(cx, &facts.id, &spent)?;
            Err(refused)
        }
        minted => minted.map(Verdict::allow),
    }
}

/// What a sign-in has used up, should Jellyfin then refuse the session.
enum Spent {
    /// Nothing, or what cannot be given back: another step of an authenticator comes in a moment.
    Nothing,
    /// A recovery code, and how many were left without it.
    Recovery([u8; 32], i64),
    /// A device's approval.
    Approval(Spared),
}

/// Spends the code that stood behind the password; none when somebody was faster.
fn spend(cx: &Context, admitted: &Admitted<'_>, code: Spend) -> Result<Option<Spent>, Denial> {
    let Admitted { attempt, facts, visitor, .. } = *admitted;
    let spender = Spender { account: &facts.id, network: &visitor.network, app: Some(attempt.client.app.as_str()) };
    cx.store.durable(|tx| {
        if !code.spend(cx, tx, &spender)? {
            return Ok(None);
        }
        Budget::of(cx, facts.id, visitor).give_back(tx)?;
        Ok(Some(match code {
            Spend::Recovery { hash } => Spent::Recovery(hash, factors::recovery_codes_left(tx, &facts.id)?),
            Spend::Totp { .. } | Spend::Mail { .. } => Spent::Nothing,
        }))
    })
}

fn give_back(cx: &Context, account: &AccountId, spent: &Spent) -> Result<(), Denial> {
    match spent {
        Spent::Nothing => Ok(()),
        Spent::Recovery(hash, left) => {
            Ok(cx.store.durable(|tx| factors::give_back_recovery_code(tx, account, hash, *left))?)
        }
        Spent::Approval(spared) => pairing::give_back(cx, account, spared),
    }
}

/// The owner lets apps in by app passwords only. Told to the account, not to the app.
fn refuse_app(cx: &Context, admitted: &Admitted<'_>) -> Result<Verdict, Denial> {
    let entry = audit::Entry {
        kind: Kind::AppPasswordWanted,
        account: Some(admitted.facts.id),
        address: Some(admitted.visitor.network.as_str()),
        detail: Some(&admitted.attempt.client.app),
    };
    audit::note(cx, &entry)?;
    Ok(Verdict::stock_refusal(false))
}

fn admitted_ask<'a>(admitted: &Admitted<'a>, need: Need) -> challenge::Asking<'a> {
    challenge::Asking {
        attempt: admitted.attempt,
        facts: admitted.facts,
        standing: admitted.standing,
        visitor: admitted.visitor,
        ticket: admitted.ticket,
        need,
    }
}
