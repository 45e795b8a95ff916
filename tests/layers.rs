//! Imports point down only.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use source::tokens::{Token, is, tokens};

#[path = "layers/circles.rs"]
mod circles;
mod source;

/// The layers, highest first: a total order.
const LADDER: &[&str] = &[
    "ffi", "engine", "web", "account", "gate", "trust", "factor", "notify", "defense", "audit", "context", "settings",
    "store", "rescue", "crypto", "host", "clock",
];

/// Stands beside the ladder: may use every layer but `ffi`, and none may use it.
const BESIDE: &str = "demo";

/// The crate's roots see everything.
const ROOTS: &[&str] = &["lib.rs", "main.rs"];

#[test]
fn imports_point_down() {
    let mut wrong = String::new();
    for path in source::files_in("src", &["rs"]) {
        let module = module_of(path.strip_prefix("src").unwrap());
        if let Some(module) = module {
            for (line, problem) in problems(&source::text(&path).unwrap(), &module) {
                writeln!(wrong, "{}:{line}: {problem}", path.display()).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn everything_under_src_has_its_place() {
    for entry in fs::read_dir(source::root().join("src")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let layer = name.strip_suffix(".rs").unwrap_or(&name);
        assert!(
            ROOTS.contains(&name.as_str()) || LADDER.contains(&layer) || layer == BESIDE,
            "src/{name} has no place in the list of layers"
        );
    }
}

#[test]
fn the_order_is_told_as_it_is() {
    let crate_docs = source::text(Path::new("src/lib.rs")).unwrap().replace("\n//! ", " ");
    let told: Vec<&str> = crate_docs
        .lines()
        .find(|line| line.contains("`ffi` > "))
        .expect("src/lib.rs names the layers")
        .split('`')
        .filter(|word| LADDER.contains(word))
        .collect();
    assert_eq!(told[..LADDER.len()], *LADDER, "src/lib.rs");
    let page = source::text(Path::new("ARCHITECTURE.md")).unwrap();
    assert!(page.contains(&LADDER.join(" > ")), "ARCHITECTURE.md names the layers in another order");
}

/// `gate/verdict.rs` is `gate::verdict`; the roots are nothing that could look up.
fn module_of(path: &Path) -> Option<Vec<String>> {
    if ROOTS.iter().any(|root| path == Path::new(root)) {
        return None;
    }
    let mut module: Vec<String> =
        path.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    module.pop_if(|last| last == "mod");
    Some(module)
}

/// Every place in `text`, a file of `module`, that reaches where it must not.
fn problems(text: &str, module: &[String]) -> BTreeSet<(usize, String)> {
    let tokens = tokens(text);
    let mut look = Look::at(&tokens, module);
    look.all();
    look.found
}

struct Look<'a> {
    tokens: &'a [Token],
    module: Vec<String>,
    /// For each open brace: does it open an inline module?
    inner: Vec<bool>,
    /// Modules that can be named without a way to them.
    children: BTreeSet<Vec<String>>,
    /// Every path, from the crate on.
    reached: Vec<Vec<String>>,
    found: BTreeSet<(usize, String)>,
}

impl<'a> Look<'a> {
    fn at(tokens: &'a [Token], module: &[String]) -> Self {
        Self {
            tokens,
            module: module.to_vec(),
            inner: Vec::new(),
            children: BTreeSet::new(),
            reached: Vec::new(),
            found: BTreeSet::new(),
        }
    }

    fn all(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            at = self.one(at);
        }
    }

    /// Looks at one token, or at one whole path; says where to go on.
    fn one(&mut self, at: usize) -> usize {
        let text = self.tokens[at].text.as_str();
        let starts_path = is(self.tokens, at + 1, &["::"]) && (at == 0 || self.tokens[at - 1].text != "::");
        match text {
            "mod" if is(self.tokens, at + 2, &["{"]) => {
                self.module.push(self.tokens[at + 1].text.clone());
                self.inner.push(true);
                return at + 3;
            }
            "{" => self.inner.push(false),
            "}" if self.inner.pop() == Some(true) => {
                self.module.pop();
            }
            "crate" | "super" | "self" if starts_path => return self.path(at, &self.module.clone()),
            "crate" if is(self.tokens, at + 1, &["as"]) => self.report(at, "gives the crate another name"),
            "extern" if is(self.tokens, at + 1, &["crate"]) => self.report(at, "gives a crate another name"),
            "jellyward" if starts_path => self.report(at, "reaches this crate by its own name"),
            "path" if is(self.tokens, at + 1, &["="]) && is(self.tokens, at.saturating_sub(2), &["#", "["]) => {
                self.report(at, "takes a module from elsewhere");
            }
            _ if starts_path && self.is_child(text) => return self.path(at, &self.module.clone()),
            "include" if is(self.tokens, at + 1, &["!"]) => self.report(at, "includes source past the layers"),
            _ => {}
        }
        at + 1
    }

    fn is_child(&self, name: &str) -> bool {
        self.children.contains(&[self.module.as_slice(), &[name.to_owned()]].concat())
    }

    /// Follows one path (or, in braces, several) from `base`.
    fn path(&mut self, mut at: usize, base: &[String]) -> usize {
        let mut base = base.to_vec();
        let mut rooted = false;
        loop {
            match self.tokens.get(at).map(|token| token.text.as_str()) {
                Some("crate") => {
                    base.clear();
                    rooted = true;
                }
                Some("super") => {
                    base.pop();
                    rooted = base.is_empty();
                }
                Some("self") => {}
                Some("{") => return self.group(at, &base, rooted),
                Some("*") if rooted => {
                    self.report(at, "takes in all layers at once");
                    return at + 1;
                }
                Some(name) => {
                    if rooted {
                        self.judge(at, name);
                    }
                    rooted = false;
                    base.push(name.to_owned());
                }
                None => return at,
            }
            at += 1;
            if !is(self.tokens, at, &["::"]) {
                self.reached.push(base);
                return at;
            }
            at += 1;
        }
    }

    fn group(&mut self, open: usize, base: &[String], rooted: bool) -> usize {
        let mut at = open + 1;
        while at < self.tokens.len() && self.tokens[at].text != "}" {
            if self.tokens[at].text == "," {
                at += 1;
                continue;
            }
            let plain = !["crate", "super", "self", "{", "*"].contains(&self.tokens[at].text.as_str());
            if rooted && plain {
                self.judge(at, &self.tokens[at].text.clone());
            } else if rooted && self.tokens[at].text == "*" {
                self.report(at, "takes in all layers at once");
            }
            at = self.path(at, base);
            // `as name` and what else follows an entry.
            while at < self.tokens.len() && !matches!(self.tokens[at].text.as_str(), "," | "}") {
                at += 1;
            }
        }
        at + 1
    }

    /// May this file's layer use that one?
    fn judge(&mut self, at: usize, target: &str) {
        let own = self.module[0].clone();
        if target == own {
            return;
        }
        let place = |layer: &str| LADDER.iter().position(|rung| *rung == layer);
        let allowed = match (place(&own), place(target)) {
            (Some(own), Some(target)) => target > own,
            (None, Some(_)) => own == BESIDE && target != "ffi",
            // Something at the root that is no layer: a macro, a re-export that would hide one.
            (_, None) => false,
        };
        if !allowed {
            self.report(at, &format!("{own} must not use {target}"));
        }
    }

    fn report(&mut self, at: usize, problem: &str) {
        self.found.insert((self.tokens[at].line, problem.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::problems;

    fn found(module: &str, text: &str) -> Vec<String> {
        let module: Vec<String> = module.split("::").map(str::to_owned).collect();
        problems(text, &module).into_iter().map(|(_, problem)| problem).collect()
    }

    #[test]
    fn looking_down_and_beside_oneself_is_fine() {
        for text in [
            "use crate::store::Store;",
            "use crate::{host::Host, clock::{Clock, Seconds}};",
            "use super::verdict; use self::verdict::Outcome;",
            "use super::super::settings::keys;",
            "pub(crate) fn f() { crate::gate::verdict::f() }",
            "// use crate::web::x;\n/* crate::ffi::f() /* crate::ffi */ */ fn f<'a>() { g('\"', \"crate::web::x\", r#\"crate::web\"#) }",
            "mod tests { use super::super::attempt; }",
        ] {
            assert!(found("gate::attempt", text).is_empty(), "{text}: {:?}", found("gate::attempt", text));
        }
        assert!(found("demo::host", "use crate::engine::Engine;").is_empty());
    }

    #[test]
    fn looking_up_is_found_however_it_is_written() {
        for text in [
            "use crate::web::message::Request;",
            "use crate::{host::Host, web::{message, pages}};",
            "use crate::{host, web};",
            "use super::super::web::message;",
            "use super::{super::web, attempt};",
            "use crate::gate::{self, super::super::web};",
            "fn f() -> crate::web::Response { x }",
            "fn f() { let _ = super::super::web::go(); }",
            "macro_rules! m { () => { $crate::web::go() } }",
            "mod tests { use super::super::super::web; }",
            "mod tests { fn f() {} mod deeper { use crate::web; } }",
            "fn f() { if x { y('{') } } use super::super::web;",
            "use crate::web as w;",
        ] {
            assert_eq!(found("gate::attempt", text), ["gate must not use web"], "{text}");
        }
        assert_eq!(found("gate", "use super::web;"), ["gate must not use web"]);
        assert_eq!(found("gate", "use crate::demo::Host;"), ["gate must not use demo"]);
        assert_eq!(found("demo", "use crate::ffi::x;"), ["demo must not use ffi"]);
        assert_eq!(found("gate", "use crate::Anything;"), ["gate must not use Anything"]);
    }

    #[test]
    fn ways_around_are_found() {
        assert_eq!(found("gate", "use crate::*;"), ["takes in all layers at once"]);
        assert_eq!(found("gate", "use crate::{store, *};"), ["takes in all layers at once"]);
        assert_eq!(found("gate", "use super::*;"), ["takes in all layers at once"]);
        assert_eq!(found("gate", "use crate as c;"), ["gives the crate another name"]);
        assert_eq!(found("gate", "use jellyward::web;"), ["reaches this crate by its own name"]);
        assert_eq!(found("gate", "include!(\"../web/x.rs\");"), ["includes source past the layers"]);
        assert_eq!(found("gate", "extern crate self as me;"), ["gives a crate another name"]);
    }
}
