//! JSON as Jellyfin 10.11 shapes it: property names in Pascal case, ids without dashes, times in ISO 8601.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::book::{Device, User};
use super::jellyfin::{Jellyfin, PROVIDER, Session};
use crate::clock::Seconds;

/// The version the demo says it is.
pub const VERSION: &str = "10.11.11";
/// What the server calls itself.
const SERVER_NAME: &str = "Jellyward demo";

/// `AuthenticationResult`.
pub fn authentication_result(jellyfin: &Jellyfin, owner: &User, made: &Session) -> Value {
    json!({
        "User": user(jellyfin, owner),
        "SessionInfo": session(jellyfin, owner, made),
        "AccessToken": made.device.token,
        "ServerId": jellyfin.server_id(),
    })
}

/// `UserDto`.
pub fn user(jellyfin: &Jellyfin, user: &User) -> Value {
    let protected = user.password.is_some();
    json!({
        "Name": user.name,
        "ServerId": jellyfin.server_id(),
        "Id": user.id.to_string(),
        "HasPassword": protected,
        "HasConfiguredPassword": protected,
        "HasConfiguredEasyPassword": false,
        "EnableAutoLogin": false,
        "Configuration": {
            "PlayDefaultAudioTrack": true,
            "SubtitleLanguagePreference": "",
            "DisplayMissingEpisodes": false,
            "GroupedFolders": [],
            "SubtitleMode": "Default",
            "DisplayCollectionsView": false,
            "EnableLocalPassword": false,
            "OrderedViews": [],
            "LatestItemsExcludes": [],
            "MyMediaExcludes": [],
            "HidePlayedInLatest": true,
            "RememberAudioSelections": true,
            "RememberSubtitleSelections": true,
            "EnableNextEpisodeAutoPlay": true,
            "CastReceiverId": "F007D354",
        },
        "Policy": policy(user),
    })
}

/// `UserPolicy`: what the demo knows of a user, then what is the same for all.
fn policy(user: &User) -> Value {
    let own = json!({
        "IsAdministrator": user.administrator,
        "IsHidden": false,
        "IsDisabled": user.disabled,
        "EnableRemoteAccess": user.remote_allowed,
        "EnableRemoteControlOfOtherUsers": user.administrator,
        "AuthenticationProviderId": PROVIDER,
        "PasswordResetProviderId": "Jellyfin.Server.Implementations.Users.DefaultPasswordResetProvider",
    });
    let allowed = json!({
        "EnableUserPreferenceAccess": true,
        "EnableSharedDeviceControl": true,
        "EnableMediaPlayback": true,
        "EnableAudioPlaybackTranscoding": true,
        "EnableVideoPlaybackTranscoding": true,
        "EnablePlaybackRemuxing": true,
        "EnableContentDownloading": true,
        "EnableSyncTranscoding": true,
        "EnableMediaConversion": true,
        "EnableAllDevices": true,
        "EnableAllChannels": true,
        "EnableAllFolders": true,
        "EnablePublicSharing": true,
        "SyncPlayAccess": "CreateAndJoinGroups",
        "LoginAttemptsBeforeLockout": -1,
    });
    let withheld = json!({
        "EnableCollectionManagement": false,
        "EnableSubtitleManagement": false,
        "EnableLyricManagement": false,
        "EnableLiveTvManagement": false,
        "EnableLiveTvAccess": false,
        "ForceRemoteSourceTranscoding": false,
        "EnableContentDeletion": false,
        "InvalidLoginAttemptCount": 0,
        "MaxActiveSessions": 0,
        "RemoteClientBitrateLimit": 0,
    });
    let lists = json!({
        "BlockedTags": [],
        "AllowedTags": [],
        "AccessSchedules": [],
        "BlockUnratedItems": [],
        "EnableContentDeletionFromFolders": [],
        "EnabledDevices": [],
        "EnabledChannels": [],
        "EnabledFolders": [],
        "BlockedMediaFolders": [],
        "BlockedChannels": [],
    });
    merged([own, allowed, withheld, lists])
}

/// One object of several.
fn merged<const N: usize>(parts: [Value; N]) -> Value {
    Value::Object(parts.into_iter().filter_map(|part| part.as_object().cloned()).flatten().collect())
}

/// `SessionInfoDto`.
pub fn session(jellyfin: &Jellyfin, owner: &User, session: &Session) -> Value {
    json!({
        "PlayState": {"CanSeek": false, "IsPaused": false, "IsMuted": false, "RepeatMode": "RepeatNone",
                      "PlaybackOrder": "Default"},
        "AdditionalUsers": [],
        "Capabilities": {"PlayableMediaTypes": [], "SupportedCommands": [], "SupportsMediaControl": false,
                         "SupportsPersistentIdentifier": true},
        "RemoteEndPoint": session.remote,
        "PlayableMediaTypes": [],
        "Id": session.id,
        "UserId": owner.id.to_string(),
        "UserName": owner.name,
        "Client": session.device.app,
        "LastActivityDate": time(session.seen),
        "LastPlaybackCheckIn": "0001-01-01T00:00:00.0000000Z",
        "DeviceName": session.device.device_name,
        "DeviceId": session.device.device_id,
        "ApplicationVersion": session.device.version,
        "IsActive": true,
        "SupportsMediaControl": false,
        "SupportsRemoteControl": false,
        "NowPlayingQueue": [],
        "NowPlayingQueueFullItems": [],
        "HasCustomDeviceName": false,
        "ServerId": jellyfin.server_id(),
        "SupportedCommands": [],
    })
}

/// `DeviceInfoDto`; without the token, which Jellyfin blanks since 10.11.
pub fn device(owner: Option<&User>, device: &Device) -> Value {
    json!({
        "Name": device.device_name,
        "CustomName": null,
        "Id": device.device_id,
        "LastUserName": owner.map(|user| &user.name),
        "AppName": device.app,
        "AppVersion": device.version,
        "LastUserId": device.user.to_string(),
        "DateLastActivity": time(device.created),
        "Capabilities": {"PlayableMediaTypes": [], "SupportedCommands": []},
    })
}

/// `PublicSystemInfo`; with more of it, `SystemInfo`.
pub fn system(jellyfin: &Jellyfin, address: &str, whole: bool) -> Value {
    let mut info = json!({
        "LocalAddress": address,
        "ServerName": SERVER_NAME,
        "Version": VERSION,
        "ProductName": "Jellyfin Server",
        "OperatingSystem": "",
        "Id": jellyfin.server_id(),
        "StartupWizardCompleted": true,
    });
    if whole && let Some(fields) = info.as_object_mut() {
        for (name, value) in [
            ("HasPendingRestart", json!(false)),
            ("IsShuttingDown", json!(false)),
            ("SupportsLibraryMonitor", json!(true)),
            ("CompletedInstallations", json!([])),
            ("CanSelfRestart", json!(false)),
            ("CanLaunchWebBrowser", json!(false)),
            ("HasUpdateAvailable", json!(false)),
            ("CastReceiverApplications", json!([])),
        ] {
            fields.insert(name.to_owned(), value);
        }
    }
    info
}

/// An empty page of a library query.
pub fn no_items() -> Value {
    json!({"Items": [], "TotalRecordCount": 0, "StartIndex": 0})
}

/// ISO 8601 in UTC with .NET's seven decimals.
pub fn time(at: Seconds) -> String {
    let at = Timestamp::from_second(at).unwrap_or(Timestamp::UNIX_EPOCH);
    at.strftime("%Y-%m-%dT%H:%M:%S.0000000Z").to_string()
}
