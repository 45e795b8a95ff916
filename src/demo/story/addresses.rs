//! E-mail addresses: asked for at sign-in, taken over, and put back.

use serde_json::{Value, json};

use super::teller::{Broken, Step, Teller};
use crate::account::email::undo;
use crate::demo::visitor::{Answer, Visitor};

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
    let code = code_in(&mail_to(story, "bob@example.org")?)?;
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
    let code = code_in(&mail_to(story, "thief@example.org")?)?;
    let answer = thief.post("/Jellyward/Api/Account/Email/Confirm", &json!({"code": code}))?;
    story.answered("A thief who knows his password puts another address in.", &answer, |a| a.status == 200)?;
    let warning = mail_to(story, "bob@example.org")?;
    let token = token_in(&warning)?;
    let mut scanner = story.browser("mail-scanner");
    scanner.get(undo::PAGE)?;
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

/// Changes settings as the administrator, who has no factor and proves by the password.
pub(super) fn settle(admin: &mut Visitor, values: &Value) -> Step {
    let now = admin.get("/Jellyward/Api/Admin/Settings")?;
    let proof = json!({"method": "password", "value": "admin-demo"});
    let change = json!({"revision": now.json["revision"], "values": values, "proof": proof});
    let answer = admin.post("/Jellyward/Api/Admin/Settings", &change)?;
    if answer.status == 200 { Ok(()) } else { Err(Broken::Claim(format!("settings: {}", answer.text))) }
}

/// The newest mail to that address, quoted-printable undone.
pub(super) fn mail_to(story: &Teller<'_>, address: &str) -> Result<String, Broken> {
    story.demo.engine().empty_outbox();
    let mails = story.demo.mailbox().mails();
    let newest = mails.iter().rfind(|mail| mail.to == address);
    let newest = newest.ok_or_else(|| Broken::Claim(format!("no mail to {address}")))?;
    Ok(newest.text.replace("=\r\n", "").replace("=3D", "="))
}

/// The six digits in it.
pub(super) fn code_in(mail: &str) -> Result<String, Broken> {
    let body = mail.split_once("\r\n\r\n").map_or(mail, |(_, body)| body);
    let mut words = body.split(|c: char| !c.is_ascii_alphanumeric());
    let code = words.find(|word| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit()));
    code.map(str::to_owned).ok_or_else(|| Broken::Claim("the mail holds no code".to_owned()))
}

fn token_in(mail: &str) -> Result<String, Broken> {
    let link = mail.split_once(&format!("{}#", undo::PAGE)).map(|(_, rest)| rest);
    let token = link.and_then(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next());
    token.map(str::to_owned).ok_or_else(|| Broken::Claim("the mail holds no link".to_owned()))
}
