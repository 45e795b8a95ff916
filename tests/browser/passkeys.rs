//! Passkeys, with the browser's virtual authenticators.

use serde_json::{Value, json};

use super::stage::{Stage, stage};

/// A passkey that lives in the device and asks for a finger.
pub fn platform() -> Value {
    json!({"protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true, "isUserConsenting": true})
}

/// A key on a string that can do nothing but be touched.
fn simple_key() -> Value {
    json!({"protocol": "ctap2", "transport": "usb", "hasResidentKey": false, "hasUserVerification": false, "isUserConsenting": true})
}

/// The demo under a name: an address made of numbers can have no passkeys.
pub fn named(stage: &Stage) -> String {
    stage.demo.address().replace("127.0.0.1", "localhost")
}

pub fn open(stage: &Stage, path: &str) {
    stage.browser.open(&format!("{}{path}", named(stage)));
}

/// The owner sets passkeys up.
pub fn offer(stage: &Stage) {
    let origin = named(stage).trim_end_matches("/jf").to_owned();
    stage.settle(&json!({"passkeys.domain": "localhost", "passkeys.origins": [origin]}));
}

/// The list below the name field stays out of it: a virtual authenticator chooses from it at once, as nobody would.
pub fn no_list(stage: &Stage) {
    let none = "if (window.PublicKeyCredential) { PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false); }";
    stage.browser.command("Page.addScriptToEvaluateOnNewDocument", json!({"source": none}));
}

/// Signs alice in by her code and adds a passkey; ends on the screen that lists it.
pub fn add(stage: &Stage, name: &str) {
    open(stage, "/Jellyward/Login");
    stage.sign_in_alone("alice");
    stage.browser.type_into(".jwd-code", &stage.code("alice"));
    stage.is_home_at(&named(stage), "alice");
    open(stage, "/Jellyward/#methods");
    stage.browser.press("Add a passkey");
    stage.browser.type_into("form input", name);
    stage.browser.press("Create the passkey");
    stage.browser.read("The passkey works.");
    stage.browser.read(name);
}

pub fn sign_out(stage: &Stage) {
    if !stage.browser.address().contains("/web/") {
        open(stage, "/web/");
    }
    stage.browser.see("#indexPage");
    stage.sign_out();
}

/// Jellyfin's own form, then the passkey as the second factor.
pub fn sign_in_by_both(stage: &Stage) {
    stage.browser.type_into("#txtManualName", "alice");
    stage.browser.type_into("#txtManualPassword", "alice-demo");
    stage.browser.click(".button-submit");
    stage.browser.press("Use a passkey");
}

#[test]
fn a_passkey_is_added_used_everywhere_renamed_and_removed() {
    let Some(stage) = stage("a_passkey_is_added_used_everywhere_renamed_and_removed", "/jf") else { return };
    no_list(&stage);
    offer(&stage);
    stage.browser.authenticator(&platform());
    add(&stage, "<i>Laptop</i>");
    stage.picture("account-passkeys");
    // The same device twice is refused, by the device.
    stage.browser.press("Add a passkey");
    stage.browser.press("Create the passkey");
    stage.browser.read("This device holds a passkey of this account already.");
    sign_out(&stage);
    // After the password, in Jellyfin's own page.
    stage.browser.type_into("#txtManualName", "alice");
    stage.browser.type_into("#txtManualPassword", "alice-demo");
    stage.browser.click(".button-submit");
    stage.browser.see(".jwd-overlay .jwd-wide");
    stage.picture("challenge-passkey");
    stage.browser.press("Use a passkey");
    stage.is_home_at(&named(&stage), "alice");
    sign_out(&stage);
    // Instead of the password, there and on the stand-alone page.
    stage.browser.press("Sign in with a passkey");
    stage.is_home_at(&named(&stage), "alice");
    sign_out(&stage);
    open(&stage, "/Jellyward/Login");
    stage.picture("login-passkey");
    stage.browser.press("Sign in with a passkey");
    stage.is_home_at(&named(&stage), "alice");
    // As the proof of a change.
    stage.clock.advance(330);
    open(&stage, "/Jellyward/#methods");
    let press = "Array.from(all('.jwd-row').find(one => one.textContent.includes('Laptop')).querySelectorAll('button')).find(one => one.textContent === ";
    stage.browser.read("<i>Laptop</i>");
    stage.browser.run(&format!("{press}'Rename').click()"));
    stage.browser.run("find('form input').value = 'Old laptop'");
    stage.browser.press("Rename");
    stage.browser.read("Is it you?");
    stage.picture("account-proof-passkey");
    stage.browser.press("Use a passkey");
    stage.browser.read("Renamed.");
    stage.browser.read("Old laptop");
    stage.browser.run(&format!("{press}'Remove').click()").replace("Laptop", "Old laptop"));
    stage.browser.press("Remove");
    stage.browser.read("Removed.");
    stage.browser.read("You have no passkey.");
    // What was removed opens nothing.
    sign_out(&stage);
    stage.browser.press("Sign in with a passkey");
    stage.browser.read("That passkey does not fit.");
    stage.nothing_was_wrong();
}

#[test]
fn a_key_that_does_not_know_its_user_is_a_second_factor_only() {
    let Some(stage) = stage("a_key_that_does_not_know_its_user_is_a_second_factor_only", "") else { return };
    no_list(&stage);
    offer(&stage);
    stage.browser.authenticator(&simple_key());
    add(&stage, "Key");
    sign_out(&stage);
    stage.browser.press("Sign in with a passkey");
    stage.browser.read("No passkey was used.");
    sign_in_by_both(&stage);
    stage.is_home_at(&named(&stage), "alice");
    stage.nothing_was_wrong();
}

#[test]
fn a_copied_passkey_is_refused() {
    let Some(stage) = stage("a_copied_passkey_is_refused", "") else { return };
    no_list(&stage);
    offer(&stage);
    let authenticator = stage.browser.authenticator(&platform());
    add(&stage, "Laptop");
    let copy = stage.browser.passkeys(&authenticator).remove(0);
    sign_out(&stage);
    stage.browser.press("Sign in with a passkey");
    stage.is_home_at(&named(&stage), "alice");
    sign_out(&stage);
    stage.browser.replace_passkeys(&authenticator, &copy);
    stage.browser.press("Sign in with a passkey");
    stage.browser.read("That passkey does not fit.");
    stage.nothing_was_wrong();
}

#[test]
fn a_passkey_is_chosen_below_the_name() {
    let Some(stage) = stage("a_passkey_is_chosen_below_the_name", "/jf") else { return };
    offer(&stage);
    stage.browser.authenticator(&platform());
    add(&stage, "Laptop");
    for page in ["/Jellyward/Login", "/web/"] {
        stage.browser.run("localStorage.removeItem('jellyfin_credentials')");
        // The virtual authenticator's person takes the first one of the list as soon as it is there.
        open(&stage, page);
        stage.is_home_at(&named(&stage), "alice");
    }
    stage.nothing_was_wrong();
}

#[test]
fn a_lost_phone_leaves_the_passkey_in_hand() {
    let Some(stage) = stage("a_lost_phone_leaves_the_passkey_in_hand", "") else { return };
    no_list(&stage);
    offer(&stage);
    stage.browser.authenticator(&platform());
    add(&stage, "Laptop");
    stage.browser.press("I lost my phone");
    stage.browser.click("fieldset input[type=checkbox]");
    stage.browser.press("End everything");
    stage.browser.press("End everything with a passkey");
    stage.browser.read("Sign in again with the passkey you kept");
    stage.browser.press("Sign in again");
    stage.browser.press("Sign in with a passkey");
    stage.browser.read("Signed in as alice");
    stage.browser.read("You have one authenticator or passkey.");
    stage.nothing_was_wrong();
}

#[test]
fn a_passkey_may_be_the_first_factor() {
    let Some(stage) = stage("a_passkey_may_be_the_first_factor", "") else { return };
    no_list(&stage);
    offer(&stage);
    stage.browser.authenticator(&platform());
    open(&stage, "/Jellyward/Login");
    stage.sign_in_alone("bob");
    stage.browser.press("Not now");
    stage.is_home_at(&named(&stage), "bob");
    stage.clock.advance(330);
    open(&stage, "/Jellyward/#methods");
    stage.browser.press("Add a passkey");
    stage.browser.press("Create the passkey");
    stage.browser.type_into("input[type=password]", "bob-demo");
    stage.browser.press("Continue");
    stage.browser.run("performance.clearResourceTimings()");
    stage.keep_recovery_codes();
    stage.browser.read("The passkey works.");
    stage.drew_after("Passkey/Diagnose");
    stage.browser.lacks("Why can't I use a passkey here?");
    sign_out(&stage);
    // No code to type: the passkey is asked for, and a recovery code is the other way.
    stage.browser.type_into("#txtManualName", "bob");
    stage.browser.type_into("#txtManualPassword", "bob-demo");
    stage.browser.click(".button-submit");
    stage.browser.read("Confirm with your passkey.");
    stage.fits();
    stage.browser.press("Use a recovery code");
    stage.browser.see(".jwd-overlay input.jwd-recovery");
    stage.browser.press("Use a passkey");
    stage.is_home_at(&named(&stage), "bob");
    stage.nothing_was_wrong();
}

#[test]
fn an_address_of_numbers_is_explained() {
    let Some(stage) = stage("an_address_of_numbers_is_explained", "") else { return };
    offer(&stage);
    stage.sign_in("alice");
    stage.browser.type_into(".jwd-overlay input", &stage.code("alice"));
    stage.is_home("alice");
    stage.open("/Jellyward/#methods");
    stage.browser.press("Add a passkey");
    stage.browser.press("Create the passkey");
    stage.browser.read("Passkeys do not work at this address.");
    stage.browser.press("Cancel");
    stage.browser.press("Why can't I use a passkey here?");
    stage.browser.read("Passkeys do not work here.");
    stage.browser.read("You opened this page by an IP address; passkeys need a name.");
    stage.picture("account-passkey-diagnosis");
    stage.nothing_was_wrong();
}
