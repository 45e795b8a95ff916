//! No file needs another one that needs it in turn, however far around. That a parent declares its children, or passes
//! on what they have, does not count; that it uses them does.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;

use super::source::tokens::{Token, is, tokens, without_tests};
use super::{Look, module_of, source};

/// Every file, and the files that it uses.
type Uses = BTreeMap<PathBuf, BTreeSet<PathBuf>>;

#[test]
fn no_file_comes_back_to_itself() {
    let texts = source::files_in("src", &["rs"]).into_iter().map(|path| {
        let text = source::text(&path).unwrap();
        (path.strip_prefix("src").unwrap().to_owned(), text)
    });
    let found = circles(&uses(&texts.collect()));
    let wrong: Vec<String> = found.iter().map(|circle| told(circle)).collect();
    assert!(wrong.is_empty(), "\n{wrong:#?}");
}

fn told(circle: &[PathBuf]) -> String {
    let names: Vec<String> = circle.iter().chain(circle.first()).map(|path| path.display().to_string()).collect();
    names.join(" > ")
}

fn uses(texts: &BTreeMap<PathBuf, String>) -> Uses {
    let files: BTreeMap<Vec<String>, &PathBuf> =
        texts.keys().filter_map(|path| Some((module_of(path)?, path))).collect();
    let file_of = |reached: &[String]| {
        (1..=reached.len()).rev().find_map(|length| files.get(&reached[..length]).map(|path| (*path).clone()))
    };
    files
        .iter()
        .map(|(module, path)| {
            let used = reached(&texts[*path], module, &files).iter().filter_map(|reached| file_of(reached)).collect();
            ((*path).clone(), used)
        })
        .collect()
}

/// The full path of everything that a file uses of this crate.
fn reached(text: &str, module: &[String], files: &BTreeMap<Vec<String>, &PathBuf>) -> Vec<Vec<String>> {
    let tokens = without_tests(&tokens(text));
    let (passed_on, rest) = passed_on(&tokens);
    let mut all = Look::at(&rest, module);
    all.children =
        files.keys().filter(|file| file.split_last().is_some_and(|(_, parent)| parent == module)).cloned().collect();
    all.all();
    let mut again = Look::at(&passed_on, module);
    again.children = all.children.clone();
    again.all();
    let used_too = again.reached.into_iter().filter(|path| {
        let mut here = (0..rest.len()).filter(|at| Some(&rest[*at].text) == path.last());
        here.any(|at| at == 0 || !["::", ".", "mod"].contains(&rest[at - 1].text.as_str()))
    });
    all.reached.into_iter().chain(used_too).collect()
}

/// What stands in `pub use …;`, and everything else.
fn passed_on(tokens: &[Token]) -> (Vec<Token>, Vec<Token>) {
    let (mut passed_on, mut rest) = (Vec::new(), Vec::new());
    let mut inside = false;
    for (at, token) in tokens.iter().enumerate() {
        inside |= token.text == "use"
            && at > 0
            && (tokens[at - 1].text == "pub"
                || at > 3 && is(tokens, at - 4, &["pub", "("]) && tokens[at - 1].text == ")");
        if inside { &mut passed_on } else { &mut rest }.push(token.clone());
        inside &= token.text != ";";
    }
    (passed_on, rest)
}

/// The shortest way from each file back to itself, each circle once, from the first of its files on.
fn circles(uses: &Uses) -> BTreeSet<Vec<PathBuf>> {
    uses.keys().filter_map(|file| circle(uses, file)).collect()
}

fn circle(uses: &Uses, file: &PathBuf) -> Option<Vec<PathBuf>> {
    let mut from: BTreeMap<&PathBuf, &PathBuf> = BTreeMap::new();
    let mut waiting = VecDeque::from([file]);
    while let Some(here) = waiting.pop_front() {
        for next in uses.get(here).into_iter().flatten().filter(|next| *next != here) {
            if next == file {
                let mut way = vec![here.clone()];
                while let Some(before) = from.get(way.last()?) {
                    way.push((*before).clone());
                }
                way.reverse();
                let first = way.iter().position(|path| Some(path) == way.iter().min())?;
                way.rotate_left(first);
                return Some(way);
            }
            if !from.contains_key(next) {
                from.insert(next, here);
                waiting.push_back(next);
            }
        }
    }
    None
}

mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let texts = files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect();
        circles(&uses(&texts)).iter().map(|circle| told(circle)).collect()
    }

    #[test]
    fn a_way_back_is_found_however_it_is_written() {
        for (a, b) in [
            ("use super::b::Thing;", "use crate::gate::a;"),
            ("use crate::gate::{b, c};", "fn f() { super::a::f() }"),
            ("use super::{c, b::{Thing, Other}};", "pub use super::a::f; fn g() { f() }"),
        ] {
            assert_eq!(found(&[("gate/a.rs", a), ("gate/b.rs", b)]), ["gate/a.rs > gate/b.rs > gate/a.rs"], "{a} {b}");
        }
        let far = [("gate/a.rs", "use super::b;"), ("gate/b.rs", "use super::c;"), ("gate/c.rs", "use super::a;")];
        assert_eq!(found(&far), ["gate/a.rs > gate/b.rs > gate/c.rs > gate/a.rs"]);
    }

    #[test]
    fn a_parent_that_uses_its_child_is_one() {
        for parent in
            ["mod a; fn f() { a::g() }", "mod a; pub use a::Thing; fn f() -> Thing {}", "mod a; use a::Thing;"]
        {
            let found = found(&[("gate/mod.rs", parent), ("gate/a.rs", "use super::Other;")]);
            assert_eq!(found, ["gate/a.rs > gate/mod.rs > gate/a.rs"], "{parent}");
        }
    }

    #[test]
    fn declaring_and_passing_on_is_none() {
        for parent in ["mod a;", "pub mod a; pub use a::Thing;", "mod a; pub(crate) use a::{Thing, Other};"] {
            let found = found(&[("gate/mod.rs", parent), ("gate/a.rs", "use super::Constant;")]);
            assert!(found.is_empty(), "{parent}: {found:?}");
        }
        assert!(
            found(&[("gate/a.rs", "use super::b;"), ("gate/b.rs", "#[cfg(test)] mod tests { use crate::gate::a; }")])
                .is_empty()
        );
    }
}
