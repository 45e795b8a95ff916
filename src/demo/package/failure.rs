//! Why nothing was packed.

use std::io;
use std::path::PathBuf;

/// Why nothing was packed.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// A part or the folder.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// A part is not what it should be.
    #[error("{path} is not {expected}")]
    Part {
        /// Which.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
    },
    /// A build command failed.
    #[error("`{command}` failed: {reason}")]
    Build {
        /// What was run.
        command: String,
        /// How it ended.
        reason: String,
    },
    /// Jellyfin installs nothing, and says nothing, unless the address ends in `.zip`.
    #[error("the source address must end in .zip or in /, got {0}")]
    SourceUrl(String),
    /// The archive itself.
    #[error("the zip could not be written: {0}")]
    Zip(#[from] zip::result::ZipError),
}
