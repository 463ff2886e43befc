//! Who is told of changes.

use crate::{Notification, RegistrationInfo};

/// A client's agent, as the manager sees it.
pub trait Observer: Send + Sync {
    /// Queues a task on the client's event loop, in the order of the calls. Must not block.
    fn notify(&self, notification: Notification);
}

/// Whoever keeps something for a registration (a background fetch, …).
pub trait RegistrationObserver: Send + Sync {
    /// The registration was unregistered or its site's data cleared. It will not come back, also not after a restart:
    /// another one for the same scope has another id. Must not block.
    fn registration_removed(&self, registration: &RegistrationInfo);
}

/// For a host with nothing of the kind.
impl RegistrationObserver for () {
    fn registration_removed(&self, _: &RegistrationInfo) {}
}
