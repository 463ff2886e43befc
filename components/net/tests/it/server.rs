//! Servers for tests: a hyper one that records what it was asked, with or without TLS, and raw TCP for servers
//! that misbehave. Nothing here waits for time to pass: everything is signalled.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use fetch::{
    CredentialsMode, FetchParams, Network, NetworkError, Origin, PolicyContainer, Request, RequestClient,
    RequestMode, Response, Url,
};
use futures::future::BoxFuture;
use futures::{FutureExt, TryStreamExt};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use net::{HttpNetwork, NetConfig, Timeouts};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio_rustls::TlsAcceptor;

pub type Answer = http::Response<BoxBody<Bytes, Infallible>>;
type Handler = Arc<dyn Fn(Seen) -> BoxFuture<'static, Answer> + Send + Sync>;

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub version: http::Version,
    pub headers: http::HeaderMap,
    pub body: Bytes,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

#[derive(Clone)]
pub struct Server {
    pub address: SocketAddr,
    /// The certificate, of a server with TLS; it is its own root.
    pub root: Option<CertificateDer<'static>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub fn url(&self, path: &str) -> Url {
        let scheme = if self.root.is_some() { "https" } else { "http" };
        Url::parse(&format!("{scheme}://{}{path}", self.address)).unwrap()
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// An answer with a status, headers and a body.
pub fn answer(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Answer {
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(Full::new(body.into()).boxed()).unwrap()
}

/// A plain HTTP/1.1 server that answers at once.
pub async fn serve(handler: impl Fn(Seen) -> Answer + Send + Sync + 'static) -> Server {
    serve_async(move |seen| futures::future::ready(handler(seen)).boxed()).await
}

/// A plain HTTP/1.1 server that may take its time.
pub async fn serve_async(
    handler: impl Fn(Seen) -> BoxFuture<'static, Answer> + Send + Sync + 'static,
) -> Server {
    start(Arc::new(handler), None, None).await
}

/// A server with TLS that speaks the protocols of `alpn`, for the names given (and 127.0.0.1).
pub async fn serve_tls(
    alpn: &[&str],
    names: &[&str],
    handler: impl Fn(Seen) -> Answer + Send + Sync + 'static,
) -> Server {
    let (config, root) = tls_config(alpn, names);
    let handler: Handler = Arc::new(move |seen| futures::future::ready(handler(seen)).boxed());
    start(handler, Some(TlsAcceptor::from(Arc::new(config))), Some(root)).await
}

pub fn tls_config(alpn: &[&str], names: &[&str]) -> (rustls::ServerConfig, CertificateDer<'static>) {
    let names = names.iter().copied().chain(["127.0.0.1"]).map(str::to_owned).collect::<Vec<_>>();
    let certified = rcgen::generate_simple_self_signed(names).unwrap();
    let root = certified.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(certified.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![root.clone()], key)
        .unwrap();
    config.alpn_protocols = alpn.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    (config, root)
}

async fn start(handler: Handler, tls: Option<TlsAcceptor>, root: Option<CertificateDer<'static>>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server {
        address: listener.local_addr().unwrap(),
        root,
        seen: Arc::default(),
        connections: Arc::default(),
    };
    let accepting = server.clone();
    tokio::spawn(async move {
        loop {
            let (tcp, _) = listener.accept().await.unwrap();
            tcp.set_nodelay(true).unwrap();
            accepting.connections.fetch_add(1, Ordering::SeqCst);
            let (handler, server, tls) = (handler.clone(), accepting.clone(), tls.clone());
            tokio::spawn(async move {
                match tls {
                    // A client may hang up in the handshake: that is its business.
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(tcp).await {
                            connection(stream, handler, server).await;
                        }
                    }
                    None => connection(tcp, handler, server).await,
                }
            });
        }
    });
    server
}

async fn connection<T>(io: T, handler: Handler, server: Server)
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: http::Request<Incoming>| {
        let (handler, server) = (handler.clone(), server.clone());
        async move {
            let (parts, body) = request.into_parts();
            let seen = Seen {
                method: parts.method.to_string(),
                path: parts.uri.path_and_query().unwrap().to_string(),
                version: parts.version,
                headers: parts.headers,
                body: body.collect().await.map(|body| body.to_bytes()).unwrap_or_default(),
            };
            server.seen.lock().unwrap().push(seen.clone());
            Ok::<_, Infallible>(handler(seen).await)
        }
    });
    // A client that goes away is part of many tests.
    let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(io), service).await;
}

/// A server that does with a connection whatever the test says; the number is the connection's, from 0.
pub async fn raw<F, Fut>(connection: F) -> SocketAddr
where
    F: Fn(TcpStream, usize) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for number in 0.. {
            let (tcp, _) = listener.accept().await.unwrap();
            tcp.set_nodelay(true).unwrap();
            tokio::spawn(connection(tcp, number));
        }
    });
    address
}

/// Reads a request's head.
pub async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

/// A network without time limits, that trusts the servers given and no others.
pub fn network(servers: &[&Server]) -> HttpNetwork {
    network_with(servers, |_| {})
}

pub fn network_with(servers: &[&Server], change: impl FnOnce(&mut NetConfig)) -> HttpNetwork {
    let mut config = NetConfig {
        system_roots: false,
        extra_roots: servers.iter().filter_map(|server| server.root.clone()).collect(),
        timeouts: Timeouts { connect: None, head: None, body: None },
        ..NetConfig::default()
    };
    change(&mut config);
    HttpNetwork::new(config, Handle::current())
}

/// A request by a page of the URL's own origin, in mode "cors", as `fetch()` makes it.
pub fn request(url: Url) -> Request {
    let origin = Origin::of(&url).ascii_serialization();
    request_from(&format!("{origin}/page.html"), url)
}

/// A request by a page somewhere, in mode "cors", as `fetch()` makes it.
pub fn request_from(page: &str, url: Url) -> Request {
    let creation_url = Url::parse(page).unwrap();
    let client = RequestClient {
        id: "client".to_owned(),
        origin: Origin::of(&creation_url),
        creation_url,
        is_secure_context: true,
        has_trustworthy_ancestor: false,
        has_cross_site_ancestor: false,
    };
    let mut request = Request::for_client(url, client, PolicyContainer::default());
    request.mode = RequestMode::Cors;
    request.credentials = CredentialsMode::SameOrigin;
    request.unsafe_request = true;
    request
}

pub async fn fetch(network: &HttpNetwork, request: Request) -> Result<Response, NetworkError> {
    network.fetch(FetchParams::new(request)).await
}

/// Fetches, and reads the body to its end.
pub async fn fetch_all(network: &HttpNetwork, request: Request) -> Result<(Response, Vec<u8>), NetworkError> {
    let mut response = fetch(network, request).await?;
    let body = read(&mut response).await?;
    Ok((response, body))
}

pub async fn read(response: &mut Response) -> Result<Vec<u8>, NetworkError> {
    match response.body.take() {
        Some(body) => body.map_ok(|bytes| bytes.to_vec()).try_concat().await,
        None => Ok(Vec::new()),
    }
}

pub fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}
