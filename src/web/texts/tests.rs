use std::collections::BTreeSet;

use fluent_syntax::ast::Entry;
use serde_json::Value;

use super::*;
use crate::web::api::admin::Banner;
use crate::web::assets;

/// What stands in quotes in a script.
fn words_in(script: &str) -> impl Iterator<Item = &str> {
    script.split(['\'', '"'])
}

fn ids_of(file: &str) -> BTreeSet<String> {
    let resource = FluentResource::try_new(file.to_owned()).unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
    resource
        .entries()
        .filter_map(|entry| match entry {
            Entry::Message(message) => Some(message.id.name.to_owned()),
            _ => None,
        })
        .collect()
}

/// That it exists, and that each is named, `tests/docs.rs` sees to.
#[test]
fn every_text_that_a_script_names_reaches_it() {
    let texts = Languages::load();
    let scripts: Value = serde_json::from_str(texts.choose(None, None).for_scripts().body()).unwrap();
    let named: BTreeSet<&str> = assets::parts().flat_map(words_in).collect();
    let asked: Vec<String> = ids_of(FILES[0].1).into_iter().filter(|id| named.contains(id.as_str())).collect();
    assert!(!asked.is_empty());
    for id in asked {
        assert!(scripts.get(&id).is_some(), "{id} does not reach the scripts");
    }
}

#[test]
fn settings_events_and_banners_are_worded() {
    let languages = Languages::load();
    let texts = languages.choose(None, None);
    let scripts: Value = serde_json::from_str(texts.for_scripts().body()).unwrap();
    for id in crate::settings::message_ids() {
        assert!(texts.has(&id), "no text {id}");
    }
    for kind in crate::audit::Kind::ALL {
        let id = format!("dashboard-event-kind-{}", kind.as_str());
        assert!(scripts.get(&id).is_some(), "no text {id}");
    }
    let banners: BTreeSet<String> = Banner::ALL.iter().map(|banner| format!("banner-{}", banner.code())).collect();
    let told: BTreeSet<String> = ids_of(FILES[0].1).into_iter().filter(|id| id.starts_with("banner-")).collect();
    assert_eq!(told, banners);
    for state in ["protected", "missing", "open"] {
        assert!(scripts.get(format!("dashboard-state-{state}")).is_some(), "no text for {state}");
    }
}

#[test]
fn all_languages_have_the_same_texts() {
    let english = ids_of(FILES[0].1);
    for (tag, file) in FILES {
        assert_eq!(ids_of(file), english, "{tag}");
    }
}

#[test]
fn no_text_stands_twice() {
    for (tag, file) in FILES {
        let mut seen = BTreeSet::new();
        for line in file.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic())) {
            let id = line.split(" =").next().unwrap();
            assert!(seen.insert(id), "{tag}: {id} stands twice");
        }
    }
}

#[test]
fn scripts_get_arguments_and_plurals() {
    let texts = Texts::read(
        "en",
        "challenge-left = { $count ->\n    [0] no try left\n    [one] { $count } try left\n   *[other] { $count } tries left\n}\n\
         common-hello = Hello, { $name }\npage-title = no",
    );
    let scripts: Value = serde_json::from_str(texts.for_scripts().body()).unwrap();
    assert_eq!(
        scripts,
        serde_json::json!({
            "challenge-left": {"by": "count", "0": "no try left", "one": "{count} try left", "other": "{count} tries left"},
            "common-hello": "Hello, {name}",
        })
    );
}

#[test]
fn a_text_takes_its_arguments() {
    let texts = Texts::read("en", "hello = Hello, { $name }");
    let mut args = FluentArgs::new();
    args.set("name", "<b>");
    assert_eq!(texts.with("hello", &args), "Hello, <b>");
    assert_eq!(texts.get("nothing"), "nothing");
}

#[test]
fn the_reader_gets_the_language_they_like_best() {
    let languages = Languages::of(&[("en", "a = en"), ("de", "a = de"), ("pt-BR", "a = pt")]);
    let chosen = |owners, accepted| languages.choose(owners, Some(accepted)).get("a");
    assert_eq!(chosen(None, "de-AT,de;q=0.9,en;q=0.8"), "de");
    assert_eq!(chosen(None, "en;q=0.5, de;q=0.7"), "de");
    assert_eq!(chosen(None, "pt"), "pt");
    assert_eq!(chosen(None, "de;q=0, pt-BR;q=0.1"), "pt");
    assert_eq!(chosen(None, "fr"), "en");
    assert_eq!(chosen(None, "*;q=1,,;;\u{0}"), "en");
    assert_eq!(chosen(Some("de"), "en"), "de");
    assert_eq!(chosen(Some("auto"), "de"), "de");
    assert_eq!(languages.choose(None, None).get("a"), "en");
}
