//! The HTML that goes beside a text, made of that very text: paragraphs, codes large, links as buttons.
//!
//! No picture, no font, nothing from anywhere: opening a mail tells nobody anything. What a reader's stylesheet
//! support cannot do is left out without harm: all there is to know stands in the markup.

use askama::Template;
use url::Url;

use super::defaults;
use super::kind::Variable;

/// Behind a marked value.
pub(super) const END: char = '\u{fdd0}';
const CODE: char = '\u{fdd1}';
const LINK: char = '\u{fdd2}';
const NAME: char = '\u{fdd3}';

/// What stands before a value in a text that is still to become HTML; none for numbers, which are compared.
pub(super) fn mark(variable: Variable) -> Option<char> {
    match variable {
        Variable::Code | Variable::Pin => Some(CODE),
        Variable::Link => Some(LINK),
        Variable::Address | Variable::Device | Variable::Network | Variable::User | Variable::Server => Some(NAME),
        Variable::Minutes | Variable::Hours | Variable::Left => None,
    }
}

/// A piece of a paragraph.
enum Piece<'a> {
    Words(&'a str),
    Break,
    Code(&'a str),
    Link(&'a str),
    Name(&'a str),
}

/// A paragraph.
enum Block<'a> {
    /// Nothing but a link.
    Button(&'a str),
    /// Nothing but a code.
    Code(&'a str),
    Text(Vec<Piece<'a>>),
}

/// One document for all messages.
#[derive(Template)]
#[template(path = "layout.html")]
struct Layout<'a> {
    language: &'a str,
    subject: &'a str,
    server: &'a str,
    button: &'a str,
    blocks: Vec<Block<'a>>,
    /// The owner's own, instead of `blocks`.
    own: &'a str,
}

/// Makes a document of a marked text.
pub(super) fn of(text: &str, subject: &str, language: &str, server: &str) -> String {
    let blocks = text.split("\n\n").map(block).collect();
    // Writing to memory does not fail.
    layout(language, subject, server, blocks, "").render().unwrap_or_default()
}

/// Puts the owner's HTML into our document, if it is none by itself.
pub(super) fn around(own: &str, subject: &str, language: &str, server: &str) -> String {
    let start = own.trim_start().get(..9).unwrap_or_default().to_ascii_lowercase();
    if start.starts_with("<!doctype") || start.starts_with("<html") {
        return own.to_owned();
    }
    layout(language, subject, server, Vec::new(), own).render().unwrap_or_default()
}

fn layout<'a>(
    language: &'a str,
    subject: &'a str,
    server: &'a str,
    blocks: Vec<Block<'a>>,
    own: &'a str,
) -> Layout<'a> {
    Layout { language, subject, server, button: defaults::button(language), blocks, own }
}

impl Layout<'_> {
    /// The server that a link leads to.
    fn host(&self, link: &str) -> String {
        Url::parse(link).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }
}

fn block(paragraph: &str) -> Block<'_> {
    let pieces = pieces(paragraph);
    match pieces.as_slice() {
        [Piece::Link(link)] if leads_somewhere(link) => Block::Button(link),
        [Piece::Code(code)] => Block::Code(code),
        _ => Block::Text(pieces),
    }
}

fn pieces(paragraph: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = paragraph;
    while let Some(at) = rest.find([CODE, LINK, NAME, '\n']) {
        words(&rest[..at], &mut pieces);
        let mut inner = rest[at..].chars();
        let mark = inner.next();
        rest = inner.as_str();
        if mark == Some('\n') {
            pieces.push(Piece::Break);
            continue;
        }
        let (value, behind) = rest.split_once(END).unwrap_or((rest, ""));
        pieces.push(match mark {
            Some(CODE) => Piece::Code(value),
            Some(LINK) if leads_somewhere(value) => Piece::Link(value),
            _ => Piece::Name(value),
        });
        rest = behind;
    }
    words(rest, &mut pieces);
    pieces
}

fn words<'a>(text: &'a str, into: &mut Vec<Piece<'a>>) {
    if !text.is_empty() {
        into.push(Piece::Words(text));
    }
}

/// Nothing but what a browser opens becomes a link.
fn leads_somewhere(link: &str) -> bool {
    Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
}
