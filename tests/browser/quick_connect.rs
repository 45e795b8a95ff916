//! Quick Connect in Jellyfin's own page: who asks is shown before the client's call goes.

use serde_json::{Value, json};

use super::stage::{App, Stage, stage};

const TV: App = App { name: "Android TV", device: "Living room" };
const FIELD: &str = "#txtQuickConnectCode";
const AUTHORIZE: &str = ".btnQuickConnectAuthorize";
/// Approvals that the page has sent.
const SENT: &str =
    "performance.getEntriesByType('resource').filter(one => /QuickConnect.Authorize/i.test(one.name)).length";

/// A device asks; gives its code and its secret.
fn waiting(stage: &Stage) -> (String, String) {
    let (status, begun) = stage.call(&TV, None, "/QuickConnect/Initiate", None);
    assert_eq!(status, 200, "{begun}");
    (begun["Code"].as_str().unwrap().to_owned(), begun["Secret"].as_str().unwrap().to_owned())
}

fn approved(stage: &Stage, secret: &str) -> bool {
    stage.call(&TV, None, &format!("/QuickConnect/Connect?secret={secret}"), None).1["Authenticated"] == true
}

fn sign_in(stage: &Stage) {
    stage.sign_in("alice");
    stage.browser.type_into(".jwd-overlay input", &stage.code("alice"));
    stage.is_home("alice");
}

fn authorize(stage: &Stage, code: &str) {
    stage.browser.run(&format!("find('{FIELD}').value = ''"));
    stage.browser.type_into(FIELD, code);
    stage.browser.click(AUTHORIZE);
}

fn sent(stage: &Stage) -> Value {
    stage.browser.run(&format!("return {SENT}"))
}

#[test]
fn jellyfins_own_page_approves_nobody_unseen() {
    let Some(stage) = stage("jellyfins_own_page_approves_nobody_unseen", "/jf") else { return };
    sign_in(&stage);
    let (code, secret) = waiting(&stage);
    authorize(&stage, &format!("{} {}", &code[..3], &code[3..]));
    stage.browser.read("This device wants to be signed in as you:");
    stage.browser.read("Living room");
    stage.browser.read("Android TV");
    stage.browser.read("127.0.0.1");
    stage.fits_phone_and_computer("jellyfin-quick-connect");
    assert_eq!((sent(&stage), approved(&stage, &secret)), (json!(0), false));
    stage.browser.press("No");
    stage.browser.read("Unknown or refused code");
    assert_eq!((sent(&stage), approved(&stage, &secret)), (json!(0), false));
    authorize(&stage, &code);
    stage.browser.press("Yes, sign it in");
    stage.browser.read("Quick Connect request authorized");
    stage.browser.comes_to(SENT, 1);
    assert!(approved(&stage, &secret));
    stage.nothing_was_wrong();
}

#[test]
fn a_look_up_that_fails_sends_nothing_and_says_so() {
    let Some(stage) = stage("a_look_up_that_fails_sends_nothing_and_says_so", "") else { return };
    stage.pretend(&json!({
        "POST Account/QuickConnect/Look": [
            {"status": 404, "body": {"code": "unknown_code"}}, {"status": 503, "body": {"code": "unavailable"}}
        ]
    }));
    sign_in(&stage);
    let (code, secret) = waiting(&stage);
    for words in ["No device shows this code.", "Jellyward cannot read its store."] {
        authorize(&stage, &code);
        stage.browser.read(words);
        stage.browser.press("Close");
        stage.browser.read("Unknown or refused code");
    }
    assert_eq!((sent(&stage), approved(&stage, &secret)), (json!(0), false));
    stage.nothing_was_wrong();
}

#[test]
fn a_fetch_is_held_as_well_and_other_calls_are_not() {
    let Some(stage) = stage("a_fetch_is_held_as_well_and_other_calls_are_not", "/jf") else { return };
    sign_in(&stage);
    let forms = [
        "fetch('/jf/QuickConnect/Authorize?code=CODE', {method: 'POST', headers})",
        "fetch(new Request('/jf/quickconnect/authorize?code=CODE', {method: 'POST', headers}))",
    ];
    for form in forms {
        let (code, secret) = waiting(&stage);
        let run = |call: &str| {
            stage.browser.run(&format!(
                "var kept = JSON.parse(localStorage.jellyfin_credentials).Servers[0];
                 var headers = {{Authorization: 'MediaBrowser Client=\"Jellyfin Web\", Device=\"Chrome\", DeviceId=\"' + localStorage._deviceId2 + '\", Version=\"1\", Token=\"' + kept.AccessToken + '\"'}};
                 window.answered = 0;
                 {call}.then(response => {{ window.answered = response.status; }}, error => {{ window.answered = error.name; }})"
            ));
        };
        let call = form.replace("CODE", &code);
        run(&call);
        stage.browser.press("No");
        stage.browser.wait("the end", "window.answered === 'AbortError'");
        assert!(!approved(&stage, &secret), "{form}");
        run(&call);
        stage.browser.press("Yes, sign it in");
        stage.browser.wait("the answer", "window.answered === 200");
        assert!(approved(&stage, &secret), "{form}");
        // Everything else goes as it is.
        for other in [
            "fetch('/jf/QuickConnect/Enabled', {headers})",
            "fetch('/jf/QuickConnect/Authorize', {method: 'POST', headers})",
        ] {
            run(other);
            stage.browser.wait("its answer", "typeof window.answered === 'number' && window.answered > 0");
        }
    }
    stage.nothing_was_wrong();
}

#[test]
fn who_is_signed_in_as_somebody_else_is_told() {
    let Some(stage) = stage("who_is_signed_in_as_somebody_else_is_told", "") else { return };
    sign_in(&stage);
    let (code, _) = waiting(&stage);
    stage.browser.run(&format!(
        "var request = new XMLHttpRequest();
         request.open('POST', '/QuickConnect/Authorize?code={code}&userId=00000000000000000000000000000001');
         request.onabort = () => {{ window.gone = true; }};
         request.send()"
    ));
    stage.browser.read("This device wants to be signed in, as the user whose settings you opened:");
    stage.browser.keys(super::driver::ESCAPE);
    stage.browser.wait("the end", "window.gone === true");
    assert_eq!(sent(&stage), 0);
    stage.nothing_was_wrong();
}
