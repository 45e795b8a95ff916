//! Calls under `Admin`: settings, users, events. The routes let only administrators this far.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::refusal::Refusal;
use super::{Desk, Reply, caller, demand_of_administrator, demand_proof, factor_kind, user};
use crate::account::password_rules;
use crate::clock::{DAY, Seconds};
use crate::gate::account::Removal;
use crate::gate::denial::Denial;
use crate::gate::{account, armed, enrol, passkey, policy, self_test};
use crate::host::AccountId;
use crate::settings::{MailSecurity, SettingCode, SettingError, keys};
use crate::store::accounts::Rule;
use crate::store::{Damage, events, outbox};
use crate::web::body::Fields;
use crate::web::message::Response;

/// A mail that did not get out within this time shows that none does, and what broke since is worth a look, in seconds.
const LATELY: Seconds = DAY;

/// Users and events on one page.
pub(super) const PAGE_SIZE: u32 = 50;

pub fn status(desk: &Desk<'_>) -> Reply {
    let cx = desk.cx;
    let read = || -> Result<Value, Denial> {
        Ok(json!({
            "version": env!("CARGO_PKG_VERSION"),
            "armed": armed::is_armed(cx)?,
            "durableCommits": cx.store.durable_commits(),
            "withoutFactor": policy::affected(cx)?,
            "banners": banners(desk),
        }))
    };
    Ok(Response::json(&read()?))
}

/// Declares the banners: name in Rust, word on the wire, level.
macro_rules! banners {
    ($($name:ident $code:literal $level:literal;)+) => {
        /// What the owner should know. The text comes from the language file, `banner-<code>`.
        #[derive(Clone, Copy)]
        pub(in crate::web) enum Banner { $($name,)+ }

        impl Banner {
            #[cfg(test)]
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            const fn level(self) -> &'static str {
                match self { $(Self::$name => $level,)+ }
            }
        }
    };
}

banners! {
    GateOff "gate_off" "error";
    StoreDamaged "store_damaged" "error";
    StoreBusy "store_busy" "error";
    StoreUnwritable "store_unwritable" "error";
    Broken "broken" "error";
    MailFails "mail_fails" "error";
    SettingDamaged "setting_damaged" "warning";
    MailInTheOpen "mail_in_the_open" "warning";
    NoPublicUrl "no_public_url" "warning";
    PasskeysDoNotFit "passkeys_do_not_fit" "warning";
    NoPasswordList "no_password_list" "warning";
    NetworkStore "network_store" "warning";
    NoProxiesListed "no_proxies_listed" "info";
}

/// What the owner should know, worst first.
fn banners(desk: &Desk<'_>) -> Vec<Value> {
    let mut banners = Vec::new();
    let mut banner = |banner: Banner, detail: Option<String>| {
        let (level, code) = (banner.level(), banner.code());
        let text = desk.texts.get(&format!("banner-{code}"));
        banners.push(json!({ "level": level, "code": code, "text": text, "detail": detail }));
    };
    let (settings, since) = (desk.cx.settings(), desk.cx.now() - LATELY);
    if !settings.get(&keys::GATE_ENABLED) {
        banner(Banner::GateOff, None);
    }
    let troubles = desk.cx.store.troubles();
    for trouble in &troubles {
        let damage = match trouble.damage {
            Damage::Corrupt => Banner::StoreDamaged,
            Damage::Locked => Banner::StoreBusy,
            _ => Banner::StoreUnwritable,
        };
        banner(damage, Some(trouble.detail.clone()));
    }
    if troubles.is_empty()
        && let Some(reason) = desk.cx.broken_since(since)
    {
        banner(Banner::Broken, Some(reason));
    }
    // A store that cannot be read shows that elsewhere.
    if desk.cx.store.read(|tx| outbox::falters(tx, since)).unwrap_or(false) {
        banner(Banner::MailFails, None);
    }
    for damage in settings.damaged() {
        banner(Banner::SettingDamaged, Some(damage.to_string()));
    }
    if !settings.get(&keys::SMTP_HOST).is_empty() && settings.get(&keys::SMTP_SECURITY) == MailSecurity::None {
        banner(Banner::MailInTheOpen, None);
    }
    if !settings.get(&keys::SMTP_HOST).is_empty() && settings.get(&keys::WEB_PUBLIC_URL).is_none() {
        banner(Banner::NoPublicUrl, None);
    }
    if let Some(why) = passkey::misfit(&settings) {
        banner(Banner::PasskeysDoNotFit, Some(why.to_string()));
    }
    if password_rules::check_list(&settings).is_err() {
        banner(Banner::NoPasswordList, None);
    }
    if let Some(kind) = desk.cx.store.network_kind() {
        banner(Banner::NetworkStore, Some(kind.to_owned()));
    }
    if !desk.request.origin.proxies_listed {
        banner(Banner::NoProxiesListed, None);
    }
    banners
}

/// Looks the whole store through.
pub fn self_test(desk: &Desk<'_>, _: Fields) -> Reply {
    let report = self_test::run(desk.cx)?;
    Ok(Response::json(&report))
}

pub fn settings(desk: &Desk<'_>) -> Reply {
    Ok(Response::json(&desk.cx.settings().describe(&|id| desk.texts.get(id))))
}

pub fn change_settings(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let facts = caller(desk)?;
    let revision = u64::try_from(fields.integer("revision")?).map_err(|_| fields.complaint("revision"))?;
    let changes: BTreeMap<String, Value> = fields.object("values")?.rest().into_iter().collect();
    demand_of_administrator(desk, &facts, &mut fields)?;
    check_password_list(desk, &changes)?;
    policy::change(desk.cx, desk.by(&facts.id), revision, &changes)?;
    settings(desk)
}

/// A list that is not there would be noticed when somebody takes a breached password: it is looked for before.
fn check_password_list(desk: &Desk<'_>, changes: &BTreeMap<String, Value>) -> Result<(), Refusal> {
    if !changes.contains_key(keys::PASSWORDS_LIST_FILE.key) {
        return Ok(());
    }
    let stored = desk.cx.settings();
    let rows = stored.validate(changes, desk.cx.sealing())?;
    let changed = stored.changed(&rows);
    if changed.get(&keys::PASSWORDS_LIST_FILE) == stored.get(&keys::PASSWORDS_LIST_FILE) {
        return Ok(());
    }
    Ok(password_rules::check_list(&changed).map_err(|error| {
        let field = keys::PASSWORDS_LIST_FILE.key.to_owned();
        SettingError { field, code: SettingCode::NotAList, detail: error.to_string() }
    })?)
}

pub fn users(desk: &Desk<'_>) -> Reply {
    let search = desk.request.parameter("search").unwrap_or_default().to_lowercase();
    let page = page(desk);
    let mut all = desk.cx.host.list_users()?;
    // A search box for the eye; no decision hangs on how names fold here.
    all.retain(|user| user.name.to_lowercase().contains(&search));
    all.sort_by(|a, b| a.name.to_lowercase().cmp(&b.name.to_lowercase()).then(a.id.cmp(&b.id)));
    let total = all.len();
    let first = (page * PAGE_SIZE) as usize;
    let shown: Result<Vec<_>, _> =
        all.iter().skip(first).take(PAGE_SIZE as usize).map(|facts| account::view(desk.cx, facts)).collect();
    Ok(Response::json(&json!({ "total": total, "page": page, "pageSize": PAGE_SIZE, "users": shown? })))
}

pub fn set_rule(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let administrator = caller(desk)?;
    let user = user(desk, &mut fields)?;
    let rule = Rule::named(&fields.text("rule")?).ok_or_else(|| fields.complaint("rule"))?;
    demand_proof(desk, &administrator, &mut fields)?;
    let by = desk.by(&administrator.id);
    account::set_rule(desk.cx, &user.id, rule, by)?;
    Ok(Response::json(&json!({})))
}

pub fn remove_factor(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let administrator = caller(desk)?;
    let user = user(desk, &mut fields)?;
    let (kind, id) = (factor_kind(&mut fields)?, fields.integer("id")?);
    demand_proof(desk, &administrator, &mut fields)?;
    let by = desk.by(&administrator.id);
    account::remove_factor(desk.cx, desk.gate, &user.id, &Removal { kind, id, by })?;
    Ok(Response::json(&json!({})))
}

pub fn give_word(desk: &Desk<'_>, mut fields: Fields) -> Reply {
    let administrator = caller(desk)?;
    let user = user(desk, &mut fields)?;
    demand_proof(desk, &administrator, &mut fields)?;
    let by = desk.by(&administrator.id);
    let (word, until) = enrol::give_word(desk.cx, &user.id, by)?;
    Ok(Response::json(&json!({ "word": word.as_str(), "expiresAt": until })))
}

pub fn events(desk: &Desk<'_>) -> Reply {
    let found = desk.cx.store.read(|tx| events::newest(tx, page(desk), PAGE_SIZE));
    let (total, rows) = found?;
    let names: BTreeMap<AccountId, String> =
        desk.cx.host.list_users()?.into_iter().map(|user| (user.id, user.name)).collect();
    let shown: Vec<Value> = rows
        .into_iter()
        .map(|event| {
            json!({
                "at": event.at,
                "kind": event.kind,
                "account": event.account,
                "name": event.account.and_then(|id| names.get(&id)),
                "actor": event.actor,
                "actorName": event.actor.and_then(|id| names.get(&id)),
                "address": event.address,
                "detail": event.detail,
            })
        })
        .collect();
    Ok(Response::json(&json!({ "total": total, "pageSize": PAGE_SIZE, "events": shown })))
}

pub(super) fn page(desk: &Desk<'_>) -> u32 {
    // Far beyond any list, and far from overflow.
    desk.request.parameter("page").and_then(|page| page.parse().ok()).unwrap_or(0).min(1_000_000)
}
