//! The HTTP side: <https://w3c.github.io/webdriver/#dfn-remote-ends>.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use ::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, ORIGIN};
use ::http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use webdriver::command::WebDriverCommand;
use webdriver::error::ErrorStatus;

use super::driver::{Driver, status};
use super::error::Error;
use super::interrupts::Interrupts;
use super::routes::Routes;

/// A longer body is refused, in bytes.
const LONGEST_BODY: usize = 64 << 20;

/// What all connections share.
pub struct Server {
    routes: Routes,
    driver: Mutex<Driver>,
    interrupts: Arc<Interrupts>,
    /// Ends what is under way.
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Server {
    /// A server for one driver.
    pub fn new(driver: Driver) -> Arc<Server> {
        Arc::new(Server {
            routes: Routes::new(),
            interrupts: driver.interrupts().clone(),
            driver: Mutex::new(driver),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// Accepts connections for ever.
    pub async fn accept(self: &Arc<Self>, listener: TcpListener) {
        loop {
            let stream = match listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, or the peer is gone already: the next connection may do better.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::task::yield_now().await;
                    continue;
                }
            };
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "no TCP_NODELAY on a connection");
            }
            let server = self.clone();
            self.tasks.spawn(self.stop.clone().run_until_cancelled_owned(async move {
                let service = service_fn(move |request| {
                    let server = server.clone();
                    async move { Ok::<_, Infallible>(answer(request, server).await) }
                });
                // Drivers' clients speak nothing else.
                let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection ended early");
                }
            }));
        }
    }

    /// Ends connections and commands, and gives the driver back.
    pub async fn stop(self: Arc<Self>) -> Option<Driver> {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        Arc::into_inner(self).map(|server| server.driver.into_inner())
    }
}

async fn answer(request: Request<Incoming>, server: Arc<Server>) -> Response<Full<Bytes>> {
    let (status, body) = match command(request, server).await {
        Ok(body) => (StatusCode::OK, body),
        Err(error) => (error.http_status(), error.body()),
    };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, ::http::HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(CACHE_CONTROL, ::http::HeaderValue::from_static("no-cache"));
    response
}

async fn command(request: Request<Incoming>, server: Arc<Server>) -> Result<String, Error> {
    refuse_pages(&request)?;
    let (head, body) = request.into_parts();
    let body = Limited::new(body, LONGEST_BODY).collect().await.map_err(|error| {
        let too_long = error.downcast_ref::<LengthLimitError>().is_some();
        let message = if too_long { "the body is too long".into() } else { error.to_string() };
        Error::new(ErrorStatus::InvalidArgument, message)
    })?;
    let body = String::from_utf8(body.to_bytes().into())
        .map_err(|_| Error::new(ErrorStatus::InvalidArgument, "the body is not UTF-8"))?;
    tracing::debug!(method = %head.method, path = head.uri.path(), body, "command");
    let message = server.routes.message(&head.method, head.uri.path(), &body)?;
    // Asking whether there is a session waits for no command.
    let response = if message.command == WebDriverCommand::Status {
        status(server.driver.try_lock().is_ok_and(|driver| !driver.has_session()))
    } else {
        let session = message.session_id.as_deref();
        let deleted = match message.command {
            // Deleting the session waits for none of its commands: the page may never answer.
            WebDriverCommand::DeleteSession => {
                server.interrupts.interrupt(session);
                CancellationToken::new()
            }
            _ => server.interrupts.of(session),
        };
        // A command is done to its end, also when whoever asked hangs up.
        let stop = server.stop.clone();
        let running = server.clone();
        let run = async move { running.driver.lock().await.run(message).await };
        let run = stop.run_until_cancelled_owned(deleted.run_until_cancelled_owned(run));
        match server.tasks.spawn(run).await {
            Ok(Some(Some(result))) => result?,
            Ok(Some(None)) => {
                return Err(Error::new(ErrorStatus::InvalidSessionId, "the session was deleted"));
            }
            Ok(None) => return Err(Error::new(ErrorStatus::UnknownError, "the server is being stopped")),
            Err(error) => return Err(Error::new(ErrorStatus::UnknownError, error.to_string())),
        }
    };
    serde_json::to_string(&response)
        .map_err(|error| Error::new(ErrorStatus::UnknownError, format!("the answer has no JSON: {error}")))
}

/// No page of a browser on this machine may drive us: neither by a request of its own, nor by a name of its server's
/// that leads here (<https://w3c.github.io/webdriver/#security>).
fn refuse_pages(request: &Request<Incoming>) -> Result<(), Error> {
    let refused = |why: &str| Err(Error::new(ErrorStatus::UnknownError, format!("refused: {why}")));
    if request.headers().contains_key(ORIGIN) {
        return refused("the request comes from a page (it has an Origin)");
    }
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    let Some(Ok(authority)) = host.map(str::parse::<::http::uri::Authority>) else {
        return refused("the request has no Host");
    };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    if name != "localhost" && name.parse::<IpAddr>().is_err() {
        return refused("its Host is neither localhost nor an address");
    }
    let content_type =
        request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let safelisted = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
    if request.method() == Method::POST && safelisted.contains(&essence.as_str()) {
        return refused("its Content-Type is one that any page can send");
    }
    Ok(())
}
