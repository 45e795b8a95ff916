//! The part of a language file that the scripts read, as JSON.

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement, VariantKey};
use serde_json::{Map, Value};

/// Messages whose id starts so are for scripts.
pub(super) const PREFIXES: &[&str] = &[
    "challenge-",
    "enrol-",
    "login-",
    "account-",
    "passkey-",
    "meter-",
    "forgot-",
    "reset-",
    "extras-",
    "dashboard-",
    "email-",
    "problem-",
    "common-",
];

/// The JSON object of id to text. Messages that scripts cannot put together (functions, terms, nested choices) are
/// left out; the tests let none pass.
pub(super) fn for_scripts(resource: &FluentResource) -> String {
    let mut texts = Map::new();
    for entry in resource.entries() {
        let Entry::Message(message) = entry else { continue };
        let id = message.id.name;
        if !PREFIXES.iter().any(|prefix| id.starts_with(prefix)) {
            continue;
        }
        if let Some(text) = message.value.as_ref().and_then(text) {
            texts.insert(id.to_owned(), text);
        }
    }
    Value::Object(texts).to_string()
}

fn text(pattern: &Pattern<&str>) -> Option<Value> {
    if let [PatternElement::Placeable { expression: Expression::Select { selector, variants } }] =
        pattern.elements.as_slice()
    {
        let mut choice = Map::new();
        choice.insert("by".into(), variable(selector)?.into());
        for variant in variants {
            let (VariantKey::Identifier { name } | VariantKey::NumberLiteral { value: name }) = variant.key;
            choice.insert(name.to_owned(), plain(&variant.value)?.into());
        }
        return Some(Value::Object(choice));
    }
    plain(pattern).map(Value::String)
}

fn plain(pattern: &Pattern<&str>) -> Option<String> {
    pattern
        .elements
        .iter()
        .map(|element| match element {
            PatternElement::TextElement { value } => Some((*value).to_owned()),
            PatternElement::Placeable { expression: Expression::Inline(InlineExpression::StringLiteral { value }) } => {
                Some((*value).to_owned())
            }
            PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                variable(inline).map(|name| format!("{{{name}}}"))
            }
            PatternElement::Placeable { .. } => None,
        })
        .collect()
}

fn variable<'a>(expression: &InlineExpression<&'a str>) -> Option<&'a str> {
    match expression {
        InlineExpression::VariableReference { id } => Some(id.name),
        _ => None,
    }
}
