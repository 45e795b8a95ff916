//! What a signed-in person, or an administrator, sees and changes of an account's factors.

use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::audit::{self, By, Kind};
use crate::clock::Seconds;
use crate::context::Context;
use crate::defense::name::tidy;
use crate::factor::recovery;
use crate::gate::attempt::Caller;
use crate::gate::denial::Denial;
use crate::gate::enrol::LONGEST_NAME;
use crate::gate::method::Method;
use crate::gate::requirement;
use crate::gate::standing::Standing;
use crate::gate::{Gate, app, armed, mail_code, passkey, sessions, step_up};
use crate::host::{AccountId, UserFacts};
use crate::notify::addresses::{self, AddressError};
use crate::settings::keys;
use crate::store::accounts::{self, Rule};
use crate::store::factors::Factor;
use crate::store::passkeys::Stored;
use crate::store::{challenges, ended, factors, mail_codes, passkeys, resets};

/// The kinds of factor that are listed; ids are a kind's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FactorKind {
    /// An authenticator app.
    Totp,
    /// A passkey.
    Passkey,
    /// Codes by mail.
    Email,
}

/// One factor, as shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FactorView {
    /// Id.
    pub id: i64,
    /// Which kind.
    pub kind: FactorKind,
    /// A passkey that is backed up, and so may be on other devices too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backed_up: Option<bool>,
    /// How browsers reached a passkey when it was registered: `internal`, `usb`, `nfc`, `ble`, `hybrid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transports: Option<Value>,
    /// A code by mail would arrive now, and may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usable: Option<bool>,
    /// The user's name for it; of codes by mail, the address, masked.
    pub name: String,
    /// When it was added.
    pub created_at: Seconds,
    /// When it last proved somebody.
    pub last_used_at: Option<Seconds>,
}

/// An account, as shown to its owner and to administrators.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Jellyfin's id.
    pub id: AccountId,
    /// Jellyfin's name.
    pub name: String,
    /// An administrator.
    pub administrator: bool,
    /// Disabled in Jellyfin.
    pub disabled: bool,
    /// Jellyfin's own lockout is on: slips and strangers can shut the account.
    pub lockout: bool,
    /// A factor is demanded.
    pub required: bool,
    /// The administrator's rule.
    pub rule: Rule,
    /// Enrolled factors.
    pub factors: Vec<FactorView>,
    /// Unspent recovery codes.
    pub recovery_codes_left: i64,
    /// What a change asks for.
    pub proof: Method,
    /// Codes by mail may be chosen, if there is a verified address.
    pub mail_code_offered: bool,
    /// By what this account can prove itself.
    pub proofs: Vec<Method>,
    /// Until when this session counts as freshly proven; 0 when it does not.
    pub proven_until: Seconds,
    /// How many app passwords there are.
    pub app_passwords: i64,
    /// How many browsers it trusts, or did until trust ran out.
    pub trusted_browsers: i64,
    /// How many devices may come back.
    pub devices: i64,
    /// App passwords may be made.
    pub app_passwords_allowed: bool,
    /// Sessions from before the first factor.
    pub legacy_sessions: usize,
    /// Mail is its only factor, and resets its password too: one mailbox opens it.
    pub mail_opens_all: bool,
    /// Its e-mail address; none where there is none, or none that can be read.
    pub email: Option<EmailOf>,
    /// The engine's clock.
    pub server_time: Seconds,
}

/// An account's e-mail address.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailOf {
    /// The address.
    pub address: String,
    /// When it was verified; none: it counts for nothing.
    pub verified_at: Option<Seconds>,
}

/// Shows an account to its owner.
pub fn own_view(cx: &Context, facts: &UserFacts, caller: &Caller) -> Result<AccountView, Denial> {
    let standing = Standing::of(cx, &facts.id)?;
    let mut view = view(cx, facts)?;
    view.proofs = step_up::proofs(cx, caller, &standing);
    view.proven_until = step_up::fresh_until(cx, caller, &standing)?;
    view.legacy_sessions = sessions::list(cx, &facts.id, None)?.iter().filter(|session| session.legacy).count();
    Ok(view)
}

/// Shows an account.
pub fn view(cx: &Context, facts: &UserFacts) -> Result<AccountView, Denial> {
    let standing = Standing::of(cx, &facts.id)?;
    let mail = mail_code(cx, facts, &standing)?;
    let (app_passwords, trusted_browsers, devices) = cx.store.read(|tx| {
        let count = |table| accounts::count(tx, table, &facts.id);
        Ok::<_, Denial>((count("app_passwords")?, count("browser_trust")?, count("paired_devices")?))
    })?;
    Ok(AccountView {
        id: facts.id,
        name: facts.name.clone(),
        administrator: facts.administrator,
        disabled: facts.disabled,
        lockout: facts.lockout,
        required: requirement::required(&cx.settings(), standing.account.rule, facts.administrator),
        rule: standing.account.rule,
        recovery_codes_left: standing.codes_left,
        proof: if standing.protected() { Method::Totp } else { Method::Password },
        mail_code_offered: mail_code::offered(cx, facts.administrator),
        proofs: step_up::usual_proofs(cx, &standing),
        proven_until: 0,
        app_passwords,
        trusted_browsers,
        devices,
        app_passwords_allowed: app::offered(&cx.settings(), &standing, facts.administrator),
        legacy_sessions: 0,
        email: email(cx, &facts.id)?,
        mail_opens_all: standing.mail_alone() && cx.settings().get(&keys::RESET_ENABLED),
        server_time: cx.now(),
        factors: standing
            .factors
            .into_iter()
            .map(authenticator)
            .chain(standing.passkeys.into_iter().map(passkey))
            .chain(mail)
            .collect(),
    })
}

fn email(cx: &Context, account: &AccountId) -> Result<Option<EmailOf>, Denial> {
    cx.store.read(|tx| match addresses::of(cx, tx, account) {
        Ok(known) => {
            Ok(known.map(|known| EmailOf { address: known.address.to_string(), verified_at: known.verified_at }))
        }
        // Damage is this row's alone; whoever sets an address anew mends it.
        Err(AddressError::Seal(_)) => Ok(None),
        Err(error) => Err(Denial::Broken(error.to_string())),
    })
}

fn authenticator(factor: Factor) -> FactorView {
    FactorView {
        id: factor.id,
        kind: FactorKind::Totp,
        backed_up: None,
        transports: None,
        usable: None,
        name: factor.name,
        created_at: factor.created_at,
        last_used_at: factor.used_at,
    }
}

fn passkey(stored: Stored) -> FactorView {
    let credential = passkey::credential(&stored).ok();
    FactorView {
        id: stored.id,
        kind: FactorKind::Passkey,
        backed_up: credential.as_ref().map(|credential| credential.backup_state),
        transports: credential.as_ref().map(|credential| json!(credential.transports)),
        usable: None,
        name: stored.name,
        created_at: stored.created_at,
        last_used_at: stored.used_at,
    }
}

fn mail_code(cx: &Context, facts: &UserFacts, standing: &Standing) -> Result<Option<FactorView>, Denial> {
    let Some(mail) = standing.mail else { return Ok(None) };
    Ok(Some(FactorView {
        id: mail.id,
        kind: FactorKind::Email,
        backed_up: None,
        transports: None,
        usable: Some(mail_code::usable_by(cx, standing, facts.administrator)),
        name: mail_code::address(cx, &facts.id)?.unwrap_or_default(),
        created_at: mail.created_at,
        last_used_at: mail.used_at,
    }))
}

/// A factor to remove, and on whose word: an administrator does it for somebody who may have lost it.
pub struct Removal<'a> {
    /// Which kind.
    pub kind: FactorKind,
    /// Which.
    pub id: i64,
    /// Who does it.
    pub by: By<'a>,
}

/// Removes a factor; the caller has demanded a fresh proof. Recovery codes stay: should a factor be required,
/// one of them, or an administrator's word, is what lets the account enrol again. With the last one, or when an
/// administrator does it, everything that was trusted on its strength ends too.
pub fn remove_factor(cx: &Context, gate: &Gate, account: &AccountId, removal: &Removal<'_>) -> Result<(), Denial> {
    let Removal { kind, id, by } = *removal;
    let removed = cx.store.durable(|tx| {
        let removed = match kind {
            FactorKind::Totp => factors::remove(tx, account, id)?,
            FactorKind::Passkey => passkeys::remove(tx, account, id)?,
            FactorKind::Email => mail_codes::remove_factor(tx, account, id)?,
        };
        if removed {
            if by.other_than(account).is_some() || !accounts::has_factor(tx, account)? {
                accounts::raise_epoch(tx, account, cx.now())?;
            }
            challenges::end_all(tx, account)?;
            resets::void(tx, account)?;
            audit::record_by(cx, tx, by, &audit::Entry::of(Kind::FactorRemoved, account))?;
        }
        Ok::<_, Denial>(removed)
    })?;
    gate.grants.forget(account);
    if removed { Ok(()) } else { Err(Denial::UnknownFactor) }
}

/// Names a factor anew; the caller has demanded a fresh proof.
pub fn rename_factor(cx: &Context, account: &AccountId, kind: FactorKind, id: i64, name: &str) -> Result<(), Denial> {
    let name = tidy(name, LONGEST_NAME);
    let renamed = cx.store.durable(|tx| match kind {
        FactorKind::Totp => factors::rename(tx, account, id, &name),
        FactorKind::Passkey => passkeys::rename(tx, account, id, &name),
        // Goes by its address.
        FactorKind::Email => Ok(false),
    })?;
    if renamed { Ok(()) } else { Err(Denial::UnknownFactor) }
}

/// Replaces the recovery codes; the caller has demanded a fresh proof. Shown once.
pub fn renew_recovery_codes(cx: &Context, account: &AccountId) -> Result<Vec<Zeroizing<String>>, Denial> {
    let recovery::Set { codes, hashes } = recovery::generate_for(account, &cx.keys.recovery, &*cx.randomness)?;
    cx.store.durable(|tx| {
        // Codes stand behind a factor; without one they would be a password of their own.
        if !accounts::has_factor(tx, account)? {
            return Err(Denial::UnknownFactor);
        }
        factors::replace_recovery_codes(tx, account, &hashes)?;
        let entry = audit::Entry::of(Kind::RecoveryCodesRenewed, account);
        Ok(audit::record(cx, tx, &entry)?)
    })?;
    Ok(codes)
}

/// Sets an administrator's rule for an account.
pub fn set_rule(cx: &Context, account: &AccountId, rule: Rule, by: By<'_>) -> Result<(), Denial> {
    cx.store.durable(|tx| {
        accounts::set_rule(tx, account, rule, cx.now())?;
        if rule == Rule::Required {
            armed::arm(tx)?;
        }
        challenges::end_all(tx, account)?;
        Ok::<_, Denial>(audit::record_by(cx, tx, by, &audit::Entry::of(Kind::RuleChanged, account))?)
    })?;
    if rule == Rule::Required {
        armed::tell_host(cx);
    }
    Ok(())
}

/// Jellyfin deleted the user.
pub fn purge(cx: &Context, gate: &Gate, account: &AccountId) -> Result<(), Denial> {
    gate.grants.forget(account);
    cx.store.durable(|tx| {
        // Should a back-up bring the user back, the password alone must not be enough.
        let guarded = |known: accounts::Account| known.had_factor || known.must_enrol || known.rule == Rule::Required;
        if accounts::has_factor(tx, account)? || accounts::find(tx, account)?.is_some_and(guarded) {
            ended::note_account(tx, account, cx.now())?;
        }
        accounts::purge(tx, account)?;
        let entry = audit::Entry::of(Kind::AccountPurged, account);
        Ok::<_, Denial>(audit::record(cx, tx, &entry)?)
    })
}

/// The password changed: what was promised to the old one is void, and known browsers are met anew. `stamp` is the new
/// one's, if it is known.
pub fn password_changed(cx: &Context, gate: &Gate, account: &AccountId, stamp: Option<&str>) -> Result<(), Denial> {
    gate.grants.forget(account);
    cx.store.durable(|tx| {
        accounts::raise_epoch(tx, account, cx.now())?;
        accounts::demand_password(tx, account, None)?;
        accounts::meet(tx, account, stamp)?;
        challenges::end_all(tx, account)?;
        // A reset tells of itself.
        if !gate.resetting.holds(account) {
            accounts::note_reset(tx, account, false)?;
            audit::record(cx, tx, &audit::Entry::of(Kind::PasswordChanged, account))?;
        }
        Ok::<_, Denial>(())
    })
}
