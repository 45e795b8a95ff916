//! Every other way to a session: Quick Connect and the obsolete sign-in.

use serde_json::json;

use super::turn;
use crate::people::Person;
use crate::server::Server;
use crate::traces::Traces;
use crate::visitor::Visitor;

/// A television that waits for Quick Connect.
struct Waiting {
    tv: Visitor,
    code: String,
    secret: String,
}

impl Waiting {
    fn new(person: &Person, server: &Server) -> Self {
        let mut tv = person.television(server);
        let quick = tv.post("/QuickConnect/Initiate", &json!({})).expect(200).json();
        let text = |key: &str| quick[key].as_str().unwrap().to_owned();
        Self { code: text("Code"), secret: text("Secret"), tv }
    }

    fn approve_path(&self, user: Option<&str>) -> String {
        let user = user.map_or(String::new(), |id| format!("&userId={id}"));
        format!("/QuickConnect/Authorize?code={}{user}", self.code)
    }

    /// Nothing came of it.
    fn stays_outside(&mut self, administrator: &mut Visitor, person: &Person) {
        let state = self.tv.get(&format!("/QuickConnect/Connect?secret={}", self.secret)).expect(200).json();
        assert_eq!(state["Authenticated"], json!(false));
        let redeemed = self.tv.post("/Users/AuthenticateWithQuickConnect", &json!({ "Secret": self.secret }));
        assert!(!redeemed.is_session(), "{}", redeemed.shown());
        assert_eq!(Traces::of(administrator, &self.tv.device_id, person).devices, 0);
    }
}

#[test]
fn quick_connect_counts_when_the_owner_approves_from_a_proven_session() {
    let Some(mut turn) = turn("quick_connect_counts_when_the_owner_approves_from_a_proven_session") else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    let mut factors = alice.enrol(&turn.server);
    let mut browser = alice.browser(&turn.server);
    let challenge = browser.login(&alice.name, &alice.password).challenge();
    let session = browser.verify(&challenge, "totp", &factors.app.fresh()).expect(200);
    let mut proven = browser.holding(&session);
    let mut waiting = Waiting::new(&alice, &turn.server);
    proven.post(&waiting.approve_path(None), &json!({})).expect(200);
    let body = json!({ "Secret": waiting.secret });
    let session = waiting.tv.post("/Users/AuthenticateWithQuickConnect", &body).expect(200);
    let mut on_tv = waiting.tv.holding(&session);
    on_tv.get("/Users/Me").expect(200);
    // What Quick Connect gave plays; it approves nothing and changes nothing.
    let mut next = Waiting::new(&alice, &turn.server);
    let refused = on_tv.post(&next.approve_path(None), &json!({}));
    assert_ne!(refused.status, 200, "{}", refused.shown());
    next.stays_outside(&mut turn.administrator, &alice);
}

#[test]
fn quick_connect_is_refused_from_an_unproven_session_an_administrator_and_a_key() {
    let Some(mut turn) = turn("quick_connect_is_refused_from_an_unproven_session_an_administrator_and_a_key") else {
        return;
    };
    let alice = Person::new(&mut turn.administrator, "alice");
    let mut earlier = alice.browser(&turn.server);
    let session = earlier.login(&alice.name, &alice.password).expect(200);
    let mut earlier = earlier.holding(&session);
    alice.enrol(&turn.server);
    let mut waiting = Waiting::new(&alice, &turn.server);

    let refused = earlier.post(&waiting.approve_path(None), &json!({}));
    assert_ne!(refused.status, 200, "{}", refused.shown());
    waiting.stays_outside(&mut turn.administrator, &alice);

    let refused = turn.administrator.post(&waiting.approve_path(Some(&alice.id)), &json!({}));
    assert_ne!(refused.status, 200, "{}", refused.shown());
    waiting.stays_outside(&mut turn.administrator, &alice);

    turn.administrator.post("/Auth/Keys?app=story", &json!({})).expect(204);
    let keys = turn.administrator.get("/Auth/Keys").expect(200).json();
    let mut program = Visitor::television(&turn.server.address(), "program");
    program.token = Some(keys["Items"][0]["AccessToken"].as_str().unwrap().to_owned());
    let refused = program.post(&waiting.approve_path(Some(&alice.id)), &json!({}));
    assert_ne!(refused.status, 200, "{}", refused.shown());
    waiting.stays_outside(&mut turn.administrator, &alice);
    assert_eq!(program.get("/Jellyward/Api/Account").expect(403).code(), "api_key");

    // For somebody who needs no factor an administrator may still approve.
    let bob = Person::new(&mut turn.administrator, "bob");
    let waiting = Waiting::new(&bob, &turn.server);
    turn.administrator.post(&waiting.approve_path(Some(&bob.id)), &json!({})).expect(200);
}

#[test]
fn the_obsolete_sign_in_is_closed_to_whoever_has_a_factor() {
    let Some(mut turn) = turn("the_obsolete_sign_in_is_closed_to_whoever_has_a_factor") else { return };
    let bob = Person::new(&mut turn.administrator, "bob");
    let alice = Person::new(&mut turn.administrator, "alice");
    let mut factors = alice.enrol(&turn.server);
    let path = |person: &Person, password: &str| {
        format!("/Users/{}/Authenticate?pw={}", person.id, password.replace(' ', "%20").replace('\'', "%27"))
    };
    let mut tv = alice.television(&turn.server);
    assert!(tv.post(&path(&bob, &bob.password), &json!({})).expect(200).is_session());
    let mut tv = alice.television(&turn.server);
    tv.post(&path(&alice, &alice.password), &json!({})).expect(401);
    let with_code = format!("{} {}", alice.password, factors.app.fresh());
    tv.post(&path(&alice, &with_code), &json!({})).expect(401);
    assert_eq!(Traces::of(&mut turn.administrator, &tv.device_id, &alice).devices, 0);
}
