//! How the services come to be.

use std::sync::Arc;

use super::background_fetch_host::{EventsByServiceWorkers, PermissionsOfEmbedder, RegistrationWatch};
use super::service_worker_host::ServiceWorkerAgents;
use super::{ServiceHosts, Services};
use crate::embedder::Hosts;
use crate::runtime::engine_thread::EngineThread;

impl Services {
    /// Starts both. They end when they are shut down, or when every handle is gone.
    pub(crate) fn start(engine: &EngineThread, hosts: &Arc<Hosts>, services: ServiceHosts) -> Services {
        // Each needs the other: workers deliver a fetch's events; a registration that is removed ends its fetches.
        let registrations = Arc::new(RegistrationWatch::default());
        let agents = ServiceWorkerAgents::new(engine.agent_starter(), hosts);
        let (service_workers, manager) = service_worker::ServiceWorkerManager::new(
            service_worker::host::Hosts {
                network: hosts.network.clone(),
                workers: agents.clone(),
                store: services.registrations,
                registrations: registrations.clone(),
                clock: services.service_worker_clock,
            },
            services.service_worker_config,
        );
        let (background_fetch, service) = background_fetch::BackgroundFetchService::new(
            background_fetch::host::Hosts {
                network: hosts.network.clone(),
                store: services.background_fetches,
                permissions: Arc::new(PermissionsOfEmbedder::new(hosts.permissions.clone())),
                events: Arc::new(EventsByServiceWorkers::new(service_workers.clone())),
                display: services.display,
                clock: services.background_fetch_clock,
            },
            services.background_fetch_config,
        );
        registrations.set_background_fetch(background_fetch.clone());
        let services = Services { service_workers, background_fetch };
        agents.set_services(services.clone());
        engine.set_services(services.clone());
        // Nothing of either runs before both are connected.
        hosts.spawner.spawn(Box::pin(manager));
        hosts.spawner.spawn(Box::pin(service));
        services
    }
}
