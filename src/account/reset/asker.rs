//! Who asks for an account, as far as its limits care: strangers at our page, strangers at Jellyfin's dialog, or a browser
//! or a network that the account knows. No stranger uses up what the owner has at home, nor the dialog the page's.

use super::way::Way;
use crate::context::Context;
use crate::crypto::mac;
use crate::defense::origin::Origin;
use crate::gate::budget::Budget;
use crate::gate::guard::Visitor;
use crate::gate::standing::Standing;
use crate::host::AccountId;
use crate::store::StoreError;
use crate::store::resets::Hash;

/// Whoever asks from there. As much is read for an account that nobody has.
pub(super) fn asker(cx: &Context, standing: &Standing, origin: &Origin, way: Way) -> Result<Hash, StoreError> {
    let visitor = Visitor::of(cx, origin, Some(standing))?;
    let budget = Budget::of(cx, standing.id, &visitor);
    let who = if way == Way::Dialog && !visitor.familiar { "dialog" } else { budget.source() };
    Ok(named(cx, &standing.id, who))
}

/// An administrator, for the account.
pub(super) fn administrator(cx: &Context, account: &AccountId) -> Hash {
    named(cx, account, "administrator")
}

/// Strangers of an account that nobody has.
pub(super) fn strangers(cx: &Context, account: &AccountId) -> Hash {
    named(cx, account, "strangers")
}

fn named(cx: &Context, account: &AccountId, who: &str) -> Hash {
    mac::keyed_hash(&cx.keys.privacy, "who asks for a reset", &[account.as_bytes(), who.as_bytes()])
}
