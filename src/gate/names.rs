//! Whom Jellyfin meant by a name when it was last asked. That question costs it more than everything of ours in a
//! login, so the way up to the password check goes by the last answer. The check says who it is, and that alone counts.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::context::Context;
use crate::host::{HostError, UserFacts, UserQuery};

/// Most answers that are kept. A household has fewer names than this; an attacker's push out only each other's.
const MOST: usize = 256;
/// Longest name that is worth keeping, in bytes. Jellyfin lets nobody have a longer one.
const LONGEST: usize = 256;

/// The answers since something last changed.
#[derive(Default)]
struct Answers {
    /// By the name exactly as typed: it is compared in no other way.
    kept: HashMap<String, Option<UserFacts>>,
    /// Counts the changes: an answer that was under way during one is not kept.
    changes: u64,
}

/// What is remembered, for names that somebody has and for names that nobody has: both are as quick.
#[derive(Default)]
pub struct Names(Mutex<Answers>);

impl Names {
    /// Who has this name, as far as known; Jellyfin is asked for names that are not. Nobody is taken to be in the local
    /// network: a name says nothing about that.
    pub fn find(&self, cx: &Context, name: &str) -> Result<Option<UserFacts>, HostError> {
        let changes = {
            let answers = self.lock();
            if let Some(facts) = answers.kept.get(name) {
                return Ok(facts.clone());
            }
            answers.changes
        };
        let facts = cx.host.find_user(&UserQuery::Name(name.to_owned()), None)?;
        self.keep(name, facts.clone(), changes);
        Ok(facts)
    }

    /// What a password check said of the name's owner.
    pub fn learn(&self, name: &str, facts: &UserFacts) {
        let mut answers = self.lock();
        if let Some(known) = answers.kept.get_mut(name) {
            *known = Some(UserFacts { local: false, ..facts.clone() });
        }
    }

    /// A user came, went or was changed: any name may belong to somebody else now.
    pub fn forget(&self) {
        let mut answers = self.lock();
        answers.kept.clear();
        answers.changes += 1;
    }

    fn keep(&self, name: &str, facts: Option<UserFacts>, changes: u64) {
        let mut answers = self.lock();
        if answers.changes != changes || name.len() > LONGEST {
            return;
        }
        if answers.kept.len() >= MOST {
            answers.kept.clear();
        }
        answers.kept.insert(name.to_owned(), facts);
    }

    fn lock(&self) -> MutexGuard<'_, Answers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
