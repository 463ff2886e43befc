//! The engine with everything that it needs, and how it ends.

use std::path::Path;
use std::sync::Arc;

use background_fetch::host::{Display, Store};
use miette::{IntoDiagnostic, Result};
use net::{HostRule, HostRules, HttpNetwork, NetConfig};
use script::Engine;
use script::embedder::{AgentObserver, Hosts, Options, PermissionSource};
use script::services::{ServiceHosts, Services};
use storage::Profile;

use crate::args::NetworkArguments;
use crate::hosts::{SystemClock, TokioSpawner};

/// The network's settings as the command line wants them. An error is bad usage.
pub fn network_config(arguments: &NetworkArguments) -> Result<NetConfig> {
    let rules = arguments.host_rules.iter().map(|rule| rule.parse::<HostRule>());
    let rules = rules.collect::<Result<Vec<_>, _>>().into_diagnostic()?;
    let mut config = NetConfig { host_rules: HostRules(rules), ..NetConfig::default() };
    for file in &arguments.ca_certificates {
        config.add_root_certificates(file).into_diagnostic()?;
    }
    Ok(config)
}

/// Opens the profile in `folder`, or a private one.
pub fn open_profile(folder: Option<&Path>) -> Result<Profile> {
    let options = storage::Options::default();
    match folder {
        Some(folder) => Profile::open(folder, &options),
        None => Profile::temporary(&options),
    }
    .into_diagnostic()
}

/// A running engine.
pub struct Session {
    /// The engine.
    pub engine: Engine,
    /// Its service workers and background fetches.
    pub services: Services,
    profile: Profile,
}

impl Session {
    /// Starts the engine on `profile`, whose background fetches are reached by `store`.
    pub fn start(
        network: NetConfig,
        profile: Profile,
        store: Arc<dyn Store>,
        display: Arc<dyn Display>,
        observer: Arc<dyn AgentObserver>,
        permissions: Arc<dyn PermissionSource>,
    ) -> Result<Session> {
        let (runtime, cookies) = (tokio::runtime::Handle::current(), profile.cookies());
        let network = HttpNetwork::with_cookies(network, runtime.clone(), Some(cookies.clone()));
        let engine = Engine::new(Hosts {
            network: Arc::new(network),
            cookies,
            spawner: Arc::new(TokioSpawner(runtime)),
            observer,
            permissions,
            options: Options::default(),
        })
        .into_diagnostic()?;
        let clock = Arc::new(SystemClock::new());
        let services = engine.start_services(ServiceHosts {
            registrations: profile.registrations(),
            background_fetches: store,
            display,
            service_worker_clock: clock.clone(),
            background_fetch_clock: clock,
            service_worker_config: service_worker::Config::default(),
            background_fetch_config: background_fetch::Config::default(),
        });
        Ok(Session { engine, services, profile })
    }

    /// The end, in order: transfers at a committed point, workers, the engine with its pages. The profile is left, for
    /// those who still read from it; dropping it closes it.
    pub async fn end(self) -> Result<Profile> {
        let Session { engine, services, profile } = self;
        let (reply, fetches) = background_fetch::Reply::channel();
        services.background_fetch.shut_down(reply);
        // An error means that they have ended before.
        let _ = fetches.await;
        let (reply, workers) = service_worker::Reply::channel();
        services.service_workers.shut_down(reply);
        let _ = workers.await;
        tokio::task::spawn_blocking(move || drop(engine)).await.into_diagnostic()?;
        Ok(profile)
    }
}
