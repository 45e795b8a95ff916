//! Where a real server and its web client lie on this machine.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where Debian's packages put them.
const DEBIAN_SERVER: &str = "/usr/lib/jellyfin/bin";
const DEBIAN_WEB: &str = "/usr/share/jellyfin/web";

/// A server's files.
#[derive(Clone)]
pub struct Installation {
    /// `jellyfin.dll`.
    pub server: PathBuf,
    /// The folder of the web client's `index.html`.
    pub web: Option<PathBuf>,
}

impl Installation {
    /// What the environment names, else what Debian installed.
    pub fn find() -> Option<Self> {
        let server = given("JELLYFIN_SERVER", "jellyfin.dll").or_else(|| lies(DEBIAN_SERVER, "jellyfin.dll"))?;
        let web = given("JELLYFIN_WEB", "index.html").or_else(|| lies(DEBIAN_WEB, "index.html"));
        Some(Self { server: server.join("jellyfin.dll"), web })
    }
}

fn given(variable: &str, file: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(env::var_os(variable)?);
    // A variable that points nowhere is a mistake, not a machine without Jellyfin.
    assert!(folder.join(file).is_file(), "{variable} is {}, where no {file} lies", folder.display());
    Some(folder)
}

fn lies(folder: &str, file: &str) -> Option<PathBuf> {
    Path::new(folder).join(file).is_file().then(|| folder.into())
}

/// Says on the real stderr, which no test runner swallows, what was not shown.
pub fn skip(what: &str, lacks: &str) {
    let line = format!("SKIPPED {what}: {lacks}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// Says something on the real stderr: measurements nobody asserts.
pub fn report(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}
