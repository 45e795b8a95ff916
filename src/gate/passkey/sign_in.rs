//! Signing in by a passkey alone: it holds the key, and its authenticator knows its user. Everybody is asked the same.

use super::{Bound, Proven, Started, ask, judge, offered};
use crate::context::Context;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::factor::passkey::Verification;
use crate::gate::attempt::Client;
use crate::gate::denial::Denial;
use crate::gate::mint::{self, Deserved, Seen};
use crate::gate::provenance::Proof;
use crate::gate::standing::Standing;
use crate::settings::keys;
use crate::store::ceremonies::Purpose;
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

/// Judges the answer, and mints. Gives headers for the answer, and what was minted for.
pub fn finish(
    cx: &Context,
    origin: &Origin,
    client: &Client,
    ceremony: &str,
    response: &str,
) -> Result<(Headers, Proven, i64), Denial> {
    if !is_offered(cx) {
        return Err(Denial::NotOffered);
    }
    super::is_open(cx, ceremony)?;
    // One durable commit, before the answer: the counter must not be forgotten.
    let proven = cx.store.durable(|tx| judge(cx, tx, SIGN_IN, ceremony, response))??;
    if !proven.user_verified {
        return Err(Denial::WrongPasskey);
    }
    let epoch = Standing::of(cx, &proven.account)?.account.epoch;
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
    Ok((mint::mint(cx, &deserved)?, proven, epoch))
}
