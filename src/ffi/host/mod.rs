//! The host behind the table of callbacks: documents out, documents in.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::raw::Callbacks;
use super::reply::{self, JwAnswer};
use super::{JwHost, JwReply, JwStatus};
use crate::host::{
    AccountId, Host, HostError, HostSession, Level, MintRequest, Minted, PasswordCheck, PasswordQuery, UserFacts,
    UserQuery,
};

/// Largest reply about one user or one session.
const ONE: usize = 64 * 1024;
/// Largest list of users or sessions.
const ALL: usize = 64 * 1024 * 1024;

/// A host written in another language.
pub(super) struct CHost {
    callbacks: Callbacks,
}

#[derive(Serialize)]
pub(super) struct Lookup<'a> {
    pub(super) query: &'a UserQuery,
    pub(super) remote: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct SessionsOf<'a> {
    pub(super) user: Option<&'a AccountId>,
}

#[derive(Serialize)]
pub(super) struct PasswordOf<'a> {
    pub(super) user: &'a AccountId,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ending<'a> {
    pub(super) user: &'a AccountId,
    pub(super) token_hashes: &'a [String],
}

#[derive(Deserialize)]
#[cfg_attr(feature = "headers", derive(Serialize))]
#[serde(untagged)]
pub(super) enum MintReply {
    Refused { refused: String },
    Made(Minted),
}

impl CHost {
    pub(super) fn new(table: JwHost) -> Result<Self, Failure> {
        Callbacks::new(table).map(|callbacks| Self { callbacks })
    }
}

impl Host for CHost {
    fn find_user(&self, query: &UserQuery, remote: Option<&str>) -> Result<Option<UserFacts>, HostError> {
        let query = document(&Lookup { query, remote })?;
        ask("find_user", ONE, |reply| self.callbacks.find_user(&query, reply))
    }

    fn list_users(&self) -> Result<Vec<UserFacts>, HostError> {
        ask("list_users", ALL, |reply| self.callbacks.list_users(reply))
    }

    fn check_password(&self, query: &PasswordQuery<'_>, password: &str) -> Result<PasswordCheck, HostError> {
        let request = document(query)?;
        ask("check_password", ONE, |reply| self.callbacks.check_password(&request, password.as_bytes(), reply))
    }

    fn mint(&self, request: &MintRequest) -> Result<Minted, HostError> {
        let request = document(request)?;
        match ask("mint", ONE, |reply| self.callbacks.mint(&request, reply))? {
            MintReply::Made(minted) => Ok(minted),
            MintReply::Refused { refused } => Err(HostError::Refused(refused)),
        }
    }

    fn list_sessions(&self, user: Option<&AccountId>) -> Result<Vec<HostSession>, HostError> {
        let request = document(&SessionsOf { user })?;
        ask("list_sessions", ALL, |reply| self.callbacks.list_sessions(&request, reply))
    }

    fn end_sessions(&self, user: &AccountId, token_hashes: &[String]) -> Result<u32, HostError> {
        let request = document(&Ending { user, token_hashes })?;
        ask("end_sessions", ONE, |reply| self.callbacks.end_sessions(&request, reply))
    }

    fn set_password(&self, user: &AccountId, password: &str) -> Result<(), HostError> {
        let request = document(&PasswordOf { user })?;
        succeeded("set_password", self.callbacks.set_password(&request, password.as_bytes()))
    }

    fn set_armed(&self, armed: bool) -> Result<(), HostError> {
        succeeded("set_armed", self.callbacks.set_armed(armed.into()))
    }

    fn log(&self, level: Level, line: &str) {
        self.callbacks.log(level as i32, line);
    }
}

fn document(value: &impl Serialize) -> Result<Vec<u8>, HostError> {
    serde_json::to_vec(value).map_err(|error| HostError::Failed(error.to_string()))
}

fn ask<T: DeserializeOwned>(
    name: &str,
    limit: usize,
    callback: impl FnOnce(*mut JwReply) -> JwAnswer,
) -> Result<T, HostError> {
    let (answer, written) = reply::ask(limit, callback);
    succeeded(name, answer)?;
    let written = written.ok_or_else(|| HostError::Failed(format!("{name} wrote no reply")))?;
    serde_json::from_slice(&written).map_err(|error| HostError::Failed(format!("{name} replied nonsense: {error}")))
}

fn succeeded(name: &str, answer: JwAnswer) -> Result<(), HostError> {
    if answer == JwStatus::Ok as JwAnswer {
        return Ok(());
    }
    Err(HostError::Failed(format!("{name} answered {answer}")))
}

#[cfg(test)]
mod tests;
