//! Calls under `Admin/Messages`: which words people are told things in. The routes let only administrators this far.

use serde_json::{Value, json};

use super::mail;
use super::refusal::Refusal;
use super::{Desk, Reply, caller, demand_of_administrator};
use crate::audit;
use crate::gate::denial::Denial;
use crate::host::{Level, UserFacts};
use crate::notify::addresses;
use crate::notify::mail::{LONGEST_SUBJECT, Letter};
use crate::notify::message::letter::{Templates, Values, write};
use crate::notify::message::template::{LONGEST_TEMPLATE, Part};
use crate::notify::message::{Kind, Variable, custom};
use crate::settings::MailAddress;
use crate::store::{StoreError, messages};
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::pages;
use crate::web::problem::{Code, Problem};

/// Everything there is to edit, in the language in which messages go out.
pub fn list(desk: &Desk<'_>) -> Reply {
    let administrator = caller(desk)?;
    let language = custom::language(&desk.cx.settings());
    let read = desk.cx.store.read(|tx| -> Result<Vec<Value>, StoreError> {
        Kind::ALL.iter().map(|kind| Ok(shown(desk, *kind, language, custom::owners(tx, *kind, language)?))).collect()
    });
    let items = read?;
    let document = json!({
        "language": language,
        "me": own_address(desk, &administrator),
        "longest": LONGEST_TEMPLATE,
        "longestSubject": LONGEST_SUBJECT,
        "items": items,
    });
    Ok(Response::json(&document))
}

fn shown(desk: &Desk<'_>, kind: Kind, language: &str, owners: Option<Templates>) -> Value {
    let ours = custom::ours(kind, language);
    let variables: Vec<Value> = kind.variables().into_iter().map(|one| variable(desk, one)).collect();
    let customised = owners.is_some();
    let now = owners.unwrap_or_else(|| ours.clone());
    json!({
        "kind": kind.as_str(),
        "label": desk.texts.get(&format!("message-kind-{}", kind.as_str())),
        "customised": customised,
        "subject": now.subject,
        "text": now.text,
        "html": now.html,
        "ours": { "subject": ours.subject, "text": ours.text },
        "variables": variables,
    })
}

fn variable(desk: &Desk<'_>, variable: Variable) -> Value {
    json!({
        "name": variable.as_str(),
        "label": desk.texts.get(&format!("message-variable-{}", variable.as_str())),
        "sample": variable.sample(),
        "inSubject": Part::Subject.takes(variable),
    })
}

/// The administrator's own address, for a mail to themselves.
fn own_address(desk: &Desk<'_>, administrator: &UserFacts) -> Option<String> {
    let found = desk.cx.store.read(|tx| addresses::of(desk.cx, tx, &administrator.id));
    found
        .unwrap_or_else(|error| {
            desk.cx.host.log(Level::Warning, &format!("an e-mail address cannot be read: {error}"));
            None
        })
        .map(|known| known.address.to_string())
}

/// Keeps the owner's words, if they are sound. Our own words, sent back, are not kept: better ones may follow.
pub fn save(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let administrator = caller(desk)?;
    let (kind, templates) = (kind(&mut fields)?, templates(&mut fields)?);
    demand_of_administrator(desk, &administrator, &mut fields)?;
    custom::tried(kind, &templates)?;
    let language = custom::language(&desk.cx.settings());
    let own = templates != custom::ours(kind, language);
    change(desk, &administrator, kind, |tx| match own {
        true => custom::keep(tx, kind, language, &templates, desk.cx.now()),
        false => messages::remove(tx, kind.as_str(), language).map(drop),
    })
}

/// Takes the owner's words away.
pub fn reset(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let administrator = caller(desk)?;
    let kind = kind(&mut fields)?;
    demand_of_administrator(desk, &administrator, &mut fields)?;
    let language = custom::language(&desk.cx.settings());
    change(desk, &administrator, kind, |tx| messages::remove(tx, kind.as_str(), language).map(drop))
}

fn change(
    desk: &Desk<'_>,
    by: &UserFacts,
    kind: Kind,
    act: impl Fn(&rusqlite::Transaction<'_>) -> Result<(), StoreError>,
) -> Reply {
    let detail = format!("messages.{}", kind.as_str());
    let done = desk.cx.store.durable(|tx| -> Result<(), Denial> {
        act(tx)?;
        let entry = audit::Entry {
            kind: audit::Kind::SettingsChanged,
            account: Some(by.id),
            address: desk.by(&by.id).address,
            detail: Some(&detail),
        };
        Ok(audit::record(desk.cx, tx, &entry)?)
    });
    done?;
    Ok(Response::json(&json!({})))
}

/// Fills words in with samples. `page` leads to the HTML, for a frame.
pub fn preview(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let letter = sample(desk, &mut fields)?;
    let html = letter.html.map(|html| html.to_string());
    let page = match &html {
        None => None,
        Some(html) => {
            let ticket = desk.post.previews.keep(desk.cx, html.clone());
            Some(format!("Messages/Preview?ticket={}", ticket.map_err(Denial::from)?))
        }
    };
    Ok(Response::json(&json!({ "subject": letter.subject, "text": *letter.text, "html": html, "page": page })))
}

/// A preview's HTML, for a frame on our own pages: as dead as it would be in a mail.
pub fn previewed(desk: &Desk<'_>) -> Reply {
    let ticket = desk.request.parameter("ticket").unwrap_or_default();
    let html = desk.post.previews.find(&ticket, desk.cx.now()).ok_or(Problem::new(Code::PreviewGone))?;
    let ancestors = format!("'self' {}", pages::frame_ancestors(&desk.cx.settings()));
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; sandbox; \
         frame-ancestors {}",
        pages::ancestors(&ancestors)
    );
    Ok(Response::html(200, html)
        .with_header("Content-Security-Policy", &policy)
        .with_header("Referrer-Policy", "no-referrer"))
}

/// Sends one now, filled in with samples.
pub fn send(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let administrator = caller(desk)?;
    let to: MailAddress = fields.text("to")?.trim().parse().map_err(|_| fields.complaint("to"))?;
    let letter = sample(desk, &mut fields)?;
    demand_of_administrator(desk, &administrator, &mut fields)?;
    mail::send(desk, &desk.cx.settings(), &to, &letter)
}

fn sample(desk: &Desk<'_>, fields: &mut Fields) -> Result<Letter, Refusal> {
    let administrator = caller(desk)?;
    let (kind, templates) = (kind(fields)?, templates(fields)?);
    custom::tried(kind, &templates)?;
    let settings = desk.cx.settings();
    let (server, language) = (custom::server(&settings), custom::language(&settings));
    let values = Values::samples(kind, &kind.variables(), &administrator.name, &server, language);
    Ok(write(&templates, &values)?)
}

fn kind(fields: &mut Fields) -> Result<Kind, Problem> {
    Kind::named(&fields.text("kind")?).ok_or_else(|| fields.complaint("kind"))
}

/// Lines may end as browsers send them.
fn templates(fields: &mut Fields) -> Result<Templates, Problem> {
    let lines = |text: String| text.replace("\r\n", "\n");
    let (subject, text) = (fields.text("subject")?.trim_end().to_owned(), lines(fields.text("text")?));
    let html = fields.optional_text("html")?.map(lines).filter(|html| !html.trim().is_empty());
    Ok(Templates { subject, text: text.trim_end().to_owned(), html })
}
