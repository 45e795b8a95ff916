//! What a request must satisfy before anything of ours runs.

pub mod table;

use super::assets::{Asset, INJECTED};
use super::body::Fields;
use super::message::{Ownership, Request};
use super::pages::Page;
use super::problem::{Code, Problem};
use crate::defense::same_site::is_foreign;
use table::{Call, Place, Row, TABLE, Verb, Who};

/// Largest body of any call, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// Below this everything is ours.
const ROOT: &str = "/Jellyward";

/// Below this everything is for programs.
const API: &str = "/Jellyward/Api";

/// Where the assets lie.
const ASSETS: &str = "/Jellyward/Assets";

/// What a request is for.
pub enum Route {
    /// One of the pages.
    Page(Page),
    /// A script, the style, the texts.
    Asset(Asset),
    /// A call, its body parsed; empty for GET.
    Call(&'static Call, Fields),
}

/// Does the engine answer this path, and how large a body does it take there?
pub fn owns(path: &str) -> Ownership {
    let owned = below(ROOT, path).is_some() || rows(path).next().is_some();
    Ownership { owned, max_body: if owned { MAX_BODY } else { 0 } }
}

/// The paths that are ours outside of the folder: whoever hands requests over routes each of them by itself.
pub fn elsewhere() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|row| row.path).filter(|path| !path.starts_with(ROOT))
}

/// Does everything at this path answer in JSON, were it only that there is nothing?
pub fn for_programs(path: &str) -> bool {
    below(API, path).is_some()
}

/// Does this path give a browser its secret? Whoever signs in has loaded such a one before: a sign-in page, or the script
/// in the web client.
pub fn introduces(path: &str) -> bool {
    let injected = matches!(asset(path), Some(Asset::File(file)) if file.name == INJECTED);
    injected || rows(path).any(|row| matches!(row.place, Place::Show(Page::SignIn)))
}

/// Finds what a request is for, and refuses what no handler should see.
///
/// In this order: unknown path 404, method 405, page of another site 403, caller 401 or 403, size 413, type 415,
/// JSON 400.
pub fn resolve(request: &Request, body: &[u8]) -> Result<Route, Problem> {
    let reads = matches!(request.method.as_str(), "GET" | "HEAD");
    if let Some(asset) = asset(&request.path) {
        return if reads { Ok(Route::Asset(asset)) } else { Err(wrong_method("GET, HEAD")) };
    }
    let row = find(request, reads)?;
    let call = match &row.place {
        Place::Show(page) => return Ok(Route::Page(*page)),
        Place::Call(call) => call,
    };
    if row.verb() == Verb::Post && is_foreign(&request.origin) {
        return Err(Problem::new(Code::ForeignOrigin));
    }
    admit(call.who, request)?;
    let fields = match row.verb() {
        Verb::Get => Fields::default(),
        Verb::Post => posted(request, body)?,
    };
    Ok(Route::Call(call, fields))
}

fn find(request: &Request, reads: bool) -> Result<&'static Row, Problem> {
    let posts = request.method == "POST";
    let wanted = |verb: Verb| (verb == Verb::Get && reads) || (verb == Verb::Post && posts);
    if let Some(row) = rows(&request.path).find(|row| wanted(row.verb())) {
        return Ok(row);
    }
    let allowed: Vec<&str> = rows(&request.path).map(|row| allow(row.verb())).collect();
    match allowed.as_slice() {
        [] => Err(Problem::new(Code::NotFound)),
        some => Err(wrong_method(&some.join(", "))),
    }
}

/// The rows of this path. Compared as sent: nothing is decoded, so `%2e`, `;x=y` and `//` are unknown paths.
fn rows(path: &str) -> impl Iterator<Item = &'static Row> {
    let path = path.strip_suffix('/').unwrap_or(path);
    TABLE.iter().filter(move |row| row.path.eq_ignore_ascii_case(path))
}

fn asset(path: &str) -> Option<Asset> {
    below(ASSETS, path)?.strip_prefix('/').and_then(Asset::named)
}

/// What follows the folder in this path; none where it leads elsewhere.
fn below<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    let (start, rest) = path.split_at_checked(folder.len())?;
    let inside = start.eq_ignore_ascii_case(folder) && (rest.is_empty() || rest.starts_with('/'));
    inside.then_some(rest)
}

fn allow(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "GET, HEAD",
        Verb::Post => "POST",
    }
}

fn wrong_method(allowed: &str) -> Problem {
    Problem::new(Code::WrongMethod).header("Allow", allowed)
}

/// Is the caller one of those the call is for?
fn admit(who: Who, request: &Request) -> Result<(), Problem> {
    let refuse = |code| Err(Problem::new(code));
    match (who, &request.caller) {
        (Who::Anybody, _) => Ok(()),
        (_, None) => refuse(Code::SignIn),
        (Who::Person | Who::Administrator, Some(caller)) if caller.api_key || caller.user_id.is_none() => {
            refuse(Code::ApiKey)
        }
        (Who::Elevated | Who::Administrator, Some(caller)) if !caller.administrator => refuse(Code::NotAdministrator),
        _ => Ok(()),
    }
}

fn posted(request: &Request, body: &[u8]) -> Result<Fields, Problem> {
    if body.len() > MAX_BODY {
        return Err(Problem::new(Code::TooLarge));
    }
    if !is_json(request) {
        return Err(Problem::new(Code::WrongType));
    }
    Fields::parse(body)
}

/// One `Content-Type`, and it is JSON: a form of another site cannot send that without asking first.
fn is_json(request: &Request) -> bool {
    let mut types =
        request.origin.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Content-Type")).map(|(_, v)| v);
    let essence = |value: &String| value.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    types.next().map(essence).as_deref() == Some("application/json") && types.next().is_none()
}

#[cfg(test)]
mod tests;
