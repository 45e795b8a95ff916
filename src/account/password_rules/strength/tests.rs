use super::{Hint, Strength, strength};

const ALICE: &[&str] = &["alice", "alice.wonder@example.org"];

fn score(password: &str) -> u8 {
    strength(password, ALICE).score
}

#[test]
fn scores_are_those_one_would_give() {
    for (expected, passwords) in [
        (
            0,
            &[
                "",
                "a",
                "password",
                "Password1",
                "aaaaaaaaaa",
                "1234567890",
                "qwertyuiop",
                "alice",
                "drowssap",
                "abcabcabcabc",
                "2026",
            ][..],
        ),
        (1, &["alice1987", "sunshine99", "P4ssw0rd!", "asdfghjkl123", "01.02.1987", "photosynthese"]),
        (4, &["kf8#Lw2!xq", "seven herons waded upstream", "correct donkey battery paperclip 7", "xK9$mQ2vLp7&"]),
    ] {
        for password in passwords {
            let found = score(password);
            let near = if expected == 1 { (1..=2).contains(&found) } else { found == expected };
            assert!(near, "{password}: {found}, not {expected}");
        }
    }
}

#[test]
fn a_password_is_not_harder_for_a_pattern_added_in_front() {
    for (weak, expected) in [
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0),
        ("abcdefghijklmnopqrstuvwxyz", 0),
        ("passwordpasswordpassword", 0),
        ("1234567812345678", 1),
        ("qwertyuiopasdfghjkl", 2),
        ("zyxwvutsrq", 0),
    ] {
        let found = score(weak);
        assert!(found <= expected, "{weak}: {found}");
    }
}

#[test]
fn hints_say_what_it_is() {
    let hints = |password: &str| strength(password, ALICE).hints;
    for (password, hint) in [
        ("monkey", Hint::Popular),
        ("thermometer", Hint::Word),
        ("Wonder12", Hint::AboutYou),
        ("p@ssw0rd", Hint::Substitution),
        ("drowssap", Hint::Backwards),
        ("Monkey", Hint::Capitals),
        ("mnbvcxsdf", Hint::Keyboard),
        ("xqxqxqxq", Hint::Repeat),
        ("fghijklm", Hint::Sequence),
        ("13.07.1984", Hint::Date),
    ] {
        let found = hints(password);
        assert!(found.contains(&hint) && found.contains(&Hint::AddWords), "{password}: {found:?}");
    }
    assert_eq!(strength("seven herons waded upstream", ALICE), Strength { score: 4, hints: Vec::new() });
}

#[test]
fn keys_of_other_countries_lie_beside_each_other_too() {
    for walk in ["yxcvbnm,.-", "wxcvbn,;:!", "qsdfghjklm", "7894561230", "QWERTZUIOP"] {
        assert!(score(walk) <= 1, "{walk}: {}", score(walk));
    }
}

/// What zxcvbn itself says. Ours may be stricter, since it takes for a word whatever reads like one, but not much laxer.
#[test]
fn it_agrees_with_zxcvbn() {
    let mut far = Vec::new();
    let (mut same, mut all) = (0, 0);
    for password in include_str!("samples.txt").lines() {
        let theirs = u8::from(zxcvbn::zxcvbn(password, ALICE).score());
        let ours = score(password);
        all += 1;
        same += usize::from(ours == theirs);
        if ours > theirs + 1 || ours + 2 < theirs {
            far.push(format!("{password}: {ours}, zxcvbn {theirs}"));
        }
    }
    assert!(far.is_empty(), "{far:#?}");
    assert!(same * 2 > all, "only {same} of {all} are the same");
}

#[test]
fn whatever_is_typed_has_a_score() {
    // A small generator of its own: the same texts in every run.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from(state >> 40).unwrap() % below
    };
    let planes = [0x80, 0x300, 0x800, 0x3000, 0x11_0000];
    for round in 0..400 {
        let most = planes[round % planes.len()];
        let length = next(if round % 20 == 0 { 300 } else { 24 });
        let password: String = (0..length).filter_map(|_| char::from_u32(next(most))).collect();
        let about: String = (0..next(6)).filter_map(|_| char::from_u32(next(most))).collect();
        assert!(strength(&password, &[&about, &password]).score <= super::BEST);
    }
}

#[test]
fn a_long_password_costs_no_more_than_a_short_one() {
    let mut worst = "aB1 ".repeat(1_000_000);
    worst.push('x');
    assert_eq!(score(&worst), score(&worst[..100]));
    assert!(score(&"x".repeat(5_000_000)) <= 1);
}
