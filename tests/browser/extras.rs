//! What the second script does in Jellyfin's own pages: the row, the passkey button, the question after a stopped call.

use serde_json::{Value, json};

use super::stage::{Stage, stage};

const ROW: &str = "#myPreferencesMenuPage .jwd-account-row";

fn sign_in(stage: &Stage) {
    stage.sign_in("alice");
    stage.browser.type_into(".jwd-overlay input", &stage.code("alice"));
    stage.is_home("alice");
}

#[test]
fn a_row_in_the_preferences_leads_to_the_account_page() {
    let Some(stage) = stage("a_row_in_the_preferences_leads_to_the_account_page", "/jf") else { return };
    sign_in(&stage);
    for _ in 0..2 {
        // The page is drawn anew, and the row is there again, once, beside its neighbour.
        stage.browser.run("location.hash = '#/mypreferencesmenu'");
        stage.browser.see(ROW);
        stage.browser.comes_to(
            "all('#myPreferencesMenuPage a').map(one => one.textContent)
                .concat(all('#myPreferencesMenuPage a')[2].style.display)",
            json!(["Profile", "Quick Connect", "Two-factor and devices", "block"]),
        );
        stage.browser.run("location.hash = '#/home'");
        stage.is_home("alice");
    }
    stage.browser.run("location.hash = '#/mypreferencesmenu'");
    stage.browser.click(ROW);
    stage.browser.read("Signed in as alice");
    assert!(stage.browser.address().ends_with("/jf/Jellyward/"));
    stage.nothing_was_wrong();
}

/// Calls of Jellyfin's own that the engine stops once, for want of a fresh proof; `window.answered` tells how it ended.
const STOPPED: &str = "
    var native = window.fetch;
    window.times = 0;
    window.fetch = function (input, init) {
        if (!/Users.Password/.test(input && input.url || input)) { return native.apply(window, arguments); }
        window.times += 1;
        if (window.times > 1) { return Promise.resolve(new Response(null, {status: 204})); }
        var body = JSON.stringify({code: 'step_up', proofs: ['totp', 'recovery']});
        var stopped = new Response(body, {status: 403, headers: {'X-Jellyward': 'step-up'}});
        Object.defineProperty(stopped, 'url', {value: new URL(input && input.url || input, location.href).href});
        return Promise.resolve(stopped);
    };";

#[test]
fn a_stopped_fetch_asks_and_is_made_again() {
    let Some(stage) = stage("a_stopped_fetch_asks_and_is_made_again", "") else { return };
    stage.browser.command("Page.addScriptToEvaluateOnNewDocument", json!({"source": STOPPED}));
    sign_in(&stage);
    let forms = [
        "fetch('/Users/Password', {method: 'POST', body: '{}'})",
        "fetch(new Request('/Users/Password', {method: 'POST', body: '{}'}))",
    ];
    for form in forms {
        stage.clock.advance(30);
        stage.browser.run(&format!(
            "window.times = 0; window.answered = 0; {form}.then(response => {{ window.answered = response.status; }})"
        ));
        stage.browser.read("the server wants to know that it is really you");
        stage.picture("step-up");
        stage.browser.type_into(".jwd-overlay input", &stage.code("alice"));
        stage.browser.press("Continue");
        stage.browser.wait("the second try", "window.answered === 204");
        stage.browser.comes_to("window.times", 2);
    }
    // Whoever gives no proof sees what the server said.
    stage.browser.run("window.times = 0; window.answered = 0; fetch('/Users/Password', {method: 'POST', body: '{}'}).then(response => { window.answered = response.status; })");
    stage.browser.press("Cancel");
    stage.browser.wait("the refusal", "window.answered === 403");
    stage.nothing_was_wrong();
}

#[test]
fn the_passkey_button_stands_where_it_works_only() {
    let Some(stage) = stage("the_passkey_button_stands_where_it_works_only", "") else { return };
    stage.pretend(&json!({"GET Passkey/Offer": {"signIn": true}, "POST Passkey/Start": {"status": 503, "body": {"code": "unavailable"}}}));
    stage.open("/web/");
    stage.browser.press("Sign in with a passkey");
    stage.browser.read("Jellyward cannot read its store.");
    stage.browser.comes_to("find('#txtManualName').getAttribute('autocomplete')", "username webauthn");
    stage.picture("jellyfin-login-passkey");
    stage.open("/Jellyward/Login");
    stage.browser.press("Sign in with a passkey");
    stage.browser.read("Jellyward cannot read its store.");
    // A browser that has none offers none, and says why.
    stage
        .browser
        .command("Page.addScriptToEvaluateOnNewDocument", json!({"source": "delete window.PublicKeyCredential"}));
    stage.open("/Jellyward/Login");
    stage.browser.see("input[name=username]");
    stage.browser.read("Why can't I use a passkey here?");
    stage.browser.comes_to("button('Sign in with a passkey')", Value::Null);
    stage.open("/web/");
    stage.browser.see("#txtManualName");
    // It is looked for in one go with the button, and after it.
    stage.drew_after("Reset/Offer");
    stage.browser.comes_to("button('Sign in with a passkey')", Value::Null);
    stage.nothing_was_wrong();
}

/// The real client's own column below its form and its tiles; and one of the two answers comes late.
const COLUMN: &str = r#"
    document.addEventListener('DOMContentLoaded', () => document.querySelector('#loginPage').insertAdjacentHTML('beforeend',
        '<div class="visualLoginForm">tiles</div><div class="readOnlyContent" style="margin: .5em auto 1em;">' +
        '<button class="btnManual">Manual Login</button> <button class="btnQuick">Use Quick Connect</button> ' +
        '<button class="btnForgotPassword">Forgot Password</button></div>'));
    var native = window.fetch;
    window.fetch = function (input) {
        var late = /LATE/.test(input && input.url || input);
        return native.apply(window, arguments).then(answer => new Promise(go => setTimeout(() => go(answer), late ? 600 : 0)));
    };"#;

#[test]
fn our_ways_in_stand_in_the_clients_own_column() {
    let Some(stage) = stage("our_ways_in_stand_in_the_clients_own_column", "") else { return };
    let below = "['Sign in with a passkey', 'Forgot password?'].map(one => button(one).getBoundingClientRect().top)";
    stage.pretend(
        &json!({"GET Passkey/Offer": {"signIn": true}, "GET Reset/Offer": {"offered": true, "hideStockLink": false}}),
    );
    let mut script = json!(null);
    for late in [None, Some("Passkey.Offer"), Some("Reset.Offer")] {
        if !script.is_null() {
            stage
                .browser
                .command("Page.removeScriptToEvaluateOnNewDocument", json!({"identifier": script["identifier"]}));
        }
        if let Some(late) = late {
            let source = COLUMN.replace("LATE", late);
            script = stage.browser.command("Page.addScriptToEvaluateOnNewDocument", json!({"source": source}));
        }
        stage.open("/web/");
        stage.browser.wait("both", "button('Sign in with a passkey') && button('Forgot password?')");
        if late.is_some() {
            let column =
                "Array.from(find('.readOnlyContent').querySelectorAll('button, a')).map(one => one.textContent)";
            let ways =
                ["Manual Login", "Use Quick Connect", "Sign in with a passkey", "Forgot password?", "Forgot Password"];
            stage.browser.comes_to(column, json!(ways));
        }
        // Where the client has no such column, below its form; in the same order.
        let ordered = format!(
            "[{below}].every(at => at[0] < at[1] && at[0] > find('.button-submit').getBoundingClientRect().top)"
        );
        stage.browser.comes_to(&ordered, true);
    }
    stage.nothing_was_wrong();
}

#[test]
fn a_failing_second_script_takes_nothing_with_it() {
    let Some(stage) = stage("a_failing_second_script_takes_nothing_with_it", "") else { return };
    stage.browser.command("Network.enable", json!({}));
    stage.browser.command("Network.setBlockedURLs", json!({"urls": ["*/extras.js"]}));
    sign_in(&stage);
    stage.browser.run("location.hash = '#/mypreferencesmenu'");
    stage.browser.see("#myPreferencesMenuPage a");
    stage.a_moment();
    stage.browser.comes_to("all('.jwd-account-row').length", 0);
}

#[test]
fn a_stopped_request_of_the_old_kind_is_proven_and_left_to_the_person() {
    let Some(stage) = stage("a_stopped_request_of_the_old_kind_is_proven_and_left_to_the_person", "") else { return };
    let stopped = "var kind = XMLHttpRequest.prototype, native = Object.getOwnPropertyDescriptor(kind, 'status').get, header = kind.getResponseHeader;
        Object.defineProperty(kind, 'status', {get() { return /Plugins.stopped/.test(this.responseURL) ? 403 : native.call(this); }});
        kind.getResponseHeader = function (name) { return /Plugins.stopped/.test(this.responseURL) && name === 'X-Jellyward' ? 'step-up' : header.call(this, name); };";
    stage.browser.command("Page.addScriptToEvaluateOnNewDocument", json!({"source": stopped}));
    stage.pretend(&json!({"GET Account": {"merge": {"proofs": ["totp", "recovery"]}}}));
    sign_in(&stage);
    stage.clock.advance(30);
    stage
        .browser
        .run("var request = new XMLHttpRequest(); request.open('POST', '/Plugins/stopped'); request.send('{}')");
    stage.browser.read("the server wants to know that it is really you");
    stage.browser.type_into(".jwd-overlay input", &stage.code("alice"));
    stage.browser.press("Continue");
    stage.browser.read("make the change once more");
    stage.browser.press("Close");
    stage.browser.wait("the page", "all('.jwd-overlay-host').length === 0");
    stage.nothing_was_wrong();
}
