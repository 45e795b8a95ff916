//! Signing in by a passkey alone: it holds the key, and its authenticator knows its user. Everybody is asked the same.

use serde_json::Value;

use super::{Bound, Proven, Returned, Started, ask, examine, keep, offered};
use crate::context::Context;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::passkey::Verification;
use crate::gate::Gate;
use crate::gate::attempt::Client;
use crate::gate::challenge::Opening;
use crate::gate::denial::Denial;
use crate::gate::lifetime;
use crate::gate::mint::{self, Deserved, Seen};
use crate::gate::set_up;
use crate::gate::standing::Standing;
use crate::settings::keys;
use crate::store::ceremonies::Purpose;
use crate::store::challenges::Ask;
use crate::store::proof::Proof;
use crate::trust::trusted_browser::Headers;

const SIGN_IN: Bound<'_> = Bound { purpose: Purpose::SignIn, account: None, to: None };

/// May people sign in by a passkey alone?
pub fn is_offered(cx: &Context) -> bool {
    let settings = cx.settings();
    settings.get(&keys::GATE_ENABLED) && settings.get(&keys::PASSKEYS_SIGN_IN) && offered(cx).is_ok()
}

/// Opens the ceremony: an empty list of passkeys, for whoever asks.
pub fn start(cx: &Context, gate: &Gate, origin: &Origin) -> Result<Started, Denial> {
    let network = enter(cx, gate, origin)?;
    ask(cx, &network, SIGN_IN, &[], Verification::Required)
}

/// Where somebody is who signs in so, if they may. Nobody knows yet who it is, so that only askings can be counted: of
/// beginnings and answers alike, as each writes something down.
fn enter(cx: &Context, gate: &Gate, origin: &Origin) -> Result<Network, Denial> {
    if !is_offered(cx) {
        return Err(Denial::NotOffered);
    }
    let network = Network::of(origin);
    gate.passkey_sign_ins.step(&network, cx.now()).map_err(|retry_after| Denial::TooOften { retry_after })?;
    Ok(network)
}

/// What an answer brings.
pub enum SignedIn {
    /// A session: headers for the answer, and what was minted for.
    In(Headers, Proven),
    /// Something is to be set up before; this is what the page gets to see of it.
    SetUp(Value),
}

/// Judges the answer, and mints.
pub fn finish(
    cx: &Context,
    gate: &Gate,
    origin: &Origin,
    client: &Client,
    returned: Returned<'_>,
) -> Result<SignedIn, Denial> {
    let network = enter(cx, gate, origin)?;
    super::is_open(cx, returned.ceremony)?;
    // Anybody may answer wrongly, and a crash may forget that.
    let right = cx.store.lazy(|tx| examine(cx, tx, &network, SIGN_IN, returned))??;
    if !right.user_verified {
        return Err(Denial::WrongPasskey);
    }
    // One durable commit, before the answer: the counter must not be forgotten.
    let proven = cx.store.durable(|tx| keep(cx, tx, right))??;
    let standing = Standing::of(cx, &proven.account)?;
    if standing.account.epoch != proven.epoch {
        return Err(Denial::CeremonyGone);
    }
    let due = set_up::due(cx, &proven.account)?;
    if !due.is_empty() {
        let opening = Opening {
            account: proven.account,
            standing: &standing,
            client,
            origin,
            network: &network,
            known: true,
            ticket: None,
            ask: Ask::SetUp,
            proof: Some(Proof::Passkey),
            lifetime: lifetime::SET_UP,
        };
        return Ok(SignedIn::SetUp(set_up::open(cx, &opening, &due)?));
    }
    let deserved = Deserved {
        account: proven.account,
        client,
        origin,
        proof: Proof::Passkey,
        epoch: proven.epoch,
        stamp: None,
        met: None,
        seen: Seen::Earlier,
        app_password: None,
        ticket: None,
        remember: true,
    };
    Ok(SignedIn::In(mint::mint(cx, &deserved)?, proven))
}
