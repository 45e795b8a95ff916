//! The step at sign-in that replaces a PIN by a password of its owner's own.

use zeroize::Zeroizing;

use super::password_rules::{self, Weak};
use super::reset::{ResetError, pin_mark};
use crate::context::Context;
use crate::crypto::mac;
use crate::gate::answer::Answer;
use crate::gate::denial::Denial;
use crate::gate::set_up::{self, Step};
use crate::host::UserQuery;
use crate::notify::addresses;
use crate::store::accounts;

/// Sets it, and keeps what was proven for the session that follows.
pub fn choose(cx: &Context, answer: &Answer<'_>, password: &str) -> Result<(), ResetError> {
    let (account, _) = set_up::waiting(cx, answer, Step::Password).map_err(gone)?;
    let remote = answer.origin.remote.as_deref();
    let facts = cx.host.find_user(&UserQuery::Id(account), remote)?.ok_or(ResetError::Gone)?;
    let (row, known) =
        cx.store.read(|tx| Ok::<_, ResetError>((accounts::find(tx, &account)?, addresses::of(cx, tx, &account)?)))?;
    let address = known.map(|known| known.address.to_string()).unwrap_or_default();
    let fit: Zeroizing<String> = password_rules::judge(&cx.settings(), password, &[&facts.name, &address])?;
    let stood_in_a_mail = row.and_then(|row| row.chosen_pin);
    if stood_in_a_mail.is_some_and(|mark| mac::equal(&mark, &pin_mark(cx, &account, &fit))) {
        return Err(Weak::Common.into());
    }
    // Whatever rests on the old password ends when the new one is set, but for what was proven a moment ago.
    let proven = set_up::take(cx, answer).map_err(gone)?;
    let set = cx.host.set_password(&account, &fit);
    if set.is_ok() {
        cx.store.durable(|tx| accounts::demand_password(tx, &account, None))?;
    }
    set_up::put_back(cx, answer, proven)?;
    Ok(set?)
}

fn gone(denial: Denial) -> ResetError {
    match denial {
        Denial::ChallengeGone => ResetError::ChallengeGone,
        Denial::NotOffered => ResetError::NotOffered,
        other => other.into(),
    }
}
