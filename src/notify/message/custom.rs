//! The owner's own words: kept, tried before they are kept, and never the reason why a message is not sent.

use rusqlite::Transaction;

use super::defaults;
use super::kind::{Kind, Variable};
use super::letter::{Templates, Values, write};
use super::scan::Wrong;
use super::template::{Flaw, Part, check};
use crate::clock::Seconds;
use crate::context::Context;
use crate::host::Level;
use crate::notify::mail::Letter;
use crate::settings::{Settings, keys};
use crate::store::{StoreError, messages};

/// What the server is called where the owner says nothing.
const SERVER: &str = "Jellyfin";

/// The language in which messages go out.
pub fn language(settings: &Settings) -> &'static str {
    defaults::language(settings.get(&keys::WEB_LANGUAGE).tag())
}

/// What the owner calls the server: in the settings for messages, or else as the name beside the sender's address.
pub fn server(settings: &Settings) -> String {
    [settings.get(&keys::MESSAGES_SERVER_NAME), settings.get(&keys::SMTP_FROM_NAME)]
        .into_iter()
        .find(|name| !name.trim().is_empty())
        .unwrap_or_else(|| SERVER.to_owned())
}

/// Our words.
pub fn ours(kind: Kind, language: &str) -> Templates {
    let template = |part| defaults::template(kind, language, part).to_owned();
    Templates { subject: template(Part::Subject), text: template(Part::Text), html: None }
}

/// The owner's words, where there are any.
pub fn owners(tx: &Transaction<'_>, kind: Kind, language: &str) -> Result<Option<Templates>, StoreError> {
    let mut rows = messages::of(tx, kind.as_str(), language)?;
    let mut take = |part: Part| rows.remove(part.as_str());
    let (subject, text, html) = (take(Part::Subject), take(Part::Text), take(Part::Html));
    Ok(match (subject, text) {
        (Some(subject), Some(text)) => Some(Templates { subject, text, html }),
        _ => None,
    })
}

/// Keeps the owner's words; [`tried`] has taken them.
pub fn keep(
    tx: &Transaction<'_>,
    kind: Kind,
    language: &str,
    templates: &Templates,
    now: Seconds,
) -> Result<(), StoreError> {
    let mut parts = vec![(Part::Subject.as_str(), templates.subject.as_str()), (Part::Text.as_str(), &templates.text)];
    parts.extend(templates.html.as_deref().map(|html| (Part::Html.as_str(), html)));
    messages::set(tx, kind.as_str(), language, &parts, now)
}

/// Writes with the owner's words. Broken ones, from whatever time they are, give way to ours: a mail is never lost by
/// a template.
pub(super) fn written(
    cx: &Context,
    tx: &Transaction<'_>,
    kind: Kind,
    values: &Values,
    language: &str,
) -> Result<Letter, Flaw> {
    let owners = owners(tx, kind, language).unwrap_or_else(|error| {
        cx.host.log(Level::Warning, &format!("the words of a message cannot be read, so ours are sent: {error}"));
        None
    });
    if let Some(templates) = owners {
        match write(&templates, values).and_then(|letter| holds_all(&templates, values, letter)) {
            Ok(letter) => return Ok(letter),
            Err(flaw) => {
                let line = format!("the message {} was sent in our words, for yours are broken: {flaw}", kind.as_str());
                cx.host.log(Level::Warning, &line);
            }
        }
    }
    write(&ours(kind, language), values)
}

/// Tries words that are to be kept: in every way in which a message of that kind may be filled in.
pub fn tried(kind: Kind, templates: &Templates) -> Result<(), Flaw> {
    let variables = kind.variables();
    check(Part::Subject, &templates.subject, &variables)?;
    check(Part::Text, &templates.text, &variables)?;
    if let Some(html) = &templates.html {
        check(Part::Html, html, &variables)?;
    }
    for there in kind.occasions() {
        let values =
            Values::samples(kind, &there, Variable::User.sample(), Variable::Server.sample(), defaults::language(None));
        write(templates, &values).and_then(|letter| holds_all(templates, &values, letter))?;
    }
    Ok(())
}

/// A code or link that does not get through is no message.
fn holds_all(templates: &Templates, values: &Values, letter: Letter) -> Result<Letter, Flaw> {
    for (name, value) in values.openers() {
        let lacking = |part: Part, template: &str| {
            let reason = format!("write {{{{ {} }}}} somewhere, for people need it", name.as_str());
            Err(part.flaw(template, Wrong { at: 0, reason }))
        };
        if !letter.text.contains(value) {
            return lacking(Part::Text, &templates.text);
        }
        if let (Some(template), Some(html)) = (&templates.html, &letter.html)
            && !html.contains(values.in_html(name)?.as_str())
        {
            return lacking(Part::Html, template);
        }
    }
    Ok(letter)
}
