//! The ways in that an app has, from the account page to the app and back.

use serde_json::json;

use super::stage::{App, Stage, stage};

const TV: App = App { name: "Android TV", device: "<b>Living room</b>" };

fn open(stage: &Stage, name: &str, screen: &str) {
    stage.sign_in(name);
    stage.browser.type_into(".jwd-overlay input", &stage.code(name));
    stage.is_home(name);
    stage.open(&format!("/Jellyward/#{screen}"));
    stage.browser.read("Signed in as");
}

/// Puts the name into the dashboard's search as a whole: typed key by key, the list is drawn again after each that comes
/// late, with the same one person in it.
fn search(stage: &Stage, name: &str) {
    let script = format!(
        "var box = find('input[type=search]'); box.value = {}; box.dispatchEvent(new Event('input'))",
        json!(name)
    );
    stage.browser.run(&script);
    let found = "all('.jwd-user strong').map(one => one.textContent).join()";
    stage.browser.comes_to(found, name);
}

#[test]
fn an_app_password_signs_an_app_in_until_it_is_revoked() {
    let Some(stage) = stage("an_app_password_signs_an_app_in_until_it_is_revoked", "") else { return };
    open(&stage, "alice", "app-passwords");
    stage.browser.press("Make an app password");
    stage.browser.type_into("form input[type=text]", "The kitchen");
    stage.browser.press("Make it");
    let password = stage.browser.text_of(".jwd-password");
    let (status, session) = stage.app(&TV, "alice", &password);
    assert_eq!(status, 200, "{session}");
    let token = session["AccessToken"].as_str().unwrap();
    assert_eq!(stage.call(&TV, Some(token), "/Users/Me", None).0, 200);
    stage.browser.press("I have typed or saved it");
    stage.browser.read("The app password is in force.");
    stage.browser.read("Signed in on one device");
    stage.browser.read("Android TV");
    stage.browser.press("Where I am signed in");
    stage.browser.read("<b>Living room</b>");
    stage.browser.read("This one");
    stage.browser.press("App passwords");
    stage.browser.press("Revoke");
    stage.browser.read("It stops working at once");
    stage.browser.press("Revoke");
    stage.browser.read("Revoked. One device was signed out.");
    assert_eq!(stage.call(&TV, Some(token), "/Users/Me", None).0, 401);
    assert_eq!(stage.app(&TV, "alice", &password).0, 401);
    stage.nothing_was_wrong();
}

#[test]
fn a_word_from_the_page_signs_a_tv_in_once() {
    let Some(stage) = stage("a_word_from_the_page_signs_a_tv_in_once", "/jf") else { return };
    open(&stage, "alice", "tv");
    stage.browser.press("Show me a word");
    let word = stage.browser.text_of(".jwd-word");
    assert_eq!(stage.app(&TV, "alice", &word).0, 200);
    assert_eq!(stage.app(&TV, "alice", &word).0, 401);
    stage.nothing_was_wrong();
}

#[test]
fn a_tv_that_cannot_ask_is_approved_on_the_page() {
    let Some(stage) = stage("a_tv_that_cannot_ask_is_approved_on_the_page", "") else { return };
    open(&stage, "alice", "tv");
    stage.browser.press("I am signing in a TV now");
    stage.browser.read("Nothing is waiting yet.");
    assert_eq!(stage.app(&TV, "alice", "alice-demo").0, 401);
    // It comes by itself.
    stage.browser.read("<b>Living room</b>");
    stage.browser.press("Approve");
    stage.browser.read("Sign in on the TV again within the next");
    let (status, session) = stage.app(&TV, "alice", "alice-demo");
    assert_eq!(status, 200, "{session}");
    stage.browser.read("<b>Living room</b> is signed in.");
    // One session for one approval.
    assert_eq!(stage.app(&TV, "alice", "alice-demo").0, 401);
    stage.browser.press("Where I am signed in");
    stage.browser.read("Approved device");
    stage.browser.press("Sign in a TV");
    stage.browser.read("<b>Living room</b>");
    stage.browser.press("Not me");
    stage.browser.read("somebody knows your password");
    stage.browser.press("Close");
    stage.browser.wait("nobody", "all('.jwd-row button').every(one => one.textContent !== 'Not me')");
    stage.nothing_was_wrong();
}

#[test]
fn a_quick_connect_code_is_looked_at_and_approved() {
    let Some(stage) = stage("a_quick_connect_code_is_looked_at_and_approved", "/jf") else { return };
    let (status, started) = stage.call(&TV, None, "/QuickConnect/Initiate", Some(&json!({})));
    assert_eq!(status, 200, "{started}");
    open(&stage, "alice", "tv");
    stage.browser.type_into(".jwd-code", started["Code"].as_str().unwrap());
    stage.browser.press("Who is asking?");
    stage.browser.read("This device wants to be signed in as you:");
    stage.browser.read("<b>Living room</b>");
    stage.browser.press("Yes, sign it in");
    stage.browser.read("Done. The TV signs in by itself.");
    let secret = json!({"Secret": started["Secret"]});
    let (status, session) = stage.call(&TV, None, "/Users/AuthenticateWithQuickConnect", Some(&secret));
    assert_eq!(status, 200, "{session}");
    stage.nothing_was_wrong();
}

#[test]
fn a_lost_phone_leads_back_in_by_a_recovery_code() {
    let Some(stage) = stage("a_lost_phone_leads_back_in_by_a_recovery_code", "") else { return };
    let codes = stage.demo.host().recovery_codes("alice");
    open(&stage, "alice", "lost-phone");
    stage.browser.press("End everything");
    stage.browser.type_into(".jwd-overlay input", &codes[0]);
    stage.browser.press("End everything");
    stage.browser.read("Nobody gets in with what was on your phone.");
    stage.browser.read("One authenticator or passkey was removed.");
    stage.come_back("alice", &codes[1]);
    stage
        .browser
        .wait("the account", "text().includes('Signed in as alice') || text().includes('Your recovery codes')");
    stage.nothing_was_wrong();
}

#[test]
fn a_browser_trusted_at_sign_in_is_forgotten_on_the_page() {
    let Some(stage) = stage("a_browser_trusted_at_sign_in_is_forgotten_on_the_page", "") else { return };
    stage.settle(&json!({"trust.plain_http": true}));
    stage.sign_in("alice");
    stage.browser.click("#jwd-trust");
    stage.browser.type_into(".jwd-overlay .jwd-code", &stage.code("alice"));
    stage.is_home("alice");
    stage.open("/Jellyward/#browsers");
    stage.browser.read("Trusted since");
    stage.browser.read("This one");
    stage.browser.press("Forget");
    stage.browser.read("The second factor is asked for there again.");
    stage.browser.read("You trust no browser.");
    stage.open("/web/");
    stage.sign_out();
    stage.clock.advance(30);
    stage.sign_in("alice");
    stage.browser.see(".jwd-overlay .jwd-code");
    stage.nothing_was_wrong();
}

#[test]
fn an_administrator_ends_sessions_and_reports_a_lost_phone() {
    let Some(stage) = stage("an_administrator_ends_sessions_and_reports_a_lost_phone", "") else { return };
    let (_, session) = stage.app(&TV, "bob", "bob-demo");
    let token = session["AccessToken"].as_str().unwrap();
    stage.sign_in("admin");
    stage.is_home("admin");
    stage.clock.advance(330);
    stage.open("/Jellyward/Dashboard");
    stage.browser.press("Users");
    search(&stage, "bob");
    stage.browser.click("button[aria-label='Manage bob']");
    stage.browser.press("Sessions");
    stage.browser.read("Where bob is signed in");
    stage.browser.read("<b>Living room</b>");
    stage.picture("dashboard-sessions");
    stage.browser.press("Sign out");
    stage.prove_by_password();
    stage.browser.read("One device was signed out.");
    stage.browser.read("Signed in nowhere.");
    assert_eq!(stage.call(&TV, Some(token), "/Users/Me", None).0, 401);
    stage.browser.press("Back to the users");
    search(&stage, "alice");
    stage.browser.click("button[aria-label='Manage alice']");
    stage.browser.press("Lost phone");
    stage.browser.read("alice lost the phone?");
    stage.browser.press("End everything");
    stage.browser.read("alice is locked out of everything.");
    stage.browser.press("Sessions from before");
    stage.browser.read("They go on until somebody ends them.");
    stage.nothing_was_wrong();
}

#[test]
fn an_act_of_jellyfins_asks_an_administrator_without_a_factor_for_the_password() {
    let Some(stage) = stage("an_act_of_jellyfins_asks_an_administrator_without_a_factor_for_the_password", "/jf")
    else {
        return;
    };
    stage.sign_in("admin");
    stage.is_home("admin");
    // As the client's own page sends it.
    stage.browser.run(
        "var token = JSON.parse(localStorage.jellyfin_credentials).Servers[0].AccessToken; window.answered = 0;
         window.act = () => fetch('../Auth/Keys?app=program', {method: 'POST', headers: {Authorization: 'MediaBrowser Token=\"' + token + '\"'}})
            .then(response => { window.answered = response.status; });
         act()",
    );
    stage.browser.read("the server wants to know that it is really you");
    stage.asks_for_the_password_of("admin");
    stage.browser.type_into(".jwd-overlay input[type=password]", "wrong");
    stage.browser.press("Continue");
    stage.browser.read("That is not right. Nothing was changed.");
    stage.prove_by_password();
    stage.browser.wait("the key", "window.answered === 204");
    stage.browser.run("window.answered = 0; act()");
    stage.browser.wait("another one, without a question", "window.answered === 204");
    stage.nothing_was_wrong();
}

#[test]
fn a_password_change_in_jellyfin_asks_for_the_factor_first() {
    let Some(stage) = stage("a_password_change_in_jellyfin_asks_for_the_factor_first", "/jf") else { return };
    stage.sign_in("alice");
    stage.browser.type_into(".jwd-overlay input", &stage.code("alice"));
    stage.is_home("alice");
    stage.clock.advance(330);
    // As the client's own page sends it.
    stage.browser.run(
        "var token = JSON.parse(localStorage.jellyfin_credentials).Servers[0].AccessToken; window.answered = 0;
         fetch('../Users/Password', {method: 'POST', body: JSON.stringify({CurrentPw: 'alice-demo', NewPw: 'another'}),
               headers: {'Content-Type': 'application/json', Authorization: 'MediaBrowser Token=\"' + token + '\"'}})
            .then(response => { window.answered = response.status; })",
    );
    stage.browser.read("the server wants to know that it is really you");
    stage.browser.type_into(".jwd-overlay input", &stage.code("alice"));
    stage.browser.press("Continue");
    stage.browser.wait("the change", "window.answered === 204");
    stage.nothing_was_wrong();
}
