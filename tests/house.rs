//! The rules of the house that no compiler knows.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use source::secrets::{SECRET_TYPES, Type, shown, types};
use source::tokens::{Token, is, tokens, without_tests};
use source::{files, files_in, is_generated, text};

mod source;

/// Most lines of one source file.
const LONGEST_FILE: usize = 500;

/// Most lines of hand-written C# in the plugin: it translates and holds no rule.
const MOST_CSHARP: usize = 900;

const SOURCES: &[&str] = &["rs", "cs", "js", "css", "html", "py", "c", "cpp", "h"];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["util", "utils", "common", "helper", "helpers", "manager", "managers", "misc", "stuff"];

fn sources() -> Vec<PathBuf> {
    let mut sources = files_in("", SOURCES);
    sources.retain(|path| !is_generated(path));
    sources
}

fn none(problems: &str) {
    assert!(problems.is_empty(), "\n{problems}");
}

#[test]
fn no_source_file_is_too_long() {
    let mut problems = String::new();
    for path in sources() {
        let lines = text(&path).unwrap().lines().count();
        if lines > LONGEST_FILE {
            writeln!(problems, "{}: {lines} lines, at most {LONGEST_FILE}", path.display()).unwrap();
        }
    }
    none(&problems);
}

#[test]
fn the_plugin_stays_thin() {
    let lines: usize = files_in("dotnet-shim/src", &["cs"])
        .iter()
        .filter(|path| !is_generated(path))
        .map(|path| text(path).unwrap().lines().filter(|line| !line.trim().is_empty()).count())
        .sum();
    assert!(lines <= MOST_CSHARP, "{lines} lines of C# by hand, at most {MOST_CSHARP}");
}

#[test]
fn names_say_what_is_inside() {
    let mut problems = String::new();
    for path in files() {
        // Jellyfin's own names.
        if path.starts_with("dotnet-shim/reference") {
            continue;
        }
        let empty = |part: &std::ffi::OsStr| {
            let name = part.to_string_lossy().to_lowercase();
            EMPTY_NAMES.contains(&name.split('.').next().unwrap())
        };
        if path.iter().any(empty) {
            writeln!(problems, "{}: name it after what it holds", path.display()).unwrap();
        }
    }
    none(&problems);
}

#[test]
fn unsafe_code_stays_at_the_border() {
    let mut problems = String::new();
    for path in files_in("src", &["rs"]) {
        let source = text(&path).unwrap();
        let at_the_border = path.starts_with("src/ffi");
        let tokens = tokens(&source);
        for (at, token) in tokens.iter().enumerate() {
            let inside = |words: &[&str]| words.contains(&token.text.as_str());
            if !at_the_border && inside(&["unsafe", "unsafe_code"]) {
                writeln!(problems, "{}:{}: unsafe code outside src/ffi", path.display(), token.line).unwrap();
            }
            let block = token.text == "unsafe" && is(&tokens, at + 1, &["{"]);
            if at_the_border && block && !says_why(&source, token.line) {
                writeln!(problems, "{}:{}: unsafe without SAFETY", path.display(), token.line).unwrap();
            }
        }
    }
    none(&problems);
}

/// Does a `SAFETY` comment stand on this line or just above its statement?
fn says_why(source: &str, line: usize) -> bool {
    let above = line.saturating_sub(7);
    source.lines().skip(above).take(line - above).any(|line| line.contains("SAFETY:"))
}

#[test]
fn nothing_panics_on_purpose() {
    let mut problems = String::new();
    for path in files_in("src", &["rs"]) {
        if path.ends_with("tests.rs") || path.iter().any(|part| part == "tests") {
            continue;
        }
        // The demo may stop at once: nobody's login hangs on it.
        let demo = path.starts_with("src/demo");
        for (token, found) in panics(&without_tests(&tokens(&text(&path).unwrap()))) {
            if demo && found == "panic" {
                continue;
            }
            writeln!(problems, "{}:{}: {found} outside tests", path.display(), token.line).unwrap();
        }
    }
    none(&problems);
}

fn panics(tokens: &[Token]) -> Vec<(Token, String)> {
    // `unreachable!` may state what a type cannot say.
    let methods = ["unwrap", "expect", "unwrap_err", "expect_err"];
    let macros = ["panic", "todo", "unimplemented", "dbg"];
    let mut found = Vec::new();
    for at in 1..tokens.len() {
        let token = &tokens[at];
        let method = methods.contains(&token.text.as_str()) && matches!(tokens[at - 1].text.as_str(), "." | "::");
        let by_macro = macros.contains(&token.text.as_str()) && is(tokens, at + 1, &["!"]);
        if method || by_macro {
            found.push((token.clone(), token.text.clone()));
        }
    }
    found
}

#[test]
fn nothing_that_holds_a_secret_can_be_shown() {
    let mut problems = String::new();
    let mut seen = Vec::new();
    for path in files_in("src", &["rs"]) {
        let tokens = without_tests(&tokens(&text(&path).unwrap()));
        let shown: Vec<&str> = shown(&tokens).collect();
        for Type { name, line, derives, fields } in types(&tokens) {
            let named = SECRET_TYPES.iter().find(|(file, of)| path.ends_with(file) && *of == name);
            seen.extend(named);
            let secret = named.is_some() || fields.iter().any(|word| word == "Zeroizing");
            let shows = derives.iter().any(|word| word == "Debug") || shown.contains(&name.as_str());
            if secret && shows {
                writeln!(problems, "{}:{line}: {name} holds a secret, and can be shown", path.display()).unwrap();
            }
        }
    }
    for (file, name) in SECRET_TYPES.iter().filter(|one| !seen.contains(one)) {
        writeln!(problems, "{file}: no {name} there").unwrap();
    }
    none(&problems);
}

#[test]
fn every_module_says_what_it_is() {
    let mut problems = String::new();
    for path in files_in("src", &["rs"]) {
        let is_test = path.ends_with("tests.rs") || path.iter().any(|part| part == "tests");
        if !is_test && !text(&path).unwrap().starts_with("//! ") {
            writeln!(problems, "{}: begin with //!", path.display()).unwrap();
        }
    }
    none(&problems);
}

#[test]
fn nothing_is_left_open() {
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:"), concat!("HA", "CK:")];
    search(&sources(), &marks, "left open");
}

#[test]
fn no_machine_and_no_mirror_is_named() {
    let places = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("C:\\", "Users")];
    search(&files(), &places, "a path of one machine");

    let lock = text(Path::new("Cargo.lock")).unwrap();
    let stock = "registry+https://github.com/rust-lang/crates.io-index";
    for line in lock.lines().filter(|line| line.starts_with("source = ")) {
        assert!(line.contains(stock), "Cargo.lock names another registry: {line}");
    }
    for path in files() {
        let name = path.file_name().unwrap().to_string_lossy().to_lowercase();
        let points_elsewhere =
            ["nuget.config", ".npmrc", "pip.conf"].contains(&name.as_str()) || path.starts_with(".cargo");
        assert!(!points_elsewhere, "{} belongs to a machine, not to the project", path.display());
    }
}

/// Fails with every line of `paths` that holds one of `needles`.
fn search(paths: &[PathBuf], needles: &[&str], problem: &str) {
    let mut problems = String::new();
    for path in paths {
        let Some(content) = text(path) else { continue };
        for (number, line) in content.lines().enumerate() {
            if let Some(needle) = needles.iter().find(|needle| line.contains(**needle)) {
                writeln!(problems, "{}:{}: {problem}: {needle}", path.display(), number + 1).unwrap();
            }
        }
    }
    none(&problems);
}

#[cfg(test)]
mod tests {
    use super::{panics, shown, tokens, types, without_tests};

    #[test]
    fn a_type_that_can_be_shown_is_found() {
        let text = "#[derive(Clone, Debug)] #[serde(default)] pub struct A<'a>(&'a Zeroizing<String>); \
                    /// B. \n enum B { One { #[serde(skip)] a: u8 } } impl fmt::Display for B {}";
        let tokens = tokens(text);
        let found = types(&tokens);
        let derived = |at: usize| found[at].derives.contains(&"Debug".to_owned());
        assert_eq!((found.len(), derived(0), derived(1)), (2, true, false));
        assert!(found[0].fields.contains(&"Zeroizing".to_owned()) && found[1].name == "B");
        assert_eq!(shown(&tokens).collect::<Vec<_>>(), ["B"]);
    }

    #[test]
    fn a_panic_is_found_in_code_and_nowhere_else() {
        let found = |text: &str| panics(&without_tests(&tokens(text))).len();
        assert_eq!(found("fn f() { x.unwrap(); y.expect(\"z\"); panic!(); v.map(Option::unwrap) }"), 4);
        assert_eq!(found("fn f() { x.unwrap_or(1); expect(2); s(\"panic!() .unwrap()\") } // x.unwrap()"), 0);
        assert_eq!(found("fn f() {} #[cfg(test)] mod tests { fn g() { x.unwrap() } } fn h() {}"), 0);
        assert_eq!(found("#[cfg(test)] use a::{b}; fn h() { x.unwrap() }"), 1);
        assert_eq!(found("#[cfg(test)] mod tests; fn h() { x.unwrap() }"), 1);
    }
}

#[test]
fn every_kind_of_event_is_written_down_somewhere() {
    let kinds = jellyward::audit::Kind::ALL.iter().map(|kind| format!("{kind:?}"));
    let mut problems = String::new();
    let mut sources = files_in("src", &["rs"]);
    sources.retain(|path| !path.starts_with("src/audit") && !path.starts_with("src/notify"));
    let written: String = sources.iter().map(|path| text(path).unwrap()).collect();
    for kind in kinds {
        // Some call the list by another name, beside one of their own.
        let name = format!("::{kind}");
        let ends = |at: usize| !written[at + name.len()..].starts_with(|c: char| c.is_alphanumeric());
        if !written.match_indices(&name).any(|(at, _)| ends(at)) {
            writeln!(problems, "Kind{name} is declared, worded and shown, and never happens").unwrap();
        }
    }
    none(&problems);
}
