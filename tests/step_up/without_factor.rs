//! An administrator without a factor weakens nobody's protection with a session alone: the password is asked for.

use jellyward::gate::action::{Action, OTHER_PLUGINS};
use jellyward::web::message::Response;
use serde_json::{Value, json};

use super::support::world::{Visitor, World, body, code_of, text};
use super::{LATER, PASSWORD, PROVE};

const SETTINGS: &str = "/Jellyward/Api/Admin/Settings";

/// The administrator, signed in with the password a moment ago.
fn root(world: &World) -> Visitor {
    world.administrator("root", PASSWORD);
    world.sign_in(&Visitor::at("203.0.113.5"), "root", PASSWORD)
}

fn by_password(value: &str) -> Value {
    json!({ "method": "password", "value": value })
}

fn change(world: &World, from: &Visitor, proof: Option<Value>) -> Response {
    let now = body(&world.get(from, SETTINGS));
    let change = json!({ "revision": now["revision"], "values": { "totp.issuer": "Mine" }, "proof": proof });
    world.post(from, SETTINGS, &change)
}

fn prove(world: &World, from: &Visitor, password: &str) -> Response {
    world.post(from, PROVE, &json!({ "proof": by_password(password) }))
}

/// Calls of Jellyfin's that weaken protection.
fn acts(world: &World) -> Vec<(&'static str, Value)> {
    let bob = world.user("bob", PASSWORD);
    let own = ["QuickConnect.AuthorizeQuickConnect", "Startup.UpdateStartupUser", "User.AuthenticateUser"];
    let watched = world.engine.watched().into_keys();
    // Anybody may say that the password is forgotten.
    let weakening = watched.filter(|act| !own.contains(act) && !act.starts_with("User.ForgotPassword"));
    weakening.map(|act| (act, json!({ "userId": bob }))).collect()
}

fn is_stopped(world: &World, from: &Visitor, act: &str, arguments: &Value) {
    let stopped = world.act(from, act, arguments);
    assert_eq!((stopped.pass, stopped.status), (false, 403), "{act} ran without a proof");
    let problem = stopped.body.unwrap();
    assert_eq!((&problem["code"], &problem["proofs"]), (&json!("step_up"), &json!(["password"])), "{act}");
    assert!(stopped.headers.contains(&("X-Jellyward".into(), "step-up".into())), "our script must know it");
}

#[test]
fn what_gives_power_away_is_watched_too() {
    let watched = World::new().engine.watched();
    // Keys are shown in the clear; branding draws the page that takes passwords; another plugin may say who somebody is.
    for act in ["ApiKey.GetKeys", "Configuration.UpdateBrandingConfiguration", OTHER_PLUGINS] {
        assert!(watched.contains_key(act), "{act}");
    }
}

#[test]
fn own_settings_ask_for_the_password_once() {
    let world = World::new();
    let root = root(&world);
    let refused = change(&world, &root, None);
    assert_eq!((refused.status, code_of(&refused).as_str()), (403, "step_up"));
    assert_eq!(body(&refused)["proofs"], json!(["password"]));
    let brought = change(&world, &root, Some(by_password(PASSWORD)));
    assert_eq!(brought.status, 200, "{}", text(&brought));
    world.pass(LATER - 1);
    assert_eq!(change(&world, &root, None).status, 200, "asked once, not per click");
    world.pass(1);
    assert_eq!(code_of(&change(&world, &root, None)), "step_up", "five minutes are over");
}

#[test]
fn every_change_below_admin_asks_for_it() {
    let world = World::new();
    let root = root(&world);
    let bob = world.user("bob", PASSWORD);
    let calls = [
        ("Settings", json!({ "revision": 0, "values": {} })),
        ("Mail/Test", json!({ "to": "root@example.org" })),
        ("Mail/Outbox/Retry", json!({ "id": 1 })),
        ("Mail/Outbox/Discard", json!({ "id": 1 })),
        ("Users/Rule", json!({ "user": bob, "rule": "exempt" })),
        ("Users/RemoveFactor", json!({ "user": bob, "id": 1 })),
        ("Users/Word", json!({ "user": bob })),
        ("Users/LostPhone", json!({ "user": bob })),
        ("Users/Sessions/End", json!({ "user": bob, "all": true })),
        ("Users/Reset", json!({ "users": [bob], "how": "link" })),
        ("Messages/Save", json!({ "kind": "unlocked", "subject": "Hello", "text": "Hello" })),
        ("Messages/Reset", json!({ "kind": "unlocked" })),
        ("Messages/Send", json!({ "kind": "unlocked", "subject": "Hello", "text": "Hello", "to": "root@example.org" })),
        ("Users/Email", json!({ "user": bob, "address": "root@example.org" })),
    ];
    for (path, document) in calls {
        let refused = world.post(&root, &format!("/Jellyward/Api/Admin/{path}"), &document);
        assert_eq!(code_of(&refused), "step_up", "{path}");
    }
}

#[test]
fn every_act_that_weakens_protection_asks_for_it() {
    let world = World::new();
    let (root, acts) = (root(&world), acts(&world));
    for (act, arguments) in &acts {
        is_stopped(&world, &root, act, arguments);
    }
    assert_eq!(prove(&world, &root, PASSWORD).status, 200);
    for (act, arguments) in &acts {
        assert!(world.act(&root, act, arguments).pass, "{act} was stopped in spite of a proof");
    }
    world.pass(LATER);
    for (act, arguments) in &acts {
        is_stopped(&world, &root, act, arguments);
    }
}

#[test]
fn a_wrong_password_is_counted_and_told() {
    let world = World::new();
    let root = root(&world);
    let guess = |n: u32| change(&world, &root, Some(by_password(&format!("guess {n}"))));
    assert_eq!(code_of(&guess(0)), "wrong_proof");
    let told = body(&world.get(&root, "/Jellyward/Api/Account/Refused"));
    assert_eq!(told["events"][0]["kind"], "wrong_proof");
    let stopped = (1..12).map(guess).find(|answer| code_of(answer) != "wrong_proof").unwrap();
    assert_eq!(code_of(&stopped), "too_many_tries");
    let right = change(&world, &root, Some(by_password(PASSWORD)));
    assert_eq!(code_of(&right), "too_many_tries", "the right one comes too late");
    assert_eq!(code_of(&change(&world, &root, None)), "step_up");
}

#[test]
fn what_another_session_proved_does_not_count() {
    let world = World::new();
    let root = root(&world);
    let stolen = world.sign_in(&Visitor::at("203.0.113.6"), "root", PASSWORD);
    assert_eq!(prove(&world, &root, PASSWORD).status, 200);
    assert_eq!(code_of(&change(&world, &stolen, None)), "step_up");
    is_stopped(&world, &stolen, "ApiKey.CreateKey", &json!({}));
    assert_eq!(change(&world, &root, None).status, 200);
}

#[test]
fn a_session_nobody_knows_of_proves_itself_like_any_other() {
    let world = World::new();
    let id = world.administrator("root", PASSWORD);
    let before = Visitor::at("203.0.113.5").signed_in_as(id, true, "from before the installation");
    is_stopped(&world, &before, "Package.InstallPackage", &json!({}));
    assert_eq!(change(&world, &before, Some(by_password(PASSWORD))).status, 200);
    assert!(world.act(&before, "Package.InstallPackage", &json!({})).pass);
}

#[test]
fn switched_off_nobody_asks() {
    let world = World::new();
    let root = root(&world);
    world.set(&json!({ "step_up.administrators": false }));
    assert_eq!(change(&world, &root, None).status, 200);
    for (act, arguments) in acts(&world) {
        assert!(world.act(&root, act, &arguments).pass, "{act}");
    }
}

#[test]
fn an_administrator_without_a_password_proves_that_with_nothing_typed() {
    let world = World::new();
    world.administrator("root", "");
    let root = world.sign_in(&Visitor::at("203.0.113.5"), "root", "");
    is_stopped(&world, &root, "ApiKey.CreateKey", &json!({}));
    assert_eq!(code_of(&prove(&world, &root, "something")), "wrong_proof");
    assert_eq!(prove(&world, &root, "").status, 200);
    assert!(world.act(&root, "ApiKey.CreateKey", &json!({})).pass);
    assert_eq!(change(&world, &root, None).status, 200);
}

#[test]
fn nothing_typed_is_wrong_where_there_is_a_password() {
    let world = World::new();
    let root = root(&world);
    assert_eq!(code_of(&prove(&world, &root, "")), "wrong_proof");
    is_stopped(&world, &root, "ApiKey.CreateKey", &json!({}));
}

#[test]
fn the_wizard_is_not_asked() {
    let world = World::new();
    let root = root(&world);
    for (act, arguments) in acts(&world) {
        let action = Action {
            action: act.into(),
            arguments: arguments.as_object().unwrap().clone().into(),
            wizard_done: false,
            client: root.client.clone(),
            origin: root.origin_with_cookies(),
            caller: root.caller(),
        };
        assert!(world.engine.action(&action).pass, "{act} was stopped while the server is being set up");
    }
}

#[test]
fn only_who_may_weaken_anything_is_asked() {
    let world = World::new();
    root(&world);
    world.user("bob", PASSWORD);
    let bob = world.sign_in(&Visitor::at("203.0.113.7"), "bob", PASSWORD);
    for act in ["ApiKey.CreateKey", "User.UpdateUserPolicy"] {
        assert!(world.act(&bob, act, &json!({})).pass, "{act} is Jellyfin's to refuse");
    }
    let mut key = Visitor::at("203.0.113.9").signed_in_as(world.user("nobody", PASSWORD), true, "key").caller();
    let caller = key.as_mut().unwrap();
    (caller.api_key, caller.user_id) = (true, None);
    let action = Action {
        action: "User.CreateUserByName".into(),
        arguments: Default::default(),
        wizard_done: true,
        client: Default::default(),
        origin: Default::default(),
        caller: key,
    };
    assert!(world.engine.action(&action).pass, "a key cannot prove anything; making one asked for a proof");
}
