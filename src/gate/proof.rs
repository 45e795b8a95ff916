//! Proofs: a code compared, a code spent, and the fresh proof that every change of factors asks for.

use rusqlite::Transaction;

use crate::audit::{self, Kind};
use crate::context::Context;
use crate::defense::limits::{self, Counted};
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::mail_code::MOST_TRIES;
use crate::factor::recovery;
use crate::factor::totp::Totp;
use crate::gate::Gate;
use crate::gate::armed;
use crate::gate::attempt::Caller;
use crate::gate::budget::Budget;
use crate::gate::denial::Denial;
use crate::gate::guard::Visitor;
use crate::gate::method::Method;
use crate::gate::passkey::Returned;
use crate::gate::provenance;
use crate::gate::standing::Standing;
use crate::gate::{mail_code, passkey};
use crate::host::{AccountId, PasswordCheck, PasswordQuery, UserFacts};
use crate::store::factors::Factor;
use crate::store::mail_codes::{self, Bound, Purpose};
use crate::store::{StoreError, accounts, ceremonies, factors};
use zeroize::Zeroizing;

/// A right code, to be spent by one conditional statement.
#[derive(Clone, Copy)]
pub enum Spend {
    /// A TOTP step of one authenticator.
    Totp {
        /// Which.
        factor: i64,
        /// The step the code belongs to.
        step: i64,
        /// The step of this moment.
        current: i64,
    },
    /// A recovery code, by its keyed hash.
    Recovery {
        /// See [`recovery::hash`].
        hash: [u8; 32],
    },
    /// A code that came by mail.
    Mail {
        /// What it is good for.
        purpose: Purpose,
        /// The challenge's or session's hash.
        bound_to: [u8; 32],
        /// See [`mail_code::hash`].
        hash: [u8; 32],
    },
}

impl Spend {
    /// A TOTP step. Steps are counted from 1970 and far below `i64::MAX`.
    pub fn totp(factor: i64, step: u64, current: u64) -> Self {
        Self::Totp { factor, step: step.cast_signed(), current: current.cast_signed() }
    }

    /// Spends it; false when somebody was faster or it was spent before. A recovery code's use is written down.
    pub fn spend(&self, cx: &Context, tx: &Transaction<'_>, spender: &Spender<'_>) -> Result<bool, StoreError> {
        let (account, now) = (spender.account, cx.now());
        match self {
            Self::Totp { factor, step, current } => factors::spend_step(tx, *factor, *step, *current, now),
            Self::Recovery { hash } => {
                let spent = factors::spend_recovery_code(tx, account, hash)?;
                if spent {
                    let (address, detail) = (Some(spender.network.as_str()), spender.app);
                    let kind = Kind::RecoveryCodeUsed;
                    audit::record(cx, tx, &audit::Entry { kind, account: Some(*account), address, detail })?;
                }
                Ok(spent)
            }
            Self::Mail { purpose, bound_to, hash } => {
                let bound = Bound { account, purpose: *purpose, to: bound_to };
                mail_codes::spend(tx, &bound, hash, now, MOST_TRIES)
            }
        }
    }
}

/// Who spends a code.
pub struct Spender<'a> {
    /// Whose it is.
    pub account: &'a AccountId,
    /// Where from.
    pub network: &'a Network,
    /// With which app; none inside a session.
    pub app: Option<&'a str>,
}

/// The authenticator behind a factor row.
pub fn authenticator(cx: &Context, factor: &Factor) -> Result<Totp, Denial> {
    opened(cx, "factors", (&factor.row, &factor.secret, &factor.parameters))
}

/// The authenticator that a row of `table` keeps, for a factor or what is to become one. Damage is this row's alone.
pub(super) fn opened(
    cx: &Context,
    table: &'static str,
    (row, secret, parameters): (&str, &[u8], &str),
) -> Result<Totp, Denial> {
    let secret = cx.sealer.open(&factors::place(row), secret)?;
    let parameters = serde_json::from_str(parameters).map_err(|_| StoreError::row(table))?;
    Totp::new(&secret, parameters).map_err(|error| Denial::Broken(error.to_string()))
}

/// Compares a code with everything it could be; spends nothing. A code by mail is compared as it is spent: each try at
/// it counts, in one statement. `bound` is where one must belong.
pub fn compare(
    cx: &Context,
    bound: &Bound<'_>,
    enrolled: &[Factor],
    method: Method,
    code: &str,
) -> Result<Option<Spend>, Denial> {
    match method {
        Method::Totp => {
            let now = cx.now();
            let mut found = None;
            for factor in enrolled {
                let totp = authenticator(cx, factor)?;
                if let Some(step) = totp.matching_step(code, now) {
                    found = Some(Spend::totp(factor.id, step, totp.step(now).unwrap_or(0)));
                }
            }
            Ok(found)
        }
        Method::Recovery => Ok(recovery::normalise(code)
            .map(|code| Spend::Recovery { hash: recovery::hash(&cx.keys.recovery, bound.account, &code) })),
        Method::Email => {
            let spend = |hash| Spend::Mail { purpose: bound.purpose, bound_to: *bound.to, hash };
            Ok(mail_code::hash(cx, bound, code).map(spend))
        }
        Method::Passkey | Method::Password => Ok(None),
    }
}

/// A proof as it comes with a change, or with the answer to a challenge.
pub enum FreshProof {
    /// A code, or the password.
    Typed {
        /// By what.
        method: Method,
        /// Code or password.
        value: Zeroizing<String>,
    },
    /// The answer to a ceremony.
    Passkey {
        /// Names the ceremony.
        ceremony: Zeroizing<String>,
        /// The browser's answer, as JSON.
        response: String,
    },
}

impl FreshProof {
    /// By what.
    pub fn method(&self) -> Method {
        match self {
            Self::Typed { method, .. } => *method,
            Self::Passkey { .. } => Method::Passkey,
        }
    }
}

/// Who asks for a change.
pub struct Asker<'a> {
    /// The user.
    pub facts: &'a UserFacts,
    /// The session.
    pub caller: &'a Caller,
    /// Where from.
    pub origin: &'a Origin,
    /// The device the client says it is.
    pub device_id: &'a str,
}

/// A proof that held.
#[derive(Clone, Copy)]
pub struct Given {
    /// The passkey it was given by, if it was one.
    pub passkey: Option<i64>,
    /// By a factor; else by the password of an account that has none.
    pub by_factor: bool,
    /// The account's revocation epoch when it was looked at.
    pub epoch: i64,
}

/// Demands the account's strongest proof, fresh, for the call that brings it. Counted before it is compared;
/// the code is spent.
pub fn demand(cx: &Context, gate: &Gate, asker: &Asker<'_>, proof: &FreshProof) -> Result<Given, Denial> {
    let (method, value) = match proof {
        FreshProof::Typed { method, value } => (*method, value),
        FreshProof::Passkey { ceremony, response } => return by_passkey(cx, asker, Returned { ceremony, response }),
    };
    let Asker { facts, caller, origin, device_id } = *asker;
    let standing = Standing::of(cx, &facts.id)?;
    let visitor = Visitor::of(cx, origin, Some(&standing))?;
    let guest = visitor.guest(facts.id.as_bytes());
    let fingerprint = limits::fingerprint(cx, guest, device_id, value);
    let ticket = match gate.limits.reserve(cx, guest, fingerprint)? {
        Ok(ticket) => ticket,
        Err(wait) => return Err(Denial::TooManyTries { retry_after: wait.0 }),
    };
    let budget = Budget::of(cx, facts.id, &visitor);
    let protected = standing.protected() && !armed::opened_for(cx, asker.caller);
    let epoch = if protected {
        prove_by_code(cx, caller, &standing, (&visitor, &budget), method, value)?
    } else {
        let right = method == Method::Password && prove_by_password(cx, gate, facts, origin, &visitor, value)?;
        right.then_some(standing.account.epoch)
    };
    if let Some(epoch) = epoch {
        gate.limits.right(&ticket);
        return Ok(Given { passkey: None, by_factor: protected, epoch });
    }
    cx.store.durable(|tx| {
        if protected && method.guessable() {
            budget.spend(cx, tx)?;
        }
        let counted = ticket.failed(cx, tx)?;
        if counted == Counted::Before {
            return Ok(());
        }
        let entry =
            audit::Entry { address: Some(visitor.network.as_str()), ..audit::Entry::of(Kind::WrongProof, &facts.id) };
        audit::record(cx, tx, &entry)?;
        if counted == Counted::AndLimited {
            audit::record(cx, tx, &audit::Entry { kind: Kind::Limited, ..entry })?;
        }
        Ok::<_, Denial>(())
    })?;
    Err(Denial::WrongProof)
}

/// Not guessed, so not counted; the ceremony is gone with the first answer.
fn by_passkey(cx: &Context, asker: &Asker<'_>, returned: Returned<'_>) -> Result<Given, Denial> {
    let Asker { facts, caller, origin, .. } = *asker;
    passkey::is_open(cx, returned.ceremony)?;
    let session = provenance::token_hash(&caller.token_hash).ok_or(Denial::NotForKeys)?;
    let bound = passkey::Bound { purpose: ceremonies::Purpose::StepUp, account: Some(&facts.id), to: Some(&session) };
    let network = Network::of(origin);
    let proven = cx.store.durable(|tx| passkey::judge(cx, tx, &network, bound, returned))??;
    if proven.account != facts.id {
        return Err(Denial::WrongPasskey);
    }
    Ok(Given { passkey: Some(proven.passkey), by_factor: true, epoch: proven.epoch })
}

/// Gives the epoch in which the code was spent; none for a wrong one.
fn prove_by_code(
    cx: &Context,
    caller: &Caller,
    standing: &Standing,
    (visitor, budget): (&Visitor, &Budget),
    method: Method,
    code: &str,
) -> Result<Option<i64>, Denial> {
    let retry_after = if method.guessable() { cx.store.read(|tx| budget.wait(tx))? } else { 0 };
    if retry_after > 0 {
        return Err(Denial::TooManyTries { retry_after });
    }
    if method == Method::Email && !mail_code::proves_step_up(cx, standing) {
        return Ok(None);
    }
    let session = provenance::token_hash(&caller.token_hash).ok_or(Denial::NotForKeys)?;
    let bound = Bound { account: &standing.id, purpose: Purpose::StepUp, to: &session };
    let Some(spend) = compare(cx, &bound, &standing.factors, method, code)? else {
        return Ok(None);
    };
    let spent = cx.store.durable(|tx| {
        let spender = Spender { account: &standing.id, network: &visitor.network, app: None };
        if !spend.spend(cx, tx, &spender)? {
            return Ok(None);
        }
        budget.give_back(tx)?;
        Ok::<_, Denial>(Some(accounts::epoch(tx, &standing.id)?))
    })?;
    // A recovery code that is not there is wrong; a step that is not to be had was right once.
    match (spent, method) {
        (None, Method::Totp) => Err(Denial::CodeUsed),
        (spent, _) => Ok(spent),
    }
}

fn prove_by_password(
    cx: &Context,
    gate: &Gate,
    facts: &UserFacts,
    origin: &Origin,
    visitor: &Visitor,
    password: &str,
) -> Result<bool, Denial> {
    let Some(_place) = gate.admission.enter(facts.id.as_bytes(), visitor.familiar) else {
        return Err(Denial::TooManyTries { retry_after: 1 });
    };
    let query = PasswordQuery { name: &facts.name, remote: origin.remote.as_deref(), session: false };
    let check = cx.host.check_password(&query, password)?;
    Ok(matches!(check, PasswordCheck::Right(seen) if seen.id == facts.id))
}
