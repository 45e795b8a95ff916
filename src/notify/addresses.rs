//! The e-mail address of an account: sealed at rest, found again by a keyed hash.

use data_encoding::HEXLOWER;
use rusqlite::Transaction;

use crate::clock::Seconds;
use crate::context::Context;
use crate::crypto::mac;
use crate::crypto::seal::SealError;
use crate::host::AccountId;
use crate::settings::MailAddress;
use crate::store::StoreError;
use crate::store::emails::{self, Email};

/// Random bytes that name a row.
const ROW_BYTES: usize = 16;

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
    let row = row(cx)?;
    let sealed = cx.sealer.seal(&emails::place(&row), address.as_str().as_bytes(), &*cx.randomness)?;
    let folded = folded(cx, address).to_vec();
    Ok(emails::set(tx, &Email { account: *account, row, address: sealed, folded, verified_at })?)
}

/// For finding and comparing only.
pub fn folded(cx: &Context, address: &MailAddress) -> [u8; 32] {
    mac::keyed_hash(&cx.keys.privacy, "e-mail address", &[address.folded().as_bytes()])
}

/// A name for a new row.
pub fn row(cx: &Context) -> Result<String, AddressError> {
    let mut row = [0; ROW_BYTES];
    cx.randomness.fill(&mut row)?;
    Ok(HEXLOWER.encode(&row))
}

fn known(cx: &Context, row: &Email) -> Result<Known, AddressError> {
    let plain = cx.sealer.open(&emails::place(&row.row), &row.address)?;
    let text = std::str::from_utf8(&plain).map_err(|_| StoreError::Row { table: "emails" })?;
    let address = text.parse().map_err(|_| StoreError::Row { table: "emails" })?;
    Ok(Known { address, verified_at: row.verified_at })
}
