//! Trust in a browser, given and taken in the real web client: its own `fetch` carries the cookie.

use serde_json::json;

use super::{find, with_plugin};
use crate::people::Person;
use crate::server::ADMIN_PASSWORD;
use crate::visitor::Visitor;
use crate::window::{Programs, Window};

const CODE: &str = ".jwd-overlay .jwd-code";
const BOX: &str = "#jwd-trust";

/// This server speaks plain http, where the owner has to allow trust.
fn allow(administrator: &mut Visitor) {
    let path = "/Jellyward/Api/Admin/Settings";
    let revision = administrator.get(path).expect(200).json()["revision"].clone();
    let proof = json!({ "method": "password", "value": ADMIN_PASSWORD });
    let change = json!({ "revision": revision, "values": { "trust.plain_http": true }, "proof": proof });
    administrator.post(path, &change).expect(200);
}

#[test]
fn the_code_is_spared_in_the_trusted_profile_until_trust_is_taken_back() {
    const STORY: &str = "the_code_is_spared_in_the_trusted_profile_until_trust_is_taken_back";
    let Some(installation) = find(STORY) else { return };
    let Some(programs) = Programs::find(STORY) else { return };
    // Below a base URL: the cookie must come along there, too.
    let server = with_plugin(installation, "/jf");
    let mut administrator = server.administrator();
    allow(&mut administrator);
    let alice = Person::new(&mut administrator, "alice");
    let mut factors = alice.enrol(&server);
    let sign_in = |window: &Window| window.sign_in(&alice.name, &alice.password);

    let mine = programs.open(server.address());
    sign_in(&mine);
    mine.browser.see(CODE);
    assert_eq!(mine.browser.run(&format!("return find('{BOX}').checked")), false, "nobody ticks it but its user");
    mine.browser.click(BOX);
    mine.browser.type_into(CODE, &factors.app.fresh());
    mine.is_home();
    // Twice: the value that counts the second time was set by the first.
    for _ in 0..2 {
        mine.sign_out();
        sign_in(&mine);
        mine.is_home();
    }
    mine.nothing_was_wrong();

    // Another profile on the same machine: asked each time, for it never ticks the box.
    let other = programs.open(server.address());
    sign_in(&other);
    other.browser.see(CODE);
    other.browser.type_into(CODE, &factors.app.fresh());
    other.is_home();
    other.sign_out();
    sign_in(&other);
    other.browser.see(CODE);
    other.nothing_was_wrong();

    mine.open("/Jellyward/#browsers");
    mine.browser.read("This one");
    mine.browser.press("Forget");
    mine.browser.read("The second factor is asked for there again.");
    mine.nothing_was_wrong();
    mine.sign_out();
    sign_in(&mine);
    mine.browser.see(CODE);
    mine.browser.type_into(CODE, &factors.app.fresh());
    mine.is_home();
    mine.nothing_was_wrong();
}
