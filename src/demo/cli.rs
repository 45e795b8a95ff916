//! The `jellyward` command.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use lexopt::prelude::*;

use super::package::{self, Order, PackageError};
use super::passwords::{self, PasswordsError};
use super::rescue::{self, Action, RescueError};
use super::{Demo, Options, PASSWORD_ROUNDS, PEOPLE, StartError, authenticator, story};
use crate::clock::{Clock, SystemClock};

/// What `--help` says.
const HELP: &str = "\
jellyward: a second factor for Jellyfin, decided before any session exists

  jellyward [--data DIR] [--port N] [--base /jf] [--web DIR]
      A miniature Jellyfin on loopback with the whole product in front of it.
      --data DIR   keep everything there; without it, in a temporary folder
      --port N     listen on that port (default 8096, or any free one when it is taken)
      --base /jf   under this base URL
      --web DIR    serve a built jellyfin-web from DIR instead of the small page

  jellyward --story
      Plays the whole story over real HTTP; exits 0 only if every step held.

  jellyward package [--library FILE] [--plugin FILE.dll] [--out DIR] [--source-url URL]
      Writes the plugin zip, its checksum and the manifest.json of a plugin repository. Builds what is not given.
      --out DIR         default target/package
      --source-url URL  where the zip will be fetched: ends in .zip, or in / for the folder

  jellyward rescue --data DIR status|unlock|remove-factors USER_ID|off
      Lets the machine's owner back in, without plugin and without web. DIR is the folder with jellyward.db,
      for instance /var/lib/jellyfin/data/jellyward.
      status                   who has a second factor, and whether it is asked for
      unlock                   a password alone is enough for an hour, once
      remove-factors USER_ID   takes every factor and recovery code of that user away
      off                      switches the second factor off for everybody

  jellyward passwords compact IN OUT
      Makes the file for the setting passwords.list_file of a list of breached passwords, one to a line, or of their
      SHA-1 hashes with or without :count, as Have I Been Pwned gives them out. Both may be as large as the disk.
";

/// Jellyfin's own port, tried first.
const USUAL_PORT: u16 = 8096;

/// Why the command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// Not understood.
    #[error("{0}; try --help")]
    Usage(#[from] lexopt::Error),
    /// The demo.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The story.
    #[error(transparent)]
    Story(#[from] story::Broken),
    /// The package.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The rescue.
    #[error(transparent)]
    Rescue(#[from] RescueError),
    /// The list of passwords.
    #[error(transparent)]
    Passwords(#[from] PasswordsError),
    /// Nobody reads what is written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Runs the command; `args` without the program's name.
pub fn run(args: impl IntoIterator<Item = OsString>, out: &mut dyn Write) -> Result<(), CommandError> {
    match parse(lexopt::Parser::from_args(args))? {
        Command::Help => out.write_all(HELP.as_bytes())?,
        Command::Version => writeln!(out, "jellyward {}", env!("CARGO_PKG_VERSION"))?,
        Command::Demo(options, port) => demo(*options, port, out)?,
        Command::Story => story::tell(out, PASSWORD_ROUNDS)?,
        Command::Package { library, plugin, out: folder, source_url } => {
            make_package(library, plugin, folder, source_url, out)?;
        }
        Command::Rescue { data, action } => rescue::perform(&data, &action, out)?,
        Command::CompactPasswords { from, to } => {
            let made = passwords::compact(&from, &to)?;
            writeln!(out, "{}: {} passwords from {} lines", to.display(), made.entries, made.lines)?;
        }
    }
    Ok(())
}

enum Command {
    Help,
    Version,
    /// The port that was asked for, if any.
    Demo(Box<Options>, Option<u16>),
    Story,
    Package {
        library: Option<PathBuf>,
        plugin: Option<PathBuf>,
        out: Option<PathBuf>,
        source_url: Option<String>,
    },
    Rescue {
        data: PathBuf,
        action: Action,
    },
    CompactPasswords {
        from: PathBuf,
        to: PathBuf,
    },
}

fn parse(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut options = Options::default();
    let mut port = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("version") | Short('V') => return Ok(Command::Version),
            Long("story") => return Ok(Command::Story),
            Long("data") => options.data = Some(parser.value()?.into()),
            Long("port") => port = Some(parser.value()?.parse()?),
            Long("base") => options.base = parser.value()?.string()?,
            Long("web") => options.web = Some(parser.value()?.into()),
            Value(word) if word == "package" => return parse_package(parser),
            Value(word) if word == "rescue" => return parse_rescue(parser),
            Value(word) if word == "passwords" => return parse_passwords(parser),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Demo(Box::new(options), port))
}

fn parse_package(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let (mut library, mut plugin, mut out, mut source_url) = (None, None, None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("library") => library = Some(parser.value()?.into()),
            Long("plugin") => plugin = Some(parser.value()?.into()),
            Long("out") => out = Some(parser.value()?.into()),
            Long("source-url") => source_url = Some(parser.value()?.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Package { library, plugin, out, source_url })
}

fn parse_rescue(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let (mut data, mut words) = (None, Vec::new());
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("data") => data = Some(parser.value()?.into()),
            Value(word) => words.push(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let action = match words.as_slice() {
        ["status"] => Action::Status,
        ["unlock"] => Action::Unlock,
        ["remove-factors", user] => Action::RemoveFactors(user.parse().map_err(|error| format!("{error}"))?),
        ["off"] => Action::Off,
        _ => return Err("rescue needs one of status, unlock, remove-factors USER_ID, off".into()),
    };
    Ok(Command::Rescue { data: data.ok_or("rescue needs --data DIR")?, action })
}

fn parse_passwords(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut words = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Value(word) => words.push(word),
            other => return Err(other.unexpected()),
        }
    }
    match <[OsString; 3]>::try_from(words) {
        Ok([word, from, to]) if word == "compact" => Ok(Command::CompactPasswords { from: from.into(), to: to.into() }),
        _ => Err("passwords needs compact IN OUT".into()),
    }
}

fn demo(mut options: Options, port: Option<u16>, out: &mut dyn Write) -> Result<(), CommandError> {
    options.port = port.unwrap_or(USUAL_PORT);
    let demo = match Demo::start(options.clone()) {
        // Somebody's real Jellyfin has it, most likely.
        Err(StartError::Listen { .. }) if port.is_none() => Demo::start(Options { port: 0, ..options })?,
        started => started?,
    };
    introduce(&demo, out)?;
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(show_live_code_until_enter(&demo, out)?);
    }
    if let Some(code) = demo.live_code("alice") {
        writeln!(out, "alice's code now: {code}")?;
    }
    out.flush()?;
    loop {
        thread::park();
    }
}

fn introduce(demo: &Demo, out: &mut dyn Write) -> io::Result<()> {
    let address = demo.address();
    writeln!(out, "Jellyward demo: {address}/web/\n")?;
    for person in PEOPLE {
        let kind = match (person.administrator, person.enrolled) {
            (true, _) => "administrator, no second factor",
            (_, true) => "has an authenticator app",
            (_, false) => "no second factor",
        };
        writeln!(out, "  {:<6} password {:<11} {kind}", person.name, person.password)?;
    }
    writeln!(
        out,
        "\nTry:\n\
         \x20 sign in as alice, then type her code from below\n\
         \x20 sign in as alice with the code behind the password: alice-demo 123456\n\
         \x20 sign in as bob and set up a factor: {address}/Jellyward/\n\
         \x20 sign in as admin and demand a factor of bob: {address}/Jellyward/Dashboard\n\
         \x20 the stand-alone sign-in: {address}/Jellyward/Login\n\
         \x20 see what would have been mailed, once a mail server is set: {address}/demo/mailbox"
    )?;
    let codes = demo.host().recovery_codes("alice");
    if let Some(code) = codes.first() {
        writeln!(out, "\nOne of alice's recovery codes: {code}")?;
    }
    writeln!(out, "Everything is kept in {}\n", demo.folder().display())
}

/// One line that stays current. Enter stops the demo and takes the temporary folder away.
fn show_live_code_until_enter(demo: &Demo, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Press Enter to stop.")?;
    let waiting = thread::spawn(|| io::stdin().read_line(&mut String::new()));
    while !waiting.is_finished() {
        if let Some(code) = demo.live_code("alice") {
            let left = authenticator::PERIOD - SystemClock.now().rem_euclid(authenticator::PERIOD);
            write!(out, "\ralice's code now: {code} ({left:>2} s) ")?;
            out.flush()?;
        }
        thread::sleep(Duration::from_millis(500));
    }
    writeln!(out)
}

fn make_package(
    library: Option<PathBuf>,
    plugin: Option<PathBuf>,
    folder: Option<PathBuf>,
    source_url: Option<String>,
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
    let parts = package::build(checkout, library, plugin)?;
    let folder = folder.unwrap_or_else(|| checkout.join("target/package"));
    let made_at = package::made_at(checkout).unwrap_or_else(|| SystemClock.now());
    let notices = package::notices(checkout)?;
    let made = package::pack(&Order { parts, notices, out: folder, source_url: source_url.clone(), made_at })?;
    writeln!(out, "{}\nMD5 {}\n{}", made.zip.display(), made.checksum, made.manifest.display())?;
    if source_url.is_none() {
        writeln!(out, "The manifest names the zip without an address: give --source-url before it is published.")?;
    }
    Ok(())
}
