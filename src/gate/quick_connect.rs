//! Quick Connect: who is waiting behind a code, shown before it is approved, and how many codes may be guessed.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::clock::Seconds;
use crate::context::Context;
use crate::defense::name::tidy;
use crate::gate::attempt::Client;
use crate::gate::denial::Denial;
use crate::host::AccountId;
use crate::store::{StoreError, attempts};

/// Wrong codes one account may type in an hour.
pub const WRONG_CODES_AN_HOUR: u32 = 10;
/// Jellyfin forgets an unapproved code after this many seconds (`QuickConnectManager.Timeout`).
const LIFETIME: Seconds = 10 * 60;
/// Codes remembered at once; the oldest go.
const MOST_WAITING: usize = 1_024;
/// Codes remembered of one address; its own oldest goes first.
const MOST_FROM_ONE_ADDRESS: usize = 32;
/// Longest name kept of what a device says of itself, in characters.
const LONGEST_NAME: usize = 128;
const WINDOW: Seconds = 60 * 60;
/// Whose budget of wrong codes: the one for these.
const SOURCE: &str = "quick connect";

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

/// The codes that are being shown. In memory, as in Jellyfin: a restart ends them there too.
#[derive(Default)]
pub struct QuickConnects(Mutex<VecDeque<(String, Waiting)>>);

impl QuickConnects {
    /// Jellyfin has given a device a code.
    pub fn started(&self, code: &str, client: &Client, address: Option<&str>, now: Seconds) {
        let waiting = Waiting {
            app: tidy(&client.app, LONGEST_NAME),
            version: tidy(&client.version, LONGEST_NAME),
            device_name: tidy(&client.device_name, LONGEST_NAME),
            address: address.map(str::to_owned),
            at: now,
        };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(known, waiting)| known != code && waiting.at + LIFETIME > now);
        let from_here = |(_, other): &&(String, Waiting)| other.address == waiting.address;
        if all.iter().filter(from_here).count() >= MOST_FROM_ONE_ADDRESS
            && let Some(oldest) = all.iter().position(|(_, other)| other.address == waiting.address)
        {
            all.remove(oldest);
        }
        if all.len() == MOST_WAITING {
            all.pop_front();
        }
        all.push_back((code.to_owned(), waiting));
    }

    fn find(&self, code: &str, now: Seconds) -> Option<Waiting> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|(known, waiting)| known == code && waiting.at + LIFETIME > now).map(|(_, it)| it.clone())
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
        let (wrong, oldest) = attempts::wrong_codes(tx, &account, SOURCE, now - WINDOW)?;
        if wrong >= WRONG_CODES_AN_HOUR {
            return Err(Denial::TooManyTries { retry_after: (oldest + WINDOW - now).max(1) });
        }
        Ok(attempts::add_wrong_code(tx, &account, SOURCE, now)?)
    })
}

/// The code was right: only the wrong ones count.
pub fn give_back(cx: &Context, account: &AccountId) -> Result<(), StoreError> {
    cx.store.lazy(|tx| attempts::forgive_wrong_code(tx, account, SOURCE))
}
