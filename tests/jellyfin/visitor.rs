//! A client of the server: an app or a browser, with its device, cookies, token and address.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::http::{Method, Request};
use ureq::{Agent, SendBody};

/// Speaks HTTP as one device.
#[derive(Clone)]
pub struct Visitor {
    agent: Agent,
    /// Scheme, host, port and base path.
    pub base: String,
    pub app: String,
    pub version: String,
    pub device_id: String,
    pub device_name: String,
    /// As a listed proxy reports it; none: this machine itself.
    pub address: Option<String>,
    pub token: Option<String>,
    /// What it proves itself by when one of Jellyfin's calls is stopped for want of the password, as our script asks.
    pub password: Option<String>,
    /// Runs our script: marks its sign-in and keeps cookies.
    pub browser: bool,
    cookies: Vec<(String, String)>,
}

/// What came back, untouched: nothing is decompressed, no redirect followed.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
}

impl Visitor {
    /// A browser with our script in its page.
    pub fn browser(base: &str, device_id: &str) -> Self {
        Self { app: "Jellyfin Web".into(), browser: true, ..Self::television(base, device_id) }
    }

    /// An app that knows name and password and nothing else.
    pub fn television(base: &str, device_id: &str) -> Self {
        Self {
            agent: Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .timeout_global(Some(Duration::from_secs(90)))
                .build()
                .into(),
            base: base.into(),
            app: "Jellyfin for TV".into(),
            version: "1.0".into(),
            device_id: device_id.into(),
            device_name: format!("Device of {device_id}"),
            address: None,
            token: None,
            password: None,
            browser: false,
            cookies: Vec::new(),
        }
    }

    #[must_use]
    pub fn from(mut self, address: &str) -> Self {
        self.address = Some(address.into());
        self
    }

    /// The same device and cookies, with that session.
    #[must_use]
    pub fn holding(&self, session: &Answer) -> Self {
        Self { token: Some(session.token()), ..self.clone() }
    }

    /// The value of the header that says who and what calls.
    pub fn authorization(&self) -> String {
        let token = self.token.as_ref().map_or(String::new(), |token| format!(", Token=\"{token}\""));
        format!(
            "MediaBrowser Client=\"{}\", Device=\"{}\", DeviceId=\"{}\", Version=\"{}\"{token}",
            self.app, self.device_name, self.device_id, self.version
        )
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    pub fn post(&mut self, path: &str, body: &Value) -> Answer {
        let answer = self.send("POST", path, &[], Some(body));
        let stopped = answer.header("x-jellyward") == Some("step-up");
        match &self.password {
            Some(password) if stopped => {
                let proof = json!({ "proof": { "method": "password", "value": password } });
                self.send("POST", "/Jellyward/Api/Account/Prove", &[], Some(&proof)).expect(200);
                self.send("POST", path, &[], Some(body))
            }
            _ => answer,
        }
    }

    /// Sends with `extra` headers; one of the name of an own header replaces it, an empty value removes it.
    pub fn send(&mut self, method: &str, path: &str, extra: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let mut headers = vec![("Authorization".to_owned(), self.authorization())];
        if self.browser {
            headers.push(("X-Jellyward".into(), "1".into()));
        }
        if let Some(address) = &self.address {
            headers.push(("X-Forwarded-For".into(), address.clone()));
        }
        if self.browser && !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            headers.push(("Cookie".into(), pairs.join("; ")));
        }
        if body.is_some() {
            headers.push(("Content-Type".into(), "application/json".into()));
        }
        for (name, value) in extra {
            headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
            if !value.is_empty() {
                headers.push(((*name).into(), (*value).into()));
            }
        }
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(format!("{}{path}", self.base));
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        // Jellyfin answers a POST without a length with 411.
        let text = body.map_or_else(String::new, Value::to_string);
        let answer = if method == "POST" {
            self.agent.run(request.body(SendBody::from_owned_reader(std::io::Cursor::new(text.into_bytes()))).unwrap())
        } else {
            self.agent.run(request.body(SendBody::none()).unwrap())
        };
        let mut answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let read = Answer {
            status: answer.status().as_u16(),
            headers: answer
                .headers()
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
                .collect(),
            bytes: answer.body_mut().read_to_vec().unwrap_or_else(|error| panic!("{method} {path}: {error}")),
        };
        self.keep_cookies(&read);
        read
    }

    /// The status, or none while nobody listens.
    pub fn try_get(&self, path: &str) -> Option<u16> {
        self.agent.get(format!("{}{path}", self.base)).call().ok().map(|answer| answer.status().as_u16())
    }

    /// Name and password at Jellyfin's own door.
    pub fn login(&mut self, name: &str, password: &str) -> Answer {
        self.post("/Users/AuthenticateByName", &json!({ "Username": name, "Pw": password }))
    }

    /// The second step.
    pub fn verify(&mut self, challenge: &str, method: &str, code: &str) -> Answer {
        let body = json!({ "challenge": challenge, "method": method, "code": code });
        self.post("/Jellyward/Api/Challenge/Verify", &body)
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for (_, header) in answer.headers.iter().filter(|(name, _)| self.browser && name == "set-cookie") {
            let (name, value) = header.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(kept, _)| kept != name);
            self.cookies.push((name.into(), value.into()));
        }
    }
}

impl Answer {
    /// The body as JSON, null where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A session in Jellyfin's own words, in either casing.
    pub fn is_session(&self) -> bool {
        let json = self.json();
        self.status == 200 && (json["AccessToken"].is_string() || json["accessToken"].is_string())
    }

    pub fn token(&self) -> String {
        let json = self.json();
        let token = json["AccessToken"].as_str().or_else(|| json["accessToken"].as_str());
        token.unwrap_or_else(|| panic!("no session: {}", self.shown())).to_owned()
    }

    /// The challenge's token.
    pub fn challenge(&self) -> String {
        let json = self.json();
        let token = json["jellyward"]["challenge"].as_str();
        token.unwrap_or_else(|| panic!("no challenge: {}", self.shown())).to_owned()
    }

    /// The stable code of a refusal of ours.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// For messages.
    pub fn shown(&self) -> String {
        let text: String = self.text().chars().take(600).collect();
        format!("{} {:?} {text}", self.status, self.headers)
    }

    /// Fails unless the status is that one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.shown());
        self
    }
}
