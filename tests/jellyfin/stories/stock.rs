//! Jellyfin alone, and with the plugin that nobody needs yet.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{bare, find, with_plugin};
use crate::people::Person;
use crate::server::Server;
use crate::traces::Traces;

#[test]
fn a_login_without_a_factor_is_jellyfins_own() {
    let Some(installation) = find("a_login_without_a_factor_is_jellyfins_own") else { return };
    let stock = session_of(&bare(installation.clone()));
    let gated = session_of(&with_plugin(installation, ""));
    assert_eq!(keys(&stock), keys(&gated));
}

/// A wrong and a right login on a television; the session's document.
fn session_of(server: &Server) -> Value {
    let mut administrator = server.administrator();
    let alice = Person::new(&mut administrator, "alice");
    let mut tv = alice.television(server);
    tv.login(&alice.name, "wrong").expect(401);
    Traces { failed: 1, ..Traces::NONE }.come(&mut administrator, &tv.device_id, &alice);
    let session = tv.login(&alice.name, &alice.password).expect(200);
    let expected = Traces { devices: 1, sessions: 1, succeeded: 1, started: 1, failed: 1 };
    expected.come(&mut administrator, &tv.device_id, &alice);
    session.json()
}

/// Every member of the document by its path. `LastLoginDate` is left out where there was none before.
fn keys(document: &Value) -> BTreeSet<String> {
    fn walk(at: &str, value: &Value, found: &mut BTreeSet<String>) {
        for (key, value) in value.as_object().into_iter().flatten() {
            let path = format!("{at}/{key}");
            walk(&path, value, found);
            if !["LastLoginDate", "LastActivityDate"].contains(&key.as_str()) {
                found.insert(path);
            }
        }
    }
    let mut found = BTreeSet::new();
    walk("", document, &mut found);
    found
}
