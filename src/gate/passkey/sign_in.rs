//! Signing in by a passkey alone: it holds the key, and its authenticator knows its user. Everybody is asked the same.

use serde_json::Value;

use super::{Bound, Proven, Started, ask, judge, offered};
use crate::context::Context;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::passkey::Verification;
use crate::gate::attempt::Client;
use crate::gate::challenge::Opening;
use crate::gate::denial::Denial;
use crate::gate::mint::{self, Deserved, Seen};
use crate::gate::provenance::Proof;
use crate::gate::set_up;
use crate::gate::standing::Standing;
use crate::settings::keys;
use crate::store::ceremonies::Purpose;
use crate::store::challenges::Ask;
use crate::trust::trusted_browser::Headers;

const SIGN_IN: Bound<'_> = Bound { purpose: Purpose::SignIn, account: None, to: None };

/// May people sign in by a passkey alone?
pub fn is_offered(cx: &Context) -> bool {
    let settings = cx.settings();
    settings.get(&keys::GATE_ENABLED) && settings.get(&keys::PASSKEYS_SIGN_IN) && offered(cx).is_ok()
}

/// Opens the ceremony: an empty list of passkeys, for whoever asks.
pub fn start(cx: &Context, origin: &Origin) -> Result<Started, Denial> {
    if !is_offered(cx) {
        return Err(Denial::NotOffered);
    }
    ask(cx, &Network::of(origin), SIGN_IN, &[], Verification::Required)
}

/// What an answer brings.
pub enum SignedIn {
    /// A session: headers for the answer, what was minted for, and the epoch it rests on.
    In(Headers, Proven, i64),
    /// Something is to be set up before; this is what the page gets to see of it.
    SetUp(Value),
}

/// Judges the answer, and mints.
pub fn finish(
    cx: &Context,
    origin: &Origin,
    client: &Client,
    ceremony: &str,
    response: &str,
) -> Result<SignedIn, Denial> {
    if !is_offered(cx) {
        return Err(Denial::NotOffered);
    }
    super::is_open(cx, ceremony)?;
    // One durable commit, before the answer: the counter must not be forgotten.
    let proven = cx.store.durable(|tx| judge(cx, tx, SIGN_IN, ceremony, response))??;
    if !proven.user_verified {
        return Err(Denial::WrongPasskey);
    }
    let standing = Standing::of(cx, &proven.account)?;
    let due = set_up::due(cx, &proven.account)?;
    if !due.is_empty() {
        let opening = Opening {
            account: proven.account,
            standing: &standing,
            client,
            origin,
            network: &Network::of(origin),
            ticket: None,
            ask: Ask::SetUp,
            proof: Some(Proof::Passkey),
            lifetime: set_up::LIFETIME,
        };
        return Ok(SignedIn::SetUp(set_up::open(cx, &opening, &due)?));
    }
    let epoch = standing.account.epoch;
    let deserved = Deserved {
        account: proven.account,
        client,
        origin,
        proof: Proof::Passkey,
        epoch,
        stamp: None,
        seen: Seen::Earlier,
        app_password: None,
        ticket: None,
        remember: true,
    };
    Ok(SignedIn::In(mint::mint(cx, &deserved)?, proven, epoch))
}
