//! What an account needs beside signing in: a good password to begin with.

pub mod password_rules;
