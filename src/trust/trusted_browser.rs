//! Trusted browsers: after a full sign-in somebody may say that this browser need not be asked for the factor again, for
//! so many days. The password is asked for all the same.
//!
//! One cookie for a browser, one row for each account that trusts it. The secret in the cookie is replaced at each use;
//! the one before stays good for [`OVERLAP`], for tabs that were under way. Whoever comes with an older one, or leaves
//! somebody else with an older one, holds a copy: then trust in that browser ends for everybody.

use crate::audit::{self, Kind};
use crate::clock::{DAY, NoRandomness, Seconds};
use crate::context::Context;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::host::UserFacts;
use crate::settings::{Settings, keys};
use crate::store::StoreError;
use crate::store::browsers::{self, Browser, SecretHash, Trust};
use crate::trust::trust_cookie::{self, Secret, Shown};
use crate::trust::user_agent;

/// A replaced secret stays good this long, in seconds.
pub const OVERLAP: Seconds = 60;

/// Headers to add to an answer.
pub type Headers = Vec<(String, String)>;

/// Why trust could not be dealt with.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// See [`NoRandomness`].
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// What a request's cookie means for an account.
pub enum Recognised {
    /// Nothing: none, not ours, not this account's, run out, or revoked.
    No,
    /// The account trusts this browser, once its password has proven right.
    Trusted(Shown),
    /// The browser is trusted by somebody, and this is not its present secret: somebody has a copy.
    Outdated(Shown),
}

/// For how many days this account may trust a browser; 0 for not at all.
fn days(settings: &Settings, user: &UserFacts) -> u32 {
    let days = settings.get(&keys::TRUST_DAYS);
    if user.administrator { days.min(settings.get(&keys::TRUST_ADMINISTRATOR_DAYS)) } else { days }
}

/// For how many days the account may trust the browser that sent this; none where it may not.
pub fn offered(cx: &Context, origin: &Origin, user: &UserFacts) -> Option<u32> {
    Some(days(&cx.settings(), user)).filter(|days| *days > 0 && trust_cookie::travels(cx, origin))
}

/// For how many days at most whoever signs in here may trust the browser that sent this; none where nobody may.
pub fn offered_at_most(cx: &Context, origin: &Origin) -> Option<u32> {
    Some(cx.settings().get(&keys::TRUST_DAYS)).filter(|days| *days > 0 && trust_cookie::travels(cx, origin))
}

/// When trust ends: as it was given, or sooner where the owner has shortened it since or made the user an administrator.
pub(super) fn end_of(settings: &Settings, user: &UserFacts, trust: &Trust) -> Seconds {
    trust.expires_at.min(trust.created_at + Seconds::from(days(settings, user)) * DAY)
}

/// Is that the browser's secret, or the one before while the two overlap?
pub(super) fn holds(browser: &Browser, secret: &SecretHash, now: Seconds) -> bool {
    let overlaps = now < browser.rotated_at + OVERLAP && browser.previous.as_ref() == Some(secret);
    browser.secret == *secret || overlaps
}

/// Looks at a request's cookie, and changes nothing: the password has not been checked yet.
pub fn recognise(cx: &Context, origin: &Origin, user: &UserFacts, epoch: i64) -> Result<Recognised, StoreError> {
    let Some(shown) = trust_cookie::read(cx, origin) else { return Ok(Recognised::No) };
    let (settings, now) = (cx.settings(), cx.now());
    cx.store.read(|tx| {
        let Some(browser) = browsers::find(tx, &shown.browser)? else { return Ok(Recognised::No) };
        if !holds(&browser, &shown.secret, now) {
            return Ok(Recognised::Outdated(shown));
        }
        let trust = browsers::trust_in(tx, &shown.browser, &user.id)?;
        let good = trust.is_some_and(|trust| trust.epoch == epoch && now < end_of(&settings, user, &trust));
        Ok(if good { Recognised::Trusted(shown) } else { Recognised::No })
    })
}

/// Uses the trust and replaces the secret; none when it no longer holds. No headers where another tab was faster: that
/// one's answer carries the new secret. On disk before it is answered: a forgotten secret would look like a copy.
pub fn renew(cx: &Context, origin: &Origin, user: &UserFacts, shown: &Shown) -> Result<Option<Headers>, TrustError> {
    let secret = Secret::draw(cx)?;
    let (network, now) = (Network::of(origin), cx.now());
    cx.store.durable(|tx| {
        if !browsers::touch(tx, &shown.browser, &user.id, network.as_str(), now)? {
            return Ok(None);
        }
        if browsers::rotate(tx, &shown.browser, &shown.secret, &secret.hash(), now)? {
            let until = browsers::last_end(tx, &shown.browser)?;
            return Ok(Some(secret.headers(cx, origin, &shown.browser, until)));
        }
        let browser = browsers::find(tx, &shown.browser)?;
        Ok(browser.filter(|browser| holds(browser, &shown.secret, now)).map(|_| Headers::new()))
    })
}

/// Trusts the browser that sent this, after a full sign-in at that epoch. No headers where that is not possible.
pub fn give(cx: &Context, origin: &Origin, user: &UserFacts, epoch: i64) -> Result<Headers, TrustError> {
    let Some(days) = offered(cx, origin, user) else { return Ok(Headers::new()) };
    let shown = trust_cookie::read(cx, origin).filter(|shown| shown.well_named);
    let secret = Secret::draw(cx)?;
    let mut fresh = [0; 16];
    cx.randomness.fill(&mut fresh)?;
    let (network, now) = (Network::of(origin), cx.now());
    let name = user_agent::describe(origin.header("User-Agent").unwrap_or_default());
    cx.store.durable(|tx| {
        let known = shown.as_ref().map(|shown| Ok::<_, StoreError>((shown, browsers::find(tx, &shown.browser)?)));
        let known = match known.transpose()? {
            Some((shown, Some(browser))) if holds(&browser, &shown.secret, now) => Some(shown),
            _ => None,
        };
        let (browser, replaced) = match known {
            Some(shown) => (shown.browser, browsers::rotate(tx, &shown.browser, &shown.secret, &secret.hash(), now)?),
            None => {
                browsers::add(tx, &fresh, &secret.hash(), now)?;
                (fresh, true)
            }
        };
        let trust = Trust {
            browser,
            name: name.clone(),
            epoch,
            created_at: now,
            expires_at: now + Seconds::from(days) * DAY,
            used_at: now,
            network: network.as_str().to_owned(),
        };
        browsers::give(tx, &user.id, &trust)?;
        let entry = audit::Entry {
            kind: Kind::BrowserTrusted,
            account: Some(user.id),
            address: Some(network.as_str()),
            detail: Some(&name),
        };
        audit::record(cx, tx, &entry)?;
        // Another tab was faster: its answer carries the secret.
        let until = browsers::last_end(tx, &browser)?;
        Ok(if replaced { secret.headers(cx, origin, &browser, until) } else { Headers::new() })
    })
}

/// An older secret came back: ends everybody's trust in that browser and takes the cookie away.
pub fn end(cx: &Context, origin: &Origin, shown: &Shown) -> Result<Headers, TrustError> {
    let network = Network::of(origin);
    cx.store.durable(|tx| {
        for (account, name) in browsers::end(tx, &shown.browser)? {
            let entry = audit::Entry {
                kind: Kind::TrustEnded,
                account: Some(account),
                address: Some(network.as_str()),
                detail: Some(&name),
            };
            audit::record(cx, tx, &entry)?;
        }
        Ok::<_, TrustError>(())
    })?;
    Ok(trust_cookie::remove(cx, origin))
}
