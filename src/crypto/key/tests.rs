use super::*;
use crate::clock::SystemRandomness;

const NOTHING: &dyn Fn(&str) -> Option<String> = &|_| None;

struct Nothing;
impl Randomness for Nothing {
    fn fill(&self, _: &mut [u8]) -> Result<(), NoRandomness> {
        Err(NoRandomness)
    }
}

fn load(folder: &Path, store_exists: bool) -> Result<MasterKey, KeyError> {
    MasterKey::load_with(NOTHING, folder, store_exists, &SystemRandomness)
}

fn failure(outcome: Result<MasterKey, KeyError>) -> KeyError {
    outcome.err().expect("must be refused")
}

#[test]
fn derives_as_rfc_5869_says() {
    // Expected values: RFC 5869, sections 2.2 and 2.3, written out with Python's hmac.
    let key = MasterKey::from_bytes([0x0b; 32]);
    assert_eq!(
        HEXLOWER.encode(key.derive("").as_bytes()),
        "27488977d7c845fa17e618b4e225651a0a417521175396f455da2c465679eea8"
    );
    assert_eq!(
        HEXLOWER.encode(key.derive("sealed columns").as_bytes()),
        "3e8df8b3583384c1ce63ef722317af31fed1b122ff92e61314bde486ec113f8f"
    );
}

#[test]
fn purposes_and_keys_are_apart() {
    let (one, two) = (MasterKey::from_bytes([1; 32]), MasterKey::from_bytes([2; 32]));
    assert_ne!(one.derive("a").as_bytes(), one.derive("b").as_bytes());
    assert_ne!(one.check_value(), two.check_value());
    assert_ne!(&one.check_value(), one.derive("sealed columns").as_bytes());
}

#[test]
fn is_made_once_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let first = load(folder.path(), false).unwrap();
    let written = fs::read_to_string(folder.path().join(KEY_FILE)).unwrap();
    assert_eq!(written, format!("{}\n", HEXLOWER.encode(&first.0)));
    assert_eq!(load(folder.path(), false).unwrap().0, first.0);
    assert_eq!(load(folder.path(), true).unwrap().0, first.0);
    assert_ne!(first.0, [0; 32]);
}

#[cfg(unix)]
#[test]
fn is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    load(folder.path(), false).unwrap();
    let path = folder.path().join(KEY_FILE);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    for mode in [0o640, 0o604, 0o620, 0o644] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let text = failure(load(folder.path(), true)).to_string();
        assert!(text.contains("chmod 600") && text.contains(&format!("{mode:o}")), "{text}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    load(folder.path(), true).unwrap();
}

#[test]
fn is_never_made_anew_over_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let error = failure(load(folder.path(), true));
    assert!(matches!(&error, KeyError::Missing(path) if path.ends_with(KEY_FILE)));
    assert!(error.to_string().contains("restore the key file"), "{error}");
    assert!(!folder.path().join(KEY_FILE).exists());
}

#[test]
fn a_file_that_is_no_key_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    load(folder.path(), false).unwrap();
    let path = folder.path().join(KEY_FILE);
    for content in [&b""[..], b"\n", b"00", &[b'0'; 63], &[b'0'; 66], &[b'0'; 5000], b"\xff\xfe", &[b'g'; 64]] {
        fs::write(&path, content).unwrap();
        assert!(matches!(failure(load(folder.path(), false)), KeyError::Malformed(_)));
        assert_eq!(fs::read(&path).unwrap(), content);
    }
}

#[test]
fn comes_from_the_environment_first_then_from_a_secret_file() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    fs::write(&secret, format!(" {}\r\n", BASE64.encode(&[7; 32]))).unwrap();
    let secret = secret.display().to_string();
    let file = move |name: &str| (name == KEY_FILE_VARIABLE).then(|| secret.clone());
    let both = |name: &str| (name == KEY_VARIABLE).then(|| HEXLOWER.encode(&[9; 32])).or_else(|| file(name));
    let load = |environment: &dyn Fn(&str) -> Option<String>| {
        MasterKey::load_with(environment, folder.path(), true, &SystemRandomness)
    };
    assert_eq!(load(&file).unwrap().0, [7; 32]);
    assert_eq!(load(&both).unwrap().0, [9; 32]);
    assert!(!folder.path().join(KEY_FILE).exists());
}

#[test]
fn every_usual_spelling_is_read() {
    let bytes: [u8; 32] = std::array::from_fn(|i| (i as u8).wrapping_mul(37) ^ 0xfb);
    for text in [
        HEXLOWER.encode(&bytes),
        HEXLOWER.encode(&bytes).to_uppercase(),
        BASE64.encode(&bytes),
        BASE64_NOPAD.encode(&bytes),
        BASE64URL.encode(&bytes),
        BASE64URL_NOPAD.encode(&bytes),
    ] {
        assert_eq!(MasterKey::parse(&text).map(|key| key.0), Some(bytes), "{text}");
    }
}

#[test]
fn a_broken_source_is_an_error_and_never_skipped() {
    let folder = tempfile::tempdir().unwrap();
    for variable in [KEY_VARIABLE, KEY_FILE_VARIABLE] {
        for value in ["", "short", "/nowhere/at/all"] {
            let environment = |name: &str| (name == variable).then(|| value.to_owned());
            failure(MasterKey::load_with(&environment, folder.path(), false, &SystemRandomness));
            assert!(!folder.path().join(KEY_FILE).exists());
        }
    }
    // The text itself is never repeated in the message.
    let environment = |name: &str| (name == KEY_VARIABLE).then(|| "hunter2".to_owned());
    let error = failure(MasterKey::load_with(&environment, folder.path(), false, &SystemRandomness));
    assert!(!error.to_string().contains("hunter2"));
}

#[test]
fn without_randomness_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = MasterKey::load_with(NOTHING, folder.path(), false, &Nothing);
    assert!(matches!(failure(outcome), KeyError::NoRandomness(_)));
    assert!(!folder.path().join(KEY_FILE).exists());
}
