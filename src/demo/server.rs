//! HTTP on loopback: hyper speaks it, threads that may block make the answers.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::HeaderValue;
use hyper::http::request::Parts;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;

use super::call::{Call, Reply};
use super::failure::StartError;
use super::rooms::Rooms;
use super::route::{self, Place};
use super::{authorization, network};
use crate::defense::origin::Origin;

/// Largest body that Jellyfin's own endpoints take here, in bytes.
const MOST_BODY: usize = 1024 * 1024;
/// How long a client may take over its headers, and again over its body.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long answers under way may take when the server stops.
const FAREWELL: Duration = Duration::from_secs(5);

/// Empty while Jellyfin is down. The socket outlives that: browsers keep their connections over a restart.
type Open = RwLock<Option<Rooms>>;

/// The listening server.
pub struct Server {
    runtime: Runtime,
    accepting: JoinHandle<()>,
    stop: oneshot::Sender<()>,
    open: Arc<Open>,
    port: u16,
}

impl Server {
    /// Listens. Until [`Server::open`] every answer is 503.
    pub fn listen(port: u16) -> Result<Self, StartError> {
        let refused = |error: std::io::Error| StartError::Listen { port, reason: error.to_string() };
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(refused)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = runtime.block_on(TcpListener::bind(address)).map_err(refused)?;
        let port = listener.local_addr().map_err(refused)?.port();
        let open = Arc::new(Open::default());
        let (stop, stopped) = oneshot::channel();
        let accepting = runtime.spawn(accept(listener, open.clone(), stopped));
        Ok(Self { runtime, accepting, stop, open, port })
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on requests are answered here.
    pub fn open(&self, rooms: Rooms) {
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(rooms);
    }

    /// Waits for the answers that are being made; from now on 503.
    pub fn close(&self) {
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Lets every answer reach its client, within reason, and gives up the port.
    pub fn stop(self) {
        self.close();
        // Either fails only where accepting has ended already.
        let _ = self.stop.send(());
        let _ = self.runtime.block_on(self.accepting);
        self.runtime.shutdown_timeout(FAREWELL);
    }
}

/// Takes connections until told to stop.
async fn accept(listener: TcpListener, open: Arc<Open>, mut stopped: oneshot::Receiver<()>) {
    let connections = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stopped => break,
        };
        let Ok((stream, peer)) = accepted else {
            // Out of file handles, most likely; they come back.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let open = open.clone();
        let service = service_fn(move |request| serve(open.clone(), peer.ip(), request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .half_close(true)
            .title_case_headers(true)
            .serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        // A client that breaks off has nobody left to tell.
        tokio::spawn(async move { connection.await.ok() });
    }
    drop(listener);
    let _ = timeout(FAREWELL, connections.shutdown()).await;
}

async fn serve(open: Arc<Open>, peer: IpAddr, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let reply = answer(open, peer, request).await;
    let mut response = Response::new(Full::from(reply.body));
    *response.status_mut() = reply.status.try_into().unwrap_or_default();
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<header::HeaderName>(), HeaderValue::from_bytes(value.as_bytes())) {
            response.headers_mut().append(name, value);
        }
    }
    Ok(response)
}

/// The rooms are left while a body is read: a slow client must not hold up a restart.
async fn answer(open: Arc<Open>, peer: IpAddr, request: Request<Incoming>) -> Reply {
    let (head, body) = request.into_parts();
    let prepared = match blocking(&open, move |rooms| prepare(rooms, peer, &head)).await {
        Ok(prepared) => prepared,
        Err(reply) => return reply,
    };
    let body = match read(body, prepared.max_body).await {
        Ok(body) => body,
        Err(reply) => return reply,
    };
    let Prepared { place, method, path, query, origin, .. } = prepared;
    blocking(&open, move |rooms| {
        let query_token = form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key.eq_ignore_ascii_case("ApiKey") || key.eq_ignore_ascii_case("api_key"))
            .map(|(_, value)| value.into_owned());
        let authorization = authorization::resolve(&rooms.jellyfin, &origin, query_token);
        Ok(route::answer(rooms, &place, Call { method, path, query, origin, authorization, body }))
    })
    .await
    .unwrap_or_else(|reply| reply)
}

/// Runs where waiting for a password check or the disk holds up nobody else.
async fn blocking<T: Send + 'static>(
    open: &Arc<Open>,
    act: impl FnOnce(&Rooms) -> Result<T, Reply> + Send + 'static,
) -> Result<T, Reply> {
    let open = open.clone();
    spawn_blocking(move || inside(&open, act)).await.unwrap_or_else(|_| Err(Reply::stock(500)))
}

fn inside<T>(open: &Open, act: impl FnOnce(&Rooms) -> Result<T, Reply>) -> Result<T, Reply> {
    match &*open.read().unwrap_or_else(PoisonError::into_inner) {
        Some(rooms) => act(rooms),
        None => Err(Reply::text(503, "Server is starting")),
    }
}

struct Prepared {
    place: Place,
    method: String,
    path: String,
    query: String,
    origin: Origin,
    max_body: usize,
}

fn prepare(rooms: &Rooms, peer: IpAddr, head: &Parts) -> Result<Prepared, Reply> {
    // The absolute form of a request line is legal too (RFC 9112 section 3.2.2); its path counts.
    let path = route::below_base(&rooms.base, head.uri.path())?;
    let query = head.uri.query().unwrap_or_default().to_owned();
    let method = head.method.as_str().to_owned();
    let place = route::place(rooms, &method, &path)?;
    let max_body = match place {
        Place::Engine { max_body } => max_body,
        Place::Web | Place::Mailbox | Place::Jellyfin => MOST_BODY,
    };
    Ok(Prepared { place, method, path, query, origin: origin(rooms, peer, &head.headers), max_body })
}

fn origin(rooms: &Rooms, peer: IpAddr, headers: &HeaderMap) -> Origin {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let mut origin = Origin {
        remote: None,
        proxies_listed: !rooms.known_proxies.is_empty(),
        scheme: "http".to_owned(),
        path_base: rooms.base.clone(),
        headers,
    };
    let peer = network::normalised(peer);
    let client = network::behind_proxies(peer, origin.header("X-Forwarded-For"), &rooms.known_proxies);
    if client != peer && origin.header("X-Forwarded-Proto").is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")) {
        "https".clone_into(&mut origin.scheme);
    }
    origin.remote = Some(client.to_string());
    origin
}

/// The body; 413 beyond `most` bytes, be it announced or sent; 400 when it breaks off, 408 when it does not come.
async fn read(body: Incoming, most: usize) -> Result<Vec<u8>, Reply> {
    let refused = |status| Err(Reply::empty(status).with("Connection", "close"));
    if body.size_hint().lower() > most as u64 {
        return refused(413);
    }
    match timeout(PATIENCE, Limited::new(body, most).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes().to_vec()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => refused(413),
        Ok(Err(_)) => refused(400),
        Err(_) => refused(408),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use super::*;

    /// A browser keeps a few connections in stock and opens the next ones in pairs.
    #[test]
    fn connections_that_say_nothing_hold_up_nobody() {
        for _ in 0..30 {
            let server = Server::listen(0).unwrap();
            let connect = || TcpStream::connect((Ipv4Addr::LOCALHOST, server.port())).unwrap();
            let _silent: Vec<TcpStream> = (0..3)
                .map(|_| {
                    std::thread::sleep(Duration::from_millis(5));
                    connect()
                })
                .collect();
            let (_first, mut second) = (connect(), connect());
            second.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            second.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            let mut answer = [0; 12];
            second.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"HTTP/1.1 503");
            server.stop();
        }
    }
}
