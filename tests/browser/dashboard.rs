//! The administrator's page.

use serde_json::json;

use super::driver::ENTER;
use super::stage::{Stage, stage};

/// Signs the administrator in and opens the page.
fn open(stage: &Stage) {
    stage.sign_in("admin");
    stage.is_home("admin");
    // Signing in was a proof that counts for five minutes; those are over.
    stage.clock.advance(330);
    stage.open("/Jellyward/Dashboard");
    stage.browser.read("Who needs a second factor");
}

/// Opens what can be done for somebody.
fn manage(stage: &Stage, name: &str) {
    stage.browser.click(&format!("button[aria-label='Manage {name}']"));
}

fn focused(stage: &Stage, what: &str) {
    stage.browser.wait(what, &format!("document.activeElement.textContent === {}", json!(what)));
}

fn set(stage: &Stage, label: &str, value: &str) {
    let script = format!(
        "var field = all('.jwd-field').find(one => one.querySelector('label').textContent === {});
         var input = field.querySelector('input, select'); input.value = {}; input.dispatchEvent(new Event('change'));",
        json!(label),
        json!(value)
    );
    stage.browser.run(&script);
}

#[test]
fn settings_are_shown_changed_and_refused_at_their_field() {
    let Some(stage) = stage("settings_are_shown_changed_and_refused_at_their_field", "") else { return };
    open(&stage);
    stage.picture("dashboard-settings");
    set(&stage, "Name in the authenticator app", "Cinema");
    stage.browser.press("Save");
    stage.asks_for_the_password_of("admin");
    stage.browser.type_into(".jwd-overlay input[type=password]", "wrong");
    stage.browser.press("Continue");
    stage.browser.read("That is not right. Nothing was changed.");
    stage.prove_by_password();
    stage.browser.read("Saved.");
    stage.open("/Jellyward/Dashboard");
    let issuer = "all('.jwd-field').find(one => one.textContent.includes('Name in the authenticator app')).querySelector('input')";
    stage.browser.wait("the new name", &format!("{issuer}.value === 'Cinema'"));
    set(&stage, "Time to set it up", "9999");
    stage.browser.press("Save");
    stage.browser.read("That value is not possible here. Give a number from");
    stage.browser.comes_to("all('[aria-invalid]').map(one => one.value)", json!(["9999"]));
    stage.nothing_was_wrong();
}

#[test]
fn groups_are_folded_and_what_is_unsaved_is_counted_and_kept() {
    let Some(stage) = stage("groups_are_folded_and_what_is_unsaved_is_counted_and_kept", "") else { return };
    stage.settle(&json!({"events.keep_days": 30}));
    open(&stage);
    let open_groups = "all('.jwd-fold').filter(one => one.open).map(one => one.querySelector('summary').textContent)";
    // The first, and the one with a value of its own.
    stage.browser.comes_to(open_groups, json!(["Sign-in", "Events"]));
    // A default is told where the value is another.
    stage.browser.comes_to("text().match(/Default: /g).length", 1);
    // With the keyboard.
    stage.browser.run("all('.jwd-fold summary').find(one => one.textContent === 'Authenticator apps').focus()");
    stage.browser.keys(ENTER);
    stage.browser.read("Name in the authenticator app");
    let in_sight =
        "(() => { var at = button('Save').getBoundingClientRect(); return at.top >= 0 && at.bottom <= innerHeight })()";
    stage.browser.wait("Save in sight", in_sight);
    set(&stage, "Name in the authenticator app", "Cinema");
    stage.browser.read("One unsaved change");
    set(&stage, "Time to set it up", "9999");
    stage.browser.read("2 unsaved changes");
    stage.browser.press("Users");
    stage.browser.read("3 users");
    // Whoever leaves the page is asked.
    let asked = "!window.dispatchEvent(new Event('beforeunload', {cancelable: true}))";
    stage.browser.comes_to(asked, true);
    stage.browser.press("Settings");
    stage.browser.read("2 unsaved changes");
    stage.browser.comes_to("all('.jwd-fold input').filter(one => one.value === 'Cinema').length", 1);
    stage.browser.run("all('.jwd-fold').forEach(one => { one.open = false })");
    stage.browser.press("Save");
    stage.prove_by_password();
    // The wrong one is opened and has the focus.
    stage.browser.read("That value is not possible here.");
    stage.browser.wait("the wrong one", "document.activeElement.value === '9999' && shown(document.activeElement)");
    set(&stage, "Time to set it up", "5");
    stage.browser.press("Save");
    stage.browser.read("Saved.");
    focused(&stage, "Save");
    stage.browser.comes_to(asked, false);
    stage.nothing_was_wrong();
}

#[test]
fn an_administrator_without_a_password_says_so() {
    let Some(stage) = stage("an_administrator_without_a_password_says_so", "") else { return };
    stage.demo.host().add_user("root", "", true).unwrap();
    stage.open("/web/");
    stage.browser.type_into("#txtManualName", "root");
    stage.browser.click(".button-submit");
    stage.is_home("root");
    stage.open("/Jellyward/Dashboard");
    stage.browser.read("Who needs a second factor");
    set(&stage, "Name in the authenticator app", "Cinema");
    stage.browser.press("Save");
    stage.browser.press("Continue");
    // Not by a slip: a try with nothing would count.
    stage.browser.read("You typed no password.");
    stage.browser.press("Continue");
    stage.browser.read("Saved.");
    stage.nothing_was_wrong();
}

#[test]
fn a_requirement_says_whom_it_reaches_before_it_is_saved() {
    let Some(stage) = stage("a_requirement_says_whom_it_reaches_before_it_is_saved", "") else { return };
    open(&stage);
    stage.browser.run("all('.jwd-fold').forEach(one => { one.open = true })");
    set(&stage, "Second factor required", "everybody");
    stage.browser.read("2 accounts have no second factor yet");
    set(&stage, "Second factor required", "administrators");
    stage.browser.read("One account has no second factor yet");
    stage.nothing_was_wrong();
}

#[test]
fn a_setting_held_elsewhere_is_shown_locked() {
    let Some(mut stage) = stage("a_setting_held_elsewhere_is_shown_locked", "") else { return };
    let held = stage.demo.folder().join(jellyward::rescue::DATA_FOLDER).join(jellyward::settings::OVERRIDES_FILE);
    std::fs::write(held, json!({"totp.issuer": "Held"}).to_string()).unwrap();
    stage.demo.restart().unwrap();
    open(&stage);
    // Its group is open.
    stage.browser.read("Set in the settings file; it can only be changed there.");
    stage.browser.comes_to("all('input:disabled').map(one => one.value)", json!(["Held"]));
    stage.nothing_was_wrong();
}

#[test]
fn two_administrators_do_not_overwrite_each_other() {
    let Some(stage) = stage("two_administrators_do_not_overwrite_each_other", "") else { return };
    open(&stage);
    stage.settle(&json!({"events.keep_days": 30}));
    set(&stage, "Name in the authenticator app", "Cinema");
    stage.browser.press("Save");
    stage.prove_by_password();
    stage.browser.read("Somebody else changed the settings meanwhile.");
    stage.browser.press("Save");
    stage.browser.read("Saved.");
    let values = stage.browser.run("return all('input').map(one => one.value)");
    let values = values.as_array().unwrap();
    assert!(values.contains(&json!("Cinema")) && values.contains(&json!("30")), "{values:?}");
    stage.nothing_was_wrong();
}

#[test]
fn users_are_found_ruled_and_helped() {
    let Some(stage) = stage("users_are_found_ruled_and_helped", "") else { return };
    stage.demo.host().add_user("<img src=x onerror=alert(1)>", "x", false).unwrap();
    open(&stage);
    stage.browser.press("Users");
    stage.browser.read("4 users");
    stage.browser.read("<img src=x onerror=alert(1)>");
    stage.picture("dashboard-users");
    stage.browser.type_into("input[type=search]", "ALI");
    stage.browser.read("One user");
    manage(&stage, "alice");
    stage.browser.press("Remove");
    stage.browser.read("Afterwards alice needs a one-time word");
    stage.browser.press("Remove");
    stage.browser.type_into(".jwd-overlay input[type=password]", "wrong");
    stage.browser.press("Continue");
    stage.browser.read("That is not right. Nothing was changed.");
    stage.prove_by_password();
    stage.browser.read("Removed.");
    stage.browser.read("Password only");
    stage.browser.run("find('.jwd-user select').value = 'required'");
    stage.browser.press("Change the rule");
    stage.browser.read("alice cannot sign in without a second factor.");
    stage.browser.press("Save");
    // The proof is fresh: it is asked for once, not per click. The answer stands in the row, the focus where it was.
    stage.browser.wait("the answer", "find('.jwd-user [role=status]').textContent === 'Changed for alice.'");
    focused(&stage, "Change the rule");
    stage.browser.read("Must set up a second factor");
    stage.browser.press("One-time word");
    stage.browser.press("Make the word");
    stage.browser.read("Give this word to alice");
    let word = stage.browser.text_of(".jwd-key");
    stage.browser.press("Copy");
    stage.browser.press("Close");
    focused(&stage, "One-time word");
    stage.browser.press("Sessions");
    stage.browser.press("Back to the users");
    focused(&stage, "Sessions");
    stage.browser.press("Sessions from before");
    stage.browser.press("Back to the users");
    focused(&stage, "Sessions from before");
    stage.nothing_was_wrong();
    // With the word, alice sets up a new authenticator at her next sign-in.
    stage.browser.run("localStorage.clear()");
    stage.sign_in("alice");
    stage.browser.read("a one-time word from whoever runs this server");
    stage.browser.type_into("form input", "wrong");
    stage.browser.press("Continue");
    stage.browser.read("That word is wrong, or it has run out.");
    stage.browser.run("find('form input').value = ''");
    stage.browser.type_into("form input", &word);
    stage.browser.press("Continue");
    stage.browser.read("Scan this with your authenticator app.");
    stage.nothing_was_wrong();
}

#[test]
fn events_are_listed() {
    let Some(stage) = stage("events_are_listed", "") else { return };
    open(&stage);
    stage.browser.press("Events");
    stage.browser.read("Second factor added");
    stage.browser.read("127.0.0.1");
    let first =
        "Array.from(find('.jwd-panel').querySelectorAll('button, table')).map(one => one.tagName)[0] === 'BUTTON'";
    stage.browser.wait("the check above the list", first);
    stage.browser.comes_to("all('.jwd-table time').every(one => one.title && !/:\\d\\d:/.test(one.textContent))", true);
    // A small screen has the rows one below the other, each cell with its name; nothing is cut off.
    stage.browser.resize(320, 568);
    let cut = "find('.jwd-scroll').scrollWidth > find('.jwd-scroll').clientWidth";
    stage.browser.comes_to(cut, false);
    stage.browser.resize(1280, 800);
    stage.picture("dashboard-events");
    stage.browser.press("Check the store");
    stage.browser.read("All of it can be read.");
    stage.nothing_was_wrong();
}

#[test]
fn it_is_for_administrators_only() {
    let Some(stage) = stage("it_is_for_administrators_only", "") else { return };
    stage.open("/Jellyward/Dashboard");
    stage.browser.read("Sign in as an administrator to see this page.");
    stage.sign_in("bob");
    stage.is_home("bob");
    stage.open("/Jellyward/Dashboard");
    stage.browser.read("Only an administrator can do this.");
    stage.nothing_was_wrong();
}

#[test]
fn it_mounts_into_somebody_elses_page() {
    let Some(stage) = stage("it_mounts_into_somebody_elses_page", "/jf") else { return };
    stage.sign_in("admin");
    stage.is_home("admin");
    stage.browser.run(
        "var token = JSON.parse(localStorage.jellyfin_credentials).Servers[0].AccessToken;
         var place = document.createElement('div'); document.body.appendChild(place);
         var script = document.createElement('script'); script.src = '../Jellyward/Assets/dashboard.js';
         script.onload = () => JellywardDashboard.mount(place, {token: token, base: location.href.replace(/\\/web.*/, '')});
         document.body.appendChild(script);",
    );
    stage.browser.read("Who needs a second factor");
    stage.browser.press("Users");
    stage.browser.read("3 users");
    stage.nothing_was_wrong();
}

#[test]
fn it_fits_a_small_phone_and_a_large_television() {
    let Some(stage) = stage("it_fits_a_small_phone_and_a_large_television", "") else { return };
    open(&stage);
    for (width, height) in [(320, 568), (3840, 2160)] {
        stage.browser.resize(width, height);
        for (tab, sign) in [("Settings", "Limits"), ("Users", "3 users"), ("Events", "Second factor added")] {
            stage.browser.press(tab);
            stage.browser.read(sign);
            if tab == "Users" {
                manage(&stage, "alice");
            }
            stage.fits();
            stage.picture(&format!("dashboard-{}-{width}", tab.to_lowercase()));
        }
    }
}
