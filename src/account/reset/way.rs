//! By which ways somebody asks, and what goes out by each.

use crate::context::Context;
use crate::notify::outgoing::can_leave;
use crate::settings::{ResetDialog, ResetMessage, Settings, keys};

/// The page where a password is chosen.
pub const PAGE: &str = "/Jellyward/Reset";
/// The page whose button makes the PIN the password.
pub const PIN_PAGE: &str = "/Jellyward/Reset/Pin";

/// By which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Our own page.
    Page,
    /// Jellyfin's dialog.
    Dialog,
}

/// What goes out when somebody asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sends {
    /// A code for the page that asked.
    pub code: bool,
    /// A link to the page where a password is chosen.
    pub link: bool,
    /// A PIN for Jellyfin's dialog.
    pub pin: bool,
    /// A link that makes a PIN the password.
    pub pin_link: bool,
}

impl Sends {
    pub(super) fn anything(self) -> bool {
        self.code || self.link || self.pin || self.pin_link
    }
}

/// What can go out by that way, with these settings. Nothing: that way is closed.
pub fn sends(cx: &Context, settings: &Settings, way: Way) -> Sends {
    if !settings.get(&keys::RESET_ENABLED) || !can_leave(cx, settings) {
        return Sends::default();
    }
    let links = settings.get(&keys::WEB_PUBLIC_URL).is_some();
    match way {
        Way::Page => {
            let message = settings.get(&keys::RESET_MESSAGE);
            let code = message != ResetMessage::Link;
            Sends { code, link: links && message != ResetMessage::Code, ..Sends::default() }
        }
        Way::Dialog => match settings.get(&keys::RESET_DIALOG) {
            ResetDialog::Stock => Sends::default(),
            ResetDialog::Pin => Sends { pin: true, ..Sends::default() },
            ResetDialog::PinLink => Sends { pin_link: links, ..Sends::default() },
            ResetDialog::Link => Sends { link: links, ..Sends::default() },
        },
    }
}

/// Is that way open?
pub fn offered(cx: &Context, way: Way) -> bool {
    sends(cx, &cx.settings(), way).anything()
}
