//! One's own sessions: listed as Jellyfin keeps them, and ended for good.

use serde_json::{Value, json};

use super::turn;
use crate::people::Person;
use crate::server::{ADMIN, ADMIN_PASSWORD};
use crate::traces::Traces;
use crate::visitor::Visitor;

fn list(session: &mut Visitor) -> Vec<Value> {
    session.get("/Jellyward/Api/Account/Sessions").expect(200).json()["items"].as_array().unwrap().clone()
}

fn end(session: &mut Visitor, which: &Value) -> Value {
    session.post("/Jellyward/Api/Account/Sessions/End", which).expect(200).json()["ended"].clone()
}

#[test]
fn sessions_are_listed_with_their_addresses_and_their_tokens_stop_working() {
    let Some(mut turn) = turn("sessions_are_listed_with_their_addresses_and_their_tokens_stop_working") else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    let factors = alice.enrol(&turn.server);
    let mut here = factors.session;
    let mut tvs: Vec<Visitor> = (1..4)
        .map(|n| {
            let mut tv = alice.television(&turn.server);
            let session =
                tv.login(&alice.name, &format!("{} {}", alice.password, factors.recovery_codes[n])).expect(200);
            tv.holding(&session)
        })
        .collect();
    let listed = list(&mut here);
    assert_eq!(listed.len(), 4, "{listed:?}");
    for visitor in tvs.iter().chain([&here]) {
        let shown: Vec<_> = listed.iter().filter(|session| session["deviceName"] == visitor.device_name).collect();
        assert_eq!(shown.len(), 1, "{listed:?}");
        assert_eq!(shown[0]["address"], json!(visitor.address));
        assert_eq!(shown[0]["app"], visitor.app);
        assert_eq!(shown[0]["current"], visitor.device_id == here.device_id);
    }
    assert!(!format!("{listed:?}").contains(here.token.as_deref().unwrap()), "a token is shown");

    // Another person's session is not hers to end, whatever she calls it.
    let bob = Person::new(&mut turn.administrator, "bob");
    let mut browser = bob.browser(&turn.server);
    let session = browser.login(&bob.name, &bob.password).expect(200);
    let mut bobs = browser.holding(&session);
    let his = list(&mut bobs)[0]["id"].clone();
    assert_eq!(end(&mut here, &json!({ "ids": [his] })), 0);
    bobs.get("/Users/Me").expect(200);

    let mut lost = tvs.remove(0);
    lost.get("/Users/Me").expect(200);
    let id = listed.iter().find(|session| session["deviceName"] == lost.device_name).unwrap()["id"].clone();
    assert_eq!(end(&mut here, &json!({ "ids": [id] })), 1);
    lost.get("/Users/Me").expect(401);
    assert_eq!(Traces::of(&mut turn.administrator, &lost.device_id, &alice).devices, 0);
    tvs[0].get("/Users/Me").expect(200);

    assert_eq!(end(&mut here, &json!({ "others": true })), 2);
    for tv in &mut tvs {
        tv.get("/Users/Me").expect(401);
    }
    assert_eq!(list(&mut here).len(), 1);
    assert_eq!(end(&mut here, &json!({ "all": true })), 1);
    here.get("/Users/Me").expect(401);
}

#[test]
fn an_administrator_ends_somebodys_sessions_after_a_proof() {
    let Some(mut turn) = turn("an_administrator_ends_somebodys_sessions_after_a_proof") else { return };
    let bob = Person::new(&mut turn.administrator, "bob");
    let mut tv = bob.television(&turn.server);
    let session = tv.login(&bob.name, &bob.password).expect(200);
    let mut tv = tv.holding(&session);
    let path = format!("/Jellyward/Api/Admin/Users/Sessions?user={}", bob.id);
    let listed = turn.administrator.get(&path).expect(200).json();
    assert_eq!(listed["items"][0]["address"], json!(tv.address));
    let all = json!({ "user": bob.id, "all": true });
    // Whoever made bob has proven it, in that session.
    let mut unproven = Visitor::browser(&turn.server.address(), "another desk");
    let session = unproven.login(ADMIN, ADMIN_PASSWORD).expect(200);
    let mut unproven = unproven.holding(&session);
    let refused = unproven.post("/Jellyward/Api/Admin/Users/Sessions/End", &all).expect(403);
    assert_eq!(refused.code(), "step_up");
    let proof = json!({ "method": "password", "value": ADMIN_PASSWORD });
    let all = json!({ "user": bob.id, "all": true, "proof": proof });
    let ended = unproven.post("/Jellyward/Api/Admin/Users/Sessions/End", &all).expect(200).json();
    assert_eq!(ended["ended"], 1);
    tv.get("/Users/Me").expect(401);
}
