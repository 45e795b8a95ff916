//! What was used up for a session that Jellyfin then refused is good for another try.

use std::sync::atomic::Ordering;

use jellyward::engine::Event;
use jellyward::gate::verdict::Outcome;
use serde_json::json;

use crate::support::mailbox::set_up_mail;
use crate::support::world::{Visitor, body, codes};
use crate::{House, PASSWORD};

#[test]
fn an_approval_is_not_lost_when_jellyfin_has_no_room() {
    let house = House::new();
    house.tv(PASSWORD);
    let id = house.get("Devices")["pending"][0]["id"].clone();
    assert_eq!(house.post("Devices/Approve", &json!({ "id": id, "proof": house.proof() })).status, 200);
    house.world.pass(10 * 60 - 1);
    house.world.jellyfin.refuse_mint.store(true, Ordering::SeqCst);
    assert_eq!(house.from(&house.tv, PASSWORD).status, 403);
    house.world.jellyfin.refuse_mint.store(false, Ordering::SeqCst);
    house.world.pass(59);
    assert_eq!(house.from(&Visitor::app_at("203.0.113.21"), PASSWORD).outcome, Outcome::Challenge, "it is that one's");
    assert_eq!(house.tv(PASSWORD), Outcome::Allow);
    assert_eq!(house.tv(PASSWORD), Outcome::Challenge, "one session, no more");
}

#[test]
fn an_approval_does_not_come_back_after_everything_was_revoked() {
    let house = House::new();
    house.tv(PASSWORD);
    let id = house.get("Devices")["pending"][0]["id"].clone();
    assert_eq!(house.post("Devices/Approve", &json!({ "id": id, "proof": house.proof() })).status, 200);
    house.world.jellyfin.refuse_mint.store(true, Ordering::SeqCst);
    assert_eq!(house.from(&house.tv, PASSWORD).status, 403);
    house.world.jellyfin.refuse_mint.store(false, Ordering::SeqCst);
    let alice = house.owner.token.as_ref().unwrap().0;
    house.world.engine.event(&Event::PasswordChanged { user_id: alice });
    assert_eq!(house.tv(PASSWORD), Outcome::Challenge);
}

#[test]
fn a_recovery_code_is_not_lost_when_jellyfin_has_no_room() {
    let house = House::new();
    let kept = codes(&body(&house.post("Recovery/Renew", &json!({}))));
    let typed = format!("{PASSWORD} {}", kept[0]);
    house.world.jellyfin.refuse_mint.store(true, Ordering::SeqCst);
    assert_eq!(house.from(&house.tv, &typed).status, 403);
    house.world.jellyfin.refuse_mint.store(false, Ordering::SeqCst);
    assert_eq!(house.tv(&typed), Outcome::Allow);
    assert_eq!(house.tv(&typed), Outcome::Refuse, "one session, no more");
    assert_eq!(house.account()["recoveryCodesLeft"], 9);
}

#[test]
fn an_app_that_is_refused_all_the_same_spends_no_recovery_code() {
    let house = House::new();
    let kept = codes(&body(&house.post("Recovery/Renew", &json!({}))));
    set_up_mail(&house.world);
    house.world.set(&json!({ "email.required": "required" }));
    let typed = format!("{PASSWORD} {}", kept[0]);
    assert_eq!(house.from(&house.tv, &typed).status, 401, "it cannot enter an address");
    assert_eq!(house.account()["recoveryCodesLeft"], 10);
    house.world.set(&json!({ "email.required": "off" }));
    assert_eq!(house.tv(&typed), Outcome::Allow);
}
