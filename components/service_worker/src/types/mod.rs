//! The standard's concepts as plain data.

mod client;
mod error;
mod event;
mod fetch_event;
mod ids;
mod notification;
mod registration;
mod script;
mod worker;

pub use client::{
    ClientInfo, ClientKind, ClientQueryOptions, ClientType, ControllerRule, FrameType, ReservedClient,
    VisibilityState, WindowState,
};
pub use error::{Error, StoreError, StoreErrorKind};
pub use event::{EventOutcome, FunctionalEvent, MessageEvent, MessageSource, Payload, WorkerEvent};
pub use fetch_event::{FetchEvent, FetchResponse, FetchResult};
pub use ids::{ClientId, RegistrationId, RunId, WorkerId};
pub use notification::Notification;
pub use registration::{
    Environment, NavigationPreloadState, RegisterOptions, RegistrationInfo, StoredRegistration, StoredWorker,
    UpdateViaCache,
};
pub use script::{ScriptImport, ScriptResource, ScriptResourceMap};
pub use worker::{WorkerInfo, WorkerState, WorkerType};
