//! Hostile authenticator data: flags, counters, and what stands behind.

use jellyward::factor::passkey::{PasskeyError, Verification, finish_assertion};

use crate::desk::{Asserting, ORIGIN, Registering};
use jellyward::demo::security_key::{
    BACKED_UP, BACKUP_ELIGIBLE, HAS_CREDENTIAL, HAS_EXTENSIONS, PRESENT, SecurityKey, VERIFIED,
};

#[test]
fn somebody_must_be_there() {
    assert_eq!(Registering::new().when(|made| made.data.flags &= !PRESENT), Err(PasskeyError::NotPresent));
    let used = Asserting::when(&mut SecurityKey::new(1), |used| used.data.flags &= !PRESENT);
    assert_eq!(used, Err(PasskeyError::NotPresent));
}

#[test]
fn the_user_is_verified_where_it_is_required() {
    for (verification, verified, expected) in [
        (Verification::Required, true, Ok(true)),
        (Verification::Required, false, Err(PasskeyError::NotVerified)),
        (Verification::Preferred, true, Ok(true)),
        (Verification::Preferred, false, Ok(false)),
    ] {
        let flags = if verified { PRESENT | VERIFIED } else { PRESENT };
        let registering = Registering::with(verification, &[]);
        let made = registering.when(|made| made.data.flags = flags | HAS_CREDENTIAL);
        assert_eq!(made.map(|credential| credential.user_verified), expected, "{verification:?} {flags}");
        // Whatever was true at registration.
        for at_registration in [PRESENT, PRESENT | VERIFIED] {
            let mut key = SecurityKey::new(1);
            key.flags = at_registration;
            let asserting = Asserting::with(&mut key, verification, true);
            key.flags = flags;
            let used = asserting.finish(&key.get(&asserting.options, ORIGIN).json());
            assert_eq!(used.map(|asserted| asserted.user_verified), expected, "{verification:?} {flags}");
        }
    }
}

#[test]
fn backup_flags_do_not_contradict_each_other() {
    let made = Registering::new().when(|made| made.data.flags |= BACKED_UP);
    assert_eq!(made, Err(PasskeyError::BackupFlags));
    for (before, after) in [
        (PRESENT, PRESENT | BACKED_UP),
        (PRESENT, PRESENT | BACKUP_ELIGIBLE),
        (PRESENT, PRESENT | BACKUP_ELIGIBLE | BACKED_UP),
        (PRESENT | BACKUP_ELIGIBLE, PRESENT),
        (PRESENT | BACKUP_ELIGIBLE, PRESENT | BACKED_UP),
        (PRESENT | BACKUP_ELIGIBLE | BACKED_UP, PRESENT),
    ] {
        let mut key = SecurityKey::new(1);
        key.flags = before;
        let used = Asserting::when(&mut key, |used| used.data.flags = after);
        assert_eq!(used, Err(PasskeyError::BackupFlags), "{before:#b} {after:#b}");
    }
}

#[test]
fn a_counter_that_does_not_go_up_tells_of_a_copy() {
    for (stored, sent, fine) in [
        (0, 0, true),
        (0, 1, true),
        (1, 2, true),
        (5, u32::MAX, true),
        (1, 1, false),
        (5, 4, false),
        (5, 0, false),
        (u32::MAX, 0, false),
        (u32::MAX, u32::MAX, false),
    ] {
        let mut key = SecurityKey::new(1);
        let mut asserting = Asserting::with(&mut key, Verification::Preferred, true);
        asserting.credential.counter = stored;
        let mut used = key.get(&asserting.options, ORIGIN);
        used.data.counter = sent;
        let expected = if fine { Ok(sent) } else { Err(PasskeyError::PossibleClone) };
        assert_eq!(asserting.finish(&used.json()).map(|asserted| asserted.counter), expected, "{stored} {sent}");
        // A forger cannot accuse the owner's key: the signature is looked at first.
        let forged = used.json_with(|_| SecurityKey::new(2).get(&asserting.options, ORIGIN).signature());
        let refused = finish_assertion(&asserting.rp, &asserting.state, &forged, &asserting.credential);
        assert_eq!(refused, Err(PasskeyError::Signature));
    }
}

#[test]
fn the_data_ends_where_it_says() {
    let empty_map = 0xa0;
    for (more_flags, tail, fine) in [
        (0, &[][..], true),
        (0, &[0], false),
        (0, &[empty_map], false),
        (HAS_EXTENSIONS, &[], false),
        (HAS_EXTENSIONS, &[empty_map], true),
        (HAS_EXTENSIONS, &[empty_map, 0], false),
        (HAS_EXTENSIONS, &[empty_map, empty_map], false),
        (HAS_EXTENSIONS, &[0xa1], false),
        (HAS_EXTENSIONS, &[0x01], false),
        (HAS_EXTENSIONS, &[0xff], false),
        // Nobody knows these bits yet.
        (0x22, &[], true),
    ] {
        let made = Registering::new().when(|made| {
            made.data.flags |= more_flags;
            made.data.tail = tail.to_vec();
        });
        let used = Asserting::when(&mut SecurityKey::new(1), |used| {
            used.data.flags |= more_flags;
            used.data.tail = tail.to_vec();
        });
        let expected = if fine { Ok(()) } else { Err(PasskeyError::Malformed) };
        assert_eq!(made.map(|_| ()), expected, "{more_flags:#x} {tail:?}");
        assert_eq!(used.map(|_| ()), expected, "{more_flags:#x} {tail:?}");
    }
}

#[test]
fn a_credential_stands_in_registrations_and_nowhere_else() {
    let made = Registering::new().when(|made| made.data.flags &= !HAS_CREDENTIAL);
    assert_eq!(made, Err(PasskeyError::Malformed));
    let made = Registering::new().when(|made| {
        made.data.credential = None;
        made.data.flags &= !HAS_CREDENTIAL;
    });
    assert_eq!(made, Err(PasskeyError::Malformed));
    assert_eq!(Registering::new().when(|made| made.data.credential = None), Err(PasskeyError::Malformed));
    let mut key = SecurityKey::new(1);
    let own = key.cose(&[]);
    let used = Asserting::when(&mut key, |used| {
        used.data.flags |= HAS_CREDENTIAL;
        used.data.credential = Some((vec![1; 32], own.clone()));
    });
    assert_eq!(used, Err(PasskeyError::Malformed));
}

#[test]
fn the_browser_and_the_authenticator_mean_the_same_credential() {
    assert_eq!(Registering::new().when(|made| made.raw_id = vec![2; 32]), Err(PasskeyError::Malformed));
    for (length, fine) in [(0, false), (1, true), (1023, true), (1024, false), (4096, false)] {
        let made = Registering::new().when(|made| {
            made.raw_id = vec![3; length];
            made.data.credential = made.data.credential.take().map(|(_, key)| (vec![3; length], key));
        });
        assert_eq!(made.is_ok(), fine, "{length}");
    }
}
