//! Addresses as Jellyfin sees them: unmapped, behind known proxies, local or not.

use std::net::IpAddr;

/// IPv4 inside IPv6 is IPv4 (`HttpContextExtensions.GetNormalizedRemoteIP`).
pub fn normalised(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// `INetworkManager.IsInLocalNetwork` without a configured list: loopback, private and link-local ranges.
pub fn is_local(address: &str) -> bool {
    match address.parse::<IpAddr>().map(normalised) {
        Ok(IpAddr::V4(v4)) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        Ok(IpAddr::V6(v6)) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
        Err(_) => false,
    }
}

/// The right-most address of `X-Forwarded-For` that no known proxy added. The header counts only when the peer is a
/// known proxy itself, and loopback always is once there is a list.
pub fn behind_proxies(peer: IpAddr, forwarded_for: Option<&str>, known: &[IpAddr]) -> IpAddr {
    let trusted = |address: IpAddr| !known.is_empty() && (address.is_loopback() || known.contains(&address));
    let mut client = peer;
    for hop in forwarded_for.into_iter().flat_map(|list| list.rsplit(',')) {
        if !trusted(client) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(address) => client = normalised(address),
            Err(_) => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_right_most_untrusted_address_counts() {
        let known = [ip("127.0.0.1")];
        assert_eq!(behind_proxies(ip("127.0.0.1"), Some("203.0.113.9, 10.0.0.5"), &known), ip("10.0.0.5"));
        assert_eq!(behind_proxies(ip("127.0.0.1"), Some("203.0.113.9"), &[]), ip("127.0.0.1"));
        assert_eq!(behind_proxies(ip("198.51.100.7"), Some("203.0.113.9"), &known), ip("198.51.100.7"));
        assert_eq!(behind_proxies(ip("127.0.0.1"), Some("nonsense"), &known), ip("127.0.0.1"));
    }

    #[test]
    fn private_ranges_are_local() {
        assert!(is_local("127.0.0.1") && is_local("192.168.1.4") && is_local("fd00::1") && is_local("::ffff:10.0.0.1"));
        assert!(!is_local("203.0.113.9") && !is_local("2001:db8::1") && !is_local("nonsense"));
    }
}
