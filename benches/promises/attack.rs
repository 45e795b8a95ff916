//! Wrong tries from 100,000 addresses.

use crate::support::world::{Visitor, World};
use crate::{Figure, resident};

const ADDRESSES: u32 = 100_000;
/// Tries after which whatever grows once, the store's caches first of all, has grown.
const WARM: u32 = 50_000;

pub fn figures() -> Vec<Figure> {
    let world = World::new();
    let attack = |number: u32| {
        let from = Visitor::at(&format!("11.{}.{}.{}", number >> 16, (number >> 8) & 255, number & 255));
        // Names change too, else the delay of one account would end the attack at once.
        world.engine.login(&from.attempt(&format!("nobody {number}")), "wrong");
    };
    (0..100).for_each(attack);
    let quiet = resident();
    (100..WARM).for_each(attack);
    let warm = resident();
    (WARM..ADDRESSES).for_each(attack);
    let end = resident();
    vec![
        Figure::new("memory grown by wrong tries from 100,000 addresses", (end - quiet).max(0.0), 10.0, "MiB"),
        Figure::new("of that, by the second half of them", (end - warm).max(0.0), 1.0, "MiB"),
        Figure::new("tries still held in memory after them", world.engine.attempts_in_flight() as f64, 0.0, ""),
    ]
}
