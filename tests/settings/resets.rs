//! The settings of forgotten passwords.

use jellyward::gate::action::Action;
use jellyward::host::AccountId;
use serde_json::{Value, json};

use super::support::mailbox::{code_to, give_address, set_up_mail};
use super::support::world::{World, body};
use super::{PASSWORD, stranger};

const ADDRESS: &str = "alice@example.org";

/// None where mail cannot be set up: that is the business of another setting's test.
fn ready() -> Option<(World, AccountId)> {
    let world = World::new();
    set_up_mail(&world);
    let alice = world.user("alice", PASSWORD);
    give_address(&world, &alice, ADDRESS);
    (offer(&world)["offered"] == true).then_some((world, alice))
}

fn offer(world: &World) -> Value {
    body(&world.get(&stranger(), "/Jellyward/Api/Reset/Offer"))
}

fn ask(world: &World) -> Value {
    body(&world.post(&stranger(), "/Jellyward/Api/Reset/Ask", &json!({ "name": "alice" })))
}

#[test]
fn setting_reset_enabled_does_something() {
    let Some((world, _)) = ready() else { return };
    world.set(&json!({ "reset.enabled": false }));
    assert_eq!(offer(&world)["offered"], false);
}

#[test]
fn setting_reset_message_does_something() {
    let Some((world, _)) = ready() else { return };
    assert_eq!(ask(&world)["code"], true);
    world.set(&json!({ "reset.message": "link" }));
    assert_ne!(ask(&world)["code"], true);
}

#[test]
fn setting_reset_dialog_does_something() {
    let Some((world, _)) = ready() else { return };
    let passes = || {
        let action = json!({ "action": "User.ForgotPassword", "arguments": { "enteredUsername": "alice" } });
        world.engine.action(&serde_json::from_value::<Action>(action).unwrap()).pass
    };
    assert!(!passes());
    world.set(&json!({ "reset.dialog": "stock" }));
    assert!(passes());
}

#[test]
fn setting_reset_hide_stock_link_does_something() {
    let Some((world, _)) = ready() else { return };
    assert_eq!(offer(&world)["hideStockLink"], true);
    world.set(&json!({ "reset.hide_stock_link": false }));
    assert_eq!(offer(&world)["hideStockLink"], false);
}

#[test]
fn setting_reset_end_sessions_does_something() {
    let ends = |settings: &Value| {
        let (world, alice) = ready()?;
        world.set(settings);
        world.sign_in(&stranger(), "alice", PASSWORD);
        let flow = ask(&world)["flow"].clone();
        let code = code_to(&world, ADDRESS);
        let reset = json!({ "flow": flow, "code": code, "password": "quite another sentence" });
        assert_eq!(world.post(&stranger(), "/Jellyward/Api/Reset/Code", &reset).status, 200);
        let sessions = world.jellyfin.sessions.lock().unwrap();
        Some(sessions.iter().find(|one| one.request.user == alice).unwrap().ended)
    };
    assert_ne!(ends(&json!({})), Some(false));
    assert_ne!(ends(&json!({ "reset.end_sessions": false })), Some(true));
}
