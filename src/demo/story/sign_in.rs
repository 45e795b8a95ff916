//! Signing in: with a password, a code, a recovery code, and all in one box.

use super::teller::{Step, Teller};
use crate::demo::visitor::Answer;

/// Password, and in.
pub fn without_factor(story: &mut Teller<'_>) -> Step {
    story.nobody_is_in()?;
    let mut browser = story.browser("bob-laptop");
    let answer = browser.sign_in("bob", "not his password")?;
    story.answered("A wrong password is Jellyfin's own 401.", &answer, |a| a.status == 401 && a.json.is_null())?;
    let answer = browser.sign_in("bob", "bob-demo")?;
    story.answered("Bob's password is enough: he is in at once.", &answer, Answer::is_session)?;
    story.devices_are(1)?;
    let me = browser.get("/Users/Me")?;
    story.answered("Jellyfin knows him by the token he got.", &me, |a| a.field("/Name") == "bob")
}

/// Password, wrong code, right code.
pub fn with_code(story: &mut Teller<'_>) -> Step {
    let mut browser = story.browser("alice-laptop");
    let answer = browser.sign_in("alice", "alice-demo")?;
    story.answered("Alice types her password. She is asked for a code.", &answer, |a| {
        a.status == 200 && a.outcome() == "challenge" && browser.token().is_none()
    })?;
    let challenge = answer.challenge();
    story.nobody_is_in()?;

    let answer = browser.verify(&challenge, "totp", &story.wrong_code("alice")?)?;
    story.answered("A wrong code is refused, and says how many tries are left.", &answer, |a| {
        a.status == 401 && a.code() == "wrong_code" && a.json["triesLeft"].is_u64()
    })?;
    story.nobody_is_in()?;

    let answer = browser.verify(&challenge, "totp", &story.code("alice")?)?;
    story.answered("The code on her phone is right: she has Jellyfin's own session.", &answer, Answer::is_session)?;
    story.devices_are(1)?;
    let answer = browser.get("/Users/Me")?;
    story.answered("Her token works.", &answer, |a| a.field("/Name") == "alice")?;

    let mut twin = story.browser("alice-laptop");
    let answer = twin.verify(&challenge, "totp", &story.next_code("alice")?)?;
    story.answered("The challenge is used up.", &answer, |a| a.status == 401 && a.code() == "challenge_gone")
}

/// A step is spent once and for ever.
pub(super) fn same_code_again(story: &mut Teller<'_>) -> Step {
    let code = story.code("alice")?;
    let mut browser = story.browser("alice-laptop");
    let challenge = browser.sign_in("alice", "alice-demo")?.challenge();
    let answer = browser.verify(&challenge, "totp", &code)?;
    story.answered("Alice signs in with a code.", &answer, Answer::is_session)?;

    let mut thief = story.browser("thief-laptop");
    let challenge = thief.sign_in("alice", "alice-demo")?.challenge();
    let answer = thief.verify(&challenge, "totp", &code)?;
    story.answered("Whoever looked over her shoulder cannot use it again.", &answer, |a| {
        a.status == 401 && a.code() == "code_used"
    })?;
    story.devices_are(1)
}

/// Once, not twice.
pub fn recovery_code(story: &mut Teller<'_>) -> Step {
    let codes = story.host().recovery_codes("alice");
    story.claims(&format!("Alice wrote {} recovery codes down.", codes.len()), codes.len() == 10)?;
    let code = codes.first().cloned().unwrap_or_default();

    let mut browser = story.browser("alice-new-phone");
    let challenge = browser.sign_in("alice", "alice-demo")?.challenge();
    let answer = browser.verify(&challenge, "recovery", &code.to_lowercase().replace('-', " "))?;
    story.answered("One of them lets her in, typed without care.", &answer, Answer::is_session)?;
    let answer = browser.get("/Jellyward/Api/Account")?;
    story.answered("Nine are left.", &answer, |a| a.json["recoveryCodesLeft"] == 9)?;

    let mut again = story.browser("alice-old-phone");
    let challenge = again.sign_in("alice", "alice-demo")?.challenge();
    let answer = again.verify(&challenge, "recovery", &code)?;
    story.answered("The same one does not a second time.", &answer, |a| a.status == 401 && !a.is_session())?;
    story.devices_are(1)
}

/// `password 123456`, for apps that know nothing else.
pub(super) fn behind_password(story: &mut Teller<'_>) -> Step {
    let mut television = story.television("living-room");
    let answer = television.sign_in("alice", "alice-demo")?;
    story.answered("The password alone gets no session there, but a 401.", &answer, |a| {
        a.status == 401 && a.outcome() == "challenge"
    })?;
    story.nobody_is_in()?;

    let before = story.host().password_checks();
    let answer = television.sign_in("alice", &format!("alice-demo {}", story.next_code("alice")?))?;
    story.answered("With the code behind it, after a space, Alice is in.", &answer, Answer::is_session)?;
    let checks = story.host().password_checks() - before;
    story.claims(&format!("Jellyfin checked {checks} password for that."), checks == 1)?;

    let mut kodi = story.television("bedroom");
    let code = story.next_code("alice")?;
    let answer = kodi.sign_in("alice", &format!("alice-demo{code}"))?;
    story.answered("Without the space too.", &answer, Answer::is_session)?;
    story.devices_are(2)?;
    let answer = story.television("kitchen").sign_in("alice", &format!("alice-demo{code}"))?;
    story.answered("The same again elsewhere is refused.", &answer, |a| a.status == 401)?;
    story.devices_are(2)
}
