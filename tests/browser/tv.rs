//! Signing in a TV, as the account page shows it, and the page with nothing but a remote control.

use serde_json::{Value, json};

use super::driver::{DOWN, ENTER, RIGHT, UP};
use super::stage::{Stage, stage};

const HOSTILE: &str = "TV <b>\u{202e}kcatta\u{202c}</b>";

fn devices(window: i64, pending: &Value) -> Value {
    json!({"window": window, "again": true, "pending": pending, "paired": [{"id": 4, "deviceName": "Old TV", "app": "Android TV", "network": "192.0.2.0/24", "createdAt": 1_700_000_000, "usedAt": 1_700_000_000}]})
}

fn open(stage: &Stage, answers: &Value) {
    stage.sign_in("alice");
    stage.browser.type_into(".jwd-overlay input", &stage.code("alice"));
    stage.is_home("alice");
    stage.pretend(answers);
    stage.open("/Jellyward/#tv");
    stage.browser.read("Here are four ways in");
}

#[test]
fn a_waiting_device_appears_and_is_approved_or_denied() {
    let Some(stage) = stage("a_waiting_device_appears_and_is_approved_or_denied", "") else { return };
    let now = jellyward::clock::Clock::now(&*stage.clock);
    let until = now + 300;
    let waiting = |approved: Value| json!([{"id": 9, "app": "Android TV", "version": "0.18", "deviceName": HOSTILE, "address": "192.0.2.9", "firstAt": now, "lastAt": now, "approvedUntil": approved}]);
    let answers = json!({
        "GET Account/Devices": {"acts": [devices(0, &json!([])), devices(until, &json!([])), devices(until, &waiting(Value::Null)), devices(until, &waiting(json!(until)))]},
        "POST Account/Tv/Window": {"until": until},
        "POST Account/Devices/Approve": {"until": until},
        "POST Account/Devices/Deny": {},
        "GET Account/Refused": {"events": [{"at": now, "kind": "refused", "text": "The app could not ask for a code.", "app": "Kodi", "address": "192.0.2.3"}]}
    });
    open(&stage, &answers);
    stage.browser.read("The app could not ask for a code.");
    stage.browser.read("Old TV");
    stage.browser.read("Last used Nov 14, 2023");
    stage.browser.press("I am signing in a TV now");
    stage.browser.read("Nothing is waiting yet.");
    stage.browser.read("Watching for your TV");
    // It comes by itself.
    stage.next_act();
    stage.browser.read("TV <b> kcatta");
    stage.browser.comes_to("all('.jwd-name b').length", 0);
    for (width, height) in [(320, 568), (3840, 2160), (1280, 1400)] {
        stage.browser.resize(width, height);
        stage.fits();
        stage.picture(&format!("account-tv-{width}"));
    }
    stage.browser.click(".jwd-row input[type=checkbox]");
    stage.browser.press("Approve");
    // One of them may be over.
    stage.browser.wait("what to do", "/Sign in on the TV again within the next [45] minutes\\./.test(text())");
    // The button is gone; whoever pressed it stands at what became of it.
    stage.browser.wait("the focus", "document.activeElement.textContent.startsWith('Approved.')");
    assert_eq!(stage.asked("POST Account/Devices/Approve"), [json!({"id": 9, "again": true})]);
    stage.browser.press("Not me");
    stage.browser.read("somebody knows your password");
    let way = stage.browser.run("return button('Change my password').getAttribute('href')");
    assert!(way.as_str().unwrap().contains("/web/#/userprofile?userId="), "{way}");
    stage.nothing_was_wrong();
}

#[test]
fn a_tv_that_is_signed_in_is_said_to_be() {
    let Some(stage) = stage("a_tv_that_is_signed_in_is_said_to_be", "") else { return };
    let now = jellyward::clock::Clock::now(&*stage.clock);
    let until = now + 600;
    let waiting = |approved: Value| json!([{"id": 9, "app": "Android TV", "version": "0.18", "deviceName": "Living room TV", "address": "192.0.2.9", "firstAt": now, "lastAt": now, "approvedUntil": approved}]);
    let refused = json!({"events": [{"at": now, "kind": "refused", "text": "Wrong code", "app": "", "address": ""}]});
    let answers = json!({
        "GET Account/Devices": {"acts": [devices(until, &waiting(Value::Null)), devices(until, &waiting(json!(until))), devices(until, &json!([]))]},
        "POST Account/Devices/Approve": {"until": until},
        "GET Account/Refused": refused
    });
    open(&stage, &answers);
    stage.browser.press("Approve");
    stage.browser.read("Sign in on the TV again within the next");
    stage.next_act();
    stage.browser.read("Living room TV is signed in.");
    stage.browser.lacks("Nothing is waiting yet");
    stage.browser.wait("the focus", "document.activeElement.textContent.startsWith('Living room TV')");
    // What a device did not say leaves no dot behind.
    let lines =
        stage.browser.run("return all('.jwd-hint').map(one => one.textContent).filter(one => / · $| ·  · /.test(one))");
    assert_eq!(lines, json!([]));
    stage.nothing_was_wrong();
}

#[test]
fn a_word_is_shown_large() {
    let Some(stage) = stage("a_word_is_shown_large", "") else { return };
    let until = jellyward::clock::Clock::now(&*stage.clock) + 600;
    let answers = json!({"GET Account/Devices": devices(0, &json!([])), "GET Account/Refused": {"events": []}, "POST Account/Tv/Word": {"word": "abcd2345", "expiresAt": until}});
    open(&stage, &answers);
    stage.browser.press("Show me a word");
    stage.browser.read("abcd2345");
    stage.browser.resize(320, 568);
    stage.fits();
    stage.browser.resize(1280, 800);
    stage.picture("account-tv-word");
    stage.nothing_was_wrong();
}

#[test]
fn quick_connect_shows_who_asks_before_yes() {
    let Some(stage) = stage("quick_connect_shows_who_asks_before_yes", "/jf") else { return };
    let asker = json!({"app": "Android TV", "version": "0.18", "deviceName": HOSTILE, "address": "192.0.2.9", "at": 1_700_000_000});
    let unknown = json!({"status": 404, "body": {"code": "unknown_code"}});
    let answers = json!({
        "GET Account/Devices": devices(0, &json!([])), "GET Account/Refused": {"events": []},
        "POST Account/QuickConnect/Look": [unknown, asker],
        "POST /jf/QuickConnect/Authorize?code=123456": {"status": 200, "body": true}
    });
    open(&stage, &answers);
    stage.browser.type_into(".jwd-code", "000 000");
    stage.browser.press("Who is asking?");
    stage.browser.read("No device shows this code.");
    stage.browser.type_into(".jwd-code", "123 456");
    stage.browser.press("Who is asking?");
    stage.browser.read("This device wants to be signed in as you:");
    stage.browser.read("TV <b> kcatta");
    stage.picture("account-tv-quick-connect");
    stage.browser.press("Yes, sign it in");
    stage.browser.read("Done. The TV signs in by itself.");
    stage.nothing_was_wrong();
}

#[test]
fn down_stays_in_its_column() {
    let Some(stage) = stage("down_stays_in_its_column", "") else { return };
    let answers = json!({"GET Account/Devices": devices(0, &json!([])), "GET Account/Refused": {"events": []}});
    open(&stage, &answers);
    stage.browser.run("button('Show me a word').focus()");
    stage.browser.keys(DOWN);
    stage.browser.wait("the next in the column", "document.activeElement.textContent === 'I am signing in a TV now'");
    stage.nothing_was_wrong();
}

#[test]
fn a_remote_control_is_enough() {
    let Some(stage) = stage("a_remote_control_is_enough", "") else { return };
    let answers = json!({"GET Account/AppPasswords": {"allowed": true, "items": []}, "POST Account/AppPasswords/Create": {"id": 1, "password": "abcd-efgh"}});
    stage.sign_in("alice");
    stage.browser.type_into(".jwd-overlay input", &stage.code("alice"));
    stage.is_home("alice");
    stage.pretend(&answers);
    stage.open("/Jellyward/");
    stage.browser.read("Signed in as alice");
    let focused =
        |what: &str| stage.browser.wait(what, &format!("document.activeElement.textContent === {}", json!(what)));
    // From the title to the menu, down to the app passwords, over to their button.
    stage.browser.run("find('.jwd-menu a').focus()");
    stage.browser.keys(&format!("{DOWN}{DOWN}{DOWN}"));
    focused("App passwords");
    let ring =
        "[getComputedStyle(document.activeElement)].map(style => style.outlineStyle + ' ' + style.outlineWidth)[0]";
    stage.browser.comes_to(ring, "solid 2px");
    stage.browser.keys(ENTER);
    stage.browser.read("You have no app passwords.");
    stage.browser.run("find('.jwd-menu a').focus()");
    stage.browser.keys(RIGHT);
    focused("Make an app password");
    stage.browser.keys(ENTER);
    stage.browser.see("form select");
    stage.browser.wait("the name", "document.activeElement.tagName === 'INPUT'");
    // A name, past the choice, the tick by Enter, and the button.
    stage.browser.keys(&format!("TV{DOWN}"));
    stage.browser.wait("the choice", "document.activeElement.tagName === 'SELECT'");
    // It changes only once it was opened, and lets go again.
    stage.browser.keys(&format!("{ENTER}{DOWN}{DOWN}{ENTER}"));
    stage.browser.wait("90 days", "document.activeElement.value === '90'");
    stage.browser.keys(DOWN);
    stage.browser.wait("the tick", "document.activeElement.type === 'checkbox'");
    stage.browser.keys(UP);
    stage.browser.wait("the choice, unchanged", "document.activeElement.value === '90'");
    stage.browser.keys(&format!("{ENTER}{UP}{UP}{ENTER}{DOWN}"));
    stage.browser.keys(ENTER);
    stage.browser.wait("the tick", "document.activeElement.checked === true");
    stage.browser.keys(DOWN);
    focused("Make it");
    stage.browser.keys(ENTER);
    stage.browser.read("abcd-efgh");
    assert_eq!(stage.asked("POST Account/AppPasswords/Create"), [json!({"name": "TV", "binds": true})]);
    stage.nothing_was_wrong();
}
