//! Wrong tries from 100,000 addresses.

use crate::support::world::{Visitor, World};
use crate::{Figure, resident};

const ADDRESSES: u32 = 100_000;
/// Tries after which whatever grows once has grown.
const WARM: u32 = 5_000;

pub fn figures() -> Vec<Figure> {
    let world = World::new();
    let attack = |number: u32| {
        let from = Visitor::at(&format!("11.{}.{}.{}", number >> 16, (number >> 8) & 255, number & 255));
        // Names change too, else the delay of one account would end the attack at once.
        world.engine.login(&from.attempt(&format!("nobody {number}")), "wrong");
    };
    (0..WARM).for_each(attack);
    let before = resident();
    (WARM..ADDRESSES).for_each(attack);
    let grown = (resident() - before).max(0.0);
    vec![
        Figure::new("memory grown by wrong tries from 100,000 addresses", grown, 10.0, "MiB"),
        Figure::new("tries still held in memory after them", world.engine.attempts_in_flight() as f64, 0.0, ""),
    ]
}
