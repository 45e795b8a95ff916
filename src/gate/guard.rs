//! Who is asking: network, known browser, and how familiar both are to the account.

use crate::clock::{DAY, Seconds};
use crate::context::Context;
use crate::defense::limits::Guest;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::gate::denial::Denial;
use crate::gate::standing::Standing;
use crate::host::{AccountId, Level};
use crate::store::{StoreError, attempts};
use crate::trust::known_browser::{self, Met};
use crate::trust::trusted_browser::Headers;

/// A network the account came in from stays known this long, in seconds.
const NETWORK_KNOWN_FOR: Seconds = 30 * DAY;

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
    pub fn of(cx: &Context, origin: &Origin, standing: Option<&Standing>) -> Result<Self, StoreError> {
        let network = Network::of(origin);
        let Some(standing) = standing else {
            return Ok(Self { network, browser: None, familiar: false });
        };
        let browser = known_browser::recognise(cx, origin, met(standing));
        let familiar = browser.is_some() || knows(cx, &standing.id, &network)?;
        Ok(Self { network, browser, familiar })
    }

    /// How limits see the asker who tries this account, or this name that nobody has.
    pub fn guest<'a>(&'a self, target: &'a [u8]) -> Guest<'a> {
        Guest { target, network: &self.network, browser: self.browser.as_deref(), familiar: self.familiar }
    }
}

fn met(standing: &Standing) -> Met<'_> {
    Met { account: &standing.id, epoch: standing.account.epoch, protected: standing.protected() }
}

/// The account got a factor in this browser, which stays known; by the password alone others may have become so. The
/// factor is there by now: what breaks here costs no more than this.
pub fn keep(cx: &Context, origin: &Origin, standing: &Standing) -> Headers {
    let network = Network::of(origin);
    let keep = || -> Result<Headers, Denial> {
        if !network.shared() {
            cx.store.lazy(|tx| attempts::know_network(tx, &standing.id, network.as_str(), cx.now()))?;
        }
        Ok(vec![known_browser::remember(cx, origin, met(standing))?])
    };
    keep().unwrap_or_else(|denial| {
        cx.host.log(Level::Warning, &format!("a browser could not be kept in mind: {denial}"));
        Headers::new()
    })
}

/// Did the account come in from there before? An address that many may share tells nothing about who is there.
pub fn knows(cx: &Context, account: &AccountId, network: &Network) -> Result<bool, StoreError> {
    if network.shared() {
        return Ok(false);
    }
    let since = cx.now() - NETWORK_KNOWN_FOR;
    cx.store.read(|tx| attempts::knows_network(tx, account, network.as_str(), since))
}
