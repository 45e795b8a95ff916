//! Jellyfin's own way back from a forgotten password: a PIN in a file that whoever looks after the server can read
//! (`UserController`, `DefaultPasswordResetProvider`, 10.11.11).

use std::fs;
use std::path::PathBuf;

use data_encoding::HEXUPPER;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::entry::{Path, settled};
use super::watched;
use crate::clock::Seconds;
use crate::defense::name::folded;
use crate::demo::call::{Call, Reply, text};
use crate::demo::jellyfin::hex_sha256;
use crate::demo::rooms::Rooms;
use crate::demo::{network, shapes};
use crate::engine::Event;
use crate::gate::action::{ENTERED_USERNAME, FORGOT_PASSWORD, FORGOT_PASSWORD_PIN, PIN};

/// How long a PIN is good.
const LIFE: Seconds = 30 * 60;
/// What the names of its files begin with.
const FILE: &str = "passwordreset";

/// What is in such a file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reset {
    pin: String,
    user_name: String,
    pin_file: PathBuf,
    expiration_date: String,
}

pub fn answer(rooms: &Rooms, call: &Call, path: &Path<'_>) -> Option<Reply> {
    Some(settled(match (call.method.as_str(), path.folded.as_slice()) {
        ("POST", ["users", "forgotpassword"]) => start(rooms, call),
        ("POST", ["users", "forgotpassword", "pin"]) => redeem(rooms, call),
        _ => return None,
    }))
}

/// The one text of a body, once the engine lets the call pass.
fn typed(rooms: &Rooms, call: &Call, action: &str, name: &str) -> Result<String, Reply> {
    let body = call.json().unwrap_or_default();
    let typed = text(&body, name).filter(|typed| !typed.is_empty()).ok_or_else(|| Reply::stock(400))?;
    watched::pass(rooms, call, action, json!({ name: typed }))?;
    Ok(typed.to_owned())
}

/// The same answer for everybody; a file only for a user who exists and asks from the local network.
fn start(rooms: &Rooms, call: &Call) -> Result<Reply, Reply> {
    let typed = typed(rooms, call, FORGOT_PASSWORD, ENTERED_USERNAME)?;
    // Jellyfin takes an MD5 of the name in capitals.
    let hash = &hex_sha256(folded(&typed).as_bytes())[..32];
    let pin_file = rooms.jellyfin.folder().join(format!("{FILE}{hash}.json"));
    let expiration_date = shapes::time(rooms.jellyfin.clock.now() + LIFE);
    let answer = json!({ "Action": "PinCode", "PinFile": pin_file, "PinExpirationDate": expiration_date });
    if let Some(user) = rooms.jellyfin.named(&typed).filter(|_| call.remote().is_some_and(network::is_local)) {
        let mut bytes = [0; 4];
        rooms.jellyfin.fill(&mut bytes).map_err(|_| Reply::stock(500))?;
        let pin = bytes.map(|byte| HEXUPPER.encode(&[byte])).join("-");
        let reset = Reset { pin, user_name: user.name, pin_file: pin_file.clone(), expiration_date };
        let written = serde_json::to_vec(&reset).map(|document| fs::write(pin_file, document));
        if !matches!(written, Ok(Ok(()))) {
            return Err(Reply::stock(500));
        }
    }
    Ok(Reply::json(&answer))
}

/// Whosever PIN it is; the password becomes the PIN as typed.
fn redeem(rooms: &Rooms, call: &Call) -> Result<Reply, Reply> {
    let typed = typed(rooms, call, FORGOT_PASSWORD_PIN, PIN)?;
    let bare = |pin: &str| pin.replace('-', "");
    let now = rooms.jellyfin.clock.now();
    let mut reset = Vec::<Value>::new();
    for file in fs::read_dir(rooms.jellyfin.folder()).map_err(|_| Reply::stock(500))?.flatten() {
        if !file.file_name().to_string_lossy().starts_with(FILE) {
            continue;
        }
        let read = fs::read(file.path()).ok().and_then(|document| serde_json::from_slice::<Reset>(&document).ok());
        // As in Jellyfin, one that cannot be read is in everybody's way.
        let asked = read.ok_or_else(|| Reply::stock(500))?;
        let alive = asked.expiration_date.parse::<Timestamp>().is_ok_and(|until| until.as_second() >= now);
        if alive && bare(&asked.pin) == bare(&typed) {
            let user = rooms.jellyfin.named(&asked.user_name).ok_or_else(|| Reply::stock(404))?;
            rooms.jellyfin.set_password(user.id, &typed).map_err(|_| Reply::stock(500))?;
            rooms.engine.event(&Event::PasswordChanged { user_id: user.id });
            reset.push(user.name.into());
        } else if alive {
            continue;
        }
        fs::remove_file(file.path()).map_err(|_| Reply::stock(500))?;
    }
    if reset.is_empty() {
        return Err(Reply::stock(404));
    }
    Ok(Reply::json(&json!({ "Success": true, "UsersReset": reset })))
}
