//! One template and what becomes of it: minijinja, confined to what a message needs.
//!
//! A template holds variables, `if`, `elif`, `else` and comparisons of texts; nothing that calculates, repeats, calls
//! or loads. So whatever it is, making a message of it takes time and memory in proportion to its own length; the
//! limits on fuel and output stand behind that.

use std::collections::BTreeMap;
use std::io::{self, Write};

use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, default_auto_escape_callback};
use thiserror::Error;
use zeroize::Zeroizing;

use super::kind::Variable;
use super::scan::{Wrong, scan};
use crate::defense::name::misleads;
use crate::notify::mail::LONGEST_TEXT;

/// Most octets of a template.
pub const LONGEST_TEMPLATE: usize = 16 * 1024;

/// Steps of the machine that a template may take: far more than one of that length has.
const FUEL: u64 = 100_000;

/// Most octets of what comes of a template: room is left for the signature.
const LONGEST_OUTPUT: usize = LONGEST_TEXT - 2 * 1024;

/// Which of a message's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// One line.
    Subject,
    /// Plain text.
    Text,
    /// HTML, where the owner wants another than the one made of the text.
    Html,
}

/// What is wrong with a template, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{part} at line {line}, column {column}: {reason}", part = part.as_str())]
pub struct Flaw {
    /// In which text.
    pub part: Part,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// In words.
    pub reason: String,
}

impl Part {
    /// Every part.
    pub const ALL: &[Self] = &[Self::Subject, Self::Text, Self::Html];

    /// As stored and sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Text => "text",
            Self::Html => "html",
        }
    }

    /// Escaping goes by the name.
    fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject.txt",
            Self::Text => "message.txt",
            Self::Html => "message.html",
        }
    }

    /// May that variable stand in this part?
    pub fn takes(self, variable: Variable) -> bool {
        self != Self::Subject || !variable.opens()
    }

    /// May that character stand in a template? The owner's own texts may turn the writing direction; headers may not.
    fn holds(self, c: char) -> bool {
        match self {
            Self::Subject => !misleads(c) && !is_mark(c),
            Self::Text | Self::Html => matches!(c, '\n' | '\t') || !(c.is_control() || is_mark(c)),
        }
    }

    pub(super) fn nothing(self, template: &str) -> Flaw {
        self.flaw(template, Wrong { at: 0, reason: "nothing comes of this".to_owned() })
    }

    pub(super) fn flaw(self, template: &str, wrong: Wrong) -> Flaw {
        let (line, column) = position(template, wrong.at);
        Flaw { part: self, line, column, reason: wrong.reason }
    }
}

/// Is that template one for these variables? Everything that can be said without filling it in.
pub fn check(part: Part, template: &str, variables: &[Variable]) -> Result<(), Flaw> {
    let refuse = |wrong: Wrong| part.flaw(template, wrong);
    if template.len() > LONGEST_TEMPLATE {
        let reason = format!("at most {LONGEST_TEMPLATE} bytes are possible");
        return Err(refuse(Wrong { at: floor(template, LONGEST_TEMPLATE), reason }));
    }
    if let Some((at, found)) = template.char_indices().find(|(_, c)| !part.holds(*c)) {
        let reason = match found {
            '\n' => "a subject is one line".to_owned(),
            other => format!("the character U+{:04X} cannot stand here", u32::from(other)),
        };
        return Err(refuse(Wrong { at, reason }));
    }
    let names = scan(template).map_err(refuse)?;
    let environment = environment();
    let compiled =
        environment.template_from_named_str(part.name(), template).map_err(|error| at(part, template, &error))?;
    let known = |name: &str| variables.iter().any(|one| part.takes(*one) && one.as_str() == name);
    let unknown = compiled.undeclared_variables(false);
    match names.iter().find(|(_, name)| unknown.contains(*name) && !known(name)) {
        None => Ok(()),
        Some((at, name)) => Err(refuse(Wrong { at: *at, reason: no_such(part, name, variables) })),
    }
}

fn no_such(part: Part, name: &str, variables: &[Variable]) -> String {
    if variables.iter().any(|one| one.as_str() == name) {
        return format!(
            "{name} must not stand in a subject: mail servers write subjects down, and locked phones show them"
        );
    }
    let names: Vec<&str> = variables.iter().filter(|one| part.takes(**one)).map(|one| one.as_str()).collect();
    format!("there is no variable {name} here; there are {}", names.join(", "))
}

/// Fills a template in. It need not have been checked: whatever it is, this ends soon and with little.
pub fn fill(part: Part, template: &str, values: &[(Variable, Zeroizing<String>)]) -> Result<Zeroizing<String>, Flaw> {
    let refuse = |wrong: Wrong| part.flaw(template, wrong);
    if template.len() > LONGEST_TEMPLATE {
        return Err(refuse(Wrong { at: 0, reason: format!("at most {LONGEST_TEMPLATE} bytes are possible") }));
    }
    scan(template).map_err(refuse)?;
    let values: BTreeMap<&str, Value> = values
        .iter()
        .filter(|(name, _)| part.takes(*name))
        .map(|(name, text)| (name.as_str(), Value::from(text.as_str())))
        .collect();
    let environment = environment();
    let compiled =
        environment.template_from_named_str(part.name(), template).map_err(|error| at(part, template, &error))?;
    let mut out = Bounded(Vec::new());
    match compiled.render_captured_to(Value::from(values), &mut out) {
        Ok(_) => String::from_utf8(out.0)
            .map(Zeroizing::new)
            .map_err(|_| refuse(Wrong { at: 0, reason: "not text".to_owned() })),
        Err(error) => Err(at(part, template, &error)),
    }
}

fn environment<'a>() -> Environment<'a> {
    // Nothing is built in: no filter that would call a hostile text safe, no function.
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(escaping);
    environment.set_fuel(Some(FUEL));
    environment
}

fn escaping(name: &str) -> AutoEscape {
    default_auto_escape_callback(name)
}

/// An error of the library's as one of ours.
fn at(part: Part, template: &str, error: &Error) -> Flaw {
    let reason = match error.kind() {
        ErrorKind::OutOfFuel => "this takes too long".to_owned(),
        ErrorKind::WriteFailure => format!("more than {LONGEST_OUTPUT} bytes come of this"),
        ErrorKind::UndefinedError => "there is no such variable here".to_owned(),
        kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
    };
    let line = error.line().unwrap_or(1);
    let start = error.range().map_or_else(|| line_start(template, line), |range| floor(template, range.start));
    part.flaw(template, Wrong { at: start, reason })
}

fn line_start(template: &str, line: usize) -> usize {
    template.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum()
}

/// Line and column of a byte, from 1, in characters.
fn position(template: &str, at: usize) -> (usize, usize) {
    let before = &template[..floor(template, at)];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

/// Noncharacters (Unicode 23.7): around values in a text that is still to become HTML, and nowhere else.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}')
}

/// Takes so much and no more.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST_OUTPUT {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
