//! What an administrator does with the addresses of others.

use jellyward::host::AccountId;
use jellyward::web::message::Response;
use serde_json::{Value, json};

use super::support::mailbox::{code_to, mail_to, mails_to, token_in};
use super::support::world::{Visitor, World, body, code_of, text};
use super::{PASSWORD, confirm, email, person, start, verify, world};

const SET: &str = "/Jellyward/Api/Admin/Users/Email";

fn boss(world: &World) -> Visitor {
    world.proven_administrator("boss", "203.0.113.1")
}

fn set(world: &World, user: AccountId, address: &str, verified: bool) -> Response {
    world.post(&boss(world), SET, &json!({ "user": user, "address": address, "verified": verified }))
}

fn listed(world: &World, name: &str) -> Value {
    let users = body(&world.get(&boss(world), &format!("/Jellyward/Api/Admin/Users?search={name}")));
    users["users"][0]["email"].clone()
}

#[test]
fn an_administrator_sets_vouches_and_removes() {
    let world = World::new();
    let (alice, id) = person(&world, "alice");
    assert_eq!(listed(&world, "alice"), Value::Null);
    assert_eq!(set(&world, id, "alice@example.org", false).status, 200);
    assert_eq!(listed(&world, "alice"), json!({ "address": "alice@example.org", "verifiedAt": null }));
    assert_eq!(email(&world, &alice)["verifiedAt"], Value::Null);
    let now = world.now();
    assert_eq!(set(&world, id, "alice@example.org", true).status, 200);
    assert_eq!(listed(&world, "alice")["verifiedAt"], now);
    world.pass(5);
    assert_eq!(set(&world, id, "alice@example.org", true).status, 200);
    assert_eq!(listed(&world, "alice")["verifiedAt"], now, "verified once");
    assert_eq!(set(&world, id, "", false).status, 200);
    assert_eq!(listed(&world, "alice"), Value::Null);
    assert_eq!(code_of(&set(&world, id, "", false)), "no_address");
    let events = body(&world.get(&boss(&world), "/Jellyward/Api/Admin/Events"));
    let told: Vec<_> = events["events"].as_array().unwrap().iter().take(4).collect();
    assert_eq!(
        told.iter().map(|event| event["kind"].as_str().unwrap()).collect::<Vec<_>>(),
        ["email_removed", "email_verified", "email_verified", "email_changed"]
    );
    assert!(told.iter().all(|event| event["actorName"] == "boss"), "by whom");
}

#[test]
fn a_user_administers_nobody() {
    let world = world();
    let (alice, id) = person(&world, "alice");
    let refused = world.post(&alice, SET, &json!({ "user": id, "address": "x@example.org", "verified": true }));
    assert_eq!(code_of(&refused), "not_administrator");
    let users = world.get(&alice, "/Jellyward/Api/Admin/Users");
    assert!(users.status == 403 && !text(&users).contains("example.org"));
}

#[test]
fn a_protected_administrator_proves_it() {
    let world = world();
    let (_, id) = person(&world, "alice");
    world.administrator("boss", PASSWORD);
    let browser = Visitor::at("203.0.113.2");
    let phone = world.enrol_user(&browser, "boss", PASSWORD).0;
    let boss = world.full_sign_in(&browser, "boss", PASSWORD, &phone);
    world.pass(300);
    let change = json!({ "user": id, "address": "alice@example.org", "verified": true });
    assert_eq!(code_of(&world.post(&boss, SET, &change)), "step_up");
}

#[test]
fn the_address_before_is_told_and_holds_no_way_back() {
    let world = world();
    let (alice, id) = person(&world, "alice");
    verify(&world, &alice, "alice@example.org");
    verify(&world, &alice, "second@example.org");
    let token = token_in(&mail_to(&world, "alice@example.org"));
    assert_eq!(set(&world, id, "third@example.org", true).status, 200);
    let mail = mail_to(&world, "second@example.org");
    assert!(mail.says("address on Jellyfin was changed") && mail.link().is_none(), "{mail:?}");
    // The administrator's word is the last one: earlier ways back are closed, too.
    let undone = world.post(&Visitor::at("198.51.100.9"), "/Jellyward/Api/Address/Undo", &json!({ "token": token }));
    assert_eq!(code_of(&undone), "link_gone");
}

#[test]
fn what_nobody_verified_keeps_nobody_out_and_is_not_told() {
    let world = world();
    let (alice, id) = person(&world, "alice");
    let (bob, _) = person(&world, "bob");
    assert_eq!(set(&world, id, "bob@example.org", false).status, 200);
    verify(&world, &bob, "bob@example.org");
    assert_eq!(email(&world, &bob)["address"], "bob@example.org");
    let refused = set(&world, id, "bob@example.org", true);
    assert_eq!((refused.status, code_of(&refused).as_str()), (409, "address_in_use"));
    let before = mails_to(&world, "bob@example.org").len();
    verify(&world, &alice, "alice@example.org");
    assert_eq!(mails_to(&world, "bob@example.org").len(), before, "a mistyped address is a stranger's");
}

#[test]
fn an_administrators_change_voids_what_waits() {
    let world = world();
    let (alice, id) = person(&world, "alice");
    start(&world, &alice, "mine@example.org");
    let code = code_to(&world, "mine@example.org");
    assert_eq!(set(&world, id, "given@example.org", true).status, 200);
    assert_eq!(code_of(&confirm(&world, &alice, &code)), "code_gone");
    assert_eq!(email(&world, &alice)["address"], "given@example.org");
}
