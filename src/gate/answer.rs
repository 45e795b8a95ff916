//! A challenge that comes back, and whether it is still what it was when it was made.

use crate::context::Context;
use crate::crypto::token;
use crate::defense::origin::Origin;
use crate::gate::attempt::Client;
use crate::gate::challenge;
use crate::gate::denial::Denial;
use crate::gate::standing::Standing;
use crate::store::challenges::{self, Ask, Challenge};

/// A challenge and where it came back from.
pub struct Answer<'a> {
    /// The challenge's token.
    pub challenge: &'a str,
    /// Where from.
    pub origin: &'a Origin,
    /// With which client.
    pub client: Option<&'a Client>,
    /// The browser shall be trusted from then on.
    pub trust: bool,
}

impl Answer<'_> {
    /// What the challenge is stored under.
    pub fn hash(&self) -> [u8; 32] {
        token::hash(self.challenge)
    }

    /// The challenge if it is open, of this kind, and of this browser and client; and where its account stands.
    pub fn open(&self, cx: &Context, ask: Ask) -> Result<(Challenge, Standing), Denial> {
        let found = cx.store.read(|tx| challenges::find(tx, &self.hash(), cx.now()))?;
        let challenge = found.filter(|found| found.ask == ask).ok_or(Denial::ChallengeGone)?;
        let standing = self.held(cx, &challenge)?;
        Ok((challenge, standing))
    }

    /// Is the challenge of this browser and client, and has nothing been revoked since?
    pub fn held(&self, cx: &Context, challenge: &Challenge) -> Result<Standing, Denial> {
        let standing = Standing::of(cx, &challenge.account)?;
        let (epoch, policy_epoch) = (standing.account.epoch, standing.policy_epoch);
        if challenge::holds(cx, challenge, self.client, self.origin, epoch, policy_epoch) {
            Ok(standing)
        } else {
            Err(Denial::ChallengeGone)
        }
    }
}
