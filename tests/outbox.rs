//! Stories of the outbox: told once, in order, in time or not at all, and through every crash.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "outbox/killed.rs"]
mod killed;
#[path = "outbox/order.rs"]
mod order;
mod support;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use jellyward::engine::Event;
use jellyward::host::AccountId;
use jellyward::notify::mail::Letter;
use jellyward::notify::mailer::{Cause, Failure};
use jellyward::notify::outbox::{MOST_FOR_ONE, OutboxError, Parcel, WINDOW};
use serde_json::{Value, json};
use support::postman::Answer;
use support::world::{Visitor, World, body, code_of, open_with, patiently, text};
use zeroize::Zeroizing;

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
const PASSWORD: &str = "right password";

fn world() -> World {
    set_up(World::new())
}

fn set_up(world: World) -> World {
    world.set(&json!({ "smtp.host": "mail.example.org", "smtp.from_address": "tv@example.org" }));
    world
}

fn told(world: &World, to: &str, text: &str, lives: i64, of: Option<&AccountId>) -> Result<i64, OutboxError> {
    let letter = Letter { subject: text.into(), text: Zeroizing::new(format!("Secret {text}")), html: None };
    let to = to.parse().unwrap();
    let parcel = Parcel { topic: "test", to: &to, letter: &letter, account: of, revocable: of.is_some(), lives };
    world.engine.tell(&parcel)
}

fn tell(world: &World, to: &str, text: &str) -> i64 {
    told(world, to, text, DAY, None).unwrap()
}

/// The subjects that were carried, in order.
fn carried(world: &World) -> Vec<String> {
    let subject = |text: &str| text.split("Subject: ").nth(1).unwrap().split("\r\n").next().unwrap().to_owned();
    world.postman.carried().iter().map(|mail| subject(&mail.text)).collect()
}

fn boss(world: &World) -> Visitor {
    world.proven_administrator("boss", "198.51.100.7")
}

fn outbox(world: &World) -> Value {
    body(&world.get(&boss(world), "/Jellyward/Api/Admin/Mail/Outbox"))
}

fn later(detail: &str) -> Failure {
    Failure::passing(Cause::RecipientRejected, detail)
}

#[test]
fn what_is_told_goes_out_by_itself_and_leaves_nothing_behind() {
    let world = world();
    tell(&world, "alice@example.org", "one");
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["one"]);
    assert_eq!(outbox(&world)["total"], 0);
}

/// The engine's own thread hands so many over; at once, but on a machine that is busy.
fn wait_for(world: &World, mails: usize) {
    let patience = Instant::now() + Duration::from_secs(60);
    while world.postman.carried().len() < mails {
        assert!(Instant::now() < patience, "the outbox is not emptied: {:?}", carried(world));
        std::thread::yield_now();
    }
}

#[test]
fn the_thread_does_it_without_being_asked() {
    let world = set_up(World::running());
    tell(&world, "alice@example.org", "one");
    wait_for(&world, 1);
}

#[test]
fn no_code_lies_in_the_open() {
    let world = World::new();
    told(&world, "alice@example.org", "abracadabra", DAY, None).unwrap();
    let folder = world.engine.store_path().parent().unwrap().to_owned();
    for file in fs::read_dir(folder).unwrap().flatten() {
        let bytes = fs::read(file.path()).unwrap();
        for word in [&b"abracadabra"[..], b"alice@example.org"] {
            assert!(!bytes.windows(word.len()).any(|part| part == word), "{:?} holds it", file.path());
        }
    }
    assert_eq!(outbox(&world)["items"][0]["to"], "alice@example.org", "the owner may see to whom");
}

#[test]
fn a_no_for_now_is_asked_again_later_and_each_time_later() {
    let world = world();
    world.postman.refuse(&later("450 greylisted"), 10);
    tell(&world, "alice@example.org", "one");
    let mut waits = Vec::new();
    for tries in 1..=10 {
        world.engine.empty_outbox();
        assert_eq!(carried(&world).len(), tries);
        let item = outbox(&world)["items"][0].clone();
        assert_eq!((&item["tries"], &item["cause"]), (&json!(tries), &json!("recipient_rejected")));
        let wait = item["dueAt"].as_i64().unwrap() - world.now();
        let whole = (30 << (tries - 1)).min(HOUR);
        assert!((whole / 2..=whole).contains(&wait), "try {tries} is followed after {wait} s");
        world.pass(wait - 1);
        world.engine.empty_outbox();
        assert_eq!(carried(&world).len(), tries, "not a second early");
        world.pass(1);
        waits.push(wait);
    }
    assert!(waits.iter().any(|wait| wait % 15 != 0), "chance has a share in it: {waits:?}");
    world.engine.empty_outbox();
    assert_eq!(carried(&world).len(), 11);
    assert_eq!(outbox(&world)["total"], 0);
}

#[test]
fn a_no_for_good_is_shown_and_can_be_tried_again_or_discarded() {
    let world = world();
    world.postman.refuse(&Failure::permanent(Cause::RecipientRejected, "550 5.1.1 nobody at 192.0.2.7"), 2);
    let first = tell(&world, "alice@example.org", "one");
    world.engine.empty_outbox();
    world.pass(DAY / 2);
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["one"]);
    let shown = outbox(&world);
    assert_eq!((&shown["waiting"], &shown["failed"]), (&json!(0), &json!(1)));
    assert!(shown["items"][0]["text"].as_str().unwrap().contains("does not deliver to that address"));
    assert!(!shown.to_string().contains("192.0.2.7") && world.jellyfin.log_text().contains("192.0.2.7"));

    let boss = boss(&world);
    let act = |what: &str, id: i64| {
        world.post(&boss, &format!("/Jellyward/Api/Admin/Mail/Outbox/{what}"), &json!({ "id": id }))
    };
    assert_eq!(act("Retry", first).status, 200);
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["one", "one"]);
    assert_eq!(act("Discard", first).status, 200);
    assert_eq!(outbox(&world)["total"], 0);
    for what in ["Retry", "Discard"] {
        assert_eq!(code_of(&act(what, first)), "mail_gone", "{what}");
    }
}

#[test]
fn one_recipient_gets_everything_in_order_and_holds_up_nobody_else() {
    let world = world();
    // All are there before the first is tried.
    world.set(&json!({ "smtp.host": "" }));
    for (to, what) in
        [("alice@example.org", "a1"), ("bob@example.org", "b1"), ("Alice@Example.org", "a2"), ("bob@example.org", "b2")]
    {
        tell(&world, to, what);
    }
    world.postman.refuse(&later("450 later"), 1);
    world.set(&json!({ "smtp.host": "mail.example.org" }));
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["a1", "b1", "b2"]);
    world.pass(60);
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["a1", "b1", "b2", "a1", "a2"]);
}

#[test]
fn a_server_that_is_down_is_asked_once_and_not_for_each_mail() {
    let world = world();
    world.set(&json!({ "smtp.host": "" }));
    for number in 0..5 {
        tell(&world, &format!("user{number}@example.org"), &format!("m{number}"));
    }
    for cause in [Cause::Refused, Cause::TimedOut, Cause::NameNotFound, Cause::Tls] {
        world.postman.refuse(&Failure::passing(cause, "down"), 1);
    }
    world.postman.refuse(&Failure::passing(Cause::Other, "the server hung up"), 1);
    // A wrong password or sender is no fault of the mail: it waits for the right one.
    world.postman.refuse(&Failure::permanent(Cause::SenderRejected, "550 not you"), 1);
    world.postman.refuse(&Failure::permanent(Cause::Login, "535 wrong"), 1);
    world.set(&json!({ "smtp.host": "mail.example.org" }));
    for tries in 1..=7 {
        world.engine.empty_outbox();
        assert_eq!(carried(&world).len(), tries);
        assert_eq!((&outbox(&world)["waiting"], &outbox(&world)["failed"]), (&json!(5), &json!(0)));
        if tries < 7 {
            world.pass(HOUR);
        }
    }
    // The owner sets the right one, and nobody waits any longer.
    world.set(&json!({ "smtp.password": "right" }));
    world.engine.empty_outbox();
    assert_eq!(outbox(&world)["total"], 0);
    assert_eq!(carried(&world).len(), 12);
}

#[test]
fn a_mail_that_the_server_chokes_on_holds_up_nobody_else() {
    let world = world();
    world.set(&json!({ "smtp.host": "" }));
    for (to, what) in [("alice@example.org", "poison"), ("bob@example.org", "b"), ("carol@example.org", "c")] {
        tell(&world, to, what);
    }
    world.postman.refuse(&Failure::passing(Cause::Other, "451 try again"), 1);
    world.set(&json!({ "smtp.host": "mail.example.org" }));
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["poison"]);
    world.pass(30);
    world.postman.next(Answer::Take);
    world.postman.next(Answer::Take);
    world.postman.refuse(&Failure::passing(Cause::Other, "451 try again"), 1);
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["poison", "b", "c", "poison"]);
}

#[test]
fn what_is_told_while_the_server_is_down_goes_out_within_a_minute_of_its_return() {
    let world = world();
    world.postman.refuse(&Failure::passing(Cause::Refused, "down"), 10_000);
    tell(&world, "alice@example.org", "first");
    let mut asked = 0;
    for second in 0..2 * HOUR {
        match second {
            // There since the second failure.
            20 => _ = tell(&world, "carol@example.org", "c"),
            7_100 => _ = tell(&world, "bob@example.org", "b"),
            _ => {}
        }
        world.engine.empty_outbox();
        asked = carried(&world).len();
        world.pass(1);
    }
    assert!((110..=140).contains(&asked), "asked {asked} times in two hours: about once a minute");
    world.postman.forgive();
    let down_until = world.now();
    while outbox(&world)["total"] != 0 {
        world.engine.empty_outbox();
        world.pass(1);
    }
    assert!(world.now() - down_until <= 62, "{} seconds after its return", world.now() - down_until);
}

#[test]
fn a_mail_that_the_server_never_takes_makes_nobody_rest_again_and_again() {
    let world = world();
    let poison = Failure::passing(Cause::Other, "451 not this one");
    world.postman.refuse_text("poison", &poison);
    tell(&world, "alice@example.org", "poison");
    world.engine.empty_outbox();
    let mut waited = 0;
    for number in 0..120 {
        tell(&world, &format!("user{number}@example.org"), "fine");
        world.engine.empty_outbox();
        // Whatever is left of it is the poison.
        waited += i64::from(outbox(&world)["waiting"] != 1) * 30;
        world.pass(30);
    }
    assert!(waited <= 60, "others waited {waited} seconds in an hour because of one mail");
    let tried = carried(&world).iter().filter(|subject| *subject == "poison").count();
    assert!((5..12).contains(&tried), "{tried} times in an hour, ever more rarely");
}

#[test]
fn whoever_wants_to_be_left_alone_for_a_while_is() {
    let world = world();
    world.postman.refuse(&Failure { retry_after: Some(600), ..later("429 slowly") }, 1);
    // Nobody is made to wait for ever.
    world.postman.refuse(&Failure { retry_after: Some(i64::MAX), ..later("429 slowly") }, 1);
    tell(&world, "alice@example.org", "one");
    world.engine.empty_outbox();
    assert_eq!(outbox(&world)["items"][0]["dueAt"], world.now() + 600);
    world.pass(600);
    world.engine.empty_outbox();
    assert_eq!(outbox(&world)["items"][0]["dueAt"], world.now() + HOUR);
}

#[test]
fn a_mail_that_is_sent_again_is_known_again() {
    let world = world();
    world.postman.refuse(&Failure::passing(Cause::TimedOut, "no answer after the final dot"), 1);
    tell(&world, "alice@example.org", "one");
    tell(&world, "bob@example.org", "two");
    let written_at = world.now();
    world.engine.empty_outbox();
    world.pass(60);
    world.engine.empty_outbox();
    let mails: Vec<(String, i64)> = world
        .postman
        .carried()
        .iter()
        .map(|mail| {
            let read = mail_parser::MessageParser::default().parse(mail.text.as_bytes()).unwrap();
            (format!("{} {}", mail.to, read.message_id().unwrap()), read.date().unwrap().to_timestamp())
        })
        .collect();
    let ids: std::collections::BTreeSet<&String> = mails.iter().map(|(id, _)| id).collect();
    assert_eq!((mails.len(), ids.len()), (3, 2), "one mail, one name: {mails:?}");
    assert!(mails.iter().all(|(_, date)| *date == written_at), "and the day it was written on");
}

#[test]
fn without_a_server_everything_waits_and_dies_in_time() {
    let world = World::new();
    told(&world, "alice@example.org", "short", 60, None).unwrap();
    told(&world, "alice@example.org", "long", DAY, None).unwrap();
    world.engine.empty_outbox();
    assert_eq!(outbox(&world)["items"][0]["tries"], 0);
    world.pass(60);
    world.set(&json!({ "smtp.host": "mail.example.org", "smtp.from_address": "tv@example.org" }));
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["long"]);
    let left = outbox(&world)["items"][0].clone();
    assert_eq!((&left["cause"], &left["retriable"], &left["to"]), (&json!("expired"), &json!(false), &Value::Null));
    let retried = world.post(&boss(&world), "/Jellyward/Api/Admin/Mail/Outbox/Retry", &json!({ "id": left["id"] }));
    assert_eq!(code_of(&retried), "mail_gone", "the dead are not told");
    world.pass(8 * DAY);
    world.engine.empty_outbox();
    assert_eq!(outbox(&world)["total"], 0, "and not shown for ever");
}

#[test]
fn nothing_is_under_way_when_it_dies() {
    let world = world();
    told(&world, "alice@example.org", "code", 10, None).unwrap();
    world.engine.empty_outbox();
    assert!(world.postman.carried()[0].deadline.as_secs() <= 10);
    world.postman.refuse(&later("450 later"), 1);
    told(&world, "alice@example.org", "another", 600, None).unwrap();
    world.engine.empty_outbox();
    world.pass(600);
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["code", "another"], "dead before its second try");
}

#[test]
fn what_was_revoked_is_not_told() {
    let world = world();
    let alice = world.user("alice", PASSWORD);
    world.set(&json!({ "smtp.host": "" }));
    told(&world, "alice@example.org", "code", DAY, Some(&alice)).unwrap();
    tell(&world, "alice@example.org", "warning");
    world.engine.event(&Event::PasswordChanged { user_id: alice });
    world.set(&json!({ "smtp.host": "mail.example.org" }));
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["warning"]);
    assert_eq!(outbox(&world)["items"][0]["cause"], "revoked");
    told(&world, "alice@example.org", "of nobody", DAY, Some(&alice)).unwrap();
    world.engine.empty_outbox();
    world.engine.event(&Event::UserDeleted { user_id: alice });
    assert_eq!(outbox(&world)["total"], 0);
}

#[test]
fn nobody_is_showered() {
    let world = world();
    for number in 0..MOST_FOR_ONE {
        told(&world, "alice@example.org", &format!("m{number}"), DAY, None).unwrap();
        world.engine.empty_outbox();
    }
    world.pass(60);
    // Sent or not, by whatever spelling.
    let refused = told(&world, "ALICE@example.org", "more", DAY, None).unwrap_err();
    assert!(matches!(refused, OutboxError::Enough(wait) if wait == WINDOW - 60), "{refused}");
    told(&world, "bob@example.org", "for bob", DAY, None).unwrap();
    let world = world.restart();
    assert!(told(&world, "alice@example.org", "more", DAY, None).is_err());
    world.pass(WINDOW - 60);
    assert!(told(&world, "alice@example.org", "more", DAY, None).is_ok());
}

#[test]
fn closing_in_the_middle_loses_nothing_and_waits_for_nobody() {
    let world = set_up(World::running());
    world.set(&json!({ "smtp.host": "" }));
    for what in ["one", "two", "three"] {
        tell(&world, "alice@example.org", what);
    }
    world.postman.next(Answer::Take);
    world.postman.next(Answer::Hang);
    // The thread takes this up and hangs at the second; closing ends it.
    world.set(&json!({ "smtp.host": "mail.example.org" }));
    world.engine.tell(&parcel_for_ring()).unwrap();
    wait_for(&world, 2);
    let world = world.restart();
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["one", "two", "two", "three", "bell"]);
    assert_eq!(outbox(&world)["total"], 0);
}

/// Whatever rings the bell.
fn parcel_for_ring() -> Parcel<'static> {
    let letter: &'static Letter =
        Box::leak(Box::new(Letter { subject: "bell".into(), text: Zeroizing::new("bell".into()), html: None }));
    let to = Box::leak(Box::new("alice@example.org".parse().unwrap()));
    Parcel { topic: "test", to, letter, account: None, revocable: false, lives: DAY }
}

#[test]
fn a_crash_after_sending_tells_it_once_more_but_later() {
    let world = world();
    let crashed = tempfile::tempdir().unwrap();
    let from = world.engine.store_path().parent().unwrap().to_owned();
    world.postman.next(Answer::Copy { from, to: crashed.path().join("data") });
    tell(&world, "alice@example.org", "one");
    world.engine.empty_outbox();
    assert_eq!(outbox(&world)["total"], 0);

    // What lay on the disk when the server had said yes and nobody had noted it.
    let reopened = reopen(&world, crashed.path());
    reopened.empty_outbox();
    assert_eq!(carried(&world), ["one"], "the try was counted before it was made");
    world.pass(30);
    reopened.empty_outbox();
    assert_eq!(carried(&world), ["one", "one"], "at least once");
    world.pass(HOUR);
    reopened.empty_outbox();
    assert_eq!(carried(&world).len(), 2);
}

fn reopen(world: &World, folder: &Path) -> jellyward::engine::Engine {
    patiently(|| open_with(folder, &world.jellyfin, &world.clock, &world.postman, false)).unwrap()
}

#[test]
fn one_damaged_entry_is_given_up_and_the_rest_goes_out() {
    let world = world();
    world.set(&json!({ "smtp.host": "" }));
    tell(&world, "alice@example.org", "one");
    tell(&world, "bob@example.org", "two");
    let raw = rusqlite::Connection::open(world.engine.store_path()).unwrap();
    let swap = "UPDATE outbox SET content = (SELECT content FROM outbox WHERE id = 2) WHERE id = 1";
    raw.execute(swap, []).unwrap();
    drop(raw);
    world.set(&json!({ "smtp.host": "mail.example.org" }));
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["two"]);
    assert_eq!((&outbox(&world)["items"][0]["id"], &outbox(&world)["items"][0]["cause"]), (&json!(1), &json!("other")));
}

#[test]
fn a_clock_that_jumps_back_holds_nothing_up_for_long() {
    let world = world();
    world.pass(365 * DAY);
    world.postman.refuse(&later("450 later"), 1);
    told(&world, "alice@example.org", "one", 10 * 365 * DAY, None).unwrap();
    world.engine.empty_outbox();
    world.pass(-364 * DAY);
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["one", "one"]);
}

#[test]
fn only_administrators_see_what_waits() {
    let world = world();
    world.user("bob", PASSWORD);
    let bob = world.sign_in(&Visitor::at("203.0.113.5"), "bob", PASSWORD);
    let seen = world.get(&bob, "/Jellyward/Api/Admin/Mail/Outbox");
    assert_eq!(code_of(&seen), "not_administrator", "{}", text(&seen));
}
