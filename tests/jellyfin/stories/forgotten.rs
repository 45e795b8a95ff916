//! Jellyfin's own dialog for a forgotten password: a PIN by mail, or Jellyfin's own flow with its file.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use jellyward::demo::mailbox::Reading;
use serde_json::{Value, json};

use super::turn;
use crate::mail_server::{MailServer, Manner};
use crate::people::{Person, address};
use crate::server::{ADMIN_PASSWORD, Server};
use crate::visitor::Visitor;
use crate::window::Programs;

const START: &str = "/Users/ForgotPassword";
const REDEEM: &str = "/Users/ForgotPassword/Pin";
/// A mail leaves by itself, some time after it was asked for.
const DELIVERY: Duration = Duration::from_secs(60);

fn proof() -> Value {
    json!({ "method": "password", "value": ADMIN_PASSWORD })
}

fn set(administrator: &mut Visitor, values: &Value) {
    let path = "/Jellyward/Api/Admin/Settings";
    let revision = administrator.get(path).expect(200).json()["revision"].clone();
    let change = json!({ "revision": revision, "values": values, "proof": proof() });
    administrator.post(path, &change).expect(200);
}

/// The dialog mails PINs, by a mail server of the story's own.
fn with_mail(administrator: &mut Visitor) -> MailServer {
    let mail = MailServer::start(Manner::default());
    let values = json!({
        "smtp.host": "localhost", "smtp.port": mail.port, "smtp.security": "none", "smtp.from_address": "tv@example.org",
        "reset.dialog": "pin", "reset.hide_stock_link": false,
    });
    set(administrator, &values);
    mail
}

/// Gives somebody an address whose owner they are taken to be.
fn give_address(administrator: &mut Visitor, person: &Person) -> String {
    let address = format!("{}@example.org", person.name);
    let given = json!({ "user": person.id, "address": address, "verified": true, "proof": proof() });
    administrator.post("/Jellyward/Api/Admin/Users/Email", &given).expect(200);
    address
}

/// The PIN in a mail to that address, once there is one.
fn pin_for(mail: &MailServer, address: &str) -> String {
    let since = Instant::now();
    loop {
        let taken = mail.taken();
        let read: Vec<Reading> = taken.iter().filter(|mail| mail.to == address).map(|m| Reading::of(&m.text)).collect();
        if let Some(pin) = read.iter().find_map(Reading::pin) {
            return pin.to_owned();
        }
        assert!(since.elapsed() < DELIVERY, "no PIN came to {address}: {read:?}");
        thread::sleep(Duration::from_millis(100));
    }
}

/// The PIN files Jellyfin has left in its data folder.
fn pin_files(server: &Server) -> Vec<PathBuf> {
    let folder = server.data().parent().unwrap().to_owned();
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.to_string_lossy().contains("passwordreset")).collect()
}

#[test]
fn a_pin_by_mail_resets_a_password_and_the_second_factor_is_still_asked() {
    let Some(mut turn) = turn("a_pin_by_mail_resets_a_password_and_the_second_factor_is_still_asked") else { return };
    let mail = with_mail(&mut turn.administrator);
    let alice = Person::new(&mut turn.administrator, "alice");
    let mut factors = alice.enrol(&turn.server);
    let to = give_address(&mut turn.administrator, &alice);
    let mut stranger = Visitor::television(&turn.server.address(), "stranger").from(&address());

    let started = stranger.post(START, &json!({ "EnteredUsername": alice.name })).expect(200);
    let answer = started.json();
    let words = answer["PinFile"].as_str().unwrap();
    assert_eq!(answer["Action"], "PinCode", "{}", started.shown());
    assert!(words.contains("e-mail") && !words.contains('/'), "a path is nobody's business: {words}");
    assert_eq!(started.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(started.header("cache-control"), Some("no-store"));
    // Whoever asks at home learns no more, and so does whoever names nobody.
    let mut neighbour = Visitor::television(&turn.server.address(), "at home");
    for (who, name) in [(&mut neighbour, alice.name.as_str()), (&mut stranger, "nobody at all")] {
        let mut same = who.post(START, &json!({ "EnteredUsername": name })).expect(200).json();
        same["PinExpirationDate"] = answer["PinExpirationDate"].clone();
        assert_eq!(same, answer);
    }
    assert_eq!(pin_files(&turn.server), Vec::<PathBuf>::new());

    let pin = pin_for(&mail, &to);
    let none = json!({ "Success": false, "UsersReset": [] });
    let wrong = pin.chars().rev().collect::<String>();
    assert_eq!(stranger.post(REDEEM, &json!({ "Pin": wrong })).expect(200).json(), none);
    assert!(alice.television(&turn.server).login(&alice.name, &pin).status != 200, "it is no password yet");
    let redeemed = stranger.post(REDEEM, &json!({ "Pin": pin })).expect(200).json();
    assert_eq!(redeemed, json!({ "Success": true, "UsersReset": [alice.name] }));
    assert_eq!(stranger.post(REDEEM, &json!({ "Pin": pin })).expect(200).json(), none, "once");

    factors.session.get("/Users/Me").expect(401);
    let mut browser = alice.browser(&turn.server);
    assert!(!browser.login(&alice.name, &alice.password).expect(401).text().contains("jellyward"));
    let challenge = browser.login(&alice.name, &pin).challenge();
    assert_eq!(browser.verify(&challenge, "totp", &factors.app.wrong()).expect(401).code(), "wrong_code");
    browser.verify(&challenge, "totp", &factors.app.fresh()).expect(200);
    assert!(!turn.server.log().contains(&pin));
}

#[test]
fn the_clients_own_dialog_takes_the_pin() {
    const STORY: &str = "the_clients_own_dialog_takes_the_pin";
    let Some(programs) = Programs::find(STORY) else { return };
    let Some(mut turn) = turn(STORY) else { return };
    let mail = with_mail(&mut turn.administrator);
    let alice = Person::new(&mut turn.administrator, "alice");
    let mut factors = alice.enrol(&turn.server);
    let to = give_address(&mut turn.administrator, &alice);

    let window = programs.open(turn.server.address());
    window.open("/web/");
    window.browser.click(".btnForgotPassword");
    window.browser.type_into("#txtName", &alice.name);
    window.browser.click("#btnSubmit");
    window.browser.read("look into your e-mail");
    window.browser.press("Got It");
    window.browser.type_into("#txtPin", "aaaa-aaaa-aaaa-aaaa");
    window.browser.click(".forgotPasswordPinForm [type=submit]");
    window.browser.read("An invalid or expired PIN code was entered");
    window.browser.press("Got It");
    let pin = pin_for(&mail, &to);
    window.browser.run("find('#txtPin').value = ''");
    window.browser.type_into("#txtPin", &pin);
    window.browser.click(".forgotPasswordPinForm [type=submit]");
    window.browser.read(&alice.name);
    window.browser.press("Got It");
    window.nothing_was_wrong();

    window.sign_in(&alice.name, &pin);
    window.browser.see(".jwd-overlay input");
    window.browser.type_into(".jwd-overlay input", &factors.app.fresh());
    // The PIN went by mail: another password takes its place before there is a session.
    window.browser.read("Choose a password of your own");
    window.browser.type_into("input[name=new-password]", "a sentence nobody says");
    window.browser.press("Set the password");
    window.is_home();
    window.nothing_was_wrong();
}

#[test]
fn left_to_jellyfin_its_own_flow_runs_as_before() {
    let Some(mut turn) = turn("left_to_jellyfin_its_own_flow_runs_as_before") else { return };
    set(&mut turn.administrator, &json!({ "reset.dialog": "stock" }));
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
    let challenge = browser.login(&alice.name, pin).challenge();
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
