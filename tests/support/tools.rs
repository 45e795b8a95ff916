//! Programs from outside that a test needs, and what happens where one is missing.

use std::io::Write;
use std::process::{Command, Stdio};

/// Is `tool` installed? If not, says loudly that `what` was skipped: on the real standard error, which the test
/// runner does not capture.
pub fn available(tool: &str, what: &str) -> bool {
    let found = Command::new(tool).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let found = found.is_ok_and(|status| status.success());
    if !found {
        skipped(what, tool);
    }
    found
}

/// A Python that has `module`, which Debian's `package` brings; the machine may have another one in front. Without, says
/// loudly that `what` was skipped.
#[allow(dead_code)] // not every test that runs programs needs one
pub fn python_with(module: &str, package: &str, what: &str) -> Option<String> {
    let has = |python: &&str| {
        let mut python = Command::new(python);
        python.args(["-c", &format!("import {module}")]).stdout(Stdio::null()).stderr(Stdio::null());
        python.status().is_ok_and(|status| status.success())
    };
    let found = ["python3", "/usr/bin/python3"].into_iter().find(has);
    if found.is_none() {
        skipped(what, package);
    }
    found.map(str::to_owned)
}

/// Says that `what` was skipped for want of `tool`.
pub fn skipped(what: &str, tool: &str) {
    let line = format!("SKIPPED: {what} because {tool} is not installed\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// Runs a command to its end; what it printed. Fails with everything it said when it fails.
pub fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (printed, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{printed}\n{said}", output.status);
    printed.into_owned()
}
