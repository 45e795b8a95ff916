//! What people find in their mailbox, as they read it; and the address it belongs to.

use std::fs;

use jellyward::demo::mailbox::Reading;
use jellyward::host::AccountId;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::address;
use super::world::{Visitor, World, body};

/// One mail, and on what occasion it came.
#[derive(Debug)]
pub struct Letter {
    pub topic: String,
    pub mail: Reading,
}

/// An entry of the outbox that has left.
#[derive(Serialize, Deserialize)]
struct Sent {
    id: i64,
    to: String,
    topic: String,
}

/// Mail works, as far as the settings go.
pub fn set_up_mail(world: &World) {
    world.set(&json!({ "smtp.host": "mail.example.org", "smtp.from_address": "tv@example.org" }));
}

/// Settings under which mail goes out and holds links.
pub fn mail_settings() -> serde_json::Value {
    json!({
        "smtp.host": "mail.example.org",
        "smtp.from_address": "tv@example.org",
        "web.public_url": "https://media.example.org/jelly",
    })
}

/// Gives an account a verified address, as a code or an administrator's word would.
pub fn give_address(world: &World, account: &AccountId, address: &str) {
    address::give(&world.folder.path().join("data"), account, address, world.now());
}

pub fn take_address_away(world: &World, account: &AccountId) {
    address::take_away(&world.folder.path().join("data"), account);
}

/// The mails an address got so far, the oldest first. What waits goes out before.
pub fn mails_to(world: &World, address: &str) -> Vec<Reading> {
    world.engine.empty_outbox();
    let carried = world.postman.carried();
    carried.iter().filter(|mail| mail.to == address).map(|mail| Reading::of(&mail.text)).collect()
}

/// The newest mail to that address.
pub fn mail_to(world: &World, address: &str) -> Reading {
    mails_to(world, address).pop().unwrap_or_else(|| panic!("no mail to {address}"))
}

/// The code in a mail.
pub fn code_in(mail: &Reading) -> String {
    mail.code().unwrap_or_else(|| panic!("no code in {mail:?}")).to_owned()
}

/// The code in the newest mail to that address.
pub fn code_to(world: &World, address: &str) -> String {
    code_in(&mail_to(world, address))
}

/// The token behind the link of a mail to one of our pages.
pub fn token_in(mail: &Reading) -> String {
    let link = mail.link().unwrap_or_else(|| panic!("no link in {mail:?}"));
    link.split_once('#').expect("a token").1.to_owned()
}

/// What has come to that address so far, with its occasions: a mail does not say on which it was sent, the entry it
/// was does. So only this may empty the outbox.
pub fn letters_to(world: &World, to: &str) -> Vec<Letter> {
    let book = world.folder.path().join("letters.json");
    let mut sent: Vec<Sent> = fs::read(&book).map_or(Vec::new(), |bytes| serde_json::from_slice(&bytes).unwrap());
    let waiting = outbox(world);
    sent.extend(waiting.into_iter().filter(|new| !sent.iter().any(|old| old.id == new.id)).collect::<Vec<_>>());
    world.engine.empty_outbox();
    let left: Vec<i64> = outbox(world).iter().map(|entry| entry.id).collect();
    sent.retain(|entry| !left.contains(&entry.id));
    sent.sort_by_key(|entry| entry.id);
    fs::write(&book, serde_json::to_vec(&sent).unwrap()).unwrap();
    let mails = mails_to(world, to);
    let topics: Vec<String> = sent.into_iter().filter(|entry| entry.to == to).map(|entry| entry.topic).collect();
    assert_eq!(topics.len(), mails.len());
    topics.into_iter().zip(mails).map(|(topic, mail)| Letter { topic, mail }).collect()
}

fn outbox(world: &World) -> Vec<Sent> {
    let boss = Visitor::at("198.51.100.7").signed_in_as(world.administrator("boss", "boss's"), true, "boss's token");
    let listed = body(&world.get(&boss, "/Jellyward/Api/Admin/Mail/Outbox"));
    let entries = listed["items"].as_array().unwrap().iter();
    entries
        .map(|entry| Sent {
            id: entry["id"].as_i64().unwrap(),
            to: entry["to"].as_str().unwrap_or_default().to_owned(),
            topic: entry["topic"].as_str().unwrap().to_owned(),
        })
        .collect()
}
