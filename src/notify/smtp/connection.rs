//! Bytes to and from the server: plain or encrypted, until one deadline, and no more than a conversation needs.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::notify::mailer::Stop;

/// Most octets a server may say, handshake and all.
const MOST_HEARD: usize = 256 * 1024;

/// How long one wait may keep us from seeing that it is time to stop.
const SLICE: Duration = Duration::from_millis(200);

/// Until when something may go on.
#[derive(Clone)]
pub(super) struct Patience {
    pub(super) until: Instant,
    pub(super) stop: Stop,
}

impl Patience {
    /// What is left of it.
    pub(super) fn left(&self) -> io::Result<Duration> {
        if self.stop.is_asked() {
            // Not "interrupted": whoever gets that tries again.
            return Err(io::Error::new(ErrorKind::ConnectionAborted, "jellyward is closing"));
        }
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::Error::new(ErrorKind::TimedOut, "the time is up")) } else { Ok(left) }
    }

    /// How long to wait now before looking again.
    pub(super) fn slice(&self) -> io::Result<Duration> {
        self.left().map(|left| left.min(SLICE))
    }
}

/// The socket, under the deadline.
pub(super) struct Wire {
    socket: TcpStream,
    patience: Patience,
    heard: usize,
}

/// Is there nothing yet, rather than something wrong?
fn is_early(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

impl Read for Wire {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            self.socket.set_read_timeout(Some(self.patience.slice()?))?;
            match self.socket.read(into) {
                Ok(count) => {
                    self.heard += count;
                    if self.heard > MOST_HEARD {
                        return Err(io::Error::new(ErrorKind::InvalidData, "the server says too much"));
                    }
                    return Ok(count);
                }
                Err(error) if is_early(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            self.socket.set_write_timeout(Some(self.patience.slice()?))?;
            match self.socket.write(bytes) {
                Err(error) if is_early(&error) => {}
                done => return done,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

/// A connection to a mail server.
pub(super) enum Connection {
    /// Anybody on the way can read it.
    Plain(Box<Wire>),
    /// Encrypted, the server known by its certificate.
    Encrypted(Box<StreamOwned<ClientConnection, Wire>>),
}

impl Connection {
    pub(super) fn new(socket: TcpStream, patience: Patience) -> Self {
        Self::Plain(Box::new(Wire { socket, patience, heard: 0 }))
    }

    /// Our own address on this connection.
    pub(super) fn local_address(&self) -> io::Result<IpAddr> {
        let wire = match self {
            Self::Plain(wire) => wire,
            Self::Encrypted(stream) => &stream.sock,
        };
        Ok(wire.socket.local_addr()?.ip())
    }

    /// Shakes hands. A connection that is encrypted stays as it is.
    pub(super) fn encrypt(self, config: Arc<ClientConfig>, name: ServerName<'static>) -> io::Result<Self> {
        let Self::Plain(mut wire) = self else { return Ok(self) };
        let mut session = ClientConnection::new(config, name).map_err(io::Error::other)?;
        while session.is_handshaking() {
            session.complete_io(&mut *wire)?;
        }
        Ok(Self::Encrypted(Box::new(StreamOwned::new(session, *wire))))
    }
}

impl Read for Connection {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.read(into),
            Self::Encrypted(stream) => stream.read(into),
        }
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wire) => wire.write(bytes),
            Self::Encrypted(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(wire) => wire.flush(),
            Self::Encrypted(stream) => stream.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn connection(patience: Patience) -> (TcpListener, Connection) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (listener, Connection::new(socket, patience))
    }

    #[test]
    fn neither_reading_nor_writing_goes_on_once_it_is_over() {
        let stop = Stop::default();
        let patience = Patience { until: Instant::now() + Duration::from_secs(3600), stop: stop.clone() };
        let (_listener, mut stopped) = connection(patience);
        stopped.write_all(b"EHLO [127.0.0.1]\r\n").unwrap();
        stop.now();
        let (_listener, mut late) = connection(Patience { until: Instant::now(), stop: Stop::default() });
        for (connection, kind) in [(&mut stopped, ErrorKind::ConnectionAborted), (&mut late, ErrorKind::TimedOut)] {
            assert_eq!(connection.write_all(b"QUIT\r\n").unwrap_err().kind(), kind);
            assert_eq!(connection.read_exact(&mut [0]).unwrap_err().kind(), kind);
        }
    }
}
