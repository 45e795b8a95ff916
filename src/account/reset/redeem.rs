//! What was sent comes back with a new password: counted, compared, spent once; then Jellyfin sets it.

use zeroize::Zeroizing;

use super::count::Count;
use super::{CODE_DIGITS, MOST_TRIES, ResetError, code_hash, pin_mark, secret};
use crate::account::password_rules;
use crate::audit::{self, Kind as Told};
use crate::clock::DAY;
use crate::context::Context;
use crate::crypto::{mac, token};
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::digits;
use crate::gate::Gate;
use crate::gate::sessions::{self, Which};
use crate::host::{Level, UserFacts, UserQuery};
use crate::notify::addresses;
use crate::notify::message::{self, Delivery, Kind as Occasion, Message};
use crate::settings::keys;
use crate::store::resets::{self, Hash, Kind, Reset};
use crate::store::{accounts, challenges};

/// What came back.
#[derive(Clone, Copy)]
pub enum By<'a> {
    /// A code, in the browser that asked.
    Code {
        /// The secret of the asking.
        flow: &'a str,
        /// As typed.
        code: &'a str,
    },
    /// The token of a link.
    Link(&'a str),
}

/// What the password is from now on.
#[derive(Clone, Copy)]
pub(super) enum Chosen<'a> {
    /// Chosen by its owner.
    ByOwner(&'a str),
    /// A PIN; its owner chooses at the next sign-in.
    ForNow(&'a str),
}

/// Sets a new password. One that will not do is told so before anything is spent. Gives the user's name.
pub fn redeem(cx: &Context, gate: &Gate, by: By<'_>, password: &str, origin: &Origin) -> Result<String, ResetError> {
    let settings = cx.settings();
    // What hangs on nobody comes first: it tells nothing about a code.
    password_rules::judge(&settings, password, &[])?;
    let reset = match by {
        By::Code { flow, code } => by_code(cx, flow, code, origin)?,
        By::Link(token) => secret::guess(cx, origin, Some(&token::hash(token)), &[Kind::Link, Kind::Handed])??,
    };
    let facts = entitled(cx, &reset, origin)?;
    let address = cx.store.read(|tx| addresses::of(cx, tx, &reset.account))?.map(|known| known.address.to_string());
    let fit = password_rules::judge(&settings, password, &[&facts.name, address.as_deref().unwrap_or_default()])?;
    set(cx, gate, &reset, Chosen::ByOwner(&fit), origin)
}

/// One try, counted first. Only a wrong one stays counted.
fn by_code(cx: &Context, flow: &str, code: &str, origin: &Origin) -> Result<Reset, ResetError> {
    let (flow, network) = (token::hash(flow), Network::of(origin));
    let given = digits::normalise::<CODE_DIGITS>(code).unwrap_or_else(|| Zeroizing::new(String::new()));
    // A refusal must commit too, so it travels out of the transaction as a value.
    cx.store.durable(|tx| {
        let Some(reset) = resets::attempt(tx, &flow, cx.now(), MOST_TRIES)? else {
            return Ok(Err(ResetError::Gone));
        };
        if mac::equal(&code_hash(cx, &flow, &given), &reset.hash) {
            resets::give_back(tx, &reset.hash)?;
            return Ok(Ok(reset));
        }
        Count::WrongCodes(&reset.account).add(cx, tx)?;
        let account = (!reset.stamp.is_empty()).then_some(reset.account);
        let address = Some(network.as_str());
        audit::record(cx, tx, &audit::Entry { kind: Told::WrongReset, account, address, detail: None })?;
        Ok::<_, ResetError>(Err(ResetError::WrongCode { tries_left: MOST_TRIES.saturating_sub(reset.tries) }))
    })?
}

/// Is it still the password that was forgotten, of somebody whose password Jellyfin may set?
fn entitled(cx: &Context, reset: &Reset, origin: &Origin) -> Result<UserFacts, ResetError> {
    let facts = cx.host.find_user(&UserQuery::Id(reset.account), origin.remote.as_deref())?;
    facts
        .filter(|facts| !facts.disabled && facts.keeps_password() && facts.stamp == reset.stamp)
        .ok_or(ResetError::Gone)
}

/// Spends it, and everything else that was sent to this account; has Jellyfin set the password; ends what rested on the
/// old one.
pub(super) fn set(
    cx: &Context,
    gate: &Gate,
    reset: &Reset,
    chosen: Chosen<'_>,
    origin: &Origin,
) -> Result<String, ResetError> {
    let (account, now) = (&reset.account, cx.now());
    let facts = entitled(cx, reset, origin)?;
    let spent = cx.store.durable(|tx| {
        let epoch = accounts::find(tx, account)?.map_or(0, |account| account.epoch);
        let spent = resets::spend(tx, &reset.hash, epoch, now)?;
        if spent {
            resets::void(tx, account)?;
        }
        Ok::<_, ResetError>(spent)
    })?;
    if !spent {
        return Err(ResetError::Gone);
    }
    let (Chosen::ByOwner(password) | Chosen::ForNow(password)) = chosen;
    let set = {
        let _told_by_us = gate.resetting.mark(*account);
        cx.host.set_password(account, password)
    };
    if let Err(error) = set {
        // Jellyfin's trouble must not cost the link.
        cx.store.durable(|tx| resets::put(tx, reset))?;
        return Err(error.into());
    }
    let pin = matches!(chosen, Chosen::ForNow(_)).then(|| pin_mark(cx, account, password));
    finish(cx, gate, &facts, pin.as_ref(), origin)?;
    Ok(facts.name)
}

fn finish(cx: &Context, gate: &Gate, facts: &UserFacts, pin: Option<&Hash>, origin: &Origin) -> Result<(), ResetError> {
    let (account, now, network) = (&facts.id, cx.now(), Network::of(origin));
    gate.grants.forget(account);
    cx.store.durable(|tx| {
        accounts::raise_epoch(tx, account, now)?;
        challenges::end_all(tx, account)?;
        accounts::demand_password(tx, account, pin)?;
        let address = Some(network.as_str());
        audit::record(cx, tx, &audit::Entry { address, ..audit::Entry::of(Told::PasswordReset, account) })?;
        let Some(to) = addresses::verified(cx, tx, account)? else { return Ok(()) };
        let message = Message { kind: Occasion::PasswordReset, user: &facts.name, values: &[] };
        let delivery = Delivery { to: &to, account, revocable: false, lives: DAY };
        if let Err(error) = message::put(cx, tx, &message, &delivery) {
            cx.host.log(Level::Warning, &format!("nobody could be told of a reset password: {error}"));
        }
        Ok::<_, ResetError>(())
    })?;
    cx.bell.ring();
    if cx.settings().get(&keys::RESET_END_SESSIONS)
        && let Err(denial) = sessions::end(cx, account, &Which::All, None)
    {
        cx.host.log(Level::Error, &format!("a password was reset, but its sessions could not be ended: {denial}"));
    }
    Ok(())
}
