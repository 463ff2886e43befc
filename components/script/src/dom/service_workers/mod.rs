//! <https://w3c.github.io/ServiceWorker/>: what needs JavaScript. The algorithms on registrations and workers are in the
//! component `service_worker`, to which calls go by its handle and from which answers and notifications come as tasks.

pub(crate) mod client;
mod client_messages;
pub(crate) mod clients;
mod environment;
mod event_dispatch;
pub(crate) mod extendable_event;
pub(crate) mod extendable_message_event;
pub(crate) mod fetch_event;
pub(crate) mod handle_fetch;
pub(crate) mod import_scripts;
pub(crate) mod install_event;
mod notifications;
pub(crate) mod object_map;
pub(crate) mod run;
mod run_module;
pub(crate) mod service_worker;
mod service_worker_client;
pub(crate) mod service_worker_container;
pub(crate) mod service_worker_global_scope;
pub(crate) mod service_worker_registration;
pub(crate) mod window_client;
mod window_client_tasks;

pub use self::service_worker::ServiceWorker;
pub use client::Client;
pub use clients::Clients;
pub use extendable_event::ExtendableEvent;
pub use extendable_message_event::ExtendableMessageEvent;
pub use fetch_event::FetchEvent;
pub use install_event::InstallEvent;
pub use service_worker_container::ServiceWorkerContainer;
pub use service_worker_global_scope::ServiceWorkerGlobalScope;
pub use service_worker_registration::ServiceWorkerRegistration;
pub use window_client::WindowClient;
