//! The box under which a browser is trusted. The demo speaks plain http, where the owner has to allow that.

use serde_json::json;

use super::driver::UP;
use super::stage::stage;

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
    assert_eq!(stage.browser.run(&format!("return find('{BOX}').checked")), false, "nobody ticks it but its user");
    stage.picture("challenge-trust");
    stage.fits();
    stage.browser.click(BOX);
    stage.browser.type_into(CODE, &stage.code("alice"));
    stage.is_home("alice");
    for _ in 0..2 {
        // The second time it is the value from the first that counts.
        stage.browser.click(".btnLogout");
        stage.clock.advance(90);
        stage.sign_in("alice");
        stage.is_home("alice");
    }
    assert_eq!(stage.browser.run("return document.cookie"), "", "no script reads it");
    // The stand-alone page asks as little.
    stage.browser.click(".btnLogout");
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
    stage.browser.click(".btnLogout");
    stage.sign_in("alice");
    stage.browser.see(BOX);
    stage.nothing_was_wrong();
    drop(first);
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
    stage.browser.click(".btnLogout");
    stage.sign_in("alice");
    stage.is_home("alice");
    stage.nothing_was_wrong();
}

#[test]
fn there_is_no_box_where_nothing_can_be_trusted() {
    let Some(stage) = stage("there_is_no_box_where_nothing_can_be_trusted", "") else { return };
    stage.sign_in("alice");
    stage.browser.see(CODE);
    assert_eq!(stage.browser.run(&format!("return find('{BOX}')")), json!(null));
    stage.nothing_was_wrong();
}
