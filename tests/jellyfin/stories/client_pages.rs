//! What our second script adds to the real web client's own pages.

use serde_json::{Value, json};

use super::{find, turn, with_plugin};
use crate::people::{Factors, Person};
use crate::server::ADMIN_PASSWORD;
use crate::visitor::Visitor;
use crate::window::{Programs, Window};

const FIELD: &str = ".jwd-overlay input";
const ROW: &str = "#myPreferencesMenuPage .jwd-account-row";

fn sign_in(window: &Window, person: &Person, factors: &mut Factors) {
    window.sign_in(&person.name, &person.password);
    window.browser.see(FIELD);
    window.browser.type_into(FIELD, &factors.app.fresh());
    window.is_home();
}

fn go(window: &Window, hash: &str) {
    window.browser.run(&format!("location.hash = '{hash}'"));
}

#[test]
fn the_preferences_lead_to_the_account_page() {
    const STORY: &str = "the_preferences_lead_to_the_account_page";
    let Some(programs) = Programs::find(STORY) else { return };
    let Some(mut turn) = turn(STORY) else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    let mut factors = alice.enrol(&turn.server);
    let window = programs.open(turn.server.address());
    sign_in(&window, &alice, &mut factors);
    // The client draws the page anew each time, and the row is there again, once, behind Quick Connect.
    for _ in 0..2 {
        go(&window, "#/mypreferencesmenu");
        window.browser.see(ROW);
        // From 12 on the client hides its own row, for its menu has one.
        let rows = "all('#myPreferencesMenuPage a').map(one => one.textContent.trim()).slice(0, 3)";
        window.browser.comes_to(rows, json!(["Profile", "Quick Connect", "Two-factor and devices"]));
        window.browser.comes_to(&format!("all('{ROW}').length"), 1);
        go(&window, "#/home");
        window.is_home();
    }
    go(&window, "#/mypreferencesmenu");
    window.browser.click(ROW);
    window.browser.read(&format!("Signed in as {}", alice.name));
    window.nothing_was_wrong();
}

#[test]
fn the_clients_quick_connect_page_shows_who_asks() {
    const STORY: &str = "the_clients_quick_connect_page_shows_who_asks";
    let Some(programs) = Programs::find(STORY) else { return };
    let Some(mut turn) = turn(STORY) else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    let mut factors = alice.enrol(&turn.server);
    let mut tv = alice.television(&turn.server);
    let begun = tv.post("/QuickConnect/Initiate", &json!({})).expect(200).json();
    let (code, secret) = (begun["Code"].as_str().unwrap(), begun["Secret"].as_str().unwrap());
    let approved = |tv: &mut Visitor| -> Value {
        tv.get(&format!("/QuickConnect/Connect?secret={secret}")).expect(200).json()["Authenticated"].clone()
    };
    let window = programs.open(turn.server.address());
    sign_in(&window, &alice, &mut factors);
    go(&window, "#/quickconnect");
    let authorize = |code: &str| {
        window.browser.type_into("#txtQuickConnectCode", code);
        window.browser.click("#quickConnectPreferencesPage .button-submit");
    };
    authorize(code);
    window.browser.read("This device wants to be signed in as you:");
    window.browser.read(&tv.device_name);
    window.browser.read(&tv.app);
    window.browser.press("No");
    window.browser.read("Unknown Quick Connect code");
    assert_eq!(approved(&mut tv), false);
    window.browser.click("#quickConnectPreferencesPage .button-submit");
    window.browser.press("Yes, sign it in");
    window.browser.read("You have successfully authenticated your device!");
    assert_eq!(approved(&mut tv), true);
    let session = tv.post("/Users/AuthenticateWithQuickConnect", &json!({ "Secret": secret })).expect(200);
    tv.holding(&session).get("/Users/Me").expect(200);
    window.nothing_was_wrong();
}

#[test]
fn a_passkey_signs_in_on_the_clients_own_form() {
    const STORY: &str = "a_passkey_signs_in_on_the_clients_own_form";
    let Some(installation) = find(STORY) else { return };
    let Some(programs) = Programs::find(STORY) else { return };
    let server = with_plugin(installation, "/jf");
    let mut administrator = server.administrator();
    // An address made of numbers can have no passkeys.
    let named = |address: String| address.replace("127.0.0.1", "localhost");
    let path = "/Jellyward/Api/Admin/Settings";
    let revision = administrator.get(path).expect(200).json()["revision"].clone();
    let values = json!({ "passkeys.domain": "localhost", "passkeys.origins": [named(server.root())] });
    let proof = json!({ "method": "password", "value": ADMIN_PASSWORD });
    administrator.post(path, &json!({ "revision": revision, "values": values, "proof": proof })).expect(200);
    let alice = Person::new(&mut administrator, "alice");
    let mut factors = alice.enrol(&server);
    let window = programs.open(named(server.address()));
    // A virtual authenticator chooses from the list below the name at once, as nobody would.
    let none = "if (window.PublicKeyCredential) { PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false); }";
    let script = window.browser.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": none }));
    window.browser.authenticator(&json!({
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
        "isUserVerified": true, "isUserConsenting": true
    }));
    sign_in(&window, &alice, &mut factors);
    window.open("/Jellyward/#methods");
    window.browser.press("Add a passkey");
    window.browser.press("Create the passkey");
    window.browser.read("The passkey works.");
    window.sign_out();
    // Alone, and after the password.
    window.open("/web/");
    window.browser.press("Sign in with a passkey");
    window.is_home();
    window.sign_out();
    window.sign_in(&alice.name, &alice.password);
    window.browser.press("Use a passkey");
    window.is_home();
    window.sign_out();
    // And from the list below the name.
    window.browser.command("Page.removeScriptToEvaluateOnNewDocument", script);
    window.open("/web/");
    window.browser.run("location.reload()");
    window.is_home();
    window.nothing_was_wrong();
}
