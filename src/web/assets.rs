//! Scripts, style and texts: a fixed table inside the library. No name ever reaches a file system.

use std::sync::OnceLock;

use super::message::{Request, Response};
use super::tagged::Tagged;
use super::texts::{self, Texts};
use crate::factor::{passkey, totp};
use crate::gate::{app_password, enrol};
use crate::settings::LONGEST_ADDRESS;

/// One file as it is served. The parts are sent one after the other, so that each script stands alone.
#[derive(Debug)]
pub struct File {
    /// The name in the address.
    pub name: &'static str,
    content_type: &'static str,
    parts: &'static [&'static str],
    whole: OnceLock<Tagged>,
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

const KIT: &str = include_str!("assets/kit.js");
const ENROLMENT: &str = include_str!("assets/enrolment.js");
const SERVER: &str = include_str!("assets/server.js");
const PASSKEY: &str = include_str!("assets/passkey.js");
const PASSKEY_SIGN_IN: &str = include_str!("assets/passkey_sign_in.js");
const DIAGNOSIS: &str = include_str!("assets/diagnosis.js");
const MAIL_CODE: &str = include_str!("assets/mail_code.js");
const REFUSAL: &str = include_str!("assets/refusal.js");
const CHALLENGE: &str = include_str!("assets/challenge.js");
const REMOTE: &str = include_str!("assets/remote.js");
const DIALOG: &str = include_str!("assets/dialog.js");
const PROOF: &str = include_str!("assets/proof.js");
const PASSWORD: &str = include_str!("assets/password.js");
const NEW_PASSWORD: &str = include_str!("assets/new_password.js");
const EMAIL: &str = include_str!("assets/email.js");
const SET_UP: &str = include_str!("assets/set_up.js");
const TRUST: &str = include_str!("assets/trust.js");
const ASKER: &str = include_str!("assets/asker.js");
const SESSION: &str = include_str!("assets/session.js");

/// The login's script, which the web client's own page loads.
pub const INJECTED: &str = "inject.js";

/// Everything there is, the texts excepted.
static FILES: [File; 11] = [
    script(INJECTED, &[include_str!("assets/inject.js")]),
    script(
        "extras.js",
        &[
            KIT,
            SERVER,
            PASSKEY,
            PASSKEY_SIGN_IN,
            TRUST,
            REMOTE,
            DIALOG,
            MAIL_CODE,
            PROOF,
            ASKER,
            include_str!("assets/extras/quick_connect.js"),
            include_str!("assets/extras.js"),
        ],
    ),
    script("password.js", &[KIT, PASSWORD]),
    script(
        "challenge.js",
        &[KIT, PASSKEY, REMOTE, EMAIL, PASSWORD, NEW_PASSWORD, SET_UP, MAIL_CODE, TRUST, REFUSAL, CHALLENGE],
    ),
    script(
        "login.js",
        &[
            KIT,
            PASSKEY,
            PASSKEY_SIGN_IN,
            DIAGNOSIS,
            REMOTE,
            EMAIL,
            PASSWORD,
            NEW_PASSWORD,
            SET_UP,
            MAIL_CODE,
            TRUST,
            CHALLENGE,
            SERVER,
            ENROLMENT,
            include_str!("assets/demanded.js"),
            include_str!("assets/login.js"),
        ],
    ),
    script(
        "account.js",
        &[
            KIT,
            SERVER,
            PASSKEY,
            DIAGNOSIS,
            REMOTE,
            DIALOG,
            MAIL_CODE,
            PROOF,
            ENROLMENT,
            SESSION,
            include_str!("assets/account/overview.js"),
            include_str!("assets/account/methods.js"),
            EMAIL,
            include_str!("assets/account/email.js"),
            include_str!("assets/account/app_passwords.js"),
            ASKER,
            include_str!("assets/account/quick_connect.js"),
            include_str!("assets/account/tv.js"),
            include_str!("assets/account/browsers.js"),
            include_str!("assets/account/sessions.js"),
            include_str!("assets/account/lost_phone.js"),
            include_str!("assets/account.js"),
        ],
    ),
    script(
        "dashboard.js",
        &[
            KIT,
            SERVER,
            PASSKEY,
            REMOTE,
            DIALOG,
            MAIL_CODE,
            PROOF,
            ENROLMENT,
            SESSION,
            include_str!("assets/dashboard/mail.js"),
            include_str!("assets/dashboard/messages.js"),
            include_str!("assets/dashboard/setting_kinds.js"),
            include_str!("assets/dashboard/settings.js"),
            include_str!("assets/dashboard/sessions.js"),
            include_str!("assets/dashboard/ways_in.js"),
            include_str!("assets/dashboard/resets.js"),
            include_str!("assets/dashboard/users.js"),
            include_str!("assets/dashboard/events.js"),
            include_str!("assets/dashboard.js"),
        ],
    ),
    script("forgot.js", &[KIT, REMOTE, SERVER, PASSWORD, NEW_PASSWORD, include_str!("assets/forgot.js")]),
    script("reset.js", &[KIT, REMOTE, SERVER, PASSWORD, NEW_PASSWORD, include_str!("assets/reset.js")]),
    script("undo.js", &[KIT, REMOTE, include_str!("assets/undo.js")]),
    file("style.css", STYLE, &[include_str!("assets/style.css")]),
];

/// What stands in `kit.js` for the numbers below.
const BOUNDS: &str = "JELLYWARD_BOUNDS";

/// The numbers that scripts share with the server, as they find them in `kit.bounds`.
fn bounds() -> String {
    format!(
        "{{name:{},appName:{},address:{LONGEST_ADDRESS},ceremony:{},step:{}}}",
        enrol::LONGEST_NAME,
        app_password::LONGEST_NAME,
        passkey::LIFETIME,
        totp::Parameters::default().period,
    )
}

/// The names of all of them, the texts' excepted.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|file| file.name)
}

/// What the scripts are made of.
#[cfg(test)]
pub(super) fn parts() -> impl Iterator<Item = &'static str> {
    FILES.iter().filter(|file| file.content_type == SCRIPT).flat_map(|file| file.parts.iter().copied())
}

const fn script(name: &'static str, parts: &'static [&'static str]) -> File {
    file(name, SCRIPT, parts)
}

const fn file(name: &'static str, content_type: &'static str, parts: &'static [&'static str]) -> File {
    File { name, content_type, parts, whole: OnceLock::new() }
}

impl File {
    fn whole(&self) -> &Tagged {
        self.whole.get_or_init(|| Tagged::new(self.parts.concat().replace(BOUNDS, &bounds())))
    }
}

/// What the name of an asset stands for.
#[derive(Clone, Copy, Debug)]
pub enum Asset {
    /// One of the files.
    File(&'static File),
    /// The scripts' texts: in that language, or in the one the reader likes best.
    Texts(Option<&'static str>),
}

impl Asset {
    /// Looks a name up.
    pub fn named(name: &str) -> Option<Self> {
        if name == "texts.json" {
            return Some(Self::Texts(None));
        }
        let language = || name.strip_prefix("texts.")?.strip_suffix(".json").and_then(texts::tag);
        FILES
            .iter()
            .find(|file| file.name == name)
            .map(Self::File)
            .or_else(|| language().map(|tag| Self::Texts(Some(tag))))
    }

    /// The language the name asks for.
    pub fn language(self) -> Option<&'static str> {
        match self {
            Self::Texts(language) => language,
            Self::File(_) => None,
        }
    }

    /// The response: the whole asset, or 304 when the browser has it. `texts` are those chosen for this reader.
    pub fn respond(self, request: &Request, texts: &Texts) -> Response {
        match self {
            Self::File(file) => file.whole().respond(request, file.content_type),
            Self::Texts(Some(_)) => texts.for_scripts().respond(request, JSON),
            Self::Texts(None) => texts.for_scripts().respond(request, JSON).with_header("Vary", "Accept-Language"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::texts::Languages;

    fn get(name: &str, headers: &[(&str, &str)]) -> Response {
        let mut request: Request = serde_json::from_value(serde_json::json!({"method": "GET", "path": "/"})).unwrap();
        request.origin.headers = headers.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        Asset::named(name).unwrap().respond(&request, Languages::load().choose(None, None))
    }

    #[test]
    fn each_asset_is_revalidated_by_its_tag() {
        for name in FILES.iter().map(|file| file.name).chain(["texts.json", "texts.en.json"]) {
            let whole = get(name, &[]);
            let tag = whole.header("ETag").unwrap().to_owned();
            assert_eq!(whole.status, 200, "{name}");
            assert!(!whole.bytes().is_empty(), "{name}");
            for sent in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".into()] {
                let known = get(name, &[("if-none-match", &sent)]);
                assert_eq!((known.status, known.bytes().len()), (304, 0), "{name} {sent}");
            }
            assert_eq!(get(name, &[("If-None-Match", "\"other\"")]).status, 200, "{name}");
        }
    }

    #[test]
    fn scripts_find_the_servers_numbers() {
        let (bounds, mut found) = (bounds(), 0);
        for file in &FILES {
            let sent = file.whole().body();
            assert!(!sent.contains(BOUNDS), "{}", file.name);
            for asked in sent.split("kit.bounds.").skip(1) {
                let name = asked.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap();
                let known = bounds.split(['{', ',']).any(|one| one.split(':').next() == Some(name));
                assert!(known && sent.contains(&bounds), "{}: kit.bounds.{name}", file.name);
                found += 1;
            }
        }
        assert!(found > 0);
    }

    #[test]
    fn names_are_exact() {
        for name in
            ["", "kit.js", "Login.js", "login.js ", "../routes.rs", "texts..json", "texts.xx.json", "texts.en.json/"]
        {
            assert!(Asset::named(name).is_none(), "{name:?}");
        }
    }

    /// Old televisions parse no more than ES5; one newer token and the whole script is dead there.
    #[test]
    fn scripts_are_es5() {
        let newer = ["=>", "`", "...", " let ", " const ", "class ", "async ", "await ", "?.", "??", "catch {", " of "];
        for file in FILES.iter().filter(|file| file.content_type == SCRIPT) {
            for line in file.parts.iter().flat_map(|part| part.lines()) {
                let code = line.split("/*").next().unwrap_or("");
                let comment = line.trim_start().starts_with("/*") || line.trim_end().ends_with("*/") || in_prose(line);
                for token in newer {
                    assert!(comment || !code.contains(token), "{}: {token} in {line}", file.name);
                }
            }
        }
    }

    /// A line inside a comment: it ends like no statement does.
    fn in_prose(line: &str) -> bool {
        !line.contains([';', '{', '}', '(', ')', '[', ']', ':'])
    }

    #[test]
    fn no_script_puts_data_into_markup_or_speaks_to_strangers() {
        for file in &FILES {
            let text = file.parts.concat();
            for banned in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
                assert!(!text.contains(banned), "{} uses {banned}", file.name);
            }
            for scheme in ["http://", "https://", "//cdn"] {
                let strangers = text.matches(scheme).count() - text.matches("http://www.w3.org/").count();
                assert_eq!(strangers, 0, "{} names another host", file.name);
            }
        }
    }
}
