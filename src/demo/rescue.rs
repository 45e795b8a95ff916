//! `jellyward rescue`: lets the machine's owner back in, without plugin and without web.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::rescue::{RESCUE_ID_FILE, UNLOCK_FILE, UNLOCK_MINUTES};

/// Why nobody was rescued.
#[derive(Debug, thiserror::Error)]
pub enum RescueError {
    /// Not the engine's folder.
    #[error("{0} holds no {RESCUE_ID_FILE}: give the folder where jellyward keeps its data")]
    NoRescueId(PathBuf),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
}

/// Puts the unlock file in place: stock logins for [`UNLOCK_MINUTES`], once.
pub fn unlock(data: &Path, out: &mut dyn Write) -> Result<(), RescueError> {
    let rescue_id = data.join(RESCUE_ID_FILE);
    let unlock = data.join(UNLOCK_FILE);
    let value = match fs::read(&rescue_id) {
        Ok(value) => value,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(RescueError::NoRescueId(data.to_owned()));
        }
        Err(source) => return Err(RescueError::File { path: rescue_id, source }),
    };
    let failed = |source| RescueError::File { path: unlock.clone(), source };
    let fresh = data.join(format!("{UNLOCK_FILE}.new"));
    write_private(&fresh, &value).map_err(failed)?;
    fs::rename(&fresh, &unlock).map_err(failed)?;
    writeln!(
        out,
        "{} is in place: from the next sign-in on, a password alone is enough for {UNLOCK_MINUTES} minutes, once.",
        unlock.display()
    )
    .map_err(failed)
}

/// The plugin accepts no file that others could have written, and no link.
fn write_private(path: &Path, value: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(value)?;
    file.sync_all()
}
