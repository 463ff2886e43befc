//! The DOM from a page's point of view. A module per spec or part of one; see [`support`] for how to write them.
//!
//! Each test needs a process of its own (there is one engine in a process): run them with `cargo nextest run`.

mod support;

mod beacon;
mod blob_urls;
mod broadcast_channels;
mod console;
mod cookies;
mod csp;
mod engine;
mod event_source;
mod fetch_method;
mod focus;
mod frames;
mod images;
mod media;
mod messaging;
mod modules;
mod nodes;
mod permissions;
mod preloads;
mod scripts;
mod shared_workers;
mod snippets;
mod timers;
mod transferred_streams;
mod web_socket;
mod window;
mod workers;
mod xhr;
