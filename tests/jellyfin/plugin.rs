//! The plugin as Jellyfin would install it: packed by the project's own command, and unpacked.

use std::fs::File;
use std::path::{Path, PathBuf};
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

/// An unpacked plugin; built once.
pub fn unpacked() -> PathBuf {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = TempDir::with_prefix("jellyward-plugin-").unwrap();
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR"));
        let parts = package::build(checkout, None, None).unwrap();
        let order = Order { parts, out: folder.path().join("packed"), source_url: None, made_at: 0 };
        let packed = package::pack(&order).unwrap();
        let mut zip = ZipArchive::new(File::open(packed.zip).unwrap()).unwrap();
        zip.extract(folder.path().join("unpacked")).unwrap();
        folder
    });
    folder.path().join("unpacked")
}
