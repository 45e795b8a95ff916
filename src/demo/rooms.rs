//! What answers: the miniature Jellyfin, the engine in front of it, the web client.

use std::net::IpAddr;
use std::sync::Arc;

use super::jellyfin::Jellyfin;
use super::mailbox::Mailbox;
use super::options::Options;
use super::waiting::Waiting;
use super::web_client::WebClient;
use crate::engine::Engine;

/// What every answer needs.
pub struct Rooms {
    pub jellyfin: Arc<Jellyfin>,
    pub engine: Arc<Engine>,
    pub web: WebClient,
    pub waiting: Waiting,
    pub mailbox: Arc<Mailbox>,
    pub base: String,
    pub known_proxies: Vec<IpAddr>,
}

impl Rooms {
    pub fn new(options: &Options, jellyfin: Arc<Jellyfin>, engine: Arc<Engine>) -> Self {
        Self {
            jellyfin,
            engine,
            waiting: Waiting::default(),
            mailbox: options.mailbox.clone(),
            web: WebClient::new(options.web.clone()),
            base: options.base.clone(),
            known_proxies: options.known_proxies.clone(),
        }
    }
}
