//! <https://wicg.github.io/background-fetch/>: what needs JavaScript. Everything else is in the component
//! `background_fetch`, to which calls go by its handle and from which answers and updates come as tasks.
//!
//! NB: ids and titles go to it as sequences of scalar values: an unpaired surrogate in them becomes U+FFFD.

pub(crate) mod background_fetch_event;
pub(crate) mod background_fetch_manager;
pub(crate) mod background_fetch_record;
pub(crate) mod background_fetch_registration;
pub(crate) mod background_fetch_update_ui_event;
mod events;
mod instance_observer;
mod reply;
mod ui_options;

pub use background_fetch_event::BackgroundFetchEvent;
pub use background_fetch_manager::BackgroundFetchManager;
pub use background_fetch_record::BackgroundFetchRecord;
pub use background_fetch_registration::BackgroundFetchRegistration;
pub use background_fetch_update_ui_event::BackgroundFetchUpdateUIEvent;
pub(crate) use events::functional_event;
