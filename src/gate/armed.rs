//! Armed: somebody is protected. From then on everything fails closed.

use crate::context::Context;
use crate::gate::denial::Denial;
use crate::host::Level;
use crate::store::{StoreError, meta};

/// Remembers, in the store and outside it, that somebody is protected.
pub fn arm(cx: &Context) -> Result<(), Denial> {
    let armed = cx.store.read(|tx| meta::number(tx, meta::ARMED))?;
    if armed == 0 {
        cx.store.durable(|tx| meta::set_number(tx, meta::ARMED, 1))?;
    }
    if let Err(error) = cx.host.set_armed(true) {
        cx.host.log(Level::Warning, &format!("could not note outside the store that accounts are protected: {error}"));
    }
    Ok(())
}

/// Is anybody protected?
pub fn is_armed(cx: &Context) -> Result<bool, StoreError> {
    Ok(cx.store.read(|tx| meta::number(tx, meta::ARMED))? != 0)
}
