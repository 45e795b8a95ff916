//! Which types hold a secret, and whether one of them can be shown.

use super::tokens::{Token, end_of_item, is};

/// The types that hold a secret, by the file they stand in. A type with a `Zeroizing` in it need not be named.
pub const SECRET_TYPES: &[(&str, &str)] = &[
    // Cookies and tokens of requests, and what contains them.
    ("src/defense/origin.rs", "Origin"),
    ("src/gate/attempt.rs", "LoginAttempt"),
    ("src/gate/action.rs", "Action"),
    ("src/web/message.rs", "Request"),
    // Cookies and tokens of answers.
    ("src/gate/verdict.rs", "Verdict"),
    ("src/web/action.rs", "Passage"),
    ("src/web/message.rs", "Response"),
    ("src/web/message.rs", "Content"),
    // What was typed.
    ("src/crypto/wiped.rs", "Wiped"),
    ("src/web/body.rs", "Fields"),
    ("src/gate/proof.rs", "FreshProof"),
    ("src/notify/mail_server.rs", "Login"),
    ("src/notify/mail_server.rs", "Server"),
    // Keys.
    ("src/crypto/key/mod.rs", "MasterKey"),
    ("src/crypto/key/mod.rs", "DerivedKey"),
    ("src/crypto/mac.rs", "Keyed"),
    ("src/crypto/seal.rs", "Sealer"),
    ("src/crypto/signed.rs", "Ring"),
    ("src/context.rs", "Keys"),
    ("src/context.rs", "Context"),
    // What we make for somebody.
    ("src/crypto/token.rs", "Token"),
    ("src/factor/recovery/mod.rs", "Set"),
    ("src/factor/totp/mod.rs", "Totp"),
    ("src/gate/enrol.rs", "Started"),
    ("src/gate/enrol.rs", "Confirmed"),
    ("src/gate/passkey/mod.rs", "Started"),
    ("src/account/reset/ask.rs", "Made"),
    ("src/notify/mail.rs", "Letter"),
];

/// A type: its name, what it derives, the words of its fields.
pub struct Type {
    pub name: String,
    pub line: usize,
    pub derives: Vec<String>,
    pub fields: Vec<String>,
}

/// The types a file declares.
pub fn types(tokens: &[Token]) -> Vec<Type> {
    let mut found = Vec::new();
    let mut derives = Vec::new();
    for at in 0..tokens.len() {
        if is(tokens, at, &["#", "[", "derive", "("]) {
            derives.extend(words(&tokens[at + 4..]).take_while(|word| word != ")"));
        } else if ["struct", "enum", "union"].contains(&tokens[at].text.as_str()) && at + 1 < tokens.len() {
            let fields = words(&tokens[at + 2..end_of_item(tokens, at)]).collect();
            let (name, line) = (tokens[at + 1].text.clone(), tokens[at].line);
            found.push(Type { name, line, derives: std::mem::take(&mut derives), fields });
        }
    }
    found
}

/// The types a file gives a `Debug` or `Display` of its own.
pub fn shown(tokens: &[Token]) -> impl Iterator<Item = &str> {
    let shows = |at: &usize| ["Debug", "Display"].iter().any(|how| is(tokens, *at, &[how, "for"]));
    (0..tokens.len().saturating_sub(2)).filter(shows).map(|at| tokens[at + 2].text.as_str())
}

fn words(tokens: &[Token]) -> impl Iterator<Item = String> {
    tokens.iter().map(|token| token.text.clone())
}
