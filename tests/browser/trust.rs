//! The box under which a browser is trusted. The demo speaks plain http, where the owner has to allow that.

use serde_json::{Value, json};

use super::driver::{Browser, ENTER, UP};
use super::stage::{Stage, stage};

const CODE: &str = ".jwd-code";
const BOX: &str = "#jwd-trust";

#[test]
fn a_ticked_box_spares_the_code_next_time_and_only_in_this_browser() {
    let Some(mut stage) = stage("a_ticked_box_spares_the_code_next_time_and_only_in_this_browser", "/jf") else {
        return;
    };
    stage.settle(&json!({"trust.plain_http": true}));
    stage.sign_in("alice");
    stage.browser.read("Trust this browser for 30 days");
    // Nobody ticks it but its user.
    stage.browser.comes_to(&format!("find('{BOX}').checked"), false);
    stage.picture("challenge-trust");
    stage.fits();
    stage.browser.click(BOX);
    stage.browser.type_into(CODE, &stage.code("alice"));
    stage.is_home("alice");
    for _ in 0..2 {
        // The second time it is the value from the first that counts.
        stage.sign_out();
        stage.clock.advance(90);
        stage.sign_in("alice");
        stage.is_home("alice");
    }
    // No script reads it.
    stage.browser.comes_to("document.cookie", "");
    // The stand-alone page asks as little.
    stage.sign_out();
    stage.open("/Jellyward/Login");
    stage.sign_in_alone("alice");
    stage.is_home("alice");
    stage.nothing_was_wrong();

    let first = stage.take_another_browser();
    stage.sign_in("alice");
    stage.browser.see(CODE);
    // Unticked, with a code: signed in, and asked again.
    stage.browser.type_into(CODE, &stage.code("alice"));
    stage.is_home("alice");
    stage.sign_out();
    stage.sign_in("alice");
    stage.browser.see(BOX);
    stage.nothing_was_wrong();
    drop(first);
}

/// Signs alice in with a code and the box ticked.
fn trust(stage: &Stage) {
    stage.sign_in("alice");
    stage.browser.click(BOX);
    stage.browser.type_into(CODE, &stage.code("alice"));
    stage.is_home("alice");
    stage.clock.advance(90);
}

/// The page forgets alice's session, if she still has one, and she types her password once more.
fn again(stage: &Stage, password: &str) {
    stage.browser.run("localStorage.removeItem('jellyfin_credentials')");
    stage.clock.advance(90);
    stage.open("/web/");
    stage.browser.type_into("#txtManualName", "alice");
    stage.browser.type_into("#txtManualPassword", password);
    stage.browser.click(".button-submit");
}

/// Two profiles that alice trusts: the one in front, and the other.
fn two_trusted(stage: &mut Stage) -> Browser {
    stage.settle(&json!({"trust.plain_http": true}));
    trust(stage);
    let other = stage.take_another_browser();
    trust(stage);
    other
}

/// The other of the two profiles comes in front.
fn change_places(stage: &mut Stage, other: &mut Browser) {
    std::mem::swap(&mut stage.browser, other);
}

#[test]
fn one_browser_is_forgotten_and_the_other_stays() {
    let Some(mut stage) = stage("one_browser_is_forgotten_and_the_other_stays", "/jf") else { return };
    let mut other = two_trusted(&mut stage);
    // From here the other one: the row that is not this one.
    stage.open("/Jellyward/#browsers");
    stage.browser.read("Forget all browsers");
    let rows = "all('.jwd-row').filter(one => one.textContent.includes('Trusted since'))";
    stage.browser.comes_to(&format!("{rows}.length"), 2);
    stage
        .browser
        .run(&format!("{rows}.find(one => !one.textContent.includes('This one')).querySelector('button').click()"));
    stage.browser.read("Forgotten. The second factor is asked for there again.");
    again(&stage, "alice-demo");
    stage.is_home("alice");
    stage.nothing_was_wrong();
    change_places(&mut stage, &mut other);
    again(&stage, "alice-demo");
    stage.browser.see(CODE);
    // Trusted anew, and forgotten where it is.
    stage.browser.click(BOX);
    stage.browser.type_into(CODE, &stage.code("alice"));
    stage.is_home("alice");
    stage.open("/Jellyward/#browsers");
    stage.browser.wait("two again", &format!("{rows}.length === 2"));
    stage
        .browser
        .run(&format!("{rows}.find(one => one.textContent.includes('This one')).querySelector('button').click()"));
    stage.browser.read("Forgotten.");
    stage.browser.wait("one left, another", &format!("{rows}.length === 1 && !text().includes('This one')"));
    again(&stage, "alice-demo");
    stage.browser.see(CODE);
    stage.nothing_was_wrong();
    change_places(&mut stage, &mut other);
    again(&stage, "alice-demo");
    stage.is_home("alice");
    stage.nothing_was_wrong();
}

/// The browser's cookie of trust, as its own tools would copy it; no script reads it.
fn cookie(stage: &Stage) -> Value {
    let kept = stage.browser.command("Network.getCookies", json!({"urls": [stage.demo.address()]}));
    let cookies = kept["cookies"].as_array().unwrap();
    let is_trust = |one: &&Value| one["name"].as_str().unwrap().contains("jellyward-trust-");
    let found: Vec<Value> = cookies.iter().filter(is_trust).cloned().collect();
    assert_eq!(found.len(), 1, "{kept}");
    assert_eq!((&found[0]["httpOnly"], &found[0]["sameSite"]), (&json!(true), &json!("Lax")));
    found[0].clone()
}

#[test]
fn a_stolen_cookie_ends_the_trust_it_was_stolen_from() {
    let Some(mut stage) = stage("a_stolen_cookie_ends_the_trust_it_was_stolen_from", "/jf") else { return };
    stage.settle(&json!({"trust.plain_http": true}));
    trust(&stage);
    let stolen = cookie(&stage);
    again(&stage, "alice-demo");
    stage.is_home("alice");
    assert_ne!(cookie(&stage)["value"], stolen["value"], "each use brings another value");
    // Who has the old one, and the password, is asked for the code, once the overlap is over.
    let mut owners = stage.take_another_browser();
    let set = json!({"url": stage.demo.address(), "name": stolen["name"], "value": stolen["value"], "path": stolen["path"], "httpOnly": true});
    assert_eq!(stage.browser.command("Network.setCookie", set)["success"], true);
    stage.clock.advance(90);
    stage.sign_in("alice");
    stage.browser.see(CODE);
    stage.nothing_was_wrong();
    // So is she: nobody knows which of the two is hers.
    change_places(&mut stage, &mut owners);
    again(&stage, "alice-demo");
    stage.browser.see(CODE);
    stage.browser.type_into(CODE, &stage.code("alice"));
    stage.is_home("alice");
    stage.open("/Jellyward/#tv");
    stage.browser.read("an outdated mark of it came back");
    stage.nothing_was_wrong();
}

#[test]
fn a_new_password_ends_the_trust_in_both_browsers() {
    let Some(mut stage) = stage("a_new_password_ends_the_trust_in_both_browsers", "") else { return };
    let mut other = two_trusted(&mut stage);
    let changed = stage.browser.run(
        "var server = JSON.parse(localStorage.getItem('jellyfin_credentials')).Servers[0];
         return fetch('../Users/Password', {method: 'POST', body: JSON.stringify({CurrentPw: 'alice-demo', NewPw: 'another'}),
            headers: {'Content-Type': 'application/json', Authorization: 'MediaBrowser Token=\"' + server.AccessToken + '\"'}}).then(answer => answer.status)",
    );
    assert_eq!(changed, 204);
    for _ in 0..2 {
        again(&stage, "another");
        stage.browser.see(CODE);
        stage.nothing_was_wrong();
        change_places(&mut stage, &mut other);
    }
}

#[test]
fn a_lost_phone_ends_the_trust_in_both_browsers() {
    let Some(mut stage) = stage("a_lost_phone_ends_the_trust_in_both_browsers", "") else { return };
    let mut other = two_trusted(&mut stage);
    stage.open("/Jellyward/#lost-phone");
    stage.browser.press("End everything");
    let codes = stage.demo.host().recovery_codes("alice");
    stage.browser.type_into(".jwd-overlay input", &codes[0]);
    stage.browser.press("End everything");
    stage.browser.read("2 browsers are no longer trusted.");
    // She comes back by a recovery code and a new phone.
    stage.come_back("alice", &codes[1]);
    stage.keep_recovery_codes();
    stage.browser.read("Signed in as alice");
    for _ in 0..2 {
        again(&stage, "alice-demo");
        stage.browser.see(CODE);
        stage.nothing_was_wrong();
        change_places(&mut stage, &mut other);
    }
}

#[test]
fn the_box_is_ticked_by_keyboard_and_stays_ticked() {
    let Some(stage) = stage("the_box_is_ticked_by_keyboard_and_stays_ticked", "") else { return };
    stage.settle(&json!({"trust.plain_http": true}));
    stage.open("/Jellyward/Login");
    stage.sign_in_alone("alice");
    stage.browser.see(CODE);
    // The field has the focus; the box stands before it.
    stage.browser.keys(&format!("{UP} "));
    stage.browser.wait("a tick", &format!("find('{BOX}').checked"));
    stage.browser.type_into(CODE, &stage.wrong_code("alice"));
    stage.browser.read("4 tries left");
    stage.browser.press("Use a recovery code");
    let codes = stage.demo.host().recovery_codes("alice");
    stage.browser.type_into(".jwd-recovery", &codes[0]);
    stage.is_home("alice");
    stage.sign_out();
    stage.sign_in("alice");
    stage.is_home("alice");
    stage.nothing_was_wrong();
}

#[test]
fn a_remote_control_ticks_the_box_in_the_overlay() {
    let Some(stage) = stage("a_remote_control_ticks_the_box_in_the_overlay", "") else { return };
    stage.settle(&json!({"trust.plain_http": true}));
    stage.sign_in("alice");
    stage.browser.see(CODE);
    stage.browser.keys(&format!("{UP}{ENTER}"));
    stage.browser.wait("a tick", &format!("find('{BOX}').checked"));
    stage.browser.keys(ENTER);
    stage.browser.wait("none", &format!("!find('{BOX}').checked"));
    stage.nothing_was_wrong();
}

#[test]
fn there_is_no_box_where_nothing_can_be_trusted() {
    let Some(stage) = stage("there_is_no_box_where_nothing_can_be_trusted", "") else { return };
    stage.sign_in("alice");
    stage.browser.see(CODE);
    stage.browser.comes_to(&format!("find('{BOX}')"), json!(null));
    stage.nothing_was_wrong();
}
