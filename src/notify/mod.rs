//! Telling people something outside of Jellyfin: mail now.
//!
//! `mail` is what is sent, `mail_server` where to, `mailer` whoever carries it, `smtp` the one that does so in earnest,
//! `outgoing` what the owner has settled about it. `trial` shows whether that works; everything else goes through the
//! `outbox`. `alerts` warns people of what happened to their accounts.

pub mod addresses;
pub mod alerts;
pub mod mail;
pub mod mail_server;
pub mod mailer;
pub mod message;
pub mod outbox;
pub mod outgoing;
pub mod smtp;
pub mod trial;

use std::io;
use std::sync::Arc;

use crate::context::Context;
use mailer::Mailer;
use message::previews::Previews;
use outbox::Worker;
use trial::Trials;

/// Where everything leaves.
pub struct PostOffice {
    /// Carries mail.
    pub mailer: Arc<dyn Mailer>,
    /// Mails sent to see whether it works.
    pub trials: Trials,
    /// Messages an administrator looks at before they are kept.
    pub previews: Previews,
    /// Empties the outbox.
    pub worker: Worker,
}

impl PostOffice {
    /// Opens, with somebody to carry mail. Whatever was left in the outbox goes out.
    pub fn open(cx: &Arc<Context>, mailer: Arc<dyn Mailer>) -> io::Result<Self> {
        let worker = Worker::start(cx, &mailer)?;
        Ok(Self { mailer, trials: Trials::default(), previews: Previews::default(), worker })
    }
}
