//! Does mail work? The administrator tries, and learns in words what is wrong.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use jellyward::notify::mail::Letter;
use jellyward::notify::mailer::{Cause, Failure};
use jellyward::notify::outbox::Parcel;
use jellyward::web::message::Response;
use serde_json::{Value, json};
use support::world::{Visitor, World, body, code_of, text};
use zeroize::Zeroizing;

const PATH: &str = "/Jellyward/Api/Admin/Mail/Test";
const PASSWORD: &str = "right password";

fn administrator(world: &World) -> Visitor {
    world.proven_administrator("boss", "198.51.100.7")
}

fn set_up(world: &World) {
    world.set(
        &json!({ "smtp.host": "mail.example.org", "smtp.user": "tv@example.org", "smtp.password": "correct horse" }),
    );
}

fn test(world: &World, from: &Visitor, more: &Value) -> Response {
    let mut document = json!({ "to": "boss@example.org" });
    document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.post(from, PATH, &document)
}

#[test]
fn a_test_mail_goes_out_with_what_is_set() {
    let world = World::new();
    let boss = administrator(&world);
    set_up(&world);
    let answer = test(&world, &boss, &json!({}));
    assert_eq!((answer.status, &body(&answer)["sent"]), (200, &json!(true)), "{}", text(&answer));
    let carried = world.postman.carried();
    assert_eq!((carried[0].to.as_str(), carried[0].from.as_str()), ("boss@example.org", "tv@example.org"));
    assert!(carried[0].text.contains("Subject: Mail works\r\n"), "{}", carried[0].text);
    assert_eq!(carried[0].login, Some(("tv@example.org".into(), "correct horse".into())));
}

#[test]
fn what_is_typed_can_be_tried_before_it_is_saved() {
    let world = World::new();
    let boss = administrator(&world);
    assert_eq!(code_of(&test(&world, &boss, &json!({}))), "mail_not_set_up");
    let values = json!({ "smtp.host": "mail.example.org", "smtp.user": "u", "smtp.password": "typed" });
    let without_sender = test(&world, &boss, &json!({ "values": values }));
    assert_eq!(
        (code_of(&without_sender), &body(&without_sender)["field"]),
        ("mail_not_set_up".into(), &json!("smtp.from_address"))
    );
    let mut values = values;
    values["smtp.from_address"] = json!("tv@example.org");
    assert_eq!(test(&world, &boss, &json!({ "values": values })).status, 200);
    assert_eq!(world.postman.carried()[0].login, Some(("u".into(), "typed".into())));
    let wrong = test(&world, &boss, &json!({ "values": { "smtp.port": 70_000 } }));
    assert_eq!((code_of(&wrong), &body(&wrong)["field"]), ("bad_setting".into(), &json!("smtp.port")));
    assert_eq!(code_of(&test(&world, &boss, &json!({}))), "mail_not_set_up", "nothing was saved");
}

#[test]
fn the_browser_learns_the_kind_of_failure_in_words_and_the_log_all_of_it() {
    let world = World::new();
    let boss = administrator(&world);
    set_up(&world);
    for (at, cause) in Cause::ALL.iter().enumerate() {
        let detail = format!("535 number {at} from 192.0.2.7");
        world.postman.refuse(&Failure::permanent(*cause, detail.clone()), 1);
        let answer = test(&world, &boss, &json!({}));
        let told = body(&answer);
        assert_eq!((&told["sent"], &told["cause"]), (&json!(false), &json!(cause.as_str())), "{}", text(&answer));
        let words = told["text"].as_str().unwrap();
        assert!(words.len() > 20 && !words.contains("mail-cause"), "{cause} has no words: {words}");
        assert!(!text(&answer).contains("192.0.2.7"));
        assert!(world.jellyfin.log_text().contains(&detail));
    }
}

#[test]
fn a_mail_password_leaves_by_no_way_but_to_the_mail_server() {
    let world = World::new();
    let boss = administrator(&world);
    set_up(&world);
    let settings = world.get(&boss, "/Jellyward/Api/Admin/Settings");
    let group =
        body(&settings)["groups"].as_array().unwrap().iter().find(|group| group["id"] == "smtp").cloned().unwrap();
    let password =
        group["settings"].as_array().unwrap().iter().find(|one| one["key"] == "smtp.password").cloned().unwrap();
    assert_eq!((&password["type"], &password["value"]), (&json!("secret"), &json!(true)));
    assert!(!text(&settings).contains("horse"));
    let raw = std::fs::read(world.engine.store_path()).unwrap();
    let log = std::fs::read(world.engine.store_path().with_extension("db-wal")).unwrap_or_default();
    assert!(![raw, log].iter().any(|bytes| bytes.windows(5).any(|part| part == b"horse")), "it lies in the open");
    let world = world.restart();
    assert_eq!(test(&world, &boss, &json!({})).status, 200);
    assert_eq!(world.postman.carried()[0].login.as_ref().unwrap().1, "correct horse");
    world.set(&json!({ "smtp.password": "" }));
    assert_eq!(test(&world, &boss, &json!({})).status, 200);
    assert_eq!(world.postman.carried()[1].login.as_ref().unwrap().1, "");
}

#[test]
fn a_kept_password_is_sent_nowhere_else_than_it_was_typed_for() {
    let world = World::new();
    let boss = administrator(&world);
    set_up(&world);
    let save = |values: &Value| {
        let now = body(&world.get(&boss, "/Jellyward/Api/Admin/Settings"));
        world.post(&boss, "/Jellyward/Api/Admin/Settings", &json!({ "revision": now["revision"], "values": values }))
    };
    let authority = support::mail_server::Authority::new().pem();
    for values in [
        json!({ "smtp.host": "evil.example" }),
        json!({ "smtp.port": 2525 }),
        json!({ "smtp.security": "none" }),
        json!({ "smtp.user": "somebody.else@example.org" }),
        json!({ "smtp.authorities": authority }),
        json!({ "smtp.host": "" }),
    ] {
        for answer in [test(&world, &boss, &json!({ "values": values })), save(&values)] {
            assert_eq!((code_of(&answer), &body(&answer)["field"]), ("bad_setting".into(), &json!("smtp.password")));
            assert!(body(&answer)["detail"].as_str().unwrap().contains("again"), "{}", text(&answer));
        }
    }
    assert!(world.postman.carried().is_empty());
    // What changes nothing of that is no matter; nor is anything once it is typed again, or taken away.
    let elsewhere = json!({ "smtp.host": "mail.example.net", "smtp.password": "another" });
    for values in [
        json!({ "smtp.host": "mail.example.org", "smtp.from_name": "TV" }),
        elsewhere.clone(),
        json!({ "smtp.password": "" }),
    ] {
        assert_eq!(test(&world, &boss, &json!({ "values": values })).status, 200, "{values}");
    }
    let logins: Vec<_> = world.postman.carried().into_iter().map(|mail| (mail.host, mail.login.unwrap().1)).collect();
    let of = |host: &str, password: &str| (host.to_owned(), password.to_owned());
    assert_eq!(
        logins,
        [of("mail.example.org", "correct horse"), of("mail.example.net", "another"), of("mail.example.org", "")]
    );
    assert_eq!(save(&elsewhere).status, 200);
    assert_eq!(save(&json!({ "smtp.host": "mail.example.org", "smtp.password": "" })).status, 200);
    assert_eq!(save(&json!({ "smtp.host": "mail.example.com" })).status, 200, "there is none to be read out");
}

#[test]
fn only_an_address_gets_a_test_mail() {
    let world = World::new();
    let boss = administrator(&world);
    set_up(&world);
    for bad in
        ["", "boss", "a@example.org, b@example.org", "Boss <boss@example.org>", "a@example.org\r\nBcc: b@example.org"]
    {
        let answer = test(&world, &boss, &json!({ "to": bad }));
        assert_eq!((answer.status, &body(&answer)["field"]), (400, &json!("to")), "{bad:?}");
    }
    assert!(world.postman.carried().is_empty());
}

#[test]
fn it_takes_an_administrator_who_proves_it() {
    let world = World::new();
    set_up(&world);
    world.user("bob", PASSWORD);
    let bob = world.sign_in(&Visitor::at("203.0.113.5"), "bob", PASSWORD);
    assert_eq!(code_of(&test(&world, &bob, &json!({}))), "not_administrator");
    world.administrator("anna", PASSWORD);
    let browser = Visitor::at("198.51.100.77");
    let (phone, _) = world.enrol_user(&browser, "anna", PASSWORD);
    let anna = world.full_sign_in(&browser, "anna", PASSWORD, &phone);
    world.pass(10 * 60);
    assert_eq!(code_of(&test(&world, &anna, &json!({}))), "step_up");
    let proof = json!({ "method": "totp", "value": phone.code(world.now()) });
    assert_eq!(test(&world, &anna, &json!({ "proof": proof })).status, 200);
    assert_eq!(world.postman.carried().len(), 1);
}

#[test]
fn nobody_is_showered_with_test_mails() {
    let world = World::new();
    let boss = administrator(&world);
    set_up(&world);
    for _ in 0..10 {
        assert_eq!(test(&world, &boss, &json!({})).status, 200);
    }
    world.pass(60);
    let refused = test(&world, &boss, &json!({}));
    assert_eq!((refused.status, code_of(&refused).as_str()), (429, "too_often"));
    assert_eq!(refused.header("Retry-After"), Some("540"));
    world.pass(540);
    assert_eq!(test(&world, &administrator(&world), &json!({})).status, 200);
    assert_eq!(world.postman.carried().len(), 11);
}

#[test]
fn mail_in_the_open_is_a_warning() {
    let world = World::new();
    let boss = administrator(&world);
    let warned = || text(&world.get(&boss, "/Jellyward/Api/Admin/Status")).contains("mail_in_the_open");
    set_up(&world);
    assert!(!warned());
    world.set(&json!({ "smtp.security": "none", "smtp.password": "correct horse" }));
    assert!(warned());
}

#[test]
fn mail_that_does_not_get_out_is_an_error_on_the_dashboard() {
    let world = World::new();
    set_up(&world);
    let boss = administrator(&world);
    let warned = || {
        let status = body(&world.get(&boss, "/Jellyward/Api/Admin/Status"));
        status["banners"].as_array().unwrap().iter().any(|banner| banner["code"] == "mail_fails")
    };
    let to = "alice@example.org".parse().unwrap();
    let letter = Letter { subject: "Hello".into(), text: Zeroizing::new("Text".into()), html: None };
    let parcel =
        Parcel { topic: "test", to: &to, letter: &letter, account: None, revocable: false, lives: 24 * 60 * 60 };
    world.engine.tell(&parcel).unwrap();
    assert!(!warned());
    world.postman.refuse(&Failure::passing(Cause::Refused, "nobody there"), 1);
    world.engine.empty_outbox();
    assert!(warned());
    // Errors stand above warnings.
    let status = body(&world.get(&boss, "/Jellyward/Api/Admin/Status"));
    let levels = status["banners"].as_array().unwrap().iter().map(|banner| banner["level"].as_str().unwrap());
    assert_eq!(levels.collect::<Vec<_>>(), ["error", "warning", "info"], "{status}");
    world.pass(60 * 60);
    world.engine.empty_outbox();
    assert!(!warned(), "it got out");
}
