//! An administrator starts a reset for somebody else: by mail, or by a link to hand over.

use super::asker::administrator;
use super::error::ResetError;
use super::limits::lifetime;
use super::secret;
use super::way::PAGE;
use crate::account::links;
use crate::audit::{self, By, Kind as Told};
use crate::context::Context;
use crate::crypto::token::{self, Token};
use crate::gate::standing::Standing;
use crate::host::UserFacts;
use crate::notify::addresses;
use crate::notify::message::{self, Delivery, Kind as Occasion, Message, Variable};
use crate::notify::outgoing::can_leave;
use crate::settings::keys;
use crate::store::resets::Kind;

/// How it gets there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By mail, to the verified address.
    Mail,
    /// The administrator gets the link, and hands it over.
    Link,
}

impl How {
    fn detail(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Link => "link",
        }
    }
}

/// Starts a reset; the caller has demanded a proof. Gives the token of the link that is to be handed over.
pub fn start(cx: &Context, facts: &UserFacts, how: How, by: By<'_>) -> Result<Option<Token>, ResetError> {
    let settings = cx.settings();
    let open = settings.get(&keys::RESET_ENABLED) && (how == How::Link || can_leave(cx, &settings));
    if !open || !facts.keeps_password() {
        return Err(ResetError::NotOffered);
    }
    if facts.disabled {
        return Err(ResetError::Disabled);
    }
    // A link that is handed over is an administrator's own word; a mail would leave all of it to one mailbox.
    if how == How::Mail && facts.administrator && Standing::of(cx, &facts.id)?.mail_alone() {
        return Err(ResetError::MailOpensAll);
    }
    let token = Token::generate(&*cx.randomness)?;
    let account = &facts.id;
    let kind = if how == How::Mail { Kind::Link } else { Kind::Handed };
    cx.store.durable(|tx| {
        let whose = (account, administrator(cx, account), facts.stamp.as_str());
        secret::issue(cx, tx, whose, (kind, token::hash(token.as_str()), None))?;
        let detail = Some(how.detail());
        audit::record_by(cx, tx, by, &audit::Entry { detail, ..audit::Entry::of(Told::ResetAsked, account) })?;
        if how == How::Link {
            return Ok(());
        }
        let link = links::link(&settings, PAGE, token.as_str()).ok_or(ResetError::NotOffered)?;
        let to = addresses::verified(cx, tx, account)?.ok_or(ResetError::NoAddress)?;
        let minutes = message::minutes(lifetime(kind));
        let values = [(Variable::Link, link.as_str()), (Variable::Minutes, minutes.as_str())];
        let message = Message { kind: Occasion::Reset, user: &facts.name, values: &values };
        let delivery = Delivery { to: &to, account, revocable: true, lives: lifetime(kind) };
        message::put(cx, tx, &message, &delivery).map_err(|error| ResetError::Broken(error.to_string()))?;
        Ok::<_, ResetError>(())
    })?;
    cx.bell.ring();
    Ok((how == How::Link).then_some(token))
}
