//! The plugin as Jellyfin installs it: a flat zip, its checksum, and the entry of a plugin repository.

mod build;
mod failure;
mod manifest;
mod notices;

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use md5::{Digest, Md5};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

pub use build::{Parts, build, made_at};
pub use failure::PackageError;
pub use manifest::{ASSEMBLY, GUID, NAME, version};
pub use notices::notices;

/// Where the plugin looks for its library. Not `.dll`: Jellyfin takes every such file for an assembly.
pub const LIBRARY: &str = "native/linux-x64/jellyward.bin";

/// Our own terms, which go where the plugin goes.
const LICENSE: &str = include_str!("../../../LICENSE");
/// Other people's. Neither file ends in `.dll`, and `meta.json` names the one assembly that is loaded.
pub const NOTICES: &str = "THIRD-PARTY-NOTICES.txt";

/// What to pack, and what to say of it.
pub struct Order {
    /// Library and assembly.
    pub parts: Parts,
    /// Whose work lies inside the library: [`notices()`].
    pub notices: String,
    /// Where the files are written.
    pub out: PathBuf,
    /// The folder of the plugin repository that the zip will be fetched from, or the zip's whole address.
    pub source_url: Option<String>,
    /// Seconds since the epoch; the same for the same source.
    pub made_at: i64,
}

/// What was written.
#[derive(Debug)]
pub struct Package {
    /// The zip.
    pub zip: PathBuf,
    /// MD5 of the zip in lower-case hexadecimal: what Jellyfin compares.
    pub checksum: String,
    /// The repository's `manifest.json`.
    pub manifest: PathBuf,
}

/// Writes zip, checksum file and manifest.
pub fn pack(order: &Order) -> Result<Package, PackageError> {
    let assembly = read_part(&order.parts.assembly, b"MZ", "a .NET assembly")?;
    let library = read_part(&order.parts.library, b"\x7fELF", "a Linux library")?;
    let file = format!("jellyward_{}.zip", version());
    let source_url = source_url(order.source_url.as_deref(), &file)?;

    let bytes = archive(&[
        (ASSEMBLY, assembly.as_slice()),
        ("meta.json", manifest::meta(order.made_at).as_bytes()),
        (LIBRARY, library.as_slice()),
        ("LICENSE", LICENSE.as_bytes()),
        (NOTICES, order.notices.as_bytes()),
    ])?;
    let checksum = HEXLOWER.encode(&Md5::digest(&bytes));
    let zip = order.out.join(&file);
    let manifest = order.out.join("manifest.json");
    fs::create_dir_all(&order.out).map_err(|source| PackageError::File { path: order.out.clone(), source })?;
    write(&zip, &bytes)?;
    write(&order.out.join(format!("{file}.md5")), format!("{checksum}  {file}\n").as_bytes())?;
    write(&manifest, manifest::repository(order.made_at, &source_url, &checksum).as_bytes())?;
    Ok(Package { zip, checksum, manifest })
}

fn read_part(path: &Path, magic: &[u8], expected: &'static str) -> Result<Vec<u8>, PackageError> {
    let bytes = fs::read(path).map_err(|source| PackageError::File { path: path.to_owned(), source })?;
    if bytes.starts_with(magic) { Ok(bytes) } else { Err(PackageError::Part { path: path.to_owned(), expected }) }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), PackageError> {
    fs::write(path, bytes).map_err(|source| PackageError::File { path: path.to_owned(), source })
}

fn source_url(given: Option<&str>, file: &str) -> Result<String, PackageError> {
    match given {
        None => Ok(file.to_owned()),
        Some(folder) if folder.ends_with('/') => Ok(format!("{folder}{file}")),
        Some(whole) if whole.ends_with(".zip") => Ok(whole.to_owned()),
        Some(other) => Err(PackageError::SourceUrl(other.to_owned())),
    }
}

/// Entries in the given order, with one fixed time and mode: the same parts give the same bytes.
fn archive(entries: &[(&str, &[u8])]) -> Result<Vec<u8>, PackageError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, options)?;
        zip.write_all(bytes).map_err(zip::result::ZipError::from)?;
    }
    Ok(zip.finish()?.into_inner())
}
