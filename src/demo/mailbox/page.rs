//! The mailbox as a page: what would have been sent, as its reader sees it.

use askama::Template;

use super::{Delivered, Mailbox, Reading};
use crate::demo::call::{Call, Reply};

/// Where it is; one mail's HTML lies below.
const PATH: &str = "/demo/mailbox";

/// The page has a little style of its own, and shows mails in frames.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A mail's HTML runs nothing and loads nothing; its links lead on.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; \
                           sandbox allow-top-navigation-by-user-activation; frame-ancestors 'self'";

/// The whole mailbox.
#[derive(Template)]
#[template(path = "mailbox.html")]
struct Page {
    mails: Vec<Shown>,
}

/// One mail.
struct Shown {
    number: usize,
    from: String,
    to: String,
    subject: String,
    date: String,
    text: Vec<Piece>,
    html: bool,
    raw: String,
}

/// Of a text.
enum Piece {
    Words(String),
    Link(String),
}

/// Is that path the mailbox's?
pub fn is_here(path: &str) -> bool {
    path.strip_prefix(PATH).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers GET.
pub fn answer(mailbox: &Mailbox, call: &Call) -> Reply {
    let mails = mailbox.mails();
    match call.path[PATH.len()..].strip_prefix('/') {
        None => {
            let page = Page { mails: mails.iter().rev().map(shown).collect() };
            // Writing to memory does not fail.
            html(page.render().unwrap_or_default(), POLICY)
        }
        Some(number) => mails
            .iter()
            .find(|mail| mail.number.to_string() == number)
            .and_then(|mail| Reading::of(&mail.text).html)
            .map_or_else(|| Reply::empty(404), |body| html(leading_on(&body), MAIL_POLICY)),
    }
}

fn html(document: String, policy: &str) -> Reply {
    Reply::bytes(200, "text/html; charset=utf-8", document.into_bytes())
        .with("Content-Security-Policy", policy)
        .with("Cache-Control", "no-store")
}

/// Links leave the frame.
fn leading_on(html: &str) -> String {
    html.replacen("<head>", "<head><base target=\"_top\">", 1)
}

fn shown(mail: &Delivered) -> Shown {
    let Reading { subject, date, text, html } = Reading::of(&mail.text);
    Shown {
        number: mail.number,
        from: mail.from.clone(),
        to: mail.to.clone(),
        subject,
        date,
        text: pieces(&text),
        html: html.is_some(),
        raw: mail.text.clone(),
    }
}

/// Parts the links of a text from its words, as readers of mail do.
fn pieces(text: &str) -> Vec<Piece> {
    let piece = |word: &str| {
        let link = word.trim_end();
        let is_link = link.starts_with("http://") || link.starts_with("https://");
        let blank = Piece::Words(word[link.len()..].to_owned());
        if is_link { vec![Piece::Link(link.to_owned()), blank] } else { vec![Piece::Words(word.to_owned())] }
    };
    text.split_inclusive(char::is_whitespace).flat_map(piece).collect()
}
