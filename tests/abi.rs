//! The built library, seen from outside: from C, C++ and Python, under sanitizer and valgrind, and by its symbols.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use jellyward::ffi::headers;
use library::library;
use mail_server::{Authority, MailServer, Manner};
use tools::{available, run};

#[path = "support/library.rs"]
mod library;
#[path = "support/mail_server.rs"]
#[allow(dead_code, reason = "only its address is of interest here")]
mod mail_server;
#[path = "support/tools.rs"]
mod tools;

/// The newest glibc the package may need: Debian 11, Ubuntu 20.04 and their contemporaries.
const NEWEST_GLIBC: [u32; 2] = [2, 31];

const STRICT: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compiles one of `tests/c`.
fn compiled(compiler: &str, standard: &str, source: &str, more: &[&str], folder: &Path) -> PathBuf {
    let program = folder.join(source.replace('.', "_"));
    let library = library();
    let release = library.parent().unwrap();
    let mut command = Command::new(compiler);
    command
        .arg(standard)
        .args(STRICT)
        .args(["-g", "-pthread"])
        .arg("-I")
        .arg(root().join("include"))
        .arg("-I")
        .arg(root().join("bindings"))
        .args(more)
        .arg(root().join("tests/c").join(source))
        .args(["-x", "none"])
        .arg("-o")
        .arg(&program)
        .arg(library)
        .arg(format!("-Wl,-rpath,{}", release.display()));
    run(&mut command);
    program
}

/// Runs a C program on an empty data folder.
fn runs(runner: &[&str], program: &Path, expected: &str) {
    let data = tempfile::tempdir().unwrap();
    let mut words = runner.iter().map(AsRef::as_ref).chain([program.as_os_str()]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).arg(data.path()).env("ASAN_OPTIONS", "detect_leaks=1");
    // Cargo's own points to the build that runs the tests.
    command.env_remove("LD_LIBRARY_PATH");
    command.env_remove("JELLYWARD_MASTER_KEY").env_remove("JELLYWARD_MASTER_KEY_FILE");
    let printed = run(&mut command);
    assert!(printed.contains(expected), "{printed}");
}

const VALGRIND: [&str; 5] =
    ["valgrind", "--quiet", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect"];

#[test]
fn both_generators_describe_one_abi() {
    if available("gcc", "header against prototypes") {
        let folder = tempfile::tempdir().unwrap();
        compiled("gcc", "-std=c11", "agree.c", &[], folder.path());
    }
}

#[test]
fn a_cpp_compiler_takes_the_header() {
    if available("g++", "the header in C++") {
        let folder = tempfile::tempdir().unwrap();
        compiled("g++", "-std=c++17", "agree.c", &["-x", "c++"], folder.path());
    }
}

#[test]
fn c_program() {
    if available("gcc", "the C programs") {
        let folder = tempfile::tempdir().unwrap();
        runs(&[], &compiled("gcc", "-std=c11", "smoke.c", &[], folder.path()), "smoke: ok");
        runs(&[], &compiled("gcc", "-std=c11", "passkey.c", &[], folder.path()), "passkey: ok");
        runs(&[], &compiled("gcc", "-std=c11", "threads.c", &[], folder.path()), "threads: ok");
    }
}

#[test]
fn c_program_under_the_address_sanitizer() {
    if available("gcc", "the C programs under the address sanitizer") {
        let folder = tempfile::tempdir().unwrap();
        let sanitized = ["-fsanitize=address", "-fno-omit-frame-pointer"];
        runs(&[], &compiled("gcc", "-std=c11", "smoke.c", &sanitized, folder.path()), "smoke: ok");
        runs(&[], &compiled("gcc", "-std=c11", "passkey.c", &sanitized, folder.path()), "passkey: ok");
        runs(&[], &compiled("gcc", "-std=c11", "threads.c", &sanitized, folder.path()), "threads: ok");
    }
}

#[test]
fn c_program_under_valgrind() {
    if available("gcc", "the C programs under valgrind") && available("valgrind", "the C programs under valgrind") {
        let folder = tempfile::tempdir().unwrap();
        runs(&VALGRIND, &compiled("gcc", "-std=c11", "smoke.c", &[], folder.path()), "smoke: ok");
        runs(&VALGRIND, &compiled("gcc", "-std=c11", "passkey.c", &[], folder.path()), "passkey: ok");
        runs(&VALGRIND, &compiled("gcc", "-std=c11", "threads.c", &[], folder.path()), "threads: ok");
    }
}

#[test]
fn python_programs() {
    if available("python3", "the Python examples") {
        for example in ["sign_in.py", "passkey.py"] {
            let printed = run(Command::new("python3").arg(root().join("tests/python").join(example)).arg(library()));
            assert!(printed.contains("python: ok"), "{example}: {printed}");
        }
    }
}

/// A mail server for alice, with STARTTLS and papers of its own making: its port and the authority behind them.
fn mail_server() -> [String; 2] {
    let authority = Authority::new();
    let papers = Some(authority.papers("localhost", 2099));
    let login = Some(("alice", "correct horse", "PLAIN"));
    let port = MailServer::start(Manner { papers, login, ..Manner::default() }).port;
    [port.to_string(), authority.pem()]
}

#[test]
fn mail_from_c() {
    if available("gcc", "mail from C") {
        for more in [&[][..], &["-fsanitize=address", "-fno-omit-frame-pointer"]] {
            let folder = tempfile::tempdir().unwrap();
            let program = compiled("gcc", "-std=c11", "smtp.c", more, folder.path());
            let mut command = Command::new(program);
            command.args(mail_server()).env("ASAN_OPTIONS", "detect_leaks=1").env_remove("LD_LIBRARY_PATH");
            let printed = run(&mut command);
            assert!(printed.contains("smtp: ok"), "{printed}");
        }
    }
}

#[test]
fn mail_from_python() {
    if available("python3", "mail from Python") {
        let example = root().join("tests/python/mail.py");
        let printed = run(Command::new("python3").arg(example).arg(library()).args(mail_server()));
        assert!(printed.contains("python: ok"), "{printed}");
    }
}

#[test]
fn exports_exactly_what_is_described() {
    if available("nm", "the exported symbols") {
        let listed = run(Command::new("nm").args(["-D", "--defined-only", "--format=just-symbols"]).arg(library()));
        let exported: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
        let described: BTreeSet<String> = headers::functions().unwrap().into_iter().collect();
        assert_eq!(exported, described);
    }
}

#[test]
fn runs_on_older_systems() {
    if available("objdump", "the oldest glibc") {
        let listed = run(Command::new("objdump").arg("-T").arg(library()));
        let too_new: Vec<&str> =
            listed.lines().filter(|line| glibc(line).is_some_and(|at| at > NEWEST_GLIBC)).collect();
        assert!(too_new.is_empty(), "newer than glibc {NEWEST_GLIBC:?}:\n{}", too_new.join("\n"));
        assert!(listed.lines().any(|line| glibc(line).is_some()), "objdump shows no versions:\n{listed}");
    }
}

/// The version in a line of `objdump -T`, as in `… (GLIBC_2.17) clock_gettime`.
fn glibc(line: &str) -> Option<[u32; 2]> {
    let version = line.split("GLIBC_").nth(1)?.split([')', ' ']).next()?;
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    Some([numbers.next()??, numbers.next()??])
}
