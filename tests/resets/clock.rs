//! A clock that ran ahead, and was set back.

use super::*;
use crate::support::mailbox::{code_to, mail_to, mails_to, token_in};

#[test]
fn what_was_asked_for_while_the_clock_ran_ahead_keeps_nobody_from_a_reset() {
    for ahead in [10 * 60, 2 * 60 * 60, 365 * 24 * 60 * 60] {
        let (world, _) = ready();
        let from = Visitor::at("203.0.113.5");
        world.pass(ahead);
        for _ in 0..5 {
            ask(&world, &from, "alice");
            world.engine.empty_outbox();
        }
        let old = token_in(&mail_to(&world, ADDRESS));
        for number in 0..10 {
            assert_eq!(refusal(&by_link(&world, &from, &format!("x{number}"), NEW)), "reset_gone");
        }
        world.pass(-ahead);
        assert_eq!(refusal(&by_link(&world, &from, "x", NEW)), "reset_gone");
        let before = mails_to(&world, ADDRESS).len();
        let asked = ask(&world, &from, "alice");
        assert_eq!(mails_to(&world, ADDRESS).len(), before + 1, "{ahead} seconds ahead");
        assert_eq!(refusal(&by_link(&world, &from, &old, NEW)), "reset_gone", "it would outlive its time");
        assert_eq!(by_code(&world, &from, &asked, &code_to(&world, ADDRESS), NEW).status, 200);
    }
}

#[test]
fn a_clock_that_is_set_right_by_seconds_voids_nothing() {
    let (world, _) = ready();
    let from = Visitor::at("203.0.113.5");
    let asked = ask(&world, &from, "alice");
    let code = code_to(&world, ADDRESS);
    world.pass(-5);
    ask(&world, &Visitor::at("203.0.113.6"), "alice");
    assert_eq!(by_code(&world, &from, &asked, &code, NEW).status, 200);
}
