//! The `jellyward` command: demo, story, package, passwords, rescue.

use std::io::{self, Write};
use std::process::ExitCode;

use jellyward::demo::cli;

fn main() -> ExitCode {
    match cli::run(std::env::args_os().skip(1), &mut io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to tell when this fails too.
            let _ = writeln!(io::stderr(), "jellyward: {error}");
            ExitCode::FAILURE
        }
    }
}
