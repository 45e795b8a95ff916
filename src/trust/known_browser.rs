//! The known-browser cookie: a browser the account has used before is not slowed down by strangers' tries.
//!
//! It promises that and nothing else: it proves nobody, and skips no factor. Stateless: an HMAC over account,
//! the account's revocation epoch, time of issue and a random id. One cookie holds an entry for each account
//! of a shared browser.

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
pub const MOST_ACCOUNTS: usize = 6;

const PURPOSE: &str = "known";
const ID: usize = 12;
const MAC: usize = 32;
const ENTRY: usize = 16 + 8 + ID + MAC;

/// The id of the browser, if it is known for this account.
pub fn recognise(cx: &Context, origin: &Origin, account: &AccountId, epoch: i64) -> Option<Vec<u8>> {
    let value = cookies::read(origin, &cookies::name(cx, PURPOSE))?;
    entries(&value).find_map(|entry| check(cx, &entry, account, epoch))
}

/// The header that makes this browser known for this account, others kept.
pub fn remember(
    cx: &Context,
    origin: &Origin,
    account: &AccountId,
    epoch: i64,
) -> Result<(String, String), NoRandomness> {
    let mut id = [0; ID];
    cx.randomness.fill(&mut id)?;
    let issued = cx.now().to_be_bytes();
    let mut entry = Vec::with_capacity(ENTRY);
    entry.extend_from_slice(account.as_bytes());
    entry.extend_from_slice(&issued);
    entry.extend_from_slice(&id);
    entry.extend_from_slice(&sign(cx, account, epoch, &issued, &id));
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

fn check(cx: &Context, entry: &[u8; ENTRY], account: &AccountId, epoch: i64) -> Option<Vec<u8>> {
    let (of, rest) = entry.split_at(16);
    let (issued, rest) = rest.split_at(8);
    let (id, signature) = rest.split_at(ID);
    let issued_at = Seconds::from_be_bytes(issued.try_into().ok()?);
    let age = cx.now().checked_sub(issued_at)?;
    let genuine = mac::equal(signature, &sign(cx, account, epoch, issued, id));
    (genuine && of == account.as_bytes() && age < LIFETIME).then(|| id.to_vec())
}

fn sign(cx: &Context, account: &AccountId, epoch: i64, issued: &[u8], id: &[u8]) -> [u8; MAC] {
    mac::keyed_hash(
        &cx.keys.known_browser,
        "known browser",
        &[cx.server_id.as_bytes(), account.as_bytes(), &epoch.to_be_bytes(), issued, id],
    )
}
