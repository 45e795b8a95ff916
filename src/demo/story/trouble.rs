//! When things go wrong: strangers, an account disabled in between, a refused session, a restart.

use super::teller::{Step, Teller};
use crate::clock::HOUR;
use crate::demo::visitor::Answer;

/// They slow each other down, never her.
pub fn strangers(story: &mut Teller<'_>) -> Step {
    const STRANGERS: usize = 40;
    let mut known = story.browser("alice-laptop").from("198.51.100.7");
    let challenge = known.sign_in("alice", "alice-demo")?.challenge();
    let answer = known.verify(&challenge, "totp", &story.code("alice")?)?;
    story.answered("Alice signs in once; her browser is known from then on.", &answer, Answer::is_session)?;

    let before = story.host().password_checks();
    let mut delayed = 0;
    for stranger in 0..STRANGERS {
        let mut browser = story.browser(&format!("stranger-{stranger}")).from(&format!("203.0.113.{stranger}"));
        let answer = browser.sign_in("alice", &format!("guess-{stranger}"))?;
        if answer.status != 401 || answer.is_session() {
            return story.answered("A stranger is refused.", &answer, |_| false);
        }
        delayed += usize::from(answer.header("retry-after").is_some());
    }
    let checked = story.host().password_checks() - before;
    story.claims(
        &format!("{STRANGERS} strangers guess from as many addresses: {checked} guesses were looked at, {delayed} told to wait."),
        delayed > 0 && checked + delayed == STRANGERS,
    )?;
    let mut next = story.browser("one-more").from("203.0.113.200");
    let answer = next.sign_in("alice", "alice-demo")?;
    story.answered("The next stranger waits even with the right password.", &answer, |a| {
        a.status == 401 && a.header("retry-after").is_some() && a.json.is_null()
    })?;

    let mut known = known.from("192.0.2.33");
    let challenge = known.sign_in("alice", "alice-demo")?.challenge();
    let answer = known.verify(&challenge, "totp", &story.next_code("alice")?)?;
    story.answered("Alice's own browser, from a hotel, gets in at once.", &answer, Answer::is_session)?;
    story.clock.advance(2 * HOUR);
    Ok(())
}

/// The account is read again before every session.
pub(super) fn disabled_between(story: &mut Teller<'_>) -> Step {
    let mut browser = story.browser("alice-laptop");
    let answer = browser.sign_in("alice", "alice-demo")?;
    story.answered("Alice's password is right, she looks for her phone.", &answer, |a| a.outcome() == "challenge")?;
    let challenge = answer.challenge();
    story.host().set_disabled("alice", true);
    let answer = browser.verify(&challenge, "totp", &story.code("alice")?)?;
    story.host().set_disabled("alice", false);
    story.answered("Meanwhile she is disabled: her right code makes no session.", &answer, |a| {
        a.status == 403 && a.code() == "not_allowed_now"
    })?;
    story.nobody_is_in()
}

/// What Jellyfin refuses can be tried again without a new code.
pub(super) fn refused_mint(story: &mut Teller<'_>) -> Step {
    let mut browser = story.browser("alice-laptop");
    let challenge = browser.sign_in("alice", "alice-demo")?.challenge();
    let code = story.code("alice")?;
    story.host().refuse_mints(Some("too many sessions"));
    let answer = browser.verify(&challenge, "totp", &code)?;
    story.host().refuse_mints(None);
    story.answered("Alice's code is right, but Jellyfin has too many sessions.", &answer, |a| {
        a.status == 409 && a.code() == "session_refused"
    })?;
    story.nobody_is_in()?;
    let answer = browser.verify(&challenge, "totp", &code)?;
    story.answered("A moment later the same challenge ends well, without another code.", &answer, Answer::is_session)
}

/// Everything is still there.
pub fn restart(story: &mut Teller<'_>) -> Step {
    let mut bob = story.browser("bob-laptop");
    let answer = bob.sign_in("bob", "bob-demo")?;
    story.answered("Bob is in.", &answer, Answer::is_session)?;
    let mut alice = story.browser("alice-laptop");
    let challenge = alice.sign_in("alice", "alice-demo")?.challenge();
    let code = story.code("alice")?;
    let answer = alice.verify(&challenge, "totp", &code)?;
    story.answered("Alice is in.", &answer, Answer::is_session)?;
    let recovery_left = alice.get("/Jellyward/Api/Account")?.json["recoveryCodesLeft"].clone();

    story.demo.restart()?;
    story.devices_are(2)?;
    let answer = alice.get("/Users/Me")?;
    story.answered("After the restart Alice is still signed in.", &answer, |a| a.field("/Name") == "alice")?;
    let account = alice.get("/Jellyward/Api/Account")?;
    story.answered("Her factor and her recovery codes are there.", &account, |a| {
        a.json["factors"].as_array().map_or(0, Vec::len) == 1 && a.json["recoveryCodesLeft"] == recovery_left
    })?;
    let mut other = story.browser("alice-tablet");
    let challenge = other.sign_in("alice", "alice-demo")?.challenge();
    let answer = other.verify(&challenge, "totp", &code)?;
    story.answered("The code from before the restart stays spent.", &answer, |a| a.code() == "code_used")?;
    let answer = other.verify(&challenge, "totp", &story.next_code("alice")?)?;
    story.answered("The next one works.", &answer, Answer::is_session)
}
