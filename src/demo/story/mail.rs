//! What comes by mail: a code for signing in, and word of what happened.

use serde_json::json;

use super::letters::{code_to, mail_to, settle};
use super::teller::{Broken, Step, Teller};
use crate::demo::visitor::Answer;

const ADDRESS: &str = "dora@example.org";

/// The weakest factor, for who wants nothing else.
pub fn codes(story: &mut Teller<'_>) -> Step {
    let dora = story.host().add_user("dora", "dora-demo", false).map_err(|error| Broken::Claim(error.to_string()))?;
    let mut admin = story.browser("admin-desk");
    admin.sign_in("admin", "admin-demo")?;
    let proof = json!({"method": "password", "value": "admin-demo"});
    settle(&mut admin, &json!({"smtp.host": "mail.example.org", "smtp.from_address": "tv@example.org"}))?;
    let given = json!({"user": dora, "address": ADDRESS, "verified": true, "proof": proof});
    let answer = admin.post("/Jellyward/Api/Admin/Users/Email", &given)?;
    story.answered("The administrator knows Dora's address and vouches for it.", &answer, |a| a.status == 200)?;

    let mut browser = story.browser("dora-laptop");
    let answer = browser.sign_in("dora", "dora-demo")?;
    story.answered("Dora signs in by her password.", &answer, Answer::is_session)?;
    let proof = json!({"proof": {"method": "password", "value": "dora-demo"}});
    let answer = browser.post("/Jellyward/Api/Account/MailCode/Start", &proof)?;
    story.answered("She wants codes by mail. One goes out to show that they arrive.", &answer, |a| {
        a.field("/to") == "d•••@e•••.org"
    })?;
    let code = code_to(story, ADDRESS)?;
    let answer = browser.post("/Jellyward/Api/Account/MailCode/Confirm", &json!({"code": code}))?;
    story.answered("It came: from now on that is her second factor.", &answer, |a| a.status == 200)?;
    let told = mail_to(story, ADDRESS)?.code().is_none();
    let letters = letters_to(story);
    story.claims("She is told so by mail.", told && letters == 2)?;

    let mut thief = story.browser("thief-laptop");
    let answer = thief.sign_in("dora", "guess")?;
    story.answered("A wrong password gets no code.", &answer, |a| a.status == 401)?;
    let challenge = thief.sign_in("dora", "dora-demo")?.challenge();
    story.claims("The right one gets none either until somebody asks for it.", letters_to(story) == letters)?;
    let answer = thief.post("/Jellyward/Api/Challenge/Email", &json!({"challenge": challenge}))?;
    story.answered("A thief who knows it may ask; the code lies in Dora's mailbox.", &answer, |a| a.status == 200)?;
    let _ = code_to(story, ADDRESS)?;
    let answer = thief.verify(&challenge, "email", "000000")?;
    story.answered("The thief guesses in vain.", &answer, |a| a.code() == "wrong_code" && a.json["triesLeft"] == 4)?;
    let again = thief.post("/Jellyward/Api/Challenge/Email", &json!({"challenge": challenge}))?;
    story.answered("Another one comes after a minute, not before.", &again, |a| {
        a.code() == "too_often" && a.header("retry-after") == Some("60")
    })?;

    let challenge = browser.sign_in("dora", "dora-demo")?.challenge();
    browser.post("/Jellyward/Api/Challenge/Email", &json!({"challenge": challenge}))?;
    let code = code_to(story, ADDRESS)?;
    let elsewhere = thief.sign_in("dora", "dora-demo")?.challenge();
    let answer = thief.verify(&elsewhere, "email", &code)?;
    story.answered("Dora's code opens nothing elsewhere.", &answer, |a| a.code() == "wrong_code")?;
    let answer = browser.verify(&challenge, "email", &code)?;
    story.answered("Where she asked for it, it signs her in.", &answer, Answer::is_session)?;
    settle(&mut admin, &json!({"smtp.host": ""}))
}

/// How many mails Dora got.
fn letters_to(story: &Teller<'_>) -> usize {
    story.demo.engine().empty_outbox();
    story.demo.mailbox().to(ADDRESS).len()
}
