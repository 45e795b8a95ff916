//! Break glass: a file beside the store that gives the machine's owner the stock login back, without our library.
//!
//! The plugin reads these files itself, so that it works when this library cannot even load; the names reach it as
//! generated constants. The unlock file must hold the value of the rescue file, which only the owner can read.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::clock::{Randomness, Seconds};
use crate::crypto::token::Token;

/// Our folder below Jellyfin's data path.
pub const DATA_FOLDER: &str = "jellyward";
/// Holds a value only the machine's owner can read; made once, mode 0600.
pub const RESCUE_ID_FILE: &str = "rescue-id";
/// `cp rescue-id unlock`: stock logins for [`UNLOCK_MINUTES`].
pub const UNLOCK_FILE: &str = "unlock";
/// How long an unlock file works, in minutes.
pub const UNLOCK_MINUTES: u32 = 60;

/// What a used unlock file's name begins with; the time of its use follows.
pub const USED_UNLOCK_FILE: &str = "unlock.used-";
/// How that time is written, in UTC and in .NET's letters: such times are in order as texts, too.
pub const USED_UNLOCK_TIME: &str = "yyyyMMddHHmmss";
/// Used unlock files told of at once; more is somebody's rubbish.
const MOST_USED: usize = 20;

/// When unlock files were used after `last`, as their names say, the earliest first. The plugin
/// opens the door without this library, so what happened is read off the folder afterwards.
pub fn used_after(folder: &Path, last: &str) -> std::io::Result<Vec<String>> {
    let mut used: Vec<String> = std::fs::read_dir(folder)?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_prefix(USED_UNLOCK_FILE).map(str::to_owned))
        .filter(|time| time.as_str() > last && time.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    used.sort();
    used.truncate(MOST_USED);
    Ok(used)
}

/// Was an unlock file used within the last [`UNLOCK_MINUTES`]? Then the machine's owner has the door open, and the plugin asks
/// for the password alone.
pub fn is_unlocked(folder: &Path, now: Seconds) -> bool {
    let named = |at: Seconds| Some(jiff::Timestamp::from_second(at).ok()?.strftime("%Y%m%d%H%M%S").to_string());
    let (Some(begin), Some(now)) = (named(now - Seconds::from(UNLOCK_MINUTES) * 60), named(now)) else { return false };
    used_after(folder, &begin).is_ok_and(|used| used.iter().any(|time| *time <= now))
}

/// Makes the rescue file where there is none.
pub fn prepare(folder: &Path, randomness: &dyn Randomness) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(folder.join(RESCUE_ID_FILE)) {
        Ok(mut file) => {
            let value = Token::generate(randomness).map_err(std::io::Error::other)?;
            file.write_all(value.as_str().as_bytes())?;
            file.sync_all()
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}
