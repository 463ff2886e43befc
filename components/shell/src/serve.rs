//! Serves a folder on a loopback port, so that a page in it has an origin.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::services::ServeDir;
use url::Url;

/// A folder that can't be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// There is no page in the folder.
    #[error("{} has no index.html", .0.display())]
    NoIndex(PathBuf),
    /// The folder can't be read.
    #[error("{} can't be read", .0.display())]
    Folder(PathBuf, #[source] io::Error),
    /// The port that was asked for is not to be had.
    #[error("port {0} can't be listened on; name another one with --port")]
    Port(u16, #[source] io::Error),
}

/// A folder that is being served until this value is dropped.
#[derive(Debug)]
pub struct ServedFolder {
    address: SocketAddr,
    stop: CancellationToken,
}

impl ServedFolder {
    /// Starts to serve `folder` on loopback. Without a `port` the folder's own path decides: state that a profile
    /// keeps belongs to an origin, and a port is a part of that.
    pub async fn start(folder: &Path, port: Option<u16>) -> Result<Self, ServeError> {
        let folder = folder.canonicalize().map_err(|error| ServeError::Folder(folder.into(), error))?;
        if !folder.join("index.html").is_file() {
            return Err(ServeError::NoIndex(folder));
        }
        let port = port.unwrap_or_else(|| port_of(&folder));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|error| ServeError::Port(port, error))?;
        let address = listener.local_addr().map_err(|error| ServeError::Port(port, error))?;
        let stop = CancellationToken::new();
        tokio::spawn(stop.clone().run_until_cancelled_owned(accept(listener, ServeDir::new(folder))));
        Ok(Self { address, stop })
    }

    /// Where the folder's `index.html` is.
    pub fn url(&self) -> Url {
        let text = format!("http://localhost:{}/", self.address.port());
        Url::parse(&text).expect("a loopback address with a port is a URL")
    }
}

impl Drop for ServedFolder {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A port between 20000 and 29999 that is always the same for a folder.
fn port_of(folder: &Path) -> u16 {
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    20_000 + (hasher.finish() % 10_000) as u16
}

async fn accept(listener: TcpListener, files: ServeDir) {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file descriptors, or the peer is gone already: the next connection may do better.
                tracing::warn!(%error, "a connection to the served folder was not accepted");
                tokio::task::yield_now().await;
                continue;
            }
        };
        // Small answers should not wait for more: there is no more.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY on a connection to the served folder");
        }
        let files = files.clone();
        tokio::spawn(async move {
            let service = TowerToHyperService::new(files);
            let builder = auto::Builder::new(TokioExecutor::new());
            if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
                tracing::debug!(%error, "a connection to the served folder ended early");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_its_port() {
        assert_eq!(port_of(Path::new("/a/b")), port_of(Path::new("/a/b")));
        assert!((20_000..30_000).contains(&port_of(Path::new("/"))));
    }

    #[tokio::test]
    async fn a_folder_without_a_page_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let error = ServedFolder::start(folder.path(), Some(0)).await.unwrap_err();
        assert!(error.to_string().ends_with("has no index.html"), "{error}");
    }

    #[tokio::test]
    async fn a_port_in_use_is_refused_by_number() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), "").unwrap();
        let first = ServedFolder::start(folder.path(), Some(0)).await.unwrap();
        let port = first.url().port().unwrap();
        let error = ServedFolder::start(folder.path(), Some(port)).await.unwrap_err();
        assert!(error.to_string().contains(&port.to_string()), "{error}");
    }
}
