//! E-mail addresses: asked for at sign-in, taken over, and put back.

use serde_json::json;

use super::letters::{code_to, settle, token_to};
use super::teller::{Step, Teller};
use crate::account::email::UNDO_PAGE;
use crate::demo::visitor::Answer;

/// Bob leaves one; somebody who knows his password changes it; whoever reads the old one undoes that.
pub fn address(story: &mut Teller<'_>) -> Step {
    let mut admin = story.browser("admin-desk");
    let answer = admin.sign_in("admin", "admin-demo")?;
    story.answered("The administrator sets mail up and wants an address of everybody.", &answer, Answer::is_session)?;
    let public_url = story.demo.address();
    settle(&mut admin, &json!({"smtp.host": "mail.example.org", "smtp.from_address": "tv@example.org"}))?;
    settle(&mut admin, &json!({"web.public_url": public_url, "email.required": "required"}))?;

    let mut browser = story.browser("bob-tablet");
    let answer = browser.sign_in("bob", "bob-demo")?;
    story.answered("Bob's password is right. Before the session he is asked for his address.", &answer, |a| {
        a.outcome() == "setUp" && !a.is_session()
    })?;
    let challenge = answer.challenge();
    let start = json!({"challenge": challenge, "address": "bob@example.org"});
    let answer = browser.post("/Jellyward/Api/Challenge/SetUp/Email/Start", &start)?;
    story.answered("A code is on its way there.", &answer, |a| a.status == 200)?;
    let answer = browser.post("/Jellyward/Api/Challenge/Finish", &json!({"challenge": challenge}))?;
    story.answered("Without it there is no session.", &answer, |a| a.outcome() == "setUp" && !a.is_session())?;
    let code = code_to(story, "bob@example.org")?;
    let confirm = json!({"challenge": challenge, "code": code});
    let answer = browser.post("/Jellyward/Api/Challenge/SetUp/Email/Confirm", &confirm)?;
    story.answered("He types the code from his mailbox.", &answer, |a| a.status == 200)?;
    let answer = browser.post("/Jellyward/Api/Challenge/Finish", &json!({"challenge": challenge}))?;
    story.answered("With that he is signed in.", &answer, Answer::is_session)?;

    let proof = json!({"method": "password", "value": "bob-demo"});
    let mut thief = story.browser("thief-laptop");
    thief.sign_in("bob", "bob-demo")?;
    let start = json!({"address": "thief@example.org", "proof": proof});
    thief.post("/Jellyward/Api/Account/Email/Start", &start)?;
    let code = code_to(story, "thief@example.org")?;
    let answer = thief.post("/Jellyward/Api/Account/Email/Confirm", &json!({"code": code}))?;
    story.answered("A thief who knows his password puts another address in.", &answer, |a| a.status == 200)?;
    let token = token_to(story, "bob@example.org", UNDO_PAGE)?;
    let mut scanner = story.browser("mail-scanner");
    scanner.get(UNDO_PAGE)?;
    let answer = thief.get("/Jellyward/Api/Account/Email")?;
    story.answered("Bob's old mailbox is warned. A scanner that opens the link changes nothing.", &answer, |a| {
        a.field("/address") == "thief@example.org"
    })?;
    let mut phone = story.browser("bob-phone");
    let answer = phone.post("/Jellyward/Api/Address/Undo", &json!({"token": token}))?;
    story.answered("Bob presses the button behind it.", &answer, |a| a.status == 200)?;
    let answer = thief.get("/Jellyward/Api/Account/Email")?;
    story.answered("The thief is out.", &answer, |a| a.status == 401)?;
    let mut browser = story.browser("bob-tablet");
    browser.sign_in("bob", "bob-demo")?;
    let answer = browser.get("/Jellyward/Api/Account/Email")?;
    story.answered("And Bob's address is back.", &answer, |a| a.field("/address") == "bob@example.org")?;
    settle(&mut admin, &json!({"email.required": "off"}))
}
