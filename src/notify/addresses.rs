//! The e-mail address of an account: sealed at rest, found again by a keyed hash.

use rusqlite::Transaction;

use crate::clock::Seconds;
use crate::context::Context;
use crate::crypto::mac;
use crate::crypto::seal::{SealError, row_name};
use crate::host::AccountId;
use crate::settings::MailAddress;
use crate::store::StoreError;
use crate::store::emails::{self, Email};

/// Why there is no address.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The row does not open.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// See [`crate::clock::NoRandomness`].
    #[error(transparent)]
    Randomness(#[from] crate::clock::NoRandomness),
}

/// An address in clear.
pub struct Known {
    /// The address.
    pub address: MailAddress,
    /// When it was verified.
    pub verified_at: Option<Seconds>,
}

/// An account's address, verified or not.
pub fn of(cx: &Context, tx: &Transaction<'_>, account: &AccountId) -> Result<Option<Known>, AddressError> {
    emails::find(tx, account)?.map(|row| known(cx, &row)).transpose()
}

/// An account's address, if it was verified: codes, links and warnings go nowhere else.
pub fn verified(cx: &Context, tx: &Transaction<'_>, account: &AccountId) -> Result<Option<MailAddress>, AddressError> {
    Ok(of(cx, tx, account)?.filter(|known| known.verified_at.is_some()).map(|known| known.address))
}

/// Sets an account's address, instead of the one it had.
pub fn set(
    cx: &Context,
    tx: &Transaction<'_>,
    account: &AccountId,
    address: &MailAddress,
    verified_at: Option<Seconds>,
) -> Result<(), AddressError> {
    let row = row_name(&*cx.randomness)?;
    let sealed = cx.sealer.seal(&emails::place(&row), address.as_str().as_bytes(), &*cx.randomness)?;
    let folded = folded(cx, address).to_vec();
    Ok(emails::set(tx, &Email { account: *account, row, address: sealed, folded, verified_at })?)
}

/// What stands for the letters that are not shown.
const HIDDEN: &str = "•••";

/// An address for somebody who may not be its owner: `a•••@e•••.org`. Shows first letters and the last part of a name
/// with parts, never how long the rest is; nothing of what is quoted or in brackets.
pub fn masked(address: &MailAddress) -> String {
    let (local, domain) = (address.inner().user(), address.domain());
    let first =
        |text: &str| text.chars().next().filter(char::is_ascii_alphanumeric).map(String::from).unwrap_or_default();
    let (name, ending) = match domain.rsplit_once('.') {
        Some((_, ending)) if !ending.is_empty() && ending.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            (domain, format!(".{ending}"))
        }
        _ => (domain, String::new()),
    };
    format!("{}{HIDDEN}@{}{HIDDEN}{ending}", first(local), first(name))
}

/// For finding and comparing only.
pub fn folded(cx: &Context, address: &MailAddress) -> [u8; 32] {
    mac::keyed_hash(&cx.keys.privacy, "e-mail address", &[address.folded().as_bytes()])
}

fn known(cx: &Context, row: &Email) -> Result<Known, AddressError> {
    let plain = cx.sealer.open(&emails::place(&row.row), &row.address)?;
    let text = std::str::from_utf8(&plain).map_err(|_| StoreError::row("emails"))?;
    let address = text.parse().map_err(|_| StoreError::row("emails"))?;
    Ok(Known { address, verified_at: row.verified_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_address_tells_its_owner_and_nobody_else() {
        let long = format!("{}@{}.example", "a".repeat(64), "b".repeat(63));
        for (address, shown) in [
            ("alice@example.org", "a•••@e•••.org"),
            ("a@b.org", "a•••@b•••.org"),
            ("Alice.Smith+jellyfin@mail.example.co.uk", "A•••@m•••.uk"),
            (long.as_str(), "a•••@b•••.example"),
            ("alice@mail", "a•••@m•••"),
            ("alice@bücher.example", "a•••@x•••.example"),
            ("\"a b\"@example.org", "•••@e•••.org"),
            ("\"<b>@evil\"@example.org", "•••@e•••.org"),
            ("{x}@example.org", "•••@e•••.org"),
            ("alice@[192.0.2.7]", "a•••@•••"),
            ("alice@192.0.2.7", "a•••@1•••"),
        ] {
            let Ok(address) = address.parse() else { panic!("{address} is an address") };
            assert_eq!(masked(&address), shown);
        }
    }
}
