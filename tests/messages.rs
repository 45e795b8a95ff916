//! What people are told, and in which words: looked at, changed, tried and sent; read back by a MIME library.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use jellyward::host::AccountId;
use jellyward::notify::message::{Delivery, Kind, Message, Variable};
use jellyward::web::message::Response;
use mail_parser::{MessageParser, MimeHeaders as _};
use rusqlite::Connection;
use serde_json::{Value, json};
use support::world::{Visitor, World, body, code_of, text};

const LIST: &str = "/Jellyward/Api/Admin/Messages";
const PASSWORD: &str = "right password";

/// A world in which mail goes out, and an administrator who may change things.
fn set_up() -> (World, Visitor) {
    let world = World::new();
    world.set(&json!({ "smtp.host": "mail.example.org", "smtp.from_address": "tv@example.org", "smtp.from_name": "" }));
    let boss = world.proven_administrator("boss", "198.51.100.7");
    (world, boss)
}

fn call(world: &World, from: &Visitor, what: &str, document: &Value) -> Response {
    world.post(from, &format!("{LIST}/{what}"), document)
}

fn words(kind: &str, subject: &str, text: &str) -> Value {
    json!({ "kind": kind, "subject": subject, "text": text })
}

fn item(world: &World, from: &Visitor, kind: &str) -> Value {
    let list = body(&world.get(from, LIST));
    list["items"].as_array().unwrap().iter().find(|one| one["kind"] == kind).unwrap().clone()
}

/// Tells alice something, and gives the mail that went out.
fn told(world: &World, kind: Kind, user: &str, values: &[(Variable, &str)]) -> String {
    let account: AccountId = [7; 16].into();
    let to = "alice@example.org".parse().unwrap();
    let delivery = Delivery { to: &to, account: &account, revocable: false, lives: 600 };
    world.engine.tell_in_words(&Message { kind, user, values }, &delivery).unwrap();
    assert_eq!(world.engine.empty_outbox(), 1);
    world.postman.carried().last().unwrap().text.clone()
}

#[test]
fn a_message_is_a_text_and_the_same_as_html() {
    let (world, _) = set_up();
    let values = [
        (Variable::Code, "123456"),
        (Variable::Minutes, "5"),
        (Variable::Device, "Firefox"),
        (Variable::Network, "192.0.2.7"),
    ];
    let raw = told(&world, Kind::SignInCode, "alice", &values);
    let mail = MessageParser::default().parse(raw.as_bytes()).unwrap();
    assert_eq!(mail.subject(), Some("Your code to sign in to Jellyfin"));
    assert_eq!((mail.text_body_count(), mail.html_body_count(), mail.attachment_count()), (1, 1, 0));
    assert!(mail.content_type().unwrap().subtype() == Some("alternative"));
    let plain = mail.body_text(0).unwrap();
    assert!(plain.starts_with("123456 is your code to sign in to Jellyfin as alice."), "{plain}");
    let html = mail.body_html(0).unwrap();
    assert!(html.contains("123456</span> is your code to sign in to <bdi>Jellyfin</bdi>"), "{html}");
    assert!(mail.message_id().unwrap().ends_with("@example.org"));
    assert_eq!(mail.date().unwrap().to_timestamp(), world.now());
    assert_eq!(mail.header_raw("Auto-Submitted").unwrap().trim(), "auto-generated");
    assert_eq!(mail.to().unwrap().first().unwrap().address(), Some("alice@example.org"));
}

#[test]
fn hostile_names_stay_where_they_belong() {
    let (world, _) = set_up();
    let name = "Bob\r\nBcc: all@example.org\u{2028}\0<script>alert(1)</script>";
    world.set(&json!({ "messages.server_name": "<b>TV</b>" }));
    for kind in Kind::ALL {
        let values: Vec<(Variable, &str)> = kind.variables().into_iter().map(|one| (one, name)).collect();
        let raw = told(&world, *kind, name, &values);
        let mail = MessageParser::default().parse(raw.as_bytes()).unwrap();
        assert!(mail.bcc().is_none() && mail.headers().iter().all(|header| header.name() != "Bcc"), "{raw}");
        assert_eq!(mail.to().unwrap().as_list().unwrap().len(), 1);
        assert!(!mail.subject().unwrap().contains(['\n', '\r', '\0', '\u{2028}']));
        assert!(!mail.body_html(0).unwrap().contains("<script") && !mail.body_html(0).unwrap().contains("<b>TV"));
        assert!(!mail.body_text(0).unwrap().contains(['\0', '\u{2028}']));
        world.pass(3600);
    }
}

#[test]
fn the_owners_words_hold_until_they_are_taken_back() {
    let (world, boss) = set_up();
    let before = item(&world, &boss, "unlocked");
    assert_eq!((&before["customised"], &before["html"]), (&json!(false), &Value::Null));
    let mut own = words("unlocked", "{{ server }} is open", "Look, {{ user }}!\r\n\r\nNow.");
    own["html"] = json!("<p>Look, <b>{{ user }}</b>!</p>");
    assert_eq!(call(&world, &boss, "Save", &own).status, 200);
    let events = text(&world.get(&boss, "/Jellyward/Api/Admin/Events"));
    assert!(events.contains("messages.unlocked") && events.contains("settings_changed"), "{events}");

    let world = world.restart();
    let kept = item(&world, &boss, "unlocked");
    assert_eq!((&kept["customised"], &kept["text"]), (&json!(true), &json!("Look, {{ user }}!\n\nNow.")));
    let raw = told(&world, Kind::Unlocked, "<i>", &[]);
    let mail = MessageParser::default().parse(raw.as_bytes()).unwrap();
    assert_eq!(
        (mail.subject(), mail.body_text(0).unwrap().lines().next()),
        (Some("Jellyfin is open"), Some("Look, <i>!"))
    );
    assert!(mail.body_html(0).unwrap().contains("<p>Look, <b>&lt;i&gt;</b>!</p>"));

    assert_eq!(call(&world, &boss, "Reset", &json!({ "kind": "unlocked" })).status, 200);
    assert_eq!(item(&world, &boss, "unlocked"), before);
    let ours = words("unlocked", before["subject"].as_str().unwrap(), before["text"].as_str().unwrap());
    assert_eq!(call(&world, &boss, "Save", &ours).status, 200);
    assert_eq!(item(&world, &boss, "unlocked")["customised"], json!(false), "better words of ours may follow");
}

#[test]
fn a_mistake_is_refused_with_its_place_and_nothing_is_kept() {
    let (world, boss) = set_up();
    for what in ["Save", "Preview", "Send"] {
        let mut own = words("sign_in_code", "Hi", "{{ code }}\r\n\r\n  {{ cod }}");
        let proof = json!({ "proof": { "method": "password", "value": "boss's password" } });
        world.post(&boss, "/Jellyward/Api/Account/Prove", &proof);
        own["to"] = json!("boss@example.org");
        let refused = call(&world, &boss, what, &own);
        let told = body(&refused);
        assert_eq!((refused.status, code_of(&refused).as_str()), (400, "bad_template"), "{what}");
        assert_eq!((&told["field"], &told["line"], &told["column"]), (&json!("text"), &json!(3), &json!(6)), "{what}");
        assert!(told["detail"].as_str().unwrap().contains("no variable cod here; there are code, minutes"), "{told}");
    }
    assert_eq!(item(&world, &boss, "sign_in_code")["customised"], json!(false));
    let refused = call(&world, &boss, "Save", &words("sign_in_code", "{{ code }}", "{{ code }}"));
    assert_eq!(body(&refused)["field"], json!("subject"));
    let refused = call(&world, &boss, "Save", &words("nothing", "Hi", "Hello"));
    assert_eq!((code_of(&refused), &body(&refused)["field"]), ("bad_field".into(), &json!("kind")));
    assert!(world.postman.carried().is_empty());
}

#[test]
fn a_broken_stored_template_gives_way_to_ours() {
    let (world, boss) = set_up();
    let broken = ["{{ cod", "{{ code * 9 }}", "{% for x in y %}", "no code at all", "", "{{ gone }} {{ code }}"];
    assert_eq!(call(&world, &boss, "Save", &words("step_up_code", "Hi", "{{ code }} it is")).status, 200);
    let values = [(Variable::Code, "12345678"), (Variable::Minutes, "5")];
    assert!(told(&world, Kind::StepUpCode, "alice", &values).contains("Subject: Hi\r\n"));
    let mut world = world;
    for text in broken {
        let path = world.engine.store_path();
        let store = Connection::open(path).unwrap();
        let changed = store.execute("UPDATE messages SET template = ?1 WHERE part = 'text'", [text]).unwrap();
        assert_eq!(changed, 1);
        drop(store);
        world = world.restart();
        let raw = told(&world, Kind::StepUpCode, "alice", &values);
        let mail = MessageParser::default().parse(raw.as_bytes()).unwrap();
        assert_eq!(mail.subject(), Some("Your code to confirm a change on Jellyfin"), "{text:?}");
        assert!(mail.body_text(0).unwrap().starts_with("12345678 is your code"), "{text:?}");
        assert!(world.jellyfin.log_text().contains("step_up_code was sent in our words"), "{text:?}");
        assert!(!world.jellyfin.log_text().contains("12345678"));
        world.pass(3600);
    }
}

#[test]
fn what_is_typed_is_seen_and_sent_before_it_is_saved() {
    let (world, boss) = set_up();
    let mut own = words("reset", "For {{ user }}", "{{ code }}\n\n{{ link }}");
    let answer = call(&world, &boss, "Preview", &own);
    let shown = body(&answer);
    assert_eq!((answer.status, &shown["subject"]), (200, &json!("For boss")), "{}", text(&answer));
    assert!(shown["text"].as_str().unwrap().starts_with("481516\n\nhttps://media.example.org/"));
    let page = world.get(&Visitor::at("198.51.100.7"), &format!("/Jellyward/Api/{}", shown["page"].as_str().unwrap()));
    assert_eq!(page.status, 200);
    assert_eq!(std::str::from_utf8(page.bytes()).unwrap(), shown["html"].as_str().unwrap());
    assert_eq!(page.header("Content-Type"), Some("text/html; charset=utf-8"));
    let policy = page.header("Content-Security-Policy").unwrap();
    assert_eq!(
        policy,
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; sandbox; \
         frame-ancestors 'self'"
    );
    let stranger = world.get(&boss, "/Jellyward/Api/Messages/Preview?ticket=0123456789abcdef0123456789abcdef");
    assert_eq!((stranger.status, code_of(&stranger).as_str()), (404, "preview_gone"));
    world.pass(10 * 60);
    let late = world.get(&boss, &format!("/Jellyward/Api/{}", shown["page"].as_str().unwrap()));
    assert_eq!(late.status, 404);

    let proof = json!({ "proof": { "method": "password", "value": "boss's password" } });
    world.post(&boss, "/Jellyward/Api/Account/Prove", &proof);
    own["to"] = json!("boss@example.org");
    let sent = call(&world, &boss, "Send", &own);
    assert_eq!((sent.status, &body(&sent)["sent"]), (200, &json!(true)), "{}", text(&sent));
    let carried = world.postman.carried();
    let mail = MessageParser::default().parse(carried[0].text.as_bytes()).unwrap();
    assert_eq!(mail.subject(), Some("For boss"));
    assert_eq!(item(&world, &boss, "reset")["customised"], json!(false));
}

#[test]
fn it_takes_an_administrator_who_proves_it() {
    let (world, _) = set_up();
    world.user("bob", PASSWORD);
    let bob = world.sign_in(&Visitor::at("203.0.113.5"), "bob", PASSWORD);
    assert_eq!(code_of(&world.get(&bob, LIST)), "not_administrator");
    world.administrator("anna", PASSWORD);
    let browser = Visitor::at("198.51.100.77");
    let (phone, _) = world.enrol_user(&browser, "anna", PASSWORD);
    let anna = world.full_sign_in(&browser, "anna", PASSWORD, &phone);
    world.pass(10 * 60);
    let mut own = words("unlocked", "Hi", "Hello");
    own["to"] = json!("anna@example.org");
    for what in ["Save", "Reset", "Preview", "Send"] {
        assert_eq!(code_of(&call(&world, &bob, what, &own)), "not_administrator", "{what}");
        let asked = call(&world, &anna, what, &own);
        assert_eq!(asked.status, if what == "Preview" { 200 } else { 403 }, "{what}: {}", text(&asked));
    }
    own["proof"] = json!({ "method": "totp", "value": phone.code(world.now()) });
    assert_eq!(call(&world, &anna, "Save", &own).status, 200);
    assert_eq!(item(&world, &anna, "unlocked")["customised"], json!(true));
}
