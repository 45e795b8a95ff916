//! A new passkey: it counts after its first ceremony, and its id must be nobody's yet.

use rusqlite::Transaction;

use super::{Bound, Returned, Started, credential, is_open, offered, open, refused};
use crate::context::Context;
use crate::crypto::token;
use crate::defense::name::tidy;
use crate::defense::network::Network;
use crate::factor::passkey::{self, MOST_CREDENTIALS, Person, RegistrationState, RelyingParty, Verification};
use crate::factor::recovery;
use crate::gate::armed;
use crate::gate::denial::Denial;
use crate::gate::enrol::{self, Confirmed, LONGEST_NAME};
use crate::gate::standing::Standing;
use crate::host::{AccountId, UserFacts};
use crate::store::ceremonies::{self, Purpose};
use crate::store::{accounts, passkeys};

/// Starts one for a signed-in account; the caller has demanded a fresh proof.
pub fn start(cx: &Context, facts: &UserFacts, network: &Network, session: &[u8; 32]) -> Result<Started, Denial> {
    let existing = Standing::of(cx, &facts.id)?.passkeys;
    let existing = existing.iter().map(|stored| Ok(credential(stored)?.id)).collect::<Result<Vec<_>, Denial>>()?;
    let person = Person { handle: facts.id.as_bytes(), name: &facts.name, display_name: &facts.name };
    let (options, state) =
        passkey::begin_registration(&offered(cx)?, &person, &existing, Verification::Preferred).map_err(refused)?;
    cx.store.lazy(|tx| accounts::note(tx, &facts.id, cx.now()))?;
    open(cx, network, bound(&facts.id, session), options, &state)
}

/// Finishes it, in the session that started it.
pub fn finish(
    cx: &Context,
    account: &AccountId,
    session: &[u8; 32],
    returned: Returned<'_>,
    name: &str,
) -> Result<Confirmed, Denial> {
    let rp = offered(cx)?;
    is_open(cx, returned.ceremony)?;
    let codes = recovery::generate_for(account, &cx.keys.recovery, &*cx.randomness)?;
    let new = New { account, to: session, returned, name, codes };
    // A refusal must commit too: the ceremony is gone either way.
    let confirmed = cx.store.durable(|tx| complete(cx, tx, &rp, new))??;
    armed::tell_host(cx);
    Ok(confirmed)
}

/// A browser's answer, and what it is for.
pub(super) struct New<'a> {
    /// Whose passkey.
    pub account: &'a AccountId,
    /// The hash of the challenge or session that began it.
    pub to: &'a [u8; 32],
    /// What the browser gave back.
    pub returned: Returned<'a>,
    /// The user's name for it.
    pub name: &'a str,
    /// Recovery codes, should it be the first factor.
    pub codes: recovery::Set,
}

/// One transaction: ceremony taken, response judged, passkey added. The refusal is the value inside.
pub(super) fn complete(
    cx: &Context,
    tx: &Transaction<'_>,
    rp: &RelyingParty,
    new: New<'_>,
) -> Result<Result<Confirmed, Denial>, Denial> {
    let New { account, to, returned: Returned { ceremony, response }, name, codes } = new;
    let (name, now) = (tidy(name, LONGEST_NAME), cx.now());
    let taken = ceremonies::take(tx, &token::hash(ceremony), Purpose::Register, Some(to), now)?;
    let Some((_, state)) = taken.filter(|(of, _)| of.as_ref() == Some(account)) else {
        return Ok(Err(Denial::CeremonyGone));
    };
    let state: RegistrationState = serde_json::from_str(&state).map_err(|error| Denial::Broken(error.to_string()))?;
    let Ok(made) = passkey::finish_registration(rp, &state, response) else {
        return Ok(Err(Denial::WrongPasskey));
    };
    // Counted again: several may have been begun while there was room for one.
    if accounts::count(tx, "passkeys", account)? >= MOST_CREDENTIALS as i64 {
        return Ok(Err(Denial::TooMany));
    }
    let first = !accounts::has_factor(tx, account)?;
    let kept = serde_json::to_string(&made).map_err(|error| Denial::Broken(error.to_string()))?;
    let Some(id) = passkeys::insert(tx, account, made.id.as_bytes(), &kept, &name, now)? else {
        return Ok(Err(Denial::PasskeyKnown));
    };
    enrol::added(cx, tx, account, id, &name, first.then_some(codes)).map(Ok)
}

fn bound<'a>(account: &'a AccountId, session: &'a [u8; 32]) -> Bound<'a> {
    Bound { purpose: Purpose::Register, account: Some(account), to: Some(session) }
}
