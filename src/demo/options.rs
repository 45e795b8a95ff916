//! How to start a demo.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use super::mailbox::Mailbox;
use crate::clock::{Clock, Randomness, SystemClock, SystemRandomness};

/// Jellyfin's own default (`Rfc2898DeriveBytes`, 10.11).
pub const PASSWORD_ROUNDS: u32 = 210_000;

/// How to start a demo.
#[derive(Clone)]
pub struct Options {
    /// Where everything is kept; none: a temporary folder that goes with the demo.
    pub data: Option<PathBuf>,
    /// The port on 127.0.0.1; 0: any free one.
    pub port: u16,
    /// Jellyfin's base URL, for instance `/jf`; empty: none.
    pub base: String,
    /// A built jellyfin-web to serve; none: the small page that comes with the demo.
    pub web: Option<PathBuf>,
    /// Jellyfin's `KnownProxies`: when not empty, `X-Forwarded-For` and `-Proto` of these peers count.
    pub known_proxies: Vec<IpAddr>,
    /// Tells the engine and the demo the time.
    pub clock: Arc<dyn Clock>,
    /// Makes the secrets of both.
    pub randomness: Arc<dyn Randomness>,
    /// Takes all mail; none leaves the machine.
    pub mailbox: Arc<Mailbox>,
    /// Rounds of a stored password; fewer make tests quicker.
    pub password_rounds: u32,
    /// Put `admin`, `alice` and `bob` in when there is nobody.
    pub seed: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            data: None,
            port: 0,
            base: String::new(),
            web: None,
            known_proxies: Vec::new(),
            clock: Arc::new(SystemClock),
            randomness: Arc::new(SystemRandomness),
            mailbox: Arc::default(),
            password_rounds: PASSWORD_ROUNDS,
            seed: true,
        }
    }
}
