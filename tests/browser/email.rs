//! E-mail addresses, as people set, change and take them back; and the step at sign-in that asks for one.

use jellyward::demo::mailbox::Reading;
use serde_json::json;

use super::driver::{DOWN, ENTER};
use super::stage::{Stage, stage};

const CODE: &str = ".jwd-code";

/// Mail goes out into the demo's mailbox, with links to the demo itself.
fn with_mail(stage: &Stage) {
    stage.settle(&json!({
        "smtp.host": "mail.example.org",
        "smtp.from_address": "tv@example.org",
        "web.public_url": stage.demo.address(),
    }));
}

/// The newest mail to that address with what is looked for, once it is there.
fn mailed<T>(stage: &Stage, address: &str, what: impl Fn(&Reading) -> Option<T>) -> T {
    for _ in 0..1200 {
        stage.demo.engine().empty_outbox();
        if let Some(found) = stage.demo.mailbox().to(address).iter().rev().find_map(&what) {
            return found;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("no such mail to {address}")
}

fn code_to(stage: &Stage, address: &str) -> String {
    mailed(stage, address, |mail| mail.code().map(str::to_owned))
}

#[test]
fn an_address_is_set_changed_and_put_back_from_the_old_mailbox() {
    let Some(stage) = stage("an_address_is_set_changed_and_put_back_from_the_old_mailbox", "/jf") else { return };
    with_mail(&stage);
    stage.sign_in("bob");
    stage.is_home("bob");
    stage.open("/Jellyward/#email");
    stage.browser.read("You have no e-mail address here.");
    stage.browser.press("Add an address");
    stage.browser.type_into("form input", "no address");
    stage.browser.press("Send the code");
    stage.browser.read("That is no e-mail address.");
    stage.browser.run("find('form input').value = ''");
    stage.browser.type_into("form input", "bob@example.org");
    stage.browser.press("Send the code");
    stage.browser.type_into(".jwd-overlay input[type=password]", "bob-demo");
    stage.browser.press("Continue");
    stage.browser.read("Another code in");
    stage.picture("account-email-code");
    stage.browser.type_into(CODE, "000000");
    stage.browser.read("That is not the code. 4 tries are left.");
    // The page is left and opened again: what waits still waits.
    stage.open("/Jellyward/");
    stage.browser.press("E-mail");
    stage.browser.type_into(CODE, &code_to(&stage, "bob@example.org"));
    stage.browser.read("The address is verified.");
    stage.browser.read("bob@example.org");
    stage.picture("account-email");

    stage.browser.press("Change it");
    stage.browser.press("Cancel");
    stage.browser.wait("the focus", "document.activeElement.textContent === 'Change it'");
    stage.browser.press("Change it");
    stage.browser.type_into("form input", "thief@example.org");
    stage.browser.press("Send the code");
    // The address that holds until then is still seen, and may be removed.
    stage.browser.read("thief@example.org waits to be confirmed.");
    stage.browser.read("bob@example.org");
    stage.browser.wait("its button", "button('Remove')");
    stage.browser.press("Cancel");
    stage.browser.wait("the code's step to go", "!find('.jwd-code')");
    stage.browser.press("Enter the code");
    stage.browser.type_into(CODE, &code_to(&stage, "thief@example.org"));
    stage.browser.read("The address is verified.");
    let link = mailed(&stage, "bob@example.org", |mail| mail.link().map(str::to_owned));
    assert!(link.contains("/Jellyward/Undo#"), "{link}");
    stage.browser.open("about:blank");
    stage.browser.open(&link);
    stage.browser.read("Put your e-mail address back");
    assert!(!stage.browser.address().contains('#'), "the token does not stay in the address");
    stage.picture("undo");
    stage.browser.press("Put it back and sign out everywhere");
    stage.browser.read("Done: your address is back");
    stage.browser.open("about:blank");
    stage.browser.open(&link);
    stage.browser.press("Put it back and sign out everywhere");
    stage.browser.read("This link is no longer good");
    stage.open("/Jellyward/Undo");
    stage.browser.read("Open the link as it stands in the mail.");
}

#[test]
fn an_administrator_sets_an_address_in_the_list_of_users() {
    let Some(stage) = stage("an_administrator_sets_an_address_in_the_list_of_users", "") else { return };
    stage.sign_in("admin");
    stage.is_home("admin");
    stage.open("/Jellyward/Dashboard");
    stage.browser.press("Users");
    stage.browser.wait("bob", "all('.jwd-user').some(one => one.textContent.includes('bob'))");
    stage.browser.click("button[aria-label='Manage bob']");
    let press = "var row = all('.jwd-user').find(one => one.textContent.includes('bob'));
        Array.from(row.querySelectorAll('button')).find(one => one.textContent === 'E-mail address').click()";
    stage.browser.run(press);
    stage.browser.read("E-mail address of bob");
    stage.browser.type_into(".jwd-overlay input", "bob@example.org");
    stage.browser.click("#jwd-email-verified");
    stage.picture("dashboard-email");
    stage.browser.press("Save");
    stage.prove_by_password();
    stage.browser.read("The e-mail address of bob is saved.");
    stage.browser.read("bob@example.org");
    stage.browser.read("Verified");
    stage.nothing_was_wrong();
}

/// Enters an address at sign-in, and its code.
fn set_up(stage: &Stage, address: &str) {
    stage.browser.type_into("input[inputmode=email]", address);
    stage.browser.press("Send the code");
    stage.browser.read("Another code in");
    stage.browser.type_into(CODE, &code_to(stage, address));
}

#[test]
fn an_address_is_asked_for_in_jellyfins_own_page() {
    let Some(stage) = stage("an_address_is_asked_for_in_jellyfins_own_page", "/jf") else { return };
    with_mail(&stage);
    stage.settle(&json!({"email.required": "optional"}));
    stage.sign_in("bob");
    stage.browser.read("Would you like to leave an e-mail address?");
    stage.picture("set-up-email");
    for (width, height) in [(320, 568), (3840, 2160)] {
        stage.browser.resize(width, height);
        stage.fits();
    }
    stage.browser.resize(1280, 800);
    // By the arrows of a remote control: past the field and the button to "Not now".
    stage.browser.keys(DOWN);
    stage.browser.keys("\u{e014}");
    stage.browser.wait("the focus", "roots.map(root => root.activeElement).pop().textContent === 'Not now'");
    stage.browser.keys(ENTER);
    stage.is_home("bob");
    stage.nothing_was_wrong();
}

#[test]
fn a_factor_then_an_address_then_the_session() {
    let Some(stage) = stage("a_factor_then_an_address_then_the_session", "") else { return };
    with_mail(&stage);
    stage.settle(&json!({"email.required": "required"}));
    let devices = stage.demo.host().devices();
    stage.sign_in("alice");
    stage.browser.type_into(".jwd-overlay input.jwd-code", &stage.code("alice"));
    stage.browser.read("Everybody here needs an e-mail address.");
    stage.browser.lacks("Not now");
    assert_eq!(stage.demo.host().devices(), devices, "no session exists before");
    set_up(&stage, "alice@example.org");
    stage.is_home("alice");
    stage.nothing_was_wrong();
}

#[test]
fn an_address_is_asked_for_on_the_page_of_its_own() {
    let Some(stage) = stage("an_address_is_asked_for_on_the_page_of_its_own", "") else { return };
    with_mail(&stage);
    stage.settle(&json!({"email.required": "required"}));
    stage.open("/Jellyward/Login");
    stage.sign_in_alone("bob");
    stage.browser.read("Everybody here needs an e-mail address.");
    stage.browser.press("Cancel");
    stage.sign_in_alone("bob");
    set_up(&stage, "bob@example.org");
    stage.is_home("bob");
    stage.nothing_was_wrong();
}
