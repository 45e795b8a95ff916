//! Grown-up account care: addresses, forgotten passwords, what a password must be.

pub mod choose_password;
pub mod email;
pub mod links;
pub mod password_rules;
pub mod reset;
