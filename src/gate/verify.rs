//! Meeting a challenge: counted, compared, spent and consumed in one transaction; then, outside it, the session.

use serde_json::Value;

use crate::audit::{self, Kind};
use crate::context::Context;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::passkey::Verification;
use crate::gate::Gate;
use crate::gate::answer::Answer;
use crate::gate::attempt::Client;
use crate::gate::budget::Budget;
use crate::gate::challenge::MOST_TRIES;
use crate::gate::denial::Denial;
use crate::gate::grants::GRANT_LIFETIME;
use crate::gate::guard::Visitor;
use crate::gate::mail_code;
use crate::gate::method::Method;
use crate::gate::mint::{self, Deserved, Seen};
use crate::gate::passkey::{self, Bound, Returned, Started};
use crate::gate::proof::{self, FreshProof, Spender};
use crate::gate::set_up;
use crate::host::{AccountId, Level, UserQuery};
use crate::store::ceremonies::Purpose;
use crate::store::challenges::{self, Ask, Challenge};
use crate::store::{accounts, mail_codes, meta};
use crate::trust::trusted_browser::{self, Headers};

/// What a challenge that was met brings.
pub enum Met {
    /// A session, and headers for the answer.
    In(Headers),
    /// Something is to be set up before; this is what the page gets to see of it.
    SetUp(Value),
}

/// Proves by a code, and mints.
pub fn verify(cx: &Context, gate: &Gate, answer: &Answer<'_>, given: &FreshProof) -> Result<Met, Denial> {
    let hash = answer.hash();
    if let Some(proven) = gate.grants.take(&hash, cx.now()) {
        return finish_with(cx, gate, answer, hash, proven);
    }
    let proven = prove(cx, answer, &hash, given)?;
    finish_with(cx, gate, answer, hash, proven)
}

/// Mints for a challenge whose proof was given before: after enrolment or another set-up, or when Jellyfin refused the
/// session.
pub fn finish(cx: &Context, gate: &Gate, answer: &Answer<'_>) -> Result<Met, Denial> {
    let hash = answer.hash();
    let proven = match gate.grants.take(&hash, cx.now()) {
        Some(proven) => proven,
        None => set_up::take(cx, answer)?,
    };
    finish_with(cx, gate, answer, hash, proven)
}

/// Opens the ceremony by which a challenge is met with a passkey of its account.
pub fn start_passkey(cx: &Context, answer: &Answer<'_>) -> Result<Started, Denial> {
    let (challenge, standing) = answer.open(cx, Ask::Prove)?;
    if standing.passkeys.is_empty() {
        return Err(Denial::UnknownFactor);
    }
    let hash = answer.hash();
    let bound = Bound { purpose: Purpose::Challenge, account: Some(&challenge.account), to: Some(&hash) };
    passkey::ask(cx, &Network::of(answer.origin), bound, &standing.passkeys, Verification::Preferred)
}

fn prove(cx: &Context, answer: &Answer<'_>, hash: &[u8; 32], given: &FreshProof) -> Result<Challenge, Denial> {
    let method = given.method();
    let (challenge, standing) = answer.open(cx, Ask::Prove)?;
    let visitor = Visitor::of(cx, answer.origin, Some(&standing))?;
    let budget = Budget::of(cx, challenge.account, &visitor);
    if method == Method::Email && !mail_code::usable(cx, &standing) {
        return Err(Denial::NotOffered);
    }
    // A refusal must commit too, so it travels out of the transaction as a value.
    cx.store.durable(|tx| {
        let retry_after = if method.guessable() { budget.wait(tx)? } else { 0 };
        if retry_after > 0 {
            return Ok(Err(Denial::TooManyTries { retry_after }));
        }
        let Some(open) = challenges::attempt(tx, hash, cx.now(), MOST_TRIES)? else {
            return Ok(Err(Denial::ChallengeGone));
        };
        let epoch = accounts::epoch(tx, &open.account)?;
        if open.epoch != epoch || open.policy_epoch != meta::number(tx, meta::POLICY_EPOCH)? {
            challenges::consume(tx, hash)?;
            return Ok(Err(Denial::ChallengeGone));
        }
        let tries_left = MOST_TRIES.saturating_sub(open.tries);
        let code = match given {
            FreshProof::Typed { value, .. } => value,
            FreshProof::Passkey { ceremony, response } => {
                let bound = Bound { purpose: Purpose::Challenge, account: Some(&open.account), to: Some(hash) };
                let judged = passkey::judge(cx, tx, &visitor.network, bound, Returned { ceremony, response })?;
                let right = judged.as_ref().is_ok_and(|proven| proven.account == open.account);
                if right || tries_left == 0 {
                    challenges::consume(tx, hash)?;
                }
                let refused = judged.err().unwrap_or(Denial::WrongPasskey);
                return Ok(if right { Ok(open) } else { Err(refused) });
            }
        };
        let bound = mail_codes::Bound { account: &open.account, purpose: mail_codes::Purpose::Challenge, to: hash };
        let right = proof::compare(cx, &bound, &standing.factors, method, code)?;
        let spender = Spender { account: &open.account, network: &visitor.network, app: Some(&open.app) };
        let spent = right.map(|code| code.spend(cx, tx, &spender)).transpose()?;
        if spent == Some(true) {
            challenges::consume(tx, hash)?;
            budget.give_back(tx)?;
            return Ok(Ok(open));
        }
        if tries_left == 0 {
            challenges::consume(tx, hash)?;
        }
        if spent == Some(false) && method == Method::Totp {
            return Ok(Err(Denial::CodeUsed));
        }
        if method.guessable() {
            budget.spend(cx, tx)?;
        }
        let entry = audit::Entry {
            kind: Kind::WrongCode,
            account: Some(open.account),
            address: Some(visitor.network.as_str()),
            detail: Some(&open.app),
        };
        audit::record(cx, tx, &entry)?;
        Ok::<_, Denial>(Err(Denial::WrongCode { tries_left }))
    })?
}

fn finish_with(
    cx: &Context,
    gate: &Gate,
    answer: &Answer<'_>,
    hash: [u8; 32],
    proven: Challenge,
) -> Result<Met, Denial> {
    answer.held(cx, &proven)?;
    let due = set_up::due(cx, &proven.account)?;
    if !due.is_empty() {
        return Ok(Met::SetUp(set_up::hold(cx, answer, proven, &due)?));
    }
    let client = Client {
        app: proven.app.clone(),
        version: proven.version.clone(),
        device_id: proven.device_id.clone(),
        device_name: proven.device_name.clone(),
    };
    let deserved = Deserved {
        account: proven.account,
        client: &client,
        origin: answer.origin,
        proof: set_up::proven_by(&proven),
        epoch: proven.epoch,
        stamp: Some(&proven.stamp),
        met: Some(&proven.stamp),
        seen: Seen::Earlier,
        app_password: None,
        ticket: None,
        remember: true,
    };
    match mint::mint(cx, &deserved) {
        Err(refused @ (Denial::SessionRefused | Denial::Broken(_))) => {
            // The proof is spent; the user must not need another code because a device slot was full.
            gate.grants.keep(hash, proven, cx.now(), GRANT_LIFETIME);
            Err(refused)
        }
        Ok(mut headers) => {
            // A password alone, or trust itself, is no reason to trust.
            if answer.trust && deserved.proof.is_full() {
                headers.extend(trust(cx, answer.origin, &deserved.account, deserved.epoch));
            }
            Ok(Met::In(headers))
        }
        Err(refused) => Err(refused),
    }
}

/// Trusts the browser. The session is there by now: what breaks here costs the trust alone.
pub fn trust(cx: &Context, origin: &Origin, account: &AccountId, epoch: i64) -> Headers {
    let give = || -> Result<Headers, Denial> {
        let user = cx.host.find_user(&UserQuery::Id(*account), origin.remote.as_deref())?;
        let user = user.ok_or(Denial::UnknownUser)?;
        Ok(trusted_browser::give(cx, origin, &user, epoch)?)
    };
    give().unwrap_or_else(|denial| {
        cx.host.log(Level::Warning, &format!("a browser could not be trusted: {denial}"));
        Headers::new()
    })
}
