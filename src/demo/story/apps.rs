//! Apps that know only a name and a password, and the day everything must end.

use serde_json::json;

use super::teller::{Broken, Step, Teller};
use crate::demo::visitor::{Answer, Visitor};

/// Made once, used by one app, ended with everything it made.
pub fn app_password(story: &mut Teller<'_>) -> Step {
    let mut alice = alice(story)?;
    let answer = alice.post("/Jellyward/Api/Account/AppPasswords/Create", &json!({"name": "Media player"}))?;
    story.answered("Alice makes a password for her media player; it is shown once.", &answer, |a| a.status == 200)?;
    let (id, password) = (answer.json["id"].clone(), answer.field("/password"));
    let checks = story.host().password_checks();
    let mut player = story.television("media-player");
    let answer = player.sign_in("alice", &password)?;
    story.answered("The player signs in with it.", &answer, Answer::is_session)?;
    let spared = story.host().password_checks() == checks;
    story.claims("Jellyfin had no password to check: that makes it quick.", spared)?;
    let answer = story.browser("somebody-elses").sign_in("alice", &password)?;
    story.answered("In a browser it opens nothing.", &answer, |a| a.status == 401)?;
    let answer = alice.post("/Jellyward/Api/Account/AppPasswords/Revoke", &json!({"id": id}))?;
    story.answered("Alice revokes it, and the player's session ends with it.", &answer, |a| a.json["ended"] == 1)?;
    let answer = player.get("/Users/Me")?;
    story.answered("The player is out.", &answer, |a| a.status == 401)
}

/// Short enough for a remote control.
pub(super) fn one_time_word(story: &mut Teller<'_>) -> Step {
    let mut alice = alice(story)?;
    let answer = alice.post("/Jellyward/Api/Account/Tv/Word", &json!({}))?;
    let word = answer.field("/word");
    story.answered(&format!("Alice's page shows a word for ten minutes: {word}."), &answer, |a| a.status == 200)?;
    let answer = story.television("bedroom").sign_in("alice", &word)?;
    story.answered("Typed as the password, it signs one television in.", &answer, Answer::is_session)?;
    let answer = story.television("kitchen").sign_in("alice", &word)?;
    story.answered("A second television gets nothing for it.", &answer, |a| a.status == 401)
}

/// The right password, an app that cannot answer, and its owner with a telephone in her hand.
pub fn pairing(story: &mut Teller<'_>) -> Step {
    let mut television = story.television("living-room");
    let answer = television.sign_in("alice", "alice-demo")?;
    story.answered("The television knows the password. It is refused, and waits.", &answer, |a| a.status == 401)?;
    let mut alice = alice(story)?;
    let waiting = alice.get("/Jellyward/Api/Account/Devices")?;
    story.answered("Alice sees which app waits, and where.", &waiting, |a| {
        a.json["pending"][0]["deviceName"] == "living-room" && a.json["pending"][0]["address"].is_string()
    })?;
    let approve = json!({"id": waiting.json["pending"][0]["id"]});
    let answer = alice.post("/Jellyward/Api/Account/Devices/Approve", &approve)?;
    story.answered("She says that it is hers.", &answer, |a| a.status == 200)?;
    let answer = story.television("somebody-elses").sign_in("alice", "alice-demo")?;
    story.answered("Another television is not meant by that.", &answer, |a| a.status == 401)?;
    let answer = television.sign_in("alice", "alice-demo")?;
    story.answered("Hers signs in.", &answer, Answer::is_session)?;
    let answer = television.sign_in("alice", "alice-demo")?;
    story.answered("Once: the next time it waits again.", &answer, |a| a.status == 401)
}

/// The box is ticked once; from then on the password is enough there, and nowhere else.
pub fn trusted_browser(story: &mut Teller<'_>) -> Step {
    let mut admin = story.browser("admin-desk");
    admin.sign_in("admin", "admin-demo")?;
    let settings = admin.get("/Jellyward/Api/Admin/Settings")?;
    let mut change = json!({"revision": settings.json["revision"], "values": {"trust.plain_http": true}});
    let answer = admin.post("/Jellyward/Api/Admin/Settings", &change)?;
    story.answered(
        "The administrator has no second factor. Being signed in is not enough all the same.",
        &answer,
        |a| a.code() == "step_up" && a.json["proofs"] == json!(["password"]),
    )?;
    change["proof"] = json!({"method": "password", "value": "admin-demo"});
    let answer = admin.post("/Jellyward/Api/Admin/Settings", &change)?;
    story.answered("This demo has no https, so its owner allows trust without.", &answer, |a| a.status == 200)?;

    let mut laptop = story.browser("alice-sofa");
    let challenge = laptop.sign_in("alice", "alice-demo")?.challenge();
    let ticked = json!({"challenge": challenge, "method": "totp", "code": story.next_code("alice")?, "trust": true});
    let answer = laptop.post("/Jellyward/Api/Challenge/Verify", &ticked)?;
    story.answered("Alice types her code and ticks the box.", &answer, Answer::is_session)?;
    let answer = laptop.sign_in("alice", "alice-demo")?;
    story.answered("The next time her password is enough there.", &answer, Answer::is_session)?;
    let answer = story.browser("alice-office").sign_in("alice", "alice-demo")?;
    story.answered("In another browser it is not.", &answer, |a| a.outcome() == "challenge")?;
    let answer = laptop.post("/Jellyward/Api/Account/Browsers/Forget", &json!({"all": true}))?;
    story.answered("She forgets the browser.", &answer, |a| a.status == 200)?;
    let answer = laptop.sign_in("alice", "alice-demo")?;
    story.answered("Now it asks again.", &answer, |a| a.outcome() == "challenge")
}

/// Listed with how each was opened, and ended.
pub fn sessions(story: &mut Teller<'_>) -> Step {
    let mut alice = alice(story)?;
    let word = alice.post("/Jellyward/Api/Account/Tv/Word", &json!({}))?.field("/word");
    let mut television = story.television("bedroom");
    television.sign_in("alice", &word)?;
    let listed = alice.get("/Jellyward/Api/Account/Sessions")?;
    let opened = |a: &Answer, how: &str| {
        a.json["items"].as_array().is_some_and(|items| items.iter().any(|item| item["proof"] == how))
    };
    story.answered("Alice sees her browser, opened by a code, and her television, by a word.", &listed, |a| {
        opened(a, "full") && opened(a, "word")
    })?;
    let answer = alice.post("/Jellyward/Api/Account/Sessions/End", &json!({"others": true}))?;
    story.answered("She ends all the others.", &answer, |a| a.json["ended"] == 1)?;
    let answer = television.get("/Users/Me")?;
    story.answered("The television is out.", &answer, |a| a.status == 401)?;
    story.devices_are(1)
}

/// A change asks who is there, once in five minutes.
pub fn step_up(story: &mut Teller<'_>) -> Step {
    let mut alice = alice(story)?;
    story.clock.advance(10 * 60);
    let change = json!({"CurrentPw": "alice-demo", "NewPw": "alice-demo"});
    let answer = alice.post("/Users/Password", &change)?;
    story.answered("Ten minutes later Alice's session alone cannot change her password.", &answer, |a| {
        a.status == 403 && a.code() == "step_up" && a.header("x-jellyward") == Some("step-up")
    })?;
    let proof = json!({"proof": {"method": "totp", "value": story.next_code("alice")?}});
    let answer = alice.post("/Jellyward/Api/Account/Prove", &proof)?;
    story.answered("She proves that it is her.", &answer, |a| a.status == 200)?;
    let answer = alice.post("/Users/Password", &change)?;
    story.answered("Now the password changes.", &answer, |a| a.status == 204)
}

/// Everything ends, and the password alone opens nothing.
pub fn lost_phone(story: &mut Teller<'_>) -> Step {
    let mut alice = alice(story)?;
    let renewed = alice.post("/Jellyward/Api/Account/Recovery/Renew", &json!({}))?;
    story.answered("Alice prints new recovery codes.", &renewed, |a| a.status == 200)?;
    let made = alice.post("/Jellyward/Api/Account/AppPasswords/Create", &json!({"name": "Media player"}))?;
    let app_password = made.field("/password");
    let answer = story.television("media-player").sign_in("alice", &app_password)?;
    story.answered("Her media player is signed in.", &answer, Answer::is_session)?;
    let answer = alice.post("/Jellyward/Api/Account/LostPhone", &json!({}))?;
    story.answered("Her phone is lost. One button ends every session and takes every factor away.", &answer, |a| {
        a.status == 200 && a.json["factors"] == 1 && a.json["appPasswords"] == 1
    })?;
    story.nobody_is_in()?;
    let answer = story.television("media-player").sign_in("alice", &app_password)?;
    story.answered("The player's password is void.", &answer, |a| a.status == 401)?;
    let mut browser = story.browser("alice-new-phone");
    let answer = browser.sign_in("alice", "alice-demo")?;
    story.answered("Her own password is not enough: she must set up a factor.", &answer, |a| a.outcome() == "enrol")?;
    let challenge = answer.challenge();
    let answer = browser.post("/Jellyward/Api/Challenge/Enrol/Start", &json!({"challenge": challenge}))?;
    story.answered("And for that a recovery code is wanted.", &answer, |a| a.code() == "word_needed")?;
    let code = renewed.field("/recoveryCodes/0");
    let start = json!({"challenge": challenge, "word": code});
    let answer = browser.post("/Jellyward/Api/Challenge/Enrol/Start", &start)?;
    story.answered("With one of the printed codes she begins anew.", &answer, |a| a.status == 200)
}

/// Alice in a browser, freshly signed in with a code.
fn alice(story: &mut Teller<'_>) -> Result<Visitor, Broken> {
    let mut browser = story.browser("alice-laptop");
    let challenge = browser.sign_in("alice", "alice-demo")?.challenge();
    let answer = browser.verify(&challenge, "totp", &story.next_code("alice")?)?;
    story.answered("Alice signs in with a code.", &answer, Answer::is_session)?;
    Ok(browser)
}
