//! Whoever owns the machine and lost every factor: the unlock file's hour is long enough to mend it.

use serde_json::{Value, json};

use super::support::world::{Visitor, World, body, challenge, code_of, text};
use super::{PASSWORD, PROVE};

const LOST: &str = "/Jellyward/Api/Admin/Users/LostPhone";
const WORD: &str = "/Jellyward/Api/Admin/Users/Word";
const HOUR: i64 = 60 * 60;

/// The only administrator, with a factor and a stock session that the engine knows nothing of.
fn root(world: &World) -> (Visitor, Value) {
    let id = world.administrator("root", PASSWORD);
    world.enrol_user(&Visitor::at("203.0.113.5"), "root", PASSWORD);
    (Visitor::at("203.0.113.6").signed_in_as(id, true, "by password alone"), json!({ "user": id }))
}

/// As the plugin leaves it when it takes the file.
fn unlock(world: &World) {
    let time = jiff::Timestamp::from_second(world.now()).unwrap().strftime("%Y%m%d%H%M%S");
    std::fs::write(world.folder.path().join(format!("data/unlock.used-{time}")), "").unwrap();
}

fn by_password(password: &str) -> Value {
    json!({ "proof": { "method": "password", "value": password } })
}

#[test]
fn a_sole_administrator_who_lost_everything_sets_up_a_new_factor() {
    let world = World::new();
    let (session, myself) = root(&world);
    let lose = |with: &Value| {
        let mut wish = myself.clone();
        wish["proof"] = with["proof"].clone();
        world.post(&session, LOST, &wish)
    };
    assert_eq!(code_of(&lose(&by_password(PASSWORD))), "sign_in_fully", "the door is shut");
    unlock(&world);
    let asked = world.post(&session, LOST, &myself);
    assert_eq!((code_of(&asked).as_str(), &body(&asked)["proofs"]), ("step_up", &json!(["password"])));
    assert_eq!(code_of(&lose(&by_password("something else"))), "wrong_proof");
    assert_eq!(world.post(&session, PROVE, &by_password(PASSWORD)).status, 200);
    let word = world.post(&session, WORD, &myself);
    assert_eq!(word.status, 200, "asked once, not per click: {}", text(&word));
    let lost = world.post(&session, LOST, &myself);
    assert_eq!((lost.status, &body(&lost)["factors"]), (200, &json!(1)), "{}", text(&lost));
    let word =
        body(&world.post(&session, WORD, &json!({ "user": myself["user"], "proof": by_password(PASSWORD)["proof"] })));
    assert!(word["word"].as_str().is_some_and(|word| !word.is_empty()), "{word}");
}

#[test]
fn they_add_a_new_authenticator_and_take_the_old_one_away() {
    let world = World::new();
    let (session, _) = root(&world);
    unlock(&world);
    let old = body(&world.get(&session, "/Jellyward/Api/Account"))["factors"][0]["id"].clone();
    let (authenticator, _) = world.enrol(&session, &by_password(PASSWORD)["proof"]);
    world.pass(60);
    let removed = world.post(&session, "/Jellyward/Api/Account/Factors/Remove", &json!({ "kind": "totp", "id": old }));
    assert_eq!(removed.status, 200, "{}", text(&removed));
    assert_eq!(world.post(&session, "/Jellyward/Api/Account/Recovery/Renew", &json!({})).status, 200);
    world.pass(HOUR);
    let browser = Visitor::at("203.0.113.8");
    let challenge = challenge(&world.login(&browser, "root", PASSWORD));
    assert_eq!(world.verify(&browser, &challenge, "totp", &authenticator.code(world.now())).status, 200);
}

#[test]
fn the_hour_ends_and_is_an_administrators_alone() {
    let world = World::new();
    let (session, myself) = root(&world);
    let bob = world.user("bob", PASSWORD);
    let bobs = Visitor::at("203.0.113.7");
    world.enrol_user(&bobs, "bob", PASSWORD);
    unlock(&world);
    let bobs = bobs.signed_in_as(bob, false, "bob by password alone");
    assert_eq!(code_of(&world.post(&bobs, PROVE, &by_password(PASSWORD))), "sign_in_fully");
    assert_eq!(world.post(&session, PROVE, &by_password(PASSWORD)).status, 200);
    world.pass(HOUR + 1);
    assert_eq!(code_of(&world.post(&session, PROVE, &by_password(PASSWORD))), "sign_in_fully");
    assert_eq!(code_of(&world.post(&session, LOST, &myself)), "sign_in_fully");
}

#[test]
fn a_proof_from_within_the_hour_is_worth_nothing_after_it() {
    let world = World::new();
    let (session, myself) = root(&world);
    unlock(&world);
    world.pass(HOUR - 10);
    assert_eq!(world.post(&session, PROVE, &by_password(PASSWORD)).status, 200);
    world.pass(20);
    assert_eq!(code_of(&world.post(&session, LOST, &myself)), "sign_in_fully");
}

#[test]
fn a_file_from_tomorrow_opens_nothing() {
    let world = World::new();
    let (session, _) = root(&world);
    world.pass(24 * HOUR);
    unlock(&world);
    world.pass(-24 * HOUR);
    assert_eq!(code_of(&world.post(&session, PROVE, &by_password(PASSWORD))), "sign_in_fully");
}
