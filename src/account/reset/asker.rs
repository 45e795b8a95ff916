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
use crate::trust::known_browser;

/// Whoever asks for an account.
#[derive(Clone, Copy)]
pub(super) struct Asker {
    /// Limits are counted by it.
    pub hash: Hash,
    /// The account knows the browser or the network.
    pub known: bool,
}

/// Whoever asks from there. As much is read for an account that nobody has.
pub(super) fn asker(cx: &Context, standing: &Standing, origin: &Origin, way: Way) -> Result<Asker, StoreError> {
    let visitor = Visitor::of(cx, origin, Some(standing))?;
    let budget = Budget::of(cx, standing.id, &visitor);
    let who = if way == Way::Dialog && !visitor.familiar { "dialog" } else { budget.source() };
    Ok(Asker { hash: named(cx, &standing.id, who), known: visitor.familiar })
}

/// Accounts that know this browser, whatever is typed in it.
pub(super) fn of_the_browser(cx: &Context, origin: &Origin) -> Result<Vec<AccountId>, StoreError> {
    let mut known = Vec::new();
    for claimed in known_browser::claimed(cx, origin) {
        if Visitor::of(cx, origin, Some(&Standing::of(cx, &claimed)?))?.browser.is_some() {
            known.push(claimed);
        }
    }
    Ok(known)
}

/// An administrator, for the account.
pub(super) fn administrator(cx: &Context, account: &AccountId) -> Hash {
    named(cx, account, "administrator")
}

/// Strangers of an account that nobody has.
pub(super) fn strangers(cx: &Context, account: &AccountId) -> Asker {
    Asker { hash: named(cx, account, "strangers"), known: false }
}

fn named(cx: &Context, account: &AccountId, who: &str) -> Hash {
    mac::keyed_hash(&cx.keys.privacy, "who asks for a reset", &[account.as_bytes(), who.as_bytes()])
}
