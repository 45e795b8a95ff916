//! The way back to the address before.

use jellyward::demo::mailbox::Reading;
use serde_json::{Value, json};

use super::support::mailbox::{mail_to, mails_to};
use super::support::world::{Visitor, World, body, code_of, text};
use super::{EMAIL, PASSWORD, email, person, start, verify, world};

const UNDO: &str = "/Jellyward/Api/Address/Undo";
const HOURS_72: i64 = 72 * 60 * 60;

fn token_in(mail: &Reading) -> String {
    let link = mail.link().unwrap_or_else(|| panic!("no link in {mail:?}"));
    let (page, token) = link.split_once('#').expect("a token in the fragment");
    assert_eq!(page, "https://media.example.org/jelly/Jellyward/Undo", "nothing but the page goes over the wire");
    token.to_owned()
}

fn undo(world: &World, token: &str) -> jellyward::web::message::Response {
    world.post(&Visitor::at("198.51.100.200"), UNDO, &json!({ "token": token }))
}

/// Alice, whose address somebody changed; and the token that her old mailbox got.
fn taken_over(world: &World) -> (Visitor, String) {
    let (alice, _) = person(world, "alice");
    verify(world, &alice, "alice@example.org");
    verify(world, &alice, "thief@example.org");
    let token = token_in(&mail_to(world, "alice@example.org"));
    (alice, token)
}

#[test]
fn the_reader_of_the_old_address_takes_the_account_back_without_signing_in() {
    let world = world();
    let (alice, token) = taken_over(&world);
    let first = email(&world, &alice);
    assert_eq!(first["address"], "thief@example.org");
    start(&world, &alice, "third@example.org");
    let page = world.get(&Visitor::at("198.51.100.200"), "/Jellyward/Undo");
    assert_eq!(page.status, 200);
    assert_eq!(world.jellyfin.alive().len(), 1, "looking at it ends nothing");
    let undone = undo(&world, &token);
    assert_eq!(undone.status, 200, "{}", text(&undone));
    assert!(world.jellyfin.alive().is_empty(), "everything is signed out");
    for address in ["alice@example.org", "thief@example.org"] {
        assert!(mail_to(&world, address).says("is back on Jellyfin"), "{address} is told");
    }
    world.pass(60);
    let alice = world.sign_in(&Visitor::at("203.0.113.15"), "alice", PASSWORD);
    let now = email(&world, &alice);
    assert_eq!(now["address"], "alice@example.org");
    assert!(now["verifiedAt"].is_i64(), "with its verification");
    assert_eq!(now["pending"], Value::Null);
    let events = body(&world.get(&administrator(&world), "/Jellyward/Api/Admin/Events"));
    assert!(events["events"].as_array().unwrap().iter().any(|event| event["kind"] == "email_restored"));
}

fn administrator(world: &World) -> Visitor {
    world.proven_administrator("boss", "203.0.113.1")
}

#[test]
fn a_link_is_good_once() {
    let world = world();
    let (_, token) = taken_over(&world);
    assert_eq!(undo(&world, &token).status, 200);
    let again = undo(&world, &token);
    assert_eq!((again.status, code_of(&again).as_str()), (401, "link_gone"));
}

#[test]
fn a_scanner_spends_nothing() {
    let world = world();
    let (_, token) = taken_over(&world);
    let scanner = Visitor::app_at("192.0.2.99");
    for path in ["/Jellyward/Undo", "/Jellyward/Undo/", &format!("/Jellyward/Undo?token={token}")] {
        assert_eq!(world.get(&scanner, path).status, 200);
        assert_eq!(world.send(&scanner, "HEAD", path, b"").status, 200);
    }
    assert_eq!(world.get(&scanner, &format!("{UNDO}?token={token}")).status, 405);
    assert_eq!(undo(&world, &token).status, 200);
}

#[test]
fn a_link_lasts_for_72_hours() {
    let world = world();
    let (_, token) = taken_over(&world);
    world.pass(HOURS_72);
    assert_eq!(code_of(&undo(&world, &token)), "link_gone");
    let world = super::world();
    let (_, token) = taken_over(&world);
    world.pass(HOURS_72 - 1);
    assert_eq!(undo(&world, &token).status, 200);
}

#[test]
fn whoever_changes_it_twice_does_not_close_the_owners_way() {
    let world = world();
    let (alice, token) = taken_over(&world);
    verify(&world, &alice, "thief2@example.org");
    let thiefs = token_in(&mail_to(&world, "thief@example.org"));
    assert_eq!(undo(&world, &thiefs).status, 200, "one step back");
    assert_eq!(undo(&world, &token).status, 200, "and the owner's all the way");
    world.pass(60);
    let alice = world.sign_in(&Visitor::at("203.0.113.15"), "alice", PASSWORD);
    assert_eq!(email(&world, &alice)["address"], "alice@example.org");
    // The other order: the owner first, and the thief's link is dead.
    let world = super::world();
    let (alice, token) = taken_over(&world);
    verify(&world, &alice, "thief2@example.org");
    let thiefs = token_in(&mail_to(&world, "thief@example.org"));
    assert_eq!(undo(&world, &token).status, 200);
    assert_eq!(code_of(&undo(&world, &thiefs)), "link_gone");
}

#[test]
fn a_changed_password_does_not_close_the_way() {
    let world = world();
    let (alice, token) = taken_over(&world);
    let id = alice.caller().unwrap().user_id.unwrap();
    world.engine.event(&jellyward::engine::Event::PasswordChanged { user_id: id });
    assert_eq!(undo(&world, &token).status, 200);
}

#[test]
fn without_a_public_address_the_warning_goes_out_without_a_link() {
    let world = world();
    world.set(&json!({ "web.public_url": "" }));
    let (alice, _) = person(&world, "alice");
    verify(&world, &alice, "alice@example.org");
    verify(&world, &alice, "new@example.org");
    let mail = mail_to(&world, "alice@example.org");
    assert!(mail.says("address on Jellyfin was changed") && !mail.says("http"), "{mail:?}");
}

#[test]
fn an_address_given_to_another_account_meanwhile_stays_there() {
    let world = world();
    let (_, token) = taken_over(&world);
    let (bob, _) = person(&world, "bob");
    verify(&world, &bob, "alice@example.org");
    assert_eq!(undo(&world, &token).status, 200);
    world.pass(60);
    let alice = world.sign_in(&Visitor::at("203.0.113.15"), "alice", PASSWORD);
    assert_eq!(email(&world, &alice)["address"], Value::Null, "the thief's is gone all the same");
    assert_eq!(email(&world, &bob)["address"], "alice@example.org");
}

#[test]
fn a_made_up_token_undoes_nothing() {
    let world = world();
    let (alice, token) = taken_over(&world);
    for wrong in ["", "x", &token[1..], &format!("{token}="), &"A".repeat(43)] {
        assert_eq!(code_of(&undo(&world, wrong)), "link_gone", "{wrong:?}");
    }
    assert_eq!(world.get(&alice, EMAIL).status, 200);
    assert_eq!(mails_to(&world, "thief@example.org").len(), 1);
}
