//! A factor demanded before the session may be a passkey; trust in the browser after it, and after a passkey alone; and
//! passkeys in a page that stands open for long.

use serde_json::json;

use super::passkeys::{add, named, no_list, offer, open, platform, sign_out};
use super::stage::{Stage, stage};

const CODE: &str = ".jwd-code";
const BOX: &str = "#jwd-trust";

fn enrol_by_passkey(stage: &Stage) {
    stage.browser.press("Use a passkey instead");
    stage.browser.read("Your browser asks for your finger");
    stage.browser.type_into("form input", "Laptop");
    stage.browser.press("Create the passkey");
}

#[test]
fn a_demanded_factor_may_be_a_passkey_and_the_browser_trusted() {
    let Some(stage) = stage("a_demanded_factor_may_be_a_passkey_and_the_browser_trusted", "/jf") else { return };
    no_list(&stage);
    offer(&stage);
    stage.settle(&json!({"policy.required": "everybody", "trust.plain_http": true}));
    let authenticator = stage.browser.authenticator(&platform());
    open(&stage, "/Jellyward/Login");
    stage.sign_in_alone("bob");
    stage.browser.see(".jwd-qr");
    stage.browser.read("This account needs a second factor before it can sign in.");
    stage.browser.read("2FAS");
    stage.fits();
    // One step back, not out.
    stage.browser.press("Use a passkey instead");
    stage.browser.read("Your browser asks for your finger");
    stage.browser.press("Cancel");
    stage.browser.see(".jwd-qr");
    stage.browser.press("Use a passkey instead");
    stage.browser.read("Your browser asks for your finger");
    stage.fits_phone_and_computer("set-up-passkey");
    // One that does not recognise its user may be tried again.
    stage.browser.recognise(&authenticator, false);
    stage.browser.type_into("form input", "Laptop");
    stage.browser.press("Create the passkey");
    stage.browser.read("No passkey was used.");
    stage.browser.recognise(&authenticator, true);
    stage.browser.press("Create the passkey");
    stage.browser.read("Your recovery codes");
    // Nobody ticks it but its user.
    stage.browser.comes_to(&format!("find('{BOX}').checked"), false);
    stage.fits();
    stage.picture("recovery-codes-trust");
    stage.browser.click(BOX);
    stage.keep_recovery_codes();
    stage.is_home_at(&named(&stage), "bob");
    sign_out(&stage);
    stage.clock.advance(90);
    open(&stage, "/Jellyward/Login");
    stage.sign_in_alone("bob");
    stage.is_home_at(&named(&stage), "bob");
    stage.nothing_was_wrong();
}

#[test]
fn an_untrusted_browser_is_asked_again_after_an_enrolment() {
    let Some(stage) = stage("an_untrusted_browser_is_asked_again_after_an_enrolment", "") else { return };
    stage.settle(&json!({"policy.required": "everybody", "trust.plain_http": true, "trust.administrator_days": 30}));
    for (name, ticked) in [("bob", false), ("admin", true)] {
        stage.open("/Jellyward/Login");
        stage.sign_in_alone(name);
        stage.browser.read("Set up your second factor");
        // Passkeys are not set up.
        stage.browser.comes_to("button('Use a passkey instead')", json!(null));
        stage.scan(name);
        stage.browser.type_into(CODE, &stage.code(name));
        stage.browser.see(BOX);
        if ticked {
            stage.browser.click(BOX);
        }
        stage.keep_recovery_codes();
        stage.is_home(name);
        stage.sign_out();
        stage.clock.advance(90);
        stage.sign_in(name);
        if ticked {
            stage.is_home(name);
        } else {
            stage.browser.see(CODE);
        }
    }
    stage.nothing_was_wrong();
}

#[test]
fn after_a_lost_phone_a_passkey_may_come_instead() {
    let Some(stage) = stage("after_a_lost_phone_a_passkey_may_come_instead", "") else { return };
    no_list(&stage);
    offer(&stage);
    stage.browser.authenticator(&platform());
    open(&stage, "/Jellyward/Login");
    stage.sign_in_alone("alice");
    stage.browser.type_into(CODE, &stage.code("alice"));
    stage.is_home_at(&named(&stage), "alice");
    open(&stage, "/Jellyward/#methods");
    stage.browser.press("Make new recovery codes");
    stage.browser.press("Continue");
    let codes = stage.keep_recovery_codes();
    stage.browser.press("I lost my phone");
    stage.browser.press("End everything");
    stage.browser.type_into(".jwd-overlay input", &codes[1]);
    stage.browser.press("End everything");
    stage.browser.press("Sign in again");
    stage.sign_in_alone("alice");
    stage.browser.read("one of the recovery codes you kept");
    // Without the code it is refused, and says why.
    stage.browser.press("Use a passkey instead");
    stage.browser.see(".jwd-error");
    stage.browser.type_into("form input", &codes[0]);
    // One step back, what was typed is still there.
    stage.browser.press("Use a passkey instead");
    stage.browser.press("Cancel");
    stage.browser.read("one of the recovery codes you kept");
    enrol_by_passkey(&stage);
    stage.keep_recovery_codes();
    stage.browser.read("Signed in as alice");
    stage.nothing_was_wrong();
}

#[test]
fn a_browser_may_be_trusted_with_a_passkey_alone() {
    let Some(stage) = stage("a_browser_may_be_trusted_with_a_passkey_alone", "/jf") else { return };
    no_list(&stage);
    offer(&stage);
    stage.settle(&json!({"trust.plain_http": true}));
    stage.browser.authenticator(&platform());
    add(&stage, "Laptop");
    for page in ["/web/", "/Jellyward/Login"] {
        for ticked in [false, true] {
            sign_out(&stage);
            open(&stage, page);
            stage.browser.read("With the passkey, trust this browser for up to 30 days");
            stage.fits();
            stage.picture(if page == "/web/" { "jellyfin-login-passkey-trust" } else { "login-passkey-trust" });
            if ticked {
                stage.browser.click(BOX);
            }
            stage.browser.press("Sign in with a passkey");
            stage.is_home_at(&named(&stage), "alice");
            sign_out(&stage);
            stage.clock.advance(90);
            open(&stage, "/Jellyward/Login");
            stage.sign_in_alone("alice");
            if !ticked {
                stage.browser.read("Use your passkey, or enter the code");
                stage.browser.press("Use a passkey");
            }
            stage.is_home_at(&named(&stage), "alice");
        }
        // Forgotten, for the other page to be asked anew.
        open(&stage, "/Jellyward/#browsers");
        stage.browser.press("Forget");
        stage.browser.read("You trust no browser.");
    }
    stage.nothing_was_wrong();
}

#[test]
fn a_page_that_stands_open_for_long_still_takes_the_first_passkey() {
    let Some(stage) = stage("a_page_that_stands_open_for_long_still_takes_the_first_passkey", "") else { return };
    offer(&stage);
    let authenticator = stage.browser.authenticator(&platform());
    add(&stage, "Laptop");
    let asked = "performance.getEntriesByType('resource').filter(one => /Passkey.Start$/.test(one.name)).length";
    let touched = |yes: bool| {
        let how = json!({"authenticatorId": authenticator, "enabled": yes});
        stage.browser.command("WebAuthn.setAutomaticPresenceSimulation", how)
    };
    for page in ["/Jellyward/Login", "/web/"] {
        // A virtual authenticator chooses from the list at once, as nobody would: it is not touched while the page stands.
        assert_eq!(touched(false), json!({}));
        stage.browser.run("localStorage.removeItem('jellyfin_credentials')");
        open(&stage, page);
        stage.browser.wait("the list", &format!("{asked} === 1"));
        stage.clock.advance(11 * 60);
        touched(true);
        stage.browser.run("var now = Date.now; Date.now = () => now() + 11 * 60 * 1000");
        stage.is_home_at(&named(&stage), "alice");
    }
    stage.nothing_was_wrong();
}

#[test]
fn whoever_is_shut_out_by_the_owner_is_told() {
    let Some(stage) = stage("whoever_is_shut_out_by_the_owner_is_told", "") else { return };
    stage.settle(&json!({"policy.required": "everybody"}));
    stage.sign_in("alice");
    stage.browser.see(".jwd-overlay input");
    let hindered = "var native = window.fetch;
        window.fetch = function (input) {
            return native.apply(window, arguments).then(response => /authenticatebyname/i.test(input.url || input) ?
                response.json().then(told => { told.jellyward.methods = []; told.jellyward.hindered = ['passkey']; return new Response(JSON.stringify(told), {status: 200}); }) : response);
        };";
    stage.browser.command("Page.addScriptToEvaluateOnNewDocument", json!({"source": hindered}));
    stage.sign_in("alice");
    stage.browser.read("passkeys do not work at this server now");
    stage.browser.comes_to("find('.jwd-overlay input')", json!(null));
    stage.fits();
    stage.browser.press("Cancel");
    stage.browser.read("Sign-in cancelled.");
    stage.nothing_was_wrong();
}
