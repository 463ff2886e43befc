//! The connection pool (<https://fetch.spec.whatwg.org/#concept-connection-pool>).
//!
//! Per endpoint: one HTTP/2 connection, or a few HTTP/1.1 ones. Which of the two it will be is known after the
//! first handshake, so the first request makes the connection and the others wait for what it learns.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use fetch::{NetworkError, NetworkErrorKind};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http2};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

use super::connector::{Connector, Endpoint, NewConnection};
use super::http1::Http1;
use crate::NetConfig;
use crate::body::upload::UploadBody;

/// So many endpoints are kept before those without a connection are forgotten.
const MANY_ENDPOINTS: usize = 256;

/// All connections.
pub(crate) struct ConnectionPool {
    config: Arc<NetConfig>,
    connector: Connector,
    endpoints: Mutex<HashMap<Key, Arc<Slots>>>,
}

/// The spec's key: where to, and whether credentials may travel on the connection.
// FIXME(spec): the network partition key; there is one partition so far.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    endpoint: Endpoint,
    credentials: bool,
}

/// What the pool has of one endpoint.
struct Slots {
    /// Requests on HTTP/1.1 connections at the same time.
    in_use: Arc<Semaphore>,
    /// Held by whoever makes the connection that tells the protocol.
    handshake: tokio::sync::Mutex<()>,
    state: Mutex<State>,
    keep_idle: Duration,
}

#[derive(Default)]
struct State {
    idle: Vec<Idle>,
    /// Whether a task is about to look for connections that were idle for too long.
    sweeping: bool,
    http2: Option<(http2::SendRequest<UploadBody>, SocketAddr)>,
    /// What the last handshake negotiated.
    speaks_http1: bool,
    /// How many first connections failed, and the last one's failure: those who waited for it share it.
    failures: u64,
    last_failure: Option<NetworkError>,
}

struct Idle {
    sender: Http1,
    address: SocketAddr,
    since: Instant,
}

/// A connection for one request.
pub(crate) enum Lease {
    Http1(Http1Lease),
    Http2 { sender: http2::SendRequest<UploadBody>, address: SocketAddr, reused: bool },
}

/// An HTTP/1.1 connection for one request; goes back to the pool when that is over.
pub(crate) struct Http1Lease {
    sender: Http1,
    address: SocketAddr,
    reused: bool,
    slots: Arc<Slots>,
    _permit: OwnedSemaphorePermit,
}

/// A request without a response.
pub(crate) struct SendError {
    pub(crate) error: hyper::Error,
    /// The request, if not a byte of it was sent.
    pub(crate) unsent: Option<Request<UploadBody>>,
}

impl ConnectionPool {
    pub(crate) fn new(config: Arc<NetConfig>) -> Self {
        let connector = Connector::new(config.clone());
        ConnectionPool { config, connector, endpoints: Mutex::default() }
    }

    /// Obtain a connection (<https://fetch.spec.whatwg.org/#concept-connection-obtain>). With `new`, one that
    /// carried nothing before.
    pub(crate) async fn obtain(
        &self,
        url: &Url,
        credentials: bool,
        new: bool,
    ) -> Result<Lease, NetworkError> {
        let endpoint = endpoint_of(url)?;
        let slots = self.slots(Key { endpoint: endpoint.clone(), credentials });
        loop {
            // 1. One that is there.
            if !new && let Some(lease) = slots.http2() {
                return Ok(lease);
            }
            if !endpoint.secure || slots.state().speaks_http1 {
                // HTTP/1.1: wait for our turn, then take an idle connection or make one.
                let permit = acquire(&slots.in_use).await?;
                if !new && let Some(idle) = slots.pop_idle() {
                    return Ok(slots.lease(idle.sender, idle.address, true, permit));
                }
                match self.connector.connect(&endpoint).await? {
                    NewConnection::Http1(sender, address) => {
                        return Ok(slots.lease(sender, address, false, permit));
                    }
                    NewConnection::Http2(sender, address) => return Ok(slots.keep_http2(sender, address)),
                }
            }
            // The protocol is not known, or the HTTP/2 connection is gone: one makes a connection, all others
            // wait and look again.
            let failures = slots.state().failures;
            let guard = slots.handshake.lock().await;
            if !new && slots.http2_is_usable() || slots.state().speaks_http1 {
                continue;
            }
            if let Some(error) = slots.shared_failure(failures) {
                return Err(error);
            }
            match self.connector.connect(&endpoint).await {
                Ok(NewConnection::Http2(sender, address)) => return Ok(slots.keep_http2(sender, address)),
                Ok(NewConnection::Http1(sender, address)) => {
                    slots.state().speaks_http1 = true;
                    drop(guard);
                    let permit = acquire(&slots.in_use).await?;
                    return Ok(slots.lease(sender, address, false, permit));
                }
                Err(error) => {
                    let mut state = slots.state();
                    state.failures += 1;
                    state.last_failure = Some(error.clone());
                    return Err(error);
                }
            }
        }
    }

    /// A connection of its own for a WebSocket: <https://websockets.spec.whatwg.org/#concept-websocket-connection-obtain>.
    pub(crate) async fn connect_for_upgrade(&self, url: &Url) -> Result<(Http1, SocketAddr), NetworkError> {
        // FIXME(spec): wait for another one to the same host that is being established.
        self.connector.connect_for_upgrade(&endpoint_of(url)?).await
    }

    fn slots(&self, key: Key) -> Arc<Slots> {
        let mut endpoints = lock(&self.endpoints);
        if endpoints.len() >= MANY_ENDPOINTS {
            endpoints.retain(|_, slots| Arc::strong_count(slots) > 1 || slots.has_connections());
        }
        endpoints
            .entry(key)
            .or_insert_with(|| {
                Arc::new(Slots {
                    in_use: Arc::new(Semaphore::new(self.config.connections_per_host.max(1))),
                    handshake: tokio::sync::Mutex::default(),
                    state: Mutex::default(),
                    keep_idle: self.config.idle_connection,
                })
            })
            .clone()
    }
}

fn endpoint_of(url: &Url) -> Result<Endpoint, NetworkError> {
    match (url.host(), url.port_or_known_default()) {
        (Some(host), Some(port)) => {
            Ok(Endpoint { secure: url.scheme() == "https", host: host.to_owned(), port })
        }
        _ => Err(NetworkError::new(NetworkErrorKind::InvalidRequest, "the URL has no host").at(url)),
    }
}

async fn acquire(semaphore: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, NetworkError> {
    // It is never closed; should it be one day, that is an error and not a crash.
    let permit = semaphore.clone().acquire_owned().await;
    permit.map_err(|_| NetworkError::new(NetworkErrorKind::Internal, "the connection pool is closed"))
}

/// A lock whose holder panicked still guards sound data: every change under it is a single step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Slots {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn has_connections(&self) -> bool {
        let state = self.state();
        !state.idle.is_empty() || state.http2.as_ref().is_some_and(|(sender, _)| !sender.is_closed())
    }

    fn http2_is_usable(&self) -> bool {
        self.state().http2.as_ref().is_some_and(|(sender, _)| !sender.is_closed())
    }

    fn http2(&self) -> Option<Lease> {
        let mut state = self.state();
        match &state.http2 {
            Some((sender, address)) if !sender.is_closed() => {
                Some(Lease::Http2 { sender: sender.clone(), address: *address, reused: true })
            }
            _ => {
                state.http2 = None;
                None
            }
        }
    }

    fn keep_http2(&self, sender: http2::SendRequest<UploadBody>, address: SocketAddr) -> Lease {
        let mut state = self.state();
        state.http2 = Some((sender.clone(), address));
        state.speaks_http1 = false;
        Lease::Http2 { sender, address, reused: false }
    }

    /// The failure of the connection that we were waiting for, if there was one since `before`.
    fn shared_failure(&self, before: u64) -> Option<NetworkError> {
        let state = self.state();
        if state.failures == before { None } else { state.last_failure.clone() }
    }

    /// The connection that was used last: the others may grow old and go.
    fn pop_idle(&self) -> Option<Idle> {
        let mut state = self.state();
        while let Some(idle) = state.idle.pop() {
            if idle.sender.is_ready() && idle.since.elapsed() < self.keep_idle {
                return Some(idle);
            }
        }
        None
    }

    fn lease(
        self: &Arc<Self>,
        sender: Http1,
        address: SocketAddr,
        reused: bool,
        permit: OwnedSemaphorePermit,
    ) -> Lease {
        Lease::Http1(Http1Lease { sender, address, reused, slots: self.clone(), _permit: permit })
    }

    fn push_idle(self: &Arc<Self>, sender: Http1, address: SocketAddr) {
        let mut state = self.state();
        state.idle.push(Idle { sender, address, since: Instant::now() });
        if !state.sweeping {
            state.sweeping = true;
            tokio::spawn(sweep(Arc::downgrade(self), self.keep_idle));
        }
    }
}

/// Closes connections that were idle for too long, as long as there are any.
async fn sweep(slots: Weak<Slots>, keep_idle: Duration) {
    loop {
        tokio::time::sleep(keep_idle).await;
        let Some(slots) = slots.upgrade() else { return };
        let mut state = slots.state();
        state.idle.retain(|idle| idle.sender.is_ready() && idle.since.elapsed() < keep_idle);
        if state.idle.is_empty() {
            state.sweeping = false;
            return;
        }
    }
}

impl Lease {
    pub(crate) fn address(&self) -> SocketAddr {
        match self {
            Lease::Http1(lease) => lease.address,
            Lease::Http2 { address, .. } => *address,
        }
    }

    pub(crate) fn is_http2(&self) -> bool {
        matches!(self, Lease::Http2 { .. })
    }

    /// Whether the connection carried a request before ours, so that the server may just be closing it.
    pub(crate) fn is_reused(&self) -> bool {
        match self {
            Lease::Http1(lease) => lease.reused,
            Lease::Http2 { reused, .. } => *reused,
        }
    }

    pub(crate) async fn send(
        &mut self,
        request: Request<UploadBody>,
    ) -> Result<Response<Incoming>, SendError> {
        let result = match self {
            Lease::Http1(lease) => {
                if let Err(error) = lease.sender.ready().await {
                    return Err(SendError { error, unsent: Some(request) });
                }
                lease.sender.try_send_request(request).await
            }
            Lease::Http2 { sender, .. } => {
                if let Err(error) = sender.ready().await {
                    return Err(SendError { error, unsent: Some(request) });
                }
                sender.try_send_request(request).await
            }
        };
        result.map_err(|mut failure: TrySendError<_>| {
            let unsent = failure.take_message();
            SendError { error: failure.into_error(), unsent }
        })
    }

    /// Says that the response was read to its end. An HTTP/1.1 connection can then carry the next request.
    pub(crate) fn finish(self) {
        let Lease::Http1(Http1Lease { mut sender, address, slots, _permit: permit, .. }) = self else {
            return;
        };
        if sender.is_ready() {
            slots.push_idle(sender, address);
            return;
        }
        // The connection has yet to notice that the message is over, or that it is to be closed. Until then nobody
        // else makes another one instead.
        tokio::spawn(async move {
            if sender.ready().await.is_ok() {
                slots.push_idle(sender, address);
            }
            drop(permit);
        });
    }
}
