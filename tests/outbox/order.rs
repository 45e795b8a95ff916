//! What waits for one reader does not keep from them what is good for less long.

use super::*;

#[test]
fn a_code_does_not_wait_behind_a_warning_that_is_stuck() {
    let world = world();
    let alice = world.user("alice", PASSWORD);
    world.postman.refuse(&later("452 mailbox full"), 9);
    told(&world, "alice@example.org", "warning", 3 * DAY, None).unwrap();
    for _ in 0..9 {
        world.pass(HOUR);
        world.engine.empty_outbox();
    }
    assert_eq!(carried(&world).len(), 9);
    told(&world, "alice@example.org", "another warning", 3 * DAY, None).unwrap();
    told(&world, "alice@example.org", "code", 300, Some(&alice)).unwrap();
    told(&world, "alice@example.org", "another code", 300, Some(&alice)).unwrap();
    world.engine.empty_outbox();
    assert_eq!(carried(&world)[9..], ["code", "another code"], "the mailbox has room again");
    world.pass(HOUR);
    world.engine.empty_outbox();
    assert_eq!(carried(&world)[11..], ["warning", "another warning"]);
}

#[test]
fn what_dies_before_an_older_one_is_tried_again_passes_it() {
    let world = world();
    let alice = world.user("alice", PASSWORD);
    world.postman.refuse(&Failure { retry_after: Some(600), ..later("452 mailbox full") }, 1);
    let tell = |what: &str, lives: i64| told(&world, "alice@example.org", what, lives, Some(&alice)).unwrap();
    tell("link", 1_800);
    world.engine.empty_outbox();
    tell("another link", 1_800);
    tell("code", 300);
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["link", "code"]);
    world.pass(600);
    world.engine.empty_outbox();
    assert_eq!(carried(&world), ["link", "code", "link", "another link"]);
}

#[test]
fn a_clock_that_ran_ahead_leaves_no_mailbox_shut() {
    let world = world();
    world.pass(2 * HOUR);
    for number in 0..MOST_FOR_ONE {
        tell(&world, "alice@example.org", &format!("m{number}"));
        world.engine.empty_outbox();
    }
    world.pass(-2 * HOUR);
    tell(&world, "alice@example.org", "now");
    // Nor does it shut later, once the time has come that it had shown.
    world.pass(2 * HOUR);
    tell(&world, "alice@example.org", "later");
}
