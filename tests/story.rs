//! The story of the demo, as `jellyward --story` tells it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

/// Passwords cost less here than in the command; nothing in the story depends on what they cost.
const PASSWORD_ROUNDS: u32 = 1_000;

#[test]
fn every_step_of_the_story_holds() {
    let mut told = Vec::new();
    let held = jellyward::demo::story::tell(&mut told, PASSWORD_ROUNDS);
    let told = String::from_utf8(told).unwrap();
    assert!(held.is_ok(), "{told}\n{}", held.unwrap_err());
    assert!(told.contains("No session exists yet: 0 devices, 0 sessions."), "{told}");
    assert!(!told.contains('✗'), "{told}");
    for told_of in ["Her laptop makes a passkey.", "counts behind the laptop", "none was checked."] {
        assert!(told.contains(told_of), "{told_of} is missing: {told}");
    }
}
