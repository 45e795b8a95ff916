//! A back-up of Jellyfin's own is put back: it knows nothing of what was ended and deleted since.

use serde_json::json;

use super::{find, with_plugin};
use crate::people::Person;
use crate::visitor::Visitor;

#[test]
fn what_was_ended_or_deleted_stays_so_when_a_back_up_brings_it_back() {
    let Some(installation) = find("what_was_ended_or_deleted_stays_so_when_a_back_up_brings_it_back") else { return };
    let server = with_plugin(installation, "");
    let mut administrator = server.administrator();
    let (alice, bob) = (Person::new(&mut administrator, "alice"), Person::new(&mut administrator, "bob"));
    let (factors, bobs) = (alice.enrol(&server), bob.enrol(&server));
    let (mut here, mut bobs) = (factors.session, bobs.session);
    let mut tv = alice.television(&server);
    let session = tv.login(&alice.name, &format!("{} {}", alice.password, factors.recovery_codes[0])).expect(200);
    let mut lost = tv.holding(&session);

    let parts = json!({ "Database": true, "Metadata": false, "Subtitles": false, "Trickplay": false });
    let made = administrator.post("/Backup/Create", &parts).expect(200).json();
    let archive = made["Path"].as_str().unwrap().rsplit(['/', '\\']).next().unwrap().to_owned();

    let ended = here.post("/Jellyward/Api/Account/Sessions/End", &json!({ "others": true })).expect(200).json();
    assert_eq!(ended["ended"], 1);
    lost.get("/Users/Me").expect(401);
    administrator.send("DELETE", &format!("/Users/{}", bob.id), &[], None).expect(204);

    server.restore(&mut administrator, &archive);
    lost.get("/Users/Me").expect(401);
    here.get("/Users/Me").expect(200);
    let there: Vec<_> = users(&mut administrator);
    assert!(there.contains(&bob.name), "the back-up was put back: {there:?}");
    bobs.get("/Users/Me").expect(401);
    let mut browser = bob.browser(&server);
    let asked = browser.login(&bob.name, &bob.password).expect(200).json();
    assert_eq!(asked["jellyward"]["outcome"], "enrol", "the password alone opens nothing");
    let start = json!({ "challenge": asked["jellyward"]["challenge"] });
    assert_eq!(browser.post("/Jellyward/Api/Challenge/Enrol/Start", &start).code(), "word_needed");
}

fn users(administrator: &mut Visitor) -> Vec<String> {
    let users = administrator.get("/Users").expect(200).json();
    users.as_array().unwrap().iter().map(|user| user["Name"].as_str().unwrap().to_owned()).collect()
}
