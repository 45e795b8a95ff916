//! What is sent to whoever forgot a password, and how it is known again when it comes back.

use rusqlite::Transaction;
use zeroize::Zeroizing;

use super::count::Count;
use super::{MOST_LIVE, PIN_SYMBOLS, ResetError, lifetime};
use crate::clock::{NoRandomness, Randomness};
use crate::context::Context;
use crate::crypto::mac;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::symbols;
use crate::host::AccountId;
use crate::store::resets::{self, Hash, Kind, Reset};
use crate::store::{StoreError, accounts};

/// Makes a PIN, as `xxxx-xxxx-xxxx-xxxx`.
pub(super) fn draw_pin(randomness: &dyn Randomness) -> Result<Zeroizing<String>, NoRandomness> {
    symbols::draw::<PIN_SYMBOLS>(randomness)
}

/// What is stored of a PIN; none for what cannot be one.
pub(super) fn pin_hash(cx: &Context, typed: &str) -> Option<Hash> {
    let normal = symbols::normalise::<PIN_SYMBOLS>(typed)?;
    Some(mac::keyed_hash(&cx.keys.reset, "reset pin", &[normal.as_bytes()]))
}

/// The PIN that a link makes the password.
pub(super) fn pin_of_link(cx: &Context, token: &str) -> Result<Zeroizing<String>, NoRandomness> {
    draw_pin(&Derived(mac::keyed_hash(&cx.keys.reset, "pin of a link", &[token.as_bytes()])))
}

/// Makes what was sent good for its time: the secret behind `hash`, for the password with that stamp. With an empty stamp
/// it is good for nothing.
pub(super) fn issue(
    cx: &Context,
    tx: &Transaction<'_>,
    account: &AccountId,
    stamp: &str,
    (kind, hash, flow): (Kind, Hash, Option<Hash>),
) -> Result<(), StoreError> {
    let now = cx.now();
    let reset = Reset {
        hash,
        account: *account,
        kind,
        flow,
        stamp: stamp.to_owned(),
        epoch: accounts::find(tx, account)?.map_or(0, |account| account.epoch),
        tries: 0,
        created_at: now,
        expires_at: now + lifetime(kind),
    };
    resets::insert(tx, &reset, MOST_LIVE)
}

/// Looks a secret up that names no account. A miss is counted for its network, which is refused after some.
pub(super) fn guess(
    cx: &Context,
    origin: &Origin,
    hash: Option<&Hash>,
    kinds: &[Kind],
) -> Result<Result<Reset, ResetError>, ResetError> {
    let network = Network::of(origin);
    cx.store.lazy(|tx| {
        Count::WrongFrom(&network).demand_room(cx, tx)?;
        let found = hash.map(|hash| resets::find(tx, hash, cx.now())).transpose()?.flatten();
        match found.filter(|reset| kinds.contains(&reset.kind)) {
            Some(reset) => Ok(Ok(reset)),
            None => {
                Count::WrongFrom(&network).add(cx, tx)?;
                Ok(Err(ResetError::Gone))
            }
        }
    })
}

/// Bytes that are drawn from a key instead of from chance.
struct Derived([u8; mac::DIGEST_BYTES]);

impl Randomness for Derived {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        let drawn = self.0.get(..bytes.len()).ok_or(NoRandomness)?;
        bytes.copy_from_slice(drawn);
        Ok(())
    }
}
