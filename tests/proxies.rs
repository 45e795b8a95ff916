//! The recipes of `docs/reverse-proxies.md`, as they stand there, in front of the miniature Jellyfin.

#![allow(clippy::unwrap_used)]

mod source;
#[path = "support/tools.rs"]
mod tools;

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jellyward::demo::{Demo, Options};
use serde_json::Value;
use tools::{available, run, skipped};

const START_WITHIN: Duration = Duration::from_secs(30);

/// Another address of this machine's, so that visitor and proxy can be told apart.
const VISITOR: &str = "127.0.0.2";

struct Proxy {
    process: Child,
    address: String,
    demo: Demo,
    _folder: tempfile::TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Proxy {
    /// Jellyfin under `/jf`, the proxy listed, and the recipe in front. `command` gets folder, recipe and the port to listen at.
    fn start(language: &str, command: impl FnOnce(&Path, &str, u16) -> Command) -> Self {
        let known_proxies = vec![[127, 0, 0, 1].into()];
        let demo =
            Demo::start(Options { base: "/jf".into(), known_proxies, password_rounds: 1000, ..Options::default() })
                .unwrap();
        let behind = demo.address().trim_start_matches("http://").trim_end_matches("/jf").to_owned();
        let page = source::text(Path::new("docs/reverse-proxies.md")).unwrap();
        let (_, recipe) = page.split_once(&format!("```{language}\n")).unwrap();
        let (recipe, _) = recipe.split_once("```").unwrap();
        assert!(recipe.contains("127.0.0.1:8096"), "{recipe}");
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let process = command(folder.path(), &recipe.replace("127.0.0.1:8096", &behind), port)
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.path().join("said")).unwrap())
            .spawn()
            .unwrap();
        let mut proxy = Self { process, address: format!("http://127.0.0.1:{port}/jf"), demo, _folder: folder };
        let asked = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let said = fs::read_to_string(proxy._folder.path().join("said")).unwrap();
            assert!(proxy.process.try_wait().unwrap().is_none() && asked.elapsed() < START_WITHIN, "{said}");
            thread::sleep(Duration::from_millis(50));
        }
        proxy
    }

    /// What a visitor gets, and then `status redirects address`.
    fn ask(&self, path: &str, more: &[&str]) -> (String, String) {
        let told = "\n%{http_code} %{num_redirects} %{url_effective}";
        let address = format!("{}{path}", self.address);
        let quiet = ["--silent", "--show-error", "--location", "--max-redirs", "4", "--interface", VISITOR];
        let printed = run(Command::new("curl").args(quiet).args(["--write-out", told]).args(more).arg(address));
        let (body, told) = printed.rsplit_once('\n').unwrap();
        (body.to_owned(), told.replace(&self.address, ""))
    }

    fn holds(&self) {
        let login = ["--json", r#"{"Username":"bob","Pw":"bob-demo"}"#, "--header"];
        let client = r#"Authorization: MediaBrowser Client="Test", Device="tv", DeviceId="tv", Version="1""#;
        // What a visitor says of its address counts for nothing.
        let spoofed = ["--header", "X-Forwarded-For: 203.0.113.9"];
        let (session, told) = self.ask("/Users/AuthenticateByName", &[&login[..], &[client], &spoofed].concat());
        assert_eq!(told, "200 0 /Users/AuthenticateByName", "{session}");
        let session: Value = serde_json::from_str(&session).unwrap();
        assert_eq!(session["SessionInfo"]["RemoteEndPoint"], VISITOR, "{session}");

        // Whatever is like a login page leads to ours, in one step, and ours is the end.
        for path in [
            "/web/login",
            "/web/login.html",
            "/web/LOGIN/",
            "/web/session/login/index.html",
            "/web/login?next=%2Fjf%2Fweb%2Flogin",
        ] {
            let (page, told) = self.ask(path, &[]);
            let leads = !path.contains("index.html");
            assert_eq!(told == "200 1 /sso/2fa", leads, "{path}: {told}");
            assert_eq!(page.contains("Jellyward/Assets/login.js"), leads, "{path}: {page}");
        }
        // It hands over to the web client, which stays, with our script in it.
        let (page, told) = self.ask("/web/", &[]);
        assert_eq!(told, "200 0 /web/");
        assert!(page.contains("Jellyward/Assets/inject.js"), "{page}");
        let (_, told) = self.ask("/my/account", &[]);
        assert_eq!(told, "200 0 /my/account");
        assert!(self.demo.address().ends_with("/jf"));
    }
}

fn curl_is_there(what: &str) -> bool {
    available("curl", what)
}

#[test]
fn the_nginx_recipe_holds() {
    if !curl_is_there("the nginx recipe") {
        return;
    }
    // It has no --version.
    let Ok(_) = Command::new("nginx").arg("-v").stderr(Stdio::null()).status() else {
        return skipped("the nginx recipe", "nginx");
    };
    let proxy = Proxy::start("nginx", |folder, recipe, port| {
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let paths: String = paths.map(|name| format!("{name}_temp_path {name};\n")).concat();
        let config = format!(
            "daemon off; error_log stderr; pid nginx.pid; worker_processes 1;\nevents {{}}\n\
             http {{ access_log off; {paths} server {{ listen 127.0.0.1:{port};\n{recipe}\n}} }}\n"
        );
        fs::write(folder.join("nginx.conf"), config).unwrap();
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder).args(["-c", "nginx.conf", "-e", "stderr"]);
        command
    });
    proxy.holds();
}

#[test]
fn the_caddy_recipe_holds() {
    if !curl_is_there("the Caddy recipe") {
        return;
    }
    let Ok(_) = Command::new("caddy").arg("version").stdout(Stdio::null()).status() else {
        return skipped("the Caddy recipe", "caddy");
    };
    let proxy = Proxy::start("caddy", |folder, recipe, port| {
        let here = recipe.replace("media.example.org", &format!("http://127.0.0.1:{port}"));
        fs::write(folder.join("Caddyfile"), format!("{{\n\tadmin off\n}}\n{here}")).unwrap();
        let mut command = Command::new("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(folder.join("Caddyfile"));
        command.env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
        command
    });
    proxy.holds();
}
