use super::*;
use crate::clock::SystemRandomness;

// Made with Python's hashlib.pbkdf2_hmac over the UTF-8 bytes.
const PASSWORD: &str = "p\u{e4}55 word";
const SHA512: &str = concat!(
    "$PBKDF2-SHA512$iterations=1000$",
    "000102030405060708090A0B0C0D0E0F",
    "$",
    "4F5F68DB9FDC98AFC85486A5C286C6FF5B004B3C9E49E2D5CB40A2ED6B762AC515D683FDAD8E50872BB881471EB358C54017DC2EA6EEEFA72BF1FF124DAADCBF"
);
const SHA1: &str = concat!(
    "$PBKDF2$iterations=1000$",
    "000102030405060708090A0B0C0D0E0F",
    "$",
    "10C1FE4918FA8B8D0DAD613B8161932D1467D40421D73CE93BA9096828B9C83E"
);

#[test]
fn argon2id_at_the_stated_cost_verifies_only_itself() {
    let stored = hash(PASSWORD, &SystemRandomness).unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
    assert_eq!(verify(PASSWORD, &stored), Ok(true));
    assert_eq!(verify("p\u{e4}55 worD", &stored), Ok(false));
    assert_eq!(verify("", &stored), Ok(false));
    assert_ne!(stored, hash(PASSWORD, &SystemRandomness).unwrap());
}

#[test]
fn a_hash_made_elsewhere_verifies() {
    // Argon2's own reference program: `echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1`.
    let stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assert_eq!(verify("password", stored), Ok(true));
    assert_eq!(verify("Password", stored), Ok(false));
}

#[test]
fn a_costly_or_broken_argon2_string_is_not_computed() {
    let tail = "$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    for cost in ["m=4194304,t=2,p=1", "m=65536,t=4000000000,p=1", "m=65536,t=2,p=200"] {
        assert_eq!(verify("x", &format!("$argon2id$v=19${cost}{tail}")), Err(PasswordError::TooCostly), "{cost}");
    }
    let long = "$argon2id$".repeat(100);
    for broken in
        ["", "$", "plain", SHA512, "$argon2id$v=19$m=65536,t=2,p=1", "$argon2id$v=19$m=1,t=0,p=0$AA$AA", &long]
    {
        assert_eq!(verify("x", broken), Err(PasswordError::Malformed), "{broken}");
    }
}

#[test]
fn jellyfins_forms_verify() {
    let lower = |stored: &str| stored.to_lowercase().replace("pbkdf2-sha512", "PBKDF2-SHA512");
    for stored in [SHA512, SHA1, &lower(SHA512)] {
        assert_eq!(verify_jellyfin(PASSWORD, stored), Ok(true), "{stored}");
        assert_eq!(verify_jellyfin("pa55 word", stored), Ok(false));
    }
}

#[test]
fn another_count_or_salt_is_another_hash() {
    assert_eq!(verify_jellyfin(PASSWORD, &SHA512.replace("=1000", "=1001")), Ok(false));
    assert_eq!(verify_jellyfin(PASSWORD, &SHA512.replace("$0001", "$0002")), Ok(false));
}

#[test]
fn hostile_stored_hashes_are_refused_before_any_work() {
    for iterations in ["2000001", "4294967295", "4294967296", "99999999999999999999"] {
        let stored = SHA512.replace("=1000", &format!("={iterations}"));
        assert_eq!(verify_jellyfin(PASSWORD, &stored), Err(PasswordError::TooCostly), "{iterations}");
    }
    let cut = &SHA512[..SHA512.len() - 2];
    let longer = format!("{SHA512}00");
    for stored in [
        "",
        "$",
        "$$$$",
        "PBKDF2",
        "$MD5$iterations=1$00$00",
        "$PBKDF2-SHA512$iterations=1000$",
        "$PBKDF2-SHA512$iterations=1000$00$",
        "$PBKDF2-SHA512$iterations=1000$zz$00",
        cut,
        &longer,
        &SHA512.replace("=1000", "=0"),
        &SHA512.replace("=1000", "=-1"),
        &SHA512.replace("=1000", "=+1000"),
        &SHA512.replace("=1000", "="),
        &SHA512.replace("iterations=1000", "rounds=1000"),
        &format!("{SHA512}$00"),
        &SHA512.replace("PBKDF2-SHA512", "PBKDF2"),
        &format!("$PBKDF2-SHA512$iterations=1${}$00", "00".repeat(1000)),
    ] {
        assert_eq!(verify_jellyfin(PASSWORD, stored), Err(PasswordError::Malformed), "{stored}");
    }
}

#[test]
fn a_password_beyond_any_reason_is_refused() {
    let long = "x".repeat(LONGEST + 1);
    assert_eq!(hash(&long, &SystemRandomness), Err(PasswordError::TooLong));
    assert_eq!(verify(&long, ""), Err(PasswordError::TooLong));
    assert_eq!(verify_jellyfin(&long, SHA512), Err(PasswordError::TooLong));
    assert_eq!(verify_jellyfin(&"x".repeat(LONGEST), SHA512), Ok(false));
}
