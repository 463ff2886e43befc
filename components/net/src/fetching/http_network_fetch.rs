//! HTTP-network fetch (<https://fetch.spec.whatwg.org/#http-network-fetch>).

use std::sync::Mutex;
use std::time::Duration;

use fetch::{
    BodyStream, NetworkError, NetworkErrorKind, Request, RequestMode, Response, ResponseHead, TimeoutStage,
};
use futures::StreamExt;
use hyper::body::Incoming;

use super::Fetch;
use super::message::{from_wire, set_cookie_values, to_wire};
use crate::body::buffer::read_ahead;
use crate::body::content_coding::decode;
use crate::body::receive::ReceivedBody;
use crate::body::upload::{UploadBody, UploadProgress};
use crate::connection::{Lease, SendError};
use crate::errors::{from_hyper, was_not_processed};

/// So often a request is sent on another connection because the server was just closing the first.
const RESEND_LIMIT: usize = 8;

impl Fetch {
    pub(super) async fn http_network_fetch(
        &mut self,
        request: &Request,
        include_credentials: bool,
        force_new_connection: bool,
    ) -> Result<Response, NetworkError> {
        if request.mode == RequestMode::Websocket {
            return self.web_socket_handshake(request, include_credentials).await;
        }
        let url = request.current_url();
        // 4.–8. A connection, and the request over it.
        let (response, lease) = self
            .send(request, include_credentials, force_new_connection)
            .await
            .map_err(|error| error.at(url))?;
        let http2 = lease.is_http2();
        let (parts, incoming) = response.into_parts();
        let mut head = from_wire(parts, http2);
        tracing::debug!(status = head.status, address = %lease.address(), http2, %url, "response");
        // 16. Set-Cookie.
        self.store_cookies(request, include_credentials, &head);
        // 10.–15., 17. The body.
        let body = self.receive(&mut head, incoming, lease, request);
        Ok(Response::new(head, Some(body)))
    }

    fn store_cookies(&self, request: &Request, include_credentials: bool, head: &ResponseHead) {
        if let (true, Some(jar)) = (include_credentials, &self.shared.cookies) {
            let values = set_cookie_values(&head.headers);
            if !values.is_empty() {
                jar.store_set_cookie(request, &values);
            }
        }
    }

    /// <https://websockets.spec.whatwg.org/#concept-websocket-connection-obtain>, the request over it, and what the
    /// server makes of it. The response has no body.
    async fn web_socket_handshake(
        &mut self,
        request: &Request,
        include_credentials: bool,
    ) -> Result<Response, NetworkError> {
        let url = request.current_url();
        let (mut sender, address) =
            self.shared.connections.connect_for_upgrade(url).await.map_err(|error| error.at(url))?;
        let (parts, ()) = to_wire(request, false)?.into_parts();
        let body = UploadBody::new(None, None, UploadProgress::new())?;
        let sending = async {
            let sent = sender.try_send_request(http::Request::from_parts(parts, body)).await;
            sent.map_err(hyper::client::conn::TrySendError::into_error)
        };
        let limited =
            tokio::time::timeout(self.shared.config.timeouts.head.unwrap_or(Duration::MAX), sending);
        let failed = |error: &hyper::Error| {
            from_hyper(error, "in a WebSocket's handshake").with_address(Some(address)).at(url)
        };
        let mut response = limited
            .await
            .map_err(|_| {
                let kind = NetworkErrorKind::Timeout(TimeoutStage::Head);
                NetworkError::temporary(kind, "the server did not answer a WebSocket's handshake").at(url)
            })?
            .map_err(|error| failed(&error))?;
        if response.status() == http::StatusCode::SWITCHING_PROTOCOLS {
            let upgraded = hyper::upgrade::on(&mut response).await.map_err(|error| failed(&error))?;
            self.upgraded = Mutex::new(Some(upgraded));
        }
        let head = from_wire(response.into_parts().0, false);
        self.store_cookies(request, include_credentials, &head);
        Ok(Response::new(head, None))
    }

    /// Obtains a connection and makes the request; again, if the connection was closing and nothing was lost.
    async fn send(
        &self,
        request: &Request,
        include_credentials: bool,
        force_new_connection: bool,
    ) -> Result<(http::Response<Incoming>, Lease), NetworkError> {
        let progress = UploadProgress::new();
        let open = || UploadBody::new(request.body.as_ref(), self.on_body_sent.clone(), progress.clone());
        let is_replayable = request.body.as_ref().is_none_or(fetch::RequestBody::is_replayable);
        let is_safe = matches!(&*request.method, "GET" | "HEAD" | "OPTIONS") && request.body.is_none();
        let mut body = open()?;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let new = force_new_connection || attempt == RESEND_LIMIT;
            let mut lease =
                self.shared.connections.obtain(request.current_url(), include_credentials, new).await?;
            // 8.3. HTTP/1.1 needs a body that can be sent again.
            if !lease.is_http2() && !is_replayable {
                let message =
                    "a request whose body can be read only once needs HTTP/2, and the server has not got it";
                return Err(NetworkError::new(NetworkErrorKind::InvalidRequest, message));
            }
            let (parts, ()) = to_wire(request, lease.is_http2())?.into_parts();
            let message = http::Request::from_parts(parts, body);
            let failure = match self.send_within_limit(&mut lease, message, &progress).await? {
                Ok(response) => return Ok((response, lease)),
                Err(failure) => failure,
            };
            // The body's own failure is what counts, whatever the protocol makes of it.
            if let Some(failure) = progress.failure() {
                return Err(failure);
            }
            let error =
                from_hyper(&failure.error, "before the response's head").with_address(Some(lease.address()));
            // A connection that carried other requests may just be closing; a fresh one gets a second chance only
            // if it took nothing.
            let worth_it = attempt < RESEND_LIMIT && (lease.is_reused() || failure.unsent.is_some());
            body = match failure.unsent {
                // Nothing was sent.
                Some(unsent) if worth_it => unsent.into_body(),
                // The server says that it did nothing.
                None if worth_it && is_replayable && was_not_processed(&failure.error) => open()?,
                // Doing it twice does no harm.
                None if worth_it && is_safe && error.kind == NetworkErrorKind::Cut => open()?,
                _ => return Err(error),
            };
        }
    }

    /// Waits for the response's head for as long as the settings allow, counted from the last piece sent.
    async fn send_within_limit(
        &self,
        lease: &mut Lease,
        message: http::Request<UploadBody>,
        progress: &UploadProgress,
    ) -> Result<Result<http::Response<Incoming>, SendError>, NetworkError> {
        let address = lease.address();
        let sending = lease.send(message);
        let Some(limit) = self.shared.config.timeouts.head else {
            return Ok(sending.await);
        };
        tokio::pin!(sending);
        let mut deadline = std::time::Instant::now() + limit;
        loop {
            tokio::select! {
                result = &mut sending => return Ok(result),
                () = tokio::time::sleep_until(deadline.into()) => {},
            }
            let moved = progress.last_sent() + limit;
            if moved <= deadline {
                return Err(NetworkError::temporary(
                    NetworkErrorKind::Timeout(TimeoutStage::Head),
                    format!("the server did not answer within {limit:?}"),
                )
                .with_address(Some(address)));
            }
            deadline = moved;
        }
    }

    /// The body: timeouts, decoding, read ahead.
    fn receive(
        &self,
        head: &mut ResponseHead,
        incoming: Incoming,
        lease: Lease,
        request: &Request,
    ) -> BodyStream {
        let config = &self.shared.config;
        let url = request.current_url();
        let received = ReceivedBody::new(incoming, lease, url.clone(), config.timeouts.body);
        if received.is_finished() {
            return futures::stream::empty().boxed();
        }
        let capacity = config.body_buffer;
        if !self.decode {
            return read_ahead(received, capacity, &self.shared.runtime);
        }
        match decode(received, &head.headers, url) {
            Ok(decoded) => {
                head.content_decoded = true;
                read_ahead(decoded, capacity, &self.shared.runtime)
            }
            Err(received) => read_ahead(received, capacity, &self.shared.runtime),
        }
    }
}
