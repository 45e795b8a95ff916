//! The library as the plugin ships it.

use std::path::Path;
use std::process::Command;

use crate::Figure;

pub fn figures() -> Vec<Figure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = root.join("target/abi");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--lib", "--no-default-features", "--target-dir"])
        .arg(&target)
        .current_dir(root)
        .status()
        .unwrap();
    assert!(built.success(), "the library did not build");
    let bytes = std::fs::metadata(target.join("release/libjellyward.so")).unwrap().len();
    let size = bytes as f64 / (1024.0 * 1024.0);
    vec![Figure::new("stripped library", size, 8.0, "MiB")]
}
