//! `AuthenticateNewSession`: one password check, one decision, and only then a session.

use crate::audit::{self, Kind};
use crate::context::Context;
use crate::defense::limits::{self, Ticket};
use crate::gate::Gate;
use crate::gate::app::{self, ByAppPassword, Door};
use crate::gate::attempt::{LoginAttempt, OBSOLETE_ACTION};
use crate::gate::budget::Budget;
use crate::gate::challenge;
use crate::gate::denial::Denial;
use crate::gate::failure::Failure;
use crate::gate::guard::Visitor;
use crate::gate::mint::{self, Deserved, Seen};
use crate::gate::pairing;
use crate::gate::proof::Spender;
use crate::gate::requirement::{self, Need};
use crate::gate::set_up;
use crate::gate::spent::{self, Spent};
use crate::gate::standing::Standing;
use crate::gate::tail::{self, Typed};
use crate::gate::verdict::Verdict;
use crate::host::{Level, PasswordCheck, PasswordQuery, UserFacts};
use crate::settings::keys;
use crate::store::StoreError;
use crate::store::proof::Proof;
use crate::trust::trusted_browser::{self, Recognised};

/// Decides one attempt at the password door. Whatever breaks refuses.
pub fn login(cx: &Context, gate: &Gate, attempt: &LoginAttempt, password: &str) -> Verdict {
    decide(cx, gate, attempt, password).unwrap_or_else(|denial| Verdict::of_denial(cx, &denial))
}

fn decide(cx: &Context, gate: &Gate, attempt: &LoginAttempt, password: &str) -> Result<Verdict, Denial> {
    if !attempt.client.complete() || attempt.name.is_empty() {
        return Ok(Verdict::invalid());
    }
    if !cx.settings().get(&keys::GATE_ENABLED) {
        return without_gate(cx, attempt, password);
    }
    let known = match gate.names.find(cx, &attempt.name)? {
        Some(facts) => Some((Standing::of(cx, &facts.id)?, facts)),
        None => None,
    };
    let door = known.as_ref().map(|(standing, facts)| Door { attempt, facts, standing });
    let visitor = Visitor::of(cx, &attempt.origin, door.map(|door| door.standing))?;
    let by_app_password = door.map_or(Ok(ByAppPassword::No), |door| app::by_app_password(cx, door, password))?;
    if let ByAppPassword::In(headers) = by_app_password {
        return Ok(Verdict::allow(headers));
    }

    let nobody = limits::nobody(cx, &attempt.name);
    let target = door.map_or(&nobody[..], |door| door.facts.id.as_bytes());
    let guest = visitor.guest(target);
    let secret = limits::fingerprint(cx, guest, &attempt.client.device_id, password);
    let ticket = match gate.limits.reserve(cx, guest, secret)? {
        Ok(ticket) => ticket,
        Err(wait) => return Ok(Verdict::wait(wait.0)),
    };
    if let Some(headers) = door.map_or(Ok(None), |door| app::by_word(cx, door, password))? {
        return Ok(Verdict::allow(headers));
    }
    let Some(place) = gate.admission.enter(target, visitor.familiar) else {
        return Ok(Verdict::wait(1));
    };
    let whole = Typed { password, code: None, guessed: false };
    let typed = door.map_or(Ok(whole), |door| read(cx, door, &visitor, &ticket, password))?;
    let trust = door.map_or(Ok(Recognised::No), |door| recognise(cx, attempt, door.facts, door.standing))?;
    let session = door.map_or(Ok(false), |door| ends_signed_in(cx, door, &visitor, &typed, &trust))?;
    let query = PasswordQuery { name: &attempt.name, remote: attempt.origin.remote.as_deref(), session };
    let check = cx.host.check_password(&query, typed.password)?;
    drop(place);

    let PasswordCheck::Right(seen) = check else {
        let kind = match (check == PasswordCheck::Denied, &by_app_password) {
            (true, _) => Kind::NotAllowed,
            (_, ByAppPassword::Unfit) => Kind::AppPasswordUnfit,
            _ => Kind::WrongPassword,
        };
        let (account, guessed) = (door.map(|door| door.facts.id), typed.guessed);
        Failure { kind, attempt, ticket: &ticket, account, guessed, visitor: &visitor }.write_down(cx)?;
        return Ok(Verdict::stock_refusal(check == PasswordCheck::Wrong && door.is_some()));
    };
    gate.limits.right(&ticket);
    gate.names.learn(&attempt.name, &seen);
    let unchanged = door.is_some_and(|door| *door.facts == seen);
    // Who was authenticated counts. A name nobody had may belong to somebody now (LDAP creates users).
    let standing = match known {
        Some((standing, facts)) if facts.id == seen.id => standing,
        // What was counted and compared so far was another account's.
        Some(_) => return Ok(Verdict::stock_refusal(false)),
        None => Standing::of(cx, &seen.id)?,
    };
    let trust = if unchanged { trust } else { recognise(cx, attempt, &seen, &standing)? };
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

/// Reads what was typed, with a code behind it where there may be one. What was wrong within the hour counts once, so it is
/// compared once: in a later time step it would be another guess. A device that repeats an old code for ever costs its owner
/// one guess.
fn read<'a>(
    cx: &Context,
    door: Door<'_>,
    visitor: &Visitor,
    ticket: &Ticket,
    password: &'a str,
) -> Result<Typed<'a>, Denial> {
    let Door { facts, standing, .. } = door;
    if !standing.protected() || !cx.settings().get(&keys::GATE_CODE_BEHIND_PASSWORD) {
        return Ok(Typed { password, code: None, guessed: false });
    }
    let wait = cx.store.read(|tx| Budget::of_tails(cx, facts.id, visitor).wait(tx))?;
    tail::read(cx, &facts.id, standing, password, wait == 0 && !ticket.repeats())
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
fn ends_signed_in(
    cx: &Context,
    door: Door<'_>,
    visitor: &Visitor,
    typed: &Typed<'_>,
    trust: &Recognised,
) -> Result<bool, Denial> {
    let Door { attempt, facts, standing } = door;
    if app::closed_to_password(&cx.settings(), standing, &attempt.origin) {
        return Ok(false);
    }
    let need = requirement::need(&cx.settings(), standing, facts, visitor.browser.is_some(), cx.now());
    let spared = need == Need::Factor && matches!(trust, Recognised::Trusted(_)) && typed.code.is_none();
    let met = need == Need::Factor && typed.code.is_some() && attempt.action != OBSOLETE_ACTION;
    Ok((need == Need::Nothing || spared || met)
        && set_up::due_at(cx, &facts.id, &attempt.origin, &attempt.action, spared)?.is_empty())
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
                met: Some(&facts.stamp),
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
        return refuse(cx, admitted, Kind::ObsoleteSignIn);
    }
    if app::closed_to_password(&cx.settings(), standing, &attempt.origin) {
        return refuse(cx, admitted, Kind::AppPasswordWanted);
    }
    let spared = need == Need::Factor && trusted;
    let due = set_up::due_at(cx, &facts.id, &attempt.origin, &attempt.action, spared)?;
    // An app shows no pages, so that it would be refused all the same: its code is not spent for that.
    let code = typed.code.as_ref().filter(|_| due.is_empty() || !app::is_app(&attempt.origin));
    let spender = Spender { account: &facts.id, network: &visitor.network, app: Some(attempt.client.app.as_str()) };
    let (proof, spent) = match (need, code) {
        (Need::Nothing, _) => (Proof::Password, Spent::Nothing),
        (Need::Factor, None) if trusted => (Proof::TrustedBrowser, Spent::Nothing),
        (Need::Factor, Some(code)) => match spent::spend(cx, code, &spender, &Budget::of_tails(cx, facts.id, visitor))?
        {
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
        met: Some(&facts.stamp),
        seen: Seen::by_check(dated),
        app_password: None,
        ticket: Some(ticket),
        // An app keeps no cookies, and a device that was only approved has proven nothing.
        remember: proof != Proof::Paired,
    };
    match mint::mint(cx, &deserved) {
        Err(refused @ (Denial::SessionRefused | Denial::Broken(_))) => {
            spent.give_back(cx, &facts.id)?;
            Err(refused)
        }
        minted => minted.map(Verdict::allow),
    }
}

/// A way in that is closed to a right password. Why is told to the account, not to the app.
fn refuse(cx: &Context, admitted: &Admitted<'_>, kind: Kind) -> Result<Verdict, Denial> {
    let entry = audit::Entry {
        kind,
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
