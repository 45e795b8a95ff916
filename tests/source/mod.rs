//! The project's own files as text, for the tests that hold them to the rules of the house.

#![allow(dead_code, reason = "each test that includes this module uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};

pub mod secrets;
pub mod tokens;

/// Folders that hold nothing of ours: version control, what builds leave behind.
fn is_foreign(name: &str) -> bool {
    name == ".git" || name == "bin" || name == "obj" || name == "node_modules" || name.starts_with("target")
}

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of the project, relative to [`root`], sorted.
pub fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(root(), &mut found);
    found.sort();
    found
}

/// Those under `folder` with one of these extensions.
pub fn files_in(folder: &str, extensions: &[&str]) -> Vec<PathBuf> {
    let of_that_kind =
        |path: &PathBuf| path.extension().is_some_and(|extension| extensions.iter().any(|wanted| extension == *wanted));
    files().into_iter().filter(|path| path.starts_with(folder) && of_that_kind(path)).collect()
}

/// The file's text; nothing for what is no text.
pub fn text(path: &Path) -> Option<String> {
    String::from_utf8(fs::read(root().join(path)).unwrap()).ok()
}

/// Written by a generator, not by hand.
pub fn is_generated(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.starts_with("bindings/") || name.starts_with("include/") || name.ends_with(".g.cs") || name.ends_with(".lock")
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            if !is_foreign(&entry.file_name().to_string_lossy()) {
                collect(&entry.path(), found);
            }
        } else if kind.is_file() {
            found.push(entry.path().strip_prefix(root()).unwrap().to_owned());
        }
    }
}
