//! Service Workers for any engine: registrations, the job queue, installation and activation, control of clients,
//! and events (<https://w3c.github.io/ServiceWorker/>).
//!
//! The crate does no I/O and runs no JavaScript. It is an actor: [`ServiceWorkerManager::new`] takes the
//! [`Hosts`](host::Hosts) and gives back a [`Handle`] and the future that is the actor; the host spawns it on
//! whatever runtime it has. Everything that crosses the handle and the host traits is plain data and ids.
//!
//! # Order
//! What a page may see of a registration is ordered (a promise resolves before `updatefound` fires, `installed` comes
//! before `activating`). So answers are given by calling a [`Reply`] from inside the actor, in the same order in which
//! it calls [`Observer::notify`](host::Observer::notify) and [`WorkerHost::notify`](host::WorkerHost::notify).
//! A host that queues one task per call, on one task source per event loop, shows pages the standard's order.
//!
//! # Lifetime of a worker
//! A worker is started for events and stopped when it has been idle for [`Config::idle_timeout`]. Each start is a
//! [`RunId`]: what an older run still says is ignored.

mod handle;
pub mod host;
mod manager;
mod types;

pub use handle::{Handle, Reply};
pub use manager::{Config, ServiceWorkerManager};
pub use types::*;
