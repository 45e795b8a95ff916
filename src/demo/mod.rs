//! A miniature Jellyfin with the whole product in front of it, for the demo, the story and the tests.
//!
//! It listens on loopback only, implements [`crate::host::Host`] and shapes its own API as Jellyfin 10.11 does.

pub mod authenticator;
pub mod cli;
pub mod jellyfin;
pub mod mailbox;
pub mod package;
pub mod rescue;
pub mod security_key;
pub mod story;
pub mod visitor;

mod api;
mod authorization;
mod book;
mod call;
mod clock;
mod failure;
mod host;
mod network;
mod options;
mod password;
mod passwords;
mod rooms;
mod route;
mod seed;
mod server;
mod shapes;
mod waiting;
mod web_client;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use crate::clock::Seconds;
use crate::engine::{Engine, Event, OpenOptions};
use crate::rescue::DATA_FOLDER;

use mailbox::Mailbox;
use rooms::Rooms;
use server::Server;

pub use clock::MovableClock;
pub use failure::StartError;
pub use jellyfin::Jellyfin;
pub use options::{Options, PASSWORD_ROUNDS};
pub use seed::{PEOPLE, Person};

/// A running demo. Dropping it stops it.
pub struct Demo {
    options: Options,
    folder: PathBuf,
    /// Taken away when the demo is dropped.
    _temporary: Option<TempDir>,
    server: Option<Server>,
    running: Option<Running>,
}

struct Running {
    engine: Arc<Engine>,
    jellyfin: Arc<Jellyfin>,
}

impl Demo {
    /// Starts server, host and engine in this process.
    pub fn start(options: Options) -> Result<Self, StartError> {
        if !(options.base.is_empty() || options.base.starts_with('/') && !options.base.ends_with('/')) {
            return Err(StartError::Base(options.base));
        }
        let temporary = if options.data.is_none() { Some(TempDir::with_prefix("jellyward-")?) } else { None };
        let folder = match (&options.data, &temporary) {
            (Some(folder), _) => folder.clone(),
            (None, Some(temporary)) => temporary.path().to_owned(),
            (None, None) => PathBuf::new(),
        };
        let mut demo = Self { options, folder, _temporary: temporary, server: None, running: None };
        demo.begin()?;
        Ok(demo)
    }

    fn begin(&mut self) -> Result<(), StartError> {
        let server = match self.server.take() {
            Some(server) => server,
            None => Server::listen(self.options.port)?,
        };
        // A restart keeps the address, as a real server would.
        self.options.port = server.port();
        let server = self.server.insert(server);
        let options = &self.options;
        let jellyfin = Arc::new(Jellyfin::open(&self.folder, options)?);
        let engine = Arc::new(Engine::open(
            OpenOptions {
                data: self.folder.join(DATA_FOLDER),
                server_id: jellyfin.server_id(),
                armed: jellyfin.armed(),
            },
            jellyfin.clone(),
            options.clock.clone(),
            options.randomness.clone(),
            options.mailbox.clone(),
        )?);
        engine.event(&Event::ServerStarted);
        server.open(Rooms::new(options, jellyfin.clone(), engine.clone()));
        self.running = Some(Running { engine, jellyfin });
        if self.options.seed {
            seed::people(&self.address(), self.host(), options.clock.now())?;
        }
        Ok(())
    }

    /// `http://127.0.0.1:<port><base>`, without a slash at the end.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.options.port, self.options.base)
    }

    /// The miniature Jellyfin.
    ///
    /// # Panics
    /// After [`Demo::stop`].
    pub fn host(&self) -> &Jellyfin {
        match &self.running {
            Some(running) => &running.jellyfin,
            None => panic!("the demo is stopped"),
        }
    }

    /// The engine in front of it.
    ///
    /// # Panics
    /// After [`Demo::stop`].
    pub fn engine(&self) -> &Engine {
        match &self.running {
            Some(running) => &running.engine,
            None => panic!("the demo is stopped"),
        }
    }

    /// What would have been sent.
    pub fn mailbox(&self) -> &Mailbox {
        &self.options.mailbox
    }

    /// Where everything is kept; the engine's own folder is [`DATA_FOLDER`] below.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The code that a person's authenticator shows now. None: no authenticator was set up through the demo.
    pub fn live_code(&self, name: &str) -> Option<String> {
        self.code_at(name, self.options.clock.now())
    }

    /// The code that a person's authenticator shows at `now`.
    pub fn code_at(&self, name: &str, now: Seconds) -> Option<String> {
        authenticator::code(&self.host().authenticator(name)?, now)
    }

    /// Stops and starts again on the same data and address, as Jellyfin's own restart does.
    pub fn restart(&mut self) -> Result<(), StartError> {
        if let Some(server) = &self.server {
            server.close();
        }
        self.running = None;
        self.begin()
    }

    /// Stops: no request is served after this, the store is closed.
    pub fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
        self.running = None;
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests;
