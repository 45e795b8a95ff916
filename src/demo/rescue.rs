//! `jellyward rescue`: lets the machine's owner back in, without plugin and without web. Works on the files beside a
//! running server as well as on those of a stopped one.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::audit::Kind;
use crate::clock::{Clock, Seconds, SystemClock};
use crate::host::AccountId;
use crate::rescue::{RESCUE_ID_FILE, UNLOCK_FILE, UNLOCK_MINUTES};
use crate::settings::keys;
use crate::store::{Store, StoreError, accounts, challenges, enrolments, events, factors, meta};

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Say who is protected.
    Status,
    /// Stock logins for a while.
    Unlock,
    /// Take a user's factors and recovery codes away.
    RemoveFactors(AccountId),
    /// Ask nobody for a factor.
    Off,
}

/// Why nobody was rescued.
#[derive(Debug, thiserror::Error)]
pub enum RescueError {
    /// Not the engine's folder.
    #[error("{folder} holds no {file}: give the folder where jellyward keeps its data")]
    WrongFolder {
        /// What was given.
        folder: PathBuf,
        /// What should lie there.
        file: &'static str,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody reads what is written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Does it, and says what was done.
pub fn perform(data: &Path, action: &Action, out: &mut dyn Write) -> Result<(), RescueError> {
    match action {
        Action::Status => status(data, out),
        Action::Unlock => unlock(data, out),
        Action::RemoveFactors(user) => remove_factors(data, user, out),
        Action::Off => off(data, out),
    }
}

fn status(data: &Path, out: &mut dyn Write) -> Result<(), RescueError> {
    let store = open(data)?;
    let (settings, armed) =
        store.read(|tx| Ok::<_, StoreError>((meta::settings(tx)?, meta::number(tx, meta::ARMED)? != 0)))?;
    let protected = store.read(|tx| {
        let counted = factors::protected(tx)?.into_iter();
        counted.map(|(id, count)| Ok((id, count, factors::recovery_codes_left(tx, &id)?))).collect()
    });
    let protected: Vec<(AccountId, i64, i64)> = protected.map_err(|error: StoreError| error)?;
    let stored = |key: &str| settings.iter().find(|(name, _)| name == key).map(|(_, json)| json.as_str());
    let off = stored(keys::GATE_ENABLED.key) == Some("false");

    writeln!(out, "{}", store.path().display())?;
    writeln!(out, "second factors are {}", if off { "switched off" } else { "asked for" })?;
    let usual = serde_json::to_string(&(keys::POLICY_REQUIRED.default)()).map_err(io::Error::other)?;
    writeln!(out, "required of: {}", stored(keys::POLICY_REQUIRED.key).unwrap_or(&usual).trim_matches('"'))?;
    writeln!(out, "without this store everybody is {}", if armed { "refused" } else { "let in by password" })?;
    if data.join(UNLOCK_FILE).exists() {
        writeln!(out, "the unlock file is in place and not used yet")?;
    }
    writeln!(out, "{} account(s) with a second factor", protected.len())?;
    for (id, factors, codes) in protected {
        writeln!(out, "  {id}  {factors} factor(s), {codes} recovery code(s) left")?;
    }
    Ok(())
}

/// A fresh account: the password alone gets in, and may enrol again.
fn remove_factors(data: &Path, user: &AccountId, out: &mut dyn Write) -> Result<(), RescueError> {
    let now = SystemClock.now();
    let removed = open(data)?.durable(|tx| {
        let removed = factors::remove_all(tx, user, &[])?;
        factors::replace_recovery_codes(tx, user, &[])?;
        challenges::end_all(tx, user)?;
        enrolments::end(tx, user)?;
        accounts::start_over(tx, user, now)?;
        events::insert(tx, &event(Kind::FactorRemoved, Some(*user), now), Seconds::MIN)?;
        Ok::<_, StoreError>(removed)
    })?;
    writeln!(out, "{removed} factor(s) of {user} removed; the password alone is enough until one is set up again.")?;
    Ok(())
}

/// The master switch. An owner fixing it by file or environment overrides this.
fn off(data: &Path, out: &mut dyn Write) -> Result<(), RescueError> {
    let now = SystemClock.now();
    open(data)?.durable(|tx| {
        meta::set_setting(tx, keys::GATE_ENABLED.key, "false")?;
        meta::set_number(tx, meta::SETTINGS_REVISION, meta::number(tx, meta::SETTINGS_REVISION)? + 1)?;
        meta::set_number(tx, meta::POLICY_EPOCH, meta::number(tx, meta::POLICY_EPOCH)? + 1)?;
        events::insert(tx, &event(Kind::SettingsChanged, None, now), Seconds::MIN)
    })?;
    writeln!(out, "Second factors are switched off for everybody, from the next sign-in on.")?;
    writeln!(out, "Switch them on again on the dashboard ({}).", keys::GATE_ENABLED.key)?;
    Ok(())
}

fn event(kind: Kind, account: Option<AccountId>, at: Seconds) -> events::Event {
    events::Event {
        at,
        kind: kind.as_str().to_owned(),
        account,
        actor: None,
        address: None,
        detail: Some("rescue".to_owned()),
    }
}

fn open(data: &Path) -> Result<Store, RescueError> {
    if Store::exists(data) {
        return Ok(Store::beside(data)?);
    }
    Err(RescueError::WrongFolder { folder: data.to_owned(), file: crate::store::STORE_FILE })
}

/// Puts the unlock file in place. The plugin itself reads it, with no library and no store.
fn unlock(data: &Path, out: &mut dyn Write) -> Result<(), RescueError> {
    let rescue_id = data.join(RESCUE_ID_FILE);
    let unlock = data.join(UNLOCK_FILE);
    let value = match fs::read(&rescue_id) {
        Ok(value) => value,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(RescueError::WrongFolder { folder: data.to_owned(), file: RESCUE_ID_FILE });
        }
        Err(source) => return Err(RescueError::File { path: rescue_id, source }),
    };
    let fresh = data.join(format!("{UNLOCK_FILE}.new"));
    write_private(&fresh, &value)
        .and_then(|()| fs::rename(&fresh, &unlock))
        .map_err(|source| RescueError::File { path: unlock.clone(), source })?;
    writeln!(
        out,
        "{} is in place: from the next sign-in on, a password alone is enough for {UNLOCK_MINUTES} minutes, once.",
        unlock.display()
    )?;
    Ok(())
}

/// The plugin accepts no file that others could have written, and no link. The owner stays who owns the folder:
/// run as root, the file must still be the server's to move.
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
    file.sync_all()?;
    #[cfg(unix)]
    give_to_owner_of_folder(path)?;
    Ok(())
}

#[cfg(unix)]
fn give_to_owner_of_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let Some(folder) = path.parent() else { return Ok(()) };
    let (folder, file) = (fs::metadata(folder)?, fs::metadata(path)?);
    if folder.uid() == file.uid() { Ok(()) } else { chown(path, Some(folder.uid()), Some(folder.gid())) }
}

#[cfg(test)]
mod tests {
    use super::{Action, RescueError, perform};
    use crate::demo::visitor::{Answer, Visitor};
    use crate::demo::{Demo, Options};
    use crate::rescue::{DATA_FOLDER, RESCUE_ID_FILE, UNLOCK_FILE};

    fn demo() -> Demo {
        Demo::start(Options { password_rounds: 1000, ..Options::default() }).unwrap()
    }

    fn done(demo: &Demo, action: &Action) -> String {
        let mut said = Vec::new();
        perform(&demo.folder().join(DATA_FOLDER), action, &mut said).unwrap();
        String::from_utf8(said).unwrap()
    }

    fn sign_in(demo: &Demo) -> Answer {
        Visitor::browser(&demo.address(), "laptop").sign_in("alice", "alice-demo").unwrap()
    }

    #[test]
    fn beside_a_running_server_a_lost_factor_is_taken_away() {
        let demo = demo();
        let alice = demo.host().user_id("alice").unwrap();
        assert!(done(&demo, &Action::Status).contains(&format!("{alice}  1 factor(s), 10 recovery code(s) left")));
        assert_eq!(sign_in(&demo).outcome(), "challenge");
        assert!(done(&demo, &Action::RemoveFactors(alice)).starts_with("1 factor(s)"));
        assert!(sign_in(&demo).is_session());
        assert!(done(&demo, &Action::Status).contains("0 account(s) with a second factor"));
    }

    #[test]
    fn off_asks_nobody_from_the_next_sign_in_on() {
        let demo = demo();
        assert_eq!(sign_in(&demo).outcome(), "challenge");
        done(&demo, &Action::Off);
        assert!(sign_in(&demo).is_session());
        assert!(done(&demo, &Action::Status).contains("second factors are switched off"));
    }

    #[test]
    fn unlock_copies_the_rescue_id_for_the_owner_alone() {
        let demo = demo();
        let data = demo.folder().join(DATA_FOLDER);
        done(&demo, &Action::Unlock);
        let unlock = data.join(UNLOCK_FILE);
        assert_eq!(std::fs::read(&unlock).unwrap(), std::fs::read(data.join(RESCUE_ID_FILE)).unwrap());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::symlink_metadata(&unlock).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_link_in_the_way_is_replaced_and_not_followed() {
        let demo = demo();
        let data = demo.folder().join(DATA_FOLDER);
        let elsewhere = demo.folder().join("elsewhere");
        std::fs::write(&elsewhere, "untouched").unwrap();
        #[cfg(unix)]
        for name in [UNLOCK_FILE.to_owned(), format!("{UNLOCK_FILE}.new")] {
            std::os::unix::fs::symlink(&elsewhere, data.join(name)).unwrap();
        }
        done(&demo, &Action::Unlock);
        assert!(data.join(UNLOCK_FILE).symlink_metadata().unwrap().is_file());
        assert_eq!(std::fs::read_to_string(elsewhere).unwrap(), "untouched");
    }

    #[test]
    fn another_folder_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        for action in [Action::Status, Action::Unlock, Action::Off] {
            let refused = perform(folder.path(), &action, &mut Vec::new());
            assert!(matches!(refused, Err(RescueError::WrongFolder { .. })));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
