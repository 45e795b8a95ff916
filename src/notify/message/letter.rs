//! A letter made of templates and values.

use zeroize::Zeroizing;

use super::html;
use super::kind::{Kind, Variable};
use super::template::{Flaw, Part, fill, is_mark};
use crate::defense::name::{misleads, tidy};
use crate::notify::mail::{LONGEST_SUBJECT, LONGEST_TEXT, Letter};

/// Most characters of a value, but for links.
const LONGEST_VALUE: usize = 254;

/// Most characters of what an app calls itself and its device.
pub const LONGEST_DEVICE: usize = 80;

/// Longest link.
const LONGEST_LINK: usize = 2000;

/// A space that is not seen and at which a line may end (U+200B).
const HAIR: char = '\u{200b}';

/// What is written: the owner's words or ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Templates {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML, instead of what is made of the text: a whole document, or what goes into ours.
    pub html: Option<String>,
}

/// The values of one message, cleaned once. A variable of the kind that nobody gave is empty.
pub struct Values {
    variables: Vec<(Variable, Zeroizing<String>)>,
    language: &'static str,
}

impl Values {
    /// Cleans them. `server` is what the owner calls the server, `language` the tag of the words around them.
    pub fn new(kind: Kind, user: &str, server: &str, given: &[(Variable, &str)], language: &'static str) -> Self {
        let value = |variable: Variable| match variable {
            Variable::User => user,
            Variable::Server => server,
            other => given.iter().find(|(name, _)| *name == other).map_or("", |(_, text)| text),
        };
        let cleaned = |name| (name, Zeroizing::new(clean(name, value(name))));
        let variables = kind.variables().into_iter().map(cleaned).collect();
        Self { variables, language }
    }

    /// Samples, as many as are there.
    pub fn samples(kind: Kind, there: &[Variable], user: &str, server: &str, language: &'static str) -> Self {
        let given: Vec<(Variable, &str)> = there.iter().map(|name| (*name, name.sample())).collect();
        Self::new(kind, user, server, &given, language)
    }

    fn server(&self) -> &str {
        self.variables.iter().find(|(name, _)| *name == Variable::Server).map_or("", |(_, text)| text.as_str())
    }

    /// What opens something, as it stands in a text.
    pub(super) fn openers(&self) -> impl Iterator<Item = (Variable, &str)> {
        self.variables
            .iter()
            .filter(|(name, text)| name.opens() && !text.is_empty())
            .map(|(n, text)| (*n, text.as_str()))
    }

    /// A value as it stands in the owner's HTML.
    pub(super) fn in_html(&self, name: Variable) -> Result<Zeroizing<String>, Flaw> {
        fill(Part::Html, &format!("{{{{{}}}}}", name.as_str()), &self.for_html())
    }

    /// For plain text, with marks.
    fn for_text(&self) -> Vec<(Variable, Zeroizing<String>)> {
        self.for_html().into_iter().map(|(name, text)| (name, Zeroizing::new(marked(name, &text)))).collect()
    }

    /// For HTML: what somebody else calls a device, or themselves, must not become a link there, nor in a text.
    fn for_html(&self) -> Vec<(Variable, Zeroizing<String>)> {
        let written = |name: Variable, text: &Zeroizing<String>| match name {
            Variable::Device | Variable::User => Zeroizing::new(unlinked(text)),
            _ => text.clone(),
        };
        self.variables.iter().map(|(name, text)| (*name, written(*name, text))).collect()
    }
}

/// One line, bounded, with nothing that is not seen or turns the writing direction.
fn clean(variable: Variable, text: &str) -> String {
    let longest = match variable {
        Variable::Link => LONGEST_LINK,
        Variable::Device => LONGEST_DEVICE,
        _ => LONGEST_VALUE,
    };
    let seen: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_mark(*c)).collect();
    tidy(&seen, longest)
}

/// With marks around it, by which it is found again when the text becomes HTML.
fn marked(variable: Variable, text: &str) -> String {
    match html::mark(variable) {
        Some(mark) if !text.is_empty() => format!("{mark}{text}{}", html::END),
        _ => text.to_owned(),
    }
}

/// Mail readers make links of what looks like one. A name that somebody else chose shall not be one.
fn unlinked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        out.push(c);
        let goes_on = rest.peek().is_some_and(|next| next.is_alphabetic() || matches!(next, '/' | '@'));
        if goes_on && matches!(c, '.' | ':' | '/' | '@') {
            out.push(HAIR);
        }
    }
    out
}

/// Makes the letter.
pub fn write(templates: &Templates, values: &Values) -> Result<Letter, Flaw> {
    let subject = subject(&templates.subject, values)?;
    let marked = text(&templates.text, values)?;
    let plain: Zeroizing<String> = Zeroizing::new(marked.chars().filter(|c| !is_mark(*c)).collect());
    let html = match &templates.html {
        Some(template) => {
            html::around(&fill(Part::Html, template, &values.for_html())?, &subject, values.language, values.server())
        }
        None => html::of(&marked, &subject, values.language, values.server()),
    };
    // The text says it all; the signature's dashes are how readers know it (RFC 3676, 4.3).
    let text = Zeroizing::new(format!("{}\n\n-- \n{}\n", plain.as_str(), values.server()));
    let html = Some(Zeroizing::new(html)).filter(|html| !html.is_empty() && html.len() <= LONGEST_TEXT);
    Ok(Letter { subject, text, html })
}

fn subject(template: &str, values: &Values) -> Result<String, Flaw> {
    let filled = fill(Part::Subject, template, &values.variables)?;
    // A value must not blow a header up that was fine without it.
    let line = tidy(&filled.chars().filter(|c| !misleads(*c)).collect::<String>(), LONGEST_SUBJECT);
    if line.trim().is_empty() { Err(Part::Subject.nothing(template)) } else { Ok(line.trim().to_owned()) }
}

/// The text, still with its marks. Conditions leave lines behind that hold nothing: no more than one in a row stays.
fn text(template: &str, values: &Values) -> Result<Zeroizing<String>, Flaw> {
    let filled = fill(Part::Text, template, &values.for_text())?;
    let mut out = Zeroizing::new(String::with_capacity(filled.len()));
    let mut blank = true;
    for line in filled.lines().map(str::trim_end) {
        if line.is_empty() {
            blank = true;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if blank { "\n\n" } else { "\n" });
        }
        out.push_str(line);
        blank = false;
    }
    if out.is_empty() { Err(Part::Text.nothing(template)) } else { Ok(out) }
}
