//! The words of messages on the administrator's page, and mails as their readers see them.

use jellyward::host::AccountId;
use jellyward::notify::message::{Delivery, Kind, Message, Variable};
use serde_json::{Value, json};

use super::stage::{Stage, stage};

fn open(stage: &Stage) {
    stage.settle(&json!({"smtp.host": "mail.example.org", "smtp.from_address": "tv@example.org"}));
    stage.sign_in("admin");
    stage.is_home("admin");
    stage.open("/Jellyward/Dashboard");
    stage.browser.read("Mail server");
    stage.browser.press("Messages");
    stage.browser.read("What people are told by mail.");
}

fn choose(stage: &Stage, kind: &str) {
    let script = format!(
        "var choice = all('select').find(shown); choice.value = {}; choice.dispatchEvent(new Event('change'))",
        json!(kind)
    );
    stage.browser.run(&script);
}

/// Puts words into the field of that label, as if typed.
fn write(stage: &Stage, label: &str, words: &str) {
    let script = format!(
        "var field = all('.jwd-field').find(one => one.querySelector('label').textContent === {} && shown(one));
         var input = field.querySelector('input, textarea'); input.focus(); input.value = {}; input.dispatchEvent(new Event('input'))",
        json!(label),
        json!(words)
    );
    stage.browser.run(&script);
}

#[test]
fn the_words_of_a_message_are_changed_tried_and_sent() {
    let Some(stage) = stage("the_words_of_a_message_are_changed_tried_and_sent", "") else { return };
    open(&stage);
    choose(&stage, "sign_in_code");
    stage.browser.read("is your code to sign in to Jellyfin as admin.");
    stage.browser.see("iframe");
    stage.picture("dashboard-messages");

    // A mistake is told while it is typed, and the caret is put there when it is saved.
    write(&stage, "Text", "{{ code }} is it.\n\nHello {{ usr }}");
    stage.browser.read("Line 3, column 10: there is no variable usr here");
    stage.browser.press("Save");
    stage.prove_by_password();
    let caret = "var input = all('textarea').find(shown); return input.getRootNode().activeElement === input && input.selectionStart";
    stage.browser.wait("the caret", &format!("(function () {{ {caret} }})() === 28"));
    stage.picture("dashboard-messages-mistake");

    write(&stage, "Text", "{{ code }} is it, ");
    stage.browser.press("{{ user }}");
    stage.browser.read("481516 is it, admin");
    write(&stage, "Subject", "{{ server }} asks");
    stage.browser.read("Jellyfin asks");
    for width in [320, 1280] {
        stage.browser.resize(width, 800);
        stage.fits();
        if width == 320 {
            stage.picture("dashboard-messages-320");
        }
    }

    // Another message and back: what was typed is still there.
    choose(&stage, "unlocked");
    stage.browser.read("the unlock file was used. You are told as admin.");
    choose(&stage, "sign_in_code");
    stage.browser.read("481516 is it, admin");
    write(&stage, "Send it to", "boss@example.org");
    stage.browser.press("Send");
    stage.browser.read("Sent. See whether it arrives");
    stage.browser.press("Save");
    stage.browser.read("Saved.");
    stage.browser.wait("the focus", "document.activeElement.textContent === 'Save'");
    stage.browser.read("Code to sign in (changed)");

    stage.browser.press("Back to ours");
    stage.browser.read("These are our words again.");
    stage.browser.read("is your code to sign in to Jellyfin as admin.");
    stage.browser.lacks("(changed)");
    stage.nothing_was_wrong();

    stage.open("/demo/mailbox");
    stage.browser.read("Jellyfin asks");
    stage.browser.read("From tv@example.org to boss@example.org");
    stage.nothing_was_wrong();
}

#[test]
fn html_of_ones_own_is_shown_dead() {
    let Some(stage) = stage("html_of_ones_own_is_shown_dead", "") else { return };
    open(&stage);
    choose(&stage, "unlocked");
    stage.browser.read("the unlock file was used.");
    let address = || stage.browser.wait("a frame", "all('iframe').length === 1 && all('iframe')[0].src");
    let another = |before: Value| {
        stage
            .browser
            .wait("another frame", &format!("all('iframe').length === 1 && all('iframe')[0].src !== {before}"));
        address()
    };
    let before = address();
    stage.browser.run("all('input[type=checkbox]').find(shown).click()");
    let empty = another(before);
    write(&stage, "HTML", "<p style=\"color:#ff0000\">Hello <b>{{ user }}</b></p><form action=\"/x\"><input></form>");
    // The frame is another origin, whatever its address: the page above cannot look in.
    let looks_in = "all('iframe')[0].contentDocument";
    let address = another(empty);
    stage.browser.wait("that nobody looks in", &format!("{looks_in} === null"));
    assert!(address.as_str().unwrap().contains("/Jellyward/Api/Messages/Preview?ticket="), "{address}");
    stage.browser.open(address.as_str().unwrap());
    stage.browser.read("Hello admin");
    // Styles in the markup hold.
    stage.browser.comes_to("getComputedStyle(document.querySelector('p')).color", json!("rgb(255, 0, 0)"));
    stage.browser.comes_to("self.origin", json!("null"));
}

#[test]
fn a_mail_is_read_by_day_and_by_night() {
    let Some(stage) = stage("a_mail_is_read_by_day_and_by_night", "/jf") else { return };
    stage.settle(
        &json!({"smtp.host": "mail.example.org", "smtp.from_address": "tv@example.org", "smtp.from_name": "Our TV"}),
    );
    let account: AccountId = [7; 16].into();
    let to = "alice@example.org".parse().unwrap();
    let delivery = Delivery { to: &to, account: &account, revocable: false, lives: 600 };
    let link = format!("{}/Jellyward/Login", stage.demo.address());
    let values = [(Variable::Code, "481516"), (Variable::Minutes, "10"), (Variable::Link, link.as_str())];
    let message = Message { kind: Kind::Reset, user: "alice", values: &values };
    stage.demo.engine().tell_in_words(&message, &delivery).unwrap();
    stage.demo.engine().empty_outbox();
    stage.open("/demo/mailbox");
    stage.browser.read("A new password for Our TV");
    stage.browser.read("481516 is your code to choose a new password for alice on Our TV.");
    stage.picture("demo-mailbox");

    stage.open("/demo/mailbox/1");
    let mut seen = Vec::new();
    for (scheme, width) in [("light", 1280), ("dark", 1280), ("dark", 320), ("light", 320)] {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        stage.browser.command("Emulation.setEmulatedMedia", features);
        stage.browser.comes_to(&format!("matchMedia('(prefers-color-scheme: {scheme})').matches"), true);
        stage.browser.resize(width, if width == 320 { 640 } else { 560 });
        stage.fits();
        seen.push(stage.browser.run(CONTRAST));
        stage.picture(&format!("mail-{scheme}{}", if width == 320 { "-320" } else { "" }));
    }
    for contrasts in &seen {
        let lowest = contrasts.as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).fold(f64::MAX, f64::min);
        assert!(contrasts.as_array().unwrap().len() > 5);
        assert!(lowest >= 4.5, "hard to read: {seen:?}");
    }
    let colour = "getComputedStyle(document.body).backgroundColor";
    stage.browser.comes_to(colour, json!("rgb(243, 244, 246)"));
    let code = "getComputedStyle(document.querySelector('.code')).userSelect";
    stage.browser.comes_to(code, json!("all"));

    // The link in the text, and the button in the HTML, lead where they say.
    stage.browser.press("Continue on 127.0.0.1");
    stage.browser.wait("the page", "location.pathname === '/jf/Jellyward/Login'");
    stage.open("/demo/mailbox");
    stage.browser.press(&link);
    stage.browser.wait("the page", "location.pathname === '/jf/Jellyward/Login'");
}

/// The contrast of each text with what lies behind it (WCAG 2.2, 1.4.3).
const CONTRAST: &str = "
    var numbers = colour => colour.match(/[\\d.]+/g).map(Number);
    var light = colour => numbers(colour).slice(0, 3).map(one => one / 255)
        .map(one => one <= 0.04045 ? one / 12.92 : Math.pow((one + 0.055) / 1.055, 2.4))
        .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
    var behind = one => { var colour = getComputedStyle(one).backgroundColor; return numbers(colour)[3] === 0 ? behind(one.parentElement) : colour; };
    return Array.from(document.querySelectorAll('p, a, span, bdi')).filter(one => one.textContent.trim()).map(one => {
        var both = [light(getComputedStyle(one).color), light(behind(one))].sort((a, b) => b - a);
        return (both[0] + 0.05) / (both[1] + 0.05);
    });";
