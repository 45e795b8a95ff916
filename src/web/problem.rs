//! Refusals as `application/problem+json` (RFC 9457), worded by the language file.

use serde_json::{Map, Value};

use super::message::Response;
use super::texts::Texts;

/// Declares the codes: name in Rust, name on the wire, HTTP status.
macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident $text:literal $status:literal;)+) => {
        /// What is wrong, as a stable lower-case word. The text comes from the language file, `problem-<code>`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[doc = $doc])+ $name,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The HTTP status that goes with it.
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)+ }
            }
        }
    };
}

codes! {
    /// The body is not JSON, not an object, or too deep.
    BadJson "bad_json" 400;
    /// A field is missing or of the wrong kind; `field` names it.
    BadField "bad_field" 400;
    /// A setting's value is refused; `field` names the setting.
    BadSetting "bad_setting" 400;
    /// The new password will not do; `detail` says why, `weak` in a word.
    WeakPassword "weak_password" 400;
    /// A template is refused; `field` names the part, `line` and `column` the place.
    BadTemplate "bad_template" 400;
    /// Not one e-mail address.
    NotAnAddress "not_an_address" 400;
    /// Nobody is signed in.
    SignIn "sign_in" 401;
    /// The code is wrong; `triesLeft` says how often it may still be tried.
    WrongCode "wrong_code" 401;
    /// The code was right, and has been used.
    CodeUsed "code_used" 401;
    /// The challenge is unknown, spent, expired or somebody else's.
    ChallengeGone "challenge_gone" 401;
    /// Too many wrong codes; `Retry-After` says how long to wait.
    TooManyTries "too_many_tries" 401;
    /// Enrolling needs the administrator's one-time word.
    WordNeeded "word_needed" 401;
    /// That one-time word is wrong, used or expired.
    WrongWord "wrong_word" 401;
    /// The proof is wrong.
    WrongProof "wrong_proof" 401;
    /// The passkey proves nothing here.
    WrongPasskey "wrong_passkey" 401;
    /// The ceremony is unknown, lapsed, or used.
    CeremonyGone "ceremony_gone" 401;
    /// What was sent for a forgotten password is unknown, spent, void or expired.
    ResetGone "reset_gone" 401;
    /// No address waits for a code.
    CodeGone "code_gone" 401;
    /// A mail's link was used, is too old, or never was one.
    LinkGone "link_gone" 401;
    /// The enrolment is unknown, finished or expired.
    EnrolmentGone "enrolment_gone" 401;
    /// Jellyfin does not let this user in now: disabled, from here, or at this hour.
    NotAllowedNow "not_allowed_now" 403;
    /// The change wants a fresh proof; `proofs` names by what.
    StepUp "step_up" 403;
    /// This session was opened by a device's secret, or nobody knows how: a full sign-in comes first.
    SignInFully "sign_in_fully" 403;
    /// Not offered to this account.
    NotOffered "not_offered" 403;
    /// The first-run wizard is done.
    WizardDone "wizard_done" 403;
    /// An API key is not a person.
    ApiKey "api_key" 403;
    /// Only administrators.
    NotAdministrator "not_administrator" 403;
    /// Sent by a page of another site.
    ForeignOrigin "foreign_origin" 403;
    /// No such page or call.
    NotFound "not_found" 404;
    /// No such factor.
    UnknownFactor "unknown_factor" 404;
    /// No such app password.
    UnknownAppPassword "unknown_app_password" 404;
    /// No such device.
    UnknownDevice "unknown_device" 404;
    /// No device shows this code.
    UnknownCode "unknown_code" 404;
    /// No such trusted browser.
    UnknownBrowser "unknown_browser" 404;
    /// No such user.
    UnknownUser "unknown_user" 404;
    /// No such preview, or no longer.
    PreviewGone "preview_gone" 404;
    /// That mail cannot be tried again: it is gone, or has died.
    MailGone "mail_gone" 404;
    /// That account has no e-mail address.
    NoAddress "no_address" 404;
    /// The path exists, the method does not.
    WrongMethod "wrong_method" 405;
    /// Jellyfin refused to make the session; the same challenge may be tried again.
    SessionRefused "session_refused" 409;
    /// That passkey is registered already.
    PasskeyKnown "passkey_known" 409;
    /// There are as many as there may be.
    TooMany "too_many" 409;
    /// Somebody else changed the settings meanwhile.
    SettingsChanged "settings_changed" 409;
    /// A verified e-mail address comes first.
    AddressNeeded "address_needed" 409;
    /// Mail was asked for, and a server or a sender is missing.
    MailNotSetUp "mail_not_set_up" 409;
    /// Every account must have an e-mail address.
    EmailRequired "email_required" 409;
    /// Jellyfin lets nobody in with that account.
    AccountDisabled "account_disabled" 409;
    /// Mail is the only factor of that administrator: a reset by mail would leave the account to one mailbox.
    MailOpensAll "mail_opens_all" 409;
    /// Codes by mail rest on that address.
    EmailIsFactor "email_is_factor" 409;
    /// Another account has that e-mail address; told to administrators only.
    AddressInUse "address_in_use" 409;
    /// The body is over the limit.
    TooLarge "too_large" 413;
    /// A POST body must be `application/json`.
    WrongType "wrong_type" 415;
    /// A file or the environment holds this setting.
    SettingLocked "setting_locked" 423;
    /// That was done too often just now.
    TooOften "too_often" 429;
    /// The store cannot answer.
    Unavailable "unavailable" 503;
}

/// One refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// What is wrong.
    pub code: Code,
    /// The field of the body, or the setting, that is wrong.
    pub field: Option<String>,
    /// More about this very case, already worded.
    pub detail: Option<String>,
    /// Seconds to wait, sent as `Retry-After`.
    pub retry_after: Option<u64>,
    /// Further members of the document, `triesLeft` for instance.
    pub extra: Map<String, Value>,
    /// Headers to add, `Allow` for instance.
    pub headers: Vec<(String, String)>,
}

impl Problem {
    /// Just the code.
    pub fn new(code: Code) -> Self {
        Self { code, field: None, detail: None, retry_after: None, extra: Map::new(), headers: Vec::new() }
    }

    /// A field is missing or of the wrong kind.
    pub fn bad_field(name: &str) -> Self {
        Self::new(Code::BadField).field(name)
    }

    /// Naming the field.
    #[must_use]
    pub fn field(mut self, name: &str) -> Self {
        self.field = Some(name.to_owned());
        self
    }

    /// Saying more.
    #[must_use]
    pub fn detail(mut self, text: impl Into<String>) -> Self {
        self.detail = Some(text.into());
        self
    }

    /// Saying how long to wait, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// With a further member of the document.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The document, in the reader's language.
    pub fn document(&self, texts: &Texts) -> Value {
        let status = self.code.status();
        let mut document = self.extra.clone();
        document.insert("type".into(), "about:blank".into());
        document.insert("title".into(), texts.get(&text_id(self.code)).into());
        document.insert("status".into(), status.into());
        document.insert("code".into(), self.code.as_str().into());
        for (name, value) in [("field", &self.field), ("detail", &self.detail)] {
            if let Some(value) = value {
                document.insert(name.into(), value.as_str().into());
            }
        }
        Value::Object(document)
    }

    /// The response, in the reader's language.
    pub fn respond(&self, texts: &Texts) -> Response {
        let document = self.document(texts).to_string();
        let mut response = Response::new(self.code.status(), "application/problem+json", document);
        if let Some(seconds) = self.retry_after {
            response = response.with_header("Retry-After", &seconds.to_string());
        }
        self.headers.iter().fold(response, |response, (name, value)| response.with_header(name, value))
    }
}

/// The message that words this code.
pub fn text_id(code: Code) -> String {
    format!("problem-{}", code.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::texts::Languages;

    #[test]
    fn a_problem_says_what_and_where() {
        let languages = Languages::load();
        let problem = Problem::new(Code::TooManyTries).field("code").retry_after(30).with("triesLeft", 0);
        let response = problem.respond(languages.choose(None, None));
        let document: Value = serde_json::from_slice(response.bytes()).unwrap();
        assert_eq!(response.status, 401);
        assert_eq!(response.header("Retry-After"), Some("30"));
        assert_eq!(response.header("Content-Type"), Some("application/problem+json"));
        assert_eq!(document["code"], "too_many_tries");
        assert_eq!(document["field"], "code");
        assert_eq!(document["triesLeft"], 0);
        assert_eq!(document["status"], 401);
    }

    #[test]
    fn every_code_has_a_text() {
        let languages = Languages::load();
        for code in Code::ALL {
            assert!(languages.choose(None, None).has(&text_id(*code)), "no text for {}", code.as_str());
        }
    }
}
