//! Is a POST sent by a page of ours?
//!
//! Nothing here authenticates by cookie, so a foreign page could do little; it is refused all the same.

use crate::defense::origin::Origin;

/// True when the browser says that another site's page sent this. Programs that are no browsers say nothing.
///
/// `Origin` must name the host the request was sent to. `X-Forwarded-Host` is anybody's word and is not read. A page
/// loaded by https is at home although the request arrives by http: a proxy in front ended the TLS.
pub fn is_foreign(origin: &Origin) -> bool {
    // Where a proxy rewrites Host the browser's own verdict settles it; no script can set this header.
    match origin.header("Sec-Fetch-Site") {
        Some("same-origin") => return false,
        Some("cross-site" | "same-site") => return true,
        _ => {}
    }
    let Some(sent) = origin.header("Origin") else { return false };
    !is_home(sent, origin)
}

/// True when the browser says that a page of this very server sent this. Apps say nothing, or come from elsewhere: from
/// a file, or a page of their own.
///
/// Fetch Metadata (W3C) travels by https and to localhost only; by plain http the `Origin` of a POST tells the same.
pub fn is_own_page(origin: &Origin) -> bool {
    match origin.header("Sec-Fetch-Site") {
        Some("same-origin") => true,
        Some(_) => false,
        None => origin.header("Origin").is_some_and(|sent| is_home(sent, origin)),
    }
}

fn is_home(sent: &str, origin: &Origin) -> bool {
    let Some((scheme, authority)) = sent.split_once("://") else { return false };
    let Some(host) = origin.header("Host") else { return false };
    let scheme = scheme.to_ascii_lowercase();
    let known = scheme == "https" || (scheme == "http" && !origin.scheme.eq_ignore_ascii_case("https"));
    known && same_authority(authority, host, if scheme == "https" { "443" } else { "80" })
}

/// Equal host and port; the scheme's own port may be left out.
fn same_authority(one: &str, other: &str, default_port: &str) -> bool {
    let (one_host, one_port) = split(one);
    let (other_host, other_port) = split(other);
    !one_host.is_empty()
        && one_host.eq_ignore_ascii_case(other_host)
        && one_port.unwrap_or(default_port) == other_port.unwrap_or(default_port)
}

/// Host and port of an authority; the colons of an IPv6 address stand in brackets.
fn split(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(scheme: &str, headers: &[(&str, &str)]) -> Origin {
        Origin {
            scheme: scheme.into(),
            headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            ..Origin::default()
        }
    }

    #[test]
    fn the_page_and_its_host_agree() {
        for (scheme, host, sent) in [
            ("http", "tv.example:8096", "http://tv.example:8096"),
            ("https", "tv.example", "https://tv.example"),
            ("https", "tv.example:443", "https://tv.example"),
            ("http", "TV.example", "http://tv.EXAMPLE:80"),
            ("http", "[::1]:8096", "http://[::1]:8096"),
            // TLS ends at a proxy that Jellyfin does not know.
            ("http", "tv.example", "https://tv.example"),
        ] {
            assert!(!is_foreign(&request(scheme, &[("Host", host), ("Origin", sent)])), "{sent} at {host}");
        }
        assert!(!is_foreign(&request("http", &[("Host", "tv.example")])), "programs send no Origin");
    }

    #[test]
    fn everything_else_is_foreign() {
        for (scheme, host, sent) in [
            ("http", "tv.example:8096", "http://tv.example"),
            ("http", "tv.example:8096", "http://tv.example:8097"),
            ("https", "tv.example", "http://tv.example"),
            ("https", "tv.example", "https://evil.example"),
            ("https", "tv.example", "https://tv.example.evil.example"),
            ("https", "tv.example", "https://evil.example/tv.example"),
            ("https", "tv.example", "null"),
            ("https", "tv.example", ""),
            ("https", "tv.example", "file://"),
            ("http", "[::1]", "http://[::2]"),
        ] {
            assert!(is_foreign(&request(scheme, &[("Host", host), ("Origin", sent)])), "{sent:?} at {host}");
        }
        assert!(is_foreign(&request("https", &[("Origin", "https://tv.example")])), "no Host to compare with");
        let forwarded =
            [("Host", "tv.example"), ("X-Forwarded-Host", "evil.example"), ("Origin", "https://evil.example")];
        assert!(is_foreign(&request("https", &forwarded)));
    }

    #[test]
    fn the_browsers_own_verdict_counts_first() {
        let behind_proxy =
            [("Host", "jellyfin:8096"), ("Origin", "https://tv.example:8443"), ("Sec-Fetch-Site", "same-origin")];
        assert!(!is_foreign(&request("http", &behind_proxy)));
        let neighbour = [("Host", "tv.example"), ("Origin", "https://tv.example"), ("Sec-Fetch-Site", "same-site")];
        assert!(is_foreign(&request("https", &neighbour)));
    }
}
