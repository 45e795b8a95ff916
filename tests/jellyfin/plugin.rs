//! The plugin as Jellyfin would install it: packed by the project's own command, and unpacked.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::OnceLock;

use jellyward::demo::package::{self, Order};
use tempfile::TempDir;
use zip::ZipArchive;

/// The library inside the plugin's folder.
pub use jellyward::demo::package::LIBRARY;

/// The folder Jellyfin unpacks the zip into.
pub fn folder_name() -> String {
    format!("{}_{}", package::NAME, package::version())
}

/// Unpacks the plugin, over an older copy where there is one.
pub fn unpack(folder: &Path) {
    ZipArchive::new(Cursor::new(packed())).unwrap().extract(folder).unwrap();
}

/// The zip; built once.
fn packed() -> &'static [u8] {
    static ZIP: OnceLock<Vec<u8>> = OnceLock::new();
    ZIP.get_or_init(|| {
        let out = TempDir::new().unwrap();
        let parts = package::build(Path::new(env!("CARGO_MANIFEST_DIR")), None, None).unwrap();
        let notices = package::notices(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let order = Order { parts, notices, out: out.path().to_owned(), source_url: None, made_at: 0 };
        fs::read(package::pack(&order).unwrap().zip).unwrap()
    })
}
