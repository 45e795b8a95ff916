//! The documents that cross, as the library itself writes and reads them: for whoever speaks the ABI from another language.
//! Only tests ask for it.

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::engine::Head;
use super::host::{Ending, Lookup, MintReply, PasswordOf, SessionsOf};
use crate::defense::origin::Origin;
use crate::engine::{Event, OpenOptions};
use crate::gate::action::{self, Action};
use crate::gate::attempt::{Caller, Client, Door, LoginAttempt, QUICK_CONNECT_ACTION};
use crate::gate::challenge::SCRIPT_HEADER;
use crate::gate::denial::Denial;
use crate::gate::method::Method;
use crate::gate::verdict::{Outcome, Verdict};
use crate::host::{AccountId, HostSession, MintRequest, Minted, PasswordCheck, PasswordQuery, UserFacts, UserQuery};
use crate::web::action::{Passage, stopped};
use crate::web::message::{Ownership, Request};
use crate::web::texts::Languages;

/// Every document by its name: who writes it, where its fields are told, samples, and of what the library reads, what may
/// be left out or null. The samples are real values; what is read has been read back and written again, the same.
pub fn documents() -> io::Result<String> {
    let mut all = Map::new();
    to_the_library(&mut all)?;
    from_the_library(&mut all)?;
    to_the_host(&mut all)?;
    from_the_host(&mut all)?;
    Ok(format!("{:#}\n", Value::Object(all)))
}

fn to_the_library(all: &mut Map<String, Value>) -> io::Result<()> {
    let options =
        OpenOptions { data: "/var/lib/jellyfin/data/jellyward".into(), server_id: "0c1d…".into(), armed: true };
    all.insert("options".into(), read(&[options], "src/engine.rs", "OpenOptions")?);
    let password = LoginAttempt {
        door: Door::Password,
        action: "User.AuthenticateUserByName".into(),
        name: "alice".into(),
        user_id: None,
        client: client(),
        origin: origin(),
        caller: None,
    };
    let direct = LoginAttempt {
        door: Door::Direct,
        action: QUICK_CONNECT_ACTION.into(),
        name: String::new(),
        user_id: Some(user()),
        caller: Some(caller()),
        ..password.clone()
    };
    all.insert("attempt".into(), read(&[password, direct], "src/gate/attempt.rs", "LoginAttempt")?);
    let request = Request {
        method: "POST".into(),
        path: "/Jellyward/Api/Account/Prove".into(),
        query: "language=en".into(),
        origin: origin(),
        caller: Some(caller()),
        client: Some(client()),
    };
    all.insert("request".into(), read(&[request], "src/web/message.rs", "Request")?);
    let arguments = json!({ "userId": user(), "resetPassword": false }).as_object().cloned().unwrap_or_default();
    let action = Action {
        action: "User.UpdateUserPassword".into(),
        arguments: arguments.into(),
        wizard_done: true,
        client: client(),
        origin: origin(),
        caller: Some(caller()),
    };
    all.insert("action".into(), read(&[action], "src/gate/action.rs", "Action")?);
    let user_id = user();
    let events = [
        Event::UserCreated { user_id },
        Event::UserUpdated { user_id },
        Event::UserDeleted { user_id },
        Event::PasswordChanged { user_id },
        Event::ServerStarted,
        Event::QuickConnectStarted { code: "123456".into(), client: client(), remote: remote() },
    ];
    all.insert("event".into(), read(&events, "src/engine.rs", "Event")?);
    Ok(())
}

fn from_the_library(all: &mut Map<String, Value>) -> io::Result<()> {
    let told = json!({ "jellyward": { "outcome": "challenge", "challenge": "…", "methods": ["passkey", "totp"] } });
    let unasked = Verdict { outcome: Outcome::Challenge, body: Some(told), ..Verdict::stock_refusal(false) };
    let asked = Verdict { status: 200, ..unasked.clone() };
    let enrol = Verdict { outcome: Outcome::Enrol, ..asked.clone() };
    let set_up = Verdict { outcome: Outcome::SetUp, ..asked.clone() };
    let allowed = Verdict::allow(vec![("Set-Cookie".into(), "…".into())]);
    let verdicts =
        [allowed, asked, unasked, enrol, set_up, Verdict::stock_refusal(true), Verdict::wait(30), Verdict::invalid()];
    all.insert("verdict".into(), written(&verdicts, "src/gate/verdict.rs", "Verdict")?);
    let headers = [("Content-Type".into(), "application/json; charset=utf-8".into())];
    let heads =
        [Head { status: 200, headers: &headers, session: false }, Head { status: 200, headers: &[], session: true }];
    all.insert("head".into(), written(&heads, "src/ffi/engine.rs", "Head")?);
    let owned = [Ownership { owned: true, max_body: 65536 }, Ownership { owned: false, max_body: 0 }];
    all.insert("ownership".into(), written(&owned, "src/web/message.rs", "Ownership")?);
    all.insert("watched".into(), written(&[action::watched()], "src/gate/action.rs", "watched")?);
    let pass = Passage { pass: true, status: 0, headers: Vec::new(), body: None };
    let wanted = Denial::StepUp { proofs: vec![Method::Passkey, Method::Totp] };
    let stop = stopped(wanted, 1_750_000_000, Languages::load().choose(None, None));
    let stock = Passage { pass: false, status: 401, headers: Vec::new(), body: None };
    all.insert("passage".into(), written(&[pass, stop, stock], "src/web/action.rs", "Passage")?);
    Ok(())
}

fn to_the_host(all: &mut Map<String, Value>) -> io::Result<()> {
    let (name, id) = (UserQuery::Name("alice".into()), UserQuery::Id(user()));
    let lookups = [Lookup { query: &name, remote: Some("203.0.113.9") }, Lookup { query: &id, remote: None }];
    all.insert("findUser".into(), written(&lookups, "src/ffi/host/mod.rs", "Lookup")?);
    let check = PasswordQuery { name: "alice", remote: Some("203.0.113.9"), session: false };
    all.insert("checkPassword".into(), written(&[check], "src/host.rs", "PasswordQuery")?);
    let mint = MintRequest {
        user: user(),
        app: client().app,
        version: client().version,
        device_id: client().device_id,
        device_name: client().device_name,
        remote: remote(),
        dated: false,
    };
    all.insert("mint".into(), written(&[mint], "src/host.rs", "MintRequest")?);
    let of = [SessionsOf { user: Some(&user()) }, SessionsOf { user: None }].map(|of| json!(of));
    all.insert("listSessions".into(), written(&of, "src/ffi/host/mod.rs", "SessionsOf")?);
    let ending = json!(Ending { user: &user(), token_hashes: &[hash()] });
    all.insert("endSessions".into(), written(&[ending], "src/ffi/host/mod.rs", "Ending")?);
    let password = json!(PasswordOf { user: &user() });
    all.insert("setPassword".into(), written(&[password], "src/ffi/host/mod.rs", "PasswordOf")?);
    Ok(())
}

fn from_the_host(all: &mut Map<String, Value>) -> io::Result<()> {
    let facts = UserFacts {
        id: user(),
        name: "alice".into(),
        administrator: false,
        disabled: false,
        remote_allowed: true,
        local: false,
        in_schedule: true,
        provider: "Jellyfin.Server.Implementations.Users.DefaultAuthenticationProvider".into(),
        lockout: false,
        stamp: hash(),
    };
    all.insert("facts".into(), read(&[Some(facts.clone()), None], "src/host.rs", "UserFacts")?);
    let checked = [PasswordCheck::Right(facts), PasswordCheck::Wrong, PasswordCheck::Denied];
    all.insert("passwordCheck".into(), read(&checked, "src/host.rs", "PasswordCheck")?);
    let minted = [MintReply::Made(Minted { token_hash: hash() }), MintReply::Refused { refused: "why".into() }];
    all.insert("minted".into(), read(&minted, "src/ffi/host/mod.rs", "MintReply")?);
    let session = HostSession {
        token_hash: hash(),
        user: user(),
        app: client().app,
        version: client().version,
        device_id: client().device_id,
        device_name: client().device_name,
        remote: remote(),
        created_at: 1_750_000_000,
        last_seen_at: 1_750_000_020,
    };
    all.insert("sessions".into(), read(&[vec![session], Vec::new()], "src/host.rs", "HostSession")?);
    all.insert("ended".into(), read(&[2_u32], "src/host.rs", "end_sessions")?);
    Ok(())
}

fn user() -> AccountId {
    AccountId::from([0x2f; 16])
}

fn hash() -> String {
    "3b".repeat(32)
}

fn remote() -> Option<String> {
    Some("203.0.113.9".into())
}

fn client() -> Client {
    let [app, version, device_id, device_name] = ["Jellyfin Web", "10.11.11", "TW96aWxs", "Firefox"].map(Into::into);
    Client { app, version, device_id, device_name }
}

fn origin() -> Origin {
    Origin {
        remote: remote(),
        proxies_listed: true,
        scheme: "https".into(),
        path_base: "/jf".into(),
        headers: vec![("Host".into(), "media.example.org".into()), (SCRIPT_HEADER.into(), "1".into())],
    }
}

fn caller() -> Caller {
    Caller { user_id: Some(user()), administrator: false, api_key: false, token_hash: hash() }
}

/// A document that the library writes.
fn written<T: Serialize>(values: &[T], told: &str, named: &str) -> io::Result<Value> {
    let samples: Vec<Value> = values.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    Ok(json!({ "told": told, "type": named, "samples": samples }))
}

/// A document that the library reads.
fn read<T: Serialize + DeserializeOwned>(values: &[T], told: &str, named: &str) -> io::Result<Value> {
    let mut document = written(values, told, named)?;
    let samples = document["samples"].as_array().cloned().unwrap_or_default();
    for sample in &samples {
        let again = serde_json::to_value(serde_json::from_value::<T>(sample.clone())?)?;
        if again != *sample {
            return Err(io::Error::other(format!("{named} is not read as it is written: {sample}")));
        }
    }
    let reads = |sample: &Value| serde_json::from_value::<T>(sample.clone()).is_ok();
    document["mayBeLeftOut"] = json!(fields(
        &samples,
        &|holder, name| {
            holder.remove(name);
        },
        &reads
    ));
    document["mayBeNull"] = json!(fields(
        &samples,
        &|holder, name| {
            holder.insert(name.into(), Value::Null);
        },
        &reads
    ));
    Ok(document)
}

/// The fields with which that may be done in every sample that has them, as in `origin/remote`.
fn fields(
    samples: &[Value],
    change: &dyn Fn(&mut Map<String, Value>, &str),
    reads: &dyn Fn(&Value) -> bool,
) -> Vec<String> {
    let mut paths: Vec<String> = samples.iter().flat_map(|sample| paths(sample, "")).collect();
    paths.sort();
    paths.dedup();
    paths.retain(|path| {
        let (folder, name) = path.rsplit_once('/').unwrap_or_default();
        samples.iter().all(|sample| {
            let mut changed = sample.clone();
            match changed.pointer_mut(folder).and_then(Value::as_object_mut) {
                Some(holder) if holder.contains_key(name) => change(holder, name),
                _ => return true,
            }
            reads(&changed)
        })
    });
    paths.iter().map(|path| path.trim_start_matches('/').to_owned()).collect()
}

fn paths(value: &Value, at: &str) -> Vec<String> {
    let below = |(name, value): (&String, &Value)| {
        let path = format!("{at}/{name}");
        let mut found = paths(value, &path);
        found.push(path);
        found
    };
    match value {
        Value::Object(fields) => fields.iter().flat_map(below).collect(),
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(n, item)| paths(item, &format!("{at}/{n}"))).collect()
        }
        _ => Vec::new(),
    }
}
