//! The login call in every spelling that reaches Jellyfin: none is a way around.

use serde_json::{Value, json};

use super::turn;
use crate::people::Person;
use crate::traces::Traces;

#[test]
fn no_spelling_of_the_login_goes_around_the_gate() {
    let Some(mut turn) = turn("no_spelling_of_the_login_goes_around_the_gate") else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    alice.enrol(&turn.server);
    let bob = Person::new(&mut turn.administrator, "bob");
    let spellings = [
        "/Users/AuthenticateByName",
        "/users/authenticatebyname",
        "/USERS/AUTHENTICATEBYNAME/",
        "/emby/Users/AuthenticateByName",
        "/mediabrowser/Users/AuthenticateByName",
        "/EMBY/users/authenticateByName",
        "//Users/AuthenticateByName",
        "/Users//AuthenticateByName",
        "/Users/%41uthenticateByName",
    ];
    for path in spellings {
        let mut bobs = bob.television(&turn.server);
        let stock = bobs.post(path, &json!({ "Username": bob.name, "Pw": bob.password }));
        let mut tv = alice.television(&turn.server);
        let answer = tv.post(path, &json!({ "Username": alice.name, "Pw": alice.password }));
        assert!(!answer.is_session(), "{path} is a way around");
        // Where Jellyfin takes the spelling at all, the gate asks.
        let expected = if stock.is_session() { (401, json!("challenge")) } else { (stock.status, Value::Null) };
        assert_eq!((answer.status, answer.json()["jellyward"]["outcome"].clone()), expected, "{path}");
        assert_eq!(Traces::of(&mut turn.administrator, &tv.device_id, &alice).devices, 0, "{path}");
    }
}

#[test]
fn an_answer_is_plain_json_whatever_the_client_accepts() {
    let Some(mut turn) = turn("an_answer_is_plain_json_whatever_the_client_accepts") else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    let mut factors = alice.enrol(&turn.server);
    let camel = "application/json; profile=\"CamelCase\"";
    let body = json!({ "Username": alice.name, "Pw": alice.password });
    for accept in ["application/json", camel, "application/xml", "*/*", "text/html"] {
        let mut browser = alice.browser(&turn.server);
        let answer = browser.send("POST", "/Users/AuthenticateByName", &[("Accept", accept)], Some(&body));
        assert_eq!(answer.json()["jellyward"]["outcome"], "challenge", "{accept}: {}", answer.shown());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    // The session comes in the casing that was asked for, as from Jellyfin itself.
    let mut browser = alice.browser(&turn.server);
    let challenge = browser.login(&alice.name, &alice.password).challenge();
    let verify = json!({ "challenge": challenge, "method": "totp", "code": factors.app.fresh() });
    let session = browser.send("POST", "/Jellyward/Api/Challenge/Verify", &[("Accept", camel)], Some(&verify));
    assert!(session.json()["accessToken"].is_string(), "{}", session.shown());
    // Compressed or not, it is the same answer.
    for encoding in ["gzip", "br"] {
        let mut browser = alice.browser(&turn.server);
        let header = [("Accept-Encoding", encoding)];
        let answer = browser.send("POST", "/Users/AuthenticateByName", &header, Some(&body)).expect(200);
        if answer.header("content-encoding").is_none() {
            assert_eq!(answer.json()["jellyward"]["outcome"], "challenge");
        }
    }
    let mut tv = alice.television(&turn.server);
    let refused = tv.send("POST", "/Users/AuthenticateByName", &[("Accept-Encoding", "gzip")], Some(&body));
    assert_eq!(refused.status, 401);
}

#[test]
fn a_client_that_says_nothing_of_itself_gets_400_and_no_challenge() {
    let Some(mut turn) = turn("a_client_that_says_nothing_of_itself_gets_400_and_no_challenge") else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    alice.enrol(&turn.server);
    let body = json!({ "Username": alice.name, "Pw": alice.password });
    let mut tv = alice.television(&turn.server);
    for header in [
        "",
        "MediaBrowser Client=\"\", Device=\"d\", DeviceId=\"i\", Version=\"1\"",
        "MediaBrowser Client=\"c\", Device=\"\", DeviceId=\"i\", Version=\"1\"",
        "MediaBrowser Client=\"c\", Device=\"d\", DeviceId=\"\", Version=\"1\"",
        "MediaBrowser Client=\"c\", Device=\"d\", DeviceId=\"i\", Version=\"\"",
    ] {
        let answer = tv.send("POST", "/Users/AuthenticateByName", &[("Authorization", header)], Some(&body));
        assert_eq!((answer.status, answer.json()["jellyward"].clone()), (400, Value::Null), "{header:?}");
    }
    // The legacy header: read by 10, ignored by 12, which then knows nothing of the client.
    let legacy = tv.authorization();
    let headers = [("Authorization", ""), ("X-Emby-Authorization", legacy.as_str())];
    let answer = tv.send("POST", "/Users/AuthenticateByName", &headers, Some(&body));
    let bob = Person::new(&mut turn.administrator, "bob");
    let body = json!({ "Username": bob.name, "Pw": bob.password });
    let mut bobs = bob.television(&turn.server);
    let legacy = bobs.authorization();
    let headers = [("Authorization", ""), ("X-Emby-Authorization", legacy.as_str())];
    let stock = bobs.send("POST", "/Users/AuthenticateByName", &headers, Some(&body));
    if stock.is_session() {
        assert_eq!((answer.status, answer.json()["jellyward"]["outcome"].clone()), (401, json!("challenge")));
    } else {
        assert_eq!((answer.status, answer.json()["jellyward"].clone()), (400, Value::Null), "{}", answer.shown());
        assert_eq!(stock.status, 400);
    }
    assert_eq!(Traces::of(&mut turn.administrator, &tv.device_id, &alice).devices, 0);
}

#[test]
fn paths_of_ours_are_ours_and_nobody_elses() {
    let Some(mut turn) = turn("paths_of_ours_are_ours_and_nobody_elses") else { return };
    let bob = Person::new(&mut turn.administrator, "bob");
    let mut browser = bob.browser(&turn.server);
    for path in [
        "/Jellyward/",
        "/Jellyward",
        "/Jellyward/Login",
        "/jellyward/login",
        "/TwoFactorAuth/Setup",
        "/TwoFactorAuth/Login",
        "/sso/2fa",
        "/SSO/2FA",
    ] {
        let page = browser.get(path).expect(200);
        assert!(page.header("content-type").unwrap().starts_with("text/html"), "{path}: {}", page.shown());
        assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"), "{path}");
        // HEAD is a GET without its body.
        let head = browser.send("HEAD", path, &[], None).expect(200);
        assert_eq!((head.bytes.len(), head.header("content-type")), (0, page.header("content-type")), "{path}");
    }
    browser.get("/Jellyward/Nothing").expect(404);
    assert_eq!(browser.post("/Jellyward/Nothing", &json!({})).expect(404).code(), "not_found");
    assert_eq!(browser.get("/Jellyward/Api/Challenge/Verify").expect(405).header("allow"), Some("POST"));
    assert_eq!(browser.get("/Jellyward/Api/Account").expect(401).code(), "sign_in");
    assert_eq!(browser.get("/Jellyward/Api/Admin/Settings").expect(401).code(), "sign_in");
    let session = browser.login(&bob.name, &bob.password).expect(200);
    let mut signed_in = browser.holding(&session);
    signed_in.get("/Jellyward/Api/Admin/Settings").expect(403);
    signed_in.get("/JellywardShim/Status").expect(403);
    browser.get("/JellywardShim/Status").expect(401);
    let large = json!({ "challenge": "x".repeat(70_000) });
    assert_eq!(browser.post("/Jellyward/Api/Challenge/Verify", &large).expect(413).code(), "too_large");
    let form = [("Content-Type", "text/plain")];
    let typed = browser.send("POST", "/Jellyward/Api/Challenge/Verify", &form, Some(&json!({})));
    assert_eq!(typed.status, 415, "{}", typed.shown());
}
