//! Keeps the library loadable on systems with an older glibc; `build.rs` says how. Empty on other systems.

use std::arch::global_asm;

// SAFETY: each function jumps to the C function it stands for, with the arguments that one has always taken.
global_asm!(include_str!(concat!(env!("OUT_DIR"), "/glibc.s")));
