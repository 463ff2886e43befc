//! Fakes of all hosts, and what drives a service through a test: on a virtual clock, one step at a time, with
//! no thread and no runtime. Everything is deterministic.

mod clock;
mod events;
mod harness;
mod network;
mod observers;
mod store;
pub mod store_contract;

pub use clock::VirtualClock;
pub use events::{Delivery, FakeEvents};
pub use harness::{Harness, Stepper, now};
pub use network::{BodySender, Exchange, FakeNetwork, head};
pub use observers::{FakePermissions, LastInstance, RecordingDisplay};
pub use store::MemoryStore;
