//! The whole story, played over real HTTP against a demo in this process and told step by step.

mod accounts;
mod addresses;
mod apps;
mod letters;
mod mail;
mod passkeys;
mod quick_connect;
mod resets;
mod sign_in;
mod teller;
mod trouble;

use std::io::Write;

use teller::{Step, Teller};

pub use teller::Broken;

type Chapter = (&'static str, fn(&mut Teller<'_>) -> Step);

const CHAPTERS: &[Chapter] = &[
    ("Bob has no second factor", sign_in::without_factor),
    ("Alice types her password, then her code", sign_in::with_code),
    ("The same code again", sign_in::same_code_again),
    ("A recovery code works once", sign_in::recovery_code),
    ("On the television there is only a password box", sign_in::behind_password),
    ("The administrator demands a factor of Bob", accounts::forced_enrolment),
    ("Bob takes his factor away again", accounts::removal),
    ("Carol comes after the grace period", accounts::after_grace),
    ("Quick Connect", quick_connect::approvals),
    ("A password for one app", apps::app_password),
    ("A word for the television", apps::one_time_word),
    ("A television waits for Alice", apps::pairing),
    ("A browser Alice trusts", apps::trusted_browser),
    ("A passkey, and a copy of it", passkeys::passkeys),
    ("Where Alice is signed in", apps::sessions),
    ("Changes ask who is there", apps::step_up),
    ("Bob leaves his e-mail address", addresses::address),
    ("Erik forgets his password: every way back in", resets::ways),
    ("Strangers try Alice's name", trouble::strangers),
    ("Alice is disabled between the two steps", trouble::disabled_between),
    ("Jellyfin itself refuses a session", trouble::refused_mint),
    ("The server restarts", trouble::restart),
    ("Dora gets her codes by mail", mail::codes),
    ("Alice loses her phone", apps::lost_phone),
];

/// Tells it to `out`. Every chapter is told, also after one that did not hold.
pub fn tell(out: &mut dyn Write, password_rounds: u32) -> Result<(), Broken> {
    let mut teller = Teller::begin(out, password_rounds)?;
    let mut broken = Vec::new();
    for (title, chapter) in CHAPTERS {
        teller.chapter(title)?;
        if let Err(error) = chapter(&mut teller) {
            teller.says(&format!("  It did not hold: {error}"))?;
            broken.push(*title);
        }
    }
    teller.says("")?;
    if broken.is_empty() {
        teller.says(&format!("Every step held ({} of {} chapters).", CHAPTERS.len(), CHAPTERS.len()))?;
        return Ok(());
    }
    Err(Broken::Chapters(broken.join("; ")))
}
