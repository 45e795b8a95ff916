//! What is sent to whoever forgot a password, and how it is known again when it comes back.

use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::Transaction;
use zeroize::Zeroizing;

use super::count::Count;
use super::error::ResetError;
use super::limits::{MOST_LIVE, PIN_SYMBOLS, lifetime};
use crate::clock::{NoRandomness, Randomness};
use crate::context::Context;
use crate::crypto::mac;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::symbols;
use crate::gate::Gate;
use crate::host::AccountId;
use crate::settings::keys;
use crate::store::resets::{self, Hash, Kind, Reset};
use crate::store::{StoreError, accounts};

/// Symbols of the longest PIN there may be: as many as the owner may demand of a password.
const MOST_PIN_SYMBOLS: usize = 64;

/// Makes a PIN, as `xxxx-xxxx-xxxx-xxxx`. It becomes the password, and so is as long as one must be, however it is typed.
pub(super) fn draw_pin(cx: &Context) -> Result<Zeroizing<String>, NoRandomness> {
    pin_from(cx, &*cx.randomness)
}

fn pin_from(cx: &Context, randomness: &dyn Randomness) -> Result<Zeroizing<String>, NoRandomness> {
    let least = cx.settings().get(&keys::PASSWORDS_MIN_LENGTH) as usize;
    let groups = least.clamp(PIN_SYMBOLS, MOST_PIN_SYMBOLS).div_ceil(symbols::GROUP);
    let mut pin = Zeroizing::new(String::with_capacity(groups * (symbols::GROUP + 1)));
    for group in 0..groups {
        if group > 0 {
            pin.push('-');
        }
        pin.push_str(&symbols::draw::<{ symbols::GROUP }>(randomness)?);
    }
    Ok(pin)
}

/// What is stored of a PIN; none for what cannot be one.
pub(super) fn pin_hash(cx: &Context, typed: &str) -> Option<Hash> {
    let normal = normal_pin(typed)?;
    Some(mac::keyed_hash(&cx.keys.reset, "reset pin", &[normal.as_bytes()]))
}

/// A PIN without what people write between its symbols.
fn normal_pin(typed: &str) -> Option<Zeroizing<String>> {
    symbols::normalise_between(typed, PIN_SYMBOLS, MOST_PIN_SYMBOLS)
}

/// The PIN that a link makes the password.
pub(super) fn pin_of_link(cx: &Context, token: &str) -> Result<Zeroizing<String>, NoRandomness> {
    pin_from(cx, &Derived { cx, token, drawn: AtomicU32::new(0) })
}

/// What is stored of a code, bound to the browser that asked for it and to whom it was mailed.
pub(super) fn code_hash(cx: &Context, flow: &Hash, account: &AccountId, code: &str) -> Hash {
    mac::keyed_hash(&cx.keys.reset, "reset code", &[flow, account.as_bytes(), code.as_bytes()])
}

/// By which a PIN that became a password is known again, however it is written: it must not be chosen once more.
pub fn pin_mark(cx: &Context, account: &AccountId, password: &str) -> Hash {
    let normal = normal_pin(password);
    let pin = normal.as_ref().map_or(password, |pin| pin.as_str());
    mac::keyed_hash(&cx.keys.reset, "pin as password", &[account.as_bytes(), pin.as_bytes()])
}

/// Makes what was sent good for its time: the secret behind `hash`, for the password with that stamp. With an empty stamp
/// it is good for nothing.
pub(super) fn issue(
    cx: &Context,
    tx: &Transaction<'_>,
    (account, asker, stamp): (&AccountId, Hash, &str),
    (kind, hash, flow): (Kind, Hash, Option<Hash>),
) -> Result<(), StoreError> {
    let now = cx.now();
    let reset = Reset {
        hash,
        account: *account,
        asker,
        kind,
        flow,
        stamp: stamp.to_owned(),
        epoch: accounts::epoch(tx, account)?,
        created_at: now,
        expires_at: now + lifetime(kind),
    };
    resets::insert(tx, &reset, MOST_LIVE)
}

/// Looks a secret up that names no account. One that is there is served, whatever was tried from that network before: it
/// has more bits than anybody guesses. A miss is counted for its network, whose misses are refused after some, and so are
/// everybody's: each is written down.
pub(super) fn guess(
    cx: &Context,
    gate: &Gate,
    origin: &Origin,
    hash: Option<&Hash>,
    kinds: &[Kind],
) -> Result<Result<Reset, ResetError>, ResetError> {
    let found = match hash {
        Some(hash) => cx.store.read(|tx| resets::find(tx, hash, cx.now()))?,
        None => None,
    };
    if let Some(reset) = found.filter(|reset| kinds.contains(&reset.kind)) {
        return Ok(Ok(reset));
    }
    let network = Network::of(origin);
    cx.store.lazy(|tx| {
        Count::WrongFrom(&network).demand_room(cx, tx)?;
        let pace = gate.resets_guessed.step(&network, cx.now());
        pace.map_err(|retry_after| ResetError::TooManyTries { retry_after })?;
        Count::WrongFrom(&network).add(cx, tx)?;
        Ok(Err(ResetError::Gone))
    })
}

/// Bytes that are drawn from a key instead of from chance: the same for the same link, in the order they are asked for.
struct Derived<'a> {
    cx: &'a Context,
    token: &'a str,
    drawn: AtomicU32,
}

impl Randomness for Derived<'_> {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let said = [self.token.as_bytes(), number.as_slice()];
        let drawn = Zeroizing::new(mac::keyed_hash(&self.cx.keys.reset, "pin of a link", &said));
        bytes.copy_from_slice(drawn.get(..bytes.len()).ok_or(NoRandomness)?);
        Ok(())
    }
}
