//! <https://html.spec.whatwg.org/multipage/system-state.html#the-navigator-object>, for windows and for workers.

use mozjs::jsval::UndefinedValue;
use mozjs::rooted;

use crate::bindings::interfaces::{NavigatorMethods, WorkerNavigatorMethods};
use crate::bindings::unions::ReadableStreamOrBlobOrBufferSourceOrFormDataOrURLSearchParamsOrUSVString as BodyInit;
use crate::dom::beacon::{BeaconQueue, send_beacon};
use crate::dom::permissions::Permissions;
use crate::dom::service_workers::ServiceWorkerContainer;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/system-state.html#navigator>
#[dom_struct]
pub struct Navigator {
    reflector: Reflector,
    languages: HeapValue,
    permissions: MutNullableDom<Permissions>,
    #[no_trace]
    beacons: BeaconQueue,
}

/// <https://html.spec.whatwg.org/multipage/workers.html#workernavigator>
#[dom_struct]
pub struct WorkerNavigator {
    reflector: Reflector,
    languages: HeapValue,
    permissions: MutNullableDom<Permissions>,
}

impl Navigator {
    /// That of `global`, a window.
    pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<Navigator> {
        let navigator = Navigator {
            reflector: Reflector::new(),
            languages: HeapValue::default(),
            permissions: MutNullableDom::default(),
            beacons: BeaconQueue::default(),
        };
        reflect_dom_object(cx, Box::new(navigator), global)
    }
}

impl WorkerNavigator {
    /// That of `global`, a worker's.
    pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<WorkerNavigator> {
        let navigator = WorkerNavigator {
            reflector: Reflector::new(),
            languages: HeapValue::default(),
            permissions: MutNullableDom::default(),
        };
        reflect_dom_object(cx, Box::new(navigator), global)
    }
}

/// <https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-appversion>
fn app_version(global: &GlobalScope) -> DOMString {
    // The user agent without its first word.
    let user_agent = &global.hosts().options.user_agent;
    user_agent.split_once('/').map_or(user_agent.as_str(), |(_, rest)| rest).into()
}

fn languages(cx: &mut JSContext, global: &GlobalScope, cached: &HeapValue, rval: MutableHandleValue<'_>) {
    if cached.is_undefined() {
        let language: DOMString = global.hosts().options.language.as_str().into();
        rooted!(&in(cx) let mut array = UndefinedValue());
        to_frozen_array(cx, &[language], array.handle_mut());
        cached.set(array.handle());
    }
    cached.get(rval);
}

fn hardware_concurrency() -> u64 {
    std::thread::available_parallelism().map_or(1, |count| count.get() as u64)
}

impl NavigatorMethods for Navigator {
    fn AppCodeName(&self) -> DOMString {
        "Mozilla".into()
    }

    fn AppName(&self) -> DOMString {
        "Netscape".into()
    }

    fn AppVersion(&self) -> DOMString {
        app_version(&self.global())
    }

    /// <https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-platform>
    fn Platform(&self) -> DOMString {
        "Linux x86_64".into()
    }

    fn Product(&self) -> DOMString {
        "Gecko".into()
    }

    /// <https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-productsub>
    fn ProductSub(&self) -> DOMString {
        "20100101".into()
    }

    fn UserAgent(&self) -> DOMString {
        self.global().hosts().options.user_agent.as_str().into()
    }

    fn Vendor(&self) -> DOMString {
        DOMString::new()
    }

    fn VendorSub(&self) -> DOMString {
        DOMString::new()
    }

    fn Language(&self) -> DOMString {
        self.global().hosts().options.language.as_str().into()
    }

    fn Languages(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        languages(cx, &self.global(), &self.languages, rval);
    }

    /// <https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-online>
    fn OnLine(&self) -> bool {
        true
    }

    /// <https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-cookieenabled>
    fn CookieEnabled(&self) -> bool {
        !self.global().origin().is_opaque()
    }

    /// <https://html.spec.whatwg.org/multipage/workers.html#dom-navigator-hardwareconcurrency>
    fn HardwareConcurrency(&self) -> u64 {
        hardware_concurrency()
    }

    /// <https://w3c.github.io/permissions/#dom-navigator-permissions>
    fn Permissions(&self, cx: &mut JSContext) -> DomRoot<Permissions> {
        self.permissions.or_init(|| Permissions::new(cx, &self.global()))
    }

    /// <https://w3c.github.io/beacon/#sendbeacon-method>
    fn SendBeacon(&self, cx: &mut JSContext, url: USVString, data: Option<BodyInit>) -> Fallible<bool> {
        send_beacon(cx, &self.global(), &self.beacons, &url, data.as_ref())
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-navigator-serviceworker>. NB: like the other engines, and as
    /// web-platform-tests have it, not for opaque origins.
    fn TryServiceWorker(&self, cx: &mut JSContext) -> Fallible<DomRoot<ServiceWorkerContainer>> {
        let global = self.global();
        if global.origin().is_opaque() {
            return Err(Error::Security("an opaque origin has no service workers".into()));
        }
        Ok(ServiceWorkerContainer::of(cx, &global))
    }
}

impl WorkerNavigatorMethods for WorkerNavigator {
    fn AppCodeName(&self) -> DOMString {
        "Mozilla".into()
    }

    fn AppName(&self) -> DOMString {
        "Netscape".into()
    }

    fn AppVersion(&self) -> DOMString {
        app_version(&self.global())
    }

    fn Platform(&self) -> DOMString {
        "Linux x86_64".into()
    }

    fn Product(&self) -> DOMString {
        "Gecko".into()
    }

    fn UserAgent(&self) -> DOMString {
        self.global().hosts().options.user_agent.as_str().into()
    }

    fn Language(&self) -> DOMString {
        self.global().hosts().options.language.as_str().into()
    }

    fn Languages(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        languages(cx, &self.global(), &self.languages, rval);
    }

    fn OnLine(&self) -> bool {
        true
    }

    fn HardwareConcurrency(&self) -> u64 {
        hardware_concurrency()
    }

    /// <https://w3c.github.io/permissions/#dom-workernavigator-permissions>
    fn Permissions(&self, cx: &mut JSContext) -> DomRoot<Permissions> {
        self.permissions.or_init(|| Permissions::new(cx, &self.global()))
    }

    /// <https://w3c.github.io/ServiceWorker/#dom-workernavigator-serviceworker>
    fn ServiceWorker(&self, cx: &mut JSContext) -> DomRoot<ServiceWorkerContainer> {
        ServiceWorkerContainer::of(cx, &self.global())
    }
}
