//! Calls under `Password`: how good a new one is, while it is typed. Answers by the rules alone, so that it tells nobody
//! anything about an account; nothing is kept or logged.

use fluent_bundle::FluentArgs;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::Desk;
use crate::account::password_rules::{self, BEST, Weak};
use crate::defense::network::Network;
use crate::settings::keys;
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::{Code, Problem};
use crate::web::texts::Texts;

/// Names and addresses that are taken into account, and characters of each.
const MOST_ABOUT: usize = 8;
const LONGEST_ABOUT: usize = 320;

/// The score, what stands against it, and what would make it better.
pub fn strength(desk: &Desk<'_>, mut fields: Fields) -> Result<Response, Problem> {
    let password = fields.secret("password")?;
    let about = fields.list("about", |one| one.as_str().map(|text| Zeroizing::new(text.to_owned())))?;
    let short = |one: &Zeroizing<String>| one.chars().nth(LONGEST_ABOUT).is_none();
    if about.len() > MOST_ABOUT || !about.iter().all(short) {
        return Err(fields.complaint("about"));
    }
    let wait = desk.gate.strengths.step(&Network::of(&desk.request.origin), desk.cx.now());
    wait.map_err(|seconds| Problem::new(Code::TooOften).retry_after(seconds.unsigned_abs()))?;

    let about: Vec<&str> = about.iter().map(|one| one.as_str()).collect();
    let settings = desk.cx.settings();
    let weak = password_rules::judge(&settings, &password, &about).err();
    let found = password_rules::strength(&password, &about);
    let hints: Vec<Value> = found
        .hints
        .iter()
        .map(|hint| json!({ "code": hint.code(), "text": desk.texts.get(&format!("password-hint-{}", hint.code())) }))
        .collect();
    Ok(Response::json(&json!({
        "score": found.score,
        "best": BEST,
        "wanted": settings.get(&keys::PASSWORDS_MIN_SCORE),
        "text": desk.texts.get(&format!("password-score-{}", found.score)),
        "problems": weak.map(|weak| json!({ "code": weak.code(), "text": problem_text(desk.texts, weak) })).as_slice(),
        "hints": hints,
    })))
}

/// What is wrong with a password, in words.
pub fn problem_text(texts: &Texts, weak: Weak) -> String {
    let mut args = FluentArgs::new();
    if let Some(count) = weak.count() {
        args.set("count", count);
    }
    texts.with(&format!("password-problem-{}", weak.code()), &args)
}
