//! The whole URL table, and what a request must satisfy before anything of ours runs.

use super::assets::Asset;
use super::body::Fields;
use super::message::{Ownership, Request};
use super::problem::{Code, Problem};
use crate::defense::same_site::is_foreign;

/// Largest body of any call, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// Below this everything is ours.
const ROOT: &str = "/Jellyward";

/// Where the assets lie.
const ASSETS: &str = "/Jellyward/Assets/";

/// The pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// The stand-alone sign-in.
    SignIn,
    /// What the signed-in account sees of its factors.
    Account,
    /// Settings, users and events.
    Dashboard,
    /// A forgotten password: who it is, and the code.
    Forgot,
    /// A link leads here: the new password, or the PIN.
    Reset,
    /// Where a mail's link leads that puts an e-mail address back.
    Undo,
}

/// The calls; docs/http-api.md tells what each takes and answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // Named like their paths.
pub enum Api {
    ChallengeVerify,
    ChallengeEnrolStart,
    ChallengeEnrolConfirm,
    ChallengeFinish,
    ChallengePasskey,
    ChallengeEnrolPasskey,
    ChallengeEnrolPasskeyFinish,
    PasskeyOffer,
    PasskeyStart,
    PasskeyFinish,
    PasskeyDiagnose,
    PasswordStrength,
    Account,
    AccountProve,
    AccountQuickConnectLook,
    AccountAppPasswords,
    AccountAppPasswordsCreate,
    AccountAppPasswordsRevoke,
    AccountTvWord,
    AccountTvWindow,
    AccountDevices,
    AccountDevicesApprove,
    AccountDevicesDeny,
    AccountDevicesForget,
    AccountRefused,
    AccountSessions,
    AccountSessionsEnd,
    AccountLostPhone,
    AccountTotpStart,
    AccountTotpConfirm,
    AccountFactorsRemove,
    AccountFactorsRename,
    AccountPasskeysStart,
    AccountPasskeysFinish,
    AccountProvePasskey,
    AccountRecoveryRenew,
    AccountBrowsers,
    AccountBrowsersForget,
    AdminStatus,
    AdminSettings,
    AdminSettingsChange,
    AdminUsers,
    AdminUsersRule,
    AdminUsersRemoveFactor,
    AdminUsersWord,
    AdminUsersSessions,
    AdminUsersSessionsEnd,
    AdminUsersLostPhone,
    AdminUsersAppPasswords,
    AdminUsersAppPasswordsRevoke,
    AdminUsersBrowsers,
    AdminUsersBrowsersForget,
    AdminUsersDevices,
    AdminUsersDevicesForget,
    AdminLegacy,
    AdminEvents,
    AdminSelfTest,
    AdminMailTest,
    AdminMailOutbox,
    AdminMailOutboxRetry,
    AdminMailOutboxDiscard,
    ResetOffer,
    ResetAsk,
    ResetCode,
    ResetLink,
    ResetPinLink,
    AdminUsersReset,
    AdminMessages,
    AdminMessagesSave,
    AdminMessagesReset,
    AdminMessagesPreview,
    AdminMessagesSend,
    MessagesPreview,
    AccountEmail,
    AccountEmailStart,
    AccountEmailResend,
    AccountEmailConfirm,
    AccountEmailRemove,
    AddressUndo,
    AdminUsersEmail,
    ChallengeSetUp,
    ChallengeSetUpSkip,
    ChallengeSetUpPassword,
    ChallengeSetUpEmailStart,
    ChallengeSetUpEmailResend,
    ChallengeSetUpEmailConfirm,
    ChallengeEmail,
    ChallengeEnrolEmail,
    ChallengeEnrolEmailConfirm,
    AccountProveEmail,
    AccountMailCodeStart,
    AccountMailCodeConfirm,
}

/// The calls that compare a secret of somebody's with what was sent: each one counts its tries.
pub const SECRET_CHECKING: &[Api] = &[
    Api::ChallengeVerify,
    Api::ChallengeEnrolStart,
    Api::ChallengeEnrolConfirm,
    Api::ChallengeEnrolPasskey,
    Api::AccountProve,
    Api::AccountQuickConnectLook,
    Api::AccountAppPasswordsCreate,
    Api::AccountTvWord,
    Api::AccountTvWindow,
    Api::AccountDevicesApprove,
    Api::AccountLostPhone,
    Api::AdminUsersSessionsEnd,
    Api::AdminUsersLostPhone,
    Api::AdminUsersAppPasswordsRevoke,
    Api::AdminUsersBrowsersForget,
    Api::AdminUsersDevicesForget,
    Api::AccountTotpStart,
    Api::AccountTotpConfirm,
    Api::AccountFactorsRemove,
    Api::AccountFactorsRename,
    Api::AccountPasskeysStart,
    Api::AccountRecoveryRenew,
    Api::AdminSettingsChange,
    Api::AdminUsersRule,
    Api::AdminUsersRemoveFactor,
    Api::AdminUsersWord,
    Api::AdminMailTest,
    Api::AdminMailOutboxRetry,
    Api::AdminMailOutboxDiscard,
    Api::ResetCode,
    Api::ResetLink,
    Api::ResetPinLink,
    Api::AdminUsersReset,
    Api::AdminMessagesSave,
    Api::AdminMessagesReset,
    Api::AdminMessagesSend,
    Api::AccountEmailStart,
    Api::AccountEmailConfirm,
    Api::AccountEmailRemove,
    Api::AdminUsersEmail,
    Api::ChallengeSetUpEmailConfirm,
    Api::ChallengeEnrolEmail,
    Api::ChallengeEnrolEmailConfirm,
    Api::AccountMailCodeStart,
    Api::AccountMailCodeConfirm,
];

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Get,
    Post,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Show(Page),
    Call(Api, Who),
}

/// Every path but the assets. Letter case and one trailing slash do not matter.
#[rustfmt::skip]
const TABLE: &[(Verb, &str, Place)] = {
    use Api::*;
    use Place::{Call, Show};
    use Verb::{Get, Post};
    use Who::{Administrator, Anybody, Elevated, Person};
    &[
        (Get,  "/Jellyward",                               Show(Page::Account)),
        (Get,  "/TwoFactorAuth/Setup",                     Show(Page::Account)),
        (Get,  "/Jellyward/Login",                         Show(Page::SignIn)),
        (Get,  "/TwoFactorAuth/Login",                     Show(Page::SignIn)),
        (Get,  "/sso/2fa",                                 Show(Page::SignIn)),
        (Get,  "/Jellyward/Dashboard",                     Show(Page::Dashboard)),
        (Post, "/Jellyward/Api/Challenge/Verify",          Call(ChallengeVerify, Anybody)),
        (Post, "/Jellyward/Api/Challenge/Enrol/Start",     Call(ChallengeEnrolStart, Anybody)),
        (Post, "/Jellyward/Api/Challenge/Enrol/Confirm",   Call(ChallengeEnrolConfirm, Anybody)),
        (Post, "/Jellyward/Api/Challenge/Finish",          Call(ChallengeFinish, Anybody)),
        (Post, "/Jellyward/Api/Challenge/Passkey",         Call(ChallengePasskey, Anybody)),
        (Post, "/Jellyward/Api/Challenge/Enrol/Passkey",   Call(ChallengeEnrolPasskey, Anybody)),
        (Post, "/Jellyward/Api/Challenge/Enrol/Passkey/Finish", Call(ChallengeEnrolPasskeyFinish, Anybody)),
        (Get,  "/Jellyward/Api/Passkey/Offer",             Call(PasskeyOffer, Anybody)),
        (Post, "/Jellyward/Api/Passkey/Start",             Call(PasskeyStart, Anybody)),
        (Post, "/Jellyward/Api/Passkey/Finish",            Call(PasskeyFinish, Anybody)),
        (Post, "/Jellyward/Api/Passkey/Diagnose",          Call(PasskeyDiagnose, Anybody)),
        (Post, "/Jellyward/Api/Password/Strength",         Call(PasswordStrength, Anybody)),
        (Get,  "/Jellyward/Api/Account",                   Call(Account, Person)),
        (Post, "/Jellyward/Api/Account/Prove",             Call(AccountProve, Person)),
        (Post, "/Jellyward/Api/Account/QuickConnect/Look", Call(AccountQuickConnectLook, Person)),
        (Get,  "/Jellyward/Api/Account/AppPasswords",      Call(AccountAppPasswords, Person)),
        (Post, "/Jellyward/Api/Account/AppPasswords/Create", Call(AccountAppPasswordsCreate, Person)),
        (Post, "/Jellyward/Api/Account/AppPasswords/Revoke", Call(AccountAppPasswordsRevoke, Person)),
        (Post, "/Jellyward/Api/Account/Tv/Word",           Call(AccountTvWord, Person)),
        (Post, "/Jellyward/Api/Account/Tv/Window",         Call(AccountTvWindow, Person)),
        (Get,  "/Jellyward/Api/Account/Devices",           Call(AccountDevices, Person)),
        (Post, "/Jellyward/Api/Account/Devices/Approve",   Call(AccountDevicesApprove, Person)),
        (Post, "/Jellyward/Api/Account/Devices/Deny",      Call(AccountDevicesDeny, Person)),
        (Post, "/Jellyward/Api/Account/Devices/Forget",    Call(AccountDevicesForget, Person)),
        (Get,  "/Jellyward/Api/Account/Refused",           Call(AccountRefused, Person)),
        (Get,  "/Jellyward/Api/Account/Sessions",          Call(AccountSessions, Person)),
        (Post, "/Jellyward/Api/Account/Sessions/End",      Call(AccountSessionsEnd, Person)),
        (Post, "/Jellyward/Api/Account/LostPhone",         Call(AccountLostPhone, Person)),
        (Get,  "/Jellyward/Api/Admin/Users/Sessions",      Call(AdminUsersSessions, Administrator)),
        (Post, "/Jellyward/Api/Admin/Users/Sessions/End",  Call(AdminUsersSessionsEnd, Administrator)),
        (Post, "/Jellyward/Api/Admin/Users/LostPhone",     Call(AdminUsersLostPhone, Administrator)),
        (Get,  "/Jellyward/Api/Admin/Users/AppPasswords",  Call(AdminUsersAppPasswords, Administrator)),
        (Post, "/Jellyward/Api/Admin/Users/AppPasswords/Revoke", Call(AdminUsersAppPasswordsRevoke, Administrator)),
        (Get,  "/Jellyward/Api/Admin/Users/Browsers",      Call(AdminUsersBrowsers, Administrator)),
        (Post, "/Jellyward/Api/Admin/Users/Browsers/Forget", Call(AdminUsersBrowsersForget, Administrator)),
        (Get,  "/Jellyward/Api/Admin/Users/Devices",       Call(AdminUsersDevices, Administrator)),
        (Post, "/Jellyward/Api/Admin/Users/Devices/Forget", Call(AdminUsersDevicesForget, Administrator)),
        (Get,  "/Jellyward/Api/Admin/Legacy",              Call(AdminLegacy, Administrator)),
        (Post, "/Jellyward/Api/Account/Totp/Start",        Call(AccountTotpStart, Person)),
        (Post, "/Jellyward/Api/Account/Totp/Confirm",      Call(AccountTotpConfirm, Person)),
        (Post, "/Jellyward/Api/Account/Factors/Remove",    Call(AccountFactorsRemove, Person)),
        (Post, "/Jellyward/Api/Account/Factors/Rename",    Call(AccountFactorsRename, Person)),
        (Post, "/Jellyward/Api/Account/Passkeys/Start",    Call(AccountPasskeysStart, Person)),
        (Post, "/Jellyward/Api/Account/Passkeys/Finish",   Call(AccountPasskeysFinish, Person)),
        (Post, "/Jellyward/Api/Account/Prove/Passkey",     Call(AccountProvePasskey, Person)),
        (Post, "/Jellyward/Api/Account/Recovery/Renew",    Call(AccountRecoveryRenew, Person)),
        (Get,  "/Jellyward/Api/Account/Browsers",          Call(AccountBrowsers, Person)),
        (Post, "/Jellyward/Api/Account/Browsers/Forget",   Call(AccountBrowsersForget, Person)),
        (Get,  "/Jellyward/Api/Admin/Status",              Call(AdminStatus, Elevated)),
        (Get,  "/Jellyward/Api/Admin/Settings",            Call(AdminSettings, Elevated)),
        (Post, "/Jellyward/Api/Admin/Settings",            Call(AdminSettingsChange, Administrator)),
        (Get,  "/Jellyward/Api/Admin/Users",               Call(AdminUsers, Administrator)),
        (Post, "/Jellyward/Api/Admin/Users/Rule",          Call(AdminUsersRule, Administrator)),
        (Post, "/Jellyward/Api/Admin/Users/RemoveFactor",  Call(AdminUsersRemoveFactor, Administrator)),
        (Post, "/Jellyward/Api/Admin/Users/Word",          Call(AdminUsersWord, Administrator)),
        (Get,  "/Jellyward/Api/Admin/Events",              Call(AdminEvents, Elevated)),
        (Post, "/Jellyward/Api/Admin/SelfTest",            Call(AdminSelfTest, Administrator)),
        (Post, "/Jellyward/Api/Admin/Mail/Test",           Call(AdminMailTest, Administrator)),
        (Get,  "/Jellyward/Api/Admin/Mail/Outbox",         Call(AdminMailOutbox, Administrator)),
        (Post, "/Jellyward/Api/Admin/Mail/Outbox/Retry",   Call(AdminMailOutboxRetry, Administrator)),
        (Post, "/Jellyward/Api/Admin/Mail/Outbox/Discard", Call(AdminMailOutboxDiscard, Administrator)),
        (Get,  "/my/account",                              Show(Page::Account)),
        (Get,  "/Jellyward/Forgot",                        Show(Page::Forgot)),
        (Get,  "/Jellyward/Reset",                         Show(Page::Reset)),
        (Get,  "/Jellyward/Reset/Pin",                     Show(Page::Reset)),
        (Get,  "/Jellyward/Api/Reset/Offer",               Call(ResetOffer, Anybody)),
        (Post, "/Jellyward/Api/Reset/Ask",                 Call(ResetAsk, Anybody)),
        (Post, "/Jellyward/Api/Reset/Code",                Call(ResetCode, Anybody)),
        (Post, "/Jellyward/Api/Reset/Link",                Call(ResetLink, Anybody)),
        (Post, "/Jellyward/Api/Reset/PinLink",             Call(ResetPinLink, Anybody)),
        (Post, "/Jellyward/Api/Admin/Users/Reset",         Call(AdminUsersReset, Administrator)),
        (Get,  "/Jellyward/Api/Admin/Messages",            Call(AdminMessages, Administrator)),
        (Post, "/Jellyward/Api/Admin/Messages/Save",       Call(AdminMessagesSave, Administrator)),
        (Post, "/Jellyward/Api/Admin/Messages/Reset",      Call(AdminMessagesReset, Administrator)),
        (Post, "/Jellyward/Api/Admin/Messages/Preview",    Call(AdminMessagesPreview, Administrator)),
        (Post, "/Jellyward/Api/Admin/Messages/Send",       Call(AdminMessagesSend, Administrator)),
        (Get,  "/Jellyward/Api/Messages/Preview",          Call(MessagesPreview, Anybody)),
        (Get,  "/Jellyward/Undo",                          Show(Page::Undo)),
        (Get,  "/Jellyward/Api/Account/Email",             Call(AccountEmail, Person)),
        (Post, "/Jellyward/Api/Account/Email/Start",       Call(AccountEmailStart, Person)),
        (Post, "/Jellyward/Api/Account/Email/Resend",      Call(AccountEmailResend, Person)),
        (Post, "/Jellyward/Api/Account/Email/Confirm",     Call(AccountEmailConfirm, Person)),
        (Post, "/Jellyward/Api/Account/Email/Remove",      Call(AccountEmailRemove, Person)),
        (Post, "/Jellyward/Api/Address/Undo",              Call(AddressUndo, Anybody)),
        (Post, "/Jellyward/Api/Admin/Users/Email",         Call(AdminUsersEmail, Administrator)),
        (Post, "/Jellyward/Api/Challenge/SetUp",           Call(ChallengeSetUp, Anybody)),
        (Post, "/Jellyward/Api/Challenge/SetUp/Skip",      Call(ChallengeSetUpSkip, Anybody)),
        (Post, "/Jellyward/Api/Challenge/SetUp/Password",  Call(ChallengeSetUpPassword, Anybody)),
        (Post, "/Jellyward/Api/Challenge/SetUp/Email/Start", Call(ChallengeSetUpEmailStart, Anybody)),
        (Post, "/Jellyward/Api/Challenge/SetUp/Email/Resend", Call(ChallengeSetUpEmailResend, Anybody)),
        (Post, "/Jellyward/Api/Challenge/SetUp/Email/Confirm", Call(ChallengeSetUpEmailConfirm, Anybody)),
        (Post, "/Jellyward/Api/Challenge/Email",           Call(ChallengeEmail, Anybody)),
        (Post, "/Jellyward/Api/Challenge/Enrol/Email",     Call(ChallengeEnrolEmail, Anybody)),
        (Post, "/Jellyward/Api/Challenge/Enrol/Email/Confirm", Call(ChallengeEnrolEmailConfirm, Anybody)),
        (Post, "/Jellyward/Api/Account/Prove/Email",       Call(AccountProveEmail, Person)),
        (Post, "/Jellyward/Api/Account/MailCode/Start",    Call(AccountMailCodeStart, Person)),
        (Post, "/Jellyward/Api/Account/MailCode/Confirm",  Call(AccountMailCodeConfirm, Person)),
    ]
};

/// What a request is for.
pub enum Route {
    /// One of the pages.
    Page(Page),
    /// A script, the style, the texts.
    Asset(Asset),
    /// A call, its body parsed; empty for GET.
    Api(Api, Fields),
}

/// Does the engine answer this path, and how large a body does it take there?
pub fn owns(path: &str) -> Ownership {
    let below_root = path
        .get(..ROOT.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(ROOT))
        .then(|| &path[ROOT.len()..])
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let owned = below_root || rows(path).next().is_some();
    Ownership { owned, max_body: if owned { MAX_BODY } else { 0 } }
}

/// The paths that are ours outside of the folder: whoever hands requests over routes each of them by itself.
pub fn elsewhere() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(_, path, _)| *path).filter(|path| !path.starts_with(ROOT))
}

/// Finds what a request is for, and refuses what no handler should see.
///
/// In this order: unknown path 404, method 405, page of another site 403, caller 401 or 403, size 413, type 415,
/// JSON 400.
pub fn resolve(request: &Request, body: &[u8]) -> Result<Route, Problem> {
    let reads = matches!(request.method.as_str(), "GET" | "HEAD");
    if let Some(asset) = asset(&request.path) {
        return if reads { Ok(Route::Asset(asset)) } else { Err(wrong_method("GET, HEAD")) };
    }
    let (verb, place) = find(request, reads)?;
    let (call, who) = match place {
        Place::Show(page) => return Ok(Route::Page(page)),
        Place::Call(call, who) => (call, who),
    };
    if verb == Verb::Post && is_foreign(&request.origin) {
        return Err(Problem::new(Code::ForeignOrigin));
    }
    admit(who, request)?;
    let fields = match verb {
        Verb::Get => Fields::default(),
        Verb::Post => posted(request, body)?,
    };
    Ok(Route::Api(call, fields))
}

fn find(request: &Request, reads: bool) -> Result<(Verb, Place), Problem> {
    let posts = request.method == "POST";
    let wanted = |verb: Verb| (verb == Verb::Get && reads) || (verb == Verb::Post && posts);
    if let Some((verb, place)) = rows(&request.path).find(|(verb, _)| wanted(*verb)) {
        return Ok((verb, place));
    }
    let allowed: Vec<&str> = rows(&request.path).map(|(verb, _)| allow(verb)).collect();
    match allowed.as_slice() {
        [] => Err(Problem::new(Code::NotFound)),
        some => Err(wrong_method(&some.join(", "))),
    }
}

/// The rows of this path. Compared as sent: nothing is decoded, so `%2e`, `;x=y` and `//` are unknown paths.
fn rows(path: &str) -> impl Iterator<Item = (Verb, Place)> {
    let path = path.strip_suffix('/').unwrap_or(path);
    TABLE.iter().filter(move |(_, known, _)| known.eq_ignore_ascii_case(path)).map(|(verb, _, place)| (*verb, *place))
}

fn asset(path: &str) -> Option<Asset> {
    let name =
        path.get(..ASSETS.len()).filter(|start| start.eq_ignore_ascii_case(ASSETS)).map(|_| &path[ASSETS.len()..])?;
    Asset::named(name)
}

fn allow(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "GET, HEAD",
        Verb::Post => "POST",
    }
}

fn wrong_method(allowed: &str) -> Problem {
    Problem::new(Code::WrongMethod).header("Allow", allowed)
}

/// Is the caller one of those the call is for?
fn admit(who: Who, request: &Request) -> Result<(), Problem> {
    let refuse = |code| Err(Problem::new(code));
    match (who, &request.caller) {
        (Who::Anybody, _) => Ok(()),
        (_, None) => refuse(Code::SignIn),
        (Who::Person | Who::Administrator, Some(caller)) if caller.api_key || caller.user_id.is_none() => {
            refuse(Code::ApiKey)
        }
        (Who::Elevated | Who::Administrator, Some(caller)) if !caller.administrator => refuse(Code::NotAdministrator),
        _ => Ok(()),
    }
}

fn posted(request: &Request, body: &[u8]) -> Result<Fields, Problem> {
    if body.len() > MAX_BODY {
        return Err(Problem::new(Code::TooLarge));
    }
    if !is_json(request) {
        return Err(Problem::new(Code::WrongType));
    }
    Fields::parse(body)
}

/// One `Content-Type`, and it is JSON: a form of another site cannot send that without asking first.
fn is_json(request: &Request) -> bool {
    let mut types =
        request.origin.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Content-Type")).map(|(_, v)| v);
    let essence = |value: &String| value.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    types.next().map(essence).as_deref() == Some("application/json") && types.next().is_none()
}

#[cfg(test)]
mod tests;
