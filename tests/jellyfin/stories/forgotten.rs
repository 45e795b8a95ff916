//! Jellyfin's own dialog for a forgotten password: its own flow with its file, where ours is off.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::turn;
use crate::people::{Person, address};
use crate::server::Server;
use crate::visitor::Visitor;

const START: &str = "/Users/ForgotPassword";
const REDEEM: &str = "/Users/ForgotPassword/Pin";

/// The PIN files Jellyfin has left in its data folder.
fn pin_files(server: &Server) -> Vec<PathBuf> {
    let folder = server.data().parent().unwrap().to_owned();
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.to_string_lossy().contains("passwordreset")).collect()
}

#[test]
fn with_nothing_to_send_mail_by_jellyfins_own_flow_runs_as_before() {
    let Some(mut turn) = turn("with_nothing_to_send_mail_by_jellyfins_own_flow_runs_as_before") else { return };
    let alice = Person::new(&mut turn.administrator, "alice");
    let mut factors = alice.enrol(&turn.server);
    let mut stranger = Visitor::television(&turn.server.address(), "stranger").from(&address());
    let mut neighbour = Visitor::television(&turn.server.address(), "at home");
    let name = json!({ "EnteredUsername": alice.name });

    assert_eq!(stranger.post(START, &name).expect(200).json()["Action"], "PinCode");
    assert_eq!(pin_files(&turn.server), Vec::<PathBuf>::new(), "written for nobody outside the local network");
    let started = neighbour.post(START, &name).expect(200).json();
    let file = pin_files(&turn.server).remove(0);
    assert_eq!(started["PinFile"], json!(file));
    let kept: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let pin = kept["Pin"].as_str().unwrap();

    stranger.post(REDEEM, &json!({ "Pin": "00-00-00-00" })).expect(404);
    let redeemed = stranger.post(REDEEM, &json!({ "Pin": pin })).expect(200).json();
    assert_eq!(redeemed, json!({ "Success": true, "UsersReset": [alice.name] }));
    assert_eq!(pin_files(&turn.server), Vec::<PathBuf>::new());

    let mut browser = alice.browser(&turn.server);
    assert!(!browser.login(&alice.name, &alice.password).expect(401).text().contains("jellyward"));
    let challenge = browser.login(&alice.name, pin).expect(401).challenge();
    assert!(browser.verify(&challenge, "totp", &factors.app.fresh()).expect(200).is_session());
}

/// What is no name and no PIN is refused by Jellyfin or by the engine, and does nobody any harm.
#[test]
fn nonsense_in_the_dialog_harms_nobody() {
    let Some(turn) = turn("nonsense_in_the_dialog_harms_nobody") else { return };
    let mut stranger = Visitor::television(&turn.server.address(), "stranger").from(&address());
    for nothing in [json!({ "EnteredUsername": null }), json!({}), json!(null), json!([])] {
        stranger.post(START, &nothing).expect(400);
        stranger.post(REDEEM, &nothing).expect(400);
    }
    let endless = "x".repeat(1 << 20);
    stranger.post(START, &json!({ "EnteredUsername": endless })).expect(503);
    stranger.post(REDEEM, &json!({ "Pin": endless })).expect(503);
    assert!(!turn.server.log().contains(&endless[..100]));
    assert_eq!(stranger.post(START, &json!({ "EnteredUsername": "nobody" })).expect(200).json()["Action"], "PinCode");
}
