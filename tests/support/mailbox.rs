//! What somebody reads in their mailbox.

use super::world::World;

/// Settings under which mail goes out and holds links.
pub fn mail_settings() -> serde_json::Value {
    serde_json::json!({
        "smtp.host": "mail.example.org",
        "smtp.from_address": "tv@example.org",
        "web.public_url": "https://media.example.org/jelly",
    })
}

/// The mails an address got so far, as read; the oldest first. What waits goes out before.
pub fn mails_to(world: &World, address: &str) -> Vec<String> {
    world.engine.empty_outbox();
    let carried = world.postman.carried();
    carried.iter().filter(|mail| mail.to == address).map(|mail| readable(&mail.text)).collect()
}

/// The newest mail to that address.
pub fn mail_to(world: &World, address: &str) -> String {
    mails_to(world, address).pop().unwrap_or_else(|| panic!("no mail to {address}"))
}

/// The six digits a mail holds.
pub fn code_in(mail: &str) -> String {
    code_or_none(mail).unwrap_or_else(|| panic!("no code in {mail}"))
}

/// The six digits a mail holds, if it does.
pub fn code_or_none(mail: &str) -> Option<String> {
    let words = text_of(mail).split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit())).map(str::to_owned).next()
}

/// The link a mail holds, if it does.
pub fn link_in(mail: &str) -> Option<String> {
    let start = mail.find("https://media.example.org/jelly/Jellyward/")?;
    let link = mail[start..].split(|c: char| c.is_whitespace() || "\"<>".contains(c)).next()?;
    Some(link.to_owned())
}

/// The plain text, behind the headers and before the same as HTML, whose colours look like codes.
fn text_of(mail: &str) -> &str {
    let body = mail.split_once("\r\n\r\n").map_or(mail, |(_, body)| body);
    body.split("Content-Type: text/html").next().unwrap_or(body)
}

/// Quoted-printable, undone: enough of it for what our mails hold.
fn readable(mail: &str) -> String {
    mail.replace("=\r\n", "").replace("=3D", "=")
}
