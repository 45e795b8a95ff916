//! The library as it is shipped: what C, C#, Python, `nm` and the package use. Built at most once per test program;
//! cargo's own lock lets others wait.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The file, built if it must be: `cargo build --release --lib --no-default-features`, with a target folder of its own
/// so that it does not wait for the build that runs the tests.
pub fn library() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let target = root.join("target/abi");
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--release", "--lib", "--no-default-features", "--target-dir"])
            .arg(&target)
            .current_dir(root)
            .status()
            .unwrap();
        assert!(built.success(), "the library did not build");
        target.join("release/libjellyward.so")
    })
}
