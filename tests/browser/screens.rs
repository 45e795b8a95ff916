//! The screens of the account page that list what may sign in, against answers given here: hostile names, full lists.

use serde_json::{Value, json};

use super::stage::{Stage, stage};

/// Markup, a bidi override and far too long.
const HOSTILE: &str = "<img src=x onerror=alert(1)>\u{202e}txt.exe\u{202c} אבג 0123456789012345678901234567890123456789012345678901234567890123456789";

/// Signs alice in and opens one screen of her account page.
fn open(stage: &Stage, screen: &str, answers: &Value) {
    stage.sign_in("alice");
    stage.browser.type_into(".jwd-overlay input", &stage.code("alice"));
    stage.is_home("alice");
    stage.pretend(answers);
    stage.open(&format!("/Jellyward/#{screen}"));
    stage.browser.read("Signed in as alice");
}

fn row(stage: &Stage, name: &str, button: &str) {
    stage.browser.wait(name, &format!("all('.jwd-row').some(one => one.textContent.includes('{name}'))"));
    stage.browser.run(&format!(
        "Array.from(all('.jwd-row').find(one => one.textContent.includes('{name}')).querySelectorAll('button'))
            .find(one => one.textContent === '{button}').click()"
    ));
}

/// Names are text, isolated and bounded, and the screen fits a phone and a television.
fn names_are_harmless(stage: &Stage, picture: &str) {
    stage.browser.read("<img src=x onerror=alert(1)> txt.exe");
    let shown = stage.browser.text();
    assert!(
        !shown.contains(['\u{202e}', '\u{202c}']) && !shown.contains("56789012345678901234567890123456789012345678901")
    );
    stage.browser.comes_to("all('.jwd-name').every(one => one.firstChild.tagName === 'BDI')", true);
    for (width, height) in [(320, 568), (3840, 2160), (1280, 800)] {
        stage.browser.resize(width, height);
        stage.fits();
        if width < 3840 {
            stage.picture(&format!("{picture}{}", if width == 320 { "-320" } else { "" }));
        }
    }
}

fn session(id: u32, app: &str, device: &str, proof: &str) -> Value {
    json!({"id": id.to_string(), "current": id == 1, "app": app, "version": "10.11.11", "deviceName": device, "address": "192.0.2.7",
           "createdAt": 1_700_000_000, "lastSeenAt": 1_700_000_000 + i64::from(id), "proof": proof, "legacy": proof == "legacy", "suggested": app == "Jellyfin Web"})
}

#[test]
fn sessions_are_listed_and_ended() {
    let Some(stage) = stage("sessions_are_listed_and_ended", "") else { return };
    let items = json!([
        session(1, "Jellyfin Web", "Chrome", "full"),
        session(2, "Jellyfin Android TV", HOSTILE, "app_password"),
        session(3, "Jellyfin Web", "Old laptop", "legacy"),
        session(4, "Kodi", "Old box", "legacy")
    ]);
    let answers = json!({"GET Account/Sessions": {"items": items}, "POST Account/Sessions/End": {"ended": 1}});
    open(&stage, "sessions", &answers);
    stage.browser.read("Nobody was asked for a second factor here.");
    names_are_harmless(&stage, "account-sessions");
    let shown = |times: u32| {
        let reads = "window.asked.filter(one => one[0] === 'GET Account/Sessions').length";
        stage.browser.wait("the list once more", &format!("{reads} === {times} && button('Sign out everywhere')"));
    };
    // Those from before that the server doubts are ticked, the others are not.
    stage.browser.press("Sign out those ticked");
    shown(2);
    stage.browser.read("One device was signed out.");
    row(&stage, "txt.exe", "Sign out");
    shown(3);
    stage.browser.press("Sign out all others");
    shown(4);
    stage.browser.press("Sign out everywhere");
    stage.browser.read("You are signed out here, too.");
    stage.browser.press("Sign out everywhere");
    stage.browser.wait("four calls", "window.asked.filter(one => one[0] === 'POST Account/Sessions/End').length === 4");
    let asked = stage.asked("POST Account/Sessions/End");
    assert_eq!(asked, [json!({"ids": ["3"]}), json!({"ids": ["2"]}), json!({"others": true}), json!({"all": true})]);
    stage.nothing_was_wrong();
}

#[test]
fn app_passwords_are_made_shown_once_and_revoked() {
    let Some(stage) = stage("app_passwords_are_made_shown_once_and_revoked", "") else { return };
    let one = json!({"id": 7, "name": HOSTILE, "createdAt": 1_700_000_000, "expiresAt": 1_800_000_000, "binds": true, "boundTo": HOSTILE,
                     "lastUsedAt": 1_700_000_100, "lastUsedApp": HOSTILE, "lastUsedAddress": "192.0.2.7", "sessions": 2});
    let refused = json!({"status": 403, "body": {"code": "step_up", "proofs": ["totp", "recovery"]}});
    let made = json!({"id": 8, "password": "abcd-efgh-jkmn-pqrs-tvwx-yz23"});
    let answers = json!({
        "GET Account/AppPasswords": {"allowed": true, "items": [one]},
        "POST Account/AppPasswords/Create": [refused, made],
        "POST Account/AppPasswords/Revoke": {"ended": 2}
    });
    open(&stage, "app-passwords", &answers);
    names_are_harmless(&stage, "account-app-passwords");
    stage.browser.press("Make an app password");
    stage.browser.read("it is no wall");
    stage.fits();
    stage.picture("account-app-password-new");
    stage.browser.type_into("form input[type=text]", "Kitchen");
    stage.browser.run("find('form select').value = '90'");
    stage.browser.click("form input[type=checkbox]");
    stage.browser.press("Make it");
    // The proof is the server's own business: a right code, and the call is made again.
    stage.browser.read("Is it you?");
    stage.clock.advance(30);
    stage.browser.type_into(".jwd-code", &stage.code("alice"));
    stage.browser.press("Continue");
    stage.browser.read("abcd-efgh-jkmn-pqrs-tvwx-yz23");
    stage.picture("account-app-password");
    assert_eq!(
        stage.asked("POST Account/AppPasswords/Create")[1],
        json!({"name": "Kitchen", "days": 90, "binds": true})
    );
    stage.browser.press("I have typed or saved it");
    stage.browser.read("The app password is in force.");
    stage.browser.lacks("abcd-efgh");
    row(&stage, "txt.exe", "Revoke");
    stage.browser.read("It stops working at once");
    stage.browser.press("Revoke");
    stage.browser.read("Revoked. 2 devices were signed out.");
    assert_eq!(stage.asked("POST Account/AppPasswords/Revoke"), [json!({"id": 7})]);
    stage.nothing_was_wrong();
}

#[test]
fn where_app_passwords_are_off_none_is_offered() {
    let Some(stage) = stage("where_app_passwords_are_off_none_is_offered", "") else { return };
    open(&stage, "app-passwords", &json!({"GET Account/AppPasswords": {"allowed": false, "items": []}}));
    stage.browser.read("has switched app passwords off for your account");
    stage.browser.comes_to("button('Make an app password')", Value::Null);
    stage.nothing_was_wrong();
}

#[test]
fn trusted_browsers_are_forgotten() {
    let Some(stage) = stage("trusted_browsers_are_forgotten", "") else { return };
    let browser = |id: &str, name: &str| json!({"id": id, "name": name, "current": id == "b", "createdAt": 1_700_000_000, "expiresAt": 1_800_000_000, "usedAt": 1_700_000_000, "network": "192.0.2.0/24"});
    let answers = json!({"GET Account/Browsers": {"items": [browser("a", HOSTILE), browser("b", "Chrome")]}, "POST Account/Browsers/Forget": {}});
    open(&stage, "browsers", &answers);
    names_are_harmless(&stage, "account-browsers");
    row(&stage, "txt.exe", "Forget");
    stage.browser.read("The second factor is asked for there again.");
    stage.browser.press("Forget all browsers");
    stage
        .browser
        .wait("two calls", "window.asked.filter(one => one[0] === 'POST Account/Browsers/Forget').length === 2");
    assert_eq!(stage.asked("POST Account/Browsers/Forget"), [json!({"id": "a"}), json!({"all": true})]);
    stage.nothing_was_wrong();
}

#[test]
fn a_lost_phone_ends_everything_but_what_is_ticked() {
    let Some(stage) = stage("a_lost_phone_ends_everything_but_what_is_ticked", "") else { return };
    let factors = json!([
        {"id": 1, "kind": "totp", "name": "phone", "createdAt": 1_700_000_000, "lastUsedAt": null},
        {"id": 2, "kind": "passkey", "name": HOSTILE, "createdAt": 1_700_000_000, "lastUsedAt": null, "backedUp": true}
    ]);
    let wrong = json!({"status": 401, "body": {"code": "wrong_proof"}});
    let done = json!({"ended": 3, "browsers": 0, "appPasswords": 2, "factors": 1});
    let answers = json!({
        "GET Account": {"merge": {"factors": factors, "proofs": ["totp", "recovery"], "recoveryCodesLeft": 9}},
        "POST Account/LostPhone": [wrong, done]
    });
    open(&stage, "lost-phone", &answers);
    stage.browser.read("Every device is signed out, this one too.");
    names_are_harmless(&stage, "account-lost-phone");
    stage.browser.click("fieldset input[type=checkbox]");
    stage.browser.press("End everything");
    stage.browser.read("A recovery code will do.");
    stage.browser.type_into(".jwd-overlay input", "wrong");
    stage.browser.press("End everything");
    stage.browser.read("That is not right. Nothing was changed.");
    stage.browser.type_into(".jwd-overlay input", "abcd-efgh-jkmn-pqrs");
    stage.browser.press("End everything");
    stage.browser.read("3 devices were signed out.");
    stage.browser.read("Sign in again with the passkey you kept");
    stage.browser.lacks("0 browsers");
    stage.picture("account-lost-phone-done");
    let proof = json!({"method": "recovery", "value": "abcd-efgh-jkmn-pqrs"});
    assert_eq!(stage.asked("POST Account/LostPhone")[1], json!({"proof": proof, "keep": [2]}));
    stage.nothing_was_wrong();
}

#[test]
fn the_overview_says_what_is_missing_and_leads_there() {
    let Some(stage) = stage("the_overview_says_what_is_missing_and_leads_there", "") else { return };
    let answers = json!({"GET Account": {"merge": {"recoveryCodesLeft": 0, "legacySessions": 3}}, "GET Account/Sessions": {"items": []}});
    open(&stage, "", &answers);
    stage.browser.read("You have no recovery codes left. Make new ones.");
    stage.browser.read("3 sign-ins are from before your second factor.");
    stage
        .browser
        .run("all('.jwd-row').find(one => one.textContent.includes('sign-ins')).querySelector('button').click()");
    stage.browser.wait("the sessions", "location.hash === '#sessions'");
    stage.browser.run("history.back()");
    stage.browser.read("You have no recovery codes left.");
    stage.nothing_was_wrong();
}
