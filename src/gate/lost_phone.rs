//! "I lost my phone": one act that ends every way in and takes every factor away but those in hand.
//!
//! Recovery codes stay. What follows is enrolling again by one of them or by an administrator's word, never a sign-in by
//! password alone.

use serde::Serialize;

use crate::audit::{self, By, Kind};
use crate::context::Context;
use crate::gate::Gate;
use crate::gate::denial::Denial;
use crate::gate::sessions::{self, Which};
use crate::host::{AccountId, Level};
use crate::store::{accounts, challenges, enrolments, factors};

/// What was ended and taken away.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// Sessions.
    pub ended: usize,
    /// Sessions that Jellyfin could not end; none: it could not even say which there are. They prove nothing any more.
    pub left: Option<usize>,
    /// Authenticators and passkeys.
    pub factors: usize,
    /// App passwords.
    pub app_passwords: i64,
    /// Trusted browsers.
    pub browsers: i64,
}

/// Does it, whoever demanded it; `keep` names the passkeys that are in hand. What Jellyfin cannot do does not undo the
/// rest.
pub fn report(cx: &Context, gate: &Gate, account: &AccountId, keep: &[i64], by: By<'_>) -> Result<Ended, Denial> {
    let now = cx.now();
    let mut ended = cx.store.durable(|tx| {
        let app_passwords = accounts::count(tx, "app_passwords", account)?;
        let browsers = accounts::count(tx, "browser_trust", account)?;
        let factors = factors::remove_all(tx, account, keep)?;
        accounts::raise_epoch(tx, account, now)?;
        if accounts::count(tx, "passkeys", account)? == 0 {
            accounts::demand_enrolment(tx, account, now)?;
        }
        challenges::end_all(tx, account)?;
        // An administrator's word may have been sent to the very phone.
        enrolments::forget_word(tx, account)?;
        audit::record_by(cx, tx, by, &audit::Entry::of(Kind::PhoneLost, account))?;
        Ok::<_, Denial>(Ended { ended: 0, left: None, factors, app_passwords, browsers })
    })?;
    gate.grants.forget(account);
    // Told once, as a lost phone.
    match sessions::end_by(cx, account, &Which::All, None, By { actor: None, ..by }) {
        Ok(sessions) => (ended.ended, ended.left) = (sessions.ended, Some(sessions.left)),
        Err(denial) => cx.host.log(Level::Error, &format!("a phone is lost, and no session could be ended: {denial}")),
    }
    Ok(ended)
}
