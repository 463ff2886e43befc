//! Connections (<https://fetch.spec.whatwg.org/#connections>).

mod connector;
mod eof;
mod pool;
mod resolve;
mod tls;

pub(crate) use pool::{ConnectionPool, Lease, SendError};
