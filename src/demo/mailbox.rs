//! A mailbox for everybody: keeps what would have been sent.

pub(super) mod page;
mod reading;

use std::sync::{Mutex, PoisonError};

use crate::notify::mail::Mail;
use crate::notify::mail_server::Server;
use crate::notify::mailer::{Failure, Mailer, Stop};

pub use reading::Reading;

/// Mails kept; older ones are thrown away.
const MOST: usize = 200;

/// One mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Counted from 1.
    pub number: usize,
    /// From whom.
    pub from: String,
    /// To whom.
    pub to: String,
    /// All of it, headers first.
    pub text: String,
}

/// Takes mail for everybody, and sends nothing.
#[derive(Debug, Default)]
pub struct Mailbox(Mutex<Vec<Delivered>>);

impl Mailbox {
    /// What came, the oldest first.
    pub fn mails(&self) -> Vec<Delivered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What came to that address, as its reader sees it; the oldest first.
    pub fn to(&self, address: &str) -> Vec<Reading> {
        let mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mails.iter().filter(|mail| mail.to == address).map(|mail| Reading::of(&mail.text)).collect()
    }
}

impl Mailer for Mailbox {
    fn send(&self, _server: &Server, mail: &Mail, _stop: &Stop) -> Result<(), Failure> {
        let mut mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = mails.last().map_or(1, |last| last.number + 1);
        mails.push(Delivered {
            number,
            from: mail.from.to_string(),
            to: mail.to.to_string(),
            text: String::from_utf8_lossy(mail.bytes()).into_owned(),
        });
        let too_many = mails.len().saturating_sub(MOST);
        mails.drain(..too_many);
        Ok(())
    }
}
