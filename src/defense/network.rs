//! Which network an address counts as: one IPv4 address, or an IPv6 /64.

use std::net::IpAddr;

use ipnet::Ipv6Net;

use super::origin::Origin;

/// An IPv6 subscriber commonly holds a whole /64 and can change address at will inside it.
const V6_PREFIX: u8 = 64;

/// Headers by which a proxy says it forwards. Their presence makes the peer's address doubtful, never believed.
const FORWARDING: [&str; 4] = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];

/// Where somebody is, as far as limits are concerned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    text: String,
    shared: bool,
}

impl Network {
    /// Of a request's peer.
    pub fn of(origin: &Origin) -> Self {
        let forwarded = FORWARDING.iter().any(|name| origin.header(name).is_some());
        match origin.remote.as_deref().and_then(parse) {
            // Nobody knows who that is: not local, not known, not told apart.
            None => Self { text: "unknown".to_owned(), shared: true },
            Some(address) => {
                // A proxy that counts as listed leaves nothing behind of what it told; who is not told of is a stranger's.
                let told =
                    if origin.proxies_listed { forwarded && private(address) } else { forwarded || private(address) };
                Self { text: collapse(address), shared: told }
            }
        }
    }

    /// The address or /64.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// True where many people may share this address: behind a proxy Jellyfin was not told of, every client
    /// has the proxy's.
    pub fn shared(&self) -> bool {
        self.shared
    }
}

/// Where an address, or what is written down of one, is: all private addresses are one place, as of a household.
pub fn place(written: &str) -> Option<String> {
    let address = parse(written.split('/').next().unwrap_or(written))?;
    Some(if private(address) { "private".to_owned() } else { collapse(address) })
}

/// Reads an address; an IPv4-mapped one becomes IPv4 and a zone id goes.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = text.split('%').next().unwrap_or(text);
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

fn collapse(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => Ipv6Net::new(v6, V6_PREFIX).map_or_else(|_| v6.to_string(), |net| net.trunc().to_string()),
    }
}

fn private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(remote: &str) -> Network {
        Network::of(&Origin { remote: Some(remote.to_owned()), ..Origin::default() })
    }

    #[test]
    fn mapped_and_plain_ipv4_are_one() {
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
    }

    #[test]
    fn an_ipv6_subscriber_is_one_however_often_he_moves() {
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
    }

    #[test]
    fn a_zone_id_is_dropped() {
        assert_eq!(at("fe80::1%eth0").as_str(), "fe80::/64");
    }

    #[test]
    fn a_missing_address_is_unknown_and_shared() {
        let network = Network::of(&Origin::default());
        assert_eq!(network.as_str(), "unknown");
        assert!(network.shared());
    }

    #[test]
    fn a_household_is_one_place_and_every_subscriber_another() {
        assert_eq!(place("192.168.1.20"), place("192.168.1.5"));
        assert_eq!(place("2001:db8:1:2::/64"), place("2001:db8:1:2::9"));
        assert_ne!(place("203.0.113.5"), place("203.0.113.6"));
        assert_eq!((place("unknown"), place("")), (None, None));
    }

    #[test]
    fn a_private_peer_is_shared_until_proxies_are_listed() {
        assert!(at("192.168.1.5").shared());
        assert!(!at("203.0.113.5").shared());
        let listed = Origin { remote: Some("192.168.1.5".into()), proxies_listed: true, ..Origin::default() };
        assert!(!Network::of(&listed).shared());
    }

    #[test]
    fn a_proxy_that_was_listed_wrongly_is_nobody_in_particular() {
        // Jellyfin takes away what it believed of a header; what a listed proxy told is gone.
        let headers = vec![("X-Forwarded-For".into(), "203.0.113.5".into())];
        let peer = |remote: &str| Origin {
            remote: Some(remote.into()),
            proxies_listed: true,
            headers: headers.clone(),
            ..Origin::default()
        };
        assert!(Network::of(&peer("172.18.0.1")).shared());
        assert!(!Network::of(&peer("203.0.113.5")).shared(), "what a client made up stays, too");
    }

    #[test]
    fn a_forwarding_header_makes_the_peer_shared_and_is_never_believed() {
        let origin = Origin {
            remote: Some("203.0.113.5".into()),
            headers: vec![("X-Forwarded-For".into(), "127.0.0.1".into())],
            ..Origin::default()
        };
        assert!(Network::of(&origin).shared());
        assert_eq!(Network::of(&origin).as_str(), "203.0.113.5");
    }
}
