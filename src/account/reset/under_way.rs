//! What follows a password that was set, and is done whatever happens in between: it was noted when the reset was spent.

use std::sync::{Mutex, PoisonError};

use crate::audit::{self, Kind as Told};
use crate::clock::DAY;
use crate::context::Context;
use crate::gate::Gate;
use crate::gate::denial::Denial;
use crate::gate::sessions::{self, Which};
use crate::host::{AccountId, Level, UserFacts, UserQuery};
use crate::notify::addresses;
use crate::notify::message::{self, Delivery, Kind as Occasion, Message};
use crate::settings::keys;
use crate::store::resets::{self, UnderWay};
use crate::store::{StoreError, accounts, challenges};

/// Ends what rested on the old password, tells whoever reads the account's mail, and ends its sessions.
pub(super) fn finish(cx: &Context, gate: &Gate, of: &UnderWay, facts: &UserFacts) -> Result<(), Denial> {
    let (account, now) = (&of.account, cx.now());
    gate.grants.forget(account);
    if !of.told {
        cx.store.durable(|tx| {
            accounts::raise_epoch(tx, account, now)?;
            challenges::end_all(tx, account)?;
            accounts::demand_password(tx, account, of.pin.as_ref())?;
            accounts::note_reset(tx, account, of.by_mail)?;
            // Where nobody told us that it changed, it did so by this.
            accounts::unmeet(tx, account, &of.stamp)?;
            resets::mark_told(tx, of.id)?;
            let address = Some(of.network.as_str());
            audit::record(cx, tx, &audit::Entry { address, ..audit::Entry::of(Told::PasswordReset, account) })?;
            let Some(to) = addresses::verified(cx, tx, account).map_err(broken)? else { return Ok(()) };
            let message = Message { kind: Occasion::PasswordReset, user: &facts.name, values: &[] };
            let delivery = Delivery { to: &to, account, revocable: false, lives: DAY };
            if let Err(error) = message::put(cx, tx, &message, &delivery) {
                cx.host.log(Level::Warning, &format!("nobody could be told of a reset password: {error}"));
            }
            Ok::<_, Denial>(())
        })?;
        cx.bell.ring();
    }
    if cx.settings().get(&keys::RESET_END_SESSIONS)
        && let Err(denial) = sessions::end(cx, account, &Which::All, None)
    {
        // They are tried again at the next start.
        cx.host.log(Level::Error, &format!("a password was reset, but its sessions could not be ended: {denial}"));
        return Ok(());
    }
    Ok(cx.store.lazy(|tx| resets::end(tx, of.id))?)
}

fn broken(error: addresses::AddressError) -> Denial {
    Denial::Broken(error.to_string())
}

/// What an engine before this one did not get done.
pub struct Leftovers(Mutex<Vec<UnderWay>>);

impl Leftovers {
    /// As the store has it at opening.
    pub fn read(cx: &Context) -> Result<Self, StoreError> {
        Ok(Self(Mutex::new(cx.store.read(resets::under_way)?)))
    }

    /// Nothing.
    pub fn none() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Does it now, on the thread of the first call, for it asks the host. What cannot be done stays for the next one.
    pub fn finish(&self, cx: &Context, gate: &Gate) {
        for of in std::mem::take(&mut *self.list()) {
            if let Err(denial) = resume(cx, gate, &of) {
                cx.host.log(Level::Error, &format!("a reset that broke off could not be finished: {denial}"));
                self.list().push(of);
            }
        }
    }

    fn list(&self) -> std::sync::MutexGuard<'_, Vec<UnderWay>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As long as Jellyfin has the old password, nothing was set. What was spent then stays void all the same: it was shown to
/// somebody already, asking again costs a minute, and a host that died in the middle may yet turn out to have set it.
fn resume(cx: &Context, gate: &Gate, of: &UnderWay) -> Result<(), Denial> {
    match user(cx, &of.account)? {
        Some(facts) if of.told || facts.stamp != of.stamp => finish(cx, gate, of, &facts),
        _ => Ok(cx.store.durable(|tx| resets::end(tx, of.id))?),
    }
}

fn user(cx: &Context, account: &AccountId) -> Result<Option<UserFacts>, Denial> {
    Ok(cx.host.find_user(&UserQuery::Id(*account), None)?)
}
