//! The network: Fetch's HTTP side on hyper and rustls.
//!
//! [`HttpNetwork`] implements [`fetch::Network`]. The way of a request goes through the files of `fetching`,
//! which have the names of Fetch's algorithms, to a connection of the pool (`connection`); the way back goes
//! through `body`: timeouts, content decoding, and a bounded buffer, so that a slow reader slows the server
//! down and memory stays flat.
//!
//! There is no HTTP cache yet, no proxy and no HSTS; cookies come through the trait [`fetch::CookieJar`], what is behind a
//! `blob:` URL with the request.

mod authentication;
mod body;
mod config;
mod connection;
mod errors;
mod fetching;
mod host_rules;
mod service;

pub use config::{ConfigError, NetConfig, Timeouts};
pub use host_rules::{HostRule, HostRules, ParseHostRuleError};
pub use service::HttpNetwork;
