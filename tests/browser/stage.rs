//! A demo and a browser in front of it; two browsers at a time, whatever the tests' threads do.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use jellyward::clock::{Clock, SystemClock};
use jellyward::demo::{Demo, MovableClock, Options};
use serde_json::{Value, json};

use super::driver::{Browser, program};
use super::tools::skipped;

/// Browsers are heavy: two at a time.
static TURNS: [Mutex<()>; 2] = [Mutex::new(()), Mutex::new(())];

/// What a story is played on.
pub struct Stage {
    pub browser: Browser,
    pub demo: Demo,
    pub clock: Arc<MovableClock>,
    _turn: MutexGuard<'static, ()>,
}

/// An app without pages.
pub struct App {
    pub name: &'static str,
    pub device: &'static str,
}

/// Sets the stage, with Jellyfin below `base`. None, and said loudly, where there is no browser to be had.
pub fn stage(story: &str, base: &str) -> Option<Stage> {
    let Some((driver, chromium)) = programs() else {
        skipped(story, "chromium with its driver");
        return None;
    };
    let turn = turn();
    // In the middle of a step: no code changes while a page is looked at.
    let now = SystemClock.now();
    let clock = Arc::new(MovableClock::at(now - now.rem_euclid(30) + 10));
    let options = Options { base: base.to_owned(), clock: clock.clone(), password_rounds: 1000, ..Options::default() };
    let demo = Demo::start(options).unwrap();
    Some(Stage { browser: Browser::start(&driver, &chromium), demo, clock, _turn: turn })
}

fn turn() -> MutexGuard<'static, ()> {
    let free = TURNS.iter().find_map(|turn| match turn.try_lock() {
        Ok(turn) => Some(turn),
        // The test that held it failed.
        Err(TryLockError::Poisoned(turn)) => Some(turn.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    });
    free.unwrap_or_else(|| TURNS[0].lock().unwrap_or_else(PoisonError::into_inner))
}

/// Driver and browser.
fn programs() -> Option<(PathBuf, PathBuf)> {
    Some((program(&["chromedriver"])?, program(&["chromium", "chromium-browser", "google-chrome"])?))
}

impl Stage {
    /// Goes on in a browser with a profile of its own; the one before is given back.
    pub fn take_another_browser(&mut self) -> Browser {
        let (driver, chromium) = programs().unwrap();
        std::mem::replace(&mut self.browser, Browser::start(&driver, &chromium))
    }

    /// Opens a path below the base URL.
    pub fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.demo.address()));
    }

    /// Fills Jellyfin's own login form and sends it.
    pub fn sign_in(&self, name: &str) {
        self.open("/web/");
        self.browser.type_into("#txtManualName", name);
        self.browser.type_into("#txtManualPassword", &format!("{name}-demo"));
        self.browser.click(".button-submit");
    }

    /// Leaves by the client's own button, and waits until it has forgotten the session.
    pub fn sign_out(&self) {
        self.browser.click(".btnLogout");
        self.browser.see("#txtManualName");
    }

    /// The question for a password says whose, to a password manager only.
    pub fn asks_for_the_password_of(&self, name: &str) {
        self.browser.see(".jwd-overlay input[type=password]");
        let hidden = ".jwd-overlay input[autocomplete=username]";
        self.browser.comes_to(&format!("all({}).map(one => one.value)", json!(hidden)), json!([name]));
    }

    /// Gives the administrator's proof: the password, as long as there is no factor.
    pub fn prove_by_password(&self) {
        self.browser.type_into(".jwd-overlay input[type=password]", "admin-demo");
        self.browser.press("Continue");
    }

    /// Fills the stand-alone page's form and sends it.
    pub fn sign_in_alone(&self, name: &str) {
        self.browser.type_into("input[name=username]", name);
        self.browser.type_into("input[name=password]", &format!("{name}-demo"));
        self.browser.press("Sign in");
    }

    /// After the phone was lost: signs in by a recovery code, and sets a new phone up.
    pub fn come_back(&self, name: &str, recovery_code: &str) {
        self.browser.press("Sign in again");
        self.sign_in_alone(name);
        self.browser.read("one of the recovery codes you kept");
        self.browser.type_into("form input", recovery_code);
        self.browser.press("Continue");
        self.browser.read("Scan this with your authenticator app.");
        self.scan(name);
        self.browser.type_into(".jwd-code", &self.code(name));
    }

    /// The code that the person's authenticator shows now.
    pub fn code(&self, name: &str) -> String {
        self.demo.live_code(name).unwrap()
    }

    /// A code that is wrong now, and soon.
    pub fn wrong_code(&self, name: &str) -> String {
        let right: Vec<String> =
            [-30, 0, 30].iter().map(|by| self.demo.code_at(name, self.clock.now() + by).unwrap()).collect();
        (0..).map(|n| format!("{n:06}")).find(|code| !right.contains(code)).unwrap()
    }

    /// The web client shows that this person is signed in.
    pub fn is_home(&self, name: &str) {
        self.is_home_at(&self.demo.address(), name);
    }

    /// The same below another name of the demo's address.
    pub fn is_home_at(&self, address: &str, name: &str) {
        self.browser.see("#indexPage");
        self.browser.comes_to("find('.userName').innerText", name);
        // As the page knows it, once it has drawn itself: the driver learns of a new fragment a moment later.
        let home = format!("{address}/web/#/home");
        self.browser.wait(&home, &format!("location.href === {}", json!(home)));
    }

    /// Scans the QR code shown: puts the key into the person's authenticator app.
    pub fn scan(&self, name: &str) {
        let key: String = self.browser.text_of(".jwd-key").split_whitespace().collect();
        self.demo.host().set_authenticator(name, &key, Vec::new());
    }

    /// Ticks that the codes are saved and goes on; gives the codes.
    pub fn keep_recovery_codes(&self) -> Vec<String> {
        self.browser.read("Your recovery codes");
        let codes = self.browser.run("return all('.jwd-codes code').map(one => one.textContent)");
        let codes: Vec<String> = serde_json::from_value(codes).unwrap();
        assert_eq!(codes.len(), 10);
        self.browser.click("#jwd-saved");
        self.browser.press("Continue");
        codes
    }

    /// Changes settings as the administrator, beside the browser.
    pub fn settle(&self, values: &Value) {
        let admin = App { name: "Test", device: "settler" };
        let (_, session) = self.app(&admin, "admin", "admin-demo");
        let token = session["AccessToken"].as_str().unwrap();
        let read = self.call(&admin, Some(token), "/Jellyward/Api/Admin/Settings", None).1;
        let proof = json!({"method": "password", "value": "admin-demo"});
        let change = json!({"revision": read["revision"], "values": values, "proof": proof});
        let (status, answer) = self.call(&admin, Some(token), "/Jellyward/Api/Admin/Settings", Some(&change));
        assert_eq!(status, 200, "{answer}");
    }

    /// Signs an app in that knows a name and a password only; gives the status and what came.
    pub fn app(&self, app: &App, name: &str, password: &str) -> (u16, Value) {
        self.call(app, None, "/Users/AuthenticateByName", Some(&json!({"Username": name, "Pw": password})))
    }

    /// One call of an app: POST with a body, else GET.
    pub fn call(&self, app: &App, token: Option<&str>, path: &str, body: Option<&Value>) -> (u16, Value) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let token = token.map_or_else(String::new, |token| format!(", Token=\"{token}\""));
        let App { name, device } = app;
        let authorization =
            format!("MediaBrowser Client=\"{name}\", Device=\"{device}\", DeviceId=\"{device}\", Version=\"1\"{token}");
        let address = format!("{}{path}", self.demo.address());
        let answer = match body {
            Some(body) => agent.post(address).header("Authorization", authorization).send_json(body),
            None => agent.get(address).header("Authorization", authorization).call(),
        };
        let mut answer = answer.unwrap();
        (answer.status().as_u16(), answer.body_mut().read_json().unwrap_or_default())
    }

    /// From the next page on, these calls (`GET Account/Browsers`) are answered here and not by the server: with the
    /// body given, with `{"status", "body"}`, or with the server's own answer and the members in `merge` on top; call by
    /// call where it is a list, act by act where it is `{"acts": []}`. The bodies sent are kept in `window.asked`.
    pub fn pretend(&self, answers: &Value) {
        let script = include_str!("pretend.js").replace("ANSWERS", &answers.to_string());
        self.browser.command("Page.addScriptToEvaluateOnNewDocument", json!({"source": script}));
    }

    /// What is pretended goes on to its next act, as it does by itself when something is sent.
    pub fn next_act(&self) {
        self.browser.run("window.act += 1");
    }

    /// The bodies of the calls that were pretended, by call.
    pub fn asked(&self, call: &str) -> Vec<Value> {
        let asked = self
            .browser
            .run(&format!("return window.asked.filter(one => one[0] === {}).map(one => one[1])", json!(call)));
        serde_json::from_value(asked).unwrap()
    }

    /// Waits until a call of ours (`Reset/Offer`) was answered on this page, and the page has drawn what it draws then:
    /// what is not there now does not come.
    pub fn drew_after(&self, call: &str) {
        let answers = "performance.getEntriesByType('resource').filter(one => one.name.endsWith";
        self.browser.wait(call, &format!("{answers}({})).length > 0", json!(format!("/Jellyward/Api/{call}"))));
        self.a_moment();
    }

    /// Lets the page do what it has put off, by its own clock.
    pub fn a_moment(&self) {
        self.browser.run("window.passed = false; setTimeout(() => { window.passed = true; }, 300)");
        self.browser.wait("a moment", "window.passed");
    }

    /// The page is no wider than its window.
    pub fn fits(&self) {
        let wider = "all('.jwd-root *')
            .filter(one => shown(one) && !one.closest('.jwd-scroll, .jwd-tabs') && one.getBoundingClientRect().right > innerWidth + 1)
            .map(one => one.tagName + '.' + one.className)
            .concat(document.documentElement.scrollWidth > innerWidth ? ['the document'] : [])";
        self.browser.comes_to(wider, json!([]));
    }

    /// It is so on a phone and on a computer; keeps a picture of each.
    pub fn fits_phone_and_computer(&self, name: &str) {
        for width in [320, 1280] {
            self.browser.resize(width, 800);
            self.fits();
            self.picture(&format!("{name}-{width}"));
        }
    }

    /// No script failed and no content was refused by policy.
    pub fn nothing_was_wrong(&self) {
        assert_eq!(self.browser.complaints(), Vec::<String>::new());
    }

    /// Keeps a picture of the page for the documentation when asked to (`PICTURES=1`).
    pub fn picture(&self, name: &str) {
        if std::env::var_os("PICTURES").is_none() {
            return;
        }
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        // The style has been applied, the entrance is over.
        std::thread::sleep(std::time::Duration::from_millis(400));
        std::fs::write(folder.join(format!("{name}.png")), self.browser.picture()).unwrap();
    }
}
