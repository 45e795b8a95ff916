//! The browsers an account trusts, as their owner sees them, and taking trust back.

use serde::Serialize;

use crate::audit::{self, By, Kind};
use crate::clock::Seconds;
use crate::context::Context;
use crate::defense::origin::Origin;
use crate::host::{AccountId, UserFacts};
use crate::store::StoreError;
use crate::store::browsers::{self, BrowserId};
use crate::trust::trust_cookie;
use crate::trust::trusted_browser::{Headers, end_of, holds};

/// One trusted browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    /// 32 hexadecimal digits.
    pub id: String,
    /// See [`crate::trust::user_agent::describe`].
    #[serde(skip)]
    pub description: String,
    /// The one that asks.
    pub current: bool,
    /// When trust was given.
    pub created_at: Seconds,
    /// When it ends.
    pub expires_at: Seconds,
    /// When it last spared its owner the factor, or was given.
    pub used_at: Seconds,
    /// From where then (IPv4 address or IPv6 /64).
    pub network: String,
}

/// Which browsers to forget.
pub enum Which {
    /// That one.
    One(BrowserId),
    /// Every one.
    All,
}

/// What the account trusts at that epoch, newest first.
pub fn list(cx: &Context, origin: &Origin, user: &UserFacts, epoch: i64) -> Result<Vec<Listed>, StoreError> {
    let (settings, now) = (cx.settings(), cx.now());
    let (current, trusted) = cx
        .store
        .read(|tx| Ok::<_, StoreError>((present(cx, tx, origin, now)?, browsers::trusted_by(tx, &user.id, epoch)?)))?;
    let listed = trusted.into_iter().map(|trust| Listed {
        id: data_encoding::HEXLOWER.encode(&trust.browser),
        current: current == Some(trust.browser),
        created_at: trust.created_at,
        expires_at: end_of(&settings, user, &trust),
        used_at: trust.used_at,
        description: trust.name,
        network: trust.network,
    });
    Ok(listed.filter(|browser| browser.expires_at > now).collect())
}

/// Forgets browsers of an account. None: there was no such browser. The headers take the cookie away where nobody trusts
/// the present browser any more.
pub fn forget(
    cx: &Context,
    origin: &Origin,
    account: &AccountId,
    which: &Which,
    by: By<'_>,
) -> Result<Option<Headers>, StoreError> {
    let now = cx.now();
    cx.store.durable(|tx| {
        let here = present(cx, tx, origin, now)?;
        let forgotten = match which {
            Which::One(id) => i64::from(browsers::forget(tx, account, id)?),
            Which::All => browsers::forget_all(tx, account)?,
        };
        if forgotten > 0 {
            audit::record_by(cx, tx, by, &audit::Entry::of(Kind::BrowserForgotten, account))?;
        } else if matches!(which, Which::One(_)) {
            return Ok(None);
        }
        let gone = here.map(|id| browsers::find(tx, &id)).transpose()?.is_some_and(|found| found.is_none());
        Ok(Some(if gone { trust_cookie::remove(cx, origin) } else { Headers::new() }))
    })
}

/// The browser that asks, by its cookie.
fn present(
    cx: &Context,
    tx: &rusqlite::Transaction<'_>,
    origin: &Origin,
    now: Seconds,
) -> Result<Option<BrowserId>, StoreError> {
    let Some(shown) = trust_cookie::read(cx, origin) else { return Ok(None) };
    let browser = browsers::find(tx, &shown.browser)?;
    Ok(browser.filter(|browser| holds(browser, &shown.secret, now)).map(|_| shown.browser))
}
