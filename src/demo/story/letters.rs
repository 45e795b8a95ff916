//! What the story reads in mailboxes, and the settings under which mail goes there.

use serde_json::{Value, json};

use super::teller::{Broken, Step, Teller};
use crate::demo::visitor::Visitor;

/// Changes settings as the administrator, who has just signed in.
pub fn settle(admin: &mut Visitor, values: &Value) -> Step {
    let now = admin.get("/Jellyward/Api/Admin/Settings")?;
    let proof = json!({"method": "password", "value": "admin-demo"});
    let change = json!({"revision": now.json["revision"], "values": values, "proof": proof});
    let answer = admin.post("/Jellyward/Api/Admin/Settings", &change)?;
    if answer.status == 200 { Ok(()) } else { Err(Broken::Claim(format!("settings: {}", answer.text))) }
}

/// The newest mail to that address, quoted-printable undone.
pub fn mail_to(story: &Teller<'_>, address: &str) -> Result<String, Broken> {
    story.demo.engine().empty_outbox();
    let mails = story.demo.mailbox().mails();
    let newest = mails.iter().rfind(|mail| mail.to == address);
    let newest = newest.ok_or_else(|| Broken::Claim(format!("no mail to {address}")))?;
    Ok(newest.text.replace("=\r\n", "").replace("=3D", "="))
}

/// The first six digits that stand alone in a mail's text.
pub fn code_in(mail: &str) -> Result<String, Broken> {
    let body = mail.split_once("\r\n\r\n").map_or(mail, |(_, body)| body);
    // The same as HTML has colours that look like codes.
    let body = body.split("Content-Type: text/html").next().unwrap_or(body);
    let mut words = body.split(|c: char| !c.is_ascii_alphanumeric());
    let code = words.find(|word| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit()));
    code.map(str::to_owned).ok_or_else(|| Broken::Claim("the mail holds no code".to_owned()))
}

/// The token of a link to that page.
pub fn token_in(mail: &str, page: &str) -> Result<String, Broken> {
    let link = mail.split_once(&format!("{page}#")).map(|(_, rest)| rest);
    let token = link.and_then(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next());
    token.map(str::to_owned).ok_or_else(|| Broken::Claim("the mail holds no link".to_owned()))
}
