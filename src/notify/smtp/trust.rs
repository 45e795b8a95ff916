//! Whose certificates are believed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};

use super::dial::name_on_the_wire;
use crate::clock::HOUR;
use crate::notify::mail_server::Server;
use crate::notify::mailer::{Cause, Failure};

/// How long the machine's list is kept before it is read again: over a hundred certificates for each mail are too many.
const KEPT: Duration = Duration::from_secs(HOUR.unsigned_abs());

/// The authorities this machine trusts, as they were read last.
#[derive(Default)]
pub(super) struct Machine(Mutex<Option<(Instant, Arc<ClientConfig>)>>);

/// How one server is known.
pub(super) struct Tls<'a> {
    pub(super) server: &'a Server,
    pub(super) machine: &'a Machine,
}

impl Tls<'_> {
    /// TLS 1.2 or 1.3, the certificate checked by the server's own name against the authorities that count. There is no
    /// way to leave that out: a server with a certificate of its own making has its authority pinned instead.
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, Failure> {
        if self.server.authorities.is_empty() {
            return self.machine.config();
        }
        let roots = self.server.authorities.roots();
        believing(roots.map_err(|error| Failure::permanent(Cause::Tls, error.to_string()))?)
    }

    /// The name its certificate has to have.
    pub(super) fn name(&self) -> Result<ServerName<'static>, Failure> {
        ServerName::try_from(name_on_the_wire(&self.server.host)?)
            .map_err(|_| Failure::permanent(Cause::Tls, "the server's name can stand in no certificate"))
    }
}

impl Machine {
    fn config(&self) -> Result<Arc<ClientConfig>, Failure> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, config)) = kept.as_ref().filter(|(read, _)| read.elapsed() < KEPT) {
            return Ok(Arc::clone(config));
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = believing(roots)?;
        *kept = Some((Instant::now(), Arc::clone(&config)));
        Ok(config)
    }
}

fn believing(roots: RootCertStore) -> Result<Arc<ClientConfig>, Failure> {
    if roots.is_empty() {
        return Err(Failure::passing(Cause::Tls, "this machine trusts nobody: install its ca-certificates"));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::permanent(Cause::Tls, error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
