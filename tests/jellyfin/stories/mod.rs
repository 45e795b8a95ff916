//! The stories. Most share one server and take turns: it admits two password checks at once.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::installation::{Installation, report, skip};
use super::server::{Plan, Server};
use super::visitor::Visitor;

mod client_pages;
mod cost;
mod doors;
mod forgotten;
mod in_browser;
mod lifecycle;
mod limits;
mod page;
mod refusals;
mod restored;
mod routes;
mod sessions;
mod sign_in;
mod step_up;
mod stock;
mod trusted_browser;

/// The shared server, for as long as one story runs.
struct Turn {
    server: MutexGuard<'static, Server>,
    administrator: Visitor,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if std::thread::panicking() {
            report(&format!("the server complained of:\n{}", self.server.complaints()));
        }
    }
}

/// A turn on the server with the plugin that the stories share. None, and said loudly, where there is no server.
fn turn(story: &str) -> Option<Turn> {
    static SERVER: OnceLock<Mutex<Server>> = OnceLock::new();
    let installation = find(story)?;
    let server = SERVER.get_or_init(|| Mutex::new(with_plugin(installation, "")));
    let server = server.lock().unwrap_or_else(PoisonError::into_inner);
    let administrator = server.administrator();
    Some(Turn { server, administrator })
}

/// A server of the story's own.
fn with_plugin(installation: Installation, base_url: &str) -> Server {
    Server::start(Plan { installation, gated: true, base_url: base_url.into() })
}

/// A server of the story's own, without the plugin.
fn bare(installation: Installation) -> Server {
    Server::start(Plan { installation, gated: false, base_url: String::new() })
}

fn find(story: &str) -> Option<Installation> {
    let found = Installation::find();
    if found.is_none() {
        skip(story, "no Jellyfin server; set JELLYFIN_SERVER and JELLYFIN_WEB");
    }
    found
}
