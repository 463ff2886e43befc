//! Service workers and background fetches, from a page's script over the real components to a worker's script and back.
//! The network, the stores and the display are fakes; see [`support`] for how to write a test.
//!
//! Each test needs a process of its own (there is one engine in a process): run them with `cargo nextest run`.

mod support;

mod background_fetch;
mod fetch_events;
mod service_workers;
