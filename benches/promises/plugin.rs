//! What the plugin costs a server: the ASP.NET host of the plugin's tests with it and without it, over HTTP, in turn. A
//! password check costs there what it costs in Jellyfin: PBKDF2-SHA512, 210,000 rounds.

mod host;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use jellyward::demo::package::{self, Order};
use serde_json::json;
use zip::ZipArchive;

use crate::support::library::library;
use crate::support::tools::{available, run};
use crate::support::world::Authenticator;
use crate::{Figure, PASSWORD, medians};
use host::{Client, Host};

/// Pairs of sign-ins: a hash takes its tenth of a second.
const PAIRS: usize = 31;
/// Sign-ins before any is timed: a method is compiled well only after thirty calls.
const WARM: usize = 60;
/// The plugin's own threads end after five seconds without work, and give back what was freed.
const REST: Duration = Duration::from_secs(7);
/// Pairs of batches of other requests; one request is too short to time.
const BATCHES: usize = 101;
const IN_A_BATCH: usize = 100;
/// Of a request to Jellyfin, in microseconds: there it takes 5 ms and more (`tests/jellyfin/stories/cost.rs`).
const A_HUNDREDTH: f64 = 50.0;

pub fn figures() -> Vec<Figure> {
    if !available("dotnet", "what the plugin costs a server") {
        return Vec::new();
    }
    let assembly = built();
    let without = Host::start(&assembly, |_| ());
    let with = Host::start(&assembly, install);
    let (plain, gated) = (without.set_up(), with.set_up());
    // Just-in-time compilers want to have seen everything.
    for client in [&plain, &gated] {
        (0..WARM).for_each(|_| drop(sign_in(client)));
    }
    let signing_in = login(&plain, &gated);
    // While both have done the same.
    std::thread::sleep(REST);
    let more = with.resident() - without.resident();
    let memory = Figure::new("memory of a server, more by the plugin", more, 10.0, "MiB");
    vec![signing_in, others(&without, &with), memory, code(&plain, &gated)]
}

fn login(plain: &Client, gated: &Client) -> Figure {
    let (stock, ours) = medians(PAIRS, || drop(sign_in(plain)), || drop(sign_in(gated)));
    Figure::new("login without factors, in stock logins", ours.as_secs_f64() / stock.as_secs_f64(), 1.02, "x")
}

/// Each pair with a person of its own: a code is good once, and the next is half a minute away.
fn code(plain: &Client, gated: &Client) -> Figure {
    let people: Vec<(Client, Authenticator)> = (0..PAIRS).map(|n| enrolled(gated, &format!("person {n}"))).collect();
    let mut people = people.iter();
    let (stock, ours) = medians(
        PAIRS,
        || drop(sign_in(plain)),
        || {
            let (person, authenticator) = people.next().unwrap();
            let challenge = person.post("/Users/AuthenticateByName", &person.credentials()).with(401);
            let answer = json!({
                "challenge": challenge["jellyward"]["challenge"], "method": "totp", "code": authenticator.code(host::now() + 30),
            });
            person.post("/Jellyward/Api/Challenge/Verify", &answer).with(200);
        },
    );
    Figure::new("login with password and code, in stock logins", ours.as_secs_f64() / stock.as_secs_f64(), 1.05, "x")
}

/// In time, not as a ratio: this host answers in a small part of the time that Jellyfin takes for the same.
fn others(without: &Host, with: &Host) -> Figure {
    let ask =
        |host: &Host| (0..IN_A_BATCH).for_each(|_| drop(host.client("nobody").get("/System/Info/Public").with(200)));
    for host in [without, with] {
        (0..20).for_each(|_| ask(host));
    }
    let (plain, gated) = medians(BATCHES, || ask(without), || ask(with));
    let more = (gated.as_secs_f64() - plain.as_secs_f64()) / IN_A_BATCH as f64 * 1e6;
    Figure::new("another request, more by the plugin", more, A_HUNDREDTH, "µs")
}

fn sign_in(client: &Client) -> Option<String> {
    let session = client.post("/Users/AuthenticateByName", &client.credentials()).with(200);
    session["AccessToken"].as_str().map(str::to_owned)
}

fn enrolled(gated: &Client, name: &str) -> (Client, Authenticator) {
    gated.post("/Users/New", &json!({ "Name": name, "Password": PASSWORD })).with(200);
    let person = gated.named(name);
    let mut signed_in = person.clone();
    signed_in.token = sign_in(&person);
    let proof = json!({ "proof": { "method": "password", "value": PASSWORD } });
    let started = signed_in.post("/Jellyward/Api/Account/Totp/Start", &proof).with(200);
    let authenticator = Authenticator::read(&started);
    let first =
        json!({ "enrolment": started["enrolment"], "code": authenticator.code(host::now() - 30), "name": "phone" });
    signed_in.post("/Jellyward/Api/Account/Totp/Confirm", &first).with(200);
    (person, authenticator)
}

/// The host's assembly.
fn built() -> std::path::PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let quiet = ["-c", "Release", "--nologo", "--verbosity", "quiet"];
    run(Command::new("dotnet")
        .args(["build", "dotnet-shim/tests/Host"])
        .args(quiet)
        .env("MSBUILDDISABLENODEREUSE", "1")
        .current_dir(root));
    root.join("target/dotnet/bin/Jellyward.TestHost/release/jellyward-testhost.dll")
}

/// Unpacks the plugin as Jellyfin does.
fn install(plugins: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = tempfile::tempdir().unwrap();
    let parts = package::build(root, Some(library().to_owned()), None).unwrap();
    let order = Order { parts, notices: String::new(), out: out.path().to_owned(), source_url: None, made_at: 0 };
    let zip = std::fs::File::open(package::pack(&order).unwrap().zip).unwrap();
    let folder = plugins.join(format!("{}_{}", package::NAME, package::version()));
    ZipArchive::new(zip).unwrap().extract(folder).unwrap();
}
