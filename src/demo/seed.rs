//! The people of the demo. Alice's factor is enrolled over HTTP, the way she would do it herself.

use serde_json::{Value, json};

use super::authenticator;
use super::failure::StartError;
use super::jellyfin::Jellyfin;
use super::visitor::{Answer, Unanswered, Visitor};
use crate::clock::Seconds;

/// One of the people who are there at the first start.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// The name.
    pub name: &'static str,
    /// The password.
    pub password: &'static str,
    /// Runs the server.
    pub administrator: bool,
    /// Has an authenticator app.
    pub enrolled: bool,
}

/// Everybody.
pub const PEOPLE: [Person; 3] = [
    Person { name: "admin", password: "admin-demo", administrator: true, enrolled: false },
    Person { name: "alice", password: "alice-demo", administrator: false, enrolled: true },
    Person { name: "bob", password: "bob-demo", administrator: false, enrolled: false },
];

/// Puts everybody in who is not there yet, if nobody is.
pub fn people(address: &str, jellyfin: &Jellyfin, now: Seconds) -> Result<(), StartError> {
    if !jellyfin.users().is_empty() {
        return Ok(());
    }
    for person in PEOPLE {
        jellyfin.add_user(person.name, person.password, person.administrator)?;
        if person.enrolled {
            enrol(address, jellyfin, &person, now).map_err(StartError::Seed)?;
        }
    }
    Ok(())
}

/// Signs in, sets an authenticator up, signs out.
fn enrol(address: &str, jellyfin: &Jellyfin, person: &Person, now: Seconds) -> Result<(), String> {
    let mut visitor = Visitor::browser(address, "demo-set-up");
    well(visitor.sign_in(person.name, person.password))?;
    let proof = json!({"proof": {"method": "password", "value": person.password}});
    let begun = well(visitor.post("/Jellyward/Api/Account/Totp/Start", &proof))?;
    let secret = begun.field("/secret");
    // The code before the present one is still good, and leaves the present one for whoever tries the demo.
    let before = now - authenticator::PERIOD;
    let code = authenticator::code(&secret, before).ok_or("the secret is not base32")?;
    let confirmation = json!({"enrolment": begun.field("/enrolment"), "code": code, "name": "Phone"});
    let done = well(visitor.post("/Jellyward/Api/Account/Totp/Confirm", &confirmation))?;
    let recovery: Vec<String> =
        serde_json::from_value(done.json["recoveryCodes"].clone()).map_err(|error| error.to_string())?;
    jellyfin.set_authenticator(person.name, &secret, recovery);
    well(visitor.post("/Sessions/Logout", &Value::Null))?;
    Ok(())
}

fn well(answer: Result<Answer, Unanswered>) -> Result<Answer, String> {
    let answer = answer.map_err(|error| error.to_string())?;
    if answer.status < 300 { Ok(answer) } else { Err(format!("{} {}", answer.status, answer.text)) }
}
