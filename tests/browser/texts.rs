//! Our own pages where their texts do not come at once.

use serde_json::json;

use super::stage::stage;

/// The first request for texts fails, and who waits for long waits for a moment.
const MISSED: &str = r"
    var native = window.fetch, later = window.setTimeout;
    window.missed = 0;
    window.setTimeout = (then, time) => later(then, time < 5000 ? time : 50);
    window.fetch = function (input) {
        if (/texts\.json$/.test(input) && !window.missed) { window.missed = 1; return Promise.reject(new Error('gone')); }
        return native.apply(window, arguments);
    };
";

#[test]
fn every_page_asks_again_for_texts_that_did_not_come() {
    let Some(stage) = stage("every_page_asks_again_for_texts_that_did_not_come", "/jf") else { return };
    stage.sign_in("admin");
    stage.is_home("admin");
    stage.browser.command("Page.addScriptToEvaluateOnNewDocument", json!({"source": MISSED}));
    for (path, sign) in [
        ("/Jellyward/Login", "Sign in to"),
        ("/Jellyward/", "Signed in as admin"),
        ("/Jellyward/Dashboard", "Who needs a second factor"),
        ("/Jellyward/Forgot", "Passwords cannot be reset here."),
        ("/Jellyward/Reset", "is not good any more"),
        ("/Jellyward/Undo", "Open the link as it stands in the mail."),
    ] {
        stage.open(path);
        stage.browser.read(sign);
        stage.browser.comes_to("window.missed", 1);
    }
    stage.nothing_was_wrong();
}
