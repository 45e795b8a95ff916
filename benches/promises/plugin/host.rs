//! One server process on loopback, and whoever speaks to it.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

use crate::PASSWORD;

const START_WITHIN: Duration = Duration::from_secs(60);

pub struct Host {
    process: Child,
    address: String,
    agent: Agent,
    _folder: TempDir,
}

impl Host {
    /// Started, once its folder of plugins is as it should be.
    pub fn start(assembly: &Path, install: impl FnOnce(&Path)) -> Self {
        let folder = TempDir::new().unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let [config, web, plugins] = ["config", "web", "plugins"].map(|name| folder.path().join(name));
        [&config, &web, &plugins].into_iter().for_each(|folder| fs::create_dir(folder).unwrap());
        let network = format!(
            "<NetworkConfiguration><BaseUrl /><InternalHttpPort>{port}</InternalHttpPort><KnownProxies /></NetworkConfiguration>"
        );
        fs::write(config.join("network.xml"), network).unwrap();
        install(&plugins);
        let process = Command::new("dotnet")
            .arg(assembly)
            .arg("--datadir")
            .arg(folder.path())
            .arg("--configdir")
            .arg(&config)
            .arg("--webdir")
            .arg(&web)
            .env("DOTNET_ROLL_FORWARD", "Major")
            // As Jellyfin has it.
            .env("DOTNET_gcServer", "0")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let agent = Agent::config_builder().http_status_as_error(false).build().into();
        let host = Self { process, address: format!("http://127.0.0.1:{port}"), agent, _folder: folder };
        let asked = Instant::now();
        while host.client("nobody").get("/health").status != 200 {
            assert!(asked.elapsed() < START_WITHIN, "the host did not get ready");
            thread::sleep(Duration::from_millis(50));
        }
        host
    }

    /// Through the wizard: its administrator, signed in, who has no factor.
    pub fn set_up(&self) -> Client {
        let mut owner = self.client("owner");
        owner.get("/Startup/User").with(200);
        owner.post("/Startup/User", &json!({ "Name": "owner", "Password": PASSWORD })).with(204);
        owner.post("/Startup/Complete", &json!({})).with(204);
        let session = owner.post("/Users/AuthenticateByName", &owner.credentials()).with(200);
        owner.token = session["AccessToken"].as_str().map(str::to_owned);
        if owner.get("/Jellyward/Api/Account").status == 200 {
            let proof = json!({ "proof": { "method": "password", "value": PASSWORD } });
            owner.post("/Jellyward/Api/Account/Prove", &proof).with(200);
        }
        owner
    }

    pub fn client(&self, name: &str) -> Client {
        Client { agent: self.agent.clone(), address: self.address.clone(), name: name.into(), token: None }
    }

    /// Memory of the process, in MiB.
    pub fn resident(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[derive(Clone)]
pub struct Client {
    agent: Agent,
    address: String,
    name: String,
    pub token: Option<String>,
}

pub struct Answer {
    pub status: u16,
    text: String,
}

impl Client {
    pub fn named(&self, name: &str) -> Self {
        Self { name: name.into(), token: None, ..self.clone() }
    }

    pub fn credentials(&self) -> Value {
        json!({ "Username": self.name, "Pw": PASSWORD })
    }

    pub fn get(&self, path: &str) -> Answer {
        let asked = self.agent.get(format!("{}{path}", self.address)).header("Authorization", self.header()).call();
        answer(asked)
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        let asked = self.agent.post(format!("{}{path}", self.address)).header("Authorization", self.header());
        answer(asked.send_json(body))
    }

    /// A sign-in is on a device of its own, so that no session ends another.
    fn header(&self) -> String {
        let token = self.token.as_ref().map(|token| format!(", Token=\"{token}\"")).unwrap_or_default();
        let device = if self.token.is_some() { "desk" } else { "sofa" };
        format!(
            "MediaBrowser Client=\"Bench\", Device=\"{device}\", DeviceId=\"{device} of {}\", Version=\"1\"{token}",
            self.name
        )
    }
}

impl Answer {
    /// The document, where the answer is as it must be.
    pub fn with(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

/// Status 0: nobody listens yet.
fn answer(asked: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let Ok(mut response) = asked else { return Answer { status: 0, text: String::new() } };
    let text = response.body_mut().read_to_string().unwrap_or_default();
    Answer { status: response.status().as_u16(), text }
}

pub fn now() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}
