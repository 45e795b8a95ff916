//! The plugin in an ASP.NET Core process, over loopback HTTP: `dotnet test` of `dotnet-shim/tests`, with the library as
//! it is shipped. `JELLYFIN_SERVER=<folder of a real server>` runs the same tests against that one.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::Write;
use std::path::Path;
use std::process::Command;

#[path = "support/library.rs"]
mod library;
#[path = "support/tools.rs"]
#[allow(dead_code, reason = "other tests use the rest of it")]
mod tools;

#[test]
fn the_plugin_holds_the_gate_in_a_server() {
    if !tools::available("dotnet", "every test of the plugin in a server") {
        return;
    }
    let output = Command::new("dotnet")
        .args(["test", "dotnet-shim/tests/Plugin", "--nologo", "--verbosity", "quiet"])
        .args(["--logger", "console;verbosity=normal", "--", "RunConfiguration.TreatNoTestsAsError=true"])
        .env("JELLYWARD_LIBRARY", library::library())
        // A build server that outlives the test would hold its output open.
        .env("MSBUILDDISABLENODEREUSE", "1")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    println!("{printed}");
    for skipped in printed.lines().filter(|line| line.trim_start().starts_with("Skipped ")) {
        let line = format!("SKIPPED {}: no Jellyfin server; set JELLYFIN_SERVER\n", skipped.trim());
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
