//! The real web client in Chromium.

use super::{Turn, turn};
use crate::authenticator::Authenticator;
use crate::people::{Factors, Person};
use crate::server::{ADMIN, ADMIN_PASSWORD};
use crate::window::{Programs, Window};

const FIELD: &str = ".jwd-overlay input";

/// A window before the shared server.
struct Stage {
    window: Window,
    turn: Turn,
}

fn stage(story: &str) -> Option<Stage> {
    let programs = Programs::find(story)?;
    let turn = turn(story)?;
    Some(Stage { window: programs.open(turn.server.address()), turn })
}

impl Stage {
    fn person(&mut self, name: &str) -> (Person, Factors) {
        let person = Person::new(&mut self.turn.administrator, name);
        let factors = person.enrol(&self.turn.server);
        (person, factors)
    }
}

#[test]
fn a_code_signs_in_and_a_reload_stays_signed_in() {
    let Some(mut stage) = stage("a_code_signs_in_and_a_reload_stays_signed_in") else { return };
    let (alice, mut factors) = stage.person("alice");
    stage.window.sign_in(&alice.name, &alice.password);
    stage.window.browser.see(FIELD);
    stage.window.browser.type_into(FIELD, &factors.app.fresh());
    stage.window.is_home();
    stage.window.nothing_was_wrong();
    stage.window.browser.run("window.old = true; location.reload()");
    stage.window.browser.wait("the page anew", "!window.old");
    stage.window.is_home();
    stage.window.nothing_was_wrong();
}

#[test]
fn a_wrong_code_is_told_and_the_right_one_still_works() {
    let Some(mut stage) = stage("a_wrong_code_is_told_and_the_right_one_still_works") else { return };
    let (alice, mut factors) = stage.person("alice");
    stage.window.sign_in(&alice.name, &alice.password);
    stage.window.browser.type_into(FIELD, &factors.app.wrong());
    stage.window.browser.read("4 tries left");
    stage.window.browser.wait("an empty field", &format!("find('{FIELD}').value === ''"));
    stage.window.browser.type_into(FIELD, &factors.app.fresh());
    stage.window.is_home();
    stage.window.nothing_was_wrong();
}

#[test]
fn cancelling_is_called_what_it_is() {
    let Some(mut stage) = stage("cancelling_is_called_what_it_is") else { return };
    let (alice, _) = stage.person("alice");
    stage.window.sign_in(&alice.name, &alice.password);
    stage.window.browser.see(FIELD);
    stage.window.browser.press("Cancel");
    stage.window.browser.read("Sign-in cancelled.");
    stage.window.browser.wait("no overlay", "!find('.jwd-overlay')");
    stage.window.nothing_was_wrong();
}

#[test]
fn whoever_has_no_factor_is_not_asked() {
    let Some(mut stage) = stage("whoever_has_no_factor_is_not_asked") else { return };
    let bob = Person::new(&mut stage.turn.administrator, "bob");
    stage.window.sign_in(&bob.name, &bob.password);
    stage.window.is_home();
    stage.window.nothing_was_wrong();
}

#[test]
fn the_stand_alone_page_ends_signed_in() {
    let Some(mut stage) = stage("the_stand_alone_page_ends_signed_in") else { return };
    let (alice, mut factors) = stage.person("alice");
    stage.window.open("/Jellyward/Login");
    stage.window.browser.type_into("input[name=username]", &alice.name);
    stage.window.browser.type_into("input[name=password]", &alice.password);
    stage.window.browser.press("Sign in");
    stage.window.browser.see(".jwd-code");
    stage.window.browser.type_into(".jwd-code", &factors.app.fresh());
    stage.window.is_home();
    stage.window.nothing_was_wrong();
    // Signed in, the account page knows who.
    stage.window.open("/Jellyward/");
    stage.window.browser.read(&format!("Signed in as {}", alice.name));
    stage.window.nothing_was_wrong();
}

#[test]
fn a_factor_is_set_up_on_the_account_page() {
    let Some(mut stage) = stage("a_factor_is_set_up_on_the_account_page") else { return };
    let bob = Person::new(&mut stage.turn.administrator, "bob");
    stage.window.sign_in(&bob.name, &bob.password);
    stage.window.is_home();
    stage.window.open("/Jellyward/");
    stage.window.browser.press("Sign-in methods");
    stage.window.browser.press("Add an authenticator");
    stage.window.browser.type_into("input[type=password]", &bob.password);
    stage.window.browser.press("Continue");
    stage.window.browser.read("Set up your second factor");
    let mut app = Authenticator::typed(&stage.window.browser.text_of(".jwd-key"));
    stage.window.browser.type_into(".jwd-code", &app.fresh());
    stage.window.browser.read("Your recovery codes");
    stage.window.browser.click("#jwd-saved");
    stage.window.browser.press("Continue");
    stage.window.browser.read("The authenticator works.");
    stage.window.nothing_was_wrong();
    stage.window.browser.run("localStorage.clear()");
    stage.window.sign_in(&bob.name, &bob.password);
    stage.window.browser.see(FIELD);
    stage.window.browser.type_into(FIELD, &app.fresh());
    stage.window.is_home();
    stage.window.nothing_was_wrong();
}

#[test]
fn the_dashboard_shows_settings_and_users() {
    let Some(mut stage) = stage("the_dashboard_shows_settings_and_users") else { return };
    let (alice, _) = stage.person("alice");
    stage.window.sign_in(ADMIN, ADMIN_PASSWORD);
    stage.window.is_home();
    stage.window.open("/web/#/configurationpage?name=Jellyward");
    stage.window.browser.read("Who needs a second factor");
    // The client has a menu with the same words.
    tab(&stage, "Users");
    stage.window.browser.read(&alice.name);
    tab(&stage, "Events");
    stage.window.browser.read("Second factor added");
    stage.window.nothing_was_wrong();
}

#[test]
fn an_administrator_without_a_factor_is_asked_for_the_password() {
    let Some(mut stage) = stage("an_administrator_without_a_factor_is_asked_for_the_password") else { return };
    let root = Person::new(&mut stage.turn.administrator, "root");
    root.change_policy(&mut stage.turn.administrator, "IsAdministrator", &true.into());
    stage.window.sign_in(&root.name, &root.password);
    stage.window.is_home();
    let prove = |stage: &Stage| {
        stage.window.browser.type_into(&format!("{FIELD}[type=password]"), &root.password);
        stage.window.browser.press("Continue");
    };
    // A call of the client's own, through its own client of the API.
    stage.window.browser.run(
        "window.answered = 0;
         ApiClient.ajax({type: 'POST', url: ApiClient.getUrl('Auth/Keys', {App: 'story'})}).then(() => { window.answered = 1; })",
    );
    stage.window.browser.read("the server wants to know that it is really you");
    prove(&stage);
    stage.window.browser.wait("the key", "window.answered === 1");

    // Another session has proven nothing.
    stage.window.browser.run("localStorage.clear()");
    stage.window.sign_in(&root.name, &root.password);
    stage.window.is_home();
    stage.window.open("/web/#/configurationpage?name=Jellyward");
    stage.window.browser.read("Who needs a second factor");
    let save = "all('.jwd-dashboard button').find(one => one.textContent.trim() === 'Save')";
    let name = "all('.jwd-field').find(one => one.textContent.includes('Name in the authenticator app')).querySelector('input')";
    stage.window.browser.run(&format!("{name}.value = 'Cinema'; {save}.click()"));
    stage.window.browser.read("Is it you?");
    prove(&stage);
    stage.window.browser.read("Saved.");
    stage.window.nothing_was_wrong();
}

fn tab(stage: &Stage, name: &str) {
    let tab = format!("all('.jwd-tabs button').find(one => one.textContent.trim() === '{name}')");
    stage.window.browser.wait(name, &format!("!!{tab}"));
    stage.window.browser.run(&format!("{tab}.click()"));
}
