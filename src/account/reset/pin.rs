//! PINs: Jellyfin's own dialog takes them, without saying whose they are, and makes them the password.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::ask::ask;
use super::error::ResetError;
use super::limits::LINK_LIFETIME;
use super::redeem::{self, Chosen};
use super::secret;
use super::way::{Way, offered};
use crate::context::Context;
use crate::crypto::token;
use crate::defense::origin::Origin;
use crate::gate::Gate;
use crate::store::resets::Kind;

/// Longest name or PIN that is looked at, in bytes.
const LONGEST: usize = 512;

/// Is Jellyfin's dialog ours? Else its own flow runs as before.
pub fn dialog_is_ours(cx: &Context) -> bool {
    offered(cx, Way::Dialog)
}

/// Answers `POST /Users/ForgotPassword` in Jellyfin's shape (`ForgotPasswordResult`), the same for every name.
/// `look`: where the reader should look; clients show it where the stock server shows the path of its file.
pub fn start(cx: &Context, gate: &Gate, name: &str, origin: &Origin, look: &str) -> Result<Value, ResetError> {
    match ask(cx, gate, if name.len() > LONGEST { "" } else { name }, origin, Way::Dialog) {
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
    let hash = if typed.len() > LONGEST { None } else { secret::pin_hash(cx, typed) };
    let known = secret::guess(cx, gate, origin, hash.as_ref(), &[Kind::Pin])?;
    match known.and_then(|reset| redeem::set(cx, gate, &reset, Chosen::ForNow(typed), origin)) {
        Ok(name) => Ok(json!({ "Success": true, "UsersReset": [name] })),
        Err(ResetError::Gone) => Ok(json!({ "Success": false, "UsersReset": [] })),
        Err(error) => Err(error),
    }
}

/// Follows a link that makes a PIN the password; gives the PIN, to which only the link's token leads.
pub fn follow(cx: &Context, gate: &Gate, token: &str, origin: &Origin) -> Result<Zeroizing<String>, ResetError> {
    let reset = secret::guess(cx, gate, origin, Some(&token::hash(token)), &[Kind::PinLink])??;
    let pin = secret::pin_of_link(cx, token)?;
    redeem::set(cx, gate, &reset, Chosen::ForNow(&pin), origin)?;
    Ok(pin)
}
