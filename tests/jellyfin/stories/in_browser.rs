//! The real web client in Chromium.

use super::{Turn, turn};
use crate::authenticator::Authenticator;
use crate::driver::{Browser, program};
use crate::installation::{Installation, skip};
use crate::people::{Factors, Person};
use crate::server::{ADMIN, ADMIN_PASSWORD};

const FIELD: &str = ".jwd-overlay input";

/// A browser before the shared server.
struct Stage {
    browser: Browser,
    turn: Turn,
}

fn stage(story: &str) -> Option<Stage> {
    if Installation::find().is_some_and(|found| found.web.is_none()) {
        skip(story, "no web client; set JELLYFIN_WEB");
        return None;
    }
    let driver = program(&["chromedriver"]);
    let chromium = program(&["chromium", "chromium-browser", "google-chrome"]);
    let (Some(driver), Some(chromium)) = (driver, chromium) else {
        skip(story, "it needs chromium and chromedriver on the path");
        return None;
    };
    let turn = turn(story)?;
    Some(Stage { browser: Browser::start(&driver, &chromium), turn })
}

impl Stage {
    fn person(&mut self, name: &str) -> (Person, Factors) {
        let person = Person::new(&mut self.turn.administrator, name);
        let factors = person.enrol(&self.turn.server);
        (person, factors)
    }

    fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.turn.server.address()));
    }

    /// Fills the client's own form.
    fn sign_in(&self, name: &str, password: &str) {
        self.open("/web/");
        // No user of ours shows on the page: the client leads straight to its form, past a button that is soon hidden.
        self.browser.type_into("#txtManualName", name);
        self.browser.type_into("#txtManualPassword", password);
        self.browser.click(".manualLoginForm .button-submit");
    }

    fn is_home(&self) {
        self.browser.wait("home", "location.hash.indexOf('#/home') === 0 && !!find('#indexPage, .homePage')");
    }

    /// No script failed, no content was refused. What the stock client complains of by itself is left out, and so is
    /// the browser's advice on forms.
    fn nothing_was_wrong(&self) {
        let mut complaints = self.browser.complaints();
        let marks = ["Jellyward/", "Uncaught", "Content Security"];
        // Going elsewhere cancels the client's own queries, and it does not catch that; with no script of ours either.
        let own = |line: &String| line.contains("[DOM]") || line.contains("Uncaught e: CancelledError");
        complaints.retain(|line| marks.iter().any(|mark| line.contains(mark)) && !own(line));
        assert_eq!(complaints, Vec::<String>::new());
    }
}

#[test]
fn a_code_signs_in_and_a_reload_stays_signed_in() {
    let Some(mut stage) = stage("a_code_signs_in_and_a_reload_stays_signed_in") else { return };
    let (alice, mut factors) = stage.person("alice");
    stage.sign_in(&alice.name, &alice.password);
    stage.browser.see(FIELD);
    stage.browser.type_into(FIELD, &factors.app.fresh());
    stage.is_home();
    stage.nothing_was_wrong();
    stage.browser.run("location.reload()");
    std::thread::sleep(std::time::Duration::from_secs(1));
    stage.is_home();
    stage.nothing_was_wrong();
}

#[test]
fn a_wrong_code_is_told_and_the_right_one_still_works() {
    let Some(mut stage) = stage("a_wrong_code_is_told_and_the_right_one_still_works") else { return };
    let (alice, mut factors) = stage.person("alice");
    stage.sign_in(&alice.name, &alice.password);
    stage.browser.type_into(FIELD, &factors.app.wrong());
    stage.browser.read("4 tries left");
    stage.browser.wait("an empty field", &format!("find('{FIELD}').value === ''"));
    stage.browser.type_into(FIELD, &factors.app.fresh());
    stage.is_home();
    stage.nothing_was_wrong();
}

#[test]
fn cancelling_leaves_the_clients_own_message() {
    let Some(mut stage) = stage("cancelling_leaves_the_clients_own_message") else { return };
    let (alice, _) = stage.person("alice");
    stage.sign_in(&alice.name, &alice.password);
    stage.browser.see(FIELD);
    stage.browser.press("Cancel");
    stage.browser.read("Invalid username or password");
    stage.browser.wait("no overlay", "!find('.jwd-overlay')");
    stage.nothing_was_wrong();
}

#[test]
fn whoever_has_no_factor_is_not_asked() {
    let Some(mut stage) = stage("whoever_has_no_factor_is_not_asked") else { return };
    let bob = Person::new(&mut stage.turn.administrator, "bob");
    stage.sign_in(&bob.name, &bob.password);
    stage.is_home();
    stage.nothing_was_wrong();
}

#[test]
fn the_stand_alone_page_ends_signed_in() {
    let Some(mut stage) = stage("the_stand_alone_page_ends_signed_in") else { return };
    let (alice, mut factors) = stage.person("alice");
    stage.open("/Jellyward/Login");
    stage.browser.type_into("input[name=username]", &alice.name);
    stage.browser.type_into("input[name=password]", &alice.password);
    stage.browser.press("Sign in");
    stage.browser.type_into(".jwd-code", &factors.app.fresh());
    stage.is_home();
    stage.nothing_was_wrong();
    // Signed in, the account page knows who.
    stage.open("/Jellyward/");
    stage.browser.read(&format!("Signed in as {}", alice.name));
    stage.nothing_was_wrong();
}

#[test]
fn a_factor_is_set_up_on_the_account_page() {
    let Some(mut stage) = stage("a_factor_is_set_up_on_the_account_page") else { return };
    let bob = Person::new(&mut stage.turn.administrator, "bob");
    stage.sign_in(&bob.name, &bob.password);
    stage.is_home();
    stage.open("/Jellyward/");
    stage.browser.press("Sign-in methods");
    stage.browser.press("Add an authenticator");
    stage.browser.type_into("input[type=password]", &bob.password);
    stage.browser.press("Continue");
    stage.browser.read("Set up your second factor");
    let mut app = Authenticator::typed(&stage.browser.text_of(".jwd-key"));
    stage.browser.type_into(".jwd-code", &app.fresh());
    stage.browser.read("Your recovery codes");
    stage.browser.click("#jwd-saved");
    stage.browser.press("Continue");
    stage.browser.read("The authenticator works.");
    stage.nothing_was_wrong();
    stage.browser.run("localStorage.clear()");
    stage.sign_in(&bob.name, &bob.password);
    stage.browser.type_into(FIELD, &app.fresh());
    stage.is_home();
    stage.nothing_was_wrong();
}

#[test]
fn the_dashboard_shows_settings_and_users() {
    let Some(mut stage) = stage("the_dashboard_shows_settings_and_users") else { return };
    let (alice, _) = stage.person("alice");
    stage.sign_in(ADMIN, ADMIN_PASSWORD);
    stage.is_home();
    stage.open("/web/#/configurationpage?name=Jellyward");
    stage.browser.read("Who needs a second factor");
    // The client has a menu with the same words.
    tab(&stage, "Users");
    stage.browser.read(&alice.name);
    tab(&stage, "Events");
    stage.browser.read("Authenticator or passkey added");
    stage.nothing_was_wrong();
}

fn tab(stage: &Stage, name: &str) {
    let tab = format!("all('.jwd-tabs button').find(one => one.textContent.trim() === '{name}')");
    stage.browser.wait(name, &format!("!!{tab}"));
    stage.browser.run(&format!("{tab}.click()"));
}
