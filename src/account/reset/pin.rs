//! PINs: Jellyfin's own dialog takes them, without saying whose they are, and makes them the password.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::count::Count;
use super::redeem::{self, Chosen};
use super::{LINK_LIFETIME, PIN_SYMBOLS, ResetError, Way, ask, offered};
use crate::clock::{NoRandomness, Randomness};
use crate::context::Context;
use crate::crypto::mac;
use crate::crypto::token;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::symbols;
use crate::gate::Gate;
use crate::store::resets::{self, Hash, Kind, Reset};

/// Longest name or PIN that is looked at, in bytes.
const LONGEST: usize = 512;

/// Makes one, as `xxxx-xxxx-xxxx-xxxx`.
pub(super) fn draw(randomness: &dyn Randomness) -> Result<Zeroizing<String>, NoRandomness> {
    symbols::draw::<PIN_SYMBOLS>(randomness)
}

/// What is stored of it; none for what cannot be one.
pub(super) fn hash(cx: &Context, typed: &str) -> Option<Hash> {
    let normal = symbols::normalise::<PIN_SYMBOLS>(typed)?;
    Some(mac::keyed_hash(&cx.keys.reset, "reset pin", &[normal.as_bytes()]))
}

/// Is Jellyfin's dialog ours? Else its own flow runs as before.
pub fn dialog_is_ours(cx: &Context) -> bool {
    offered(cx, Way::Dialog)
}

/// Answers `POST /Users/ForgotPassword` in Jellyfin's shape (`ForgotPasswordResult`), the same for every name.
/// `look`: where the reader should look; clients show it where the stock server shows the path of its file.
pub fn start(cx: &Context, name: &str, origin: &Origin, look: &str) -> Result<Value, ResetError> {
    match ask(cx, if name.len() > LONGEST { "" } else { name }, origin, Way::Dialog) {
        // The stock answer knows no "too often"; nothing more is sent.
        Ok(_) | Err(ResetError::TooManyTries { .. }) => {}
        Err(error) => return Err(error),
    }
    let until = jiff::Timestamp::from_second(cx.now() + LINK_LIFETIME).map(|time| time.to_string());
    Ok(json!({ "Action": "PinCode", "PinFile": look, "PinExpirationDate": until.ok() }))
}

/// Answers `POST /Users/ForgotPassword/Pin` in Jellyfin's shape (`PinRedeemResult`): the password is the PIN as typed.
pub fn redeem(cx: &Context, gate: &Gate, pin: &str, origin: &Origin) -> Result<Value, ResetError> {
    let typed = pin.trim();
    let hash = if typed.len() > LONGEST { None } else { hash(cx, typed) };
    let known = guess(cx, origin, hash.as_ref(), &[Kind::Pin])?;
    match known.and_then(|reset| redeem::set(cx, gate, &reset, Chosen::ForNow(typed), origin)) {
        Ok(name) => Ok(json!({ "Success": true, "UsersReset": [name] })),
        Err(ResetError::Gone) => Ok(json!({ "Success": false, "UsersReset": [] })),
        Err(error) => Err(error),
    }
}

/// Follows a link that makes a PIN the password; gives the PIN, to which only the link's token leads.
pub fn follow(cx: &Context, gate: &Gate, token: &str, origin: &Origin) -> Result<Zeroizing<String>, ResetError> {
    let reset = guess(cx, origin, Some(&token::hash(token)), &[Kind::PinLink])??;
    let pin = of_link(cx, token)?;
    redeem::set(cx, gate, &reset, Chosen::ForNow(&pin), origin)?;
    Ok(pin)
}

/// The PIN that a link makes the password.
pub(super) fn of_link(cx: &Context, token: &str) -> Result<Zeroizing<String>, NoRandomness> {
    draw(&Derived(mac::keyed_hash(&cx.keys.reset, "pin of a link", &[token.as_bytes()])))
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
