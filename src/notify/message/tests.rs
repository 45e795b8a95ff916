use super::custom::{ours, tried};
use super::defaults::{self, languages};
use super::letter::{Templates, Values, write};
use super::template::{Flaw, LONGEST_TEMPLATE, Part, check, fill};
use zeroize::Zeroizing;

use super::*;
use crate::notify::mail::{LONGEST_SUBJECT, LONGEST_TEXT};

/// How much of a text phones show beside the subject, at the least.
const PHONE: usize = 60;

fn templates(subject: &str, text: &str, html: Option<&str>) -> Templates {
    Templates { subject: subject.into(), text: text.into(), html: html.map(str::to_owned) }
}

fn sample(kind: Kind) -> Values {
    Values::samples(kind, &kind.variables(), "alice", "Jellyfin", "en")
}

fn refused(kind: Kind, templates: &Templates) -> Flaw {
    tried(kind, templates).unwrap_err()
}

/// Text with every `<…>` taken out.
fn without_markup(html: &str) -> String {
    let body = html.split_once("<body").unwrap().1;
    body.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect()
}

#[test]
fn every_kind_is_told_in_every_language() {
    for (kind, language) in Kind::ALL.iter().flat_map(|kind| languages().map(|language| (*kind, language))) {
        tried(kind, &ours(kind, language)).unwrap_or_else(|flaw| panic!("{language}/{}: {flaw}", kind.as_str()));
        for there in kind.occasions() {
            let values = Values::samples(kind, &there, "alice", "Our TV", language);
            let letter = write(&ours(kind, language), &values).unwrap();
            let name =
                format!("{language}/{} with {there:?}:\n{}\n{}", kind.as_str(), letter.subject, letter.text.as_str());
            assert!(letter.subject.contains("Our TV"), "{name}");
            assert!(letter.text.ends_with("\n\n-- \nOur TV\n"), "{name}");
            assert!(!letter.text.contains("\n\n\n") && !letter.text.contains(['{', '}']), "{name}");
            assert!(!letter.text.contains("  ") && !letter.text.contains(" ."), "{name}");
            let html = without_markup(letter.html.as_ref().unwrap());
            for variable in there.iter().filter(|one| letter.text.contains(one.sample())) {
                assert!(html.contains(variable.sample()), "{name}\n{html}");
            }
            let first = letter.text.lines().next().unwrap();
            for code in there.iter().filter(|one| matches!(one, Variable::Code | Variable::Pin)) {
                let at = first.find(code.sample()).unwrap_or(usize::MAX);
                assert!(at < PHONE, "{name} has its {} too far behind", code.as_str());
                assert!(!letter.subject.contains(code.sample()), "{name} shows its {} in the subject", code.as_str());
            }
            assert!(first.contains("alice") || first.contains("Our TV"), "{name}: the first line says not of what");
        }
    }
}

#[test]
fn a_language_we_do_not_have_is_english() {
    assert_eq!(defaults::language(None), "en");
    assert_eq!(defaults::language(Some("tlh")), "en");
    assert_eq!(ours(Kind::Reset, "tlh"), ours(Kind::Reset, "en"));
}

#[test]
fn hostile_values_are_text_and_nothing_else() {
    let hostile = "<script>alert(1)</script>\r\nBcc: all@example.org\r\n\r\n\u{202e}{{ code }}{% if x %}&amp;\"' \u{fdd1}1\u{fdd0}\0";
    for kind in Kind::ALL {
        let given: Vec<(Variable, &str)> = kind.variables().into_iter().map(|name| (name, hostile)).collect();
        let values = Values::new(*kind, hostile, hostile, &given, "en");
        let letter = write(&ours(*kind, "en"), &values).unwrap();
        let html = letter.html.as_ref().unwrap();
        assert!(!html.contains("<script"), "{}", html.as_str());
        assert!(letter.text.contains("<script>") && letter.text.contains("{{ code }}"), "{}", letter.text.as_str());
        for text in [&letter.subject, &*letter.text, &**html] {
            assert!(!text.contains(['\r', '\0', '\u{202e}', '\u{fdd0}', '\u{fdd1}']), "{text:?}");
            assert!(!text.contains("\nBcc"), "{text:?}");
        }
        assert!(!letter.subject.contains('\n') && letter.subject.chars().count() <= LONGEST_SUBJECT);
        let own = "<p title=\"{{ user }}\">{{ user }} {{ server }}</p>";
        let must: String = kind
            .variables()
            .iter()
            .filter(|one| one.opens())
            .map(|one| format!("{{{{ {} }}}}", one.as_str()))
            .collect();
        let text = format!("{{{{ user }}}} {must}");
        let letter = write(&templates("Hello", &text, Some(&format!("{own}{must}"))), &values).unwrap();
        let html = letter.html.unwrap();
        assert!(
            !html.contains("<script") && !html.contains("\" onclick") && html.contains("&lt;script"),
            "{}",
            html.as_str()
        );
    }
}

#[test]
fn a_link_that_no_browser_should_follow_is_no_link() {
    for bad in
        ["javascript:alert(1)", "data:text/html,x", "//example.org", "file:///etc/passwd", " javascript:alert(1)"]
    {
        let values = Values::new(Kind::Reset, "alice", "TV", &[(Variable::Link, bad)], "en");
        let html = write(&ours(Kind::Reset, "en"), &values).unwrap().html.unwrap();
        assert!(!html.contains("href"), "{bad}: {}", html.as_str());
    }
    let quoted = "https://example.org/?a=1&b=\"><script>";
    let values = Values::new(Kind::Reset, "alice", "TV", &[(Variable::Link, quoted)], "en");
    let html = write(&ours(Kind::Reset, "en"), &values).unwrap().html.unwrap();
    assert!(
        !html.contains("<script") && html.contains("href=\"https://example.org/?a=1&#38;b=&#34;&#62;"),
        "{}",
        html.as_str()
    );
}

#[test]
fn what_a_stranger_calls_a_device_is_short_and_no_link() {
    let device = format!("http://evil.example/x see www.evil.example {}", "!".repeat(500));
    let given = [(Variable::Code, "123456"), (Variable::Device, device.as_str()), (Variable::Minutes, "5")];
    let letter =
        write(&ours(Kind::SignInCode, "en"), &Values::new(Kind::SignInCode, "alice", "TV", &given, "en")).unwrap();
    for text in [&*letter.text, &**letter.html.as_ref().unwrap()] {
        assert!(!text.contains("evil.example") && !text.contains("://evil"), "{text}");
        assert!(text.contains("www.\u{200b}evil.\u{200b}example") && !text.contains(&"!".repeat(80)), "{text}");
    }
    let plain =
        [(Variable::Code, "123456"), (Variable::Device, "Jellyfin Web 10.11.3"), (Variable::Network, "2001:db8::1")];
    let letter =
        write(&ours(Kind::SignInCode, "en"), &Values::new(Kind::SignInCode, "alice", "TV", &plain, "en")).unwrap();
    assert!(letter.text.contains("“Jellyfin Web 10.11.3” at 2001:db8::1."), "{}", letter.text.as_str());
}

#[test]
fn what_somebody_calls_themselves_is_no_link_in_a_mail_to_somebody_else() {
    let given = [(Variable::Code, "123456"), (Variable::Minutes, "10")];
    let values = Values::new(Kind::AddressCode, "www.evil.example", "TV", &given, "en");
    let letter = write(&ours(Kind::AddressCode, "en"), &values).unwrap();
    for text in [&*letter.text, &**letter.html.as_ref().unwrap()] {
        assert!(text.contains("www.\u{200b}evil.\u{200b}example") && !text.contains("evil.example"), "{text}");
    }
}

#[test]
fn a_code_can_be_taken_whole_and_a_link_is_a_button_and_readable() {
    let html = write(&ours(Kind::ResetPinLink, "en"), &sample(Kind::ResetPinLink)).unwrap().html.unwrap();
    let pin = Variable::Pin.sample();
    let at = html.find(&format!("user-select:all\">{pin}</span>")).expect("the code is a thing of its own");
    assert!(at > 0);
    let link = Variable::Link.sample();
    assert_eq!(html.matches(&format!("href=\"{link}\"")).count(), 2);
    assert!(
        html.contains("Continue on media.example.org</a>") && html.contains(&format!(">{link}</a>")),
        "{}",
        html.as_str()
    );
    // Text alone on its line, outside a link, becomes a big code as well.
    let own = templates("Hi", "Hello\n\n{{ pin }}\n\n{{ link }}", None);
    let html = write(&own, &sample(Kind::ResetPinLink)).unwrap().html.unwrap();
    assert!(html.contains("font-size:30px"));
}

#[test]
fn nothing_in_our_html_comes_from_elsewhere_and_it_knows_both_lights() {
    for kind in Kind::ALL {
        let html = write(&ours(*kind, "en"), &sample(*kind)).unwrap().html.unwrap();
        for banned in ["<img", "<link", "<script", "url(", "@import", "<table", "src=", "@font-face"] {
            assert!(!html.contains(banned), "{banned} in {}", html.as_str());
        }
        for wanted in [
            "<meta name=\"color-scheme\" content=\"light dark\">",
            "supported-color-schemes",
            "prefers-color-scheme: dark",
        ] {
            assert!(html.contains(wanted), "{wanted}");
        }
        assert!(html.len() < 16 * 1024);
    }
}

#[test]
fn the_owners_html_stands_in_ours_or_by_itself() {
    let part = templates("Hi", "Hello", Some("<p>Hello <b>{{ user }}</b></p>"));
    let html = write(&part, &sample(Kind::Unlocked)).unwrap().html.unwrap();
    assert!(html.contains("<p>Hello <b>alice</b></p>") && html.contains("color-scheme"), "{}", html.as_str());
    for whole in [" <!DOCTYPE html><p>{{ user }}", "<HTML><body>{{ user }}"] {
        let html = write(&templates("Hi", "Hello", Some(whole)), &sample(Kind::Unlocked)).unwrap().html.unwrap();
        assert_eq!(*html, whole.replace("{{ user }}", "alice"));
    }
}

#[test]
fn a_mistake_is_refused_where_it_is() {
    type Case<'a> = (&'a str, &'a str, (Part, usize, usize), &'a str);
    let cases: &[Case<'_>] = &[
        ("Hi", "Hello\n  {{ user }", (Part::Text, 2, 3), "never closed"),
        ("Hi", "Hello {{ usr }}", (Part::Text, 1, 10), "no variable usr"),
        ("Hi {{ usr }}", "Hello", (Part::Subject, 1, 7), "no variable usr"),
        ("Hi", "äöü {{ code }}", (Part::Text, 1, 8), "no variable code"),
        ("Hi", "{% if user %}x", (Part::Text, 1, 14), "unexpected end"),
        ("Hi", "Hello\n{% endif %}", (Part::Text, 2, 4), "unknown statement"),
        ("Hi", "a\nb {% for x in y %}", (Part::Text, 2, 6), "only if, elif, else, endif"),
        ("Hi", "{{ user * 9 }}", (Part::Text, 1, 9), "* cannot stand here"),
        ("Hi", "{{ user|safe }}", (Part::Text, 1, 8), "| cannot stand here"),
        ("Hi", "{{ user server }}", (Part::Text, 1, 9), "unexpected identifier"),
        ("Hi\nBcc: x", "Hello", (Part::Subject, 1, 3), "one line"),
        ("Hi", "a\u{0}b", (Part::Text, 1, 2), "U+0000"),
        ("", "Hello", (Part::Subject, 1, 1), "nothing comes"),
        ("Hi", " \n{% if user == \"\" %}x{% endif %}", (Part::Text, 1, 1), "nothing comes"),
    ];
    let mut wrong = Vec::new();
    for (subject, text, place, reason) in cases {
        let flaw = refused(Kind::Unlocked, &templates(subject, text, None));
        if (flaw.part, flaw.line, flaw.column) != *place || !flaw.reason.contains(reason) {
            wrong.push(format!("{subject:?} {text:?} is not at {place:?} {reason}, but: {flaw}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let in_html = refused(Kind::Unlocked, &templates("Hi", "Hello", Some("<p>\n{{ who }}</p>")));
    assert_eq!((in_html.part, in_html.line, in_html.column), (Part::Html, 2, 4));
}

#[test]
fn what_people_need_cannot_be_left_out_nor_shown_to_everybody() {
    let flaw = refused(Kind::SignInCode, &templates("Hi", "Hello {{ user }}", None));
    assert!(flaw.reason.contains("{{ code }}"), "{flaw}");
    let flaw = refused(Kind::Reset, &templates("Hi", "{% if not link %}{{ code }}{% endif %}{{ link }}", None));
    assert!(flaw.reason.contains("{{ code }}"), "{flaw}");
    let flaw = refused(Kind::Reset, &templates("Hi", "{{ code }} {{ link }}", Some("<p>{{ code }}</p>")));
    assert_eq!((flaw.part, flaw.reason.contains("{{ link }}")), (Part::Html, true), "{flaw}");
    tried(Kind::Reset, &templates("Hi", "{{ code }} {{ link }}", Some("<a href=\"{{ link }}\">{{ code }}</a>")))
        .unwrap();
    let flaw = refused(Kind::SignInCode, &templates("{{ code }} is your code", "{{ code }}", None));
    assert_eq!((flaw.part, flaw.line, flaw.column), (Part::Subject, 1, 4));
    assert!(flaw.reason.contains("must not stand in a subject"), "{flaw}");
}

/// Each of these would cost gigabytes, minutes or somebody else's file, were it taken as it is meant.
#[test]
fn no_template_takes_more_than_its_length() {
    let doubling = "{% set a = a ~ a %}".repeat(60);
    let nested = format!("{{{{ {}user{} }}}}", "(".repeat(5000), ")".repeat(5000));
    let deep = "{% if user %}".repeat(1000);
    let cases = [
        "{{ 'x' * 100000000 }}",
        "{{ \"}}\" * 100000000 }}",
        "{% if \"%}\" * 100000000 %}x{% endif %}",
        "{{ 'a\\' * 100000000 }}",
        "{{ '\n' * 100000000 }}",
        "{# #}{{ user ~ user }}",
        "{{ user + user }}",
        "{{ user - user }}",
        "{% for a in range(1000000) %}{% for b in range(1000000) %}x{% endfor %}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{% import 'x' as y %}",
        "{% macro x() %}{{ x() }}{% endmacro %}",
        "{%- raw -%}{{ user }}{% endraw %}",
        "{% autoescape false %}{{ user }}{% endautoescape %}",
        "{{ user.__class__ }}",
        "{{ user[0] }}",
        "{{ user() }}",
        "{{ {} }}",
        "{{ 9 ** 99999 }}",
        doubling.as_str(),
        nested.as_str(),
        deep.as_str(),
    ];
    let values = [(Variable::User, Zeroizing::new("u".repeat(254)))];
    for case in cases {
        let start = case.chars().take(60).collect::<String>();
        assert!(check(Part::Text, case, &[Variable::User]).is_err(), "{start}");
        assert!(fill(Part::Text, case, &values).is_err(), "{start}");
    }
    let long = "{{ user }}".repeat(1000);
    let flaw = fill(Part::Text, &long, &values).unwrap_err();
    assert!(flaw.reason.contains("bytes come of this"), "{flaw}");
    let longer = "x".repeat(LONGEST_TEMPLATE + 1);
    assert!(check(Part::Text, &longer, &[]).unwrap_err().reason.contains(&LONGEST_TEMPLATE.to_string()));
    assert!(fill(Part::Text, &longer, &[]).is_err());
    assert!(fill(Part::Text, &"{% if user %}{% endif %}".repeat(50), &values).is_ok());
}

/// Threads of .NET have 1.5 MiB, of musl 128 KiB: what is nested must not run over the end of them.
#[test]
fn nothing_nested_needs_a_deep_stack() {
    let cases = [
        format!("{{{{ {}user }}}}", "not ".repeat(4000)),
        format!("{{{{ user{} }}}}", " and user".repeat(1800)),
        format!("{{{{ user{} }}}}", " == user".repeat(1800)),
        format!("{{{{ user{} }}}}", " if user else user".repeat(900)),
        format!("{{% if user %}}{}{{% endif %}}", "{% elif user %}".repeat(1000)),
        format!("{}{}", "{% if user %}".repeat(600), "{% endif %}".repeat(600)),
        // As deep as is allowed.
        format!("{}x{}", "{% if user %}".repeat(64), "{% endif %}".repeat(64)),
        format!("{{% if user %}}{}{{% endif %}}", "{% elif user %}".repeat(126)),
        format!("{{{{ {}user }}}}", "not ".repeat(31)),
        format!("{{{{ user{} }}}}", " and user".repeat(15)),
    ];
    let deep = move || {
        let values = [(Variable::User, Zeroizing::new("alice".to_owned()))];
        cases
            .map(|case| (check(Part::Text, &case, &[Variable::User]).is_ok(), fill(Part::Text, &case, &values).is_ok()))
    };
    let found = std::thread::Builder::new().stack_size(256 * 1024).spawn(deep).unwrap().join().unwrap();
    assert_eq!(found[..6], [(false, false); 6]);
    assert_eq!(found[6..], [(true, true); 4]);
}

#[test]
fn a_message_that_can_be_filled_in_can_be_sent() {
    let long = "𝔄".repeat(1000);
    let words = |times: usize| templates("Hi", &"{{ user }} {{ server }}\n".repeat(times), None);
    let values = Values::new(Kind::Unlocked, &long, &long, &[], "en");
    let most = (1..200).take_while(|times| write(&words(*times), &values).is_ok()).last().unwrap();
    assert!(most > 20 && most < 190, "{most}");
    let letter = write(&words(most), &values).unwrap();
    assert!(letter.text.len() > LONGEST_TEXT - 8 * 1024 && letter.text.len() <= LONGEST_TEXT, "{}", letter.text.len());
    assert!(letter.html.is_none_or(|html| html.len() <= LONGEST_TEXT));
}

#[test]
fn a_condition_leaves_no_hole() {
    let own = templates("Hi", "One.\n\n{% if device %}\nTwo: {{ device }}.\n{% endif %}\n\n{{ code }}", None);
    let write = |there: &[Variable]| {
        let values = Values::samples(Kind::SignInCode, there, "alice", "TV", "en");
        write(&own, &values).unwrap().text.to_string()
    };
    assert_eq!(write(&[Variable::Code]), "One.\n\n481516\n\n-- \nTV\n");
    assert_eq!(write(&[Variable::Code, Variable::Device]), "One.\n\nTwo: Firefox on Windows.\n\n481516\n\n-- \nTV\n");
}
