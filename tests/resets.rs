//! Forgotten passwords, through the entry points the plugin uses: four ways in, and whoever tries to abuse them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "resets/clock.rs"]
mod clock;
#[path = "resets/hostile.rs"]
mod hostile;
#[path = "resets/killed.rs"]
mod killed;
#[path = "resets/limits.rs"]
mod limits;
mod support;
#[path = "resets/ways.rs"]
mod ways;

use jellyward::gate::action::Action;
use jellyward::host::AccountId;
use jellyward::web::action::Passage;
use jellyward::web::message::Response;
use serde_json::{Value, json};

use support::mailbox::mail_settings;
use support::world::{Visitor, World, body, code_of, text};

const OLD: &str = "alice's password";
const NEW: &str = "quite another sentence";
const ADDRESS: &str = "alice@example.org";

/// A server that sends mail, with alice, whose address is verified.
fn ready() -> (World, AccountId) {
    let world = World::new();
    let mut settings = mail_settings();
    settings["limits.free_tries"] = json!(10);
    world.set(&settings);
    let alice = world.user("alice", OLD);
    give_address(&world, alice, ADDRESS);
    (world, alice)
}

fn give_address(world: &World, account: AccountId, address: &str) {
    let owner = world.proven_administrator("owner", "198.51.100.1");
    let given = json!({ "user": account, "address": address, "verified": true });
    let answer = world.post(&owner, "/Jellyward/Api/Admin/Users/Email", &given);
    assert_eq!(answer.status, 200, "{}", text(&answer));
}

fn ask(world: &World, from: &Visitor, name: &str) -> Value {
    let answer = world.post(from, "/Jellyward/Api/Reset/Ask", &json!({ "name": name }));
    assert_eq!(answer.status, 200, "{}", text(&answer));
    body(&answer)
}

fn by_code(world: &World, from: &Visitor, asked: &Value, code: &str, password: &str) -> Response {
    world.post(from, "/Jellyward/Api/Reset/Code", &json!({ "flow": asked["flow"], "code": code, "password": password }))
}

fn by_link(world: &World, from: &Visitor, token: &str, password: &str) -> Response {
    world.post(from, "/Jellyward/Api/Reset/Link", &json!({ "token": token, "password": password }))
}

/// One of the two calls of Jellyfin's dialog.
fn dialog(world: &World, from: &Visitor, action: &str, name: &str, value: &str) -> Passage {
    let mut arguments = serde_json::Map::new();
    arguments.insert(name.to_owned(), value.into());
    world.engine.action(&Action {
        action: action.to_owned(),
        arguments: arguments.into(),
        wizard_done: true,
        client: from.client.clone(),
        origin: from.origin.clone(),
        caller: None,
    })
}

fn start_in_dialog(world: &World, from: &Visitor, name: &str) -> Passage {
    dialog(world, from, "User.ForgotPassword", "enteredUsername", name)
}

fn pin_in_dialog(world: &World, from: &Visitor, pin: &str) -> Passage {
    dialog(world, from, "User.ForgotPasswordPin", "pin", pin)
}

fn lets_in(world: &World, password: &str) -> bool {
    world.login(&Visitor::at("192.0.2.200"), "alice", password).session
}

fn refusal(answer: &Response) -> String {
    assert!(answer.status >= 400, "{}", text(answer));
    code_of(answer)
}
