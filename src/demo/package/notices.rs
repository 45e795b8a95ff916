//! Whose work lies inside the library, and under which licences: what they ask to be told wherever it goes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::build::cargo;
use super::failure::PackageError;

/// How the files begin that a crate's terms stand in.
const FILES: [&str; 6] = ["license", "licence", "copying", "copyright", "notice", "unlicense"];

const HEAD: &str = "Jellyward is free software under the GNU General Public License, version 3 or later: see LICENSE.
Its native library contains the works below, each under its own terms. Their sources are at
https://crates.io/crates/NAME/VERSION. The texts that came with them follow; a number in brackets refers to one.
A crate without a number came without a text: MPL-2.0 stands at https://mozilla.org/MPL/2.0/, the others stand below.
";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Crate>,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    license: Option<String>,
    authors: Vec<String>,
    manifest_path: String,
}

/// The whole text. The same lock file gives the same bytes.
pub fn notices(checkout: &Path) -> Result<String, PackageError> {
    let linked = linked(checkout)?;
    let metadata = output(cargo().args(["metadata", "--locked", "--format-version", "1"]).current_dir(checkout))?;
    let Metadata { mut packages } = serde_json::from_str(&metadata)
        .map_err(|error| PackageError::Build { command: "cargo metadata".to_owned(), reason: error.to_string() })?;
    packages.retain(|found| linked.contains(&format!("{} v{}", found.name, found.version)));
    packages.sort_by(|one, other| (&one.name, &one.version).cmp(&(&other.name, &other.version)));
    render(&packages)
}

fn render(packages: &[Crate]) -> Result<String, PackageError> {
    // Most crates carry one of a few texts: each stands here once.
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut texts = String::new();
    let mut page = HEAD.to_owned();
    for found in packages {
        let mut refers = String::new();
        for text in terms(found)? {
            let next = numbers.len() + 1;
            let number = *numbers.entry(text.clone()).or_insert(next);
            if number == next {
                line(&mut texts, &format!("\n---- [{number}] ----\n\n{text}"));
            }
            refers += &format!(" [{number}]");
        }
        let authors = if refers.is_empty() { format!(", by {}", found.authors.join(", ")) } else { String::new() };
        let license = found.license.as_deref().unwrap_or("terms in the text");
        line(&mut page, &format!("\n{} {}: {license}{authors}{refers}", found.name, found.version));
    }
    Ok(page + &texts)
}

fn line(page: &mut String, text: &str) {
    // Writing to a string never fails.
    let _ = writeln!(page, "{}", text.trim_end());
}

/// The terms in a crate's own folder, in the order of their names.
fn terms(found: &Crate) -> Result<Vec<String>, PackageError> {
    let folder = Path::new(&found.manifest_path).parent().unwrap_or(Path::new("."));
    let failed = |source| PackageError::File { path: folder.to_owned(), source };
    let entries: Result<Vec<_>, _> = fs::read_dir(folder).map_err(failed)?.collect();
    let mut files: Vec<_> = entries.map_err(failed)?.iter().map(fs::DirEntry::path).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        path.is_file() && FILES.iter().any(|start| name.starts_with(start))
    });
    files.sort();
    let read = |path: &PathBuf| {
        let bytes = fs::read(path).map_err(|source| PackageError::File { path: path.clone(), source })?;
        Ok(String::from_utf8_lossy(&bytes).replace("\r\n", "\n").trim_end().to_owned())
    };
    files.iter().map(read).collect()
}

/// `name vVERSION` of every crate that the shipped library is made of.
fn linked(checkout: &Path) -> Result<BTreeSet<String>, PackageError> {
    let listed = output(
        cargo()
            .args(["tree", "--locked", "--no-default-features", "--edges", "normal", "--prefix", "none"])
            .args(["--target", "x86_64-unknown-linux-gnu", "--no-dedupe", "--format", "{p}"])
            .current_dir(checkout),
    )?;
    let own = env!("CARGO_PKG_NAME");
    let crates = listed.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "));
    Ok(crates.filter(|name| !name.starts_with(&format!("{own} "))).collect())
}

fn output(command: &mut Command) -> Result<String, PackageError> {
    let failed = |reason: String, command: &Command| PackageError::Build {
        command: format!("{command:?}").replace('"', ""),
        reason,
    };
    let output = command.output().map_err(|error| failed(error.to_string(), command))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned(), command));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
