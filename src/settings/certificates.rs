//! Certificates of authorities whose word counts, instead of the machine's list.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Map, Value, json};

use super::error::{Refusal, SettingCode};
use super::kinds::{Held, add_lengths, text_of};

/// Most octets of all of them.
pub const LONGEST_CERTIFICATES: usize = 16 * 1024;

/// Certificates as PEM (RFC 7468), each fit to be trusted; empty for none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificates(String);

/// Not certificates as PEM.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not certificates: paste them as PEM, with the lines BEGIN CERTIFICATE and END CERTIFICATE")]
pub struct InvalidCertificates;

impl Certificates {
    /// Reads them; nothing but blanks is none.
    pub fn from_pem(text: &str) -> Result<Self, InvalidCertificates> {
        let these = Self(text.trim().to_owned());
        if these.0.is_empty() {
            return Ok(these);
        }
        let good = these.0.len() <= LONGEST_CERTIFICATES && these.roots().is_ok_and(|roots| !roots.is_empty());
        if good { Ok(these) } else { Err(InvalidCertificates) }
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As they were pasted.
    pub fn pem(&self) -> &str {
        &self.0
    }

    /// As something to check a server against.
    pub fn roots(&self) -> Result<RootCertStore, InvalidCertificates> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(self.0.as_bytes()) {
            let certificate = certificate.map_err(|_| InvalidCertificates)?;
            roots.add(certificate).map_err(|_| InvalidCertificates)?;
        }
        Ok(roots)
    }
}

impl Held for Certificates {
    type Limits = ();

    const KIND: &'static str = "certificates";

    fn read(value: &Value, (): &()) -> Result<Self, Refusal> {
        let text = text_of(value)?;
        Self::from_pem(text).map_err(|error| Refusal::new(SettingCode::NotCertificates, error.to_string()))
    }

    fn write(&self) -> Value {
        json!(self.0)
    }

    fn describe((): &(), _message: &str, _text: &dyn Fn(&str) -> String, into: &mut Map<String, Value>) {
        add_lengths(0, LONGEST_CERTIFICATES, into);
    }

    fn allowed((): &(), _text: &dyn Fn(&str) -> String) -> String {
        "PEM, or empty".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authority() -> String {
        let key = rcgen::KeyPair::generate().unwrap();
        rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap().pem()
    }

    #[test]
    fn one_or_more_certificates_are_taken() {
        let two = format!("My own:\n{}\n{}", authority(), authority());
        let held = Certificates::from_pem(&two).unwrap();
        assert_eq!(held.roots().unwrap().len(), 2);
        assert!(Certificates::from_pem(" \n ").unwrap().is_empty());
    }

    #[test]
    fn what_holds_no_certificate_or_a_broken_one_is_refused() {
        let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
        let broken = authority().replacen("MII", "MIJ", 1);
        let cut = authority().replace("-----END CERTIFICATE-----", "");
        let many = authority().repeat(100);
        for bad in ["yes", key.as_str(), broken.as_str(), cut.as_str(), many.as_str()] {
            assert_eq!(Certificates::from_pem(bad), Err(InvalidCertificates), "{bad}");
        }
    }
}
