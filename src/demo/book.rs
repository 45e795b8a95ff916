//! What the miniature Jellyfin keeps in its folder: one JSON file, written whole.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::clock::Seconds;
use crate::host::AccountId;

/// The file's name.
pub const FILE: &str = "jellyfin.json";

/// Everything that outlives a restart.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Book {
    pub server_id: String,
    pub armed: bool,
    pub users: Vec<User>,
    pub devices: Vec<Device>,
    pub keys: Vec<ApiKey>,
    /// The secrets in the people's authenticator apps, base32, by folded name: the demo plays their phones too.
    pub authenticators: BTreeMap<String, String>,
    /// What the people wrote down at enrolment.
    pub recovery_codes: BTreeMap<String, Vec<String>>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct User {
    pub id: AccountId,
    pub name: String,
    /// None: Jellyfin lets an empty password in.
    pub password: Option<String>,
    pub administrator: bool,
    pub disabled: bool,
    pub remote_allowed: bool,
    pub in_schedule: bool,
}

/// One device row: the token is the session's credential.
#[derive(Clone, Serialize, Deserialize)]
pub struct Device {
    pub token: String,
    pub user: AccountId,
    pub app: String,
    pub version: String,
    pub device_id: String,
    pub device_name: String,
    pub created: Seconds,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct ApiKey {
    pub token: String,
    pub app: String,
    pub created: Seconds,
}

/// Reads the book; an empty one where there is none.
pub fn read(folder: &Path) -> io::Result<Book> {
    fs::create_dir_all(folder)?;
    match File::open(folder.join(FILE)) {
        Ok(file) => serde_json::from_reader(file).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Book::default()),
        Err(error) => Err(error),
    }
}

/// Writes the book, readable by its owner alone.
pub fn write(folder: &Path, book: &Book) -> io::Result<()> {
    let fresh = folder.join("jellyfin.json.new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    serde_json::to_writer_pretty(&mut file, book)?;
    file.flush()?;
    fs::rename(fresh, folder.join(FILE))
}
