//! Why the demo did not start.

use crate::engine::OpenError;
use crate::host::HostError;

/// Why the demo did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The engine did not open.
    #[error("the engine did not open: {0}")]
    Engine(#[from] OpenError),
    /// A file or folder of the demo.
    #[error("the demo's folder cannot be used: {0}")]
    Folder(#[from] std::io::Error),
    /// The address is taken, most likely.
    #[error("cannot listen on 127.0.0.1:{port}: {reason}")]
    Listen {
        /// Where.
        port: u16,
        /// The system's word.
        reason: String,
    },
    /// The base URL is not usable.
    #[error("the base URL must be empty or like /jf, got {0:?}")]
    Base(String),
    /// The miniature Jellyfin itself.
    #[error("the demo's jellyfin could not be set up: {0}")]
    Host(#[from] HostError),
    /// Alice's factor could not be enrolled over HTTP.
    #[error("the demo's people could not be set up: {0}")]
    Seed(String),
}
