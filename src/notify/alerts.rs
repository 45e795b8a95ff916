//! Warnings: what happened to an account is told to whoever owns it.
//!
//! Nobody who writes something down has to think of telling it: the events are read again, after a mark in the store,
//! and a warning and the new mark are one transaction. So a crash loses none. The host is asked for names, and
//! therefore this runs on the thread of a call of its own, after the call, and only if the call wrote down something
//! worth a warning.

use thiserror::Error;

use super::addresses::{self, AddressError};
use super::message::{self, Delivery, Message, MessageError, Variable};
use super::outbox::OutboxError;
use super::outgoing::can_leave;
use crate::audit;
use crate::clock::{DAY, Seconds};
use crate::context::Context;
use crate::host::{AccountId, HostError, Level, UserFacts, UserQuery};
use crate::store::events::{self, Event};
use crate::store::{StoreError, factors, meta};

/// How long it is tried to tell one, in seconds.
pub const LIFETIME: Seconds = 3 * DAY;
/// Events looked at in one go.
const AT_ONCE: u32 = 100;

/// Why nobody was told.
#[derive(Debug, Error)]
enum AlertError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Host(#[from] HostError),
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error(transparent)]
    Message(#[from] MessageError),
}

/// As what an event is told; none: it is not.
fn occasion(kind: audit::Kind) -> Option<message::Kind> {
    match kind {
        audit::Kind::FactorAdded => Some(message::Kind::FactorAdded),
        audit::Kind::FactorRemoved => Some(message::Kind::FactorRemoved),
        audit::Kind::RecoveryCodesRenewed => Some(message::Kind::RecoveryCodesRenewed),
        audit::Kind::RecoveryCodeUsed => Some(message::Kind::RecoveryCodeUsed),
        audit::Kind::AppPasswordMade => Some(message::Kind::AppPasswordMade),
        audit::Kind::PasswordChanged => Some(message::Kind::PasswordChanged),
        audit::Kind::PhoneLost => Some(message::Kind::PhoneLost),
        audit::Kind::SessionsEnded => Some(message::Kind::SessionsEnded),
        audit::Kind::RuleChanged => Some(message::Kind::RuleChanged),
        audit::Kind::PasskeyCopied => Some(message::Kind::PasskeyCopied),
        audit::Kind::TrustEnded => Some(message::Kind::TrustEnded),
        audit::Kind::Unlocked => Some(message::Kind::Unlocked),
        _ => None,
    }
}

/// At opening: a store that knows of no warnings yet does not begin with what is long past.
pub fn begin(cx: &Context) -> Result<(), StoreError> {
    if cx.store.read(|tx| meta::bytes(tx, meta::ALERTS_TOLD))?.is_some() {
        return Ok(());
    }
    cx.store.lazy(|tx| meta::set_number(tx, meta::ALERTS_TOLD, events::newest_id(tx)?))
}

/// Tells what this thread has written down since it was last asked.
pub fn tell_if_any(cx: &Context) {
    if cx.alarms.take() {
        catch_up(cx);
    }
}

/// Tells everything that was written down and not told yet. What hinders it is logged; it is tried again with the next
/// warning.
pub fn catch_up(cx: &Context) {
    if let Err(error) = all(cx) {
        cx.host.log(Level::Warning, &format!("people could not be told what happened to their accounts: {error}"));
    }
}

fn all(cx: &Context) -> Result<(), AlertError> {
    let kinds: Vec<&str> = audit::Kind::ALARMS.iter().map(|kind| kind.as_str()).collect();
    loop {
        let (told, events) = cx.store.read(|tx| {
            let told = meta::number(tx, meta::ALERTS_TOLD)?;
            Ok::<_, StoreError>((told, events::after(tx, told, &kinds, AT_ONCE)?))
        })?;
        let Some((last, _)) = events.last() else { return Ok(()) };
        let last = *last;
        let warnings = if can_leave(cx, &cx.settings()) { warnings(cx, &events)? } else { Vec::new() };
        cx.store.lazy(|tx| {
            if meta::number(tx, meta::ALERTS_TOLD)? != told {
                // Another thread has told these.
                return Ok(());
            }
            for warning in &warnings {
                put(cx, tx, warning)?;
            }
            Ok::<_, AlertError>(meta::set_number(tx, meta::ALERTS_TOLD, last)?)
        })?;
        if !warnings.is_empty() {
            cx.bell.ring();
        }
    }
}

/// One warning to one person.
struct Warning {
    kind: message::Kind,
    whom: UserFacts,
}

fn warnings(cx: &Context, events: &[(i64, Event)]) -> Result<Vec<Warning>, AlertError> {
    let mut warnings = Vec::new();
    for (_, event) in events {
        let kind = audit::Kind::ALL.iter().find(|kind| kind.as_str() == event.kind);
        let kind = kind.filter(|kind| event.actor.is_some() || !audit::Kind::BY_OTHERS.contains(kind));
        let Some(kind) = kind.and_then(|kind| occasion(*kind)) else { continue };
        let whom = match &event.account {
            Some(account) if has_address(cx, account)? => {
                Vec::from_iter(cx.host.find_user(&UserQuery::Id(*account), None)?)
            }
            Some(_) => Vec::new(),
            None => administrators(cx)?,
        };
        warnings.extend(whom.into_iter().map(|whom| Warning { kind, whom }));
    }
    Ok(warnings)
}

/// What concerns nobody in particular concerns whoever runs the server.
fn administrators(cx: &Context) -> Result<Vec<UserFacts>, AlertError> {
    let users = cx.host.list_users()?;
    Ok(users.into_iter().filter(|user| user.administrator && !user.disabled).collect())
}

fn has_address(cx: &Context, account: &AccountId) -> Result<bool, AlertError> {
    Ok(cx.store.read(|tx| addresses::verified(cx, tx, account))?.is_some())
}

/// Puts one into the outbox. What the outbox does not take is not told; what happened has happened all the same.
fn put(cx: &Context, tx: &rusqlite::Transaction<'_>, warning: &Warning) -> Result<(), AlertError> {
    let Warning { kind, whom } = warning;
    let Some(to) = addresses::verified(cx, tx, &whom.id)? else { return Ok(()) };
    let left = factors::recovery_codes_left(tx, &whom.id)?.to_string();
    let values: &[(Variable, &str)] =
        if *kind == message::Kind::RecoveryCodeUsed { &[(Variable::Left, &left)] } else { &[] };
    let delivery = Delivery { to: &to, account: &whom.id, revocable: false, lives: LIFETIME };
    match message::put(cx, tx, &Message { kind: *kind, user: &whom.name, values }, &delivery) {
        Err(MessageError::Outbox(refused @ (OutboxError::Enough(_) | OutboxError::Full | OutboxError::TooLong))) => {
            cx.host.log(Level::Warning, &format!("a warning was not sent to its account: {refused}"));
            Ok(())
        }
        other => Ok(other.map(|_| ())?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_worth_a_warning_has_words_and_nothing_else_has() {
        for kind in audit::Kind::ALL {
            assert_eq!(audit::Kind::ALARMS.contains(kind), occasion(*kind).is_some(), "{kind:?}");
        }
    }
}
