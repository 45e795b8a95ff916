//! The master key, and the keys derived from it.
//!
//! It comes from the environment, from a secret file the environment names, or from a file of its own beside the
//! store. Only that last one is ever made by us: once, and never while a store exists that needs the old one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::clock::{NoRandomness, Randomness};

/// Bytes of a master key and of each key derived from it.
pub const KEY_BYTES: usize = 32;
/// The key file's name inside the data folder.
pub const KEY_FILE: &str = "master.key";
/// Environment variable that holds the key itself: 64 hexadecimal digits, or base64.
pub const KEY_VARIABLE: &str = "JELLYWARD_MASTER_KEY";
/// Environment variable that names a file which holds the key, for instance a mounted container secret.
pub const KEY_FILE_VARIABLE: &str = "JELLYWARD_MASTER_KEY_FILE";

/// A key file is one line; more than this is something else.
const LONGEST_FILE: u64 = 1024;

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A store exists and its key does not.
    #[error("{} is missing, but a store exists that was sealed with it: restore the key file from a backup, or move the store away to begin anew", .0.display())]
    Missing(PathBuf),
    /// Others than the owner may read the key.
    #[error("{} can be read by other users (mode {mode:03o}): run `chmod 600` on it", path.display())]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// What was found is not a key.
    #[error("{0} does not hold a master key: expected 64 hexadecimal digits, or base64 of 32 bytes")]
    Malformed(String),
    /// The file could not be read or written.
    #[error("cannot use {}: {error}; make it readable and writable for the user the server runs as", path.display())]
    Io {
        /// The key file or its folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A new key could not be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// The one secret everything sealed or keyed goes back to.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; KEY_BYTES]);

/// A key for one purpose.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct DerivedKey([u8; KEY_BYTES]);

impl MasterKey {
    /// Reads the key from the environment or from `folder`, or makes the key file where there is no store yet.
    ///
    /// `folder` must exist. `store_exists`: whether it holds a store that an earlier key has sealed.
    pub fn load(folder: &Path, store_exists: bool, randomness: &dyn Randomness) -> Result<Self, KeyError> {
        // A value that is no text is not a key; it must not count as absent.
        let environment = |name: &str| Some(std::env::var_os(name)?.to_string_lossy().into_owned());
        Self::load_with(&environment, folder, store_exists, randomness)
    }

    /// [`MasterKey::load`] with the environment given.
    pub fn load_with(
        environment: &dyn Fn(&str) -> Option<String>,
        folder: &Path,
        store_exists: bool,
        randomness: &dyn Randomness,
    ) -> Result<Self, KeyError> {
        if let Some(text) = environment(KEY_VARIABLE).map(Zeroizing::new) {
            return Self::parse(&text).ok_or_else(|| KeyError::Malformed(KEY_VARIABLE.to_owned()));
        }
        if let Some(path) = environment(KEY_FILE_VARIABLE) {
            // Container secrets are mounted readable for all; who mounts them decides.
            return Self::read(Path::new(&path), Readers::Anyone);
        }
        let path = folder.join(KEY_FILE);
        match Self::read(&path, Readers::OwnerOnly) {
            Err(KeyError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
                if store_exists {
                    return Err(KeyError::Missing(path));
                }
                Self::create(folder, &path, randomness)
            }
            outcome => outcome,
        }
    }

    /// A key whose bytes are known, for tests and for hosts that keep keys elsewhere.
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The same key once more, for a part that derives keys as they are needed.
    pub(crate) fn copy(&self) -> Self {
        Self(self.0)
    }

    /// The key for one purpose: HKDF-SHA256 (RFC 5869) without salt, the purpose as info.
    pub fn derive(&self, purpose: &str) -> DerivedKey {
        let mut derived = DerivedKey([0; KEY_BYTES]);
        if Hkdf::<Sha256>::new(None, &self.0).expand(purpose.as_bytes(), &mut derived.0).is_err() {
            unreachable!("HKDF-SHA256 gives up to 8160 bytes");
        }
        derived
    }

    /// Kept in the store to tell a wrong key from damage. Says nothing about the key.
    pub fn check_value(&self) -> [u8; KEY_BYTES] {
        self.derive("check value").0
    }

    fn read(path: &Path, readers: Readers) -> Result<Self, KeyError> {
        let io = |error| KeyError::Io { path: path.to_owned(), error };
        let file = File::open(path).map_err(io)?;
        if readers == Readers::OwnerOnly {
            refuse_exposed(&file, path)?;
        }
        let mut text = Zeroizing::new(String::with_capacity(LONGEST_FILE as usize));
        let malformed = || KeyError::Malformed(path.display().to_string());
        match file.take(LONGEST_FILE).read_to_string(&mut text) {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(malformed()),
            outcome => outcome.map_err(io)?,
        };
        Self::parse(&text).ok_or_else(malformed)
    }

    fn create(folder: &Path, path: &Path, randomness: &dyn Randomness) -> Result<Self, KeyError> {
        let io = |error| KeyError::Io { path: path.to_owned(), error };
        let mut key = Self([0; KEY_BYTES]);
        randomness.fill(&mut key.0)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(io)?;
        let mut line = Zeroizing::new(HEXLOWER.encode(&key.0));
        line.push('\n');
        if let Err(error) = file.write_all(line.as_bytes()).and_then(|()| file.sync_all()) {
            // Half a key is worse than none: with none, the next start makes one.
            let _ = fs::remove_file(path);
            return Err(io(error));
        }
        sync_folder(folder).map_err(io)?;
        Ok(key)
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().as_bytes();
        [HEXLOWER_PERMISSIVE, BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD].iter().find_map(|form| {
            let bytes = Zeroizing::new(form.decode(text).ok()?);
            bytes.as_slice().try_into().map(Self).ok()
        })
    }
}

impl DerivedKey {
    /// A key whose bytes are known.
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

/// Who may be able to read a key file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    OwnerOnly,
    Anyone,
}

#[cfg(unix)]
fn refuse_exposed(file: &File, path: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt;
    let metadata = file.metadata().map_err(|error| KeyError::Io { path: path.to_owned(), error })?;
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed { path: path.to_owned(), mode });
    }
    Ok(())
}

/// Elsewhere the folder's access list decides.
#[cfg(not(unix))]
fn refuse_exposed(_: &File, _: &Path) -> Result<(), KeyError> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Folders cannot be opened elsewhere.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests;
