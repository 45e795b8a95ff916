//! What becomes of accounts: demanded, enrolled, taken away.

use serde_json::{Value, json};

use super::teller::{Broken, Step, Teller};
use crate::clock::{DAY, Seconds};
use crate::demo::visitor::{Answer, Visitor};

/// Demanded of Bob, who sets it up on the way in.
pub(super) fn forced_enrolment(story: &mut Teller<'_>) -> Step {
    let mut admin = administrator(story)?;
    let bob = id(story, "bob");
    let rule = json!({"user": bob, "rule": "required", "proof": {"method": "password", "value": "admin-demo"}});
    let wrong = json!({"user": bob, "rule": "required", "proof": {"method": "password", "value": "guess"}});
    let answer = admin.post("/Jellyward/Api/Admin/Users/Rule", &wrong)?;
    story.answered("Without a fresh proof even the administrator changes nothing.", &answer, |a| {
        a.status == 401 && a.code() == "wrong_proof"
    })?;
    let answer = admin.post("/Jellyward/Api/Admin/Users/Rule", &rule)?;
    story.answered("With one, Bob must have a second factor from now on.", &answer, |a| a.status == 200)?;
    story.host().sign_everybody_out();

    let mut browser = story.browser("bob-tablet");
    let answer = browser.sign_in("bob", "bob-demo")?;
    story.answered("Bob types his password. He must set a factor up first.", &answer, |a| {
        a.outcome() == "enrol" && !a.is_session()
    })?;
    story.nobody_is_in()?;
    let challenge = answer.challenge();
    enrol(story, &mut browser, "bob", &challenge, None)?;
    let answer = browser.post("/Jellyward/Api/Challenge/Finish", &json!({"challenge": challenge}))?;
    story.answered("With that he is signed in.", &answer, Answer::is_session)?;
    story.devices_are(1)
}

/// Only with a fresh proof by the factor itself.
pub fn removal(story: &mut Teller<'_>) -> Step {
    let mut browser = story.browser("bob-tablet");
    let challenge = browser.sign_in("bob", "bob-demo")?.challenge();
    let answer = browser.verify(&challenge, "totp", &story.code("bob")?)?;
    story.answered("Bob signs in with a code.", &answer, Answer::is_session)?;
    let account = browser.get("/Jellyward/Api/Account")?;
    story.answered("His page lists one authenticator.", &account, |a| factors(a) == 1)?;
    let factor = account.json["factors"][0]["id"].clone();

    let mut remove = |method: &str, value: &str| {
        let body = json!({"id": factor, "proof": {"method": method, "value": value}});
        browser.post("/Jellyward/Api/Account/Factors/Remove", &body)
    };
    let by_password = remove("password", "bob-demo")?;
    let by_wrong_code = remove("totp", &story.wrong_code("bob")?)?;
    let by_code = remove("totp", &story.next_code("bob")?)?;
    let refused = |a: &Answer| a.status == 401 && a.code() == "wrong_proof";
    story.answered("Being signed in and knowing the password is not enough to remove it.", &by_password, refused)?;
    story.answered("A wrong code neither.", &by_wrong_code, refused)?;
    story.answered("A fresh code is.", &by_code, |a| a.status == 200)?;
    let account = browser.get("/Jellyward/Api/Account")?;
    story.answered("The list is empty.", &account, |a| factors(a) == 0)?;

    let mut thief = story.browser("thief-laptop");
    let answer = thief.sign_in("bob", "bob-demo")?;
    story.answered(
        "Bob's password alone cannot put a new one in: a word or recovery code is wanted.",
        &answer,
        |a| a.outcome() == "enrol" && a.json["jellyward"]["needsWord"] == true,
    )?;
    let mut admin = administrator(story)?;
    let rule = json!({"user": id(story, "bob"), "rule": "default",
                      "proof": {"method": "password", "value": "admin-demo"}});
    let answer = admin.post("/Jellyward/Api/Admin/Users/Rule", &rule)?;
    story.answered("The administrator no longer demands it of him.", &answer, |a| a.status == 200)
}

/// From an unknown browser the administrator's one-time word is wanted.
pub(super) fn after_grace(story: &mut Teller<'_>) -> Step {
    const FORTNIGHT_AND_A_DAY: Seconds = 15 * DAY;
    let carol = story.demo.host().add_user("carol", "carol-demo", false).map_err(|error| claim(&error))?;
    let mut admin = administrator(story)?;
    let proof = json!({"method": "password", "value": "admin-demo"});
    let rule = json!({"user": carol, "rule": "required", "proof": proof});
    let answer = admin.post("/Jellyward/Api/Admin/Users/Rule", &rule)?;
    story.answered("Carol must have a factor, and does not come for a fortnight.", &answer, |a| a.status == 200)?;
    story.clock.advance(FORTNIGHT_AND_A_DAY);

    let mut browser = story.browser("carol-laptop");
    let answer = browser.sign_in("carol", "carol-demo")?;
    story.answered("Now her password alone may not enrol.", &answer, |a| a.json["jellyward"]["needsWord"] == true)?;
    let challenge = answer.challenge();
    let answer = browser.post("/Jellyward/Api/Challenge/Enrol/Start", &json!({"challenge": challenge}))?;
    story.answered("She is asked for the administrator's word.", &answer, |a| a.code() == "word_needed")?;
    let answer = admin.post("/Jellyward/Api/Admin/Users/Word", &json!({"user": carol, "proof": proof}))?;
    story.answered("The administrator gives her one.", &answer, |a| a.json["word"].is_string())?;
    enrol(story, &mut browser, "carol", &challenge, Some(&answer.field("/word")))?;
    let answer = browser.post("/Jellyward/Api/Challenge/Finish", &json!({"challenge": challenge}))?;
    story.answered("Carol is signed in.", &answer, Answer::is_session)
}

/// Scans, confirms, writes the recovery codes down.
fn enrol(story: &mut Teller<'_>, browser: &mut Visitor, name: &str, challenge: &str, word: Option<&str>) -> Step {
    let begun = browser.post("/Jellyward/Api/Challenge/Enrol/Start", &json!({"challenge": challenge, "word": word}))?;
    story.answered("A QR code and a key for the authenticator app are shown.", &begun, |a| {
        a.field("/uri").starts_with("otpauth://totp/") && a.field("/qr").contains("<svg")
    })?;
    story.host().set_authenticator(name, &begun.field("/secret"), Vec::new());
    let confirm = |code: String| json!({"challenge": challenge, "enrolment": begun.field("/enrolment"), "code": code});
    let wrong = confirm(story.wrong_code(name)?);
    let answer = browser.post("/Jellyward/Api/Challenge/Enrol/Confirm", &wrong)?;
    story.answered("A wrong code does not confirm it.", &answer, |a| a.status == 401 && a.code() == "wrong_code")?;
    let right = confirm(story.code(name)?);
    let answer = browser.post("/Jellyward/Api/Challenge/Enrol/Confirm", &right)?;
    story.answered("The first right code confirms it and brings ten recovery codes.", &answer, |a| {
        a.json["recoveryCodes"].as_array().map_or(0, Vec::len) == 10
    })?;
    let sessions = story.host().devices_of(name);
    story.claims(&format!("Still no session: {sessions} devices."), sessions == 0)
}

fn administrator(story: &Teller<'_>) -> Result<Visitor, Broken> {
    let mut admin = story.browser("admin-desk");
    let answer = admin.sign_in("admin", "admin-demo")?;
    if answer.is_session() { Ok(admin) } else { Err(claim(&format!("admin could not sign in: {}", answer.text))) }
}

fn id(story: &Teller<'_>, name: &str) -> Value {
    story.host().user_id(name).map_or(Value::Null, |id| json!(id))
}

fn factors(account: &Answer) -> usize {
    account.json["factors"].as_array().map_or(0, Vec::len)
}

fn claim(reason: &impl ToString) -> Broken {
    Broken::Claim(reason.to_string())
}
