use std::collections::BTreeSet;

use fluent_syntax::ast::Entry;
use serde_json::Value;

use super::*;

/// What names texts: our scripts, our pages, and the parts of the engine that word something.
const READERS: &[&str] = &[
    include_str!("../assets/kit.js"),
    include_str!("../assets/passkey.js"),
    include_str!("../assets/passkey_sign_in.js"),
    include_str!("../assets/diagnosis.js"),
    include_str!("../assets/password.js"),
    include_str!("../assets/remote.js"),
    include_str!("../assets/dialog.js"),
    include_str!("../assets/proof.js"),
    include_str!("../assets/session.js"),
    include_str!("../assets/extras.js"),
    include_str!("../assets/challenge.js"),
    include_str!("../assets/mail_code.js"),
    include_str!("../assets/enrolment.js"),
    include_str!("../assets/server.js"),
    include_str!("../assets/login.js"),
    include_str!("../assets/account.js"),
    include_str!("../assets/account/overview.js"),
    include_str!("../assets/account/methods.js"),
    include_str!("../assets/email.js"),
    include_str!("../assets/set_up.js"),
    include_str!("../assets/undo.js"),
    include_str!("../assets/account/email.js"),
    include_str!("../assets/account/app_passwords.js"),
    include_str!("../assets/account/quick_connect.js"),
    include_str!("../assets/account/tv.js"),
    include_str!("../assets/account/browsers.js"),
    include_str!("../assets/account/sessions.js"),
    include_str!("../assets/account/lost_phone.js"),
    include_str!("../assets/dashboard.js"),
    include_str!("../assets/dashboard/mail.js"),
    include_str!("../assets/dashboard/messages.js"),
    include_str!("../assets/dashboard/settings.js"),
    include_str!("../assets/dashboard/sessions.js"),
    include_str!("../assets/dashboard/resets.js"),
    include_str!("../assets/dashboard/ways_in.js"),
    include_str!("../assets/dashboard/users.js"),
    include_str!("../assets/dashboard/events.js"),
    include_str!("../assets/new_password.js"),
    include_str!("../assets/asker.js"),
    include_str!("../assets/demanded.js"),
    include_str!("../assets/extras/quick_connect.js"),
    include_str!("../assets/forgot.js"),
    include_str!("../assets/reset.js"),
    include_str!("../pages.rs"),
    include_str!("../action.rs"),
];

/// Words in quotes that start like the id of a text for scripts or pages.
fn ids_in(source: &str) -> BTreeSet<String> {
    let prefixes = export::PREFIXES.iter().copied().chain(["page-"]);
    let prefixes: Vec<&str> = prefixes.collect();
    source
        .split(['\'', '"', '`'])
        .filter(|word| prefixes.iter().any(|prefix| word.starts_with(prefix)) && !word.ends_with('-'))
        .filter(|word| word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'))
        .map(str::to_owned)
        .collect()
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

#[test]
fn every_text_that_is_named_exists() {
    let texts = Languages::load();
    let scripts: Value = serde_json::from_str(texts.choose(None, None).for_scripts().body()).unwrap();
    for source in READERS {
        for id in ids_in(source) {
            assert!(texts.choose(None, None).has(&id), "no text {id}");
            assert!(id.starts_with("page-") || scripts.get(&id).is_some(), "{id} does not reach the scripts");
        }
    }
}

#[test]
fn every_text_of_pages_and_scripts_is_read() {
    let named: BTreeSet<String> = READERS.iter().flat_map(|source| ids_in(source)).collect();
    for (tag, file) in FILES {
        for id in ids_of(file) {
            let ours = export::PREFIXES.iter().any(|prefix| id.starts_with(prefix)) || id.starts_with("page-");
            // Problems, event kinds and the like are looked up by their code.
            let by_code = [
                "problem-",
                "dashboard-event-kind-",
                "dashboard-state-",
                "passkey-finding-",
                "dashboard-kind-",
                "dashboard-messages-",
            ];
            let by_code = by_code.iter().any(|prefix| id.starts_with(prefix));
            assert!(!ours || by_code || named.contains(&id), "{tag}: nobody reads {id}");
        }
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
