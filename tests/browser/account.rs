//! The account page.

use serde_json::json;

use super::stage::{Stage, stage};

const CODE: &str = ".jwd-code";

/// Signs alice in and opens her account page.
fn open(stage: &Stage) {
    stage.sign_in("alice");
    stage.browser.type_into(".jwd-overlay input", &stage.code("alice"));
    stage.is_home("alice");
    // Signing in was a proof that counts for five minutes; those are over.
    stage.clock.advance(330);
    stage.open("/Jellyward/");
    stage.browser.read("Signed in as alice");
}

#[test]
fn nobody_signed_in_is_led_to_sign_in_and_back() {
    let Some(stage) = stage("nobody_signed_in_is_led_to_sign_in_and_back", "/jf") else { return };
    stage.open("/Jellyward/");
    stage.sign_in_alone("alice");
    stage.browser.type_into(CODE, &stage.code("alice"));
    stage.browser.read("Signed in as alice");
    assert_eq!(stage.browser.address(), format!("{}/Jellyward/", stage.demo.address()));
    stage.nothing_was_wrong();
}

#[test]
fn a_dead_session_leads_to_sign_in_and_stays_there() {
    let Some(stage) = stage("a_dead_session_leads_to_sign_in_and_stays_there", "") else { return };
    stage.sign_in("bob");
    stage.is_home("bob");
    let spoil = "var kept = JSON.parse(localStorage.jellyfin_credentials); kept.Servers[0].AccessToken = 'dead';
                 localStorage.jellyfin_credentials = JSON.stringify(kept); history.replaceState(0, '', '#/home')";
    stage.browser.run(spoil);
    stage.open("/Jellyward/");
    stage.browser.see("input[name=username]");
    // The sign-in page asks; it never goes anywhere by itself, whatever is kept.
    stage.open("/Jellyward/Login?next=%2FJellyward%2F");
    stage.browser.see("input[name=username]");
    stage.sign_in_alone("bob");
    stage.browser.press("Not now");
    stage.browser.read("Signed in as bob");
    stage.browser.read("You have no second factor.");
    stage.nothing_was_wrong();
}

#[test]
fn an_authenticator_is_added_renamed_and_removed_with_one_proof() {
    let Some(stage) = stage("an_authenticator_is_added_renamed_and_removed_with_one_proof", "") else { return };
    open(&stage);
    stage.browser.read("10 recovery codes left.");
    stage.picture("account");
    stage.browser.press("Sign-in methods");
    stage.picture("account-methods");
    let first = stage.demo.host().authenticator("alice").unwrap();
    stage.browser.press("Add an authenticator");
    stage.browser.type_into(CODE, &stage.wrong_code("alice"));
    stage.browser.press("Continue");
    stage.browser.read("That is not right. Nothing was changed.");
    stage.browser.type_into(CODE, &stage.code("alice"));
    stage.picture("account-proof");
    stage.browser.press("Continue");
    stage.browser.read("Set up your second factor");
    stage.scan("alice");
    stage.browser.type_into(".jwd-field + .jwd-field input", "<b>tablet</b>");
    stage.browser.type_into(CODE, &stage.code("alice"));
    // A name is text, whatever it looks like; the old recovery codes stay.
    stage.browser.read("<b>tablet</b>");
    stage.browser.read("The authenticator works.");
    stage.demo.host().set_authenticator("alice", &first, Vec::new());
    // The proof is fresh for five minutes: nothing is asked a second time.
    row(&stage, "tablet", "Remove");
    stage.browser.read("Remove “<b>tablet</b>”?");
    stage.browser.press("Cancel");
    // Back from a form, the focus is where it was, and what was said before is gone.
    row(&stage, "tablet", "Rename");
    stage.browser.read("New name");
    stage.browser.lacks("The authenticator works.");
    stage.browser.press("Cancel");
    stage.browser.wait("the focus", "document.activeElement.getAttribute('aria-label') === 'Rename: <b>tablet</b>'");
    let added = "Array.from(find('.jwd-screen').querySelectorAll('time')).some(one => one.title && one.dateTime)";
    stage.browser.wait("the exact time", added);
    row(&stage, "tablet", "Remove");
    stage.browser.press("Remove");
    stage.browser.read("Removed.");
    stage.browser.lacks("tablet");
    stage.nothing_was_wrong();
}

/// Presses a button in the row with that text.
fn row(stage: &Stage, name: &str, button: &str) {
    stage.browser.wait(name, &format!("all('.jwd-row').some(one => one.textContent.includes('{name}'))"));
    stage.browser.run(&format!(
        "Array.from(all('.jwd-row').find(one => one.textContent.includes('{name}')).querySelectorAll('button'))
            .find(one => one.textContent === '{button}').click()"
    ));
}

#[test]
fn recovery_codes_are_renewed_with_proof() {
    let Some(stage) = stage("recovery_codes_are_renewed_with_proof", "") else { return };
    open(&stage);
    let old = stage.demo.host().recovery_codes("alice");
    stage.browser.press("Sign-in methods");
    stage.browser.press("Make new recovery codes");
    stage.browser.press("Continue");
    stage.browser.press("Use a recovery code");
    stage.browser.type_into("form input", &old[0]);
    stage.browser.press("Continue");
    stage.browser.read("Your recovery codes");
    // On paper there are the codes, and neither the menu nor anything dark.
    stage.browser.command("Emulation.setEmulatedMedia", json!({"media": "print"}));
    stage.browser.wait("no menu", "!find('.jwd-menu') && !find('header') && shown(find('.jwd-codes'))");
    let dark = "all('.jwd-codes, .jwd-codes code, .jwd-card, .jwd-account').filter(one => !/255, 255, 255|0, 0, 0, 0/.test(getComputedStyle(one).backgroundColor)).length";
    stage.browser.comes_to(dark, 0);
    stage.browser.command("Emulation.setEmulatedMedia", json!({"media": ""}));
    let new = stage.keep_recovery_codes();
    stage.browser.read("Your new recovery codes are in force.");
    assert!(new.iter().all(|code| !old.contains(code)));
    stage.nothing_was_wrong();
}

#[test]
fn a_used_code_says_when_the_next_one_comes() {
    let Some(stage) = stage("a_used_code_says_when_the_next_one_comes", "") else { return };
    stage.open("/Jellyward/Login");
    stage.sign_in_alone("alice");
    let code = stage.code("alice");
    stage.browser.type_into(CODE, &code);
    stage.is_home("alice");
    // This one wants a proof however fresh the session is.
    stage.open("/Jellyward/#lost-phone");
    // Where Jellyfin changes the password is no search.
    stage.browser.read("this locks whoever has it out");
    // In the menu and on this screen.
    let ways = "all('a').filter(one => one.textContent === 'Change my password').map(one => one.getAttribute('href'))";
    stage
        .browser
        .comes_to(&format!("{ways}.map(way => way.includes('/web/#/userprofile?userId='))"), json!([true, true]));
    stage.browser.press("End everything");
    stage.browser.comes_to("find('.jwd-overlay [type=submit]').className", "jwd-button jwd-danger");
    stage.browser.press("Use the authenticator app");
    stage.browser.type_into(CODE, &code);
    stage.browser.press("End everything");
    stage.browser.read("That code has been used already. Wait for the next one. Try again in 0:");
    stage.browser.lacks("Too many");
    stage.nothing_was_wrong();
}

#[test]
fn it_fits_a_small_phone_and_a_large_television() {
    let Some(stage) = stage("it_fits_a_small_phone_and_a_large_television", "") else { return };
    open(&stage);
    for (width, height) in [(320, 568), (3840, 2160)] {
        stage.browser.resize(width, height);
        stage.fits();
        stage.picture(&format!("account-{width}"));
        stage.browser.press("Sign-in methods");
        stage.browser.read("Make new recovery codes");
        stage.fits();
        stage.browser.run("history.back()");
        stage.browser.read("What you could do");
    }
}
