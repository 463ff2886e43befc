//! TLS: which roots, which protocols.

use std::sync::Arc;

use fetch::{NetworkError, NetworkErrorKind};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::OnceCell;

use crate::NetConfig;

/// The TLS configuration, made when the first `https:` URL is fetched: reading the system's roots takes some
/// milliseconds that a plain start should not pay.
#[derive(Default)]
pub(crate) struct LazyTls(OnceCell<Arc<ClientConfig>>);

impl LazyTls {
    pub(crate) async fn get(&self, config: &NetConfig) -> Result<Arc<ClientConfig>, NetworkError> {
        let made = self.0.get_or_try_init(|| async {
            let (system, extra, http2) = (config.system_roots, config.extra_roots.clone(), config.http2);
            tokio::task::spawn_blocking(move || client_config(system, extra, http2).map(Arc::new))
                .await
                .map_err(|cause| NetworkError::new(NetworkErrorKind::Internal, cause.to_string()))?
        });
        made.await.cloned()
    }
}

fn client_config(
    system: bool,
    extra: Vec<CertificateDer<'static>>,
    http2: bool,
) -> Result<ClientConfig, NetworkError> {
    let error = |message: String| NetworkError::new(NetworkErrorKind::Tls, message);
    let mut roots = RootCertStore::empty();
    for certificate in extra {
        roots
            .add(certificate)
            .map_err(|cause| error(format!("an extra root certificate is not usable: {cause}")))?;
    }
    if system {
        let native = rustls_native_certs::load_native_certs();
        for cause in &native.errors {
            tracing::warn!("system root certificates: {cause}");
        }
        let (_, ignored) = roots.add_parsable_certificates(native.certs);
        if ignored > 0 {
            tracing::debug!("{ignored} of the system's root certificates are not usable");
        }
    }
    if roots.is_empty() {
        return Err(error(
            "there are no root certificates: install the package ca-certificates, or name a PEM file of extra roots"
                .to_owned(),
        ));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| error(format!("TLS can not be set up: {cause}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    if http2 {
        config.alpn_protocols.insert(0, b"h2".to_vec());
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_any_root_the_error_says_what_to_do() {
        let error = client_config(false, Vec::new(), true).unwrap_err();
        assert!(error.message.contains("ca-certificates"), "{error}");
        assert!(!error.temporary);
    }

    #[test]
    fn http2_is_offered_first_or_not_at_all() {
        let certificate = rcgen::generate_simple_self_signed(vec!["a.test".to_owned()]).unwrap();
        let alpn =
            |http2| client_config(false, vec![certificate.cert.der().clone()], http2).unwrap().alpn_protocols;
        assert_eq!(alpn(true), [b"h2".to_vec(), b"http/1.1".to_vec()]);
        assert_eq!(alpn(false), [b"http/1.1".to_vec()]);
    }
}
