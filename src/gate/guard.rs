//! Who is asking: network, known browser, and how familiar both are to the account.

use crate::clock::{DAY, Seconds};
use crate::context::Context;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::host::AccountId;
use crate::store::{StoreError, attempts};
use crate::trust::known_browser;

/// A network the account came in from stays known this long, in seconds.
pub const NETWORK_KNOWN_FOR: Seconds = 30 * DAY;

/// The asker, as far as the gate cares.
pub struct Visitor {
    /// Address or /64.
    pub network: Network,
    /// Id of a browser the account has used before.
    pub browser: Option<Vec<u8>>,
    /// The account came in from here before: strangers' guesses do not close this door.
    pub familiar: bool,
}

impl Visitor {
    /// Somebody trying an account.
    pub fn of(cx: &Context, origin: &Origin, account: Option<(&AccountId, i64)>) -> Result<Self, StoreError> {
        let network = Network::of(origin);
        let Some((account, epoch)) = account else {
            return Ok(Self { network, browser: None, familiar: false });
        };
        let browser = known_browser::recognise(cx, origin, account, epoch);
        let familiar = browser.is_some() || knows(cx, account, &network)?;
        Ok(Self { network, browser, familiar })
    }
}

/// An address that many may share tells nothing about who is there.
fn knows(cx: &Context, account: &AccountId, network: &Network) -> Result<bool, StoreError> {
    if network.shared() {
        return Ok(false);
    }
    let since = cx.now() - NETWORK_KNOWN_FOR;
    cx.store.read(|tx| attempts::knows_network(tx, account, network.as_str(), since))
}
