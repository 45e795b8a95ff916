//! A small WebDriver client: just what the stories need of <https://www.w3.org/TR/webdriver2/>.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

/// How the protocol names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How long to wait for what a page should soon show.
const PATIENCE: Duration = Duration::from_secs(20);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(30);

/// How often a driver is started until one listens.
const TRIES: usize = 5;

/// Special keys, as the protocol encodes them.
pub const TAB: &str = "\u{e004}";
pub const ENTER: &str = "\u{e007}";
pub const ESCAPE: &str = "\u{e00c}";
pub const UP: &str = "\u{e013}";
pub const RIGHT: &str = "\u{e014}";
pub const DOWN: &str = "\u{e015}";

/// The first of these programs that is on the path.
pub fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names.iter().find_map(|name| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|it| it.is_file()))
}

/// One browser with a fresh profile, and the driver it hangs on.
pub struct Browser {
    driver: Child,
    agent: Agent,
    session: String,
    _profile: TempDir,
}

impl Browser {
    /// Starts both.
    pub fn start(driver: &Path, chromium: &Path) -> Self {
        let profile = TempDir::with_prefix("jellyward-browser-").unwrap();
        let (driver, port) = (0..TRIES).find_map(|_| listening(driver)).expect("the driver names its port");
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE * 3)).build();
        let mut browser =
            Self { driver, agent: config.into(), session: format!("http://127.0.0.1:{port}"), _profile: profile };
        let profile = browser._profile.path().display();
        let opened = browser.send("/session", &capabilities(chromium, &format!("--user-data-dir={profile}")));
        let id = opened["sessionId"].as_str().unwrap_or_else(|| panic!("no browser: {opened}"));
        browser.session = format!("{}/session/{id}", browser.session);
        browser
    }

    fn send(&self, path: &str, body: &Value) -> Value {
        let mut response = self.agent.post(format!("{}{path}", self.session)).send_json(body).unwrap();
        let mut document: Value = response.body_mut().read_json().unwrap();
        document["value"].take()
    }

    /// A command of the browser's own debugging protocol.
    pub fn command(&self, name: &str, parameters: Value) -> Value {
        self.send("/goog/cdp/execute", &json!({"cmd": name, "params": parameters}))
    }

    /// Puts a virtual authenticator into the browser (WebAuthn L3, 11.4); gives its id.
    pub fn authenticator(&self, options: &Value) -> String {
        let id = self.send("/webauthn/authenticator", options);
        id.as_str().unwrap_or_else(|| panic!("no authenticator: {id}")).to_owned()
    }

    /// The passkeys in a virtual authenticator, private keys and all.
    pub fn passkeys(&self, authenticator: &str) -> Vec<Value> {
        let path = format!("{}/webauthn/authenticator/{authenticator}/credentials", self.session);
        let document: Value = self.agent.get(path).call().unwrap().body_mut().read_json().unwrap();
        document["value"].as_array().cloned().unwrap_or_default()
    }

    /// Puts a passkey into a virtual authenticator in place of what was there.
    pub fn replace_passkeys(&self, authenticator: &str, passkey: &Value) {
        let path = format!("/webauthn/authenticator/{authenticator}/credential");
        self.agent.delete(format!("{}{path}s", self.session)).call().unwrap();
        let answer = self.send(&path, passkey);
        assert!(answer.get("error").is_none(), "{answer}");
    }

    /// Does a virtual authenticator recognise who uses it (WebAuthn L3, 11.9)?
    pub fn recognise(&self, authenticator: &str, known: bool) {
        let path = format!("/webauthn/authenticator/{authenticator}/uv");
        let answer = self.send(&path, &json!({"isUserVerified": known}));
        assert!(answer.get("error").is_none(), "{answer}");
    }

    /// What the one passkey in a virtual authenticator says of being backed up (WebAuthn L3, 11.10).
    pub fn back_up(&self, authenticator: &str, eligible: bool, backed_up: bool) {
        let passkey = self.passkeys(authenticator).remove(0);
        let id = passkey["credentialId"].as_str().unwrap();
        let path = format!("/webauthn/authenticator/{authenticator}/credentials/{id}/props");
        let answer = self.send(&path, &json!({"backupEligibility": eligible, "backupState": backed_up}));
        assert!(answer.get("error").is_none(), "{answer}");
    }

    /// Opens an address.
    pub fn open(&self, address: &str) {
        let answer = self.send("/url", &json!({"url": address}));
        assert!(answer.is_null(), "{address}: {answer}");
    }

    /// The address shown.
    pub fn address(&self) -> String {
        self.run("return location.href").as_str().unwrap().to_owned()
    }

    /// Runs a script in the page, as the body of a function. One that fails, because what it looks for is not drawn yet
    /// or the page is just being left, is tried again for a while.
    pub fn run(&self, script: &str) -> Value {
        let ran = until(|| {
            let value = self.run_once(script);
            if failed(&value) { Err(value) } else { Ok(value) }
        });
        ran.unwrap_or_else(|error| panic!("{script}: {}", error["message"]))
    }

    fn run_once(&self, script: &str) -> Value {
        self.send("/execute/sync", &json!({"script": format!("{LOOK}{script}"), "args": []}))
    }

    /// Waits until an expression has this value in the page: most of what a page shows, it shows a moment later.
    pub fn comes_to(&self, expression: &str, expected: impl Into<Value>) {
        let expected = expected.into();
        let came = until(|| {
            let value = self.run_once(&format!("return {expression}"));
            if value == expected { Ok(()) } else { Err(value) }
        });
        if let Err(value) = came {
            assert_eq!(value, expected, "{expression}, at {}", self.address());
        }
    }

    /// Waits until an expression holds in the page, across navigations.
    pub fn wait(&self, what: &str, expression: &str) -> Value {
        let held = until(|| {
            let value = self.run_once(&format!("return {expression}"));
            let holds = !failed(&value) && value != false && !value.is_null() && value != "";
            if holds { Ok(value) } else { Err(value) }
        });
        held.unwrap_or_else(|_| {
            panic!("{what}: never came; the page at {} shows:\n{}", self.address(), self.text());
        })
    }

    /// An element by selector, also inside our overlay; waits for it to be shown.
    fn element(&self, selector: &str) -> String {
        let found = self.wait(selector, &format!("find({})", json!(selector)));
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    /// Waits for an element to be shown.
    pub fn see(&self, selector: &str) {
        self.element(selector);
    }

    /// Waits for a text to be shown, in the page or the overlay.
    pub fn read(&self, text: &str) {
        self.wait(text, &format!("text().includes({})", json!(text)));
    }

    /// Waits until a text is shown nowhere.
    pub fn lacks(&self, text: &str) {
        self.comes_to(&format!("text().includes({})", json!(text)), false);
    }

    /// All text shown, the overlay's included.
    pub fn text(&self) -> String {
        self.run("return text()").as_str().unwrap_or_default().to_owned()
    }

    /// The text of one element. Not the protocol's own call: that has no text for what is still fading in.
    pub fn text_of(&self, selector: &str) -> String {
        let text = self.wait(selector, &format!("find({0}) && find({0}).innerText", json!(selector)));
        text.as_str().unwrap().to_owned()
    }

    /// Clicks.
    pub fn click(&self, selector: &str) {
        self.click_on(selector, || self.element(selector));
    }

    /// Presses the button, link or tab with that text.
    pub fn press(&self, text: &str) {
        let find = || self.wait(text, &format!("button({})", json!(text)))[ELEMENT].as_str().unwrap().to_owned();
        self.click_on(text, find);
    }

    fn click_on(&self, what: &str, find: impl Fn() -> String) {
        self.patiently(&format!("click on {what}"), || self.send(&format!("/element/{}/click", find()), &json!({})));
    }

    /// A dialog that is just going away still covers the page, or the page is just being drawn anew: as a person would,
    /// it is tried again for a while. None of these errors comes after something was done.
    fn patiently(&self, what: &str, act: impl Fn() -> Value) {
        let passing = ["element click intercepted", "element not interactable", "stale element reference"];
        let (Ok(answer) | Err(answer)) = until(|| {
            let answer = act();
            let passes = answer["error"].as_str().is_some_and(|error| passing.contains(&error));
            if passes { Err(answer) } else { Ok(answer) }
        });
        assert!(answer.is_null(), "{what}: {answer}");
    }

    /// Types into an element.
    pub fn type_into(&self, selector: &str, text: &str) {
        self.patiently(&format!("typing into {selector}"), || {
            self.send(&format!("/element/{}/value", self.element(selector)), &json!({"text": text}))
        });
    }

    /// Presses keys wherever the focus is.
    pub fn keys(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})])
            .collect();
        let body = json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]});
        let answer = self.send("/actions", &body);
        assert!(answer.is_null(), "keys: {answer}");
    }

    /// The size of the page in CSS pixels, as small as a phone's or as large as a television's.
    pub fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.command("Emulation.setDeviceMetricsOverride", size);
    }

    /// A picture of the page, as PNG.
    pub fn picture(&self) -> Vec<u8> {
        let shot = self.command("Page.captureScreenshot", json!({"format": "png"}));
        data_encoding::BASE64.decode(shot["data"].as_str().unwrap().as_bytes()).unwrap()
    }

    /// What the browser complained of since the last question: script errors, content security policy. Refusals by
    /// status code are part of the stories and left out.
    pub fn complaints(&self) -> Vec<String> {
        let log = self.send("/se/log", &json!({"type": "browser"}));
        let entries = log.as_array().cloned().unwrap_or_default();
        entries
            .into_iter()
            .filter(|entry| entry["source"] != "network")
            .map(|entry| entry["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Lets the browser go before its driver.
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Looks again and again until something is there; what was seen last, if it never is.
fn until<T>(look: impl Fn() -> Result<T, Value>) -> Result<T, Value> {
    let start = Instant::now();
    loop {
        match look() {
            Err(_) if start.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
            seen => return seen,
        }
    }
}

/// Did a script fail? Then the protocol answers with an error's code, message and trace.
fn failed(value: &Value) -> bool {
    value.get("stacktrace").is_some() && value.get("error").is_some_and(Value::is_string)
}

/// Starts a driver. It says on which port it listens; taking a free one itself, it meets another's on the other loopback
/// address at times, and ends.
fn listening(program: &Path) -> Option<(Child, u16)> {
    let mut driver =
        Command::new(program).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let port = announced_port(&mut driver);
    if port.is_none() {
        let _ = driver.wait();
    }
    port.map(|port| (driver, port))
}

fn announced_port(driver: &mut Child) -> Option<u16> {
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| line.rsplit_once("successfully on port ")?.1.trim_end_matches('.').parse().ok());
    // Somebody must go on reading, or the driver's next line fails.
    std::thread::spawn(move || lines.for_each(drop));
    port
}

fn capabilities(chromium: &Path, profile: &str) -> Value {
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1280,800",
        profile,
    ];
    json!({"capabilities": {"alwaysMatch": {
        "browserName": "chrome",
        "goog:chromeOptions": {"binary": chromium, "args": arguments},
        "goog:loggingPrefs": {"browser": "ALL"},
    }}})
}

/// Looks into the page: the document and the shadow roots in it.
const LOOK: &str = r"
    var roots = [document].concat(Array.from(document.querySelectorAll('*')).map(one => one.shadowRoot).filter(Boolean));
    var shown = one => one.getClientRects().length > 0;
    // What lies behind a dialog cannot be used.
    var modal = roots.map(root => root.querySelector('.jwd-overlay')).filter(Boolean).pop();
    var reachable = one => !modal || modal.contains(one);
    var all = selector => roots.flatMap(root => Array.from(root.querySelectorAll(selector)));
    var find = selector => all(selector).find(one => shown(one) && reachable(one)) || null;
    var button = text => all('button, a').find(one => one.textContent.trim() === text && shown(one) && reachable(one) && !one.disabled) || null;
    var text = () => roots.map(root => root === document ? document.body : root.querySelector('div')).map(one => one && one.innerText).join(' ');
";
