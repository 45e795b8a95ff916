//! `/web/`: a built jellyfin-web from a folder, or the small page that comes with the demo.

use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;

use super::call::{Call, Reply};
use super::jellyfin::hex_sha256;
use crate::engine::Engine;

const INDEX: &str = "index.html";

/// The page that comes with the demo: name, bytes.
const OWN: [(&str, &[u8]); 3] = [
    (INDEX, include_bytes!("page/index.html")),
    ("client.js", include_bytes!("page/client.js")),
    ("client.css", include_bytes!("page/client.css")),
];

/// Where the web client's files come from.
pub struct WebClient {
    folder: Option<PathBuf>,
}

impl WebClient {
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// Answers GET and HEAD below `/web`.
    pub fn answer(&self, engine: &Engine, call: &Call) -> Reply {
        if !matches!(call.method.as_str(), "GET" | "HEAD") {
            return Reply::empty(404);
        }
        let decoded = percent_decode_str(&call.path).decode_utf8_lossy();
        // Core collapses doubled slashes here.
        let name = decoded.split('/').skip(2).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        let name = if name.is_empty() || name.eq_ignore_ascii_case(INDEX) { INDEX.to_owned() } else { name };
        let Some(mut bytes) = self.read(&name) else {
            return Reply::empty(404);
        };
        if name == INDEX {
            bytes = engine.rewrite_index(&bytes);
        }
        let etag = format!("\"{}\"", &hex_sha256(&bytes)[..32]);
        let known =
            call.origin.header("If-None-Match").is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == etag));
        let reply = if known { Reply::empty(304) } else { Reply::bytes(200, content_type(&name), bytes) };
        reply.with("ETag", &etag).with("Cache-Control", "no-cache")
    }

    fn read(&self, name: &str) -> Option<Vec<u8>> {
        match &self.folder {
            Some(folder) => {
                let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
                if inside { std::fs::read(folder.join(name)).ok() } else { None }
            }
            None => OWN.iter().find(|(own, _)| *own == name).map(|(_, bytes)| bytes.to_vec()),
        }
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html",
        "js" | "mjs" => "text/javascript",
        "css" => "text/css",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "wasm" => "application/wasm",
        "txt" => "text/plain",
        _ => "application/octet-stream",
    }
}
