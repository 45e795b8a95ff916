//! Codes by mail, from choosing them to signing in with one.

use jellyward::clock::Clock;
use serde_json::json;

use super::address;
use super::stage::{Stage, stage};

/// Where a code is typed, over whichever page.
const FIELD: &str = ".jwd-overlay .jwd-code";
const ADDRESS: &str = "bob@example.org";

/// Mail works, and Bob has an address; the demo's outbox is emptied by hand, like its clock.
fn set_up(stage: &Stage) {
    stage.settle(&json!({ "smtp.host": "mail.example.org", "smtp.from_address": "tv@example.org" }));
    let bob = stage.demo.host().user_id("bob").unwrap();
    address::give(stage.demo.engine().store_path().parent().unwrap(), &bob, ADDRESS, stage.clock.now());
}

/// The code in the newest mail to Bob.
fn mailed_code(stage: &Stage) -> String {
    stage.demo.engine().empty_outbox();
    stage.demo.mailbox().to(ADDRESS).last().and_then(|mail| mail.code()).expect("a mail with a code to Bob").to_owned()
}

fn another(code: &str) -> String {
    format!("{}{}", &code[..code.len() - 1], if code.ends_with('7') { '8' } else { '7' })
}

/// Bob chooses codes by mail on his account page.
fn choose(stage: &Stage) {
    set_up(stage);
    stage.sign_in("bob");
    stage.is_home("bob");
    stage.open("/Jellyward/#methods");
    stage.browser.read("The weakest of the ways");
    stage.browser.press("Get codes by mail");
    stage.browser.type_into(".jwd-overlay input[type=password]", "bob-demo");
    stage.browser.press("Continue");
    stage.browser.read("on its way to b•••@e•••.org");
    stage.picture("account-mail-code");
    stage.browser.type_into(".jwd-code", &mailed_code(stage));
    stage.keep_recovery_codes();
    stage.browser.read("Codes by mail work.");
    stage.browser.read("b•••@e•••.org");
    stage.picture("account-methods-mail");
    stage.clock.advance(10 * 60);
}

#[test]
fn a_code_by_mail_is_asked_for_waited_for_and_signs_in() {
    let Some(stage) = stage("a_code_by_mail_is_asked_for_waited_for_and_signs_in", "") else { return };
    choose(&stage);
    stage.open("/web/");
    stage.is_home("bob");
    stage.sign_out();
    let before = stage.demo.mailbox().mails().len();
    stage.sign_in("bob");
    stage.browser.read("A code can be sent to b•••@e•••.org.");
    stage.browser.read("the weakest way");
    stage.picture("challenge-email");
    stage.demo.engine().empty_outbox();
    assert_eq!(stage.demo.mailbox().mails().len(), before, "nothing is sent unasked");
    stage.browser.press("Send the code");
    stage.browser.read("The code is on its way to b•••@e•••.org. It is good for 5 minutes.");
    stage.browser.read("Another code can be sent in");
    // It looks as dead as it is, and stands below the field.
    let again = format!(
        "[find('.jwd-mail-code button')].flatMap(again => [getComputedStyle(again).cursor,
         again.getBoundingClientRect().top > find('{FIELD}').getBoundingClientRect().bottom])"
    );
    stage.browser.comes_to(&again, json!(["default", true]));
    let code = mailed_code(&stage);
    stage.browser.type_into(FIELD, &another(&code));
    stage.browser.read("That code is wrong. 4 tries left.");
    stage.picture("challenge-email-sent");
    // Pressed too early, it does nothing.
    let sent = stage.demo.mailbox().mails().len();
    stage.browser.click(".jwd-overlay .jwd-mail-code button");
    stage.demo.engine().empty_outbox();
    assert_eq!(stage.demo.mailbox().mails().len(), sent);
    stage.browser.type_into(FIELD, &format!("{} {}", &code[..3], &code[3..]));
    stage.is_home("bob");
    stage.nothing_was_wrong();
}

#[test]
fn without_an_address_they_are_still_called_what_they_are() {
    let Some(stage) = stage("without_an_address_they_are_still_called_what_they_are", "") else { return };
    choose(&stage);
    let bob = stage.demo.host().user_id("bob").unwrap();
    address::take_away(stage.demo.engine().store_path().parent().unwrap(), &bob);
    stage.open("/web/");
    stage.is_home("bob");
    stage.open("/Jellyward/#methods");
    stage.browser.see("[aria-label='Remove: Codes by mail']");
    stage.open("/web/");
    stage.browser.click(".btnLogout");
    stage.sign_in("admin");
    stage.is_home("admin");
    stage.open("/Jellyward/Dashboard");
    stage.browser.press("Users");
    stage.browser.click("button[aria-label='Manage bob']");
    stage.browser.see("[aria-label='Remove “Codes by mail” of bob']");
    stage.nothing_was_wrong();
}

#[test]
fn a_change_is_confirmed_by_mail_where_there_is_nothing_else() {
    let Some(stage) = stage("a_change_is_confirmed_by_mail_where_there_is_nothing_else", "") else { return };
    choose(&stage);
    stage.open("/Jellyward/#methods");
    stage.browser.press("Make new recovery codes");
    stage.browser.press("Continue");
    stage.browser.read("Code from the mail");
    stage.browser.press("Send the code");
    stage.browser.read("on its way to b•••@e•••.org");
    let code = mailed_code(&stage);
    assert_eq!(code.len(), 8);
    stage.picture("proof-email");
    stage.browser.type_into(FIELD, &code);
    stage.browser.press("Continue");
    stage.keep_recovery_codes();
    stage.browser.read("Your new recovery codes are in force.");
    stage.nothing_was_wrong();
}

/// The same wrong code, twice: it is sent each time as soon as it is whole.
fn is_sent_twice(stage: &Stage, wrong: &str, call: &str) {
    for times in 1..=2 {
        stage.browser.type_into(".jwd-code", wrong);
        let sent = format!(
            "performance.getEntriesByType('resource').filter(one => one.name.endsWith({})).length",
            json!(format!("/Challenge/{call}"))
        );
        stage.browser.comes_to(&sent, times);
        stage
            .browser
            .comes_to("[find('.jwd-error').textContent, find('.jwd-code').value]", json!(["That code is wrong.", ""]));
    }
}

#[test]
fn a_code_that_was_refused_is_sent_again_as_it_is_typed() {
    let Some(stage) = stage("a_code_that_was_refused_is_sent_again_as_it_is_typed", "") else { return };
    set_up(&stage);
    stage.settle(&json!({ "policy.required": "everybody" }));
    stage.sign_in("bob");
    stage.browser.read("Scan this with your authenticator app.");
    stage.scan("bob");
    is_sent_twice(&stage, &stage.wrong_code("bob"), "Enrol/Confirm");
    stage.browser.press("Use codes by mail instead");
    stage.browser.read("on its way to b•••@e•••.org");
    is_sent_twice(&stage, &another(&mailed_code(&stage)), "Enrol/Email/Confirm");
    stage.nothing_was_wrong();
}

#[test]
fn a_demanded_factor_can_be_codes_by_mail() {
    let Some(stage) = stage("a_demanded_factor_can_be_codes_by_mail", "") else { return };
    set_up(&stage);
    stage.settle(&json!({ "policy.required": "everybody" }));
    stage.sign_in("bob");
    stage.browser.read("Scan this with your authenticator app.");
    stage.browser.press("Use codes by mail instead");
    stage.browser.read("on its way to b•••@e•••.org");
    stage.browser.press("Cancel");
    stage.browser.read("Scan this with your authenticator app.");
    stage.clock.advance(61);
    stage.browser.press("Use codes by mail instead");
    stage.browser.read("on its way to b•••@e•••.org");
    let code = mailed_code(&stage);
    stage.browser.type_into(".jwd-code", &another(&code));
    stage.browser.read("That code is wrong");
    stage.browser.type_into(".jwd-code", &code);
    stage.keep_recovery_codes();
    stage.is_home("bob");
    stage.nothing_was_wrong();
}
