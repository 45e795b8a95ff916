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

/// A name exactly as typed, and the address it was typed at: neither is compared in any other way.
type Asked = (String, Option<String>);

/// The answers since something last changed.
#[derive(Default)]
struct Answers {
    kept: HashMap<Asked, Option<UserFacts>>,
    /// Counts the changes: an answer that was under way during one is not kept.
    changes: u64,
}

/// What is remembered, for names that somebody has and for names that nobody has: both are as quick.
#[derive(Default)]
pub struct Names(Mutex<Answers>);

impl Names {
    /// Who has this name, as far as known; Jellyfin is asked for names that are not.
    pub fn find(&self, cx: &Context, name: &str, remote: Option<&str>) -> Result<Option<UserFacts>, HostError> {
        let asked = (name.to_owned(), remote.map(str::to_owned));
        let changes = {
            let answers = self.lock();
            if let Some(facts) = answers.kept.get(&asked) {
                return Ok(facts.clone());
            }
            answers.changes
        };
        let facts = cx.host.find_user(&UserQuery::Name(asked.0.clone()), remote)?;
        self.keep(asked, facts.clone(), changes);
        Ok(facts)
    }

    /// What a password check said of the name's owner.
    pub fn learn(&self, name: &str, remote: Option<&str>, facts: &UserFacts) {
        let mut answers = self.lock();
        if let Some(known) = answers.kept.get_mut(&(name.to_owned(), remote.map(str::to_owned))) {
            *known = Some(facts.clone());
        }
    }

    /// A user came, went or was changed: any name may belong to somebody else now.
    pub fn forget(&self) {
        let mut answers = self.lock();
        answers.kept.clear();
        answers.changes += 1;
    }

    fn keep(&self, asked: Asked, facts: Option<UserFacts>, changes: u64) {
        let mut answers = self.lock();
        if answers.changes != changes || asked.0.len() > LONGEST {
            return;
        }
        if answers.kept.len() >= MOST {
            answers.kept.clear();
        }
        answers.kept.insert(asked, facts);
    }

    fn lock(&self) -> MutexGuard<'_, Answers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
