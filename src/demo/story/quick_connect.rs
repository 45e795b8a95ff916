//! Quick Connect: who may approve for whom.

use serde_json::json;

use super::teller::{Broken, Step, Teller};
use crate::demo::visitor::{Answer, Visitor};

/// By the user from a proven session: yes. By an administrator for a protected account: no.
pub fn approvals(story: &mut Teller<'_>) -> Step {
    let mut alice = story.browser("alice-laptop");
    let challenge = alice.sign_in("alice", "alice-demo")?.challenge();
    let answer = alice.verify(&challenge, "totp", &story.code("alice")?)?;
    story.answered("Alice has signed in with a code.", &answer, Answer::is_session)?;
    let mut admin = story.browser("admin-desk");
    let answer = admin.sign_in("admin", "admin-demo")?;
    story.answered("The administrator is signed in too.", &answer, Answer::is_session)?;
    let user = |name: &str| story.host().user_id(name).map(|id| id.to_string()).unwrap_or_default();
    let (alice_id, bob_id) = (user("alice"), user("bob"));

    let mut television = Waiting::begin(story.television("living-room"))?;
    let answer = alice.post(&format!("/QuickConnect/Authorize?code={}", television.code), &json!(null))?;
    story.answered("Alice approves the television's code herself.", &answer, |a| a.status == 200)?;
    let answer = television.fetch()?;
    story.answered("The television has a session as Alice.", &answer, |a| {
        a.is_session() && a.field("/User/Name") == "alice"
    })?;
    story.devices_are(3)?;

    let mut second = Waiting::begin(story.television("bedroom"))?;
    let path = format!("/QuickConnect/Authorize?code={}&userId={alice_id}", second.code);
    let answer = admin.post(&path, &json!(null))?;
    story.answered("The administrator approves another one for Alice: refused, she is protected.", &answer, |a| {
        a.status == 401
    })?;
    let answer = second.fetch()?;
    story.answered("That television has nothing.", &answer, |a| !a.is_session())?;
    story.devices_are(3)?;

    let mut third = Waiting::begin(story.television("kitchen"))?;
    let path = format!("/QuickConnect/Authorize?code={}&userId={alice_id}", third.code);
    let mut lesser = television.visitor;
    let answer = lesser.post(&path, &json!(null))?;
    story.answered("The first television, itself only approved, cannot approve the next.", &answer, |a| {
        a.status == 401
    })?;
    let path = format!("/QuickConnect/Authorize?code={}&userId={bob_id}", third.code);
    let answer = admin.post(&path, &json!(null))?;
    story.answered("For Bob, who has no factor, the administrator's approval is as good as ever.", &answer, |a| {
        a.status == 200
    })?;
    let answer = third.fetch()?;
    story.answered("That one has a session as Bob.", &answer, |a| a.field("/User/Name") == "bob")
}

/// A device that shows a code and waits.
struct Waiting {
    visitor: Visitor,
    secret: String,
    code: String,
}

impl Waiting {
    fn begin(mut visitor: Visitor) -> Result<Self, Broken> {
        let answer = visitor.post("/QuickConnect/Initiate", &json!(null))?;
        Ok(Self { visitor, secret: answer.field("/Secret"), code: answer.field("/Code") })
    }

    fn fetch(&mut self) -> Result<Answer, Broken> {
        Ok(self.visitor.post("/Users/AuthenticateWithQuickConnect", &json!({"Secret": self.secret}))?)
    }
}
