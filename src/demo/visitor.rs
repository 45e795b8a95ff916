//! Somebody at the door: a browser or an app that speaks to a demo over real HTTP.

use std::collections::BTreeMap;
use std::time::Duration;

use cookie::Cookie;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Response;
use ureq::{Body, RequestBuilder};

/// The call did not get through at all.
#[derive(Debug, thiserror::Error)]
#[error("{path} did not answer: {reason}")]
pub struct Unanswered {
    /// What was called.
    pub path: String,
    /// The client's word.
    pub reason: String,
}

/// A browser, or an app that knows nothing but name and password.
#[derive(Clone)]
pub struct Visitor {
    agent: Agent,
    address: String,
    app: String,
    device_id: String,
    /// Marks sign-ins as the script in the page does, and keeps cookies.
    is_browser: bool,
    cookies: BTreeMap<String, String>,
    token: Option<String>,
    from: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, null when it is not JSON.
    pub json: Value,
    /// The body as it came.
    pub text: String,
}

impl Visitor {
    /// A browser on Jellyfin's own page, with our script in it.
    pub fn browser(address: &str, device_id: &str) -> Self {
        Self {
            agent: Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .timeout_global(Some(Duration::from_secs(60)))
                .build()
                .into(),
            address: address.to_owned(),
            app: "Jellyfin Web".to_owned(),
            device_id: device_id.to_owned(),
            is_browser: true,
            cookies: BTreeMap::new(),
            token: None,
            from: None,
        }
    }

    /// An app on a television: no script, no cookies.
    pub fn television(address: &str, device_id: &str) -> Self {
        Self { app: "Jellyfin for TV".to_owned(), is_browser: false, ..Self::browser(address, device_id) }
    }

    /// Comes from that address, as a proxy in front would report it.
    #[must_use]
    pub fn from(mut self, address: &str) -> Self {
        self.from = Some(address.to_owned());
        self
    }

    /// The token of the session, when signed in.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Signs out on this side only.
    pub fn forget(&mut self) {
        self.token = None;
    }

    /// Asks for a path below the base URL.
    pub fn get(&mut self, path: &str) -> Result<Answer, Unanswered> {
        let request = self.dressed(self.agent.get(format!("{}{path}", self.address)));
        let response = request.call();
        self.taken(path, response)
    }

    /// Sends JSON to a path below the base URL.
    pub fn post(&mut self, path: &str, body: &Value) -> Result<Answer, Unanswered> {
        let request = self.dressed(self.agent.post(format!("{}{path}", self.address)));
        let response = request.send_json(body);
        self.taken(path, response)
    }

    /// Name and password at Jellyfin's own door.
    pub fn sign_in(&mut self, name: &str, password: &str) -> Result<Answer, Unanswered> {
        self.token = None;
        self.post("/Users/AuthenticateByName", &json!({"Username": name, "Pw": password}))
    }

    /// The second step.
    pub fn verify(&mut self, challenge: &str, method: &str, code: &str) -> Result<Answer, Unanswered> {
        let body = json!({"challenge": challenge, "method": method, "code": code});
        self.post("/Jellyward/Api/Challenge/Verify", &body)
    }

    fn dressed<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        let mut authorization = format!(
            r#"MediaBrowser Client="{}", Device="{}", DeviceId="{}", Version="1.0""#,
            self.app, self.device_id, self.device_id
        );
        if let Some(token) = &self.token {
            authorization += &format!(r#", Token="{token}""#);
        }
        let mut request = request.header("Authorization", authorization);
        if self.is_browser {
            request = request.header("X-Jellyward", "1");
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("Cookie", pairs.join("; "));
        }
        if let Some(from) = &self.from {
            request = request.header("X-Forwarded-For", from);
        }
        request
    }

    fn taken(&mut self, path: &str, response: Result<Response<Body>, ureq::Error>) -> Result<Answer, Unanswered> {
        let unanswered = |error: ureq::Error| Unanswered { path: path.to_owned(), reason: error.to_string() };
        let mut response = response.map_err(unanswered)?;
        let headers = response.headers().iter();
        let headers: Vec<(String, String)> = headers
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let text = response.body_mut().read_to_string().map_err(unanswered)?;
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Answer { status: response.status().as_u16(), headers, json, text };
        if self.is_browser {
            self.keep_cookies(&answer);
        }
        if let Some(token) = answer.json["AccessToken"].as_str() {
            self.token = Some(token.to_owned());
        }
        Ok(answer)
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for (_, value) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            if let Ok(cookie) = Cookie::parse(value) {
                if cookie.max_age().is_some_and(|age| age.is_zero()) {
                    self.cookies.remove(cookie.name());
                } else {
                    self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned());
                }
            }
        }
    }
}

impl Answer {
    /// A session was given.
    pub fn is_session(&self) -> bool {
        self.status == 200 && self.json["AccessToken"].is_string()
    }

    /// What the gate wants: `challenge` or `enrol`.
    pub fn outcome(&self) -> &str {
        self.json["jellyward"]["outcome"].as_str().unwrap_or_default()
    }

    /// The challenge to answer.
    pub fn challenge(&self) -> String {
        self.field("/jellyward/challenge")
    }

    /// The stable code of a refusal.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// A text in the body by JSON pointer; empty when it is not there.
    pub fn field(&self, pointer: &str) -> String {
        self.json.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The first header of that name, in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
