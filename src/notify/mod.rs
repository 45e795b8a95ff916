//! Telling people something outside of Jellyfin: mail now.
//!
//! `mail` is what is sent, `mailer` whoever carries it, `smtp` the one that does so in earnest, `outgoing` what the
//! owner has settled about it. `trial` shows whether that works.

pub mod mail;
pub mod mailer;
pub mod outgoing;
pub mod smtp;
pub mod trial;

use std::sync::Arc;

use mailer::Mailer;
use trial::Trials;

/// Where everything leaves.
pub struct PostOffice {
    /// Carries mail.
    pub mailer: Arc<dyn Mailer>,
    /// Mails sent to see whether it works.
    pub trials: Trials,
}

impl PostOffice {
    /// With somebody to carry mail.
    pub fn new(mailer: Arc<dyn Mailer>) -> Self {
        Self { mailer, trials: Trials::default() }
    }
}
