//! The outbox: whatever is to be told waits here, sealed, until it was told or has died.
//!
//! Nobody who signs in or asks for something waits for a mail server: an entry is one row in their transaction. At
//! least once: a crash between the server's yes and our note of it tells it twice, which is better than never.

mod pace;
mod worker;

use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::mail::{LONGEST_TEXT, Letter};
use crate::clock::{HOUR, NoRandomness, Seconds};
use crate::context::Context;
use crate::crypto::mac;
use crate::crypto::seal::{SealError, row_name};
use crate::host::AccountId;
use crate::settings::MailAddress;
use crate::store::outbox::{self, Entry, New, Recipient};
use crate::store::{StoreError, accounts, window};

pub use worker::Worker;

/// Entries one recipient gets in [`WINDOW`], whatever becomes of them.
pub const MOST_FOR_ONE: u32 = 20;

/// Of those, as many are what anybody may ask for, see [`take_share`]: the rest is left to codes behind a right password,
/// and to warnings.
pub const MOST_FOR_ANYBODY: u32 = 8;

/// Entries for one recipient are counted over this time, in seconds.
pub const WINDOW: Seconds = HOUR;

/// Entries that wait at once.
pub const MOST_WAITING: i64 = 20_000;

/// By which way something is told. Others will follow; each has entries of its own form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// E-mail.
    Mail,
}

impl Channel {
    /// As stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
        }
    }
}

/// Something to tell by mail.
pub struct Parcel<'a> {
    /// What it is about, in a word, for the owner's eye.
    pub topic: &'a str,
    /// To whom.
    pub to: &'a MailAddress,
    /// What is said.
    pub letter: &'a Letter,
    /// Whom it concerns; goes with the account.
    pub account: Option<&'a AccountId>,
    /// It rests on the account's present revocation epoch: a code or a link, not a warning.
    pub revocable: bool,
    /// For how long it may be told, in seconds: no longer than what is in it is good for.
    pub lives: Seconds,
}

/// Why nothing was put into the outbox.
#[derive(Debug, Error)]
pub enum OutboxError {
    /// That recipient gets no more for now.
    #[error("enough was sent to this recipient; wait {0} seconds")]
    Enough(Seconds),
    /// The outbox is full.
    #[error("{MOST_WAITING} entries wait already; see to it that mail gets out")]
    Full,
    /// A text too long to be sent.
    #[error("a text of a mail must have at most {LONGEST_TEXT} bytes")]
    TooLong,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The content could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// See [`NoRandomness`].
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The content could not be written.
    #[error("the content could not be written: {0}")]
    Content(#[from] serde_json::Error),
}

impl From<rusqlite::Error> for OutboxError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// What is sealed of a mail.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct MailContent {
    to: String,
    subject: String,
    text: String,
    html: Option<String>,
}

/// Puts something into the outbox, inside the transaction of what it tells of. Ring [`Context::bell`] once that is
/// committed; without, it goes out half a minute later.
pub fn put(cx: &Context, tx: &Transaction<'_>, parcel: &Parcel<'_>) -> Result<i64, OutboxError> {
    let now = cx.now();
    let recipient = recipient(cx, Channel::Mail, &parcel.to.folded());
    demand_room(tx, &recipient, MOST_FOR_ONE, now)?;
    if outbox::is_full(tx, MOST_WAITING)? {
        return Err(OutboxError::Full);
    }
    let Letter { subject, text, html } = parcel.letter;
    if [Some(text), html.as_ref()].into_iter().flatten().any(|text| text.len() > LONGEST_TEXT) {
        return Err(OutboxError::TooLong);
    }
    let content = MailContent {
        to: parcel.to.to_string(),
        subject: subject.clone(),
        text: text.to_string(),
        html: html.as_ref().map(|html| html.to_string()),
    };
    let plain = Zeroizing::new(serde_json::to_vec(&content)?);
    let row = row_name(&*cx.randomness)?;
    let epoch = match parcel.account {
        Some(account) if parcel.revocable => Some(accounts::epoch(tx, account)?),
        _ => None,
    };
    let new = New {
        row: &row,
        channel: Channel::Mail.as_str(),
        topic: parcel.topic,
        recipient: &recipient,
        account: parcel.account,
        epoch,
        content: &cx.sealer.seal(&outbox::place(&row), &plain, &*cx.randomness)?,
        now,
        expires_at: now + parcel.lives,
    };
    window::OUTBOX.count(tx, &[&recipient], now, now - WINDOW)?;
    Ok(outbox::insert(tx, &new)?)
}

/// Before [`put`] of what anybody may ask for, who has shown nothing of the recipient's account: takes a place of the share
/// that such mail has there. Counted for whoever is written to, so that it tells nobody apart.
pub fn take_share(cx: &Context, tx: &Transaction<'_>, to: &MailAddress) -> Result<(), OutboxError> {
    let now = cx.now();
    let share = mac::keyed_hash(&cx.keys.privacy, "outbox share of anybody", &[to.folded().as_bytes()]);
    demand_room(tx, &share, MOST_FOR_ANYBODY, now)?;
    Ok(window::OUTBOX.count(tx, &[&share], now, now - WINDOW)?)
}

fn demand_room(tx: &Transaction<'_>, whose: &Recipient, most: u32, now: Seconds) -> Result<(), OutboxError> {
    let (count, first) = window::OUTBOX.counted(tx, &[whose], now - WINDOW, now)?;
    if count >= most { Err(OutboxError::Enough((first + WINDOW - now).clamp(1, WINDOW))) } else { Ok(()) }
}

/// [`put`] in a transaction of its own, and off it goes.
pub fn send(cx: &Context, parcel: &Parcel<'_>) -> Result<i64, OutboxError> {
    let id = cx.store.durable(|tx| put(cx, tx, parcel))?;
    cx.bell.ring();
    Ok(id)
}

/// To whom an entry goes, for the owner; none once it has died, or when it does not open.
pub fn address(cx: &Context, entry: &Entry) -> Option<String> {
    opened(cx, entry).ok().flatten().map(|content| content.to.clone())
}

fn opened(cx: &Context, entry: &Entry) -> Result<Option<MailContent>, OutboxError> {
    let Some(sealed) = &entry.content else { return Ok(None) };
    let plain = cx.sealer.open(&outbox::place(&entry.row), sealed)?;
    Ok(Some(serde_json::from_slice(&plain)?))
}

/// Counting needs no address, only whether it is the same one.
fn recipient(cx: &Context, channel: Channel, address: &str) -> Recipient {
    mac::keyed_hash(&cx.keys.privacy, "outbox recipient", &[channel.as_str().as_bytes(), address.as_bytes()])
}
