//! Users of the server, made through its own API, and their factors, enrolled through the account's calls.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use super::authenticator::Authenticator;
use super::server::Server;
use super::visitor::Visitor;

/// A user with a password.
pub struct Person {
    pub name: String,
    pub id: String,
    pub password: String,
}

/// What enrolment gave.
pub struct Factors {
    pub app: Authenticator,
    pub recovery_codes: Vec<String>,
    /// The session they were enrolled in, which has proven all there is.
    pub session: Visitor,
}

/// A number nobody else has: stories share one server.
pub fn unique() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// An address of its own, so that one story's wrong tries slow no other down.
pub fn address() -> String {
    let n = unique();
    format!("203.0.{}.{}", 100 + n / 200, 1 + n % 200)
}

impl Person {
    /// A new user of that name and a number; no such name is the beginning of another.
    pub fn new(administrator: &mut Visitor, name: &str) -> Self {
        Self::named(administrator, &format!("{name}-{:03}", unique()))
    }

    /// A new user of exactly that name.
    pub fn named(administrator: &mut Visitor, name: &str) -> Self {
        let password = format!("{name}'s password");
        let body = json!({ "Name": name, "Password": password });
        let made = administrator.post("/Users/New", &body).expect(200).json();
        Self { name: name.into(), id: made["Id"].as_str().unwrap().replace('-', ""), password }
    }

    /// A browser of theirs at an address of its own.
    pub fn browser(&self, server: &Server) -> Visitor {
        Visitor::browser(&server.address(), &format!("{}-browser-{}", self.name, unique())).from(&address())
    }

    /// An app of theirs at an address of its own.
    pub fn television(&self, server: &Server) -> Visitor {
        Visitor::television(&server.address(), &format!("{}-tv-{}", self.name, unique())).from(&address())
    }

    /// Signs in with the password alone and enrols an authenticator.
    pub fn enrol(&self, server: &Server) -> Factors {
        let mut browser = self.browser(server);
        let session = browser.login(&self.name, &self.password).expect(200);
        let mut session = browser.holding(&session);
        let proof = json!({ "method": "password", "value": self.password });
        let started = session.post("/Jellyward/Api/Account/Totp/Start", &json!({ "proof": proof })).expect(200).json();
        let mut app = Authenticator::read(&started);
        let confirm = json!({ "enrolment": started["enrolment"], "code": app.fresh(), "name": "phone" });
        let confirmed = session.post("/Jellyward/Api/Account/Totp/Confirm", &confirm).expect(200).json();
        Factors { app, recovery_codes: texts(&confirmed["recoveryCodes"]), session }
    }

    /// Changes the user's policy at Jellyfin.
    pub fn change_policy(&self, administrator: &mut Visitor, field: &str, value: &Value) {
        let mut policy = administrator.get(&format!("/Users/{}", self.id)).expect(200).json()["Policy"].clone();
        policy[field] = value.clone();
        administrator.post(&format!("/Users/{}/Policy", self.id), &policy).expect(204);
    }
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}
