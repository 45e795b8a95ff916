//! HTML that an administrator looks at before it is kept.
//!
//! A mail's styles stand in its markup, which our pages' policy refuses, and a frame made of a text inherits that
//! policy. So the frame gets an address of its own, hard to guess, for a few minutes. There is nothing but samples in
//! it: the administrator's own name is the only thing of this server's.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use data_encoding::HEXLOWER;

use crate::clock::{NoRandomness, Seconds};
use crate::context::Context;

/// Previews kept at once; the oldest gives way.
const MOST: usize = 16;

/// How long one is kept, in seconds.
const LIVES: Seconds = 10 * 60;

/// Random bytes of a ticket.
const TICKET_BYTES: usize = 16;

struct Preview {
    ticket: String,
    made_at: Seconds,
    html: String,
}

/// Previews that may still be looked at.
#[derive(Default)]
pub struct Previews(Mutex<VecDeque<Preview>>);

impl Previews {
    /// Keeps a document; gives the ticket by which it is found.
    pub fn keep(&self, cx: &Context, html: String) -> Result<String, NoRandomness> {
        let mut ticket = [0; TICKET_BYTES];
        cx.randomness.fill(&mut ticket)?;
        let ticket = HEXLOWER.encode(&ticket);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(MOST - 1);
        kept.push_front(Preview { ticket: ticket.clone(), made_at: cx.now(), html });
        Ok(ticket)
    }

    /// The document of that ticket.
    pub fn find(&self, ticket: &str, now: Seconds) -> Option<String> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| (one.made_at..one.made_at + LIVES).contains(&now));
        kept.iter().find(|one| one.ticket == ticket).map(|one| one.html.clone())
    }
}
