//! The administrator's look through everything that is kept: opening checks no more than it needs.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::context::Context;
use crate::crypto::seal::Place;
use crate::gate::denial::Denial;
use crate::gate::standing::Standing;
use crate::gate::{passkey, proof};
use crate::host::AccountId;
use crate::settings::keys;
use crate::store::{StoreError, accounts, soundness};

/// What was found.
#[derive(Serialize)]
pub struct Report {
    /// Nothing is damaged.
    pub sound: bool,
    /// What is, in English, as in the log.
    pub problems: Vec<String>,
    /// Rows by table.
    pub counts: BTreeMap<&'static str, i64>,
}

/// Looks everything through. Changes nothing but what the owner is told.
pub fn run(cx: &Context) -> Result<Report, Denial> {
    let mut problems = cx.store.read(soundness::quick_check)?;
    let opens = |place: &Place<'_>, sealed: &[u8]| cx.sealer.open(place, sealed).is_ok();
    let unopened = cx.store.read(|tx| soundness::unopened(tx, opens))?;
    problems
        .extend(unopened.iter().map(|(table, count)| format!("sealed values of table {table} do not open: {count}")));
    for account in cx.store.read(accounts::all)? {
        if let Err(denial) = look_at(cx, &account) {
            problems.push(format!("account {account}: {denial}"));
        }
    }
    if let Err(error) = cx.reveal(&cx.settings(), &keys::SMTP_PASSWORD) {
        problems.push(format!("setting {}: {error}", keys::SMTP_PASSWORD.key));
    }
    let counts = cx.store.read(|tx| Ok::<_, StoreError>(soundness::counts(tx)?.into_iter().collect()))?;
    let sound = problems.is_empty();
    if sound {
        cx.mended();
    }
    Ok(Report { sound, problems, counts })
}

/// Can everything that lets this account in be read?
fn look_at(cx: &Context, account: &AccountId) -> Result<(), Denial> {
    let standing = Standing::of(cx, account)?;
    for factor in &standing.factors {
        proof::authenticator(cx, factor)?;
    }
    for stored in &standing.passkeys {
        passkey::credential(stored)?;
    }
    Ok(())
}
