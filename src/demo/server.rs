//! HTTP on loopback: workers that take a request, ask and answer.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
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

/// The running workers.
pub struct Server {
    http: Arc<tiny_http::Server>,
    workers: Vec<JoinHandle<()>>,
    port: u16,
}

impl Server {
    pub fn start(options: &Options, jellyfin: Arc<Jellyfin>, engine: Arc<Engine>) -> Result<Self, StartError> {
        let listen = |reason: String| StartError::Listen { port: options.port, reason };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let http = Arc::new(tiny_http::Server::http(address).map_err(|error| listen(error.to_string()))?);
        let port = http.server_addr().to_ip().map_or(options.port, |address| address.port());
        let rooms = Arc::new(Rooms {
            jellyfin,
            engine,
            waiting: Waiting::default(),
            web: WebClient::new(options.web.clone()),
            base: options.base.clone(),
            known_proxies: options.known_proxies.clone(),
        });
        let workers = (0..WORKERS)
            .map(|_| {
                let (http, rooms) = (http.clone(), rooms.clone());
                thread::spawn(move || {
                    while let Ok(request) = http.recv() {
                        serve(&rooms, request);
                    }
                })
            })
            .collect();
        Ok(Self { http, workers, port })
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Lets every worker finish its request and waits for it.
    pub fn stop(self) {
        for _ in &self.workers {
            self.http.unblock();
        }
        for worker in self.workers {
            // A worker that panicked has nothing left to finish.
            let _ = worker.join();
        }
    }
}

fn serve(rooms: &Rooms, mut request: Request) {
    let reply = answer(rooms, &mut request);
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

fn answer(rooms: &Rooms, request: &mut Request) -> Reply {
    let (raw_path, query) = split(request.url());
    let path = match route::below_base(&rooms.base, &raw_path) {
        Ok(path) => path,
        Err(reply) => return reply,
    };
    let method = request.method().as_str().to_owned();
    let origin = origin(rooms, request);
    let place = match route::place(rooms, &method, &path) {
        Ok(place) => place,
        Err(reply) => return reply,
    };
    let most = match place {
        Place::Engine { max_body } => max_body,
        Place::Web | Place::Jellyfin => MOST_BODY,
    };
    let Some(body) = body(request, most) else {
        return Reply::empty(413);
    };
    let query_token = form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key.eq_ignore_ascii_case("ApiKey") || key.eq_ignore_ascii_case("api_key"))
        .map(|(_, value)| value.into_owned());
    let authorization = authorization::resolve(&rooms.jellyfin, &origin, query_token);
    let call = Call { method, path, query, origin, authorization, body };
    route::answer(rooms, &place, call)
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
