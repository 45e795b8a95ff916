//! The miniature Jellyfin behaves as the real one does where it matters.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use serde_json::json;

use super::authenticator;
use super::clock::MovableClock;
use super::visitor::{Answer, Visitor};
use super::{Demo, Options};
use crate::clock::Clock;

fn demo(options: Options) -> Demo {
    Demo::start(Options { password_rounds: 1000, ..options }).unwrap()
}

fn plain() -> Demo {
    demo(Options::default())
}

/// Sends bytes as they are; gives what comes back until the connection ends, which an answer to HTTP/1.0 does.
fn raw(demo: &Demo, request: &str) -> String {
    let address = demo.address();
    let mut stream = TcpStream::connect(address.trim_start_matches("http://").split('/').next().unwrap()).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn paths_are_understood_as_in_10_11() {
    let demo = demo(Options { base: "/jf".to_owned(), ..Options::default() });
    let mut browser = Visitor::browser(&demo.address(), "laptop");
    for path in
        ["/System/Info/Public", "/system/info/PUBLIC", "/emby/System/Info/Public", "/MediaBrowser/system/info/public"]
    {
        let answer = browser.get(path).unwrap();
        assert_eq!(answer.field("/Id"), demo.host().server_id(), "{path}");
    }
    assert_eq!(browser.get("//System/Info/Public").unwrap().status, 404);
    assert_eq!(browser.get("/No/Such/Thing").unwrap().status, 404);
    let outside = raw(&demo, "GET /System/Info/Public HTTP/1.0\r\n\r\n");
    assert!(outside.starts_with("HTTP/1.0 302") && outside.contains("Location: /jf/web/"), "{outside}");
}

#[test]
fn the_sign_in_by_id_does_not_tell_who_is_there() {
    let demo = plain();
    let by_id = |id: &str| {
        let mut app = Visitor::browser(&demo.address(), "laptop");
        let answer = app.post(&format!("/Users/{id}/Authenticate?pw=wrong"), &json!(null)).unwrap();
        (answer.status, answer.text)
    };
    let bob = demo.host().user_id("bob").unwrap().to_string();
    assert_eq!(by_id(&bob).0, 401);
    assert_eq!(by_id("7f9c2ba4e88f827d61604550760585da"), by_id(&bob));
}

#[test]
fn the_index_carries_the_script_and_answers_its_own_etag() {
    let demo = plain();
    let mut browser = Visitor::browser(&demo.address(), "laptop");
    let page = browser.get("/web/").unwrap();
    assert!(page.text.contains("inject.js"), "{}", page.text);
    assert_eq!(page.header("content-type"), Some("text/html"));
    assert_eq!(browser.get("/web//index.html").unwrap().text, page.text);
    assert_eq!(browser.get("/WEB/INDEX.HTML").unwrap().text, page.text);
    let etag = page.header("etag").unwrap();
    let again = raw(&demo, &format!("GET /web/ HTTP/1.0\r\nIf-None-Match: {etag}\r\n\r\n"));
    assert!(again.starts_with("HTTP/1.0 304"), "{again}");
    assert_eq!(browser.get("/web/client.js").unwrap().header("content-type"), Some("text/javascript"));
}

#[test]
fn a_folder_of_the_web_client_ends_at_its_edge() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("web")).unwrap();
    std::fs::write(folder.path().join("web/index.html"), "<html><head></head></html>").unwrap();
    std::fs::write(folder.path().join("secret"), "secret").unwrap();
    let demo = demo(Options { web: Some(folder.path().join("web")), ..Options::default() });
    for path in ["/web/../secret", "/web/%2e%2e/secret", "/web/..%2fsecret"] {
        let answer = raw(&demo, &format!("GET {path} HTTP/1.0\r\n\r\n"));
        assert!(!answer.contains("\r\n\r\nsecret"), "{path}: {answer}");
    }
}

#[test]
fn a_client_that_does_not_name_itself_gets_400() {
    let demo = plain();
    let body = r#"{"Username":"bob","Pw":"bob-demo"}"#;
    for header in ["", "Authorization: MediaBrowser Client=\"c\", Device=\"d\", DeviceId=\"i\"\r\n"] {
        let answer = raw(
            &demo,
            &format!(
                "POST /Users/AuthenticateByName HTTP/1.0\r\nContent-Type: application/json\r\n{header}Content-Length: {}\r\n\r\n{body}",
                body.len()
            ),
        );
        assert!(answer.starts_with("HTTP/1.0 400") && answer.contains("Error processing request."), "{answer}");
    }
    assert_eq!(demo.host().devices(), 0);
}

#[test]
fn a_name_is_folded_as_core_folds_it_and_decided_by_id() {
    let demo = plain();
    demo.host().add_user("kess", "kess-demo", false).unwrap();
    let mut browser = Visitor::browser(&demo.address(), "laptop");
    let answer = browser.sign_in("keſſ", "kess-demo").unwrap();
    assert!(answer.is_session() && answer.field("/User/Name") == "kess", "{}", answer.text);
    let answer = browser.sign_in("ALICE", "alice-demo").unwrap();
    assert_eq!(answer.outcome(), "challenge", "{}", answer.text);
}

#[test]
fn every_failure_before_the_password_looks_and_costs_the_same() {
    let demo = plain();
    demo.host().add_user("gone", "gone-demo", false).unwrap();
    demo.host().set_disabled("gone", true);
    for (name, password) in [("alice", "wrong"), ("bob", "wrong"), ("nobody at all", "wrong"), ("gone", "gone-demo")] {
        let before = demo.host().password_checks();
        let answer = Visitor::browser(&demo.address(), "laptop").sign_in(name, password).unwrap();
        assert_eq!((answer.status, answer.text.as_str()), (401, "Error processing request."), "{name}");
        assert_eq!(demo.host().password_checks() - before, 1, "{name}");
    }
    assert_eq!(demo.host().devices(), 0);
}

#[test]
fn the_obsolete_sign_in_asks_the_gate_too() {
    let demo = plain();
    let mut browser = Visitor::browser(&demo.address(), "laptop");
    let path = |name: &str| format!("/Users/{}/Authenticate?pw={name}-demo", demo.host().user_id(name).unwrap());
    assert!(browser.post(&path("bob"), &json!(null)).unwrap().is_session());
    browser.forget();
    let refused = browser.post(&path("alice"), &json!(null)).unwrap();
    assert_eq!((refused.status, refused.outcome()), (401, ""), "{}", refused.text);
    assert_eq!(demo.host().devices(), 1);
}

#[test]
fn the_engine_sees_tokens_from_the_authorization_header_alone() {
    let demo = plain();
    let mut browser = Visitor::browser(&demo.address(), "laptop");
    assert!(browser.sign_in("bob", "bob-demo").unwrap().is_session());
    let token = browser.token().unwrap().to_owned();
    assert_eq!(browser.get("/Jellyward/Api/Account").unwrap().status, 200);
    browser.forget();
    assert_eq!(browser.get(&format!("/Users/Me?ApiKey={token}")).unwrap().field("/Name"), "bob");
    assert_eq!(browser.get(&format!("/Jellyward/Api/Account?ApiKey={token}")).unwrap().status, 401);
}

#[test]
fn what_a_password_change_ends() {
    let demo = plain();
    let mut here = Visitor::browser(&demo.address(), "laptop");
    let mut there = Visitor::browser(&demo.address(), "tablet");
    for browser in [&mut here, &mut there] {
        assert!(browser.sign_in("bob", "bob-demo").unwrap().is_session());
    }
    let change = |current: &str| json!({"CurrentPw": current, "NewPw": "another"});
    assert_eq!(here.post("/Users/Password", &change("wrong")).unwrap().status, 403);
    assert_eq!(here.post("/Users/Password", &change("bob-demo")).unwrap().status, 204);
    assert_eq!(here.get("/Users/Me").unwrap().status, 200);
    assert_eq!(there.get("/Users/Me").unwrap().status, 401);
    assert!(!there.sign_in("bob", "bob-demo").unwrap().is_session());
    assert!(there.sign_in("bob", "another").unwrap().is_session());
}

#[test]
fn jellyfins_own_reset_writes_a_pin_for_who_is_at_home() {
    let clock = Arc::new(MovableClock::at(1_900_000_000));
    let known_proxies = vec![[127, 0, 0, 1].into()];
    let demo = demo(Options { clock: clock.clone(), known_proxies, ..Options::default() });
    let files = || -> Vec<_> {
        let all = std::fs::read_dir(demo.folder()).unwrap().map(|file| file.unwrap().path());
        all.filter(|path| path.to_string_lossy().contains("passwordreset")).collect()
    };
    let mut home = Visitor::browser(&demo.address(), "laptop");
    let mut outside = home.clone().from("203.0.113.7");
    let forgot = |who: &mut Visitor, name: &str| {
        let answer = who.post("/Users/ForgotPassword", &json!({"EnteredUsername": name})).unwrap();
        assert_eq!((answer.status, answer.field("/Action").as_str()), (200, "PinCode"), "{}", answer.text);
        answer
    };
    forgot(&mut home, "nobody at all");
    forgot(&mut outside, "bob");
    assert!(files().is_empty());

    let pin_file = forgot(&mut home, "bob").field("/PinFile");
    let pin = |file: &str| -> serde_json::Value { serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap() };
    let first = pin(&pin_file)["Pin"].as_str().unwrap().to_owned();
    assert_eq!(files(), [std::path::Path::new(&pin_file)]);
    clock.advance(31 * 60);
    let redeem = |who: &mut Visitor, pin: &str| who.post("/Users/ForgotPassword/Pin", &json!({"Pin": pin})).unwrap();
    assert_eq!(redeem(&mut outside, &first).status, 404);
    assert!(files().is_empty(), "it was too old");

    forgot(&mut home, "bob");
    let second = pin(&pin_file)["Pin"].as_str().unwrap().to_owned();
    assert_eq!(redeem(&mut outside, "00-00-00-00-00").status, 404);
    let redeemed = redeem(&mut outside, &second);
    assert_eq!(redeemed.json, json!({"Success": true, "UsersReset": ["bob"]}), "{}", redeemed.text);
    assert!(files().is_empty());
    assert!(!home.sign_in("bob", "bob-demo").unwrap().is_session());
    assert!(home.sign_in("bob", &second).unwrap().is_session());
    assert_eq!(home.post("/Users/ForgotPassword", &json!({"EnteredUsername": null})).unwrap().status, 400);
}

/// The administrator with a factor, signed in, whose last proof is too long ago.
fn protected_administrator() -> (Demo, Visitor) {
    let clock = Arc::new(MovableClock::at(1_900_000_000));
    let demo = demo(Options { clock: clock.clone(), ..Options::default() });
    let mut admin = Visitor::browser(&demo.address(), "desk");
    assert!(admin.sign_in("admin", "admin-demo").unwrap().is_session());
    let proof = json!({"proof": {"method": "password", "value": "admin-demo"}});
    let begun = admin.post("/Jellyward/Api/Account/Totp/Start", &proof).unwrap();
    let code = authenticator::code(&begun.field("/secret"), clock.now()).unwrap();
    let confirmation = json!({"enrolment": begun.field("/enrolment"), "code": code, "name": "Phone"});
    assert_eq!(admin.post("/Jellyward/Api/Account/Totp/Confirm", &confirmation).unwrap().status, 200);
    demo.host().set_authenticator("admin", &begun.field("/secret"), Vec::new());
    clock.advance(600);
    (demo, admin)
}

#[test]
fn what_weakens_protection_asks_the_engine_first() {
    let (demo, mut admin) = protected_administrator();
    let bob = demo.host().user_id("bob").unwrap();
    let policy = format!("/Users/{bob}/Policy");
    let password = format!("/Users/Password?userId={bob}");
    let calls = [
        ("/Users/New", json!({"Name": "eve", "Password": "eve"})),
        (policy.as_str(), json!({"IsAdministrator": true})),
        (password.as_str(), json!({"NewPw": "another"})),
        ("/Auth/Keys?app=program", json!(null)),
    ];
    for (path, body) in &calls {
        let stopped = admin.post(path, body).unwrap();
        assert_eq!((stopped.status, stopped.code()), (403, "step_up"), "{path}: {}", stopped.text);
        assert_eq!(stopped.header("x-jellyward"), Some("step-up"), "{path}");
    }
    let wizard = admin.post("/Startup/User", &json!({"Name": "admin", "Password": "stolen"})).unwrap();
    assert_eq!(wizard.status, 403, "{}", wizard.text);
    let token = admin.token().unwrap().to_owned();
    let mut thief = Visitor::browser(&demo.address(), "elsewhere");
    assert_eq!(thief.post(&format!("/Auth/Keys?app=program&ApiKey={token}"), &json!(null)).unwrap().code(), "step_up");

    let code = demo.live_code("admin").unwrap();
    let proof = json!({"proof": {"method": "totp", "value": code}});
    assert_eq!(admin.post("/Jellyward/Api/Account/Prove", &proof).unwrap().status, 200);
    for (path, body) in &calls {
        let passed = admin.post(path, body).unwrap();
        assert!(passed.status < 300, "{path}: {} {}", passed.status, passed.text);
    }
    assert!(demo.host().user_id("eve").is_some());
}

#[test]
fn who_shows_a_quick_connect_code_can_be_looked_up() {
    let demo = plain();
    let mut television = Visitor::television(&demo.address(), "kitchen");
    let code = television.post("/QuickConnect/Initiate", &json!(null)).unwrap().field("/Code");
    let mut bob = Visitor::browser(&demo.address(), "laptop");
    assert!(bob.sign_in("bob", "bob-demo").unwrap().is_session());
    let seen = bob.post("/Jellyward/Api/Account/QuickConnect/Look", &json!({"code": code})).unwrap();
    assert_eq!((seen.field("/app").as_str(), seen.field("/deviceName").as_str()), ("Jellyfin for TV", "kitchen"));
    assert_eq!(seen.field("/address"), "127.0.0.1");
    let unknown = bob.post("/Jellyward/Api/Account/QuickConnect/Look", &json!({"code": "0"})).unwrap();
    assert_eq!((unknown.status, unknown.code()), (404, "unknown_code"));
}

#[test]
fn elevation_is_the_administrators() {
    let demo = plain();
    let mut bob = Visitor::browser(&demo.address(), "laptop");
    let mut admin = Visitor::browser(&demo.address(), "desk");
    assert_eq!(bob.get("/Devices").unwrap().status, 401);
    assert!(bob.sign_in("bob", "bob-demo").unwrap().is_session());
    assert_eq!(bob.get("/Devices").unwrap().status, 403);
    assert!(admin.sign_in("admin", "admin-demo").unwrap().is_session());
    assert_eq!(admin.get("/Devices").unwrap().json["TotalRecordCount"], 2);
    assert_eq!(bob.get("/Sessions").unwrap().json.as_array().unwrap().len(), 1);
    assert_eq!(admin.get("/Sessions").unwrap().json.as_array().unwrap().len(), 2);
    let id = demo.host().user_id("bob").unwrap();
    let proof = json!({"proof": {"method": "password", "value": "admin-demo"}});
    assert_eq!(admin.post("/Jellyward/Api/Account/Prove", &proof).unwrap().status, 200);
    assert_eq!(admin.post(&format!("/Users/{id}/Policy"), &json!({"IsDisabled": true})).unwrap().status, 204);
    assert_eq!(bob.get("/Users/Me").unwrap().status, 401);
    assert!(!Answer::is_session(&bob.sign_in("bob", "bob-demo").unwrap()));
}

#[test]
fn an_enormous_announcement_costs_nothing() {
    let demo = plain();
    for path in ["/Users/AuthenticateByName", "/Jellyward/Api/Challenge/Verify"] {
        let request = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999999999\r\n\r\n");
        assert!(raw(&demo, &request).starts_with("HTTP/1.1 413"), "{path}");
    }
    assert_eq!(Visitor::browser(&demo.address(), "laptop").get("/System/Info/Public").unwrap().status, 200);
}

#[test]
fn the_temporary_folder_goes_with_the_demo_and_a_given_one_stays() {
    let demo = plain();
    let folder = demo.folder().to_owned();
    assert!(folder.exists());
    drop(demo);
    assert!(!folder.exists());

    let kept = tempfile::tempdir().unwrap();
    let options = Options { data: Some(kept.path().to_owned()), password_rounds: 1000, ..Options::default() };
    let server_id = Demo::start(options.clone()).unwrap().host().server_id();
    let again = Demo::start(options).unwrap();
    assert_eq!(again.host().server_id(), server_id);
    assert!(again.live_code("alice").is_some());
}
