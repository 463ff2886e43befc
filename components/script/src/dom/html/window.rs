//! <https://html.spec.whatwg.org/multipage/nav-history-apis.html#the-window-object>
//!
//! A window never shows another document, and there are no frames: the `WindowProxy` is the window itself.

use std::rc::Rc;

use mozjs::jsval::NullValue;

use super::canvas::image_bitmap::create_image_bitmap;
use super::global_scope::EnvironmentSettings;
use super::location::Location;
use super::navigator::Navigator;
use super::structured_clone::structured_clone;
use super::{timers, window_messaging, window_or_worker};
use crate::bindings::callbacks::VoidFunction;
use crate::bindings::dictionaries::{RequestInit, StructuredSerializeOptions, WindowPostMessageOptions};
use crate::bindings::interfaces::WindowMethods;
use crate::bindings::unions::HTMLCanvasElementOrImageBitmapOrBlobOrImageData as ImageBitmapSource;
use crate::bindings::unions::{DOMStringOrFunction, RequestOrUSVString};
use crate::dom::events::Event;
use crate::dom::fetch::fetch_method::fetch;
use crate::dom::hr_time::performance::Performance;
use crate::dom::html::global_scope::realm_options;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::dom::service_workers::ServiceWorkerContainer;
use crate::dom::webdriver::NodeReferences;
use crate::runtime::agent::Agent;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#window>
#[dom_struct]
pub struct Window {
    global_scope: GlobalScope,
    location: MutNullableDom<Location>,
    navigator: MutNullableDom<Navigator>,
    name: DomRefCell<DOMString>,
    opener: HeapValue,
    node_references: NodeReferences,
    /// Set right after the window is made.
    document: MutNullableDom<Document>,
}

crate::castable!(Window => GlobalScope;);

impl Window {
    /// A window with an empty document; the agent's global from now on.
    pub(crate) fn create(
        cx: &mut JSContext,
        agent: &Rc<Agent>,
        settings: EnvironmentSettings,
        content_type: &str,
    ) -> DomRoot<Window> {
        let secure = settings.is_secure_context;
        let url = settings.creation_url.clone();
        let window = Box::new(Window {
            global_scope: GlobalScope::new_inherited(agent, settings),
            location: MutNullableDom::default(),
            navigator: MutNullableDom::default(),
            name: DomRefCell::default(),
            opener: HeapValue::default(),
            node_references: NodeReferences::default(),
            document: MutNullableDom::default(),
        });
        let window = create_global(cx, window, &realm_options(), secure);
        agent.set_global_object(window.reflector().get_jsobject().get());
        let document = Document::new_for_window(cx, &window, url, content_type);
        window.document.set(Some(&document));
        if secure {
            // The window is a service worker client, and controlled, before any script runs.
            ServiceWorkerContainer::of(cx, window.upcast());
        }
        window
    }

    /// The current window, for constructors that are exposed in windows alone.
    pub(crate) fn of(global: &GlobalScope) -> Fallible<&Window> {
        global.downcast().ok_or_else(|| Error::NotSupported("there is no document here".into()))
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#concept-document-window>
    pub(crate) fn document(&self) -> DomRoot<Document> {
        match self.document.get() {
            Some(document) => document,
            None => unreachable!("a window is made with its document"),
        }
    }

    /// The elements that a driver knows.
    pub(crate) fn node_references(&self) -> &NodeReferences {
        &self.node_references
    }

    /// Fires `load`, whose target is the document.
    pub(crate) fn fire_load_event(&self, cx: &mut JSContext, document: &Document) {
        let event = Event::new(cx, self.upcast(), "load".into(), false, false);
        event.fire_at_window_for(cx, self.upcast(), document.upcast());
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-location>
    pub(crate) fn location(&self, cx: &mut JSContext) -> DomRoot<Location> {
        self.location.or_init(|| Location::new(cx, self))
    }

    /// <https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator>
    pub(crate) fn navigator(&self, cx: &mut JSContext) -> DomRoot<Navigator> {
        self.navigator.or_init(|| Navigator::new(cx, self.upcast()))
    }
}

impl WindowMethods for Window {
    fn Window(&self, _cx: &mut JSContext) -> DomRoot<Window> {
        DomRoot::from_ref(self)
    }

    fn Self_(&self, _cx: &mut JSContext) -> DomRoot<Window> {
        DomRoot::from_ref(self)
    }

    fn Document(&self, _cx: &mut JSContext) -> DomRoot<Document> {
        self.document()
    }

    fn Name(&self) -> DOMString {
        self.name.borrow().clone()
    }

    fn SetName(&self, _cx: &mut JSContext, name: DOMString) -> Fallible<()> {
        *self.name.borrow_mut() = name;
        Ok(())
    }

    fn Location(&self, cx: &mut JSContext) -> DomRoot<Location> {
        self.location(cx)
    }

    fn Closed(&self) -> bool {
        false
    }

    fn Frames(&self, _cx: &mut JSContext) -> DomRoot<Window> {
        DomRoot::from_ref(self)
    }

    fn Length(&self) -> u32 {
        0
    }

    fn GetTop(&self, _cx: &mut JSContext) -> Option<DomRoot<Window>> {
        Some(DomRoot::from_ref(self))
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-opener>
    fn Opener(&self, _cx: &mut JSContext, mut rval: MutableHandleValue<'_>) {
        if self.opener.is_undefined() { rval.set(NullValue()) } else { self.opener.get(rval) }
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-opener>
    fn SetOpener(&self, _cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<()> {
        // 1. Null disowns the opener, and there is none. 2. Anything else takes its place.
        self.opener.set(value);
        Ok(())
    }

    fn GetParent(&self, _cx: &mut JSContext) -> Option<DomRoot<Window>> {
        Some(DomRoot::from_ref(self))
    }

    fn GetFrameElement(&self, _cx: &mut JSContext) -> Option<DomRoot<Element>> {
        None
    }

    fn Navigator(&self, cx: &mut JSContext) -> DomRoot<Navigator> {
        self.navigator(cx)
    }

    fn ClientInformation(&self, cx: &mut JSContext) -> DomRoot<Navigator> {
        self.navigator(cx)
    }

    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-window-postmessage>
    fn PostMessage(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        target_origin: USVString,
        transfer: Vec<RootedObject>,
    ) -> Fallible<()> {
        window_messaging::post_message(cx, self, message, &target_origin, &transfer)
    }

    /// <https://html.spec.whatwg.org/multipage/web-messaging.html#dom-window-postmessage-options>
    fn PostMessage_(
        &self,
        cx: &mut JSContext,
        message: HandleValue<'_>,
        options: &WindowPostMessageOptions,
    ) -> Fallible<()> {
        window_messaging::post_message(cx, self, message, &options.target_origin, &options.parent.transfer)
    }

    fn Origin(&self) -> USVString {
        window_or_worker::origin(self.upcast())
    }

    fn IsSecureContext(&self) -> bool {
        self.upcast::<GlobalScope>().is_secure_context()
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
