use super::*;
use crate::clock::SystemRandomness;
use crate::factor::qr;

const SECRET: &[u8] = b"12345678901234567890";

fn totp() -> Totp {
    Totp::new(SECRET, Parameters::default()).unwrap()
}

/// The ASCII digits repeated to `length` (RFC 6238, appendix A, with its erratum).
fn rfc_secret(length: usize) -> Vec<u8> {
    b"1234567890".iter().copied().cycle().take(length).collect()
}

#[test]
fn rfc_4226_appendix_d() {
    let codes = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    for (count, code) in codes.into_iter().enumerate() {
        let now = count as i64 * 30 + 29;
        assert_eq!(totp().code_at(now), code);
        assert_eq!(totp().matching_step(code, now), Some(count as u64));
    }
}

#[test]
fn rfc_6238_appendix_b() {
    let times = [59, 1111111109, 1111111111, 1234567890, 2000000000, 20000000000];
    let rows = [
        (Algorithm::Sha1, 20, ["94287082", "07081804", "14050471", "89005924", "69279037", "65353130"]),
        (Algorithm::Sha256, 32, ["46119246", "68084774", "67062674", "91819424", "90698825", "77737706"]),
        (Algorithm::Sha512, 64, ["90693936", "25091201", "99943326", "93441116", "38618901", "47863826"]),
    ];
    for (algorithm, length, codes) in rows {
        let parameters = Parameters { algorithm, digits: 8, ..Parameters::default() };
        let totp = Totp::new(&rfc_secret(length), parameters).unwrap();
        for (time, code) in times.into_iter().zip(codes) {
            assert_eq!(totp.code_at(time), code);
            assert_eq!(totp.matching_step(code, time), Some(time as u64 / 30));
        }
    }
}

#[test]
fn one_step_to_each_side_and_no_more() {
    let now = 1_000_000_020; // inside step 33333334
    for (away, expected) in
        [(-2, None), (-1, Some(33_333_333)), (0, Some(33_333_334)), (1, Some(33_333_335)), (2, None)]
    {
        let code = totp().code_at(now + away * 30);
        assert_eq!(totp().matching_step(&code, now), expected, "{away} steps away");
    }
}

#[test]
fn blanks_are_ignored() {
    let now = 1_234_567_890;
    let code = totp().code_at(now);
    for typed in [format!("{} {}", &code[..3], &code[3..]), format!(" {code}\n"), format!("\t{code}\r\n")] {
        assert!(totp().matching_step(&typed, now).is_some(), "{typed:?}");
    }
}

#[test]
fn hostile_codes_are_wrong_codes() {
    let now = 1_234_567_890;
    let code = totp().code_at(now);
    for typed in [
        "".to_owned(),
        " ".to_owned(),
        code[..5].to_owned(),
        format!("{code}0"),
        format!("0{code}"),
        "7".repeat(6000),
        format!("{code}{}", " ".repeat(6000)),
        "-12345".to_owned(),
        "+12345".to_owned(),
        format!("-{code}"),
        "000000".to_owned(),
        "\0\0\0\0\0\0".to_owned(),
        "\0\0\0\0\0\0\0\0".to_owned(),
        code.chars().map(|c| char::from_u32(c as u32 - 0x30 + 0xff10).unwrap()).collect(),
        code.chars().map(|c| char::from_u32(c as u32 - 0x30 + 0x660).unwrap()).collect(),
        format!("{code}\u{a0}"),
        "0x1234".to_owned(),
        "1e5000".to_owned(),
    ] {
        assert_eq!(totp().matching_step(&typed, now), None, "{typed:?}");
    }
}

#[test]
fn six_zeroes_are_a_code_like_any_other_and_nothing_else_counts_as_them() {
    let step = 349_495; // whose code is 000000
    let now = step as i64 * 30;
    assert_eq!(totp().matching_step("000000", now), Some(step));
    for typed in ["", "0", "00000", "0000000", "-00000", "00000x", &"0".repeat(6000)] {
        assert_eq!(totp().matching_step(typed, now), None, "{typed:.10}");
    }
}

#[test]
fn hostile_times_do_not_panic() {
    for now in [i64::MIN, -1] {
        assert_eq!(totp().matching_step("755224", now), None);
        assert_eq!(totp().code_at(now), "");
    }
    for now in [0, i64::MAX] {
        let code = totp().code_at(now);
        assert_eq!(totp().matching_step(&code, now), Some(now as u64 / 30));
    }
}

#[test]
fn parameters_are_bounded() {
    let with = |digits, period| Totp::new(SECRET, Parameters { digits, period, ..Parameters::default() }).err();
    for digits in [0, 5, 9, 10, 255] {
        assert_eq!(with(digits, 30), Some(TotpError::Digits));
    }
    for period in [0, 9, 301, u32::MAX] {
        assert_eq!(with(6, period), Some(TotpError::Period));
    }
    for length in [0, 15, 129] {
        assert_eq!(Totp::new(&vec![1; length], Parameters::default()).err(), Some(TotpError::Secret));
    }
    for digits in 6..=8 {
        assert_eq!(with(digits, 30), None);
    }
}

#[test]
fn the_address_is_what_apps_read() {
    let address = uri(SECRET, Parameters::default(), "Jellyward", "alice").unwrap();
    let read = totp_rs::Totp::from_url(&address).unwrap();
    assert_eq!((read.issuer(), read.account_name()), (Some("Jellyward"), "alice"));
    assert_eq!(read.secret().as_bytes(), SECRET);
    assert!(
        address.starts_with("otpauth://totp/Jellyward:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
        "{address:?}"
    );

    let all = Parameters { algorithm: Algorithm::Sha512, digits: 8, period: 60 };
    let read = totp_rs::Totp::from_url(uri(SECRET, all, "J", "a").unwrap().as_str()).unwrap();
    assert_eq!((read.algorithm(), read.digits(), read.step()), (totp_rs::Algorithm::SHA512, 8, 60));
}

#[test]
fn hostile_names_stay_inside_their_label() {
    let long = "ä".repeat(5000);
    for name in
        [":", "a:b", "a%3Ab", "a?secret=AAAA&issuer=x", "../..", "a\0b\nc", "\u{202e}ecila", "<b>", "é/ü#", &long]
    {
        for (issuer, account) in [(name, "alice"), ("Jellyward", name), (name, name)] {
            let address = uri(SECRET, Parameters::default(), issuer, account).unwrap();
            let read = totp_rs::Totp::from_url(&address).unwrap();
            assert_eq!(read.secret().as_bytes(), SECRET, "{address:?}");
            assert_eq!((read.issuer(), read.account_name()), (Some(&*label(issuer)), &*label(account)), "{address:?}");
            assert!(
                address.is_ascii() && !address.contains(char::is_control) && address.len() <= qr::LONGEST,
                "{address:?}"
            );
        }
    }
    assert_eq!(uri(SECRET, Parameters::default(), "J", " "), Err(TotpError::Account));
    assert!(uri(SECRET, Parameters::default(), "", "alice").unwrap().starts_with("otpauth://totp/alice?"));
}

#[test]
fn secrets_are_new_and_readable() {
    let (one, two) = (generate_secret(&SystemRandomness).unwrap(), generate_secret(&SystemRandomness).unwrap());
    assert_eq!(one.len(), SECRET_BYTES);
    assert_ne!(*one, *two);
    assert_eq!(*secret_text(SECRET), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

#[test]
fn parameters_are_spelled_in_lower_case() {
    let text = r#"{"algorithm":"sha1","digits":6,"period":30}"#;
    assert_eq!(serde_json::to_string(&Parameters::default()).unwrap(), text);
    assert_eq!(serde_json::from_str::<Parameters>(text).unwrap(), Parameters::default());
}
