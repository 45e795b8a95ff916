//! The plugin's package: what lies in the zip, and what a plugin repository says of it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use jellyward::demo::package::{self, Order, PackageError, Parts};
use md5::{Digest, Md5};
use serde_json::Value;
use tempfile::TempDir;

const LIBRARY: &[u8] = b"\x7fELF and then code";
const ASSEMBLY: &[u8] = b"MZ and then metadata";
const NOTICES: &str = "whose work it is";
const MADE_AT: i64 = 1_700_000_000;

fn pack_into(folder: &Path, source_url: Option<&str>) -> Result<package::Package, PackageError> {
    let part = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    package::pack(&Order {
        parts: Parts { library: part("lib.so", LIBRARY), assembly: part("plugin.dll", ASSEMBLY) },
        notices: NOTICES.to_owned(),
        out: folder.join("out"),
        source_url: source_url.map(str::to_owned),
        made_at: MADE_AT,
    })
}

fn files_of(zip: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        })
        .collect()
}

fn cargo_version() -> String {
    format!("{}.0", env!("CARGO_PKG_VERSION"))
}

#[test]
fn the_zip_is_flat_and_holds_plugin_description_library_and_terms() {
    let folder = TempDir::new().unwrap();
    let made = pack_into(folder.path(), None).unwrap();
    let files = files_of(&fs::read(&made.zip).unwrap());
    let names: Vec<_> = files.keys().map(String::as_str).collect();
    let terms = ["LICENSE", package::NOTICES];
    assert_eq!(
        names,
        ["Jellyfin.Plugin.Jellyward.dll", terms[0], terms[1], "meta.json", "native/linux-x64/jellyward.bin"]
    );
    assert!(files["LICENSE"].starts_with(b"                    GNU GENERAL PUBLIC LICENSE"));
    assert_eq!(files[package::NOTICES], NOTICES.as_bytes());
    assert_eq!(files["Jellyfin.Plugin.Jellyward.dll"], ASSEMBLY);
    assert_eq!(files["native/linux-x64/jellyward.bin"], LIBRARY);
    // Jellyfin loads every *.dll on every system; a second one would be the end of the plugin.
    assert_eq!(names.iter().filter(|name| name.to_lowercase().ends_with(".dll")).count(), 1);
}

#[test]
fn the_description_lets_one_assembly_be_loaded_and_nothing_be_updated_silently() {
    let folder = TempDir::new().unwrap();
    let made = pack_into(folder.path(), None).unwrap();
    let files = files_of(&fs::read(&made.zip).unwrap());
    let meta: Value = serde_json::from_slice(&files["meta.json"]).unwrap();
    assert_eq!(meta["assemblies"], serde_json::json!(["Jellyfin.Plugin.Jellyward.dll"]));
    assert_eq!(meta["autoUpdate"], false);
    assert_eq!(meta["targetAbi"], "10.11.11.0");
    assert_eq!(meta["version"], cargo_version());
    assert_eq!(meta["timestamp"], "2023-11-14T22:13:20.0000000Z");
}

#[test]
fn the_catalogue_speaks_of_what_there_is() {
    let folder = TempDir::new().unwrap();
    let made = pack_into(folder.path(), None).unwrap();
    let manifest: Value = serde_json::from_slice(&fs::read(&made.manifest).unwrap()).unwrap();
    let told = manifest[0]["versions"][0]["changelog"].as_str().unwrap().to_lowercase();
    for word in
        ["passkey", "authenticator", "mail", "recovery", "trusted", "app password", "tv", "forgotten", "sessions"]
    {
        assert!(told.contains(word), "nothing of {word}");
    }
}

#[test]
fn the_notices_name_every_crate_in_the_library_with_its_terms() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let notices = package::notices(root).unwrap();
    assert_eq!(notices, package::notices(root).unwrap());
    // Theirs is a duty to be told of, each in its own way: a file, several files, none.
    for told in ["rusqlite 0.", "ring 0.", "webauthn-rs-core 0.", "Brian Smith", "mozilla.org/MPL/2.0", "William Brown"]
    {
        assert!(notices.contains(told), "{told} is missing");
    }
    // Only what the plugin carries: no demo, no tests, not ourselves; and nothing of this machine.
    for alien in ["\nhyper 1", "\nrcgen ", "\ncbindgen ", "\njellyward ", "/.cargo/", env!("CARGO_MANIFEST_DIR")] {
        assert!(!notices.contains(alien), "{alien:?} has no place there");
    }
    let listed = notices.lines().filter(|line| line.contains(": ") && line.contains('[') && !line.starts_with(' '));
    assert!(listed.count() > 100, "{notices}");
}

#[test]
fn the_assembly_carries_the_same_id_and_name() {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("dotnet-shim/src/Plugin.cs")).unwrap();
    assert!(source.contains(&format!("Guid = \"{}\"", package::GUID)), "Plugin.cs has another id");
    assert!(source.contains(&format!("Name => \"{}\"", package::NAME)), "Plugin.cs has another name");
}

#[test]
fn the_repository_entry_names_the_zip_and_its_md5() {
    let folder = TempDir::new().unwrap();
    let made = pack_into(folder.path(), Some("https://example.org/plugins/")).unwrap();
    let bytes = fs::read(&made.zip).unwrap();
    let expected = data_encoding::HEXLOWER.encode(&Md5::digest(&bytes));
    assert_eq!(made.checksum, expected);

    let manifest: Value = serde_json::from_slice(&fs::read(&made.manifest).unwrap()).unwrap();
    let plugin = &manifest.as_array().unwrap()[0];
    assert_eq!(plugin["guid"], package::GUID);
    for field in ["name", "description", "overview", "owner", "category"] {
        assert!(plugin[field].as_str().is_some_and(|text| !text.is_empty()), "{field}");
    }
    let version = &plugin["versions"].as_array().unwrap()[0];
    assert_eq!(version["version"], cargo_version());
    assert_eq!(version["version"].as_str().unwrap().split('.').count(), 4);
    assert_eq!(version["targetAbi"], "10.11.11.0");
    assert_eq!(version["checksum"], expected);
    let file = made.zip.file_name().unwrap().to_str().unwrap();
    assert_eq!(version["sourceUrl"], format!("https://example.org/plugins/{file}"));
    assert!(version["changelog"].is_string() && version["timestamp"].is_string());
}

#[test]
fn the_same_parts_give_the_same_bytes() {
    let (one, two) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let first = pack_into(one.path(), None).unwrap();
    let second = pack_into(two.path(), None).unwrap();
    assert_eq!(fs::read(first.zip).unwrap(), fs::read(second.zip).unwrap());
    assert_eq!(fs::read(first.manifest).unwrap(), fs::read(second.manifest).unwrap());
}

#[test]
fn an_address_that_jellyfin_would_silently_ignore_is_refused() {
    let folder = TempDir::new().unwrap();
    let refused = pack_into(folder.path(), Some("https://example.org/jellyward.zip?download=1"));
    assert!(matches!(refused, Err(PackageError::SourceUrl(_))));
    assert!(!folder.path().join("out").exists(), "nothing may be written");
}

#[test]
fn parts_that_are_something_else_are_refused() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("text");
    fs::write(&path, "not a library").unwrap();
    let order = Order {
        parts: Parts { library: path.clone(), assembly: path },
        notices: NOTICES.to_owned(),
        out: folder.path().join("out"),
        source_url: None,
        made_at: MADE_AT,
    };
    assert!(matches!(package::pack(&order), Err(PackageError::Part { .. })));
}
