//! A passkey: made, used after the password and instead of it, copied, taken away.

use serde_json::{Value, json};

use super::teller::{Broken, Step, Teller};
use crate::demo::security_key::SecurityKey;
use crate::demo::visitor::{Answer, Unanswered, Visitor};

/// Alice's laptop has one of this name.
const NAME: &str = "Laptop";

/// From the first touch to the last, with a thief in between.
pub fn passkeys(story: &mut Teller<'_>) -> Step {
    offer(story)?;
    let mut laptop = Laptop { key: SecurityKey::new(1), site: site(story) };
    let mut alice = story.browser("alice-laptop");
    let challenge = alice.sign_in("alice", "alice-demo")?.challenge();
    let answer = alice.verify(&challenge, "totp", &story.code("alice")?)?;
    story.answered("Alice signs in with a code.", &answer, Answer::is_session)?;
    let id = add(story, &mut alice, &mut laptop)?;
    after_the_password(story, &mut laptop)?;
    let mut copy = Laptop { key: laptop.key.clone(), site: laptop.site.clone() };
    instead_of_the_password(story, &mut laptop)?;

    let answer = sign_in(&mut story.browser("thief-laptop"), &mut copy)?;
    story.answered("A copy made before that counts behind the laptop, and is refused.", &answer, refused)?;
    let answer = alice.get("/Jellyward/Api/Account/Refused")?;
    story.answered("Alice reads on her page that somebody has one.", &answer, |a| {
        a.json["events"].as_array().is_some_and(|events| events.iter().any(|event| event["kind"] == "passkey_copied"))
    })?;
    let remove = json!({"id": id, "kind": "passkey"});
    let answer = alice.post("/Jellyward/Api/Account/Factors/Remove", &remove)?;
    story.answered("She takes the passkey away.", &answer, |a| a.status == 200)?;
    let answer = sign_in(&mut story.browser("alice-laptop"), &mut laptop)?;
    story.answered("Nothing opens with it any more.", &answer, refused)
}

/// A passkey and the page it is used at.
struct Laptop {
    key: SecurityKey,
    site: String,
}

impl Laptop {
    fn makes(&mut self, started: &Answer) -> Value {
        document(&self.key.create(&started.json["options"], &self.site).json())
    }

    fn uses(&mut self, started: &Answer) -> Value {
        document(&self.key.get(&started.json["options"], &self.site).json())
    }
}

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// Passkeys need a name, and browsers take this one without https.
fn site(story: &Teller<'_>) -> String {
    story.demo.address().replace("127.0.0.1", "localhost")
}

fn offer(story: &mut Teller<'_>) -> Step {
    let mut admin = story.browser("admin-desk");
    admin.sign_in("admin", "admin-demo")?;
    let settings = admin.get("/Jellyward/Api/Admin/Settings")?;
    let values = json!({"passkeys.domain": "localhost", "passkeys.origins": [site(story)]});
    let proof = json!({"method": "password", "value": "admin-demo"});
    let change = json!({"revision": settings.json["revision"], "values": values, "proof": proof});
    let answer = admin.post("/Jellyward/Api/Admin/Settings", &change)?;
    story.answered("The owner says at which address passkeys are used.", &answer, |a| a.status == 200)?;
    story.host().sign_everybody_out();
    Ok(())
}

/// Gives the passkey's id on the account page.
fn add(story: &mut Teller<'_>, alice: &mut Visitor, laptop: &mut Laptop) -> Result<Value, Broken> {
    let started = alice.post("/Jellyward/Api/Account/Passkeys/Start", &json!({}))?;
    let response = laptop.makes(&started);
    let finish = json!({"ceremony": started.json["ceremony"], "response": response, "name": NAME});
    let answer = alice.post("/Jellyward/Api/Account/Passkeys/Finish", &finish)?;
    story.answered("Her laptop makes a passkey.", &answer, |a| a.status == 200 && a.json["factor"].is_number())?;
    let again = alice.post("/Jellyward/Api/Account/Passkeys/Finish", &finish)?;
    story.answered("The same answer a second time is nothing.", &again, |a| a.code() == "ceremony_gone")?;
    let account = alice.get("/Jellyward/Api/Account")?;
    let listed = |a: &Answer| {
        let factors = a.json["factors"].as_array();
        factors.is_some_and(|all| all.iter().any(|one| one["kind"] == "passkey" && one["name"] == NAME))
    };
    story.answered("Her page lists it beside her phone.", &account, listed)?;
    Ok(answer.json["factor"].clone())
}

fn after_the_password(story: &mut Teller<'_>, laptop: &mut Laptop) -> Step {
    let before = story.host().devices();
    let mut browser = story.browser("alice-tablet");
    let answer = browser.sign_in("alice", "alice-demo")?;
    let challenge = answer.challenge();
    story.answered("After her password she is asked for a code or the passkey.", &answer, |a| {
        a.json["jellyward"]["methods"].as_array().is_some_and(|methods| methods.contains(&json!("passkey")))
    })?;
    story.devices_are(before)?;
    let started = browser.post("/Jellyward/Api/Challenge/Passkey", &json!({"challenge": challenge}))?;
    let answered = json!({"challenge": challenge, "method": "passkey", "ceremony": started.json["ceremony"],
                          "response": laptop.uses(&started)});
    let answer = browser.post("/Jellyward/Api/Challenge/Verify", &answered)?;
    story.answered("She touches the laptop, and is in.", &answer, Answer::is_session)?;
    story.devices_are(before + 1)
}

fn instead_of_the_password(story: &mut Teller<'_>, laptop: &mut Laptop) -> Step {
    let checks = story.host().password_checks();
    let mut browser = story.browser("alice-sofa");
    let answer = sign_in(&mut browser, laptop)?;
    story.answered(
        "Without name and password the passkey says whose it is: she is in.",
        &answer,
        Answer::is_session,
    )?;
    let spared = story.host().password_checks() == checks;
    story.claims("No password was typed, and none was checked.", spared)?;
    let answer = browser.get("/Users/Me")?;
    story.answered("Jellyfin knows her by the token she got.", &answer, |a| a.field("/Name") == "alice")
}

/// By a passkey alone.
fn sign_in(browser: &mut Visitor, laptop: &mut Laptop) -> Result<Answer, Unanswered> {
    let started = browser.post("/Jellyward/Api/Passkey/Start", &json!({}))?;
    let finish = json!({"ceremony": started.json["ceremony"], "response": laptop.uses(&started)});
    browser.post("/Jellyward/Api/Passkey/Finish", &finish)
}

fn refused(answer: &Answer) -> bool {
    answer.status == 401 && answer.code() == "wrong_passkey" && !answer.is_session()
}
