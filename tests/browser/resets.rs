//! A forgotten password: from the sign-in page through the mailbox to a session.

use jellyward::demo::mailbox::Reading;
use serde_json::json;

use super::address;
use super::stage::{Stage, stage};
use jellyward::clock::Clock;

const ADDRESS: &str = "alice@example.org";
const NEW: &str = "a sentence nobody says";

/// Mail works, links lead to the demo, and Alice, who has an authenticator, has an address.
fn set_up(stage: &Stage) {
    stage.settle(&json!({
        "smtp.host": "mail.example.org",
        "smtp.from_address": "tv@example.org",
        "web.public_url": stage.demo.address(),
    }));
    let alice = stage.demo.host().user_id("alice").unwrap();
    address::give(stage.demo.engine().store_path().parent().unwrap(), &alice, ADDRESS, stage.clock.now());
}

fn mail(stage: &Stage) -> Reading {
    stage.demo.engine().empty_outbox();
    stage.demo.mailbox().to(ADDRESS).pop().expect("a mail to Alice")
}

/// Signs in on Jellyfin's own form, by the new password and a code.
fn signs_in_with_her_factor(stage: &Stage) {
    stage.browser.type_into("#txtManualName", "alice");
    stage.browser.type_into("#txtManualPassword", NEW);
    stage.browser.click(".button-submit");
    stage.browser.type_into(".jwd-overlay .jwd-code", &stage.code("alice"));
    stage.is_home("alice");
}

/// A thumb hits it.
fn large_enough(stage: &Stage, link: &str) {
    let large = format!("button({}).getBoundingClientRect().height >= 44", json!(link));
    stage.browser.wait(&format!("{link}, large enough"), &large);
}

#[test]
fn forgot_then_mail_then_link_then_password_then_factor() {
    let Some(stage) = stage("forgot_then_mail_then_link_then_password_then_factor", "/jf") else { return };
    set_up(&stage);
    stage.open("/web/");
    stage.browser.press("Forgot password?");
    stage.browser.read("Say who you are.");
    stage.fits();
    stage.picture("forgot");
    stage.browser.type_into("input[name=username]", "alice");
    stage.browser.press("Send the mail");
    stage.browser.read("If we know you, a mail with a code and a link is on its way.");
    stage.picture("forgot-sent");
    let link = mail(&stage).link().expect("a link").to_owned();

    // A scanner looks at the link first.
    let (page, _) = link.split_once('#').unwrap();
    for _ in 0..3 {
        assert_eq!(ureq::get(page).call().unwrap().status().as_u16(), 200);
    }

    stage.browser.open("about:blank");
    stage.browser.open(&link);
    stage.browser.read("With this password you sign in from now on.");
    assert!(!stage.browser.address().contains('#'), "the token does not stay in the address");
    stage.browser.type_into("input[name=new-password]", "short");
    stage.browser.press("Set the password");
    stage.browser.read("This password will not do.");
    stage.browser.run("find('input[name=new-password]').value = ''");
    stage.browser.type_into("input[name=new-password]", NEW);
    stage.fits();
    stage.picture("reset");
    stage.browser.press("Set the password");
    stage.browser.read("Your new password is set.");
    stage.picture("reset-done");
    stage.browser.press("Sign in");
    signs_in_with_her_factor(&stage);

    // The link is spent.
    stage.browser.open("about:blank");
    stage.browser.open(&link);
    stage.browser.type_into("input[name=new-password]", "yet another sentence");
    stage.browser.press("Set the password");
    stage.browser.read("is not good any more");
    stage.nothing_was_wrong();
}

#[test]
fn the_code_is_typed_where_it_was_asked_for() {
    let Some(stage) = stage("the_code_is_typed_where_it_was_asked_for", "") else { return };
    set_up(&stage);
    stage.open("/Jellyward/Login");
    stage.browser.resize(320, 568);
    large_enough(&stage, "Forgot password?");
    stage.browser.press("Forgot password?");
    large_enough(&stage, "Back to sign-in");
    stage.browser.type_into("input[name=username]", ADDRESS);
    stage.browser.press("Send the mail");
    stage.browser.read("Look into your mail");
    let code = mail(&stage).code().expect("a code").to_owned();
    // A reload on a phone loses nothing.
    stage.open("/Jellyward/Forgot");
    stage.browser.type_into(".jwd-code", if code == "000000" { "000001" } else { "000000" });
    stage.browser.type_into("input[name=new-password]", NEW);
    stage.browser.press("Set the password");
    stage.browser.read("4 tries left.");
    stage.browser.type_into(".jwd-code", &code);
    stage.browser.press("Set the password");
    stage.browser.read("Your new password is set.");
    stage.browser.press("Sign in");
    signs_in_with_her_factor(&stage);
}

/// From the dialog of an app through the mail to the step of the sign-in that replaces the PIN.
fn signs_in_with_a_pin(stage: &Stage) {
    set_up(stage);
    stage.settle(&json!({ "reset.dialog": "pinLink" }));
    let app = super::stage::App { name: "Jellyfin for TV", device: "tv" };
    let (status, _) = stage.call(&app, None, "/Users/ForgotPassword", Some(&json!({ "EnteredUsername": "alice" })));
    assert_eq!(status, 200);
    stage.browser.open(mail(stage).link().expect("a link"));
    stage.browser.read("Press the button");
    stage.picture("reset-pin");
    stage.browser.press("Give me a password");
    stage.browser.read("Your password for now is this.");
    let pin = stage.browser.text_of(".jwd-word");
    stage.browser.press("Sign in");
    stage.browser.type_into("#txtManualName", "alice");
    stage.browser.type_into("#txtManualPassword", &pin);
    stage.browser.click(".button-submit");
    stage.browser.type_into(".jwd-overlay .jwd-code", &stage.code("alice"));
    stage.browser.read("Choose a password of your own");
}

#[test]
fn whoever_has_a_pin_chooses_a_password_on_the_way_in() {
    let Some(stage) = stage("whoever_has_a_pin_chooses_a_password_on_the_way_in", "/jf") else { return };
    signs_in_with_a_pin(&stage);
    stage.browser.type_into("input[name=new-password]", NEW);
    stage.picture("reset-choose");
    stage.browser.press("Set the password");
    stage.is_home("alice");
    stage.nothing_was_wrong();
}

#[test]
fn who_takes_too_long_over_a_password_is_told_below_its_heading() {
    let Some(stage) = stage("who_takes_too_long_over_a_password_is_told_below_its_heading", "") else { return };
    signs_in_with_a_pin(&stage);
    stage.clock.advance(21 * 60);
    stage.browser.type_into("input[name=new-password]", NEW);
    stage.browser.press("Set the password");
    stage.browser.read("This sign-in has run out.");
    stage.browser.comes_to("find('.jwd-overlay .jwd-title').textContent", "Choose a password of your own");
    stage.browser.press("Continue");
    stage.browser.see("#txtManualName");
    stage.nothing_was_wrong();
}

#[test]
fn without_mail_there_is_no_link() {
    let Some(stage) = stage("without_mail_there_is_no_link", "/jf") else { return };
    stage.open("/Jellyward/Forgot");
    stage.browser.read("Passwords cannot be reset here.");
    stage.open("/Jellyward/Login");
    stage.browser.see("input[name=password]");
    stage.drew_after("Reset/Offer");
    stage.browser.comes_to("roots.some(root => Array.from(root.querySelectorAll('a')).some(one => shown(one) && one.textContent === 'Forgot password?'))", json!(false));
}

#[test]
fn an_administrator_resets_many_at_once_and_hands_a_link_over() {
    let Some(stage) = stage("an_administrator_resets_many_at_once_and_hands_a_link_over", "/jf") else { return };
    set_up(&stage);
    stage.sign_in("admin");
    stage.is_home("admin");
    stage.open("/Jellyward/Dashboard#users");
    stage.browser.press("Users");
    for name in ["alice", "bob"] {
        stage.browser.click(&format!("input[aria-label='Choose {name}']"));
    }
    stage.browser.press("Reset the passwords of 2 chosen users");
    stage.browser.read("The old password works until a new one is chosen.");
    stage.picture("dashboard-reset");
    stage.browser.press("Send a mail");
    stage.prove_by_password();
    stage.browser.read("A mail is on its way.");
    stage.browser.read("There is no e-mail address.");
    assert!(mail(&stage).says("/Jellyward/Reset#"));
    stage.browser.press("Close");

    stage.browser.click("input[aria-label='Choose bob']");
    stage.browser.press("Reset the password of one chosen user");
    stage.browser.press("Make a link to hand over");
    stage.browser.read("This link works once, for 24 hours.");
    let link = stage.browser.text_of(".jwd-key");
    // It says so for two seconds only.
    stage.browser.run(
        "var copy = button('Copy'); window.said = [];
         new MutationObserver(() => { window.said.push(copy.textContent); }).observe(copy, {childList: true})",
    );
    stage.browser.press("Copy");
    stage.browser.wait("Copied", "window.said.includes('Copied')");
    assert!(link.starts_with(&format!("{}/Jellyward/Reset#", stage.demo.address())), "{link}");
    stage.fits();
}
