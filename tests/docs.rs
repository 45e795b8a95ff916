//! What is generated from the declarations and the language file is fresh, and every text is there and in use.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jellyward::notify::message;
use jellyward::settings;
use jellyward::web::problem::Code;
use jellyward::web::routes::table::{TABLE, Verb};
use jellyward::web::texts::Languages;
use jellyward::web::{assets, routes};

const LANGUAGE_FILE: &str = "src/web/lang/en.ftl";

#[test]
fn the_settings_page_is_fresh() {
    let languages = Languages::load();
    let texts = languages.choose(None, None);
    let page = settings::markdown(&|id| texts.get(id));
    let path = source::root().join("docs/settings.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let checked_in = fs::read_to_string(&path).unwrap_or_default();
    assert!(checked_in == page, "docs/settings.md is stale: UPDATE=1 cargo test --test docs");
}

#[test]
fn the_messages_page_is_fresh() {
    let languages = Languages::load();
    let texts = languages.choose(None, None);
    let page = message::markdown(&|id| texts.get(id));
    let path = source::root().join("docs/messages.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let checked_in = fs::read_to_string(&path).unwrap_or_default();
    assert!(checked_in == page, "docs/messages.md is stale: UPDATE=1 cargo test --test docs");
}

#[test]
fn every_setting_and_message_has_its_texts() {
    let known = ids();
    let declared = settings::message_ids().into_iter().chain(message::message_ids());
    let missing: Vec<String> = declared.filter(|id| !known.contains(id)).collect();
    assert!(missing.is_empty(), "{LANGUAGE_FILE} lacks {missing:#?}");
}

/// An id is used where it stands in a source file as a word of its own, or where its stem does, ending in a dash or a
/// brace behind which the rest is put together (`problem-{code}`).
#[test]
fn every_text_is_used() {
    let by_declaration: BTreeSet<String> = settings::message_ids().into_iter().collect();
    let words = words_of_sources();
    let used = |id: &str| {
        let stem_used = || id.match_indices('-').any(|(at, _)| words.contains(&id[..=at]));
        words.contains(id) || by_declaration.contains(id) || stem_used()
    };
    let unused: Vec<String> = ids().into_iter().filter(|id| !used(id)).collect();
    assert!(unused.is_empty(), "nothing reads {unused:#?} of {LANGUAGE_FILE}");
}

#[test]
fn every_text_that_is_asked_for_exists() {
    let known = ids();
    let groups: BTreeSet<&str> = known.iter().filter_map(|id| id.split('-').next()).collect();
    let looks_like_an_id = |word: &str| {
        let (group, rest) = word.split_once('-').unwrap_or((word, ""));
        groups.contains(group) && !rest.is_empty() && !rest.ends_with('-')
    };
    let classes = words_in(&text_of("src/web/assets/style.css"));
    let missing: Vec<String> = words_of_sources()
        .into_iter()
        .filter(|word| looks_like_an_id(word) && !known.contains(word) && !classes.contains(word))
        .collect();
    assert!(missing.is_empty(), "{LANGUAGE_FILE} lacks {missing:#?}");
}

/// The table of `docs/abi.md` names every document that crosses, and none that does not; its calls name no other.
#[test]
fn the_abi_page_names_every_document() {
    let described: serde_json::Value = serde_json::from_str(&text_of("bindings/documents.json")).unwrap();
    let described: BTreeSet<&str> = described.as_object().unwrap().keys().map(String::as_str).collect();
    let page = text_of("docs/abi.md");
    let (_, behind) = page.split_once("| Document | From, to | Where |\n|---|---|---|\n").unwrap();
    let (table, calls) = behind.split_once("\n\n").unwrap();
    let cells = table.lines().filter_map(|row| row.split('|').nth(1));
    let listed: BTreeSet<&str> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert_eq!(listed, described);

    let (calls, _) = calls.split_once("```\n\n").unwrap();
    let comments = calls.split("/*").skip(1).filter_map(|rest| rest.split("*/").next());
    let named = comments.flat_map(|comment| comment.split([' ', ',']).filter(|word| described.contains(word)));
    assert_eq!(named.collect::<BTreeSet<_>>().len(), 10, "the calls of the engine name their documents");
    assert!(!page.contains("::"), "a program in another language has no use for Rust's paths");
}

/// The tables of `docs/http-api.md` have one row for each call, and none that is no call.
#[test]
fn the_http_page_names_every_call() {
    let page = text_of("docs/http-api.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let told: Vec<&str> = rows
        .map(|(call, _)| call.split('?').next().unwrap())
        .filter(|call| call.split_once(' ').is_some_and(|(_, path)| routes::for_programs(path)))
        .collect();
    let told_once: BTreeSet<&str> = told.iter().copied().collect();
    assert_eq!(told.len(), told_once.len(), "a call has two rows");
    let calls = TABLE.iter().filter(|row| row.call().is_some());
    let calls: BTreeSet<String> =
        calls.map(|row| format!("{} {}", if row.verb() == Verb::Get { "GET" } else { "POST" }, row.path)).collect();
    assert_eq!(told_once, calls.iter().map(String::as_str).collect());
}

#[test]
fn the_http_page_names_every_page_and_asset() {
    let page = text_of("docs/http-api.md");
    let (_, table) = page.split_once("## Pages and assets").unwrap();
    let words: Vec<&str> = table.split('`').skip(1).step_by(2).collect();
    let paths = words.iter().map(|word| word.strip_prefix("GET ").unwrap_or(word));
    let paths: BTreeSet<&str> = paths
        .filter(|word| word.starts_with('/') && !word.contains('<'))
        .map(|path| path.strip_suffix('/').unwrap_or(path))
        .collect();
    assert_eq!(paths, TABLE.iter().filter(|row| row.call().is_none()).map(|row| row.path).collect());
    let files: BTreeSet<&str> =
        words.iter().copied().filter(|word| word.ends_with(".js") || word.ends_with(".css")).collect();
    assert_eq!(
        files.into_iter().filter(|file| !file.contains('/')).collect::<BTreeSet<_>>(),
        assets::names().collect()
    );
}

/// Every problem code is named, and what stands behind a status is one that has it.
#[test]
fn the_http_page_names_every_problem() {
    let page = text_of("docs/http-api.md");
    let named: BTreeSet<&str> = page.split('`').skip(1).step_by(2).collect();
    let missing: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).filter(|code| !named.contains(code)).collect();
    assert!(missing.is_empty(), "docs/http-api.md lacks {missing:?}");
    let is_status = |word: &str| word.len() == 3 && word.starts_with(['4', '5']) && word.parse::<u16>().is_ok();
    let pieces: Vec<&str> = page.split('`').collect();
    let pairs = pieces.windows(2).step_by(2).filter_map(|pair| {
        let status = pair[0].strip_suffix(' ')?.rsplit(' ').next().filter(|word| is_status(word))?;
        Some((status, pair[1]))
    });
    let mut count = 0;
    for (status, code) in pairs {
        let fits = Code::ALL.iter().any(|known| known.as_str() == code && known.status().to_string() == status);
        assert!(fits, "docs/http-api.md: {status} `{code}`");
        count += 1;
    }
    assert!(count > 100, "{count} refusals were found");
}

/// `docs/abi.md` names every number that a function can give back.
#[test]
fn the_abi_page_names_every_status() {
    let header = text_of("include/jellyward.h");
    let numbers = header.lines().filter_map(|line| line.trim().strip_prefix("JW_STATUS_")?.split_once(" = "));
    let numbers: BTreeSet<u32> = numbers.filter_map(|(_, number)| number.trim_end_matches(',').parse().ok()).collect();
    let page = text_of("docs/abi.md");
    let (_, told) = page.split_once("\n## Statuses\n").unwrap();
    // A range tells where numbers of that kind may lie.
    let ranges: BTreeSet<&str> = told.split(" to ").skip(1).filter_map(|rest| rest.split_whitespace().next()).collect();
    let words = told.split(|c: char| c.is_whitespace() || "(,;)".contains(c)).filter(|word| !ranges.contains(word));
    assert_eq!(words.filter_map(|word| word.parse().ok()).collect::<BTreeSet<u32>>(), numbers);
}

/// The ids of the language file.
fn ids() -> BTreeSet<String> {
    let file = text_of(LANGUAGE_FILE);
    file.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" =").map(|(id, _)| id.to_owned()))
        .collect()
}

/// The quoted words of pages, scripts and the code of the web side.
fn words_of_sources() -> BTreeSet<String> {
    source::files_in("src/web", &["rs", "js", "html"])
        .iter()
        .chain(&source::files_in("dotnet-shim/src", &["cs", "html"]))
        // The list of groups that reach the scripts names no text.
        .filter(|path| !path.ends_with("tests.rs") && !path.ends_with("texts/export.rs"))
        .flat_map(|path| words_in(&source::text(path).unwrap()))
        .collect()
}

/// Runs of the characters an id is made of, directly behind a quote; the rest of the literal does not matter.
fn words_in(text: &str) -> BTreeSet<String> {
    let is_quote = |c: char| matches!(c, '"' | '\'' | '`' | '.');
    text.match_indices(is_quote)
        .map(|(at, _)| {
            let rest = &text[at + 1..];
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).unwrap_or(rest.len());
            rest[..end].to_owned()
        })
        .filter(|word| word.contains('-'))
        .collect()
}

fn text_of(path: &str) -> String {
    source::text(Path::new(path)).unwrap()
}
