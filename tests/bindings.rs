//! What is checked in of header, bindings and description is what the source says. `UPDATE=1` rewrites it.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use jellyward::ffi::{documents, headers};

fn same(path: &str, fresh: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, fresh).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == fresh, "{} is stale: run `UPDATE=1 cargo test --test bindings`", path.display());
}

#[test]
fn c_header() {
    same("include/jellyward.h", include_str!(concat!(env!("OUT_DIR"), "/jellyward.h")));
}

#[test]
fn c_prototypes() {
    same("bindings/jellyward_prototypes.h", &headers::prototypes().unwrap());
}

#[test]
fn csharp() {
    same("bindings/csharp/Native.g.cs", &headers::csharp().unwrap());
}

#[test]
fn description() {
    same("bindings/jellyward.json", &headers::description().unwrap());
}

#[test]
fn documents() {
    same("bindings/documents.json", &documents::documents().unwrap());
}

/// Where the meaning of the fields stands: the file is there, and tells of that very thing.
#[test]
fn every_document_says_where_it_is_told() {
    let described: serde_json::Value = serde_json::from_str(&documents::documents().unwrap()).unwrap();
    for (name, document) in described.as_object().unwrap() {
        let (told, named) = (document["told"].as_str().unwrap(), document["type"].as_str().unwrap());
        let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(told)).unwrap();
        let declared = ["struct", "enum", "fn"].iter().any(|kind| source.contains(&format!("{kind} {named}")));
        assert!(declared, "{name}: {told} tells nothing of {named}");
    }
}

/// Whoever must not wait learns of each of the engine's verbs whether it does.
#[test]
fn the_header_says_of_every_verb_whether_it_waits() {
    let header = include_str!(concat!(env!("OUT_DIR"), "/jellyward.h"));
    let (_, behind) = header.split_once("\n Blocking. ").unwrap();
    let (paragraph, _) = behind.split_once("\n\n").unwrap();
    for name in headers::functions().unwrap().iter().filter(|name| name.starts_with("jw_engine_")) {
        assert!(paragraph.contains(&format!("`{name}`")), "{name} is missing in the paragraph");
    }
}

/// Whatever is exported is described in the header a person reads.
#[test]
fn every_function_and_type_is_in_the_header() {
    let header = include_str!(concat!(env!("OUT_DIR"), "/jellyward.h"));
    for name in headers::functions().unwrap() {
        assert!(header.contains(&format!("{name}(")), "{name} is missing in the header");
    }
    for name in headers::TYPES {
        assert!(header.contains(&format!(" {name};")), "{name} is missing in the header");
    }
}
