//! The people of the demo. Alice's factor is enrolled over HTTP, the way she would do it herself.

use serde_json::{Value, json};
use ureq::Agent;

use super::{Demo, StartError, authenticator, names};

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

const CLIENT: &str =
    r#"MediaBrowser Client="Jellyfin Web", Device="Set-up", DeviceId="demo-set-up", Version="10.11.11""#;

/// Puts everybody in who is not there yet, if nobody is.
pub fn people(demo: &Demo) -> Result<(), StartError> {
    if !demo.host().users().is_empty() {
        return Ok(());
    }
    for person in PEOPLE {
        demo.host().add_user(person.name, person.password, person.administrator)?;
        if person.enrolled {
            enrol(demo, person.name, person.password).map_err(StartError::Seed)?;
        }
    }
    Ok(())
}

/// Signs in, sets an authenticator up, signs out.
fn enrol(demo: &Demo, name: &str, password: &str) -> Result<(), String> {
    let client = Client { agent: agent(), address: demo.address() };
    let session = client.post("/Users/AuthenticateByName", CLIENT, &json!({"Username": name, "Pw": password}))?;
    let token = field(&session, "AccessToken")?;
    let signed_in = format!("{CLIENT}, Token=\"{token}\"");
    let proof = json!({"proof": {"method": "password", "value": password}});
    let begun = client.post("/Jellyward/Api/Account/Totp/Start", &signed_in, &proof)?;
    let secret = field(&begun, "secret")?;
    // The code before the present one is still good, and leaves the present one for whoever tries the demo.
    let before = demo.options.clock.now() - authenticator::PERIOD;
    let code = authenticator::code(&secret, before).ok_or("the secret is not base32")?;
    let confirmation =
        json!({"enrolment": field(&begun, "enrolment")?, "code": code, "name": format!("{name}'s phone")});
    let done = client.post("/Jellyward/Api/Account/Totp/Confirm", &signed_in, &confirmation)?;
    let recovery: Vec<String> = serde_json::from_value(done["recoveryCodes"].clone()).map_err(|e| e.to_string())?;
    demo.host().set_authenticator(&names::fold(name), &secret, recovery);
    client.post("/Sessions/Logout", &signed_in, &Value::Null)?;
    Ok(())
}

struct Client {
    agent: Agent,
    address: String,
}

impl Client {
    fn post(&self, path: &str, authorization: &str, body: &Value) -> Result<Value, String> {
        let mut response = self
            .agent
            .post(format!("{}{path}", self.address))
            .header("Authorization", authorization)
            .send_json(body)
            .map_err(|error| format!("{path}: {error}"))?;
        let text = response.body_mut().read_to_string().map_err(|error| format!("{path}: {error}"))?;
        if !response.status().is_success() {
            return Err(format!("{path}: {} {text}", response.status()));
        }
        if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&text).map_err(|e| format!("{path}: {e}")) }
    }
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).build().into()
}

fn field(document: &Value, name: &str) -> Result<String, String> {
    document[name].as_str().map(str::to_owned).ok_or_else(|| format!("no {name} in the answer"))
}
