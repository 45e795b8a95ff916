//! Limits slow strangers down, and nobody else.

use super::turn;
use crate::people::Person;

#[test]
fn junk_from_a_stranger_does_not_lock_the_owners_browser_out() {
    let Some(mut turn) = turn("junk_from_a_stranger_does_not_lock_the_owners_browser_out") else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    let mut factors = alice.enrol(&turn.server);
    let mut stranger = alice.television(&turn.server);
    for n in 0..5 {
        stranger.login(&alice.name, &format!("junk {n}")).expect(401);
    }
    let slowed = stranger.login(&alice.name, "junk again").expect(401);
    assert!(slowed.header("retry-after").is_some(), "{}", slowed.shown());
    let mut home = factors.session;
    home.token = None;
    let challenge = home.login(&alice.name, &alice.password).expect(200).challenge();
    home.verify(&challenge, "totp", &factors.app.fresh()).expect(200);
}
