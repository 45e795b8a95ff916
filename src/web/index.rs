//! Jellyfin's `index.html`: bytes in, the same bytes with our one script tag out.

/// First in head and without `defer`: it must wrap `fetch` before any bundle of the client runs. Relative, so that
/// the base URL is kept.
const TAG: &[u8] = br#"<script src="../Jellyward/Assets/inject.js"></script>"#;

/// Puts the script behind the opening head tag; gives the bytes back unchanged where there is none, or ours is there.
pub fn insert(html: &[u8]) -> Vec<u8> {
    match end_of_head_tag(html) {
        Some(end) if !contains(html, TAG) => [&html[..end], TAG, &html[end..]].concat(),
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

    fn inserted(html: &str) -> String {
        String::from_utf8(insert(html.as_bytes())).unwrap()
    }

    #[test]
    fn the_script_comes_first_in_head() {
        let tag = std::str::from_utf8(TAG).unwrap();
        assert_eq!(inserted("<html><head><title>"), format!("<html><head>{tag}<title>"));
        assert_eq!(inserted("<HEAD\n data-x=\"1\"><base>"), format!("<HEAD\n data-x=\"1\">{tag}<base>"));
    }

    #[test]
    fn what_has_no_head_stays_as_it_is() {
        for html in ["", "<header>x</header>", "<head", "plain", "<html></html>"] {
            assert_eq!(inserted(html), html);
        }
    }

    #[test]
    fn the_script_is_put_in_once() {
        let once = inserted("<head></head>");
        assert_eq!(inserted(&once), once);
    }
}
