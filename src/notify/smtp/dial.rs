//! From a name to a connection.

use std::io;
use std::net::{Ipv6Addr, SocketAddr};

use tokio::net::{TcpStream, lookup_host};
use tokio::time;

use super::connection::Connection;
use super::patience::Patience;
use crate::notify::mail_server::Server;
use crate::notify::mailer::{Cause, Failure};

/// Connects to the first address of the name that answers.
pub(super) async fn dial(server: &Server, patience: &Patience) -> Result<Connection, Failure> {
    let host = name_on_the_wire(&server.host)?;
    let addresses: Vec<SocketAddr> = lookup_host((host.as_str(), server.port))
        .await
        .map_err(|error| Failure::passing(Cause::NameNotFound, error.to_string()))?
        .collect();
    let mut last = Failure::passing(Cause::NameNotFound, "the name leads to no address");
    for (at, address) in addresses.iter().enumerate() {
        // Each address gets its share of what is left: one that swallows everything must not use it up.
        let share = patience.left() / u32::try_from(addresses.len() - at).unwrap_or(1);
        match time::timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(socket)) => {
                return Connection::new(socket).map_err(|error| refused(*address, &error));
            }
            Ok(Err(error)) => last = refused(*address, &error),
            Err(_) => last = Failure::passing(Cause::TimedOut, format!("connecting: {address} does not answer")),
        }
    }
    Err(last)
}

fn refused(address: SocketAddr, error: &io::Error) -> Failure {
    let cause = if error.kind() == io::ErrorKind::TimedOut { Cause::TimedOut } else { Cause::Refused };
    Failure::passing(cause, format!("{address}: {error}"))
}

/// The host as resolvers and certificates know it (RFC 5891, 4.4).
pub(super) fn name_on_the_wire(host: &str) -> Result<String, Failure> {
    if host.parse::<Ipv6Addr>().is_ok() {
        return Ok(host.to_owned());
    }
    idna::domain_to_ascii(host)
        .ok()
        .filter(|name| !name.is_empty())
        .ok_or_else(|| Failure::permanent(Cause::NameNotFound, "the server's name is no host name"))
}
