//! Creating a connection (<https://fetch.spec.whatwg.org/#create-a-connection>).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fetch::{NetworkError, NetworkErrorKind, TimeoutStage};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

use super::eof::EofWithoutCloseNotify;
use super::http1::{self, Http1};
use super::resolve::{connect, resolve};
use super::tls::LazyTls;
use crate::NetConfig;
use crate::body::upload::UploadBody;
use crate::errors::{chain, find_cause};

/// HTTP/2's flow control windows: what a server may send ahead of our reading, for a stream and in all.
const STREAM_WINDOW: u32 = 4 << 20;
const CONNECTION_WINDOW: u32 = 16 << 20;
/// A connection that carries streams and is silent for so long is asked whether it still lives.
const PING_INTERVAL: Duration = Duration::from_secs(30);

/// Where a connection leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Endpoint {
    pub(crate) secure: bool,
    pub(crate) host: Host<String>,
    pub(crate) port: u16,
}

/// A connection that is ready for its first request.
pub(crate) enum NewConnection {
    Http1(Http1, SocketAddr),
    Http2(http2::SendRequest<UploadBody>, SocketAddr),
}

pub(crate) struct Connector {
    config: Arc<NetConfig>,
    tls: LazyTls,
}

impl Connector {
    pub(crate) fn new(config: Arc<NetConfig>) -> Self {
        Connector { config, tls: LazyTls::default() }
    }

    /// Name, TCP, TLS, and HTTP's own handshake, within the connect timeout.
    pub(crate) async fn connect(&self, endpoint: &Endpoint) -> Result<NewConnection, NetworkError> {
        self.within_limit(endpoint, self.connect_without_limit(endpoint)).await
    }

    /// The same for a connection that is to become something else than HTTP's: HTTP/1.1 alone.
    pub(crate) async fn connect_for_upgrade(
        &self,
        endpoint: &Endpoint,
    ) -> Result<(Http1, SocketAddr), NetworkError> {
        self.within_limit(endpoint, async {
            let addresses = resolve(&self.config.host_rules, &endpoint.host, endpoint.port).await?;
            let (tcp, address) = connect(&addresses).await?;
            if let Err(cause) = tcp.set_nodelay(true) {
                tracing::debug!(%address, "TCP_NODELAY: {cause}");
            }
            let sender = if endpoint.secure {
                match self.tls_handshake(tcp, &endpoint.host, false).await {
                    Ok(tls) => http1::upgradable_handshake(EofWithoutCloseNotify(tls), address).await,
                    Err(error) => Err(error),
                }
            } else {
                http1::upgradable_handshake(tcp, address).await
            };
            sender.map(|sender| (sender, address)).map_err(|error| error.with_address(Some(address)))
        })
        .await
    }

    async fn within_limit<T>(
        &self,
        endpoint: &Endpoint,
        connecting: impl Future<Output = Result<T, NetworkError>>,
    ) -> Result<T, NetworkError> {
        let Some(limit) = self.config.timeouts.connect else {
            return connecting.await;
        };
        tokio::time::timeout(limit, connecting).await.unwrap_or_else(|_| {
            Err(NetworkError::temporary(
                NetworkErrorKind::Timeout(TimeoutStage::Connect),
                format!("no connection to {}:{} within {limit:?}", endpoint.host, endpoint.port),
            ))
        })
    }

    async fn connect_without_limit(&self, endpoint: &Endpoint) -> Result<NewConnection, NetworkError> {
        let addresses = resolve(&self.config.host_rules, &endpoint.host, endpoint.port).await?;
        let (tcp, address) = connect(&addresses).await?;
        // Small requests should not wait for each other's acknowledgement; a failure costs time alone.
        if let Err(cause) = tcp.set_nodelay(true) {
            tracing::debug!(%address, "TCP_NODELAY: {cause}");
        }
        let to_http1 = |connection| NewConnection::Http1(connection, address);
        let result = if endpoint.secure {
            let tls = self.tls_handshake(tcp, &endpoint.host, true).await;
            match tls {
                Ok(tls) if tls.get_ref().1.alpn_protocol() == Some(b"h2") => {
                    http2_handshake(tls, address).await
                }
                Ok(tls) => http1::handshake(EofWithoutCloseNotify(tls), address).await.map(to_http1),
                Err(error) => Err(error),
            }
        } else {
            http1::handshake(tcp, address).await.map(to_http1)
        };
        result.map_err(|error| error.with_address(Some(address)))
    }

    async fn tls_handshake(
        &self,
        tcp: TcpStream,
        host: &Host<String>,
        http2: bool,
    ) -> Result<TlsStream<TcpStream>, NetworkError> {
        let name = match host {
            Host::Domain(domain) => {
                let domain = domain.strip_suffix('.').unwrap_or(domain);
                ServerName::try_from(domain.to_owned()).map_err(|_| {
                    NetworkError::new(
                        NetworkErrorKind::Tls,
                        format!("{domain} can not be a TLS server's name"),
                    )
                })?
            }
            Host::Ipv4(address) => ServerName::IpAddress((*address).into()),
            Host::Ipv6(address) => ServerName::IpAddress((*address).into()),
        };
        let mut config = self.tls.get(&self.config).await?;
        if !http2 {
            Arc::make_mut(&mut config).alpn_protocols = vec![b"http/1.1".to_vec()];
        }
        TlsConnector::from(config).connect(name, tcp).await.map_err(|cause| tls_error(host, &cause))
    }
}

/// A refused certificate stays refused; a connection that ends in the handshake may do better next time.
fn tls_error(host: &Host<String>, cause: &std::io::Error) -> NetworkError {
    match find_cause::<rustls::Error>(cause) {
        Some(rustls::Error::InvalidCertificate(reason)) => NetworkError::new(
            NetworkErrorKind::Tls,
            format!(
                "the certificate of {host} is not trusted: {reason:?}; a root can be added as an extra root"
            ),
        ),
        Some(other) => {
            NetworkError::new(NetworkErrorKind::Tls, format!("the TLS handshake with {host} failed: {other}"))
        }
        None => NetworkError::temporary(
            NetworkErrorKind::Tls,
            format!("the connection to {host} ended in the TLS handshake: {cause}"),
        ),
    }
}

async fn http2_handshake(
    tls: TlsStream<TcpStream>,
    address: SocketAddr,
) -> Result<NewConnection, NetworkError> {
    let handshake = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_INTERVAL)
        .handshake(TokioIo::new(tls))
        .await;
    let (sender, connection) = handshake.map_err(|error| handshake_error(&error))?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%address, "HTTP/2 connection: {}", chain(&error));
        }
    });
    Ok(NewConnection::Http2(sender, address))
}

pub(super) fn handshake_error(error: &hyper::Error) -> NetworkError {
    NetworkError::temporary(NetworkErrorKind::Connect, format!("HTTP could not be started: {}", chain(error)))
}
