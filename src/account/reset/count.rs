//! How often somebody asked, and guessed: each over a sliding window, kept over a restart.

use rusqlite::Transaction;

use super::error::ResetError;
use crate::clock::{DAY, HOUR, Seconds};
use crate::context::Context;
use crate::crypto::mac;
use crate::defense::network::Network;
use crate::host::AccountId;
use crate::store::resets::Hash;
use crate::store::{StoreError, window};

/// What is counted.
#[derive(Clone, Copy)]
pub enum Count<'a> {
    /// Resets asked for from one network; where many people share it, for what was typed: nobody there closes asking for
    /// anybody else.
    AskedFrom(&'a Network, &'a Hash),
    /// Resets asked for in browsers that one account knows, where strangers get none at the moment.
    AskedInBrowserOf(&'a AccountId),
    /// Resets asked for one account by one [`super::asker`].
    AskedBy(&'a Hash),
    /// Wrong codes for one account from one asker.
    WrongCodes(&'a Hash),
    /// Wrong tokens and PINs from one network.
    WrongFrom(&'a Network),
}

/// Where strangers share one address, it must not be what one of them may do.
const SHARED: u32 = 10;

impl Count<'_> {
    /// How many there may be, and over how many seconds.
    fn limit(self) -> (u32, Seconds) {
        let many = |network: &Network, most: u32| if network.shared() { most * SHARED } else { most };
        match self {
            Self::AskedFrom(..) => (20, HOUR),
            Self::AskedInBrowserOf(_) | Self::AskedBy(_) => (5, HOUR),
            Self::WrongCodes(_) => (20, DAY),
            Self::WrongFrom(network) => (many(network, 10), HOUR),
        }
    }

    fn subject(self, cx: &Context) -> Hash {
        let (domain, what): (&str, [&[u8]; 2]) = match self {
            Self::AskedFrom(network, typed) => {
                ("resets asked from", [network.as_str().as_bytes(), if network.shared() { typed } else { &[] }])
            }
            Self::AskedInBrowserOf(account) => ("resets asked in a known browser", [account.as_bytes(), &[]]),
            Self::AskedBy(asker) => ("resets asked by", [asker, &[]]),
            Self::WrongCodes(asker) => ("wrong reset codes", [asker, &[]]),
            Self::WrongFrom(network) => ("wrong resets from", [network.as_str().as_bytes(), &[]]),
        };
        mac::keyed_hash(&cx.keys.privacy, domain, &what)
    }

    /// Seconds to wait; 0 while there is room.
    pub fn wait(self, cx: &Context, tx: &Transaction<'_>) -> Result<Seconds, StoreError> {
        let ((most, window), now) = (self.limit(), cx.now());
        let (count, first) = window::RESETS.counted(tx, &[&self.subject(cx)], now - window, now)?;
        Ok(if count >= most { (first + window - now).clamp(1, window) } else { 0 })
    }

    /// One more.
    pub fn add(self, cx: &Context, tx: &Transaction<'_>) -> Result<(), StoreError> {
        let now = cx.now();
        window::RESETS.count(tx, &[&self.subject(cx)], now, now - DAY)
    }

    /// Refuses where there is no room.
    pub(super) fn demand_room(self, cx: &Context, tx: &Transaction<'_>) -> Result<(), ResetError> {
        match self.wait(cx, tx)? {
            0 => Ok(()),
            retry_after => Err(ResetError::TooManyTries { retry_after }),
        }
    }
}
