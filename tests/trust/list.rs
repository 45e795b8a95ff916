//! The account's own list of trusted browsers.

use jellyward::gate::verdict::Outcome;
use jellyward::web::message::Response;
use serde_json::{Value, json};

use super::support::world::{Visitor, World, body, code_of, text};
use super::{DAY, PASSWORD, cookie, events, home, outcome, verify_and_trust};

const FORGET: &str = "/Jellyward/Api/Account/Browsers/Forget";

fn items(world: &World, from: &Visitor) -> Vec<Value> {
    let answer = world.get(from, "/Jellyward/Api/Account/Browsers");
    assert_eq!(answer.status, 200, "{}", text(&answer));
    body(&answer)["items"].as_array().unwrap().clone()
}

fn forget(world: &World, from: &Visitor, what: Value) -> Response {
    world.post(from, FORGET, &what)
}

/// A browser that says so of itself.
fn saying(address: &str, user_agent: &str) -> Visitor {
    let mut browser = Visitor::at(address);
    browser.origin.headers.push(("User-Agent".into(), user_agent.into()));
    browser
}

const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0";
const HOSTILE: &str = "<img src=x onerror=alert(1)>\u{202e}\r\nSet-Cookie: a=b";

#[test]
fn it_shows_each_browser_and_forgets_it() {
    let world = World::new();
    let (_, phone, _) = world.protected("alice", PASSWORD);
    let (tablet, laptop) = (saying("203.0.113.5", FIREFOX), saying("2001:db8::7", HOSTILE));
    let given = world.now();
    verify_and_trust(&world, &tablet, "alice", &phone);
    let here = world.with_session(&tablet);
    verify_and_trust(&world, &laptop, "alice", &phone);
    let shown = items(&world, &here);
    assert_eq!(shown.len(), 2);
    assert_eq!((&shown[0]["name"], &shown[0]["network"]), (&json!("Unknown browser"), &json!("2001:db8::/64")));
    let id = shown[1]["id"].as_str().unwrap();
    assert_eq!(
        shown[1],
        json!({"id": id, "name": "Firefox on Windows", "current": true, "createdAt": given,
               "expiresAt": given + 30 * DAY, "usedAt": given, "network": "203.0.113.5"})
    );
    assert_eq!(shown[0]["current"], false);

    assert_eq!(forget(&world, &here, json!({"id": shown[0]["id"]})).status, 200);
    assert_eq!(outcome(&world, &laptop, "alice"), Outcome::Challenge);
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow, "the other one stays");
    let here = world.with_session(&tablet);
    assert_eq!(forget(&world, &here, json!({"id": id})).status, 200);
    assert_eq!(cookie(&tablet), None, "nobody trusts it any more: the cookie goes");
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Challenge);
    assert_eq!((items(&world, &here).len(), events(&world, "browser_forgotten").len()), (0, 2));
}

#[test]
fn all_of_them_go_at_once_and_nobody_elses() {
    let world = World::new();
    let (_, alices, _) = world.protected("alice", PASSWORD);
    let (bob, bobs, _) = world.protected("bob", PASSWORD);
    let (tablet, laptop) = (home(), Visitor::at("198.51.100.9"));
    verify_and_trust(&world, &tablet, "alice", &alices);
    let here = world.with_session(&tablet);
    verify_and_trust(&world, &laptop, "alice", &alices);
    verify_and_trust(&world, &tablet, "bob", &bobs);
    assert_eq!(forget(&world, &here, json!({"all": true})).status, 200);
    assert!(items(&world, &here).is_empty());
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Challenge);
    assert_eq!(outcome(&world, &laptop, "alice"), Outcome::Challenge);
    assert_eq!(outcome(&world, &tablet, "bob"), Outcome::Allow);
    assert_eq!(items(&world, &tablet.signed_in_as(bob, false, "his")).len(), 1);
    assert_eq!(forget(&world, &here, json!({"all": true})).status, 200, "nothing left to do");
}

#[test]
fn one_can_forget_only_what_one_trusts() {
    let world = World::new();
    let (alice, phone, _) = world.protected("alice", PASSWORD);
    let bob = world.user("bob", PASSWORD);
    let tablet = home();
    verify_and_trust(&world, &tablet, "alice", &phone);
    let id = items(&world, &tablet.signed_in_as(alice, false, "token"))[0]["id"].clone();
    let his = Visitor::at("198.51.100.9").signed_in_as(bob, false, "his");
    assert!(items(&world, &his).is_empty());
    for unknown in [id, json!("0".repeat(32))] {
        let answer = forget(&world, &his, json!({"id": unknown}));
        assert_eq!((answer.status, code_of(&answer).as_str()), (404, "unknown_browser"));
    }
    for bad in [json!({}), json!({"id": 1}), json!({"id": "zz"}), json!({"id": "00"}), json!({"id": "é".repeat(16)})] {
        let answer = forget(&world, &his, bad.clone());
        assert_eq!((answer.status, body(&answer)["field"].as_str()), (400, Some("id")), "{bad}");
    }
    assert_eq!(body(&forget(&world, &his, json!({"all": "yes"})))["field"], "all");
    assert_eq!(outcome(&world, &tablet, "alice"), Outcome::Allow);
}

#[test]
fn it_tells_how_long_trust_really_lasts() {
    let world = World::new();
    let (alice, phone, _) = world.protected("alice", PASSWORD);
    let tablet = home();
    let given = world.now();
    verify_and_trust(&world, &tablet, "alice", &phone);
    let here = tablet.signed_in_as(alice, false, "token");
    world.set(&json!({"trust.days": 3}));
    assert_eq!(items(&world, &here)[0]["expiresAt"], given + 3 * DAY);
    world.pass(3 * DAY);
    assert!(items(&world, &here).is_empty());
}
