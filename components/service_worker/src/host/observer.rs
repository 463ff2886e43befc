//! Who is told of changes.

use url::Url;

use crate::{ClientId, Error, Notification, RegistrationInfo, Reply};

/// A client's agent, as the manager sees it.
pub trait Observer: Send + Sync {
    /// Queues a task on the client's event loop, in the order of the calls. Must not block.
    fn notify(&self, notification: Notification);

    /// Queues a task that gives a window client focus
    /// ([focus()](https://w3c.github.io/ServiceWorker/#client-focus), steps 4.1 to 4.5). The answer says that it has it, or
    /// why not. Must not block.
    fn focus(&self, reply: Reply<()>) {
        reply.send(Err(Error::Type("only a window can be focused".into())));
    }

    /// Queues a task that navigates a window client to `url`
    /// ([navigate()](https://w3c.github.io/ServiceWorker/#client-navigate), steps 7.1 to 7.4). The answer is the client
    /// that the document is which is shown then, or `None` if that is none; or why there is no such document. Dropping
    /// `reply` says that something else came in between. Must not block.
    fn navigate(&self, _url: Url, reply: Reply<Option<ClientId>>) {
        reply.send(Err(Error::Type("only a window can be navigated".into())));
    }
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
