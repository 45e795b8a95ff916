//! Bytes to and from the server: plain or encrypted, and no more than a conversation needs.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::{fmt, io, mem};

use lettre::transport::smtp::client::AsyncTokioStream;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncReadExt, AsyncWrite, BufReader, Join, ReadBuf, Take, join};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::task::coop;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Most octets a server may say, handshake and all. Then it is as if it hung up.
const MOST_HEARD: u64 = 64 * 1024;

/// The socket, and what was heard but not yet listened to.
type Wire = Join<BufReader<Take<OwnedReadHalf>>, OneByOne>;

/// Writes one piece at a time. For several at once the standard library makes a call that answers a server which hung up
/// with SIGPIPE, and that ends the whole process unless the host happens to ignore it.
struct OneByOne(OwnedWriteHalf);

/// A connection to a mail server. lettre has one end, and keeps it; whoever holds the other can encrypt it.
#[derive(Clone)]
pub(super) struct Connection {
    channel: Arc<Mutex<Channel>>,
    own: SocketAddr,
    peer: SocketAddr,
}

enum Channel {
    /// Anybody on the way can read it.
    Plain(Box<Wire>),
    /// Encrypted, the server known by its certificate.
    Encrypted(Box<TlsStream<Wire>>),
    /// Hands are being shaken, or that failed.
    Closed,
}

impl Connection {
    pub(super) fn new(socket: TcpStream) -> io::Result<Self> {
        let (own, peer) = (socket.local_addr()?, socket.peer_addr()?);
        let (reader, writer) = socket.into_split();
        let wire = join(BufReader::new(reader.take(MOST_HEARD)), OneByOne(writer));
        Ok(Self { channel: Arc::new(Mutex::new(Channel::Plain(Box::new(wire)))), own, peer })
    }

    /// Our own address on this connection.
    pub(super) fn local_address(&self) -> IpAddr {
        self.own.ip()
    }

    /// Shakes hands. What came in plain text before must have been listened to: more than was asked for is an attack.
    pub(super) async fn encrypt(&self, config: Arc<ClientConfig>, name: ServerName<'static>) -> io::Result<()> {
        let before = mem::replace(&mut *self.channel(), Channel::Closed);
        let Channel::Plain(wire) = before else { return Err(io::ErrorKind::NotConnected.into()) };
        if !wire.reader().buffer().is_empty() {
            return Err(io::Error::other("somebody slipped in an answer before the handshake"));
        }
        let session = TlsConnector::from(config).connect(name, *wire).await?;
        *self.channel() = Channel::Encrypted(Box::new(session));
        Ok(())
    }

    fn channel(&self) -> MutexGuard<'_, Channel> {
        self.channel.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the channel, whichever it is.
    fn with<T>(&self, act: impl FnOnce(Pin<&mut dyn Duplex>) -> Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        match &mut *self.channel() {
            Channel::Plain(wire) => act(Pin::new(wire.as_mut())),
            Channel::Encrypted(session) => act(Pin::new(session.as_mut())),
            Channel::Closed => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }
}

/// Both directions.
trait Duplex: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Duplex for T {}

impl AsyncRead for Connection {
    /// Plain text comes line by line. lettre keeps a buffer across the handshake; so nothing is ever in it but the reply
    /// it waits for, and what stands behind that one stays here.
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if let Channel::Plain(wire) = &mut *self.channel() {
            // lettre reads a reply from its start again for each line: in between, the deadline has its turn.
            let turn = ready!(coop::poll_proceed(cx));
            let mut wire = Pin::new(wire.as_mut());
            let heard = ready!(wire.as_mut().poll_fill_buf(cx))?;
            let line = heard.iter().position(|byte| *byte == b'\n').map_or(heard.len(), |end| end + 1);
            let count = line.min(into.remaining());
            into.put_slice(&heard[..count]);
            wire.consume(count);
            turn.made_progress();
            return Poll::Ready(Ok(()));
        }
        self.with(|channel| channel.poll_read(cx, into))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.with(|channel| channel.poll_write(cx, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|channel| channel.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|channel| channel.poll_shutdown(cx))
    }
}

impl AsyncWrite for OneByOne {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Connection {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "a connection to {}", self.peer)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::TcpListener;

    use tokio::runtime::{Builder, Runtime};

    use super::*;

    /// A connection to somebody who said that and hung up.
    fn told(said: &[u8]) -> (Runtime, Connection) {
        let runtime = Builder::new_current_thread().enable_io().build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let connected = runtime.block_on(TcpStream::connect(listener.local_addr().unwrap())).unwrap();
        let said = said.to_vec();
        std::thread::spawn(move || listener.accept().unwrap().0.write_all(&said));
        (runtime, Connection::new(connected).unwrap())
    }

    #[test]
    fn plain_text_comes_line_by_line_and_what_was_not_asked_for_ends_it() {
        let (runtime, mut connection) = told(b"220 go on\r\n250 slipped in\r\n");
        let mut heard = [0; 1024];
        let count = runtime.block_on(connection.read(&mut heard)).unwrap();
        assert_eq!(&heard[..count], b"220 go on\r\n");
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let refused = runtime.block_on(connection.encrypt(Arc::new(config), name)).unwrap_err();
        assert!(refused.to_string().contains("slipped in"), "{refused}");
        assert!(runtime.block_on(connection.read(&mut heard)).is_err(), "nothing more is read");
    }

    #[test]
    fn a_server_that_hangs_up_ends_no_host() {
        let (_runtime, connection) = told(b"");
        let Channel::Plain(wire) = &*connection.channel() else { panic!("it is plain") };
        assert!(!wire.is_write_vectored(), "rustls would write several pieces at once");
    }

    #[test]
    fn a_server_cannot_talk_for_ever() {
        let (runtime, mut connection) = told(&[b'2'; 1_000_000]);
        let mut heard = Vec::new();
        runtime.block_on(connection.read_to_end(&mut heard)).unwrap();
        assert_eq!(heard.len() as u64, MOST_HEARD);
    }
}
