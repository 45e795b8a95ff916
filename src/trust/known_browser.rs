//! The known-browser cookie: a browser the account has used before is not slowed down by strangers' tries.
//!
//! It proves nobody, and skips no factor. One thing more hangs on it: from a browser that an account without a factor came in
//! from before, a demanded factor is enrolled without an administrator's word also after the grace period. Stateless: an HMAC over account,
//! the account's revocation epoch, whether it had a factor, time of issue and a random id. One cookie holds an entry for
//! each account of a shared browser.

use crate::clock::{DAY, NoRandomness, Seconds};
use crate::context::Context;
use crate::crypto::mac;
use crate::defense::origin::Origin;
use crate::host::AccountId;
use crate::trust::cookies;
use data_encoding::BASE64URL_NOPAD;

/// How long a browser stays known after a full sign-in, in seconds.
pub const LIFETIME: Seconds = 365 * DAY;
/// Accounts remembered in one browser.
const MOST_ACCOUNTS: usize = 6;

const PURPOSE: &str = "known";
const ID: usize = 12;
const MAC: usize = 32;
const ENTRY: usize = 16 + 8 + ID + MAC;

/// Whom a browser has met, and as what. What has changed since, and the browser is a stranger.
#[derive(Clone, Copy)]
pub struct Met<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// Its revocation epoch.
    pub epoch: i64,
    /// It had a factor, and the sign-in was by one. Who knew the password alone before may be the thief.
    pub protected: bool,
}

/// The id of the browser, if it is known for this account.
pub fn recognise(cx: &Context, origin: &Origin, met: Met<'_>) -> Option<Vec<u8>> {
    let value = cookies::read(origin, &cookies::name(cx, PURPOSE))?;
    entries(&value).find_map(|entry| check(cx, &entry, met))
}

/// The accounts that the browser says it is known to. Nothing is checked.
pub fn claimed(cx: &Context, origin: &Origin) -> Vec<AccountId> {
    let value = cookies::read(origin, &cookies::name(cx, PURPOSE)).unwrap_or_default();
    entries(&value).filter_map(|entry| <[u8; 16]>::try_from(&entry[..16]).ok().map(AccountId::from)).collect()
}

/// The header that makes this browser known for this account, others kept.
pub fn remember(cx: &Context, origin: &Origin, met: Met<'_>) -> Result<(String, String), NoRandomness> {
    let account = met.account;
    let mut id = [0; ID];
    cx.randomness.fill(&mut id)?;
    let issued = cx.now().to_be_bytes();
    let mut entry = Vec::with_capacity(ENTRY);
    entry.extend_from_slice(account.as_bytes());
    entry.extend_from_slice(&issued);
    entry.extend_from_slice(&id);
    entry.extend_from_slice(&sign(cx, met, &issued, &id));
    let name = cookies::name(cx, PURPOSE);
    let mut value = BASE64URL_NOPAD.encode(&entry);
    let old = cookies::read(origin, &name).unwrap_or_default();
    for kept in entries(&old).filter(|kept| kept[..16] != account.as_bytes()[..]).take(MOST_ACCOUNTS - 1) {
        value.push('.');
        value.push_str(&BASE64URL_NOPAD.encode(&kept));
    }
    Ok(cookies::set(origin, name, value, Some(LIFETIME)))
}

fn entries(value: &str) -> impl Iterator<Item = [u8; ENTRY]> + '_ {
    value
        .split('.')
        .take(MOST_ACCOUNTS)
        .filter_map(|part| BASE64URL_NOPAD.decode(part.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok()))
}

fn check(cx: &Context, entry: &[u8; ENTRY], met: Met<'_>) -> Option<Vec<u8>> {
    let (of, rest) = entry.split_at(16);
    let (issued, rest) = rest.split_at(8);
    let (id, signature) = rest.split_at(ID);
    let issued_at = Seconds::from_be_bytes(issued.try_into().ok()?);
    let age = cx.now().checked_sub(issued_at)?;
    let genuine = mac::equal(signature, &sign(cx, met, issued, id));
    (genuine && of == met.account.as_bytes() && age < LIFETIME).then(|| id.to_vec())
}

fn sign(cx: &Context, met: Met<'_>, issued: &[u8], id: &[u8]) -> [u8; MAC] {
    let (server, account) = (cx.server_id.as_bytes(), met.account.as_bytes());
    mac::keyed_hash(
        &cx.keys.known_browser,
        "known browser",
        &[server, account, &met.epoch.to_be_bytes(), &[met.protected.into()], issued, id],
    )
}
