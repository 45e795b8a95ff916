//! Jellyfin alone: what the stories with the plugin are compared with.

use crate::people::Person;
use crate::traces::Traces;

#[test]
fn a_stock_login_works_without_the_plugin() {
    let Some(server) = super::bare("a_stock_login_works_without_the_plugin") else { return };
    let mut administrator = server.administrator();
    let alice = Person::new(&mut administrator, "alice");
    let mut tv = alice.television(&server);
    tv.login(&alice.name, "wrong").expect(401);
    assert_eq!(Traces::of(&mut administrator, &tv.device_id, &alice), Traces { failed: 1, ..Traces::NONE });
    assert!(tv.login(&alice.name, &alice.password).expect(200).is_session());
    let expected = Traces { devices: 1, sessions: 1, succeeded: 1, started: 1, failed: 1 };
    assert_eq!(Traces::of(&mut administrator, &tv.device_id, &alice), expected);
}
