//! An e-mail address for an account, put into the store beside a running engine, as a code from it would.

use std::path::Path;
use std::sync::Arc;

use jellyward::clock::{Seconds, SystemClock, SystemRandomness};
use jellyward::context::Context;
use jellyward::crypto::key::MasterKey;
use jellyward::crypto::seal::Sealer;
use jellyward::host::{
    AccountId, Host, HostError, HostSession, Level, MintRequest, Minted, PasswordCheck, PasswordQuery, UserFacts,
    UserQuery,
};
use jellyward::notify::addresses;
use jellyward::settings::{Overrides, Sealing};
use jellyward::store::{Store, emails};

/// Gives an account a verified address; `data` is the engine's folder.
pub fn give(data: &Path, account: &AccountId, address: &str, now: Seconds) {
    let cx = beside(data);
    let address = address.parse().unwrap();
    cx.store.durable(|tx| addresses::set(&cx, tx, account, &address, Some(now))).unwrap();
}

/// Takes it away.
#[allow(dead_code)] // not every test that gives one does
pub fn take_away(data: &Path, account: &AccountId) {
    let gone = beside(data).store.durable(|tx| emails::remove(tx, account)).unwrap();
    assert!(gone);
}

/// Another context over the same store and key.
fn beside(data: &Path) -> Context {
    let master = MasterKey::load(data, true, &SystemRandomness).unwrap();
    let sealer = Sealer::new(&master);
    let sealing = Sealing { sealer: &sealer, randomness: &SystemRandomness };
    let overrides = Overrides::read(data, &|_| None, sealing).unwrap();
    let (clock, randomness) = (Arc::new(SystemClock), Arc::new(SystemRandomness));
    let store = Store::beside(data).unwrap();
    Context::new(store, &master, Arc::new(Nobody), clock, randomness, "server-1".into(), overrides).unwrap()
}

/// A host that nobody asks.
struct Nobody;

fn nothing<T>() -> Result<T, HostError> {
    Err(HostError::Failed("nobody is there".into()))
}

impl Host for Nobody {
    fn find_user(&self, _: &UserQuery, _: Option<&str>) -> Result<Option<UserFacts>, HostError> {
        nothing()
    }

    fn list_users(&self) -> Result<Vec<UserFacts>, HostError> {
        nothing()
    }

    fn check_password(&self, _: &PasswordQuery<'_>, _: &str) -> Result<PasswordCheck, HostError> {
        nothing()
    }

    fn mint(&self, _: &MintRequest) -> Result<Minted, HostError> {
        nothing()
    }

    fn list_sessions(&self, _: Option<&AccountId>) -> Result<Vec<HostSession>, HostError> {
        nothing()
    }

    fn end_sessions(&self, _: &AccountId, _: &[String]) -> Result<u32, HostError> {
        nothing()
    }

    fn set_password(&self, _: &AccountId, _: &str) -> Result<(), HostError> {
        nothing()
    }

    fn set_armed(&self, _: bool) -> Result<(), HostError> {
        nothing()
    }

    fn log(&self, _: Level, _: &str) {}
}
