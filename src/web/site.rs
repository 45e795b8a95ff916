//! The web side as a whole: what a request gets, whatever it asks for.

use super::body::Fields;
use super::message::{Content, Request, Response};
use super::pages;
use super::problem::{Code, Problem};
use super::routes::table::Call;
use super::routes::{self, Route};
use super::texts::{Languages, Texts};
use crate::defense::origin::Origin;
use crate::settings::{Settings, keys};

/// What the owner has settled about pages. Read when asked for: most answers need none of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look<'a> {
    settings: Option<&'a Settings>,
}

impl<'a> Look<'a> {
    /// As these settings say.
    pub fn of(settings: &'a Settings) -> Self {
        Self { settings: Some(settings) }
    }

    /// `web.language`; any word that is no language we have lets the browser choose.
    fn language(self) -> Option<&'static str> {
        self.settings?.get(&keys::WEB_LANGUAGE).tag()
    }

    /// `web.frame_ancestors`; empty for nobody.
    fn frame_ancestors(self) -> String {
        self.settings.map(pages::frame_ancestors).unwrap_or_default()
    }
}

/// Texts, pages and assets, read once by the engine.
pub struct Site {
    languages: Languages,
}

impl Default for Site {
    fn default() -> Self {
        Self::new()
    }
}

impl Site {
    /// Reads the language files.
    pub fn new() -> Self {
        Self { languages: Languages::load() }
    }

    /// The texts for whoever sent this.
    pub fn texts(&self, origin: &Origin, look: Look<'_>) -> &Texts {
        self.languages.choose(look.language(), origin.header("Accept-Language"))
    }

    /// Answers one request; calls are left to `call`.
    pub fn answer(
        &self,
        request: &Request,
        body: &[u8],
        look: Look<'_>,
        call: impl FnOnce(&Call, Fields) -> Result<Response, Problem>,
    ) -> Response {
        let texts = self.texts(&request.origin, look);
        let answer = routes::resolve(request, body).and_then(|route| match route {
            Route::Page(page) => Ok(pages::page(page, request, texts, &look.frame_ancestors())),
            Route::Asset(asset) => {
                let texts = asset.language().map_or(texts, |tag| self.languages.choose(Some(tag), None));
                Ok(asset.respond(request, texts))
            }
            Route::Call(which, fields) => call(which, fields),
        });
        let response = answer.unwrap_or_else(|problem| refuse(&problem, request, texts, look));
        // The owner's choice is the same for every browser.
        let response = if look.language().is_some() { response.without_header("Vary") } else { response };
        if request.method == "HEAD" { without_body(response) } else { response }
    }
}

/// Programs read problems; somebody who mistyped an address reads a page.
fn refuse(problem: &Problem, request: &Request, texts: &Texts, look: Look<'_>) -> Response {
    let for_programs = routes::for_programs(&request.path) || request.method == "POST";
    if problem.code == Code::NotFound && !for_programs {
        return pages::not_found(request, texts, &look.frame_ancestors());
    }
    problem.respond(texts)
}

fn without_body(response: Response) -> Response {
    Response { content: Content::Bytes(Vec::new()), ..response }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(method: &str, path: &str) -> Response {
        let request: Request = serde_json::from_value(serde_json::json!({"method": method, "path": path})).unwrap();
        Site::new().answer(&request, b"", Look::default(), |_, _| Ok(Response::json(&"called")))
    }

    #[test]
    fn a_person_gets_a_page_and_a_program_a_problem() {
        let page = answer("GET", "/Jellyward/Nothing");
        assert_eq!((page.status, page.header("Content-Type")), (404, Some("text/html; charset=utf-8")));
        let page = answer("GET", "/Jellyward/Apiary");
        assert_eq!((page.status, page.header("Content-Type")), (404, Some("text/html; charset=utf-8")));
        let problem = answer("GET", "/jellyward/API/Nothing");
        assert_eq!((problem.status, problem.header("Content-Type")), (404, Some("application/problem+json")));
        let problem = answer("GET", "/Jellyward/Api/Account");
        assert_eq!((problem.status, problem.header("Content-Type")), (401, Some("application/problem+json")));
    }

    #[test]
    fn head_is_get_without_the_body() {
        for path in ["/Jellyward/Login", "/Jellyward/Assets/style.css", "/Jellyward/Api/Account", "/Jellyward/x"] {
            let (get, head) = (answer("GET", path), answer("HEAD", path));
            assert_eq!((get.status, &get.headers), (head.status, &head.headers), "{path}");
            assert!(head.bytes().is_empty() && !get.bytes().is_empty(), "{path}");
        }
    }

    #[test]
    fn texts_come_in_the_language_of_their_name() {
        assert_eq!(answer("GET", "/Jellyward/Assets/texts.en.json").header("Vary"), None);
        assert_eq!(answer("GET", "/Jellyward/Assets/texts.json").header("Vary"), Some("Accept-Language"));
    }
}
