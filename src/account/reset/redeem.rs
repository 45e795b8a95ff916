//! What was sent comes back with a new password: counted, compared, spent once; then Jellyfin sets it.

use zeroize::Zeroizing;

use super::count::Count;
use super::error::ResetError;
use super::limits::{CODE_DIGITS, MOST_TRIES};
use super::secret::{self, code_hash, pin_mark};
use super::under_way::finish;
use crate::account::password_rules;
use crate::audit::{self, Kind as Told};
use crate::context::Context;
use crate::crypto::{mac, token};
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::digits;
use crate::gate::Gate;
use crate::host::{UserFacts, UserQuery};
use crate::notify::addresses;
use crate::store::accounts;
use crate::store::resets::{self, Kind, Reset, UnderWay};

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
    // Judging a password costs work, whoever asks for it.
    let pace = gate.strengths.step(&Network::of(origin), cx.now());
    pace.map_err(|retry_after| ResetError::TooManyTries { retry_after })?;
    // What hangs on nobody comes first: it tells nothing about a code.
    password_rules::judge(&settings, password, &[])?;
    let reset = match by {
        By::Code { flow, code } => by_code(cx, flow, code, origin)?,
        By::Link(token) => secret::guess(cx, gate, origin, Some(&token::hash(token)), &[Kind::Link, Kind::Handed])??,
    };
    let facts = entitled(cx, &reset, origin)?;
    let address = cx.store.read(|tx| addresses::of(cx, tx, &reset.account))?.map(|known| known.address.to_string());
    let fit = password_rules::judge(&settings, password, &[&facts.name, address.as_deref().unwrap_or_default()])?;
    set(cx, gate, &reset, Chosen::ByOwner(&fit), origin)
}

/// One try, counted first. Only a wrong one stays counted. Compared with the code of every account that was found, but
/// for those that took a day's wrong ones: whoever tries hears the same either way.
fn by_code(cx: &Context, flow: &str, code: &str, origin: &Origin) -> Result<Reset, ResetError> {
    let (flow, network) = (token::hash(flow), Network::of(origin));
    let given = digits::normalise::<CODE_DIGITS>(code).unwrap_or_else(|| Zeroizing::new(String::new()));
    // A refusal must commit too, so it travels out of the transaction as a value.
    cx.store.durable(|tx| {
        let Some(tries) = resets::attempt(tx, &flow, cx.now(), MOST_TRIES)? else { return Ok(Err(ResetError::Gone)) };
        let (mut right, mut open) = (None, Vec::new());
        for reset in resets::of_flow(tx, &flow, cx.now())? {
            let spent = Count::WrongCodes(&reset.asker).wait(cx, tx)? > 0;
            let equal = mac::equal(&code_hash(cx, &flow, &reset.account, &given), &reset.hash);
            if equal && !spent {
                right = right.or(Some(reset));
            } else if !spent {
                open.push(reset);
            }
        }
        if let Some(reset) = right {
            resets::give_back(tx, &flow)?;
            return Ok(Ok(reset));
        }
        for reset in &open {
            Count::WrongCodes(&reset.asker).add(cx, tx)?;
        }
        let account = open.iter().find(|reset| !reset.stamp.is_empty()).map(|reset| reset.account);
        let address = Some(network.as_str());
        audit::record(cx, tx, &audit::Entry { kind: Told::WrongReset, account, address, detail: None })?;
        Ok::<_, ResetError>(Err(ResetError::WrongCode { tries_left: MOST_TRIES.saturating_sub(tries) }))
    })?
}

/// Is it still the password that was forgotten, of somebody whose password Jellyfin may set?
fn entitled(cx: &Context, reset: &Reset, origin: &Origin) -> Result<UserFacts, ResetError> {
    let facts = cx.host.find_user(&UserQuery::Id(reset.account), origin.remote.as_deref())?;
    facts
        .filter(|facts| !facts.disabled && facts.keeps_password())
        .filter(|facts| !reset.stamp.is_empty() && facts.stamp == reset.stamp)
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
    let (Chosen::ByOwner(password) | Chosen::ForNow(password)) = chosen;
    let mut under_way = UnderWay {
        id: 0,
        account: *account,
        stamp: reset.stamp.clone(),
        pin: matches!(chosen, Chosen::ForNow(_)).then(|| pin_mark(cx, account, password)),
        by_mail: reset.kind != Kind::Handed,
        network: Network::of(origin).as_str().to_owned(),
        told: false,
    };
    under_way.id = cx.store.durable(|tx| {
        let epoch = accounts::epoch(tx, account)?;
        if !resets::spend(tx, reset, epoch, now)? {
            return Err(ResetError::Gone);
        }
        resets::void(tx, account)?;
        Ok(resets::begin(tx, &under_way)?)
    })?;
    let set = {
        let _told_by_us = gate.resetting.mark(*account);
        cx.host.set_password(account, password)
    };
    if let Err(error) = set {
        // Jellyfin's trouble must not cost the link.
        cx.store.durable(|tx| {
            resets::end(tx, under_way.id)?;
            resets::put(tx, reset)
        })?;
        return Err(error.into());
    }
    finish(cx, gate, &under_way, &facts)?;
    Ok(facts.name)
}
