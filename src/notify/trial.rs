//! A mail that is sent at once, to see whether mail works. Everything else goes through a queue.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError, TryLockError};

use thiserror::Error;

use super::mail::{Letter, Mail, MailError, Stamp};
use super::mailer::{Failure, Mailer, Stop};
use super::outgoing::{NotSetUp, outgoing};
use crate::clock::Seconds;
use crate::context::Context;
use crate::settings::{MailAddress, Settings};

/// Trials in [`WINDOW`]: enough to get the settings right, too few to trouble anybody with.
pub const MOST: usize = 10;

/// Trials are counted over this time, in seconds.
pub const WINDOW: Seconds = 10 * 60;

/// How long to wait while another trial is under way.
const UNDER_WAY: Seconds = 5;

/// Why a trial failed.
#[derive(Debug, Error)]
pub enum TrialError {
    /// Something is missing.
    #[error(transparent)]
    NotSetUp(#[from] NotSetUp),
    /// Too many, or one is under way.
    #[error("wait {0} seconds before the next test mail")]
    Wait(Seconds),
    /// The mail could not be written.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// It could not be sent.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// When trials were made. One at a time: each holds a request for as long as a mail may take.
#[derive(Debug, Default)]
pub struct Trials(Mutex<VecDeque<Seconds>>);

impl Trials {
    /// Sends that letter with those settings, stored or not.
    pub fn send(
        &self,
        cx: &Context,
        mailer: &dyn Mailer,
        settings: &Settings,
        to: &MailAddress,
        letter: &Letter,
    ) -> Result<(), TrialError> {
        let mut made = match self.0.try_lock() {
            Ok(made) => made,
            Err(TryLockError::Poisoned(broken)) => PoisonError::into_inner(broken),
            Err(TryLockError::WouldBlock) => return Err(TrialError::Wait(UNDER_WAY)),
        };
        let outgoing = outgoing(cx, settings)?;
        let stamp = Stamp::new(cx.now(), &*cx.randomness).map_err(MailError::from)?;
        let mail = Mail::write(&outgoing.sender, to, letter, &stamp)?;
        let now = cx.now();
        // A clock that was set back must not keep anybody waiting for long.
        made.retain(|at| now - WINDOW < *at && *at <= now);
        if made.len() >= MOST {
            let oldest = made.front().copied().unwrap_or(now);
            return Err(TrialError::Wait((oldest + WINDOW - now).max(1)));
        }
        made.push_back(now);
        let sent = mailer.send(&outgoing.server, &mail, &Stop::default());
        mailer.rest();
        Ok(sent?)
    }
}
