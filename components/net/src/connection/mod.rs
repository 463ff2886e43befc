//! Connections (<https://fetch.spec.whatwg.org/#connections>).

mod connector;
mod eof;
mod field_values;
mod http1;
mod pool;
mod resolve;
mod tls;

pub(crate) use field_values::{escape, unescape};
pub(crate) use pool::{ConnectionPool, Lease, SendError};
