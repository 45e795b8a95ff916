//! The stories. Those of one file share a server: it admits two password checks at once, so they go one by one.

use std::sync::{Mutex, MutexGuard, OnceLock};

use super::installation::{Installation, skip};
use super::server::{Plan, Server};

mod stock;

/// A server without the plugin, for as long as one story runs.
fn bare(story: &str) -> Option<Server> {
    let installation = find(story)?;
    Some(Server::start(Plan { installation, plugins: Vec::new(), base_url: String::new() }))
}

fn find(story: &str) -> Option<Installation> {
    let found = Installation::find();
    if found.is_none() {
        skip(story, "no Jellyfin server; set JELLYFIN_SERVER and JELLYFIN_WEB");
    }
    found
}
