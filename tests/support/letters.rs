//! What people find in their mailbox, and the address it belongs to.

use std::fs;

use jellyward::host::AccountId;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::address;
use super::world::{Visitor, World, body};

/// One mail, as its reader sees it.
#[derive(Debug)]
pub struct Letter {
    /// On what occasion.
    pub topic: String,
    /// All of it, headers first.
    pub text: String,
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

/// Gives an account a verified address, as a code or an administrator's word would.
pub fn give_address(world: &World, account: &AccountId, address: &str) {
    address::give(&world.folder.path().join("data"), account, address, world.now());
}

pub fn take_address_away(world: &World, account: &AccountId) {
    address::take_away(&world.folder.path().join("data"), account);
}

/// What has come to that address so far, the oldest first. Only this may empty the outbox: a mail does not say on what
/// occasion it was sent, the entry it was does.
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
    let texts = world.postman.carried().into_iter().filter(|mail| mail.to == to).map(|mail| mail.text);
    let topics = sent.into_iter().filter(|entry| entry.to == to).map(|entry| entry.topic);
    let letters: Vec<Letter> = topics.zip(texts).map(|(topic, text)| Letter { topic, text }).collect();
    assert_eq!(letters.len(), world.postman.carried().iter().filter(|mail| mail.to == to).count());
    letters
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

/// The code in a mail: six or eight digits that stand alone in its text.
pub fn code_in(letter: &Letter) -> String {
    code_in_text(&letter.text)
}

/// The same of a mail as it was sent.
pub fn code_in_text(mail: &str) -> String {
    let plain = mail.split("Content-Type: text/plain").nth(1).expect("a plain text");
    let plain = plain.split_once("\r\n\r\n").unwrap().1.split("\r\n--").next().unwrap();
    let words = plain.split(|c: char| !c.is_ascii_alphanumeric());
    let mut codes = words.filter(|word| [6, 8].contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit()));
    codes.next().unwrap_or_else(|| panic!("no code in {plain}")).to_owned()
}
