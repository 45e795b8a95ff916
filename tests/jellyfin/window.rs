//! A real browser, with a profile of its own, before the web client of a server.

use super::driver::{Browser, program};
use super::installation::{Installation, skip};

/// One browser and the address it opens.
pub struct Window {
    pub browser: Browser,
    address: String,
}

/// What windows are opened with. None, and said loudly, where something is missing.
pub struct Programs {
    driver: std::path::PathBuf,
    chromium: std::path::PathBuf,
}

impl Programs {
    pub fn find(story: &str) -> Option<Self> {
        if Installation::find().is_some_and(|found| found.web.is_none()) {
            skip(story, "no web client; set JELLYFIN_WEB");
            return None;
        }
        let driver = program(&["chromedriver"]);
        let chromium = program(&["chromium", "chromium-browser", "google-chrome"]);
        let (Some(driver), Some(chromium)) = (driver, chromium) else {
            skip(story, "it needs chromium and chromedriver on the path");
            return None;
        };
        Some(Self { driver, chromium })
    }

    /// A window with a fresh profile. `address`: the server's, with base path.
    pub fn open(&self, address: String) -> Window {
        Window { browser: Browser::start(&self.driver, &self.chromium), address }
    }
}

impl Window {
    pub fn open(&self, path: &str) {
        self.browser.open(&format!("{}{path}", self.address));
    }

    /// Fills the client's own form.
    pub fn sign_in(&self, name: &str, password: &str) {
        self.open("/web/");
        // No user of ours shows on the page: the client leads straight to its form, past a button that is soon hidden.
        self.browser.type_into("#txtManualName", name);
        self.browser.type_into("#txtManualPassword", password);
        self.browser.click(".manualLoginForm .button-submit");
    }

    /// By the client's own entry for that: on the page of preferences up to 10.11, in the user's menu from 12 on.
    pub fn sign_out(&self) {
        const ENTRY: &str = "#myPreferencesMenuPage .btnLogout";
        const MENU: &str = "[aria-controls=\"app-user-menu\"]";
        self.open("/web/#/mypreferencesmenu");
        let way = format!("find('{ENTRY}') ? 'entry' : find('{MENU}') ? 'menu' : ''");
        if self.browser.wait("a way out", &way) == "entry" {
            self.browser.click(ENTRY);
        } else {
            self.browser.click(MENU);
            let entry = "all('#app-user-menu [role=menuitem]').find(one => one.textContent.trim() === 'Sign Out')";
            self.browser.wait("its entry", &format!("!!{entry}"));
            self.browser.run(&format!("{entry}.click()"));
        }
        // It forgets the token once the server has answered, and shows the form when it comes to it.
        let forgotten = "JSON.parse(localStorage.jellyfin_credentials).Servers.every(one => !one.AccessToken)";
        self.browser.wait("the end of the session", forgotten);
    }

    pub fn is_home(&self) {
        self.browser.wait("home", "location.hash.indexOf('#/home') === 0 && !!find('#indexPage, .homePage')");
    }

    /// No script failed, no content was refused. What the stock client complains of by itself is left out, and so is
    /// the browser's advice on forms.
    pub fn nothing_was_wrong(&self) {
        let mut complaints = self.browser.complaints();
        let marks = ["Jellyward/", "Uncaught", "Content Security"];
        // Going elsewhere cancels the client's own queries, and it does not catch that; with no script of ours either.
        let own = |line: &String| line.contains("[DOM]") || line.contains("Uncaught e: CancelledError");
        complaints.retain(|line| marks.iter().any(|mark| line.contains(mark)) && !own(line));
        assert_eq!(complaints, Vec::<String>::new());
    }
}
