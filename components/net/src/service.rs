//! The network as others see it.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use fetch::cors::preflight_cache::PreflightCache;
use fetch::{
    BoxFuture, CookieJar, FetchParams, Network, NetworkError, NetworkErrorKind, Response, WebSocketConnection,
};
use futures::FutureExt;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::NetConfig;
use crate::authentication::AuthenticationEntries;
use crate::connection::ConnectionPool;
use crate::fetching::web_socket::establish;
use crate::fetching::{Fetch, InflightKeepalive};

/// The network on hyper and rustls. Clones share connections and caches.
///
/// All work is done on the runtime it is given; its futures and bodies may be polled anywhere, also on threads
/// without a runtime.
#[derive(Clone)]
pub struct HttpNetwork(Arc<Shared>);

/// What all fetches share.
pub(crate) struct Shared {
    pub(crate) config: Arc<NetConfig>,
    pub(crate) runtime: Handle,
    pub(crate) connections: ConnectionPool,
    pub(crate) preflight_cache: Mutex<PreflightCache>,
    pub(crate) inflight_keepalive: InflightKeepalive,
    pub(crate) authentication: AuthenticationEntries,
    pub(crate) cookies: Option<Arc<dyn CookieJar>>,
}

impl HttpNetwork {
    /// A network that works on `runtime` (which needs its I/O and time drivers), without cookies.
    pub fn new(config: NetConfig, runtime: Handle) -> Self {
        Self::with_cookies(config, runtime, None)
    }

    /// A network with a cookie jar.
    pub fn with_cookies(config: NetConfig, runtime: Handle, cookies: Option<Arc<dyn CookieJar>>) -> Self {
        let config = Arc::new(config);
        HttpNetwork(Arc::new(Shared {
            connections: ConnectionPool::new(config.clone()),
            config,
            runtime,
            preflight_cache: Mutex::default(),
            inflight_keepalive: InflightKeepalive::default(),
            authentication: AuthenticationEntries::default(),
            cookies,
        }))
    }
}

impl Network for HttpNetwork {
    fn fetch(&self, params: FetchParams) -> BoxFuture<'static, Result<Response, NetworkError>> {
        let shared = self.0.clone();
        let runtime = shared.runtime.clone();
        // Lazily, so that a future that is never polled sends nothing.
        async move { Running(runtime.spawn(Fetch::new(shared, params).fetch())).await }.boxed()
    }

    fn connect_web_socket(
        &self,
        params: FetchParams,
        protocols: Vec<String>,
    ) -> BoxFuture<'static, Result<WebSocketConnection, NetworkError>> {
        let shared = self.0.clone();
        let runtime = shared.runtime.clone();
        async move { Running(runtime.spawn(establish(shared, params, protocols))).await }.boxed()
    }
}

/// A fetch that ends when nobody waits for it any more.
struct Running<T>(JoinHandle<Result<T, NetworkError>>);

impl<T> Future for Running<T> {
    type Output = Result<T, NetworkError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_unpin(cx).map(|joined| {
            joined.unwrap_or_else(|error| {
                Err(if error.is_cancelled() {
                    // The runtime is shutting down.
                    NetworkError::aborted()
                } else {
                    NetworkError::new(NetworkErrorKind::Internal, format!("the network failed: {error}"))
                })
            })
        })
    }
}

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
