//! Users: who is there, passwords, and what an administrator does to accounts.

use serde_json::{Value, json};

use super::entry::{Path, elevated, person, settled, signed_in};
use super::watched;
use crate::demo::authorization::Who;
use crate::demo::book::User;
use crate::demo::call::{Call, Reply, property, text};
use crate::demo::rooms::Rooms;
use crate::demo::shapes;
use crate::engine::Event;
use crate::host::{AccountId, Host, PasswordCheck, PasswordQuery};

pub fn answer(rooms: &Rooms, call: &Call, path: &Path<'_>) -> Option<Reply> {
    let id = |text: &str| text.parse::<AccountId>().map_err(|_| Reply::empty(400));
    Some(settled(match (call.method.as_str(), path.folded.as_slice()) {
        ("GET", ["users", "public"]) => Ok(public(rooms)),
        ("GET", ["users", "me"]) => person(call).map(|(user, _)| Reply::json(&shapes::user(&rooms.jellyfin, user))),
        ("GET", ["users"]) => signed_in(call).map(|_| everybody(rooms)),
        ("POST", ["users", "new"]) => elevated(call).and_then(|_| create(rooms, call)),
        ("POST", ["users", "password"]) => change_password(rooms, call, None),
        ("POST", ["users", user, "password"]) => id(user).and_then(|user| change_password(rooms, call, Some(user))),
        ("POST", ["startup", "user"]) => elevated(call).and_then(|_| set_first_user(rooms, call)),
        ("POST", ["users", user, "policy"]) => {
            elevated(call).and_then(|_| id(user)).and_then(|user| set_policy(rooms, call, user))
        }
        ("GET", ["users", user]) => signed_in(call).and_then(|_| id(user)).and_then(|user| one(rooms, user)),
        ("DELETE", ["users", user]) => elevated(call).and_then(|_| id(user)).and_then(|user| delete(rooms, call, user)),
        _ => return None,
    }))
}

fn public(rooms: &Rooms) -> Reply {
    let users = rooms.jellyfin.users();
    let shown: Vec<Value> =
        users.iter().filter(|user| !user.disabled).map(|user| shapes::user(&rooms.jellyfin, user)).collect();
    Reply::json(&shown)
}

fn everybody(rooms: &Rooms) -> Reply {
    let users = rooms.jellyfin.users();
    Reply::json(&users.iter().map(|user| shapes::user(&rooms.jellyfin, user)).collect::<Vec<_>>())
}

fn one(rooms: &Rooms, id: AccountId) -> Result<Reply, Reply> {
    Ok(Reply::json(&shapes::user(&rooms.jellyfin, &existing(rooms, id)?)))
}

fn existing(rooms: &Rooms, id: AccountId) -> Result<User, Reply> {
    rooms.jellyfin.user(id).ok_or_else(|| Reply::stock(404))
}

fn create(rooms: &Rooms, call: &Call) -> Result<Reply, Reply> {
    let body = call.json().ok_or_else(|| Reply::empty(400))?;
    let name = text(&body, "Name").filter(|name| !name.trim().is_empty()).ok_or_else(|| Reply::empty(400))?;
    if rooms.jellyfin.named(name).is_some() {
        return Err(Reply::stock(400));
    }
    watched::pass(rooms, call, "User.CreateUserByName", json!({}))?;
    let password = text(&body, "Password").unwrap_or_default();
    let id = rooms.jellyfin.add_user(name, password, false).map_err(|_| Reply::stock(500))?;
    rooms.engine.event(&Event::UserCreated { user_id: id });
    one(rooms, id)
}

/// Who is signed in must know the present password; an administrator need not know another's. Every other token of
/// the user goes, unless the password was blanked.
fn change_password(rooms: &Rooms, call: &Call, of: Option<AccountId>) -> Result<Reply, Reply> {
    let who = signed_in(call)?;
    let asked = match call.parameter("userId").filter(|id| !id.is_empty()) {
        Some(id) => Some(id.parse::<AccountId>().map_err(|_| Reply::empty(400))?),
        None => of,
    };
    let body = call.json().ok_or_else(|| Reply::empty(400))?;
    let blank = property(&body, "ResetPassword").and_then(Value::as_bool).unwrap_or(false);
    let action = if of.is_some() { "User.UpdateUserPasswordLegacy" } else { "User.UpdateUserPassword" };
    watched::pass(rooms, call, action, json!({ "userId": asked, "resetPassword": blank }))?;
    let own = match who {
        Who::Person { user, .. } => Some(user.id),
        _ => None,
    };
    let user = existing(rooms, asked.or(own).ok_or_else(|| Reply::stock(404))?)?;
    if Some(user.id) != own && !who.is_administrator() {
        return Err(Reply::text(403, "User is not allowed to update the password."));
    }
    // An administrator is asked only where the request names the user, as in Jellyfin.
    if Some(user.id) == own && !blank && (!who.is_administrator() || asked.is_some()) {
        let given = text(&body, "CurrentPw").unwrap_or_default();
        let query = PasswordQuery { name: &user.name, remote: call.remote(), session: false };
        let check = rooms.jellyfin.check_password(&query, given).map_err(|_| Reply::stock(500))?;
        if !matches!(check, PasswordCheck::Right(_)) {
            return Err(Reply::text(403, "Invalid user or password entered."));
        }
    }
    let fresh = if blank { "" } else { text(&body, "NewPw").unwrap_or_default() };
    if fresh.is_empty() && user.administrator {
        return Err(Reply::stock(400));
    }
    rooms.jellyfin.set_password(user.id, fresh).map_err(|_| Reply::stock(500))?;
    // Jellyfin raises the event inside the call that sets the password.
    rooms.engine.event(&Event::PasswordChanged { user_id: user.id });
    if !blank {
        let current = match who {
            Who::Person { device, .. } => device.token.clone(),
            _ => String::new(),
        };
        rooms.jellyfin.drop_devices(|device| device.user == user.id && device.token != current);
    }
    Ok(Reply::empty(204))
}

/// The first-run wizard's user, an administrator's to set once the wizard is done: no old password is asked for.
fn set_first_user(rooms: &Rooms, call: &Call) -> Result<Reply, Reply> {
    let body = call.json().ok_or_else(|| Reply::empty(400))?;
    watched::pass(rooms, call, "Startup.UpdateStartupUser", json!({}))?;
    let first = rooms.jellyfin.users().into_iter().next().ok_or_else(|| Reply::stock(404))?;
    rooms
        .jellyfin
        .set_password(first.id, text(&body, "Password").unwrap_or_default())
        .map_err(|_| Reply::stock(500))?;
    rooms.engine.event(&Event::PasswordChanged { user_id: first.id });
    Ok(Reply::empty(204))
}

/// Three of the policy's many flags.
fn set_policy(rooms: &Rooms, call: &Call, id: AccountId) -> Result<Reply, Reply> {
    let body = call.json().filter(Value::is_object).ok_or_else(|| Reply::empty(400))?;
    watched::pass(rooms, call, "User.UpdateUserPolicy", json!({ "userId": id }))?;
    let name = existing(rooms, id)?.name;
    let flag = |name: &str| property(&body, name).and_then(Value::as_bool);
    rooms.jellyfin.change_user(&name, |user| {
        user.administrator = flag("IsAdministrator").unwrap_or(user.administrator);
        user.disabled = flag("IsDisabled").unwrap_or(user.disabled);
        user.remote_allowed = flag("EnableRemoteAccess").unwrap_or(user.remote_allowed);
    });
    if flag("IsDisabled") == Some(true) {
        rooms.jellyfin.drop_devices(|device| device.user == id);
    }
    Ok(Reply::empty(204))
}

fn delete(rooms: &Rooms, call: &Call, id: AccountId) -> Result<Reply, Reply> {
    watched::pass(rooms, call, "User.DeleteUser", json!({ "userId": id }))?;
    existing(rooms, id)?;
    rooms.jellyfin.forget_user(id);
    rooms.engine.event(&Event::UserDeleted { user_id: id });
    Ok(Reply::empty(204))
}
