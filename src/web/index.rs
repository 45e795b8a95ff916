//! Jellyfin's `index.html`: bytes in, the same bytes with our two script tags out.

/// First in head. The login's script comes without `defer`: it must wrap `fetch` before any bundle of the client runs.
/// Everything else comes behind it and may wait, or fail. Relative, so that the base URL is kept.
const TAGS: &[u8] = br#"<script src="../Jellyward/Assets/inject.js"></script><script src="../Jellyward/Assets/extras.js" defer></script>"#;

/// Puts the scripts behind the opening head tag; gives the bytes back unchanged where there is none, or ours is there.
pub fn insert(html: &[u8]) -> Vec<u8> {
    match end_of_head_tag(html) {
        Some(end) if !contains(html, TAGS) => [&html[..end], TAGS, &html[end..]].concat(),
        _ => html.to_vec(),
    }
}

/// Where the text behind `<head…>` begins. `<header>` is another element.
fn end_of_head_tag(html: &[u8]) -> Option<usize> {
    const HEAD: &[u8] = b"<head";
    let start = html.windows(HEAD.len() + 1).position(|window| {
        let (name, next) = window.split_at(HEAD.len());
        name.eq_ignore_ascii_case(HEAD) && (next[0] == b'>' || next[0].is_ascii_whitespace())
    })?;
    let length = html[start..].iter().position(|byte| *byte == b'>')?;
    Some(start + length + 1)
}

fn contains(html: &[u8], what: &[u8]) -> bool {
    html.windows(what.len()).any(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::assets::{Asset, INJECTED};

    fn inserted(html: &str) -> String {
        String::from_utf8(insert(html.as_bytes())).unwrap()
    }

    #[test]
    fn the_scripts_come_first_in_head() {
        let tags = std::str::from_utf8(TAGS).unwrap();
        assert!(
            tags.starts_with("<script src=\"../Jellyward/Assets/inject.js\"></script>"),
            "the login waits for nothing"
        );
        assert_eq!(inserted("<html><head><title>"), format!("<html><head>{tags}<title>"));
        assert_eq!(inserted("<HEAD\n data-x=\"1\"><base>"), format!("<HEAD\n data-x=\"1\">{tags}<base>"));
    }

    #[test]
    fn the_scripts_are_there() {
        let tags = std::str::from_utf8(TAGS).unwrap();
        let sources: Vec<&str> = tags.split("src=\"../Jellyward/Assets/").skip(1).collect();
        assert_eq!(sources.len(), tags.matches("<script").count());
        for name in sources.iter().filter_map(|rest| rest.split('"').next()) {
            assert!(Asset::named(name).is_some(), "{name}");
        }
        assert!(sources[0].starts_with(INJECTED));
    }

    #[test]
    fn what_has_no_head_stays_as_it_is() {
        for html in ["", "<header>x</header>", "<head", "plain", "<html></html>"] {
            assert_eq!(inserted(html), html);
        }
    }

    #[test]
    fn the_scripts_are_put_in_once() {
        let once = inserted("<head></head>");
        assert_eq!(inserted(&once), once);
    }
}
