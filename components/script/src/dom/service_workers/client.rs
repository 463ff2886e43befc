//! <https://w3c.github.io/ServiceWorker/#client-interface>

use service_worker::{ClientId, ClientInfo, ClientKind, FrameType as ClientFrameType, Payload};
use url::Url;

use super::{ServiceWorkerGlobalScope, WindowClient, environment};
use crate::bindings::dictionaries::StructuredSerializeOptions;
use crate::bindings::enums::{ClientType, FrameType};
use crate::bindings::interfaces::ClientMethods;
use crate::dom::html::structured_clone::structured_serialize_with_transfer;
use crate::webidl::*;

/// <https://w3c.github.io/ServiceWorker/#client-interface>
#[dom_struct]
pub struct Client {
    reflector: Reflector,
    /// The [service worker client](https://w3c.github.io/ServiceWorker/#dfn-service-worker-client-service-worker-client)
    /// that this stands for.
    #[no_trace]
    client: ClientId,
    #[no_trace]
    url: Url,
    #[no_trace]
    client_type: ClientType,
    #[no_trace]
    frame_type: FrameType,
}

impl Client {
    pub(super) fn new_inherited(client: &ClientInfo) -> Client {
        let (client_type, frame_type) = match &client.kind {
            ClientKind::Window(window) => (ClientType::Window, frame_type(window.frame_type)),
            ClientKind::DedicatedWorker => (ClientType::Worker, FrameType::None),
            ClientKind::SharedWorker => (ClientType::Sharedworker, FrameType::None),
        };
        Client {
            reflector: Reflector::new(),
            client: client.id.clone(),
            url: client.url().clone(),
            client_type,
            frame_type,
        }
    }

    /// The client's id.
    pub(super) fn client_id(&self) -> &ClientId {
        &self.client
    }

    /// [Create Client](https://w3c.github.io/ServiceWorker/#create-client-algorithm) or
    /// [Create Window Client](https://w3c.github.io/ServiceWorker/#create-windowclient-algorithm): a new object each
    /// time.
    pub(super) fn create(cx: &mut JSContext, global: &GlobalScope, client: &ClientInfo) -> DomRoot<Client> {
        match &client.kind {
            ClientKind::Window(window) => DomRoot::upcast(WindowClient::new(cx, global, client, window)),
            ClientKind::DedicatedWorker | ClientKind::SharedWorker => {
                reflect_dom_object(cx, Box::new(Client::new_inherited(client)), global)
            }
        }
    }

    /// <https://w3c.github.io/ServiceWorker/#client-postmessage-options>
    fn post_message(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        transfer: &[RootedObject],
    ) -> Fallible<()> {
        // 1–2. The sender.
        let global = self.global();
        // 3. Serialize.
        let message = structured_serialize_with_transfer(cx, message, transfer)?;
        // 4. The manager finds the client, and takes the message to its queue.
        let sender = global.downcast::<ServiceWorkerGlobalScope>();
        if let (Some(sender), Some(service_workers)) = (sender, environment::service_workers(&global)) {
            let origin = global.origin().ascii_serialization();
            let message = Payload::new(message);
            service_workers.post_message_to_client(sender.worker(), self.client.clone(), message, origin);
        }
        Ok(())
    }
}

fn frame_type(frame_type: ClientFrameType) -> FrameType {
    match frame_type {
        ClientFrameType::Auxiliary => FrameType::Auxiliary,
        ClientFrameType::TopLevel => FrameType::TopLevel,
        ClientFrameType::Nested => FrameType::Nested,
        ClientFrameType::None => FrameType::None,
    }
}

impl ClientMethods for Client {
    /// <https://w3c.github.io/ServiceWorker/#dom-client-url>
    fn Url(&self) -> USVString {
        USVString::from(self.url.as_str())
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-client-frametype>
    fn FrameType(&self) -> FrameType {
        self.frame_type
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-client-id>
    fn Id(&self) -> DOMString {
        DOMString::from(&*self.client.0)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-client-type>
    fn Type(&self) -> ClientType {
        self.client_type
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-client-postmessage-message-transfer-transfer>
    fn PostMessage(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        transfer: Vec<RootedObject>,
    ) -> Fallible<()> {
        self.post_message(cx, message, &transfer)
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-client-postmessage-message-options-options>
    fn PostMessage_(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        options: &StructuredSerializeOptions,
    ) -> Fallible<()> {
        self.post_message(cx, message, &options.transfer)
    }
}
