//! <https://w3c.github.io/ServiceWorker/#clients-interface>

use service_worker::{
    ClientId, ClientInfo, ClientQueryOptions as Query, ClientType as QueryType, Handle, WorkerId,
};

use super::service_worker_container::parse;
use super::{Client, ServiceWorkerGlobalScope, environment};
use crate::bindings::dictionaries::ClientQueryOptions;
use crate::bindings::enums::ClientType;
use crate::bindings::interfaces::ClientsMethods;
use crate::webidl::*;

/// <https://w3c.github.io/ServiceWorker/#clients-interface>
#[dom_struct]
pub struct Clients {
    reflector: Reflector,
}

impl Clients {
    pub(super) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<Clients> {
        reflect_dom_object(cx, Box::new(Clients { reflector: Reflector::new() }), global)
    }
}

/// The service worker that asks, and whom it asks.
pub(super) fn worker_and_manager(global: &GlobalScope) -> Fallible<(WorkerId, Handle)> {
    let worker = global.downcast::<ServiceWorkerGlobalScope>().map(ServiceWorkerGlobalScope::worker);
    match (worker, environment::service_workers(global)) {
        (Some(worker), Some(service_workers)) => Ok((worker, service_workers)),
        _ => Err(Error::NotSupported("there are no service workers here".into())),
    }
}

impl ClientsMethods for Clients {
    /// <https://w3c.github.io/ServiceWorker/#dom-clients-get>
    fn Get(&self, cx: &mut JSContext, id: DOMString) -> Fallible<Promise> {
        let global = self.global();
        let (worker, service_workers) = worker_and_manager(&global)?;
        // 1. A promise.
        let promise = Promise::new(cx, &global);
        // 2. The manager looks for it, and waits until it can run scripts.
        let reply =
            environment::reply(&global, &promise, |cx, global, promise, client: Option<ClientInfo>| {
                match client {
                    // Resolve Get Client Promise, 1–2.
                    Some(client) if !client.environment.is_secure_context => {
                        promise.reject(cx, Error::Security("the client is not a secure context".into()));
                    }
                    // 3–4.
                    Some(client) => {
                        let client = Client::create(cx, global, &client);
                        promise.resolve(cx, &client);
                    }
                    // 2.2. None: undefined.
                    None => promise.resolve_value(cx, HandleValue::undefined()),
                }
            });
        service_workers.client(worker, ClientId::from(&*id), reply);
        // 3. Return it.
        Ok(promise)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-clients-matchall>
    fn MatchAll(&self, cx: &mut JSContext, options: &ClientQueryOptions) -> Fallible<Promise> {
        let global = self.global();
        let (worker, service_workers) = worker_and_manager(&global)?;
        // 1. A promise.
        let promise = Promise::new(cx, &global);
        // 2. The manager finds and sorts them.
        let query = Query {
            include_uncontrolled: options.include_uncontrolled,
            client_type: match options.type_ {
                ClientType::Window => QueryType::Window,
                ClientType::Worker => QueryType::Worker,
                ClientType::Sharedworker => QueryType::SharedWorker,
                ClientType::All => QueryType::All,
            },
        };
        let reply = environment::reply(&global, &promise, |cx, global, promise, clients: Vec<ClientInfo>| {
            // 2.5.1–2.5.3. Objects for them.
            let clients = clients.iter().map(|client| Client::create(cx, global, client)).collect::<Vec<_>>();
            // 2.5.5. A frozen array.
            environment::resolve_with_frozen_array(cx, promise, &clients);
        });
        service_workers.match_all_clients(worker, query, reply);
        // 3. Return it.
        Ok(promise)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-clients-openwindow>
    fn OpenWindow(&self, _cx: &mut JSContext, url: USVString) -> Fallible<Promise> {
        // 1–2. Parse the URL.
        let global = self.global();
        let url = parse(&global, &url)?;
        // 3. Not about:blank.
        if url.as_str() == "about:blank" {
            return Err(Error::Type("about:blank can't be opened".into()));
        }
        // 4. Only after a person did something.
        let worker = global.downcast::<ServiceWorkerGlobalScope>();
        if !worker.is_some_and(ServiceWorkerGlobalScope::take_window_interaction) {
            return Err(Error::InvalidAccess("a window can be opened after an interaction alone".into()));
        }
        // FIXME(spec): 5–8. The embedder decides which pages there are, and can't be asked for one yet.
        Err(Error::NotSupported(format!("{url} can't be opened: this engine opens no windows for workers")))
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-clients-claim>
    fn Claim(&self, cx: &mut JSContext) -> Fallible<Promise> {
        let global = self.global();
        let (worker, service_workers) = worker_and_manager(&global)?;
        // 2. A promise.
        let promise = Promise::new(cx, &global);
        // 1, 3. The manager's.
        let reply = environment::reply(&global, &promise, |cx, _global, promise, ()| {
            promise.resolve_value(cx, HandleValue::undefined());
        });
        service_workers.claim(worker, reply);
        // 4. Return it.
        Ok(promise)
    }
}
