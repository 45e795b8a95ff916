//! App passwords and one-time words, as their owner makes and ends them.

use serde::Serialize;
use zeroize::Zeroizing;

use crate::audit::{self, By, Entry, Kind};
use crate::clock::{DAY, Seconds};
use crate::context::Context;
use crate::defense::name::tidy;
use crate::factor::{app_password, word};
use crate::gate::app;
use crate::gate::denial::Denial;
use crate::gate::sessions::{self, Ended};
use crate::gate::standing::Standing;
use crate::host::{AccountId, UserFacts};
use crate::store::app_passwords::{self, AppPassword};
use crate::store::{accounts, tv};

/// Most app passwords of one account.
pub const MOST: usize = 50;
/// Longest name, in characters.
pub const LONGEST_NAME: usize = 64;
/// Longest life that can be asked for, in days.
pub const LONGEST_LIFE: i64 = 3650;

/// What an account's page shows.
#[derive(Serialize)]
pub struct AppPasswords {
    /// More may be made.
    pub allowed: bool,
    /// Not before the account has a factor.
    #[serde(rename = "needsFactor")]
    pub needs_factor: bool,
    /// Those there are, oldest first.
    pub items: Vec<Item>,
}

/// One of them.
#[derive(Serialize)]
pub struct Item {
    #[serde(flatten)]
    it: AppPassword,
    /// Sessions made with it that still live.
    sessions: usize,
}

/// Lists them.
pub fn list(cx: &Context, facts: &UserFacts) -> Result<AppPasswords, Denial> {
    let live = sessions::live(cx, &facts.id)?;
    let items = cx.store.read(|tx| app_passwords::of(tx, &facts.id))?.into_iter();
    let made_with = |id: i64| live.iter().filter(|session| session.app_password() == Some(id)).count();
    let items = items.map(|it| Item { sessions: made_with(it.id), it }).collect();
    let standing = Standing::of(cx, &facts.id)?;
    let allowed = app::offered(&cx.settings(), &standing, facts.administrator);
    Ok(AppPasswords { allowed, needs_factor: !standing.protected(), items })
}

/// What is asked for.
pub struct Wish {
    /// A name for it.
    pub name: String,
    /// Days until it ends; none for never.
    pub days: Option<i64>,
    /// Only for the first app that uses it. Tidiness, not a boundary: an app names itself.
    pub binds: bool,
}

/// May this account make them? Asked before a proof is: what is refused anyway must not cost a code.
pub fn offered(cx: &Context, facts: &UserFacts) -> Result<Standing, Denial> {
    let standing = Standing::of(cx, &facts.id)?;
    if app::offered(&cx.settings(), &standing, facts.administrator) { Ok(standing) } else { Err(Denial::NotOffered) }
}

/// Makes one; the caller has demanded a fresh proof. Shown once.
pub fn create(cx: &Context, facts: &UserFacts, wish: &Wish) -> Result<(i64, Zeroizing<String>), Denial> {
    let standing = offered(cx, facts)?;
    let password = app_password::generate(&*cx.randomness)?;
    let hash = app_password::hash(&cx.keys.app_password, &facts.id, &password);
    let now = cx.now();
    let new = AppPassword {
        id: 0,
        name: tidy(&wish.name, LONGEST_NAME),
        epoch: standing.account.epoch,
        created_at: now,
        expires_at: wish.days.map(|days| now + days.clamp(1, LONGEST_LIFE) * DAY),
        binds: wish.binds,
        app: None,
        device_id: None,
        used_at: None,
        used_app: None,
        used_address: None,
    };
    let id = cx.store.durable(|tx| {
        if app_passwords::of(tx, &facts.id)?.len() >= MOST {
            return Err(Denial::TooMany);
        }
        let id = app_passwords::insert(tx, &facts.id, &hash, &new)?;
        let name = Some(&*new.name).filter(|name| !name.is_empty());
        audit::record(cx, tx, &Entry { detail: name, ..Entry::of(Kind::AppPasswordMade, &facts.id) })?;
        Ok(id)
    })?;
    Ok((id, password))
}

/// Takes one away, with the sessions it made.
pub fn revoke(cx: &Context, account: &AccountId, id: i64, by: By<'_>) -> Result<Ended, Denial> {
    cx.store.durable(|tx| {
        if !app_passwords::remove(tx, account, id)? {
            return Err(Denial::UnknownAppPassword);
        }
        Ok(audit::record_by(cx, tx, by, &Entry::of(Kind::AppPasswordRevoked, account))?)
    })?;
    sessions::end_made_with(cx, account, id, by)
}

/// Does this account need words and approvals? Without a factor its own password does it.
pub fn offered_to_tv(cx: &Context, account: &AccountId) -> Result<(), Denial> {
    if Standing::of(cx, account)?.protected() { Ok(()) } else { Err(Denial::NotOffered) }
}

/// Makes a one-time word; the caller has demanded a fresh proof. Gives it, and until when it is good.
pub fn give_word(cx: &Context, account: &AccountId) -> Result<(Zeroizing<String>, Seconds), Denial> {
    let word = word::generate(&*cx.randomness)?;
    let hash = word::hash(&cx.keys.tv_word, account, &word)
        .ok_or_else(|| Denial::Broken("a word could not be made".into()))?;
    let epoch = Standing::of(cx, account)?.account.epoch;
    let until = cx.now() + word::LIFETIME;
    cx.store.durable(|tx| {
        accounts::note(tx, account, cx.now())?;
        tv::give_word(tx, account, &hash, epoch, until)?;
        audit::record(cx, tx, &Entry::of(Kind::TvWordGiven, account))
    })?;
    Ok((word, until))
}
