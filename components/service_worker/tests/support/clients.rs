//! Pages.

use fetch::{Origin, PolicyContainer, RequestClient, StorageKey, Url};
use service_worker::host::Observer;
use service_worker::{ClientInfo, ClientKind, Notification, WindowState};

use super::Log;

pub fn client_info(name: &str, url: Url) -> ClientInfo {
    let origin = Origin::of(&url);
    ClientInfo {
        id: name.into(),
        environment: RequestClient {
            id: name.into(),
            creation_url: url,
            origin: origin.clone(),
            is_secure_context: true,
            has_trustworthy_ancestor: false,
            has_cross_site_ancestor: false,
        },
        policy_container: PolicyContainer::default(),
        storage_key: StorageKey(origin),
        kind: ClientKind::Window(WindowState::default()),
    }
}

/// A page that writes what it is told into the log.
pub struct Page {
    pub name: String,
    pub log: Log,
}

impl Observer for Page {
    fn notify(&self, notification: Notification) {
        self.log.add(format!("{}: {}", self.name, describe(&notification)));
    }
}

pub fn describe(notification: &Notification) -> String {
    let id = |worker: &Option<service_worker::WorkerInfo>| match worker {
        Some(worker) => worker.id.0.to_string(),
        None => "-".into(),
    };
    match notification {
        Notification::RegistrationState { installing, waiting, active, .. } => {
            format!("workers {} {} {}", id(installing), id(waiting), id(active))
        }
        Notification::UpdateViaCache { mode, .. } => format!("update via cache {}", mode.as_str()),
        Notification::WorkerState { worker, state } => format!("{} is {}", worker.0, state.as_str()),
        Notification::UpdateFound { .. } => "updatefound".into(),
        Notification::ControllerChange { controller } => format!("controllerchange {}", id(controller)),
        Notification::Ready { registration } => format!("ready {}", registration.scope.path()),
        Notification::Message { message, source, .. } => {
            format!("message {} from {}", message.downcast::<String>().unwrap(), source.id.0)
        }
    }
}
