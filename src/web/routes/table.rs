//! Every path but the assets, one row each: the pages, and the calls with who may call and what answers.

use crate::account::email::UNDO_PAGE;
use crate::account::reset::{PAGE as RESET_PAGE, PIN_PAGE};
use crate::gate::challenge::SET_UP_PATH;
use crate::web::api::{
    Desk, account, admin, browsers, challenge, devices, email, mail, mail_code, messages, passkeys, passwords, reset,
    sessions, ways_in,
};
use crate::web::body::Fields;
use crate::web::message::Response;
use crate::web::pages::Page;
use crate::web::problem::Problem;
use Tries::{Counted, Uncounted};
use Who::{Administrator, Anybody, Elevated, Person};

/// One path and method.
pub struct Row {
    /// Letter case and one trailing slash do not matter.
    pub path: &'static str,
    /// What is there.
    pub place: Place,
}

/// What stands at a path.
pub enum Place {
    /// A page, by GET.
    Show(Page),
    /// A call; docs/http-api.md tells what each takes and answers.
    Call(Call),
}

/// One call.
pub struct Call {
    /// Who may.
    pub who: Who,
    /// What answers.
    handler: Handler,
}

/// Who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody; what counts is in the body.
    Anybody,
    /// A signed-in person; no API key.
    Person,
    /// Jellyfin's `RequiresElevation`, API keys included.
    Elevated,
    /// An administrator in person; no API key.
    Administrator,
}

/// Does a call compare a secret of somebody's with what was sent?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tries {
    /// It does: each try counts, and after some the right one is refused, too.
    Counted,
    /// It compares nothing that can be guessed.
    Uncounted,
}

/// How a row is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `GET` and `HEAD`: nothing changes.
    Get,
    /// `POST`.
    Post,
}

type Answer = Result<Response, Problem>;

/// Counting a try changes something: only a POST can.
enum Handler {
    Get(fn(&Desk<'_>) -> Answer),
    Post(Tries, fn(&Desk<'_>, Fields) -> Answer),
}

impl Row {
    /// How it is reached.
    pub fn verb(&self) -> Verb {
        match &self.place {
            Place::Show(_) | Place::Call(Call { handler: Handler::Get(_), .. }) => Verb::Get,
            Place::Call(Call { handler: Handler::Post(..), .. }) => Verb::Post,
        }
    }

    /// The call; none for a page.
    pub fn call(&self) -> Option<&Call> {
        match &self.place {
            Place::Call(call) => Some(call),
            Place::Show(_) => None,
        }
    }
}

impl Call {
    /// Does it compare secrets?
    pub fn tries(&self) -> Tries {
        match self.handler {
            Handler::Get(_) => Uncounted,
            Handler::Post(tries, _) => tries,
        }
    }

    /// Answers it; `fields` are those of its body.
    pub fn answer(&self, desk: &Desk<'_>, fields: Fields) -> Answer {
        match self.handler {
            Handler::Get(handler) => handler(desk),
            Handler::Post(_, handler) => handler(desk, fields),
        }
    }
}

/// The whole table.
#[rustfmt::skip]
pub static TABLE: &[Row] = &[
    page("/Jellyward",                                      Page::Account),
    page("/TwoFactorAuth/Setup",                            Page::Account),
    page(SET_UP_PATH,                                       Page::SignIn),
    page("/TwoFactorAuth/Login",                            Page::SignIn),
    page("/sso/2fa",                                        Page::SignIn),
    page("/Jellyward/Dashboard",                            Page::Dashboard),
    page("/my/account",                                     Page::Account),
    page("/Jellyward/Forgot",                               Page::Forgot),
    page(RESET_PAGE,                                        Page::Reset),
    page(PIN_PAGE,                                          Page::Reset),
    page(UNDO_PAGE,                                         Page::Undo),

    get("/Jellyward/Api/Account",                           Person,        account::show),
    get("/Jellyward/Api/Account/AppPasswords",              Person,        devices::app_passwords),
    post("/Jellyward/Api/Account/AppPasswords/Create",      Person,        Counted,   devices::create_app_password),
    post("/Jellyward/Api/Account/AppPasswords/Revoke",      Person,        Uncounted, devices::revoke_app_password),
    get("/Jellyward/Api/Account/Browsers",                  Person,        browsers::show),
    post("/Jellyward/Api/Account/Browsers/Forget",          Person,        Uncounted, browsers::forget),
    get("/Jellyward/Api/Account/Devices",                   Person,        devices::devices),
    post("/Jellyward/Api/Account/Devices/Approve",          Person,        Counted,   devices::approve),
    post("/Jellyward/Api/Account/Devices/Deny",             Person,        Uncounted, devices::deny),
    post("/Jellyward/Api/Account/Devices/Forget",           Person,        Uncounted, devices::forget),
    get("/Jellyward/Api/Account/Email",                     Person,        email::show),
    post("/Jellyward/Api/Account/Email/Confirm",            Person,        Counted,   email::confirm),
    post("/Jellyward/Api/Account/Email/Remove",             Person,        Counted,   email::remove),
    post("/Jellyward/Api/Account/Email/Resend",             Person,        Uncounted, email::resend),
    post("/Jellyward/Api/Account/Email/Start",              Person,        Counted,   email::start),
    post("/Jellyward/Api/Account/Factors/Remove",           Person,        Counted,   account::remove_factor),
    post("/Jellyward/Api/Account/Factors/Rename",           Person,        Counted,   account::rename_factor),
    post("/Jellyward/Api/Account/LostPhone",                Person,        Counted,   sessions::lost_phone),
    post("/Jellyward/Api/Account/MailCode/Confirm",         Person,        Counted,   mail_code::confirm),
    post("/Jellyward/Api/Account/MailCode/Start",           Person,        Counted,   mail_code::start),
    post("/Jellyward/Api/Account/Passkeys/Finish",          Person,        Uncounted, passkeys::register_finish),
    post("/Jellyward/Api/Account/Passkeys/Start",           Person,        Counted,   passkeys::register_start),
    post("/Jellyward/Api/Account/Prove",                    Person,        Counted,   account::prove),
    post("/Jellyward/Api/Account/Prove/Email",              Person,        Uncounted, mail_code::send_proof),
    post("/Jellyward/Api/Account/Prove/Passkey",            Person,        Uncounted, passkeys::prove),
    post("/Jellyward/Api/Account/QuickConnect/Look",        Person,        Counted,   devices::look_at_quick_connect),
    post("/Jellyward/Api/Account/Recovery/Renew",           Person,        Counted,   account::renew_recovery_codes),
    get("/Jellyward/Api/Account/Refused",                   Person,        devices::refused),
    get("/Jellyward/Api/Account/Sessions",                  Person,        sessions::list),
    post("/Jellyward/Api/Account/Sessions/End",             Person,        Uncounted, sessions::end),
    post("/Jellyward/Api/Account/Totp/Confirm",             Person,        Counted,   account::totp_confirm),
    post("/Jellyward/Api/Account/Totp/Start",               Person,        Counted,   account::totp_start),
    post("/Jellyward/Api/Account/Tv/Window",                Person,        Counted,   devices::tv_window),
    post("/Jellyward/Api/Account/Tv/Word",                  Person,        Counted,   devices::tv_word),
    post("/Jellyward/Api/Address/Undo",                     Anybody,       Uncounted, email::undo),
    get("/Jellyward/Api/Admin/Events",                      Elevated,      admin::events),
    get("/Jellyward/Api/Admin/Legacy",                      Administrator, sessions::leftovers),
    get("/Jellyward/Api/Admin/Mail/Outbox",                 Administrator, mail::outbox),
    post("/Jellyward/Api/Admin/Mail/Outbox/Discard",        Administrator, Counted,   mail::discard),
    post("/Jellyward/Api/Admin/Mail/Outbox/Retry",          Administrator, Counted,   mail::retry),
    post("/Jellyward/Api/Admin/Mail/Test",                  Administrator, Counted,   mail::test),
    get("/Jellyward/Api/Admin/Messages",                    Administrator, messages::list),
    post("/Jellyward/Api/Admin/Messages/Preview",           Administrator, Uncounted, messages::preview),
    post("/Jellyward/Api/Admin/Messages/Reset",             Administrator, Counted,   messages::reset),
    post("/Jellyward/Api/Admin/Messages/Save",              Administrator, Counted,   messages::save),
    post("/Jellyward/Api/Admin/Messages/Send",              Administrator, Counted,   messages::send),
    post("/Jellyward/Api/Admin/SelfTest",                   Administrator, Uncounted, admin::self_test),
    get("/Jellyward/Api/Admin/Settings",                    Elevated,      admin::settings),
    post("/Jellyward/Api/Admin/Settings",                   Administrator, Counted,   admin::change_settings),
    get("/Jellyward/Api/Admin/Status",                      Elevated,      admin::status),
    get("/Jellyward/Api/Admin/Users",                       Administrator, admin::users),
    get("/Jellyward/Api/Admin/Users/AppPasswords",          Administrator, ways_in::app_passwords),
    post("/Jellyward/Api/Admin/Users/AppPasswords/Revoke",  Administrator, Counted,   ways_in::revoke_app_password),
    get("/Jellyward/Api/Admin/Users/Browsers",              Administrator, ways_in::browsers),
    post("/Jellyward/Api/Admin/Users/Browsers/Forget",      Administrator, Counted,   ways_in::forget_browser),
    get("/Jellyward/Api/Admin/Users/Devices",               Administrator, ways_in::devices),
    post("/Jellyward/Api/Admin/Users/Devices/Forget",       Administrator, Counted,   ways_in::forget_device),
    post("/Jellyward/Api/Admin/Users/Email",                Administrator, Counted,   email::administer),
    post("/Jellyward/Api/Admin/Users/LostPhone",            Administrator, Counted,   sessions::lost_phone_of_user),
    post("/Jellyward/Api/Admin/Users/RemoveFactor",         Administrator, Counted,   admin::remove_factor),
    post("/Jellyward/Api/Admin/Users/Reset",                Administrator, Counted,   reset::hand_out),
    post("/Jellyward/Api/Admin/Users/Rule",                 Administrator, Counted,   admin::set_rule),
    get("/Jellyward/Api/Admin/Users/Sessions",              Administrator, sessions::list_of_user),
    post("/Jellyward/Api/Admin/Users/Sessions/End",         Administrator, Counted,   sessions::end_of_user),
    post("/Jellyward/Api/Admin/Users/Word",                 Administrator, Counted,   admin::give_word),
    post("/Jellyward/Api/Challenge/Email",                  Anybody,       Uncounted, mail_code::challenge),
    post("/Jellyward/Api/Challenge/Enrol/Confirm",          Anybody,       Counted,   challenge::enrol_confirm),
    post("/Jellyward/Api/Challenge/Enrol/Email",            Anybody,       Counted,   mail_code::enrol_start),
    post("/Jellyward/Api/Challenge/Enrol/Email/Confirm",    Anybody,       Counted,   mail_code::enrol_confirm),
    post("/Jellyward/Api/Challenge/Enrol/Passkey",          Anybody,       Counted,   passkeys::enrol_start),
    post("/Jellyward/Api/Challenge/Enrol/Passkey/Finish",   Anybody,       Uncounted, passkeys::enrol_finish),
    post("/Jellyward/Api/Challenge/Enrol/Start",            Anybody,       Counted,   challenge::enrol_start),
    post("/Jellyward/Api/Challenge/Finish",                 Anybody,       Uncounted, challenge::finish),
    post("/Jellyward/Api/Challenge/Passkey",                Anybody,       Uncounted, passkeys::challenge),
    post("/Jellyward/Api/Challenge/SetUp",                  Anybody,       Uncounted, challenge::set_up),
    post("/Jellyward/Api/Challenge/SetUp/Email/Confirm",    Anybody,       Counted,   challenge::email_confirm),
    post("/Jellyward/Api/Challenge/SetUp/Email/Resend",     Anybody,       Uncounted, challenge::email_resend),
    post("/Jellyward/Api/Challenge/SetUp/Email/Start",      Anybody,       Uncounted, challenge::email_start),
    post("/Jellyward/Api/Challenge/SetUp/Password",         Anybody,       Uncounted, reset::choose),
    post("/Jellyward/Api/Challenge/SetUp/Skip",             Anybody,       Uncounted, challenge::skip),
    post("/Jellyward/Api/Challenge/Verify",                 Anybody,       Counted,   challenge::verify),
    get("/Jellyward/Api/Messages/Preview",                  Anybody,       messages::previewed),
    post("/Jellyward/Api/Passkey/Diagnose",                 Anybody,       Uncounted, passkeys::diagnose),
    post("/Jellyward/Api/Passkey/Finish",                   Anybody,       Uncounted, passkeys::sign_in_finish),
    get("/Jellyward/Api/Passkey/Offer",                     Anybody,       passkeys::sign_in_offer),
    post("/Jellyward/Api/Passkey/Start",                    Anybody,       Uncounted, passkeys::sign_in_start),
    post("/Jellyward/Api/Password/Strength",                Anybody,       Uncounted, passwords::strength),
    post("/Jellyward/Api/Reset/Ask",                        Anybody,       Uncounted, reset::ask),
    post("/Jellyward/Api/Reset/Code",                       Anybody,       Counted,   reset::by_code),
    post("/Jellyward/Api/Reset/Link",                       Anybody,       Counted,   reset::by_link),
    get("/Jellyward/Api/Reset/Offer",                       Anybody,       reset::offer),
    post("/Jellyward/Api/Reset/PinLink",                    Anybody,       Counted,   reset::pin_link),
];

const fn page(path: &'static str, page: Page) -> Row {
    Row { path, place: Place::Show(page) }
}

const fn get(path: &'static str, who: Who, handler: fn(&Desk<'_>) -> Answer) -> Row {
    Row { path, place: Place::Call(Call { who, handler: Handler::Get(handler) }) }
}

const fn post(path: &'static str, who: Who, tries: Tries, handler: fn(&Desk<'_>, Fields) -> Answer) -> Row {
    Row { path, place: Place::Call(Call { who, handler: Handler::Post(tries, handler) }) }
}
