//! The network: Fetch's HTTP side on hyper and rustls.
