//! The same stories once more, through the C ABI: documents, handles and callbacks as the plugin has them.
//!
//! What they tell stands in the files they come from; `tests/support/world.rs` goes the other way in when it is compiled in here.

#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::duplicate_mod, reason = "each story brings a world of its own")]

#[path = "direct.rs"]
mod direct;
#[path = "enrolment.rs"]
mod enrolment;
#[path = "limits.rs"]
mod limits;
#[path = "sign_in.rs"]
mod sign_in;
#[path = "step_up.rs"]
mod step_up;
mod support;

#[test]
fn they_do_go_through_it() {
    assert!(support::world::World::new().goes_through_the_abi());
}
