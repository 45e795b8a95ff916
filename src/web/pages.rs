//! The pages: translated shells without personal data, and the headers that confine them.

use askama::Template;

use super::message::{Request, Response};
use super::texts::Texts;
use crate::settings::{Settings, keys};

/// The pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The stand-alone sign-in.
    SignIn,
    /// What the signed-in account sees of its factors.
    Account,
    /// Settings, users and events.
    Dashboard,
    /// A forgotten password: who it is, and the code.
    Forgot,
    /// A link leads here: the new password, or the PIN.
    Reset,
    /// Where a mail's link leads that puts an e-mail address back.
    Undo,
}

/// One page around its script.
#[derive(Template)]
#[template(path = "shell.html")]
struct Shell<'a> {
    language: &'a str,
    /// From the page's own address up to the base URL: `../` as often as needed. No absolute path is ever written, so
    /// the page works below any prefix.
    up: &'a str,
    /// Name of the page's script; empty for none.
    script: &'a str,
    title: String,
    lead: String,
    needs_script: String,
    home: String,
}

/// Answers with one of the pages.
pub fn page(page: Page, request: &Request, texts: &Texts, frame_ancestors: &str) -> Response {
    let (script, title) = match page {
        Page::SignIn => ("login.js", "page-sign-in-title"),
        Page::Account => ("account.js", "page-account-title"),
        Page::Dashboard => ("dashboard.js", "page-dashboard-title"),
        Page::Forgot => ("forgot.js", "page-forgot-title"),
        Page::Reset => ("reset.js", "page-reset-title"),
        Page::Undo => ("undo.js", "page-undo-title"),
    };
    // The dashboard shows messages in a frame of their own.
    let frames = if page == Page::Dashboard { "frame-src 'self'; " } else { "" };
    confine(render(200, script, title, "", request, texts), frames, frame_ancestors)
}

/// Answers that there is no such page.
pub fn not_found(request: &Request, texts: &Texts, frame_ancestors: &str) -> Response {
    confine(render(404, "", "page-not-found-title", "page-not-found-text", request, texts), "", frame_ancestors)
}

fn render(status: u16, script: &str, title: &str, lead: &str, request: &Request, texts: &Texts) -> Response {
    let up = "../".repeat(request.path.matches('/').count().saturating_sub(1));
    let shell = Shell {
        language: texts.tag(),
        up: if up.is_empty() { "./" } else { &up },
        script,
        title: texts.get(title),
        lead: if lead.is_empty() { String::new() } else { texts.get(lead) },
        needs_script: texts.get("page-needs-script"),
        home: texts.get("page-home"),
    };
    // Writing to memory does not fail.
    Response::html(status, shell.render().unwrap_or_default())
}

/// The headers every page carries (docs/http-api.md).
fn confine(response: Response, frames: &str, frame_ancestors: &str) -> Response {
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         {frames}form-action 'self'; base-uri 'none'; frame-ancestors {}",
        ancestors(frame_ancestors)
    );
    response
        .with_header("Content-Security-Policy", &policy)
        .with_header("Referrer-Policy", "no-referrer")
        .with_header("Vary", "Accept-Language")
}

/// Who may frame our pages, as the owner has settled it; empty for nobody.
pub(super) fn frame_ancestors(settings: &Settings) -> String {
    let sites = settings.get(&keys::WEB_FRAME_ANCESTORS);
    sites.iter().map(|origin| origin.as_str()).collect::<Vec<_>>().join(" ")
}

/// The owner's allow-list of framing sites, or nobody. A value that would end the directive counts as nobody.
pub(super) fn ancestors(list: &str) -> &str {
    let list = list.trim();
    let harmless = list.bytes().all(|b| b.is_ascii_graphic() && b != b';' && b != b',' || b == b' ');
    if list.is_empty() || !harmless { "'none'" } else { list }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::texts::Languages;

    fn request(path: &str) -> Request {
        serde_json::from_value(serde_json::json!({"method": "GET", "path": path, "origin": {"pathBase": "/jf"}}))
            .unwrap()
    }

    fn show(path: &str, frames: &str) -> Response {
        page(Page::SignIn, &request(path), Languages::load().choose(None, None), frames)
    }

    #[test]
    fn addresses_are_relative_to_the_page() {
        for (path, src) in [
            ("/Jellyward/Login", "../Jellyward/Assets/login.js"),
            ("/Jellyward/Login/", "../../Jellyward/Assets/login.js"),
            ("/sso/2fa", "../Jellyward/Assets/login.js"),
            ("/Jellyward", "./Jellyward/Assets/login.js"),
        ] {
            let response = show(path, "");
            let html = std::str::from_utf8(response.bytes()).unwrap();
            assert!(html.contains(&format!("src=\"{src}\"")), "{path}: {html}");
        }
    }

    #[test]
    fn a_page_is_confined() {
        let response = show("/Jellyward/Login", "");
        assert_eq!(
            response.header("Content-Security-Policy").unwrap(),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        assert_eq!(response.header("X-Content-Type-Options"), Some("nosniff"));
        assert_eq!(response.header("Referrer-Policy"), Some("no-referrer"));
        assert_eq!(response.header("Cache-Control"), Some("no-store"));
    }

    #[test]
    fn only_the_dashboard_has_frames_and_only_of_our_own() {
        let policy = |which| {
            let texts = Languages::load();
            let shown = page(which, &request("/Jellyward"), texts.choose(None, None), "");
            shown.header("Content-Security-Policy").unwrap().to_owned()
        };
        assert!(policy(Page::Dashboard).contains("; frame-src 'self';"));
        assert!(!policy(Page::Account).contains("frame-src") && !policy(Page::SignIn).contains("frame-src"));
    }

    #[test]
    fn the_owner_may_name_framing_sites_and_nothing_else() {
        let policy = |list| show("/Jellyward/Login", list).header("Content-Security-Policy").unwrap().to_owned();
        assert!(policy("https://home.example 'self'").ends_with("frame-ancestors https://home.example 'self'"));
        for hostile in ["*; script-src *", "a\r\nX: y", "a, b", "\u{e9}"] {
            assert!(policy(hostile).ends_with("frame-ancestors 'none'"), "{hostile:?}");
        }
    }

    #[test]
    fn a_page_has_no_inline_script_or_style() {
        let texts = Languages::load();
        let texts = texts.choose(None, None);
        let shown = [Page::SignIn, Page::Account, Page::Dashboard, Page::Undo]
            .map(|one| page(one, &request("/Jellyward"), texts, ""));
        for response in shown.iter().chain([&not_found(&request("/Jellyward/x\"><script>"), texts, "")]) {
            let html = std::str::from_utf8(response.bytes()).unwrap();
            assert!(!html.contains("<style") && !html.contains("style=") && !html.contains(" on"), "{html}");
            assert_eq!(html.matches("<script").count(), html.matches("<script src=").count(), "{html}");
        }
    }
}
