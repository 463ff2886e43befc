//! The network against real servers on the loopback interface.
#![allow(clippy::unwrap_used, reason = "a test that can not be set up should fail loudly")]

mod authentication;
mod blocking;
mod bodies;
mod codings;
mod connections;
mod cors;
mod cuts;
mod headers;
mod load;
mod local_schemes;
mod redirects;
mod responses;
mod server;
mod service_workers;
mod timeouts;
mod tls;
mod uploads;
mod web_sockets;
