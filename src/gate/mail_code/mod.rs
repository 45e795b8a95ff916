//! Codes by mail at the gate: sent when somebody asks for one who has shown the password before, never by themselves.
//!
//! The factor rests on the account's verified address, whichever that is: changing it wants a proof and a code from the
//! new one. While there is none, or mail is not set up, or the owner forbids it, the factor still protects and proves
//! nothing; recovery codes, and whoever runs the server, are the way then.

pub mod choose;
pub mod prove;
mod send;
pub mod sign_in;

use rusqlite::Transaction;

use crate::context::Context;
use crate::factor::{digits, mail_code};
use crate::gate::denial::Denial;
use crate::gate::standing::Standing;
use crate::host::{AccountId, UserQuery};
use crate::notify::addresses;
use crate::notify::outgoing::can_leave;
use crate::settings::keys;
use crate::store::mail_codes::{self, Bound, Purpose};

pub use send::Sent;

/// May such an account use codes by mail, as the owner has settled it?
pub fn offered(cx: &Context, administrator: bool) -> bool {
    let settings = cx.settings();
    settings.get(&keys::MAIL_CODE_ENABLED)
        && (!administrator || settings.get(&keys::MAIL_CODE_ADMINISTRATORS))
        && can_leave(cx, &settings)
}

/// Did this account choose them, and would one arrive?
pub fn usable_by(cx: &Context, standing: &Standing, administrator: bool) -> bool {
    standing.mail.is_some_and(|mail| mail.verified) && offered(cx, administrator)
}

/// The same, where nobody has looked yet who it is.
pub fn usable(cx: &Context, standing: &Standing) -> bool {
    standing.mail.is_some()
        && cx
            .host
            .find_user(&UserQuery::Id(standing.id), None)
            .is_ok_and(|facts| facts.is_some_and(|facts| usable_by(cx, standing, facts.administrator)))
}

/// The account's verified address, masked.
pub fn address(cx: &Context, account: &AccountId) -> Result<Option<String>, Denial> {
    let address = cx.store.read(|tx| addresses::verified(cx, tx, account))?;
    Ok(address.map(|address| addresses::masked(&address)))
}

/// A change is confirmed by mail only where there is nothing else but recovery codes.
pub fn proves_step_up(cx: &Context, standing: &Standing) -> bool {
    standing.factors.is_empty() && standing.passkeys.is_empty() && usable(cx, standing)
}

/// What is compared with what was sent; none for what cannot be a code.
pub fn hash(cx: &Context, bound: &Bound<'_>, typed: &str) -> Option<[u8; 32]> {
    let code = match bound.purpose {
        Purpose::Challenge | Purpose::Enrol => digits::normalise::<{ mail_code::DIGITS }>(typed)?,
        Purpose::StepUp => digits::normalise::<{ mail_code::STEP_UP_DIGITS }>(typed)?,
    };
    Some(mail_code::hash(&cx.keys.mail_code, bound.account, bound.purpose.as_str(), bound.to, &code))
}

fn spend(cx: &Context, tx: &Transaction<'_>, bound: &Bound<'_>, typed: &str) -> Result<bool, Denial> {
    let Some(hash) = hash(cx, bound, typed) else { return Ok(false) };
    Ok(mail_codes::spend(tx, bound, &hash, cx.now(), mail_code::MOST_TRIES)?)
}
