//! The settings of mail, by what reaches whoever carries it.

use jellyward::notify::mail_server::Security;
use serde_json::{Value, json};

use super::support::mail_server::Authority;
use super::support::mailbox::{code_to, give_address, set_up_mail};
use super::support::postman::Carried;
use super::support::world::{World, body, code_of};
use super::{PASSWORD, stranger};

/// Tries mail with these settings on top of the stored ones, and shows what reached the carrier.
fn tried(world: &World, values: &Value) -> Option<Carried> {
    let boss = world.proven_administrator("boss", "198.51.100.7");
    let before = world.postman.carried().len();
    world.post(&boss, "/Jellyward/Api/Admin/Mail/Test", &json!({"to": "boss@example.org", "values": values}));
    world.postman.carried().get(before).cloned()
}

const MAIL: [(&str, &str); 2] = [("smtp.host", "mail.example.org"), ("smtp.from_address", "tv@example.org")];

/// Settings under which mail goes out, but for what is under test.
fn mail_but(key: &str) -> Value {
    MAIL.iter().filter(|(known, _)| *known != key).map(|(key, value)| ((*key).to_owned(), json!(value))).collect()
}

#[test]
fn setting_smtp_host_does_something() {
    let world = World::new();
    assert!(tried(&world, &mail_but("smtp.host")).is_none());
    world.set(&json!({"smtp.host": "smtp.example.net"}));
    assert_eq!(tried(&world, &mail_but("smtp.host")).unwrap().host, "smtp.example.net");
}

#[test]
fn setting_smtp_port_does_something() {
    let world = World::new();
    assert_eq!(tried(&world, &mail_but("")).unwrap().port, 587);
    world.set(&json!({"smtp.port": 2525}));
    assert_eq!(tried(&world, &mail_but("")).unwrap().port, 2525);
}

#[test]
fn setting_smtp_security_does_something() {
    let world = World::new();
    let security = |more: &Value| {
        let mut values = mail_but("");
        values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        // So that the limit on test mails stays out of it.
        world.pass(60);
        tried(&world, &values).unwrap().security
    };
    assert_eq!(security(&json!({"smtp.port": 465})), Security::Tls);
    assert_eq!(security(&json!({"smtp.port": 25})), Security::StartTls);
    for (chosen, meant) in [("starttls", Security::StartTls), ("tls", Security::Tls), ("none", Security::None)] {
        world.set(&json!({"smtp.security": chosen}));
        for port in [25, 465, 587] {
            assert_eq!(security(&json!({"smtp.port": port})), meant);
        }
    }
}

#[test]
fn setting_smtp_user_does_something() {
    let world = World::new();
    assert_eq!(tried(&world, &mail_but("")).unwrap().login, None);
    world.set(&json!({"smtp.user": "alice"}));
    assert_eq!(tried(&world, &mail_but("")).unwrap().login, Some(("alice".to_owned(), String::new())));
}

#[test]
fn setting_smtp_password_does_something() {
    let world = World::new();
    let mut values = mail_but("");
    values["smtp.user"] = json!("alice");
    world.set(&json!({"smtp.password": "correct horse"}));
    assert_eq!(tried(&world, &values).unwrap().login, Some(("alice".to_owned(), "correct horse".to_owned())));
}

#[test]
fn setting_smtp_from_address_does_something() {
    let world = World::new();
    assert!(tried(&world, &mail_but("smtp.from_address")).is_none());
    world.set(&json!({"smtp.from_address": "house@example.net"}));
    assert_eq!(tried(&world, &mail_but("smtp.from_address")).unwrap().from, "house@example.net");
}

#[test]
fn setting_smtp_from_name_does_something() {
    let world = World::new();
    world.set(&json!({"smtp.from_name": "Our house"}));
    let mail = tried(&world, &mail_but("")).unwrap();
    assert!(mail.text.contains("From: \"Our house\" <tv@example.org>"), "{}", mail.text);
}

#[test]
fn setting_smtp_authorities_does_something() {
    let world = World::new();
    assert!(tried(&world, &mail_but("")).unwrap().authorities.is_empty());
    world.set(&json!({"smtp.authorities": Authority::new().pem()}));
    assert_eq!(tried(&world, &mail_but("")).unwrap().authorities.roots().unwrap().len(), 1);
    let boss = world.proven_administrator("boss", "198.51.100.7");
    let bad = json!({"revision": 1, "values": {"smtp.authorities": "none of yours"}});
    assert_eq!(code_of(&world.post(&boss, "/Jellyward/Api/Admin/Settings", &bad)), "bad_setting");
}

#[test]
fn setting_smtp_deadline_seconds_does_something() {
    let world = World::new();
    assert_eq!(tried(&world, &mail_but("")).unwrap().deadline.as_secs(), 30);
    world.set(&json!({"smtp.deadline_seconds": 5}));
    assert_eq!(tried(&world, &mail_but("")).unwrap().deadline.as_secs(), 5);
}

/// Somebody who signs in with codes by mail; what their next challenge offers.
fn offered_to_who_chose_mail(world: &World, administrator: bool) -> Value {
    let challenged = world.login(&stranger(), "alice", PASSWORD).body.unwrap();
    world.jellyfin.change(world.user("alice", PASSWORD), |user| user.facts.administrator = administrator);
    let after = world.login(&stranger(), "alice", PASSWORD).body.unwrap();
    json!([challenged["jellyward"]["methods"], after["jellyward"]["methods"]])
}

/// None where mail cannot be set up: that is the business of another setting's test.
fn world_with_mail_codes() -> Option<World> {
    let world = World::new();
    set_up_mail(&world);
    let alice = world.user("alice", PASSWORD);
    give_address(&world, &alice, "alice@example.org");
    let session = world.sign_in(&stranger(), "alice", PASSWORD);
    let proof = json!({"proof": {"method": "password", "value": PASSWORD}});
    let sent = world.post(&session, "/Jellyward/Api/Account/MailCode/Start", &proof);
    if code_of(&sent) == "not_offered" {
        return None;
    }
    let code = code_to(&world, "alice@example.org");
    let confirmed = world.post(&session, "/Jellyward/Api/Account/MailCode/Confirm", &json!({"code": code}));
    assert_eq!(confirmed.status, 200);
    Some(world)
}

#[test]
fn setting_mail_code_enabled_does_something() {
    let Some(world) = world_with_mail_codes() else { return };
    world.set(&json!({"mail_code.enabled": false}));
    assert_eq!(offered_to_who_chose_mail(&world, false), json!([["recovery"], ["recovery"]]));
    world.set(&json!({"mail_code.enabled": true}));
    assert_eq!(offered_to_who_chose_mail(&world, false), json!([["recovery", "email"], ["recovery", "email"]]));
}

#[test]
fn setting_mail_code_administrators_does_something() {
    let Some(world) = world_with_mail_codes() else { return };
    assert_eq!(offered_to_who_chose_mail(&world, true), json!([["recovery", "email"], ["recovery"]]));
    world.set(&json!({"mail_code.administrators": true}));
    assert_eq!(offered_to_who_chose_mail(&world, true), json!([["recovery", "email"], ["recovery", "email"]]));
}

#[test]
fn setting_messages_server_name_does_something() {
    let world = World::new();
    let boss = world.proven_administrator("boss", "198.51.100.7");
    let names_it = || {
        let shown = json!({ "kind": "unlocked", "subject": "{{ server }}", "text": "Hello" });
        let preview = body(&world.post(&boss, "/Jellyward/Api/Admin/Messages/Preview", &shown));
        preview["subject"].as_str().unwrap().to_owned()
    };
    assert_ne!(names_it(), "Our cinema");
    world.set(&json!({ "messages.server_name": "Our cinema" }));
    assert_eq!(names_it(), "Our cinema");
}
