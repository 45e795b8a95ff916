//! HTTP on loopback: workers that take a request, ask and answer.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use tiny_http::{Header, Request, Response};

use super::api::Waiting;
use super::call::{Call, Reply};
use super::jellyfin::Jellyfin;
use super::route::{self, Place};
use super::web_client::WebClient;
use super::{Options, StartError, authorization, network};
use crate::defense::origin::Origin;
use crate::engine::Engine;

/// Enough that a slow client or two does not stop the others.
const WORKERS: usize = 16;
/// Largest body that Jellyfin's own endpoints take here, in bytes.
const MOST_BODY: usize = 1024 * 1024;
/// tiny_http sets memory aside for what a client announces and does not send. Beyond this, in bytes, it is not let.
const MOST_ANNOUNCED: usize = 64 * 1024 * 1024;

/// What every worker needs.
pub struct Rooms {
    pub jellyfin: Arc<Jellyfin>,
    pub engine: Arc<Engine>,
    pub web: WebClient,
    pub waiting: Waiting,
    pub base: String,
    pub known_proxies: Vec<IpAddr>,
}

impl Rooms {
    pub fn new(options: &Options, jellyfin: Arc<Jellyfin>, engine: Arc<Engine>) -> Self {
        Self {
            jellyfin,
            engine,
            waiting: Waiting::default(),
            web: WebClient::new(options.web.clone()),
            base: options.base.clone(),
            known_proxies: options.known_proxies.clone(),
        }
    }
}

/// Empty while Jellyfin is down. The socket outlives that: browsers keep their connections over a restart.
type Open = RwLock<Option<Rooms>>;

/// The running workers.
pub struct Server {
    http: Arc<tiny_http::Server>,
    workers: Vec<JoinHandle<()>>,
    open: Arc<Open>,
    port: u16,
}

impl Server {
    /// Listens. Until [`Server::open`] every answer is 503.
    pub fn listen(port: u16) -> Result<Self, StartError> {
        let refused = |reason: String| StartError::Listen { port, reason };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let http = Arc::new(tiny_http::Server::http(address).map_err(|error| refused(error.to_string()))?);
        let port = http.server_addr().to_ip().map_or(port, |address| address.port());
        let open = Arc::new(Open::default());
        let workers = (0..WORKERS)
            .map(|_| {
                let (http, open) = (http.clone(), open.clone());
                thread::spawn(move || {
                    while let Ok(request) = http.recv() {
                        serve(&open, request);
                    }
                })
            })
            .collect();
        Ok(Self { http, workers, open, port })
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

    /// Lets every worker finish its request and waits for it.
    pub fn stop(self) {
        self.close();
        for _ in &self.workers {
            self.http.unblock();
        }
        for worker in self.workers {
            // A worker that panicked has nothing left to finish.
            let _ = worker.join();
        }
    }
}

fn serve(open: &Open, mut request: Request) {
    let reply = answer(open, &mut request);
    let mut response = Response::from_data(reply.body).with_status_code(reply.status);
    for (name, value) in &reply.headers {
        if let Ok(header) = Header::from_bytes(name.as_bytes(), value.as_bytes()) {
            // Every one of ours, `Set-Cookie` twice too; tiny_http itself keeps one `Content-Type`.
            response.add_header(header);
        }
    }
    if request.body_length().is_some_and(|length| length > MOST_ANNOUNCED) {
        // Dropping the request would set aside the announced memory; this way only the connection is lost.
        std::mem::forget(request.upgrade("none", response));
        return;
    }
    // The client has gone: nobody is left to tell.
    let _ = request.respond(response);
}

/// The rooms are left while a body is read: a slow client must not hold up a restart.
fn answer(open: &Open, request: &mut Request) -> Reply {
    let prepared = inside(open, |rooms| prepare(rooms, request));
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(reply) => return reply,
    };
    let Some(body) = body(request, prepared.max_body) else { return Reply::empty(413) };
    let Prepared { place, method, path, query, origin, .. } = prepared;
    inside(open, |rooms| {
        let query_token = form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key.eq_ignore_ascii_case("ApiKey") || key.eq_ignore_ascii_case("api_key"))
            .map(|(_, value)| value.into_owned());
        let authorization = authorization::resolve(&rooms.jellyfin, &origin, query_token);
        Ok(route::answer(rooms, &place, Call { method, path, query, origin, authorization, body }))
    })
    .unwrap_or_else(|reply| reply)
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

fn prepare(rooms: &Rooms, request: &Request) -> Result<Prepared, Reply> {
    let (raw_path, query) = split(request.url());
    let path = route::below_base(&rooms.base, &raw_path)?;
    let method = request.method().as_str().to_owned();
    let place = route::place(rooms, &method, &path)?;
    let max_body = match place {
        Place::Engine { max_body } => max_body,
        Place::Web | Place::Jellyfin => MOST_BODY,
    };
    Ok(Prepared { place, method, path, query, origin: origin(rooms, request), max_body })
}

/// Path and query of the request line; the absolute form is legal too (RFC 9112 section 3.2.2).
fn split(url: &str) -> (String, String) {
    let local = match url.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => rest.find('/').map_or("/", |start| &rest[start..]),
        _ => url,
    };
    let (path, query) = local.split_once('?').unwrap_or((local, ""));
    (path.to_owned(), query.to_owned())
}

fn origin(rooms: &Rooms, request: &Request) -> Origin {
    let headers: Vec<_> = request.headers().iter().map(|h| (h.field.to_string(), h.value.to_string())).collect();
    let mut origin = Origin {
        remote: None,
        proxies_listed: !rooms.known_proxies.is_empty(),
        scheme: "http".to_owned(),
        path_base: rooms.base.clone(),
        headers,
    };
    let peer =
        request.remote_addr().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| network::normalised(address.ip()));
    let client = network::behind_proxies(peer, origin.header("X-Forwarded-For"), &rooms.known_proxies);
    if client != peer && origin.header("X-Forwarded-Proto").is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")) {
        "https".clone_into(&mut origin.scheme);
    }
    origin.remote = Some(client.to_string());
    origin
}

/// The body, or none when it is larger than `most` bytes.
fn body(request: &mut Request, most: usize) -> Option<Vec<u8>> {
    if request.body_length().is_some_and(|length| length > most) {
        return None;
    }
    let mut bytes = Vec::new();
    // A client that breaks off sent a shorter body; whoever reads it will say so.
    let _ = request.as_reader().take(most as u64 + 1).read_to_end(&mut bytes);
    (bytes.len() <= most).then_some(bytes)
}
