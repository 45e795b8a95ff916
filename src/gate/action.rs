//! Jellyfin's own calls that need more than a session: they change a password, or weaken what protects everybody.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::Context;
use crate::crypto::wiped::Wiped;
use crate::defense::origin::Origin;
use crate::gate::attempt::{Caller, Client, OBSOLETE_ACTION, QUICK_CONNECT_ACTION};
use crate::gate::denial::Denial;
use crate::gate::requirement;
use crate::gate::standing::Standing;
use crate::gate::{quick_connect, step_up};
use crate::host::{AccountId, UserQuery};
use crate::settings::keys;

/// One call of Jellyfin's, before it runs.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Action {
    /// Controller and action, for instance `User.UpdateUserPassword`.
    pub action: String,
    /// Its plain arguments (ids, flags), by name, those of its body's properties too; of a body's texts only those that
    /// [`watched`] names, so never a password but the one that the obsolete sign-in carries in its URL.
    #[serde(default)]
    pub arguments: Wiped,
    /// The first-run wizard is done.
    #[serde(default)]
    pub wizard_done: bool,
    /// The client.
    #[serde(default)]
    pub client: Client,
    /// Where it comes from.
    #[serde(default)]
    pub origin: Origin,
    /// Who is signed in.
    #[serde(default)]
    pub caller: Option<Caller>,
}

impl Action {
    /// The user it is about: the one it names, else the caller.
    fn target(&self) -> Option<AccountId> {
        let named = self.text("userId").and_then(|id| id.parse().ok());
        named.or(self.caller.as_ref()?.user_id)
    }

    /// An argument that is a text. As long and as hostile as whoever sent it likes.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.arguments.get(name).and_then(Value::as_str)
    }

    fn flag(&self, name: &str) -> bool {
        self.arguments.get(name).and_then(Value::as_bool) == Some(true)
    }
}

/// Starts a reset in Jellyfin's own dialog (`POST /Users/ForgotPassword`). Anybody may call it.
pub const FORGOT_PASSWORD: &str = "User.ForgotPassword";
/// What it tells of its body: the name that was typed.
pub const ENTERED_USERNAME: &str = "enteredUsername";
/// Redeems the PIN of such a reset (`POST /Users/ForgotPassword/Pin`). Anybody may call it.
pub const FORGOT_PASSWORD_PIN: &str = "User.ForgotPasswordPin";
/// What it tells of its body: the PIN that was typed.
pub const PIN: &str = "pin";
/// Stands for whatever administrators alone may call of another plugin, and what changes something: by single sign-on or
/// a directory, too, somebody else's word can be made to count.
pub const OTHER_PLUGINS: &str = "OtherPlugins.Administration";

#[derive(Clone, Copy)]
enum Rule {
    /// Somebody's password.
    Password,
    /// The first-run wizard's user: sets the first user's password without the old one.
    Wizard,
    /// Approving a Quick Connect code.
    QuickConnect,
    /// What an administrator can weaken everybody's protection with.
    Administration,
    /// Jellyfin's dialog for a forgotten password; with the text out of its body that is needed.
    Forgotten(&'static str),
    /// The sign-in by id. It is decided at its door; here only for ids that nobody has.
    Obsolete,
}

/// Every call the engine wants to see (controllers of Jellyfin.Api, 10.11.11 and 12).
const WATCHED: &[(&str, Rule)] = &[
    ("User.UpdateUserPassword", Rule::Password),
    ("User.UpdateUserPasswordLegacy", Rule::Password),
    (FORGOT_PASSWORD, Rule::Forgotten(ENTERED_USERNAME)),
    (FORGOT_PASSWORD_PIN, Rule::Forgotten(PIN)),
    (OBSOLETE_ACTION, Rule::Obsolete),
    ("Startup.UpdateStartupUser", Rule::Wizard),
    (QUICK_CONNECT_ACTION, Rule::QuickConnect),
    // Open to administrators after the wizard, too, and beside the network's own configuration.
    ("Startup.SetRemoteAccess", Rule::Administration),
    ("Startup.UpdateInitialConfiguration", Rule::Administration),
    ("User.UpdateUserPolicy", Rule::Administration),
    ("User.CreateUserByName", Rule::Administration),
    ("User.DeleteUser", Rule::Administration),
    // The list shows each key as it is.
    ("ApiKey.GetKeys", Rule::Administration),
    ("ApiKey.CreateKey", Rule::Administration),
    (OTHER_PLUGINS, Rule::Administration),
    ("Package.InstallPackage", Rule::Administration),
    ("Package.SetRepositories", Rule::Administration),
    ("Plugins.EnablePlugin", Rule::Administration),
    ("Plugins.DisablePlugin", Rule::Administration),
    ("Plugins.UninstallPlugin", Rule::Administration),
    ("Plugins.UninstallPluginByVersion", Rule::Administration),
    ("Plugins.UpdatePluginConfiguration", Rule::Administration),
    ("Configuration.UpdateConfiguration", Rule::Administration),
    ("Configuration.UpdateNamedConfiguration", Rule::Administration),
    // It draws the page on which everybody types the password.
    ("Configuration.UpdateBrandingConfiguration", Rule::Administration),
    ("Backup.StartRestoreBackup", Rule::Administration),
];

/// The calls the engine wants to see, each with the texts of its body that it has to be told: names of properties,
/// beginning in lower case. No other text ever leaves a body, for passwords stand there.
pub fn watched() -> BTreeMap<&'static str, Vec<&'static str>> {
    let texts = |rule: &Rule| match rule {
        Rule::Forgotten(text) => vec![*text],
        _ => Vec::new(),
    };
    WATCHED.iter().map(|(name, rule)| (*name, texts(rule))).collect()
}

/// May it run? What Jellyfin itself will refuse passes here.
pub fn decide(cx: &Context, action: &Action) -> Result<(), Denial> {
    let Some((_, rule)) = WATCHED.iter().find(|(name, _)| *name == action.action) else { return Ok(()) };
    if !cx.settings().get(&keys::GATE_ENABLED) {
        return Ok(());
    }
    match (rule, &action.caller) {
        (Rule::Wizard, _) if action.wizard_done => Err(Denial::WizardDone),
        (Rule::Wizard | Rule::Forgotten(_) | Rule::Obsolete, _) | (_, None) => Ok(()),
        (Rule::Password, Some(caller)) => password(cx, action, caller),
        (Rule::QuickConnect, Some(caller)) => {
            caller.user_id.map_or(Ok(()), |account| quick_connect::count(cx, account))
        }
        (Rule::Administration, Some(caller)) => administration(cx, action, caller),
    }
}

/// A password may only be changed by who proves to be there. An administrator's or a key's reset leaves the second
/// factor where it is; emptying a protected account's password with a key is not for keys.
fn password(cx: &Context, action: &Action, caller: &Caller) -> Result<(), Denial> {
    let Some(target) = action.target() else { return Ok(()) };
    let empties = action.flag("resetPassword");
    let standing = Standing::of(cx, &target)?;
    // Jellyfin asks for the old password itself, unless the new one is none, or an administrator leaves `userId` out.
    let names_user = action.arguments.get("userId").is_some_and(Value::is_string);
    let asks = !empties && (!caller.administrator || names_user);
    match caller.user_id {
        None if empties && guarded(cx, &target, &standing)? => Err(Denial::NotForKeys),
        None => Ok(()),
        Some(own) if own == target && !standing.protected() && asks => Ok(()),
        Some(own) if own == target => fresh(cx, caller, &standing),
        // Emptying a protected account's password is more than the setting switches off.
        Some(own) if empties && caller.administrator && guarded(cx, &target, &standing)? => {
            fresh(cx, caller, &Standing::of(cx, &own)?)
        }
        Some(_) => administration(cx, action, caller),
    }
}

/// Has the account a factor, or must it have one?
fn guarded(cx: &Context, account: &AccountId, standing: &Standing) -> Result<bool, Denial> {
    if standing.protected() || standing.account.must_enrol {
        return Ok(true);
    }
    let facts = cx.host.find_user(&UserQuery::Id(*account), None)?;
    let administrator = facts.is_some_and(|facts| facts.administrator);
    Ok(requirement::required(&cx.settings(), standing.account.rule, administrator))
}

fn administration(cx: &Context, action: &Action, caller: &Caller) -> Result<(), Denial> {
    let Some(account) = caller.user_id.filter(|_| caller.administrator && !caller.api_key) else { return Ok(()) };
    if !cx.settings().get(&keys::STEP_UP_ADMINISTRATORS) {
        return Ok(());
    }
    let standing = Standing::of(cx, &account)?;
    // The wizard is open to everybody, and its first user may have no password yet.
    if !action.wizard_done && !standing.protected() {
        return Ok(());
    }
    fresh(cx, caller, &standing)
}

fn fresh(cx: &Context, caller: &Caller, standing: &Standing) -> Result<(), Denial> {
    step_up::demand_fresh(cx, caller, standing).map(|_| ())
}
