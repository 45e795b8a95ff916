//! Jellyfin's own calls that the engine wants to see: stopped until a proof is given, and only then run.

use serde_json::json;

use super::turn;
use crate::authenticator::Authenticator;
use crate::people::{Factors, Person, unique};
use crate::server::Server;
use crate::visitor::{Answer, Visitor};

/// A protected administrator in two sessions that have proven nothing: they are older than the factor.
fn unproven(administrator: &mut Visitor, server: &Server) -> (Person, [Visitor; 2], Factors) {
    let root = Person::new(administrator, "root");
    root.change_policy(administrator, "IsAdministrator", &json!(true));
    let earlier = [(); 2].map(|()| {
        let mut browser = root.browser(server);
        let session = browser.login(&root.name, &root.password).expect(200);
        browser.holding(&session)
    });
    let factors = root.enrol(server);
    (root, earlier, factors)
}

#[track_caller]
fn is_stopped(answer: &Answer) {
    assert_eq!((answer.status, answer.code().as_str()), (403, "step_up"), "{}", answer.shown());
    assert_eq!(answer.header("x-jellyward"), Some("step-up"), "our script must know it");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

fn keys(administrator: &mut Visitor) -> usize {
    administrator.get("/Auth/Keys").expect(200).json()["Items"].as_array().unwrap().len()
}

fn prove(session: &mut Visitor, app: &mut Authenticator) {
    let proof = json!({ "proof": { "method": "totp", "value": app.fresh() } });
    session.post("/Jellyward/Api/Account/Prove", &proof).expect(200);
}

#[test]
fn a_protected_administrator_proves_before_a_password_or_a_key() {
    let Some(mut turn) = turn("a_protected_administrator_proves_before_a_password_or_a_key") else { return };
    let (root, [mut session, _], mut factors) = unproven(&mut turn.administrator, &turn.server);
    let bob = Person::new(&mut turn.administrator, "bob");
    let before = keys(&mut turn.administrator);
    let own = json!({ "CurrentPw": root.password, "NewPw": "another password" });
    let others = json!({ "NewPw": "another password" });
    let of_bob = format!("/Users/Password?userId={}", bob.id);
    let obsolete = format!("/Users/{}/Password", bob.id);
    is_stopped(&session.post("/Users/Password", &own));
    is_stopped(&session.post("/Users/Password", &json!({ "ResetPassword": true })));
    is_stopped(&session.post(&of_bob, &others));
    is_stopped(&session.post(&obsolete, &others));
    is_stopped(&session.post("/Auth/Keys?app=story", &json!({})));
    is_stopped(&session.post("/Users/New", &json!({ "Name": "unwanted" })));
    is_stopped(&session.post("/System/Configuration", &json!({})));
    // Where Jellyfin takes the token from does not matter.
    let token = session.token.clone().unwrap();
    let mut elsewhere = session.clone();
    elsewhere.token = None;
    is_stopped(&elsewhere.post(&format!("/Auth/Keys?app=story&ApiKey={token}"), &json!({})));
    // Nothing ran.
    assert_eq!(keys(&mut turn.administrator), before);
    assert!(bob.television(&turn.server).login(&bob.name, &bob.password).expect(200).is_session());
    // What nobody watches runs.
    session.get("/Users").expect(200);

    prove(&mut session, &mut factors.app);
    session.post("/Auth/Keys?app=story", &json!({})).expect(204);
    assert_eq!(keys(&mut turn.administrator), before + 1);
    session.post(&of_bob, &others).expect(204);
    assert!(bob.television(&turn.server).login(&bob.name, "another password").expect(200).is_session());
    session.post("/Users/Password", &own).expect(204);
    let mut browser = root.browser(&turn.server);
    assert!(!browser.login(&root.name, "another password").challenge().is_empty());
}

/// An administrator without a factor in two sessions, and a proof of the password.
fn without_factor(administrator: &mut Visitor, server: &Server, root: &Person) -> [Visitor; 2] {
    root.change_policy(administrator, "IsAdministrator", &json!(true));
    [(); 2].map(|()| {
        let mut browser = root.browser(server);
        let session = browser.login(&root.name, &root.password).expect(200);
        browser.holding(&session)
    })
}

fn settings_with(session: &mut Visitor, proof: Option<&str>) -> Answer {
    let path = "/Jellyward/Api/Admin/Settings";
    let revision = session.get(path).expect(200).json()["revision"].clone();
    let mut change = json!({ "revision": revision, "values": { "totp.issuer": "Jellyfin" } });
    if let Some(password) = proof {
        change["proof"] = json!({ "method": "password", "value": password });
    }
    session.post(path, &change)
}

#[test]
fn an_administrator_without_a_factor_proves_by_the_password() {
    let Some(mut turn) = turn("an_administrator_without_a_factor_proves_by_the_password") else { return };
    let root = Person::new(&mut turn.administrator, "root");
    let bob = Person::new(&mut turn.administrator, "bob");
    let [mut session, mut stolen] = without_factor(&mut turn.administrator, &turn.server, &root);
    let before = keys(&mut turn.administrator);
    let policy = session.get(&format!("/Users/{}", bob.id)).expect(200).json()["Policy"].clone();
    let network = session.get("/System/Configuration/network").expect(200).json();
    let whole = session.get("/System/Configuration").expect(200).json();
    let acts = [
        ("/Auth/Keys?app=story".to_owned(), json!({})),
        (format!("/Users/{}/Policy", bob.id), policy),
        (format!("/Users/Password?userId={}", bob.id), json!({ "NewPw": "another password" })),
        ("/System/Configuration/network".into(), network),
        ("/System/Configuration".into(), whole),
        ("/Repositories".into(), json!([])),
    ];
    for (path, body) in &acts {
        let stopped = session.post(path, body);
        is_stopped(&stopped);
        assert_eq!(stopped.json()["proofs"], json!(["password"]), "{path}");
    }
    assert_eq!(settings_with(&mut session, None).expect(403).code(), "step_up");
    assert_eq!(settings_with(&mut session, Some("a guess")).expect(401).code(), "wrong_proof");
    assert_eq!(keys(&mut turn.administrator), before, "nothing ran");

    settings_with(&mut session, Some(&root.password)).expect(200);
    settings_with(&mut session, None).expect(200);
    for (path, body) in &acts {
        session.post(path, body).expect(204);
    }
    assert_eq!(keys(&mut turn.administrator), before + 1);
    is_stopped(&stolen.post("/Auth/Keys?app=story", &json!({})));
    assert_eq!(settings_with(&mut stolen, None).expect(403).code(), "step_up");
}

#[test]
fn an_administrator_without_a_password_is_not_locked_out() {
    let Some(mut turn) = turn("an_administrator_without_a_password_is_not_locked_out") else { return };
    let name = format!("open-{:03}", unique());
    let made = turn.administrator.post("/Users/New", &json!({ "Name": name })).expect(200).json();
    let root = Person { name, id: made["Id"].as_str().unwrap().replace('-', ""), password: String::new() };
    let [mut session, _] = without_factor(&mut turn.administrator, &turn.server, &root);
    is_stopped(&session.post("/Auth/Keys?app=story", &json!({})));
    assert_eq!(settings_with(&mut session, Some("something")).expect(401).code(), "wrong_proof");
    settings_with(&mut session, Some("")).expect(200);
    session.post("/Auth/Keys?app=story", &json!({})).expect(204);
}

#[test]
fn a_proof_lets_nobody_else_through() {
    let Some(mut turn) = turn("a_proof_lets_nobody_else_through") else { return };
    let (root, [mut session, mut other], mut factors) = unproven(&mut turn.administrator, &turn.server);
    prove(&mut session, &mut factors.app);
    // Not even the same administrator in another session.
    is_stopped(&other.post("/Auth/Keys?app=story", &json!({})));
    // Whoever is no administrator is Jellyfin's to refuse.
    let bob = Person::new(&mut turn.administrator, "bob");
    let mut browser = bob.browser(&turn.server);
    let session = browser.login(&bob.name, &bob.password).expect(200);
    let mut bobs = browser.holding(&session);
    let refused = bobs.post("/Auth/Keys?app=story", &json!({})).expect(403);
    assert_eq!((refused.code().as_str(), refused.header("x-jellyward")), ("", None));
    let refused = bobs.post(&format!("/Users/Password?userId={}", root.id), &json!({ "NewPw": "x" }));
    assert_ne!(refused.status, 204, "{}", refused.shown());
}

#[test]
fn the_wizards_user_is_closed_to_everybody() {
    let Some(mut turn) = turn("the_wizards_user_is_closed_to_everybody") else { return };
    let stolen = json!({ "Name": "admin", "Password": "stolen" });
    let refused = turn.administrator.post("/Startup/User", &stolen).expect(403);
    assert_eq!(refused.code(), "wizard_done");
    let mut stranger = Visitor::television(&turn.server.address(), "stranger");
    assert!([401, 403].contains(&stranger.post("/Startup/User", &stolen).status));
    turn.server.administrator();
}

#[test]
fn who_shows_a_quick_connect_code_is_seen_before_it_is_approved() {
    let Some(mut turn) = turn("who_shows_a_quick_connect_code_is_seen_before_it_is_approved") else { return };
    let bob = Person::new(&mut turn.administrator, "bob");
    let mut browser = bob.browser(&turn.server);
    let session = browser.login(&bob.name, &bob.password).expect(200);
    let mut session = browser.holding(&session);
    let mut tv = bob.television(&turn.server);
    tv.device_name = "%3Cb%3ELiving%20room%3C%2Fb%3E".into();
    let mut look = |code: &str| session.post("/Jellyward/Api/Account/QuickConnect/Look", &json!({ "code": code }));
    for method in ["POST", "GET"] {
        let begun = tv.send(method, "/QuickConnect/Initiate", &[], (method == "POST").then_some(&json!({})));
        // The older spelling is gone from 12.
        if method == "GET" && begun.status != 200 {
            continue;
        }
        let shown = begun.json();
        let seen = look(shown["Code"].as_str().unwrap()).expect(200).json();
        assert_eq!((&seen["app"], &seen["version"]), (&json!(tv.app), &json!(tv.version)));
        assert_eq!((&seen["deviceName"], &seen["address"]), (&json!("<b>Living room</b>"), &json!(tv.address)));
    }
    assert_eq!(look("000000").expect(404).code(), "unknown_code");
}
