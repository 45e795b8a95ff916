//! A mail server that says whatever it likes.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::thread;

use jellyward::ffi::jw_smtp_send;
use serde_json::{Value, json};

use super::abi::{stored, view};

/// Everything the server says, whatever it is told.
pub fn smtp(data: &[u8]) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = json!({
        "host": "127.0.0.1", "port": port, "security": "none", "user": "alice", "deadlineSeconds": 2,
        "from": { "address": "jellyfin@example.org" },
    });
    let mail = r#"{"to":"alice@example.org","subject":"Hello","text":"Hello."}"#;
    let told = thread::scope(|scope| {
        scope.spawn(|| {
            let (mut socket, _) = listener.accept().unwrap();
            // It may have hung up already.
            let _ = socket.write_all(data).and_then(|()| socket.shutdown(Shutdown::Write));
            let _ = socket.read_to_end(&mut Vec::new());
        });
        stored(|dst| jw_smtp_send(view(server.to_string().as_bytes()), view(b"a secret"), view(mail.as_bytes()), dst))
    });
    let told: Value = serde_json::from_slice(&told.unwrap()).unwrap();
    assert!(told["sent"].is_boolean(), "{told}");
    let detail = told["detail"].as_str().unwrap_or_default();
    assert!(!detail.contains("a secret") && !detail.contains('\n'), "{detail}");
}
