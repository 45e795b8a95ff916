//! A passkey as the factor that a sign-in demands: bound to its challenge, and let in as any other enrolment is.

use super::{Returned, Started, is_open, offered, register};
use crate::context::Context;
use crate::defense::network::Network;
use crate::factor::recovery;
use crate::gate::Gate;
use crate::gate::answer::Answer;
use crate::gate::armed;
use crate::gate::denial::Denial;
use crate::gate::enrol::{self, Confirmed};
use crate::store::accounts;
use crate::store::challenges::{self, Ask};

/// Starts one. Asked before the word is: what is refused anyway must not cost a try.
pub fn start(cx: &Context, answer: &Answer<'_>, word: Option<&str>) -> Result<Started, Denial> {
    offered(cx)?;
    let facts = enrol::admit(cx, answer, word, |_| false)?;
    register::start(cx, &facts, &Network::of(answer.origin), &answer.hash())
}

/// Finishes it for the challenge that began it; the session follows with [`crate::gate::verify::finish`].
pub fn finish(
    cx: &Context,
    gate: &Gate,
    answer: &Answer<'_>,
    returned: Returned<'_>,
    name: &str,
) -> Result<Confirmed, Denial> {
    let rp = offered(cx)?;
    let (challenge, _) = answer.open(cx, Ask::Enrol)?;
    is_open(cx, returned.ceremony)?;
    let codes = recovery::generate_for(&challenge.account, &cx.keys.recovery, &*cx.randomness)?;
    let (hash, now) = (answer.hash(), cx.now());
    let new = register::New { account: &challenge.account, to: &hash, returned, name, codes };
    // A refusal must commit too: the ceremony is gone either way.
    let confirmed = cx.store.durable(|tx| {
        // Enrolled by another way meanwhile, or revoked: then the challenge asks for nothing any more.
        let epoch = accounts::epoch(tx, &challenge.account)?;
        let open = challenges::find(tx, &hash, now)?.is_some_and(|open| open.ask == Ask::Enrol && open.epoch == epoch);
        if open { register::complete(cx, tx, &rp, new) } else { Ok(Err(Denial::ChallengeGone)) }
    })??;
    enrol::finish_later(cx, gate, hash, challenge);
    armed::tell_host(cx);
    Ok(confirmed)
}
