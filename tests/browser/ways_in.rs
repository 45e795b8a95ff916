//! The dashboard's list of a user's other ways in, each with a button that ends it.

use serde_json::{Value, json};

use super::stage::{Stage, stage};

const HOSTILE: &str = "Kodi <b>\u{202e}gnol</b>";

fn alice(stage: &Stage) -> String {
    let admin = super::stage::App { name: "Test", device: "asker" };
    let (_, session) = stage.app(&admin, "admin", "admin-demo");
    let token = session["AccessToken"].as_str().unwrap();
    let users = stage.call(&admin, Some(token), "/Jellyward/Api/Admin/Users?search=alice", None).1;
    users["users"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn each_other_way_in_is_listed_and_ended() {
    let Some(stage) = stage("each_other_way_in_is_listed_and_ended", "") else { return };
    let at = 1_700_000_000;
    let user = alice(&stage);
    let password = json!({"id": 4, "name": HOSTILE, "createdAt": at, "expiresAt": null, "binds": false, "boundTo": null, "lastUsedAt": at, "lastUsedApp": "Kodi", "lastUsedAddress": "192.0.2.9", "sessions": 1});
    let browser = json!({"id": 5, "name": "Firefox on Windows", "current": false, "createdAt": at, "expiresAt": at + 86_400, "usedAt": at, "network": "192.0.2.0/24"});
    let device = json!({"id": 6, "deviceName": "Old TV", "app": "Android TV", "network": "192.0.2.0/24", "createdAt": at, "usedAt": at});
    let list = |call: &str| format!("GET Admin/Users/{call}?user={user}");
    let (none, refused) = (json!({"items": []}), json!({"status": 404, "body": {"code": "unknown_browser"}}));
    stage.pretend(&json!({
        "GET Admin/Users?page=0&search=": {"total": 1, "page": 0, "pageSize": 50, "users": [{"id": user, "name": "alice", "administrator": false, "disabled": false, "lockout": false, "rule": "default", "required": false, "factors": [], "recoveryCodesLeft": 0, "email": null, "appPasswords": 1, "trustedBrowsers": 2, "devices": 1}]},
        (list("AppPasswords")): [{"allowed": true, "items": [password]}, none],
        (list("Browsers")): {"items": [browser]},
        (list("Devices")): {"window": 0, "again": true, "pending": [], "paired": [device]},
        "POST Admin/Users/AppPasswords/Revoke": {"ended": 1},
        "POST Admin/Users/Browsers/Forget": refused,
        "POST Admin/Users/Devices/Forget": {}
    }));
    stage.sign_in("admin");
    stage.is_home("admin");
    stage.open("/Jellyward/Dashboard");
    stage.browser.press("Users");
    stage.browser.click("button[aria-label='Manage alice']");
    stage.browser.read("One app password · 2 trusted browsers · One device that may come back");
    stage.browser.press("Other ways in");
    for words in ["Other ways in for alice", "Kodi <b> gnol", "Firefox on Windows", "Old TV"] {
        stage.browser.read(words);
    }
    stage.browser.comes_to("all('.jwd-name b').length", 0);
    stage.fits_phone_and_computer("dashboard-ways-in");
    let end = |at: usize, submit: &str| {
        stage.browser.run(&format!("all('.jwd-row button')[{at}].click()"));
        stage.browser.read("of alice?");
        stage.browser.press(submit);
    };
    end(0, "Revoke");
    stage.browser.read("opens nothing any more.");
    stage.browser.read("None.");
    assert_eq!(stage.asked("POST Admin/Users/AppPasswords/Revoke"), [json!({"user": user, "id": 4})]);
    end(0, "Forget");
    stage.browser.read("That browser is not trusted");
    end(1, "Forget");
    stage.browser.read("“Old TV” opens nothing any more.");
    assert_eq!(stage.asked("POST Admin/Users/Devices/Forget"), [json!({"user": user, "id": 6})]);
    stage.browser.press("Back to the users");
    stage.browser.read("One app password");
    assert_eq!(stage.asked("POST Admin/Users/LostPhone"), Vec::<Value>::new());
    stage.nothing_was_wrong();
}
