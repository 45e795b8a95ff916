//! Calls under `Password`: how good a new one is, while it is typed. Answers by the rules alone, so that it tells nobody
//! anything about an account; nothing is kept or logged.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::refusal::weakness;
use super::{Desk, Reply};
use crate::account::password_rules::{self, BEST};
use crate::settings::keys;
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::problem::{Code, Problem};

/// Names and addresses that are taken into account, and characters of each.
const MOST_ABOUT: usize = 8;
const LONGEST_ABOUT: usize = 320;

/// The score, what stands against it, and what would make it better.
pub fn strength(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let password = fields.secret("password")?;
    let about = fields.list("about", |one| one.as_str().map(|text| Zeroizing::new(text.to_owned())))?;
    let short = |one: &Zeroizing<String>| one.chars().nth(LONGEST_ABOUT).is_none();
    if about.len() > MOST_ABOUT || !about.iter().all(short) {
        return Err(fields.complaint("about").into());
    }
    let wait = desk.gate.strengths.step(&desk.network, desk.cx.now());
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
        "problems": weak.map(|weak| json!({ "code": weak.code(), "text": weakness(desk.texts, weak) })).as_slice(),
        "hints": hints,
    })))
}
