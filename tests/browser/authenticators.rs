//! What passkeys may do by what their authenticators can: know their user, remember whose they are, be backed up.

use serde_json::{Value, json};

use super::passkeys::{add, named, no_list, offer, open, platform, sign_in_by_both, sign_out};
use super::stage::{Stage, stage};

/// An authenticator like a phone's, but for these properties.
fn but(properties: &Value) -> Value {
    let mut authenticator = platform();
    for (name, value) in properties.as_object().unwrap() {
        authenticator[name] = value.clone();
    }
    authenticator
}

/// From the next page on, the browser asks the authenticator for its passkey without verifying its user, whatever the
/// server wants; what that was stays in `window.wanted`. The passkey is named, since authenticators that protect
/// themselves keep quiet when they are asked for any. Gives what takes the script away again.
fn ask_for_less(stage: &Stage, authenticator: &str) -> Value {
    let id = stage.browser.passkeys(authenticator)[0]["credentialId"].clone();
    let lowered = "var get = navigator.credentials.get.bind(navigator.credentials);
        navigator.credentials.get = how => {
            window.wanted = how.publicKey.userVerification;
            how.publicKey.userVerification = 'discouraged';
            var id = Uint8Array.from(atob(ID.replace(/-/g, '+').replace(/_/g, '/')), one => one.charCodeAt(0));
            how.publicKey.allowCredentials = [{type: 'public-key', id: id}];
            return get(how);
        };"
    .replace("ID", &id.to_string());
    stage.browser.command("Page.addScriptToEvaluateOnNewDocument", json!({"source": lowered}))
}

/// What the account page says of its one passkey.
fn row(stage: &Stage, name: &str) -> String {
    open(stage, "/Jellyward/#methods");
    stage.browser.read(name);
    let row = format!("all('.jwd-row').find(one => one.textContent.includes({})).innerText", json!(name));
    stage.browser.wait("the passkey's row", &row).as_str().unwrap().to_owned()
}

#[test]
fn a_passkey_that_cannot_ask_who_holds_it_is_a_second_factor_only() {
    let Some(stage) = stage("a_passkey_that_cannot_ask_who_holds_it_is_a_second_factor_only", "") else { return };
    no_list(&stage);
    offer(&stage);
    // It remembers whose it is, so that only its user stands between it and a sign-in without a password.
    let untold = but(&json!({"hasUserVerification": false, "isUserVerified": false}));
    let authenticator = stage.browser.authenticator(&untold);
    add(&stage, "Token");
    sign_out(&stage);
    stage.browser.press("Sign in with a passkey");
    stage.browser.read("No passkey was used.");
    // Nor does the server take it from a browser that asks for less.
    ask_for_less(&stage, &authenticator);
    open(&stage, "/web/");
    stage.browser.press("Sign in with a passkey");
    stage.browser.read("That passkey does not fit.");
    stage.browser.comes_to("window.wanted", "required");
    sign_in_by_both(&stage);
    stage.is_home_at(&named(&stage), "alice");
    stage.nothing_was_wrong();
}

#[test]
fn a_finger_that_is_not_known_opens_nothing() {
    let Some(stage) = stage("a_finger_that_is_not_known_opens_nothing", "") else { return };
    no_list(&stage);
    offer(&stage);
    let authenticator = stage.browser.authenticator(&platform());
    add(&stage, "Laptop");
    sign_out(&stage);
    stage.browser.recognise(&authenticator, false);
    stage.browser.press("Sign in with a passkey");
    stage.browser.read("No passkey was used.");
    let less = ask_for_less(&stage, &authenticator);
    open(&stage, "/web/");
    stage.browser.press("Sign in with a passkey");
    stage.browser.read("That passkey does not fit.");
    // After the password having it is enough: what it knows of its user is asked for, and not insisted on.
    sign_in_by_both(&stage);
    stage.is_home_at(&named(&stage), "alice");
    stage.browser.comes_to("window.wanted", "preferred");
    sign_out(&stage);
    // The right finger needs nothing else.
    stage.browser.recognise(&authenticator, true);
    stage.browser.command("Page.removeScriptToEvaluateOnNewDocument", less);
    open(&stage, "/web/");
    stage.browser.press("Sign in with a passkey");
    stage.is_home_at(&named(&stage), "alice");
    // The browser is honest again.
    stage.browser.comes_to("window.wanted || null", Value::Null);
    stage.nothing_was_wrong();
}

#[test]
fn the_account_page_says_whether_a_passkey_is_kept_elsewhere_too() {
    let Some(stage) = stage("the_account_page_says_whether_a_passkey_is_kept_elsewhere_too", "") else { return };
    no_list(&stage);
    offer(&stage);
    let eligible = but(&json!({"defaultBackupEligibility": true, "defaultBackupState": false}));
    let authenticator = stage.browser.authenticator(&eligible);
    add(&stage, "Pocket");
    assert!(row(&stage, "Pocket").contains("On one device only"), "{}", row(&stage, "Pocket"));
    // Its maker's cloud has it now; the next sign-in says so.
    stage.browser.back_up(&authenticator, true, true);
    sign_out(&stage);
    stage.browser.press("Sign in with a passkey");
    stage.is_home_at(&named(&stage), "alice");
    assert!(row(&stage, "Pocket").contains("Kept by a password manager"), "{}", row(&stage, "Pocket"));
    // That it can be kept elsewhere was said at its birth, and is for ever: otherwise it is another one.
    stage.browser.back_up(&authenticator, false, false);
    sign_out(&stage);
    stage.browser.press("Sign in with a passkey");
    stage.browser.read("That passkey does not fit.");
    stage.nothing_was_wrong();
}

#[test]
fn a_passkey_of_a_password_manager_signs_in_from_its_first_day() {
    let Some(stage) = stage("a_passkey_of_a_password_manager_signs_in_from_its_first_day", "") else { return };
    no_list(&stage);
    offer(&stage);
    stage.browser.authenticator(&but(&json!({"defaultBackupEligibility": true, "defaultBackupState": true})));
    add(&stage, "Vault");
    assert!(row(&stage, "Vault").contains("Kept by a password manager"), "{}", row(&stage, "Vault"));
    sign_out(&stage);
    stage.browser.press("Sign in with a passkey");
    stage.is_home_at(&named(&stage), "alice");
    stage.nothing_was_wrong();
}
