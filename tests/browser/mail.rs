//! Mail on the administrator's page: tried, kept, and looked after.

use jellyward::notify::mail::Letter;
use jellyward::notify::outbox::Parcel;
use serde_json::json;
use zeroize::Zeroizing;

use super::stage::{Stage, stage};

fn open(stage: &Stage) {
    stage.sign_in("admin");
    stage.is_home("admin");
    stage.open("/Jellyward/Dashboard");
    stage.browser.read("Who needs a second factor");
    stage.browser.run("all('.jwd-fold').forEach(one => { one.open = true })");
    stage.browser.read("Mail server");
}

/// Types into the field of that label.
fn fill(stage: &Stage, label: &str, value: &str) {
    let script = format!(
        "var field = all('.jwd-field').find(one => one.querySelector('label').textContent === {});
         field.querySelector('input').value = {};",
        json!(label),
        json!(value)
    );
    stage.browser.run(&script);
}

/// Presses the button of that text beside the password, or at the test mail.
fn press_in(stage: &Stage, place: &str, button: &str) {
    let script = format!(
        "all({}).filter(one => one.textContent === {})[0].click();",
        json!(format!("{place} button")),
        json!(button)
    );
    stage.browser.run(&script);
}

#[test]
fn mail_is_tried_before_it_is_saved_and_the_password_is_never_seen_again() {
    let Some(stage) = stage("mail_is_tried_before_it_is_saved_and_the_password_is_never_seen_again", "") else {
        return;
    };
    open(&stage);
    fill(&stage, "Send a test mail to", "boss@example.org");
    press_in(&stage, ".jwd-mail-test", "Send");
    stage.prove_by_password();
    stage.browser.read("Set the mail server and a sender's address first.");
    fill(&stage, "Mail server", "mail.example.org");
    fill(&stage, "Sender's address", "tv@example.org");
    press_in(&stage, ".jwd-mail-test", "Send");
    stage.browser.read("Sent. See whether it arrives");
    let mails = stage.demo.mailbox().mails();
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, "boss@example.org"));

    press_in(&stage, ".jwd-field", "Change");
    fill(&stage, "Password", "correct horse");
    stage.browser.press("Save");
    stage.browser.read("Saved.");
    stage.open("/Jellyward/Dashboard");
    let password =
        "all('.jwd-field').find(one => one.querySelector('label').textContent === 'Password').querySelector('input')";
    stage.browser.wait("that it is set", &format!("{password}.placeholder === 'Set.'"));
    stage.browser.comes_to(&format!("{password}.value"), json!(""));
    stage.nothing_was_wrong();
}

#[test]
fn what_waits_is_seen_and_discarded() {
    let Some(stage) = stage("what_waits_is_seen_and_discarded", "") else { return };
    let letter = Letter { subject: "Hello".into(), text: Zeroizing::new("Text".into()), html: None };
    let to = "bob@example.org".parse().unwrap();
    let parcel = Parcel { topic: "test", to: &to, letter: &letter, account: None, revocable: false, lives: 86_400 };
    stage.demo.engine().tell(&parcel).unwrap();
    open(&stage);
    stage.browser.press("Mail");
    stage.browser.read("bob@example.org");
    stage.browser.read("Waits.");
    stage.picture("dashboard-mail");
    stage.browser.press("Discard");
    stage.prove_by_password();
    stage.browser.read("Nothing waits to be sent, and nothing failed.");
    stage.nothing_was_wrong();
}

#[test]
fn a_provider_fills_the_form_and_saves_nothing_by_itself() {
    let Some(stage) = stage("a_provider_fills_the_form_and_saves_nothing_by_itself", "") else { return };
    open(&stage);
    stage.browser.run(
        "var field = all('.jwd-field').find(one => one.querySelector('label').textContent === 'Fill in for a provider');
         var select = field.querySelector('select'); select.value = 'gmail'; select.dispatchEvent(new Event('change'));",
    );
    stage.browser.read("make an app password");
    let host = "all('.jwd-field').find(one => one.querySelector('label').textContent === 'Mail server').querySelector('input').value";
    stage.browser.comes_to(host, json!("smtp.gmail.com"));
    stage.open("/Jellyward/Dashboard");
    stage.browser.read("Who needs a second factor");
    stage.browser.comes_to(host, json!(""));
}
