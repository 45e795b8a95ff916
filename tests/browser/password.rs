//! A field for a new password, on whatever page it stands.

use serde_json::json;

use super::driver::{DOWN, ENTER, TAB};
use super::stage::{Stage, stage};

/// Puts a form as a page would have it onto the stand-alone sign-in, and the script behind it.
fn with_field(stage: &Stage) {
    stage.open("/Jellyward/Login");
    stage.browser.read("User name");
    stage.browser.run(
        "var main = document.getElementById('jellyward');
         main.innerHTML = '<form class=\"jwd-card\"><div class=\"jwd-field\"><label class=\"jwd-label\" for=\"who\">Name</label>'
             + '<input class=\"jwd-input\" id=\"who\" autocomplete=\"username\"></div><div class=\"jwd-field\"><label class=\"jwd-label\" for=\"new\">New password</label>'
             + '<input class=\"jwd-input\" id=\"new\" type=\"password\" autocomplete=\"new-password\" data-strength data-about=\"who\"></div>'
             + '<button class=\"jwd-button jwd-primary\">Set</button></form>';
         main.querySelector('form').addEventListener('submit', function (event) { event.preventDefault(); });
         var script = document.createElement('script');
         script.src = 'Assets/password.js';
         document.head.appendChild(script);",
    );
}

#[test]
fn a_new_password_is_measured_while_it_is_typed() {
    let Some(stage) = stage("a_new_password_is_measured_while_it_is_typed", "/jf") else { return };
    with_field(&stage);
    stage.browser.see(".jwd-strength button");
    stage.browser.comes_to("document.querySelector('.jwd-meter').hidden", json!(true));
    stage.browser.type_into("#who", "alice");
    stage.browser.type_into("#new", "alice1987!");
    stage.browser.read("This is made of a name or address that others know.");
    stage.browser.read("Not enough");
    let meter = "[document.querySelector('.jwd-meter').hidden, document.querySelector('.jwd-meter').max]";
    stage.browser.comes_to(meter, json!([false, 4]));
    stage.browser.run("document.getElementById('new').value = ''");
    stage.browser.type_into("#new", "seven herons waded upstream");
    stage.browser.read("Very good.");
    stage.browser.lacks("Not enough");
    stage.browser.comes_to("document.querySelector('.jwd-meter').value", json!(4));
    // Who does not see it hears it.
    let heard = "[document.getElementById(document.getElementById('new').getAttribute('aria-describedby'))]
         .map(told => [told.getAttribute('aria-live'), told.textContent.trim()])[0]";
    stage.browser.comes_to(heard, json!(["polite", "Very good."]));
    stage.browser.resize(320, 640);
    stage.fits();
    stage.nothing_was_wrong();
}

#[test]
fn what_was_typed_is_shown_and_hidden_with_keys_alone() {
    let Some(stage) = stage("what_was_typed_is_shown_and_hidden_with_keys_alone", "") else { return };
    with_field(&stage);
    stage.browser.see(".jwd-strength button");
    let is = |kind: &str| stage.browser.comes_to("document.getElementById('new').type", kind);
    let says = |label: &str| stage.browser.comes_to("find('.jwd-strength button').innerText", label);
    let on_the_button = || stage.browser.wait("the focus", "document.activeElement === find('.jwd-strength button')");
    stage.browser.type_into("#new", "seven herons");
    stage.browser.keys(TAB);
    on_the_button();
    is("password");
    says("Show the password");
    stage.browser.keys(ENTER);
    is("text");
    says("Hide the password");
    stage.browser.keys(ENTER);
    is("password");
    // A remote control has no Tab key.
    stage.browser.run("document.getElementById('new').focus()");
    stage.browser.keys(DOWN);
    on_the_button();
    stage.browser.keys(ENTER);
    is("text");
    // Sent as a password, so that no browser keeps it among texts.
    stage.browser.run("document.querySelector('form button.jwd-primary').click()");
    is("password");
    stage.nothing_was_wrong();
}

#[test]
fn a_field_works_where_nobody_answers() {
    let Some(stage) = stage("a_field_works_where_nobody_answers", "") else { return };
    stage.pretend(&json!({"POST Password/Strength": {"status": 500, "body": {}}}));
    with_field(&stage);
    stage.browser.see(".jwd-strength button");
    stage.browser.type_into("#new", "seven herons");
    // What was typed so far is asked about wherever there is a pause.
    stage.browser.wait("the call", "window.asked.some(one => one[1].password === 'seven herons')");
    stage.browser.comes_to("document.querySelector('.jwd-meter').hidden", json!(true));
    stage.browser.comes_to("document.querySelector('.jwd-told').textContent", json!(""));
}
