//! A real server process: started on loopback, set up through its own API, stopped with the tests.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::installation::Installation;
use super::plugin;
use super::visitor::Visitor;

pub const ADMIN: &str = "admin";
pub const ADMIN_PASSWORD: &str = "admin's password";

const START_WITHIN: Duration = Duration::from_secs(180);
const STOP_WITHIN: Duration = Duration::from_secs(60);

/// Ends the server when the pipe on stdin closes, which it does however the tests end; then its folder goes too,
/// unless it was told to keep it.
const KEEPER: &str = r#""$@" </dev/null & server=$!
echo "$server" > "$FOLDER/pid"
read -r word
kill "$server" 2>/dev/null; wait "$server"
[ "$word" = keep ] || rm -rf "$FOLDER""#;

/// How to start.
pub struct Plan {
    pub installation: Installation,
    /// With our plugin installed.
    pub gated: bool,
    /// `/jf`, or empty.
    pub base_url: String,
}

/// A running server.
pub struct Server {
    plan: Plan,
    folder: PathBuf,
    port: u16,
    keeper: Option<Child>,
}

impl Server {
    /// Starts, and runs through the wizard.
    pub fn start(plan: Plan) -> Self {
        let folder = TempDir::with_prefix("jellyward-server-").unwrap().keep();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut server = Self { plan, folder, port, keeper: None };
        server.write_network();
        if server.plan.gated {
            plugin::unpack(&server.plugin());
        }
        server.run();
        server.set_up();
        server
    }

    /// Address with base path, without a slash at the end.
    pub fn address(&self) -> String {
        format!("{}{}", self.root(), self.plan.base_url)
    }

    /// Address without base path.
    pub fn root(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Jellyfin's folder of programs' data.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Our plugin's folder.
    pub fn plugin(&self) -> PathBuf {
        self.folder.join("plugins").join(plugin::folder_name())
    }

    /// What the server has said so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("console.log")).unwrap_or_default()
    }

    /// Errors in the log with the line that names each, for a failing story to show. Refused logins are none.
    pub fn complaints(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let bad = |line: &str| ["[ERR]", "[FTL]"].iter().any(|mark| line.contains(mark));
        let errors = lines.windows(2).filter(|pair| bad(pair[0]) && !pair[0].contains("ExceptionMiddleware"));
        errors.map(|pair| pair.join("\n  ")).collect::<Vec<_>>().join("\n")
    }

    /// An administrator's client with a session.
    pub fn administrator(&self) -> Visitor {
        let mut visitor = Visitor::browser(&self.address(), "administrator's desk");
        let session = visitor.login(ADMIN, ADMIN_PASSWORD).expect(200);
        visitor.password = Some(ADMIN_PASSWORD.into());
        visitor.holding(&session)
    }

    /// Resident memory in KiB.
    pub fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    fn pid(&self) -> String {
        fs::read_to_string(self.folder.join("pid")).unwrap_or_default().trim().to_owned()
    }

    /// Ends the process, changes something on the disk, and starts it again.
    pub fn restart_process(&mut self, change: impl FnOnce(&Self)) {
        let mut stdin = self.keeper.as_mut().unwrap().stdin.take().unwrap();
        stdin.write_all(b"keep\n").unwrap();
        drop(stdin);
        self.stop();
        change(self);
        self.run();
    }

    /// Restarts as the dashboard does: in the same process, nothing is unloaded.
    pub fn restart_from_dashboard(&self, administrator: &mut Visitor) {
        let before = self.starts();
        administrator.post("/System/Restart", &json!({})).expect(204);
        self.wait_until_ready(before);
    }

    /// Puts a back-up of Jellyfin's own back, for which it restarts in the same process.
    pub fn restore(&self, administrator: &mut Visitor, archive: &str) {
        let before = self.starts();
        administrator.post("/Backup/Restore", &json!({ "ArchiveFileName": archive })).expect(204);
        self.wait_until_ready(before);
    }

    /// How often it said that it has started.
    fn starts(&self) -> usize {
        self.log().matches("Startup complete").count()
    }

    pub fn stop(&mut self) {
        let Some(mut keeper) = self.keeper.take() else { return };
        drop(keeper.stdin.take());
        let since = Instant::now();
        while keeper.try_wait().unwrap().is_none() {
            if since.elapsed() > STOP_WITHIN {
                Command::new("kill").args(["-9", &self.pid()]).status().unwrap();
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn run(&mut self) {
        let before = self.starts();
        let folder = &self.folder;
        // It may still name the process before.
        let _ = fs::remove_file(folder.join("pid"));
        let console = fs::OpenOptions::new().create(true).append(true).open(folder.join("console.log")).unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "sh", "dotnet"]).arg(&self.plan.installation.server);
        for (option, name) in
            [("--datadir", ""), ("--configdir", "config"), ("--cachedir", "cache"), ("--logdir", "log")]
        {
            command.arg(option).arg(folder.join(name));
        }
        match &self.plan.installation.web {
            Some(web) => command.arg("--webdir").arg(web),
            None => command.arg("--nowebclient"),
        };
        command
            .env("FOLDER", folder)
            // Without it the server ends itself on a machine that has no ffmpeg.
            .env("JELLYFIN_FFMPEG__NOVALIDATION", "true")
            .env("DOTNET_ROLL_FORWARD", "Major")
            .current_dir(self.plan.installation.server.parent().unwrap())
            .stdin(Stdio::piped())
            .stdout(console.try_clone().unwrap())
            .stderr(console);
        self.keeper = Some(command.spawn().unwrap());
        self.wait_until_ready(before);
    }

    /// Until it has started once more than that: one that is about to restart still answers. While it starts, a small
    /// server of its own answers 503 on the same port to everything but `/health`.
    fn wait_until_ready(&self, starts: usize) {
        let visitor = Visitor::television(&self.address(), "waiting");
        let since = Instant::now();
        loop {
            let ready = self.starts() > starts
                && visitor.try_get("/Branding/Configuration") == Some(200)
                && visitor.try_get("/health").is_some_and(|status| status == 200);
            if ready {
                return;
            }
            let ended = since.elapsed() > Duration::from_secs(2) && !Path::new("/proc").join(self.pid()).exists();
            assert!(!ended && since.elapsed() < START_WITHIN, "the server did not start:\n{}", self.log());
            thread::sleep(Duration::from_millis(200));
        }
    }

    fn write_network(&self) {
        let (port, base) = (self.port, &self.plan.base_url);
        let network = format!(
            r#"<?xml version="1.0" encoding="utf-8"?>
<NetworkConfiguration xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <BaseUrl>{base}</BaseUrl>
  <InternalHttpPort>{port}</InternalHttpPort>
  <PublicHttpPort>{port}</PublicHttpPort>
  <EnableHttps>false</EnableHttps>
  <AutoDiscovery>false</AutoDiscovery>
  <EnableIPv4>true</EnableIPv4>
  <EnableIPv6>false</EnableIPv6>
  <EnableRemoteAccess>true</EnableRemoteAccess>
  <LocalNetworkAddresses><string>127.0.0.1</string></LocalNetworkAddresses>
  <KnownProxies><string>127.0.0.1</string></KnownProxies>
</NetworkConfiguration>
"#
        );
        let config = self.folder.join("config");
        fs::create_dir_all(&config).unwrap();
        fs::write(config.join("network.xml"), network).unwrap();
    }

    /// Jellyfin's wizard. `GET /Startup/User` makes the first user, and has to come first.
    fn set_up(&self) {
        let mut visitor = Visitor::television(&self.address(), "wizard");
        let language = json!({ "UICulture": "en-US", "MetadataCountryCode": "US", "PreferredMetadataLanguage": "en" });
        visitor.post("/Startup/Configuration", &language).expect(204);
        visitor.get("/Startup/User").expect(200);
        visitor.post("/Startup/User", &json!({ "Name": ADMIN, "Password": ADMIN_PASSWORD })).expect(204);
        let access = json!({ "EnableRemoteAccess": true, "EnableAutomaticPortMapping": false });
        visitor.post("/Startup/RemoteAccess", &access).expect(204);
        visitor.post("/Startup/Complete", &json!({})).expect(204);
        // No catalogue of plugins: nothing is looked up outside.
        self.administrator().post("/Repositories", &json!([])).expect(204);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
