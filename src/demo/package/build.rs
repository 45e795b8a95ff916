//! Building library and assembly in a checkout.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::failure::PackageError;
use super::manifest::ASSEMBLY;

/// The two files the package is made of.
pub struct Parts {
    /// The stripped Linux library.
    pub library: PathBuf,
    /// The plugin's assembly.
    pub assembly: PathBuf,
}

/// Builds what was not given. `checkout` is the folder with `Cargo.toml`.
pub fn build(checkout: &Path, library: Option<PathBuf>, assembly: Option<PathBuf>) -> Result<Parts, PackageError> {
    let library = match library {
        Some(given) => given,
        None => build_library(checkout)?,
    };
    let assembly = match assembly {
        Some(given) => given,
        None => build_assembly(checkout)?,
    };
    Ok(Parts { library, assembly })
}

/// The one build that header tests, smoke tests and package share; its own target folder, so that it does not fight
/// with the build this command comes from.
fn build_library(checkout: &Path) -> Result<PathBuf, PackageError> {
    let target = checkout.join("target/abi");
    run(cargo()
        .args(["build", "--release", "--lib", "--no-default-features", "--target-dir"])
        .arg(&target)
        .current_dir(checkout))?;
    Ok(target.join("release/libjellyward.so"))
}

/// The cargo this program came from, else the one in the path.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn build_assembly(checkout: &Path) -> Result<PathBuf, PackageError> {
    let version = concat!("-p:JellywardVersion=", env!("CARGO_PKG_VERSION"));
    run(Command::new("dotnet").args(["build", "dotnet-shim/src", "-c", "Release", version]).current_dir(checkout))?;
    Ok(checkout.join("target/dotnet/bin/Jellyfin.Plugin.Jellyward/release").join(ASSEMBLY))
}

fn run(command: &mut Command) -> Result<(), PackageError> {
    let status = command.status();
    let failed = |reason: String| PackageError::Build { command: format!("{command:?}").replace('"', ""), reason };
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(status.to_string())),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// When the source was made: `SOURCE_DATE_EPOCH`, else the last commit. None: neither is known.
pub fn made_at(checkout: &Path) -> Option<i64> {
    if let Ok(given) = env::var("SOURCE_DATE_EPOCH") {
        return given.trim().parse().ok();
    }
    let log = Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(checkout).output().ok()?;
    String::from_utf8(log.stdout).ok()?.trim().parse().ok()
}
