//! From a name to a connection, within the deadline.

use std::io;
use std::net::{Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use super::connection::Patience;
use super::server::Server;
use crate::notify::mailer::{Cause, Failure};

/// Connects. The system's resolver knows no deadline and cannot be stopped, so it and the connecting run on a thread of
/// their own; one that comes too late finds nobody waiting and ends by itself.
pub(super) fn dial(server: &Server, patience: &Patience) -> Result<TcpStream, Failure> {
    let host = name_on_the_wire(&server.host)?;
    let (port, deadline) = (server.port, patience.clone());
    let (found, wait) = mpsc::sync_channel(1);
    thread::Builder::new()
        .name("jellyward-dial".to_owned())
        .spawn(move || {
            // Nobody may be waiting any more.
            let _ = found.send(reach(&host, port, &deadline));
        })
        .map_err(|error| Failure::passing(Cause::Other, error.to_string()))?;
    loop {
        match wait.recv_timeout(patience.slice().map_err(|error| timed_out(&error))?) {
            Ok(reached) => return reached,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Failure::passing(Cause::Other, "the thread that connects broke; please report this"));
            }
        }
    }
}

fn reach(host: &str, port: u16, patience: &Patience) -> Result<TcpStream, Failure> {
    let addresses: Vec<SocketAddr> = (host, port)
        .to_socket_addrs()
        .map_err(|error| Failure::passing(Cause::NameNotFound, error.to_string()))?
        .collect();
    let mut last = Failure::passing(Cause::NameNotFound, "the name leads to no address");
    for (at, address) in addresses.iter().enumerate() {
        // Each address gets its share of what is left: one that swallows everything must not use it up.
        let left = patience.left().map_err(|error| timed_out(&error))?;
        let share = left / u32::try_from(addresses.len() - at).unwrap_or(1);
        match TcpStream::connect_timeout(address, share) {
            Ok(socket) => return Ok(socket),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => last = timed_out(&error),
            Err(error) => last = Failure::passing(Cause::Refused, format!("{address}: {error}")),
        }
    }
    Err(last)
}

fn timed_out(error: &io::Error) -> Failure {
    Failure::passing(Cause::TimedOut, format!("connecting: {error}"))
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
