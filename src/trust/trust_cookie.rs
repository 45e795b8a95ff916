//! The trusted browser's cookie: the browser's id and its secret of the day, signed.
//!
//! By https its name begins with `__Host-`. By plain http it is neither set nor read unless the owner allows that.

use std::ops::RangeInclusive;

use zeroize::Zeroizing;

use crate::clock::{DAY, NoRandomness, Seconds};
use crate::context::Context;
use crate::crypto::mac;
use crate::defense::origin::Origin;
use crate::settings::keys;
use crate::store::browsers::{BrowserId, SecretHash};
use crate::trust::cookies;

const PURPOSE: &str = "trust";
const ID: usize = size_of::<BrowserId>();
const SECRET: usize = 32;

/// The signing key changes this often. No cookie lives longer, so the key before is all that must still be accepted.
const KEY_PERIOD: Seconds = keys::LONGEST_TRUST_DAYS as Seconds * DAY;

/// What a genuine cookie says.
pub struct Shown {
    /// Which browser it was given to.
    pub browser: BrowserId,
    /// The hash of the secret.
    pub secret: SecretHash,
    /// It came under the name it would be given now.
    pub well_named: bool,
}

/// May trust travel the way this request came?
pub fn travels(cx: &Context, origin: &Origin) -> bool {
    cookies::secure(origin) || cx.settings().get(&keys::TRUST_PLAIN_HTTP)
}

/// The cookie of a request, if there is exactly one and we signed it. Whether it still counts, the store knows.
pub fn read(cx: &Context, origin: &Origin) -> Option<Shown> {
    if !travels(cx, origin) {
        return None;
    }
    let plain = cookies::name(cx, PURPOSE);
    let by_host = cookies::host_name(&plain);
    let (value, named_for_https) = match cookies::read(origin, &by_host) {
        Some(value) => (value, true),
        None => (cookies::read(origin, &plain)?, false),
    };
    let now = cx.now();
    let payload = Zeroizing::new(cx.keys.trust.check(&value, accepted(now), now)?);
    let (id, secret) = payload.split_at_checked(ID).filter(|(_, secret)| secret.len() == SECRET)?;
    Some(Shown {
        browser: id.try_into().ok()?,
        secret: mac::sha256(secret),
        well_named: named_for_https == cookies::secure(origin),
    })
}

/// A new secret for a browser.
pub struct Secret(Zeroizing<[u8; SECRET]>);

impl Secret {
    /// Draws one.
    pub fn draw(cx: &Context) -> Result<Self, NoRandomness> {
        let mut bytes = Zeroizing::new([0; SECRET]);
        cx.randomness.fill(bytes.as_mut_slice())?;
        Ok(Self(bytes))
    }

    /// What is stored of it. It has 256 random bits, so a fast hash is enough.
    pub fn hash(&self) -> SecretHash {
        mac::sha256(self.0.as_slice())
    }

    /// The headers that give it to the browser until `expires_at`, and take away what it may hold under the other name.
    pub fn headers(&self, cx: &Context, origin: &Origin, id: &BrowserId, expires_at: Seconds) -> Vec<(String, String)> {
        let mut payload = Zeroizing::new(Vec::with_capacity(ID + SECRET));
        payload.extend_from_slice(id);
        payload.extend_from_slice(self.0.as_slice());
        let now = cx.now();
        let Ok(value) = cx.keys.trust.sign(key_id(now), &payload, expires_at) else {
            unreachable!("the payload is of one size, and allowed");
        };
        let plain = cookies::name(cx, PURPOSE);
        let lifetime = Some(expires_at - now);
        if cookies::secure(origin) {
            let set = cookies::set(origin, cookies::host_name(&plain), value, lifetime);
            let other = cookies::read(origin, &plain).map(|_| cookies::remove(origin, plain));
            std::iter::once(set).chain(other).collect()
        } else {
            vec![cookies::set(origin, plain, value, lifetime)]
        }
    }
}

/// The headers that take the cookie away, under either name.
pub fn remove(cx: &Context, origin: &Origin) -> Vec<(String, String)> {
    let plain = cookies::name(cx, PURPOSE);
    let by_host = cookies::secure(origin).then(|| cookies::remove(origin, cookies::host_name(&plain)));
    by_host.into_iter().chain([cookies::remove(origin, plain)]).collect()
}

fn key_id(now: Seconds) -> u32 {
    u32::try_from(now.div_euclid(KEY_PERIOD)).unwrap_or(0)
}

fn accepted(now: Seconds) -> RangeInclusive<u32> {
    let newest = key_id(now);
    newest.saturating_sub(1)..=newest
}
