//! What the plugin costs a server: the ASP.NET host of the plugin's tests with it and without it, over HTTP, in turn. A
//! password check costs there what it costs in Jellyfin: PBKDF2-SHA512, 210,000 rounds.

mod host;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

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
/// Rounds of batches of other requests, timed and before that; one request is too short to time.
const BATCHES: usize = 201;
const WARMING: usize = 60;
const IN_A_BATCH: usize = 100;
/// Of each kind: two processes of one program differ by two in a hundred themselves.
const HOSTS: usize = 6;

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
    let coded = code(&plain, &gated);
    drop([without, with]);
    vec![signing_in, coded, others(&assembly), memory]
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

/// A request that has nothing to do with signing in: the middle of several servers with the plugin by that of as many
/// without it.
fn others(assembly: &Path) -> Figure {
    let hosts: Vec<[Host; 2]> =
        (0..HOSTS).map(|_| [Host::start(assembly, |_| ()), Host::start(assembly, install)]).collect();
    // Of requests that follow each other: the machine's own ups and downs are larger than what is looked for.
    let mut ratios = vec![Vec::new(); HOSTS];
    for round in 0..WARMING + BATCHES {
        for (pair, ratios) in hosts.iter().zip(&mut ratios) {
            let mut times = [0.0; 2];
            for kind in [round % 2, 1 - round % 2] {
                let began = Instant::now();
                (0..IN_A_BATCH).for_each(|_| drop(pair[kind].client("nobody").get("/System/Info/Public").with(200)));
                times[kind] = began.elapsed().as_secs_f64();
            }
            if round >= WARMING {
                ratios.push(times[1] / times[0]);
            }
        }
    }
    let ratio = middle(ratios.into_iter().map(middle).collect());
    Figure::new("another request, in stock ones", ratio, 1.02, "x")
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    (values[(values.len() - 1) / 2] + values[values.len() / 2]) / 2.0
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
