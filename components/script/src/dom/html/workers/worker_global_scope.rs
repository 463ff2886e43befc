//! <https://html.spec.whatwg.org/multipage/workers.html#the-workerglobalscope-common-interface>

use super::import_scripts::import_scripts;
use super::worker_location::WorkerLocation;
use crate::bindings::callbacks::VoidFunction;
use crate::bindings::dictionaries::{RequestInit, StructuredSerializeOptions};
use crate::bindings::interfaces::WorkerGlobalScopeMethods;
use crate::bindings::unions::HTMLCanvasElementOrImageBitmapOrBlobOrImageData as ImageBitmapSource;
use crate::bindings::unions::{DOMStringOrFunction, RequestOrUSVString};
use crate::dom::fetch::fetch_method::fetch;
use crate::dom::hr_time::performance::Performance;
use crate::dom::html::canvas::image_bitmap::create_image_bitmap;
use crate::dom::html::global_scope::EnvironmentSettings;
use crate::dom::html::navigator::WorkerNavigator;
use crate::dom::html::structured_clone::structured_clone;
use crate::dom::html::{timers, window_or_worker};
use crate::runtime::agent::Agent;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/workers.html#workerglobalscope>
#[dom_struct]
pub struct WorkerGlobalScope {
    global_scope: GlobalScope,
    location: MutNullableDom<WorkerLocation>,
    navigator: MutNullableDom<WorkerNavigator>,
    /// The id of the environment that made the worker; a service worker has none.
    #[no_trace]
    creator: Option<String>,
    /// Whether its [type](https://html.spec.whatwg.org/multipage/workers.html#concept-workerglobalscope-type) is "module".
    is_module: Cell<bool>,
}

crate::castable!(WorkerGlobalScope => GlobalScope;);

impl WorkerGlobalScope {
    /// Only fields.
    pub(crate) fn new_inherited(
        agent: &Agent,
        settings: EnvironmentSettings,
        creator: Option<String>,
    ) -> WorkerGlobalScope {
        WorkerGlobalScope {
            global_scope: GlobalScope::new_inherited(agent, settings),
            location: MutNullableDom::default(),
            navigator: MutNullableDom::default(),
            creator,
            is_module: Cell::new(false),
        }
    }

    /// Its type is "module".
    pub(crate) fn set_module(&self) {
        self.is_module.set(true);
    }

    /// Whether its type is "module".
    pub(super) fn is_module(&self) -> bool {
        self.is_module.get()
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#secure-context>
    pub(crate) fn is_secure_context(&self) -> bool {
        self.upcast::<GlobalScope>().is_secure_context()
    }

    /// The id of the environment that made the worker; a service worker has none.
    pub(crate) fn creator(&self) -> Option<&str> {
        self.creator.as_deref()
    }

    /// <https://html.spec.whatwg.org/multipage/workers.html#close-a-worker>
    pub(super) fn close(&self) {
        // 1–2. Its tasks are dropped, and none are taken any more. The script that is running goes on to its end.
        Agent::of_this_thread().task_queue().close();
    }
}

impl WorkerGlobalScopeMethods for WorkerGlobalScope {
    fn Self_(&self, _cx: &mut JSContext) -> DomRoot<WorkerGlobalScope> {
        DomRoot::from_ref(self)
    }

    fn Location(&self, cx: &mut JSContext) -> DomRoot<WorkerLocation> {
        let global: &GlobalScope = self.upcast();
        self.location.or_init(|| WorkerLocation::new(cx, global, global.creation_url()))
    }

    fn Navigator(&self, cx: &mut JSContext) -> DomRoot<WorkerNavigator> {
        self.navigator.or_init(|| WorkerNavigator::new(cx, self.upcast()))
    }

    /// <https://html.spec.whatwg.org/multipage/workers.html#dom-workerglobalscope-importscripts>
    fn ImportScripts(&self, cx: &mut JSContext, urls: Vec<USVString>) -> Fallible<()> {
        import_scripts(cx, self, &urls)
    }

    fn Origin(&self) -> USVString {
        window_or_worker::origin(self.upcast())
    }

    fn IsSecureContext(&self) -> bool {
        self.is_secure_context()
    }

    fn CrossOriginIsolated(&self) -> bool {
        false
    }

    fn ReportError(&self, cx: &mut JSContext, error: HandleValue<'_>) -> Fallible<()> {
        window_or_worker::report_error(cx, self.upcast(), error);
        Ok(())
    }

    fn Btoa(&self, _cx: &mut JSContext, data: DOMString) -> Fallible<DOMString> {
        window_or_worker::btoa(&data)
    }

    fn Atob(&self, _cx: &mut JSContext, data: DOMString) -> Fallible<ByteString> {
        window_or_worker::atob(&data)
    }

    fn SetTimeout(
        &self,
        _cx: &mut JSContext,
        handler: DOMStringOrFunction,
        timeout: i32,
        arguments: Vec<RootedValue>,
    ) -> Fallible<i32> {
        Ok(timers::set_timer(self.upcast(), handler, timeout, arguments, false))
    }

    fn ClearTimeout(&self, _cx: &mut JSContext, id: i32) -> Fallible<()> {
        timers::clear_timer(self.upcast(), id);
        Ok(())
    }

    fn SetInterval(
        &self,
        _cx: &mut JSContext,
        handler: DOMStringOrFunction,
        timeout: i32,
        arguments: Vec<RootedValue>,
    ) -> Fallible<i32> {
        Ok(timers::set_timer(self.upcast(), handler, timeout, arguments, true))
    }

    fn ClearInterval(&self, _cx: &mut JSContext, id: i32) -> Fallible<()> {
        timers::clear_timer(self.upcast(), id);
        Ok(())
    }

    fn QueueMicrotask(&self, cx: &mut JSContext, callback: &VoidFunction) -> Fallible<()> {
        window_or_worker::queue_microtask_callback(cx, self.upcast(), callback);
        Ok(())
    }

    fn CreateImageBitmap(&self, cx: &mut JSContext, image: ImageBitmapSource) -> Fallible<Promise> {
        create_image_bitmap(cx, self.upcast(), image, None)
    }

    fn CreateImageBitmap_(
        &self,
        cx: &mut JSContext,
        image: ImageBitmapSource,
        sx: i32,
        sy: i32,
        sw: i32,
        sh: i32,
    ) -> Fallible<Promise> {
        create_image_bitmap(cx, self.upcast(), image, Some([sx, sy, sw, sh]))
    }

    fn StructuredClone(
        &self,
        cx: &mut JSContext,
        value: HandleValue<'_>,
        options: &StructuredSerializeOptions,
        rval: MutableHandleValue<'_>,
    ) -> Fallible<()> {
        structured_clone(cx, self.upcast(), value, &options.transfer, rval)
    }

    fn Fetch(&self, cx: &mut JSContext, input: RequestOrUSVString, init: &RequestInit) -> Fallible<Promise> {
        fetch(cx, self.upcast(), input, init)
    }

    fn Performance(&self, cx: &mut JSContext) -> DomRoot<Performance> {
        window_or_worker::performance(cx, self.upcast())
    }
}
