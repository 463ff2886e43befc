//! What can be set.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::HostRules;

/// Settings of the network.
#[derive(Clone, Debug)]
pub struct NetConfig {
    /// The default `User-Agent` value.
    pub user_agent: String,
    /// The `Accept-Language` value.
    pub accept_language: String,
    /// Where host names lead, before name servers are asked.
    pub host_rules: HostRules,
    /// Whether the system's root certificates are trusted.
    pub system_roots: bool,
    /// Root certificates to be trusted besides.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// Whether HTTP/2 is offered to TLS servers.
    pub http2: bool,
    /// How long we wait.
    pub timeouts: Timeouts,
    /// How many HTTP/1.1 connections to one host carry requests at the same time.
    pub connections_per_host: usize,
    /// How long an unused connection is kept.
    pub idle_connection: Duration,
    /// How many bytes of a body are read ahead of its reader.
    pub body_buffer: usize,
}

/// How long we wait; `None` for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection: name, TCP and TLS together.
    pub connect: Option<Duration>,
    /// For a response's head, from the last byte of the request that was sent.
    pub head: Option<Duration>,
    /// Between two pieces of a body. Time in which nobody reads the body does not count.
    pub body: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts {
            connect: Some(Duration::from_secs(30)),
            head: Some(Duration::from_secs(300)),
            body: Some(Duration::from_secs(120)),
        }
    }
}

impl Default for NetConfig {
    fn default() -> Self {
        NetConfig {
            user_agent: concat!("Mozilla/5.0 (X11; Linux x86_64) Ferry/", env!("CARGO_PKG_VERSION"))
                .to_owned(),
            accept_language: "en-US,en;q=0.5".to_owned(),
            host_rules: HostRules::default(),
            system_roots: true,
            extra_roots: Vec::new(),
            http2: true,
            timeouts: Timeouts::default(),
            connections_per_host: 6,
            idle_connection: Duration::from_secs(60),
            body_buffer: 512 * 1024,
        }
    }
}

impl NetConfig {
    /// Trusts the certificates of a PEM file besides the system's.
    pub fn add_root_certificates(&mut self, file: &Path) -> Result<(), ConfigError> {
        let error = |reason: String| ConfigError::RootCertificates { file: file.to_owned(), reason };
        let certificates: Vec<_> = CertificateDer::pem_file_iter(file)
            .and_then(Iterator::collect)
            .map_err(|cause| error(cause.to_string()))?;
        if certificates.is_empty() {
            return Err(error("it holds no certificate".to_owned()));
        }
        self.extra_roots.extend(certificates);
        Ok(())
    }
}

/// Settings that can not be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file that should hold root certificates.
    #[error("{} can not be used as root certificates: {reason}; give a PEM file", file.display())]
    RootCertificates {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pem_file_adds_roots_and_anything_else_is_named_in_the_error() {
        let dir = tempfile::tempdir().unwrap();
        let key = rcgen::generate_simple_self_signed(vec!["a.test".to_owned()]).unwrap();
        let good = dir.path().join("good.pem");
        std::fs::write(&good, key.cert.pem()).unwrap();
        let mut config = NetConfig::default();
        config.add_root_certificates(&good).unwrap();
        assert_eq!(config.extra_roots.len(), 1);

        let empty = dir.path().join("empty.pem");
        std::fs::write(&empty, "nothing").unwrap();
        let error = config.add_root_certificates(&empty).unwrap_err().to_string();
        assert!(error.contains("empty.pem") && error.contains("no certificate"), "{error}");
        let error = config.add_root_certificates(&dir.path().join("absent")).unwrap_err().to_string();
        assert!(error.contains("absent"), "{error}");
    }
}
