//! Restarts, a broken installation, the way back in, and removal.

use std::fs;

use serde_json::json;

use super::{find, with_plugin};
use crate::people::Person;
use crate::plugin::{LIBRARY, unpack};
use crate::server::{ADMIN, ADMIN_PASSWORD, Server};
use crate::visitor::Visitor;

const DATA: &str = jellyward::rescue::DATA_FOLDER;

/// Password alone: a session, or not.
fn gets_in(server: &Server, name: &str, password: &str) -> bool {
    let device = format!("device-{}", crate::people::unique());
    let mut tv = Visitor::television(&server.address(), &device).from(&crate::people::address());
    tv.login(name, password).is_session()
}

#[test]
fn a_restart_from_the_dashboard_keeps_the_gate() {
    let Some(installation) = find("a_restart_from_the_dashboard_keeps_the_gate") else { return };
    let server = with_plugin(installation, "");
    let mut administrator = server.administrator();
    let alice = Person::new(&mut administrator, "alice");
    let mut factors = alice.enrol(&server);
    for restart in 1..=2 {
        server.restart_from_dashboard(&mut administrator);
        assert!(!gets_in(&server, &alice.name, &alice.password), "restart {restart} opened the gate");
        let mut browser = alice.browser(&server);
        let challenge = browser.login(&alice.name, &alice.password).expect(200).challenge();
        let session = browser.verify(&challenge, "totp", &factors.app.fresh()).expect(200);
        let account = browser.holding(&session).get("/Jellyward/Api/Account").expect(200).json();
        assert_eq!(account["factors"].as_array().map(Vec::len), Some(1));
        let status = administrator.get("/JellywardShim/Status").expect(200).json();
        assert_eq!((&status["open"], &status["armed"]), (&json!(true), &json!(true)), "{status}");
    }
}

#[test]
fn without_its_library_the_gate_is_shut_and_the_owner_has_a_way_in() {
    let Some(installation) = find("without_its_library_the_gate_is_shut_and_the_owner_has_a_way_in") else { return };
    let mut server = with_plugin(installation, "");
    let mut administrator = server.administrator();
    let bob = Person::new(&mut administrator, "bob");
    let plugin = server.plugin();

    // Never armed: a missing library leaves logins as they are, and says so.
    server.restart_process(|_| fs::remove_file(plugin.join(LIBRARY)).unwrap());
    assert!(gets_in(&server, &bob.name, &bob.password));
    let status = administrator.get("/JellywardShim/Status").expect(200).json();
    assert_eq!((&status["open"], &status["armed"]), (&json!(false), &json!(false)), "{status}");
    assert!(!status["banners"].as_array().unwrap().is_empty(), "{status}");

    server.restart_process(|_| unpack(&plugin));
    let alice = Person::new(&mut administrator, "alice");
    let mut factors = alice.enrol(&server);

    // Armed: nobody signs in, and whoever is signed in as administrator reads why.
    server.restart_process(|_| fs::remove_file(plugin.join(LIBRARY)).unwrap());
    let with_code = format!("{} {}", alice.password, factors.app.fresh());
    for (name, password) in [
        (&*alice.name, &*alice.password),
        (&alice.name, &with_code),
        (&bob.name, &bob.password),
        (ADMIN, ADMIN_PASSWORD),
    ] {
        assert!(!gets_in(&server, name, password), "{name} got in without the library");
    }
    let status = administrator.get("/JellywardShim/Status").expect(200).json();
    assert_eq!((&status["open"], &status["armed"]), (&json!(false), &json!(true)), "{status}");
    assert!(status["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{status}");
    assert!(!status["banners"].as_array().unwrap().is_empty(), "{status}");
    administrator.get("/web/ConfigurationPage?name=Jellyward").expect(200);

    // The way in, for whoever owns the machine; any other file is no such way.
    let data = server.data().join(DATA);
    let unlock = data.join(jellyward::rescue::UNLOCK_FILE);
    fs::write(&unlock, "let me in").unwrap();
    assert!(!gets_in(&server, &alice.name, &alice.password), "any file opens");
    fs::copy(data.join(jellyward::rescue::RESCUE_ID_FILE), &unlock).unwrap();
    assert!(gets_in(&server, &alice.name, &alice.password), "the unlock file does not open");
    assert!(gets_in(&server, ADMIN, ADMIN_PASSWORD));
    assert!(!unlock.exists(), "it is used up");

    // With the library back, everything is as it was.
    server.restart_process(|_| unpack(&plugin));
    assert!(!gets_in(&server, &alice.name, &alice.password));
    assert!(gets_in(&server, &alice.name, &format!("{} {}", alice.password, factors.app.fresh())));

    // Removed: every account signs in by password, as before.
    server.restart_process(|_| fs::remove_dir_all(&plugin).unwrap());
    for (name, password) in [(&*alice.name, &*alice.password), (&bob.name, &bob.password), (ADMIN, ADMIN_PASSWORD)] {
        assert!(gets_in(&server, name, password), "{name} is locked out without the plugin");
    }
}
