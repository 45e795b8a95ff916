//! The stand-alone sign-in, and the set-up that a sign-in may demand.

use serde_json::json;

use super::stage::{Stage, stage};

const CODE: &str = ".jwd-code";

fn set_up(stage: &Stage, name: &str) {
    stage.browser.read("Set up your second factor");
    stage.scan(name);
    stage.browser.type_into(CODE, &stage.code(name));
    stage.keep_recovery_codes();
}

#[test]
fn it_ends_signed_in_below_a_base_path() {
    let Some(stage) = stage("it_ends_signed_in_below_a_base_path", "/jf") else { return };
    for path in ["/Jellyward/Login", "/sso/2fa", "/TwoFactorAuth/Login/"] {
        stage.open(path);
        stage.sign_in_alone("alice");
        stage.browser.type_into(CODE, &stage.code("alice"));
        stage.is_home("alice");
        stage.sign_out();
        stage.clock.advance(30);
    }
    // The device is the one the web client knows: it was made before the sign-in and is used after it.
    let devices = stage.demo.host().devices();
    stage.sign_in("alice");
    stage.browser.type_into(".jwd-overlay input", &stage.code("alice"));
    stage.is_home("alice");
    assert!(stage.demo.host().devices() <= devices + 1);
    stage.nothing_was_wrong();
}

#[test]
fn a_wrong_password_and_a_wrong_code_are_told() {
    let Some(stage) = stage("a_wrong_password_and_a_wrong_code_are_told", "") else { return };
    stage.open("/Jellyward/Login");
    stage.browser.type_into("input[name=username]", "alice");
    stage.browser.type_into("input[name=password]", "wrong");
    stage.picture("login");
    stage.browser.press("Sign in");
    stage.browser.read("The name or the password is wrong, or you may not sign in now.");
    stage.browser.type_into("input[name=password]", "alice-demo");
    stage.browser.press("Sign in");
    stage.browser.type_into(CODE, &stage.wrong_code("alice"));
    stage.browser.read("4 tries left");
    stage.browser.press("Cancel");
    stage.browser.see("input[name=username]");
    stage.nothing_was_wrong();
}

#[test]
fn a_demanded_set_up_ends_signed_in() {
    let Some(stage) = stage("a_demanded_set_up_ends_signed_in", "/jf") else { return };
    stage.settle(&json!({"policy.required": "everybody"}));
    stage.sign_in("bob");
    stage.browser.read("Set up your second factor");
    stage.picture("set-up");
    assert!(stage.browser.address().ends_with("/jf/Jellyward/Login"));
    stage.scan("bob");
    stage.browser.type_into(CODE, &stage.wrong_code("bob"));
    stage.browser.read("That code is wrong.");
    stage.browser.type_into(CODE, &stage.code("bob"));
    stage.browser.read("Your recovery codes");
    stage.picture("recovery-codes");
    // Not before the codes are saved.
    stage.browser.comes_to("button('Continue')", json!(null));
    let codes = stage.keep_recovery_codes();
    stage.is_home("bob");
    // From now on bob is asked, and his recovery codes work.
    stage.sign_out();
    stage.sign_in("bob");
    stage.browser.press("Use a recovery code");
    stage.browser.type_into(".jwd-overlay input", &codes[3]);
    stage.is_home("bob");
    stage.nothing_was_wrong();
}

#[test]
fn a_demanded_set_up_begins_here_too() {
    let Some(stage) = stage("a_demanded_set_up_begins_here_too", "") else { return };
    stage.settle(&json!({"policy.required": "everybody"}));
    stage.open("/Jellyward/Login");
    stage.sign_in_alone("bob");
    set_up(&stage, "bob");
    stage.is_home("bob");
    stage.nothing_was_wrong();
}

#[test]
fn whoever_has_no_factor_is_offered_one() {
    let Some(stage) = stage("whoever_has_no_factor_is_offered_one", "") else { return };
    stage.open("/Jellyward/Login");
    stage.sign_in_alone("bob");
    stage.browser.read("Add a second factor?");
    stage.browser.press("Not now");
    stage.is_home("bob");
    stage.open("/Jellyward/Login");
    stage.sign_in_alone("bob");
    stage.browser.press("Set it up now");
    set_up(&stage, "bob");
    stage.is_home("bob");
    stage.nothing_was_wrong();
}

#[test]
fn recovery_codes_can_be_saved_and_printed() {
    let Some(stage) = stage("recovery_codes_can_be_saved_and_printed", "") else { return };
    stage.open("/Jellyward/Login");
    stage.sign_in_alone("bob");
    stage.browser.press("Set it up now");
    stage.browser.see(".jwd-qr");
    stage.scan("bob");
    stage.browser.type_into(CODE, &stage.code("bob"));
    stage.browser.read("Your recovery codes");
    let file = stage.browser.run("return decodeURIComponent(find('a[download]').href.split(',')[1])");
    let file = file.as_str().unwrap();
    assert!(file.starts_with("Recovery codes of bob at http://127.0.0.1"), "{file}");
    let codes = stage.browser.run("return all('.jwd-codes code').map(one => one.textContent)");
    let codes: Vec<String> = serde_json::from_value(codes).unwrap();
    assert!(codes.iter().all(|code| file.contains(&format!("{code}\r\n"))), "{file}");
    // On paper: whose they are and the codes, nothing to press.
    stage.browser.command("Emulation.setEmulatedMedia", json!({"media": "print"}));
    stage.browser.read("Recovery codes of bob");
    for code in &codes {
        stage.browser.read(code);
    }
    stage.browser.comes_to("all('button, a, input').filter(shown).length", 0);
    stage.picture("recovery-codes-print");
    stage.nothing_was_wrong();
}

#[test]
fn it_leads_nowhere_but_to_this_server() {
    let Some(stage) = stage("it_leads_nowhere_but_to_this_server", "/jf") else { return };
    let leads = |next: &str| {
        stage.open(&format!("/Jellyward/Login?next={next}"));
        stage.browser.see("input[name=username]");
        stage.browser.run("return JellywardServer.next()")
    };
    let home = format!("{}/web/", stage.demo.address());
    for hostile in [
        "//evil.example",
        "/%5Cevil.example",
        "%5C%5Cevil.example",
        "https:evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/jf/..//evil.example",
        "/jf/../other",
        "/jf/%252e%252e/../../other",
        "/other",
        "/jfx/",
        "/jf/%0d%0aX:%20y",
        "/%09/evil.example",
        "%E0%A4%A",
        "/jf/Jellyward/Login",
        "/jf/SSO/2fa/",
        // A proxy may send these back.
        "/jf/web/login",
        "/jf/web/session/LOGIN.html",
        "",
    ] {
        assert_eq!(leads(hostile), json!(home), "{hostile}");
    }
    assert_eq!(leads("/jf/Jellyward/"), json!(format!("{}/Jellyward/", stage.demo.address())));
    stage.nothing_was_wrong();
}

#[test]
fn the_set_up_fits_a_small_phone_and_a_large_television() {
    let Some(stage) = stage("the_set_up_fits_a_small_phone_and_a_large_television", "") else { return };
    for (width, height) in [(320, 568), (3840, 2160)] {
        stage.browser.resize(width, height);
        stage.open("/Jellyward/Login");
        stage.browser.see("input[name=username]");
        stage.fits();
        stage.picture(&format!("login-{width}"));
        stage.sign_in_alone("bob");
        stage.browser.press("Set it up now");
        stage.browser.see(".jwd-qr");
        stage.fits();
        stage.picture(&format!("set-up-{width}"));
        if width > 320 {
            continue;
        }
        stage.browser.press("Cancel");
        stage.is_home("bob");
    }
    stage.scan("bob");
    stage.browser.type_into(CODE, &stage.code("bob"));
    stage.browser.read("Your recovery codes");
    for width in [320, 3840] {
        stage.browser.resize(width, 1000);
        stage.fits();
        stage.picture(&format!("recovery-codes-{width}"));
    }
    stage.nothing_was_wrong();
}
