//! The services that outlive pages: service workers and background fetches. Each is a component that knows nothing of
//! JavaScript; here they get from this engine what they need, and from each other.

mod background_fetch_host;
mod service_worker_host;
mod start;

use std::fmt;
use std::sync::Arc;

pub(crate) use service_worker_host::AgentLifetime;

/// What the services need beside the engine's own [`Hosts`].
#[derive(Clone)]
pub struct ServiceHosts {
    /// Keeps service worker registrations.
    pub registrations: Arc<dyn service_worker::host::RegistrationStore>,
    /// Keeps background fetches.
    pub background_fetches: Arc<dyn background_fetch::host::Store>,
    /// Shows background fetches.
    pub display: Arc<dyn background_fetch::host::Display>,
    /// The time, for service workers.
    pub service_worker_clock: Arc<dyn service_worker::host::Clock>,
    /// The time, for background fetches.
    pub background_fetch_clock: Arc<dyn background_fetch::host::Clock>,
    /// Settings of service workers.
    pub service_worker_config: service_worker::Config,
    /// Settings of background fetches.
    pub background_fetch_config: background_fetch::Config,
}

impl fmt::Debug for ServiceHosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceHosts")
            .field("service_worker_config", &self.service_worker_config)
            .field("background_fetch_config", &self.background_fetch_config)
            .finish_non_exhaustive()
    }
}

/// The running services.
#[derive(Clone)]
pub struct Services {
    /// Service workers.
    pub service_workers: service_worker::Handle,
    /// Background fetches.
    pub background_fetch: background_fetch::Handle,
}

impl Services {
    /// Ends both: first the transfers, at a committed point, then the workers. They go on from there when they are
    /// started again.
    pub async fn shut_down(&self) {
        let (reply, answer) = background_fetch::Reply::channel();
        self.background_fetch.shut_down(reply);
        // An error says that it had ended before.
        let _ = answer.await;
        let (reply, answer) = service_worker::Reply::channel();
        self.service_workers.shut_down(reply);
        let _ = answer.await;
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Services")
    }
}
