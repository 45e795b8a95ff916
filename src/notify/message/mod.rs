//! What is told to people, and in which words: one kind of message for each occasion.
//!
//! `kind` lists the occasions and what is known at each, `defaults` holds our words, `custom` the owner's; `template`
//! fills either in within the limits that `scan` sets, and `letter` makes the mail of it, with `html` beside the text.
//!
//! A code stands at the start of the text, where a phone's notification shows it, and never in the subject: mail
//! servers write subjects into their logs, and phones show them even where they hide the text of a mail while locked.

pub mod custom;
pub mod defaults;
mod describe;
mod html;
mod kind;
pub mod letter;
pub mod previews;
mod scan;
pub mod template;

use rusqlite::Transaction;
use thiserror::Error;

use super::mail::Letter;
use super::outbox::{self, OutboxError, Parcel};
use crate::clock::Seconds;
use crate::context::Context;
use crate::host::AccountId;
use crate::settings::MailAddress;
use crate::store::StoreError;

pub use describe::{markdown, message_ids};
pub use kind::{Kind, Variable};
use letter::Values;
use template::Flaw;

/// A message to one user.
pub struct Message<'a> {
    /// On what occasion.
    pub kind: Kind,
    /// The user's name, as Jellyfin spells it.
    pub user: &'a str,
    /// The occasion's variables.
    pub values: &'a [(Variable, &'a str)],
}

/// To whom a message goes, and for how long.
pub struct Delivery<'a> {
    /// Where to.
    pub to: &'a MailAddress,
    /// Whom it concerns.
    pub account: &'a AccountId,
    /// It rests on the account's present revocation epoch: a code or a link, not a warning.
    pub revocable: bool,
    /// For how long it may be told, in seconds.
    pub lives: Seconds,
}

/// Why nothing was put into the outbox.
#[derive(Debug, Error)]
pub enum MessageError {
    /// See [`OutboxError`].
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// Not even our own words could be filled in.
    #[error("a message could not be written: {0}")]
    Words(#[from] Flaw),
}

impl From<StoreError> for MessageError {
    fn from(error: StoreError) -> Self {
        OutboxError::from(error).into()
    }
}

/// Puts a message into the outbox, inside the transaction of what it tells of. Ring [`Context::bell`] once that is
/// committed.
pub fn put(
    cx: &Context,
    tx: &Transaction<'_>,
    message: &Message<'_>,
    delivery: &Delivery<'_>,
) -> Result<i64, MessageError> {
    let letter = letter(cx, tx, message)?;
    let parcel = Parcel {
        topic: message.kind.as_str(),
        to: delivery.to,
        letter: &letter,
        account: Some(delivery.account),
        revocable: delivery.revocable,
        lives: delivery.lives,
    };
    Ok(outbox::put(cx, tx, &parcel)?)
}

/// A lifetime as it stands in a message.
pub fn minutes(lifetime: Seconds) -> String {
    (lifetime / 60).to_string()
}

fn letter(cx: &Context, tx: &Transaction<'_>, message: &Message<'_>) -> Result<Letter, Flaw> {
    let settings = cx.settings();
    let language = custom::language(&settings);
    let values = Values::new(message.kind, message.user, &custom::server(&settings), message.values, language);
    custom::written(cx, tx, message.kind, &values, language)
}

#[cfg(test)]
mod tests;
