//! An administrator and somebody else's ways in.

use jellyward::gate::verdict::Outcome;
use serde_json::{Value, json};

use crate::support::world::{Visitor, body, challenge, code_of, text};
use crate::{House, PASSWORD};

#[test]
fn an_administrator_takes_each_way_in_away_after_a_proof() {
    let house = House::new();
    house.world.set(&json!({ "devices.again": true }));
    let alice = house.owner.token.as_ref().unwrap().0;
    let (app_password, typed) = house.made(&json!({ "name": "Kodi" }));
    house.tv(PASSWORD);
    let waiting = house.get("Devices")["pending"][0]["id"].clone();
    house.post("Devices/Approve", &json!({ "id": waiting, "again": true, "proof": house.proof() }));
    house.world.pass(60);
    let browser = Visitor::at("203.0.113.40");
    let token = challenge(&house.from(&browser, PASSWORD));
    let code = house.phone.code(house.world.now());
    let trusted = json!({ "challenge": token, "method": "totp", "code": code, "trust": true });
    assert_eq!(house.world.post(&browser, "/Jellyward/Api/Challenge/Verify", &trusted).status, 200);
    assert_eq!(house.tv(&typed), Outcome::Allow);

    house.world.administrator("root", PASSWORD);
    let root = house.world.sign_in(&Visitor::at("203.0.113.9"), "root", PASSWORD);
    let get = |path: &str| body(&house.world.get(&root, &format!("/Jellyward/Api/Admin/Users{path}")));
    let users = get("?search=alice");
    let counts =
        |users: &Value| ["appPasswords", "trustedBrowsers", "devices"].map(|kind| users["users"][0][kind].clone());
    assert_eq!(counts(&users), [json!(1), json!(1), json!(1)]);
    let id = |path: &str, list: &str| get(&format!("/{path}?user={alice}"))[list][0]["id"].clone();
    assert_eq!(id("AppPasswords", "items"), app_password);
    let ways = [
        ("AppPasswords/Revoke", id("AppPasswords", "items")),
        ("Browsers/Forget", id("Browsers", "items")),
        ("Devices/Forget", id("Devices", "paired")),
    ];
    assert_eq!(get(&format!("/Devices?user={alice}"))["window"], 0);
    let post =
        |path: &str, document: &Value| house.world.post(&root, &format!("/Jellyward/Api/Admin/Users/{path}"), document);
    for (path, id) in &ways {
        assert_eq!(code_of(&post(path, &json!({ "user": alice, "id": id }))), "step_up", "{path}");
    }
    let proof = json!({ "method": "password", "value": PASSWORD });
    for (path, id) in &ways {
        let nobody = json!({ "user": root.token.as_ref().unwrap().0, "id": id, "proof": proof });
        assert_eq!(post(path, &nobody).status, 404, "{path}: not another's");
        let taken = post(path, &json!({ "user": alice, "id": id }));
        assert_eq!(taken.status, 200, "{path}: {}", text(&taken));
    }
    assert_eq!(counts(&get("?search=alice")), [json!(0), json!(0), json!(0)]);
    assert_eq!((house.tv(&typed), house.tv(PASSWORD)), (Outcome::Refuse, Outcome::Challenge));
    assert_eq!(house.from(&browser, PASSWORD).outcome, Outcome::Challenge);
    let events = body(&house.world.get(&root, "/Jellyward/Api/Admin/Events"));
    for kind in ["app_password_revoked", "browser_forgotten", "device_forgotten"] {
        let events = events["events"].as_array().unwrap();
        assert_eq!(events.iter().find(|event| event["kind"] == kind).unwrap()["actorName"], "root", "{kind}");
    }
}
