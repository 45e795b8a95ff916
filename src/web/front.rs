//! Where a request meets settings, gate and site.

use crate::context::Context;
use crate::gate::{Gate, challenge};
use crate::notify::PostOffice;
use crate::web::api::Desk;
use crate::web::message::{Request, Response};
use crate::web::problem::{Code, Problem};
use crate::web::routes;
use crate::web::site::{Look, Site};

/// Answers one request.
pub fn answer(cx: &Context, gate: &Gate, post: &PostOffice, site: &Site, request: &Request, body: &[u8]) -> Response {
    let settings = cx.settings();
    let look = Look::of(&settings);
    let texts = site.texts(&request.origin, look);
    let desk = Desk { cx, gate, post, texts, request };
    let response = site.answer(request, body, look, |call, fields| call.answer(&desk, fields));
    introduce(cx, request, response)
}

/// Says that something of ours failed, without saying what.
pub fn broken(site: &Site, request: &Request) -> Response {
    Problem::new(Code::Unavailable).respond(site.texts(&request.origin, Look::default()))
}

/// A challenge is bound to the browser by this cookie, where cookies work.
fn introduce(cx: &Context, request: &Request, response: Response) -> Response {
    if !routes::introduces(&request.path) {
        return response;
    }
    match challenge::introduce(cx, &request.origin) {
        Ok(Some((name, value))) => response.with_header(&name, &value),
        // Without the cookie a challenge is bound to device and client only.
        Ok(None) | Err(_) => response,
    }
}
