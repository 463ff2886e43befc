//! What an engine gives to the component: one trait per outside thing.
//!
//! Rules that hold for all of them:
//!
//! * They are `Send + Sync`. The component calls them on whatever thread polls its future, and assumes
//!   nothing about the thread on which a returned future is woken.
//! * They never block: what takes time is a returned future. [`Display`] is told things one way and returns
//!   at once.
//! * What crosses is plain data and ids; no borrow lives across an `await`.
//! * A returned future may be dropped before it is done. For the [network](Network) that ends the transfer;
//!   for the [store](Store) a write that has been asked for happens all the same.

mod clock;
mod display;
mod event_delivery;
mod network;
mod permissions;
mod store;

use std::sync::Arc;

pub use clock::Clock;
pub use display::{Display, DisplayState, DisplayedFetch};
pub use event_delivery::{DeliveryError, EventDelivery, EventKind, FunctionalEvent};
pub use network::Network;
pub use permissions::{PermissionQuery, PermissionState, Permissions};
pub use store::{
    Change, NewFetch, NewFetchRecord, Phase, Store, StoreError, StoredBody, StoredFetch, StoredRecord,
    StoredResponse, Validator,
};

/// Everything that the service needs from its engine.
#[derive(Clone)]
pub struct Hosts {
    /// Sends requests.
    pub network: Arc<dyn Network>,
    /// Keeps state and bodies.
    pub store: Arc<dyn Store>,
    /// Answers whether background fetch is allowed.
    pub permissions: Arc<dyn Permissions>,
    /// Takes events to service workers.
    pub events: Arc<dyn EventDelivery>,
    /// Shows fetches to a person.
    pub display: Arc<dyn Display>,
    /// Tells the time and waits.
    pub clock: Arc<dyn Clock>,
}
