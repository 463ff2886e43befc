//! One HTTP/1.1 connection.

use std::net::SocketAddr;

use fetch::NetworkError;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::connector::handshake_error;
use super::field_values::{FieldValues, NextMessage};
use crate::body::upload::UploadBody;
use crate::errors::chain;

/// A response may have so many headers.
const MANY_HEADERS: usize = 1000;

/// A connection that carries one request after the other.
pub(crate) struct Http1 {
    sender: http1::SendRequest<UploadBody>,
    next: NextMessage,
}

impl Http1 {
    /// Whether the next request can be sent at once.
    pub(crate) fn is_ready(&self) -> bool {
        self.sender.is_ready()
    }

    /// Waits until the message before is over.
    pub(crate) async fn ready(&mut self) -> hyper::Result<()> {
        self.sender.ready().await
    }

    /// To be called when the connection is ready.
    pub(crate) async fn try_send_request(
        &mut self,
        request: Request<UploadBody>,
    ) -> Result<Response<Incoming>, TrySendError<Request<UploadBody>>> {
        self.next.begins();
        self.sender.try_send_request(request).await
    }
}

/// Takes what servers send, as browsers do.
fn builder() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .title_case_headers(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .ignore_invalid_headers_in_responses(true)
        .max_headers(MANY_HEADERS);
    builder
}

/// A connection for HTTP alone.
pub(super) async fn handshake<T>(io: T, address: SocketAddr) -> Result<Http1, NetworkError>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (io, next) = FieldValues::new(io);
    let handshake = builder().handshake(TokioIo::new(io)).await;
    let (sender, connection) = handshake.map_err(|error| handshake_error(&error))?;
    tokio::spawn(async move {
        // What goes wrong reaches the request that suffers from it; here it is for the log alone.
        if let Err(error) = connection.await {
            tracing::debug!(%address, "HTTP/1.1 connection: {}", chain(&error));
        }
    });
    Ok(Http1 { sender, next })
}

/// A connection that is to become something else than HTTP's.
pub(super) async fn upgradable_handshake<T>(io: T, address: SocketAddr) -> Result<Http1, NetworkError>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (io, next) = FieldValues::new(io);
    let handshake = builder().handshake(TokioIo::new(io)).await;
    let (sender, connection) = handshake.map_err(|error| handshake_error(&error))?;
    tokio::spawn(async move {
        if let Err(error) = connection.with_upgrades().await {
            tracing::debug!(%address, "HTTP/1.1 connection: {}", chain(&error));
        }
    });
    Ok(Http1 { sender, next })
}
