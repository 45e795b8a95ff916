//! What the fuzzers throw at the readers of strangers' bytes, a little of it with every `cargo test`: their seeds, and
//! mutations of them that are the same each time. `fuzz/README.md` says how to go on for longer.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

#[path = "../fuzz/targets/mod.rs"]
mod targets;

/// For each seed. Mail goes over a socket, and so gets fewer.
const MUTATIONS: usize = 1500;
const MAILS: usize = 150;

/// xorshift64: the same bytes each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below.max(1) as u64).unwrap()
    }
}

/// What breaks readers: ends of everything, in bytes, numbers and JSON.
const SPLINTERS: &[&[u8]] = &[
    b"\0",
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"null",
    b"true",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"\\ud800",
    b"\\u0000",
    b"\xff",
    b"\xc0\x80",
    b"\r\n",
    b"\n.\n",
    b"%2e%2e/",
    b"//",
    b"{{",
    b"}}",
    b"{%",
    b"%}",
    b"'",
    b"=",
    b";",
    b"@",
    b"AAAA",
    b"\xe2\x80\xae",
    b"250-",
    b"334 ",
];

fn mutated(seed: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.roll(3) {
        let (one, two) = (dice.roll(bytes.len() + 1), dice.roll(bytes.len() + 1));
        let (from, to) = (one.min(two), one.max(two));
        match dice.roll(7) {
            0 => drop(bytes.drain(from..to.min(from + 16))),
            1 => bytes.truncate(to),
            2 => drop(bytes.splice(from..from, SPLINTERS[dice.roll(SPLINTERS.len())].iter().copied())),
            3 => drop(bytes.splice(from..to.min(from + 4), SPLINTERS[dice.roll(SPLINTERS.len())].iter().copied())),
            4 => {
                let copied = bytes[from..to].to_vec();
                drop(bytes.splice(from..from, copied));
            }
            5 => {
                let cut = dice.roll(other.len() + 1);
                drop(bytes.splice(to.., other[cut..].iter().copied()));
            }
            _ => {
                if let Some(byte) = bytes.get_mut(from) {
                    *byte ^= 1 << dice.roll(8);
                }
            }
        }
        bytes.truncate(8192);
    }
    bytes
}

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(name);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

fn survives(name: &str, target: fn(&[u8]), mutations: usize) {
    let seeds = seeds(name);
    assert!(!seeds.is_empty());
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for (at, seed) in seeds.iter().enumerate() {
        target(seed);
        for _ in 0..mutations {
            let bytes = mutated(seed, &seeds[(at + 1) % seeds.len()], &mut dice);
            let whole = std::panic::catch_unwind(|| target(&bytes));
            assert!(whole.is_ok(), "put this into fuzz/seeds/{name}: {}", bytes.escape_ascii());
        }
    }
}

macro_rules! alive {
    ($($name:ident: $mutations:expr),*) => {
        $(
            #[test]
            fn $name() {
                survives(stringify!($name), targets::$name, $mutations);
            }
        )*

        /// Each has its program for the fuzzer, and is kept alive here.
        #[test]
        fn every_target_is_here() {
            let root = Path::new(env!("CARGO_MANIFEST_DIR"));
            let mut found: Vec<_> = fs::read_dir(root.join("fuzz/fuzz_targets")).unwrap().map(|file| file.unwrap().path()).collect();
            found.sort();
            let found: Vec<_> = found.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect();
            let mut here = [$(stringify!($name)),*];
            here.sort_unstable();
            assert_eq!(found, here);
            let manifest = fs::read_to_string(root.join("fuzz/Cargo.toml")).unwrap();
            assert!(here.iter().all(|name| manifest.contains(&format!("name = \"{name}\""))));
        }
    };
}

alive! {
    action: MUTATIONS, address: MUTATIONS, attempt: MUTATIONS, cookie: MUTATIONS, event: MUTATIONS, passkey: MUTATIONS,
    request: MUTATIONS, smtp: MAILS, template: MUTATIONS
}
