//! Quick Connect: who is waiting behind a code, shown before it is approved, and how many codes may be guessed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::clock::Seconds;
use crate::context::Context;
use crate::defense::name::tidy;
use crate::defense::network::Network;
use crate::defense::origin::Origin;
use crate::gate::attempt::{Client, LONGEST_OF_CLIENT};
use crate::gate::budget::{QUICK_CONNECT, until_forgotten};
use crate::gate::denial::Denial;
use crate::host::AccountId;
use crate::store::{StoreError, attempts};

/// Wrong codes one account may type in an hour.
const WRONG_CODES_AN_HOUR: u32 = 10;
/// Jellyfin forgets an unapproved code after this many seconds (`QuickConnectManager.Timeout`).
const LIFETIME: Seconds = 10 * 60;
/// Codes remembered at once; the oldest of whoever has most goes.
const MOST_WAITING: usize = 2_048;
/// Codes remembered of one network; its own oldest goes first.
const MOST_FROM_ONE_NETWORK: usize = 32;
/// The same of a network that many people may share: a stranger behind the same proxy must not push out a code that
/// somebody is about to look at.
const MOST_FROM_A_SHARED_NETWORK: usize = 1_024;

/// A device that shows a code.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// The client, as it describes itself. Hostile text.
    pub app: String,
    /// Its version.
    pub version: String,
    /// Its device's name.
    pub device_name: String,
    /// The address it asked from.
    pub address: Option<String>,
    /// When.
    pub at: Seconds,
}

/// A code, and who shows it.
struct Shown {
    code: String,
    network: Network,
    waiting: Waiting,
}

/// The codes that are being shown. In memory, as in Jellyfin: a restart ends them there too.
#[derive(Default)]
pub struct QuickConnects(Mutex<Vec<Shown>>);

impl QuickConnects {
    /// Jellyfin has given a device a code.
    pub fn started(&self, code: &str, client: &Client, address: Option<&str>, now: Seconds) {
        let waiting = Waiting {
            app: tidy(&client.app, LONGEST_OF_CLIENT),
            version: tidy(&client.version, LONGEST_OF_CLIENT),
            device_name: tidy(&client.device_name, LONGEST_OF_CLIENT),
            address: address.map(str::to_owned),
            at: now,
        };
        let network = Network::of(&Origin { remote: waiting.address.clone(), ..Origin::default() });
        let most = if network.shared() { MOST_FROM_A_SHARED_NETWORK } else { MOST_FROM_ONE_NETWORK };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|shown| shown.code != code && shown.waiting.at + LIFETIME > now);
        if all.iter().filter(|shown| shown.network == network).count() >= most {
            remove_oldest(&mut all, &network);
        }
        if all.len() >= MOST_WAITING
            && let Some(fullest) = fullest(&all)
        {
            remove_oldest(&mut all, &fullest);
        }
        all.push(Shown { code: code.to_owned(), network, waiting });
    }

    fn find(&self, code: &str, now: Seconds) -> Option<Waiting> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut live = all.iter().filter(|shown| shown.waiting.at + LIFETIME > now);
        live.find(|shown| shown.code == code).map(|shown| shown.waiting.clone())
    }
}

/// The network that shows most codes.
fn fullest(all: &[Shown]) -> Option<Network> {
    let mut counts: HashMap<&Network, usize> = HashMap::new();
    all.iter().for_each(|shown| *counts.entry(&shown.network).or_default() += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(network, _)| network.clone())
}

fn remove_oldest(all: &mut Vec<Shown>, network: &Network) {
    if let Some(oldest) = all.iter().position(|shown| shown.network == *network) {
        all.remove(oldest);
    }
}

/// Who is behind a code. A wrong one is counted before the answer.
pub fn look(cx: &Context, all: &QuickConnects, account: AccountId, code: &str) -> Result<Waiting, Denial> {
    count(cx, account)?;
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let found = all.find(&digits, cx.now()).ok_or(Denial::UnknownCode)?;
    give_back(cx, &account)?;
    Ok(found)
}

/// Counts one code that somebody types, before anybody knows whether it is right.
pub fn count(cx: &Context, account: AccountId) -> Result<(), Denial> {
    let now = cx.now();
    cx.store.durable(|tx| {
        let (wrong, oldest) =
            attempts::wrong_codes(tx, &account, QUICK_CONNECT, (now - attempts::WRONG_CODES_KEPT, now))?;
        if wrong >= WRONG_CODES_AN_HOUR {
            return Err(Denial::TooManyTries { retry_after: until_forgotten(oldest, now) });
        }
        Ok(attempts::add_wrong_code(tx, &account, QUICK_CONNECT, now)?)
    })
}

/// The code was right: only the wrong ones count.
pub fn give_back(cx: &Context, account: &AccountId) -> Result<(), StoreError> {
    cx.store.lazy(|tx| attempts::forgive_wrong_code(tx, account, QUICK_CONNECT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(all: &QuickConnects, code: impl ToString, address: &str) {
        let client =
            Client { app: "Kodi".into(), version: "1".into(), device_id: "tv".into(), device_name: "TV".into() };
        all.started(&code.to_string(), &client, Some(address), 0);
    }

    #[test]
    fn a_stranger_pushes_out_his_own_codes_only() {
        let all = QuickConnects::default();
        started(&all, "mine", "192.168.1.1");
        started(&all, "another", "203.0.113.5");
        for n in 0..MOST_FROM_A_SHARED_NETWORK - 1 {
            started(&all, n, "192.168.1.1");
        }
        assert!(all.find("mine", 1).is_some(), "a thousand behind the same proxy");
        for n in 0..100 {
            started(&all, format!("x{n}"), "198.51.100.7");
        }
        assert!(all.find("x67", 1).is_none() && all.find("x68", 1).is_some());
        for n in 0..5_000 {
            started(&all, format!("y{n}"), &format!("2001:db8:0:{:x}::{n:x}", n / 20));
        }
        assert!(all.find("another", 1).is_some(), "from many addresses");
        assert_eq!(all.0.lock().unwrap().len(), MOST_WAITING);
    }
}
