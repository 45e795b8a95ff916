//! A forgotten password: every way back in, and what none of them opens.

use serde_json::json;

use super::letters::{held, mail_to, settle, token_to};
use super::teller::{Broken, Step, Teller};
use crate::account::reset::{PAGE, PIN_PAGE};
use crate::demo::visitor::{Answer, Visitor};

const ADDRESS: &str = "erik@example.org";

/// Each way in turn, for somebody with a verified address.
pub fn ways(story: &mut Teller<'_>) -> Step {
    let erik = story.host().add_user("erik", "erik-demo", false).map_err(|error| Broken::Claim(error.to_string()))?;
    let mut admin = story.browser("admin-desk");
    admin.sign_in("admin", "admin-demo")?;
    let public_url = story.demo.address();
    settle(&mut admin, &json!({"smtp.host": "mail.example.org", "smtp.from_address": "tv@example.org"}))?;
    settle(&mut admin, &json!({"web.public_url": public_url}))?;
    admin.post("/Jellyward/Api/Admin/Users/Email", &json!({"user": erik, "address": ADDRESS, "verified": true}))?;

    let mut browser = story.browser("erik-laptop");
    my_account(story, &mut browser)?;
    dialog(story, &mut browser)?;
    settle(&mut admin, &json!({"reset.dialog": "link"}))?;
    link(story, &mut browser)?;
    settle(&mut admin, &json!({"reset.dialog": "pinLink"}))?;
    pin_link(story, &mut browser)?;
    let answer = admin.post("/Jellyward/Api/Admin/Users/Reset", &json!({"users": [erik], "how": "link"}))?;
    story.answered("The administrator can hand a link over, good for a day.", &answer, |a| {
        a.field("/items/0/link").contains(&format!("{PAGE}#"))
    })?;
    settle(&mut admin, &json!({"reset.dialog": "pin"}))?;
    settle(&mut admin, &json!({"smtp.host": ""}))
}

fn my_account(story: &mut Teller<'_>, browser: &mut Visitor) -> Step {
    let nobody = browser.post("/Jellyward/Api/Reset/Ask", &json!({"name": "nobody-at-all"}))?;
    let asked = browser.post("/Jellyward/Api/Reset/Ask", &json!({"name": ADDRESS.to_uppercase()}))?;
    story.answered("Erik forgot his password. The page tells him what it tells about anybody.", &asked, |a| {
        (a.status, &a.json["code"], &a.json["link"]) == (nobody.status, &nobody.json["code"], &nobody.json["link"])
    })?;
    let mail = mail_to(story, ADDRESS)?;
    let code = held(mail.code())?;
    let redeem = |code: &str, password: &str| json!({"flow": asked.field("/flow"), "code": code, "password": password});
    let mut thief = story.browser("thief-laptop");
    let foreign = thief.post("/Jellyward/Api/Reset/Ask", &json!({"name": "erik"}))?;
    let stolen = json!({"flow": foreign.field("/flow"), "code": code, "password": "a thief's long sentence"});
    let answer = thief.post("/Jellyward/Api/Reset/Code", &stolen)?;
    story.answered("The code is good only in the browser that asked.", &answer, |a| a.code() == "wrong_code")?;
    let answer = browser.post("/Jellyward/Api/Reset/Code", &redeem(&code, "erik"))?;
    story.answered("A password that will not do costs nothing.", &answer, |a| a.code() == "weak_password")?;
    let answer = browser.post("/Jellyward/Api/Reset/Code", &redeem(&code, "first sentence of erik's"))?;
    story.answered("A good one is set.", &answer, |a| a.status == 200)?;
    let answer = browser.post("/Jellyward/Api/Reset/Link", &link_body(&held(mail.token(PAGE))?, "another sentence"))?;
    story.answered("With that the link of the same mail is void.", &answer, |a| a.code() == "reset_gone")?;
    let answer = browser.sign_in("erik", "first sentence of erik's")?;
    story.answered("He signs in.", &answer, Answer::is_session)
}

fn link_body(token: &str, password: &str) -> serde_json::Value {
    json!({"token": token, "password": password})
}

fn dialog(story: &mut Teller<'_>, browser: &mut Visitor) -> Step {
    let answer = browser.post("/Users/ForgotPassword", &json!({"EnteredUsername": "erik"}))?;
    story.answered("Jellyfin's own dialog mails a PIN, and names no file of the server's.", &answer, |a| {
        a.field("/Action") == "PinCode" && !a.field("/PinFile").contains('/')
    })?;
    let pin = held(mail_to(story, ADDRESS)?.pin())?;
    let answer = browser.post("/Users/ForgotPassword/Pin", &json!({"Pin": pin}))?;
    story.answered("The PIN is the password now.", &answer, |a| a.json["Success"] == true)?;
    choose(story, browser, &pin, "second sentence of erik's")
}

fn link(story: &mut Teller<'_>, browser: &mut Visitor) -> Step {
    browser.post("/Users/ForgotPassword", &json!({"EnteredUsername": "erik"}))?;
    let token = token_to(story, ADDRESS, PAGE)?;
    let mut scanner = story.browser("mail-scanner");
    scanner.get(PAGE)?;
    let answer = browser.post("/Jellyward/Api/Reset/Link", &link_body(&token, "third sentence of erik's"))?;
    story.answered(
        "Or it mails a link to the page where he chooses. A scanner's look spent nothing.",
        &answer,
        |a| a.status == 200,
    )?;
    let answer = browser.sign_in("erik", "third sentence of erik's")?;
    story.answered("He signs in.", &answer, Answer::is_session)
}

fn pin_link(story: &mut Teller<'_>, browser: &mut Visitor) -> Step {
    browser.post("/Users/ForgotPassword", &json!({"EnteredUsername": "erik"}))?;
    let token = token_to(story, ADDRESS, PIN_PAGE)?;
    let answer = browser.post("/Jellyward/Api/Reset/PinLink", &json!({"token": token}))?;
    story.answered("Or a link whose button makes the PIN the password.", &answer, |a| a.status == 200)?;
    choose(story, browser, &answer.field("/password"), "fourth sentence of erik's")
}

/// A PIN lets him as far as the page where he chooses.
fn choose(story: &mut Teller<'_>, browser: &mut Visitor, pin: &str, password: &str) -> Step {
    let challenge = browser.sign_in("erik", pin)?.challenge();
    let chosen = json!({"challenge": challenge, "password": password});
    browser.post("/Jellyward/Api/Challenge/SetUp/Password", &chosen)?;
    let answer = browser.post("/Jellyward/Api/Challenge/Finish", &json!({"challenge": challenge}))?;
    story.answered("He comes in with it, once he has chosen his own.", &answer, Answer::is_session)
}
