//! What the story reads in mailboxes, and the settings under which mail goes there.

use serde_json::{Value, json};

use super::teller::{Broken, Step, Teller};
use crate::demo::mailbox::Reading;
use crate::demo::visitor::Visitor;

/// Changes settings as the administrator, who has just signed in.
pub fn settle(admin: &mut Visitor, values: &Value) -> Step {
    let now = admin.get("/Jellyward/Api/Admin/Settings")?;
    let proof = json!({"method": "password", "value": "admin-demo"});
    let change = json!({"revision": now.json["revision"], "values": values, "proof": proof});
    let answer = admin.post("/Jellyward/Api/Admin/Settings", &change)?;
    if answer.status == 200 { Ok(()) } else { Err(Broken::Claim(format!("settings: {}", answer.text))) }
}

/// The newest mail to that address.
pub fn mail_to(story: &Teller<'_>, address: &str) -> Result<Reading, Broken> {
    story.demo.engine().empty_outbox();
    story.demo.mailbox().to(address).pop().ok_or_else(|| Broken::Claim(format!("no mail to {address}")))
}

/// What a mail was to hold.
pub fn held(found: Option<&str>) -> Result<String, Broken> {
    found.map(str::to_owned).ok_or_else(|| Broken::Claim("the mail does not hold what it should".to_owned()))
}

/// The code in the newest mail to that address.
pub fn code_to(story: &Teller<'_>, address: &str) -> Result<String, Broken> {
    held(mail_to(story, address)?.code())
}

/// The token of its link to that page.
pub(super) fn token_to(story: &Teller<'_>, address: &str, page: &str) -> Result<String, Broken> {
    held(mail_to(story, address)?.token(page))
}
