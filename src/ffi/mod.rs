//! The C ABI. No rule lives here.
