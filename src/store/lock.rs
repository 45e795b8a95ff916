//! One owner. The lock lies on a file of its own: SQLite's locks do not exclude a second opener in the same process.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::Path;

use super::corruption::StoreError;

/// The lock file's name inside the data folder.
const LOCK_FILE: &str = "owner.lock";

/// Held for as long as the store is open; the system drops it when the process dies.
pub struct OwnerLock {
    _file: File,
}

impl OwnerLock {
    /// Creates `folder` (mode 0700) if need be and takes the lock, or says that somebody has it.
    pub fn take(folder: &Path) -> Result<Self, StoreError> {
        create_private(folder)?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK_FILE))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Locked),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

#[cfg(unix)]
fn create_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_private(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}
