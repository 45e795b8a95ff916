//! The challenge in Jellyfin's own web client.

use serde_json::json;

use super::driver::{DOWN, ENTER, ESCAPE, TAB};
use super::stage::{Stage, stage};

const FIELD: &str = ".jwd-overlay input";

#[test]
fn a_code_signs_in_and_the_client_keeps_the_session_itself() {
    let Some(stage) = stage("a_code_signs_in_and_the_client_keeps_the_session_itself", "") else { return };
    let devices = stage.demo.host().devices();
    stage.sign_in("alice");
    stage.browser.see(FIELD);
    stage.picture("challenge");
    assert_eq!(stage.demo.host().devices(), devices, "no session exists before the last factor");
    // Sent by itself at full length.
    stage.browser.type_into(FIELD, &stage.code("alice"));
    stage.is_home("alice");
    assert_eq!(stage.demo.host().devices(), devices + 1);
    stage.open("/web/");
    stage.is_home("alice");
    stage.nothing_was_wrong();
}

#[test]
fn nobody_is_asked_who_has_no_factor() {
    let Some(stage) = stage("nobody_is_asked_who_has_no_factor", "") else { return };
    stage.sign_in("bob");
    stage.is_home("bob");
    stage.nothing_was_wrong();
}

#[test]
fn a_wrong_code_is_told_and_the_right_one_still_works() {
    let Some(stage) = stage("a_wrong_code_is_told_and_the_right_one_still_works", "") else { return };
    stage.sign_in("alice");
    stage.browser.type_into(FIELD, &stage.wrong_code("alice"));
    stage.browser.read("That code is wrong. 4 tries left.");
    stage.picture("challenge-wrong-code");
    // As pasted from an app that groups its digits.
    let code = stage.code("alice");
    stage.browser.type_into(FIELD, &format!("{} {}", &code[..3], &code[3..]));
    stage.is_home("alice");
    stage.nothing_was_wrong();
}

#[test]
fn five_wrong_codes_end_the_challenge() {
    let Some(stage) = stage("five_wrong_codes_end_the_challenge", "") else { return };
    stage.sign_in("alice");
    for left in (1..5).rev() {
        stage.browser.type_into(FIELD, &stage.wrong_code("alice"));
        stage.browser.read(if left == 1 { "One try left." } else { "tries left." });
        stage.browser.wait("an empty field", &format!("find('{FIELD}').value === ''"));
    }
    stage.browser.type_into(FIELD, &stage.wrong_code("alice"));
    stage.browser.press("Start again");
    stage.browser.read("You are not signed in.");
    stage.nothing_was_wrong();
}

/// Spends what one challenge takes before codes have to wait.
fn guess_too_often(stage: &Stage) {
    stage.settle(&json!({"limits.wrong_codes_per_hour": 3}));
    stage.sign_in("alice");
    for _ in 0..3 {
        stage.browser.type_into(FIELD, &stage.wrong_code("alice"));
        stage.browser.read("left.");
        stage.browser.wait("an empty field", &format!("find('{FIELD}').value === ''"));
    }
    stage.browser.type_into(FIELD, &stage.code("alice"));
    stage.browser.read(ONLY_RECOVERY);
}

const ONLY_RECOVERY: &str = "only a recovery code works";

#[test]
fn too_many_wrong_codes_leave_the_recovery_code() {
    let Some(stage) = stage("too_many_wrong_codes_leave_the_recovery_code", "") else { return };
    let codes = stage.demo.host().recovery_codes("alice");
    guess_too_often(&stage);
    // Said once, and the way on has the focus.
    stage.browser.comes_to(
        "[text().split('Too many wrong codes').length - 1, find('.jwd-overlay [type=submit]').disabled,
          find('.jwd-overlay input').disabled, roots.map(root => root.activeElement).pop().textContent]",
        json!([1, true, true, "Use a recovery code"]),
    );
    stage.fits();
    stage.picture("challenge-wait");
    stage.browser.press("Use a recovery code");
    stage.browser.read("Each works once.");
    stage.browser.lacks("Too many");
    // Back and forth, the codes still wait.
    stage.browser.press("Use the authenticator app");
    stage.browser.read(ONLY_RECOVERY);
    stage.browser.press("Use a recovery code");
    stage.browser.type_into(FIELD, &codes[0]);
    stage.is_home("alice");
    stage.nothing_was_wrong();
}

#[test]
fn a_fresh_sign_in_says_why_only_a_recovery_code_is_asked_for() {
    let Some(stage) = stage("a_fresh_sign_in_says_why_only_a_recovery_code_is_asked_for", "") else { return };
    let codes = stage.demo.host().recovery_codes("alice");
    guess_too_often(&stage);
    stage.sign_in("alice");
    stage.browser.see(".jwd-overlay .jwd-recovery");
    stage.browser.read(ONLY_RECOVERY);
    stage.fits();
    stage.browser.type_into(FIELD, &codes[0]);
    stage.is_home("alice");
    stage.nothing_was_wrong();
}

#[test]
fn every_other_way_is_offered_at_once() {
    let Some(stage) = stage("every_other_way_is_offered_at_once", "") else { return };
    let more = "var native = window.fetch;
        window.fetch = function (input) {
            return native.apply(window, arguments).then(response => /authenticatebyname/i.test(input.url || input) ?
                response.json().then(told => {
                    told.jellyward.methods = ['totp', 'recovery', 'email'];
                    told.jellyward.email = 'a•••@e•••.org';
                    return new Response(JSON.stringify(told), {status: 200});
                }) : response);
        };";
    stage.browser.command("Page.addScriptToEvaluateOnNewDocument", json!({"source": more}));
    stage.sign_in("alice");
    stage.browser.see(FIELD);
    let ways = "all('.jwd-overlay .jwd-others button').filter(shown).map(one => one.textContent)";
    let primary = "all('.jwd-overlay .jwd-primary').filter(shown).length";
    stage.browser.read("Try another way");
    stage.browser.comes_to(ways, json!(["Get a code by mail", "Use a recovery code"]));
    stage.browser.lacks("Server time");
    stage.picture("challenge-other-ways");
    stage.browser.press("Get a code by mail");
    stage.browser.read("Send the code");
    stage
        .browser
        .comes_to(&format!("[{ways}, {primary}]"), json!([["Use the authenticator app", "Use a recovery code"], 1]));
    stage.nothing_was_wrong();
}

#[test]
fn a_used_code_is_told_apart_from_a_wrong_one() {
    let Some(stage) = stage("a_used_code_is_told_apart_from_a_wrong_one", "") else { return };
    let code = stage.code("alice");
    stage.sign_in("alice");
    stage.browser.type_into(FIELD, &code);
    stage.is_home("alice");
    stage.sign_out();
    stage.sign_in("alice");
    stage.browser.type_into(FIELD, &code);
    stage.browser.read("That code has been used already. Wait for the next one.");
    stage.browser.read("The next code comes in");
    stage.clock.advance(30);
    stage.browser.type_into(FIELD, &stage.code("alice"));
    stage.is_home("alice");
    stage.nothing_was_wrong();
}

#[test]
fn a_recovery_code_works_once_and_not_twice() {
    let Some(stage) = stage("a_recovery_code_works_once_and_not_twice", "") else { return };
    let codes = stage.demo.host().recovery_codes("alice");
    stage.sign_in("alice");
    stage.browser.press("Use a recovery code");
    stage.picture("challenge-recovery");
    // Letter case and separators do not matter.
    stage.browser.type_into(FIELD, &codes[0].to_uppercase().replace('-', " "));
    stage.is_home("alice");
    stage.sign_out();
    stage.sign_in("alice");
    stage.browser.press("Use a recovery code");
    stage.browser.type_into(FIELD, &codes[0]);
    stage.browser.read("That code is wrong.");
    stage.browser.type_into(FIELD, &codes[1]);
    stage.is_home("alice");
    stage.nothing_was_wrong();
}

#[test]
fn cancelling_is_not_called_a_wrong_password() {
    let Some(stage) = stage("cancelling_is_not_called_a_wrong_password", "") else { return };
    for leave in ["press", "escape"] {
        stage.sign_in("alice");
        stage.browser.see(FIELD);
        if leave == "press" {
            stage.browser.press("Cancel")
        } else {
            stage.browser.keys(ESCAPE)
        }
        stage.browser.read("Sign-in cancelled.");
        stage.browser.lacks("Invalid username");
        stage.browser.comes_to("document.querySelectorAll('.jwd-overlay-host').length", 0);
    }
    stage.nothing_was_wrong();
}

#[test]
fn a_session_that_jellyfin_refuses_is_tried_again_with_the_same_code() {
    let Some(stage) = stage("a_session_that_jellyfin_refuses_is_tried_again_with_the_same_code", "") else { return };
    stage.sign_in("alice");
    stage.demo.host().refuse_mints(Some("too many sessions"));
    stage.browser.type_into(FIELD, &stage.code("alice"));
    stage.browser.read("The code was right, but the server did not open a session.");
    stage.demo.host().refuse_mints(None);
    stage.browser.press("Try again");
    stage.is_home("alice");
}

#[test]
fn the_keyboard_alone_is_enough() {
    let Some(stage) = stage("the_keyboard_alone_is_enough", "") else { return };
    let codes = stage.demo.host().recovery_codes("alice");
    stage.open("/web/");
    stage.browser.wait("the focus", "document.activeElement.id === 'txtManualName'");
    stage.browser.keys(&format!("alice{TAB}alice-demo{ENTER}"));
    stage.browser.see(FIELD);
    let focus = "roots.map(root => root.activeElement).pop()";
    stage.browser.wait("the focus in the field", &format!("({focus}).tagName === 'INPUT'"));
    // Sign in, Cancel, Use a recovery code; and the remote control's arrows go the same way as Tab.
    stage.browser.keys(&format!("{TAB}{TAB}{DOWN}"));
    stage.browser.wait("the focus on the switch", &format!("({focus}).textContent === 'Use a recovery code'"));
    // Once around: the focus stays in the dialog.
    stage.browser.keys(&format!("{TAB}{TAB}{DOWN}{ENTER}"));
    stage.browser.wait("the other method", "text().includes('Each works once')");
    stage.browser.wait("the focus in its field", &format!("({focus}).matches('input.jwd-recovery')"));
    stage.browser.keys(&codes[0]);
    stage.is_home("alice");
    stage.nothing_was_wrong();
}

#[test]
fn a_screen_reader_is_told_what_this_is() {
    let Some(stage) = stage("a_screen_reader_is_told_what_this_is", "") else { return };
    stage.sign_in("alice");
    stage.browser.see(FIELD);
    stage.browser.comes_to(
        "(() => { var dialog = find('[role=dialog]'), input = find('.jwd-overlay input'), root = dialog.getRootNode();
         return [dialog.getAttribute('aria-modal'), root.getElementById(dialog.getAttribute('aria-labelledby')).textContent,
                 root.querySelector('label[for=' + input.id + ']').textContent, input.autocomplete, input.inputMode,
                 all('.jwd-overlay [role=alert]').length] })()",
        json!(["true", "One more step", "Code", "one-time-code", "numeric", 1]),
    );
}

#[test]
fn clocks_that_disagree_are_mentioned() {
    let Some(stage) = stage("clocks_that_disagree_are_mentioned", "") else { return };
    stage.clock.advance(-600);
    stage.sign_in("alice");
    stage.browser.read("This device's clock and the server's differ by");
    stage.browser.read("Server time");
}

#[test]
fn a_browser_without_fetch_gets_it_wrapped_when_the_client_brings_one() {
    let Some(stage) = stage("a_browser_without_fetch_gets_it_wrapped_when_the_client_brings_one", "") else { return };
    let without = "(function () {
        var native = window.fetch;
        delete window.fetch;
        window.hadFetch = typeof window.fetch;
        document.addEventListener('readystatechange', function () { if (!window.fetch) { window.fetch = native.bind(window); } });
    }())";
    stage.browser.command("Page.addScriptToEvaluateOnNewDocument", json!({"source": without}));
    stage.sign_in("alice");
    stage.browser.comes_to("window.hadFetch", "undefined");
    stage.browser.type_into(FIELD, &stage.code("alice"));
    stage.is_home("alice");
    stage.nothing_was_wrong();
}

#[test]
fn a_browser_without_shadow_roots_gets_the_overlay_all_the_same() {
    let Some(stage) = stage("a_browser_without_shadow_roots_gets_the_overlay_all_the_same", "") else { return };
    let without = "delete Element.prototype.attachShadow";
    stage.browser.command("Page.addScriptToEvaluateOnNewDocument", json!({"source": without}));
    stage.sign_in("alice");
    stage.browser.see(FIELD);
    stage.fits();
    stage.browser.type_into(FIELD, &stage.code("alice"));
    stage.is_home("alice");
    stage.nothing_was_wrong();
}

#[test]
fn a_failure_of_ours_never_blocks_the_page() {
    let Some(stage) = stage("a_failure_of_ours_never_blocks_the_page", "") else { return };
    stage.browser.command("Network.enable", json!({}));
    stage.browser.command("Network.setBlockedURLs", json!({"urls": ["*/challenge.js"]}));
    stage.sign_in("alice");
    stage.browser.read("Invalid username or password. Please try again.");
    stage.sign_in("bob");
    stage.is_home("bob");
    stage.sign_out();
    stage.browser.command("Network.setBlockedURLs", json!({"urls": ["*/inject.js"]}));
    stage.sign_in("bob");
    stage.is_home("bob");
}

#[test]
fn every_form_of_the_call_is_recognised() {
    let Some(stage) = stage("every_form_of_the_call_is_recognised", "") else { return };
    stage.open("/web/");
    let authorization =
        r#"MediaBrowser Client=\"Jellyfin Web\", Device=\"Chrome\", DeviceId=\"forms\", Version=\"10.11.11\""#;
    let body = r#"JSON.stringify({Username: "alice", Pw: "alice-demo"})"#;
    let plain = format!(r#"{{"Authorization": "{authorization}", "Content-Type": "application/json"}}"#);
    let calls = [
        format!("fetch('/Users/AuthenticateByName', {{method: 'POST', headers: {plain}, body: {body}}})"),
        format!("fetch('/users/AUTHENTICATEBYNAME', {{method: 'post', headers: new Headers({plain}), body: {body}}})"),
        format!(
            "fetch(new URL('/Users/authenticatebyname?x=1', location), {{method: 'POST', headers: Object.entries({plain}), body: {body}}})"
        ),
        format!("fetch(new Request('/Users/AuthenticateByName', {{method: 'POST', headers: {plain}, body: {body}}}))"),
    ];
    for call in calls {
        stage
            .browser
            .run(&format!("window.answered = 0; {call}.then(response => {{ window.answered = response.status; }})"));
        stage.browser.see(FIELD);
        stage.browser.press("Cancel");
        stage.browser.wait(&call, "window.answered === 401");
    }
    stage.nothing_was_wrong();
}

#[test]
fn it_fits_a_small_phone_and_a_large_television() {
    let Some(stage) = stage("it_fits_a_small_phone_and_a_large_television", "") else { return };
    for (width, height) in [(320, 568), (1280, 800), (3840, 2160)] {
        stage.browser.resize(width, height);
        stage.sign_in("alice");
        stage.browser.see(FIELD);
        stage.fits();
        stage.picture(&format!("challenge-{width}"));
    }
}
