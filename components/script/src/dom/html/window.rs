//! <https://html.spec.whatwg.org/multipage/nav-history-apis.html#the-window-object>

use std::rc::Rc;

use html5ever::{LocalName, local_name};
use mozjs::jsval::NullValue;

use super::animation_frames::{cancel_animation_frame, request_animation_frame};
use super::canvas::image_bitmap::create_image_bitmap;
use super::elements::html_iframe_element::HTMLIFrameElement;
use super::global_scope::EnvironmentSettings;
use super::location::Location;
use super::navigator::Navigator;
use super::structured_clone::structured_clone;
use super::{focus, timers, window_messaging, window_or_worker};
use crate::bindings::callbacks::{FrameRequestCallback, VoidFunction};
use crate::bindings::dictionaries::{RequestInit, StructuredSerializeOptions, WindowPostMessageOptions};
use crate::bindings::interfaces::WindowMethods;
use crate::bindings::unions::HTMLCanvasElementOrImageBitmapOrBlobOrImageData as ImageBitmapSource;
use crate::bindings::unions::{DOMStringOrFunction, EventOrUndefined, RequestOrUSVString};
use crate::dom::events::Event;
use crate::dom::fetch::fetch_method::fetch;
use crate::dom::hr_time::performance::Performance;
use crate::dom::html::global_scope::realm_options;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::dom::service_workers::ServiceWorkerContainer;
use crate::dom::webdriver::NodeReferences;
use crate::runtime::agent::Agent;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#window>
#[dom_struct]
pub struct Window {
    global_scope: GlobalScope,
    /// Set before script sees anything of the window.
    window_proxy: MutNullableDom<WindowProxy>,
    location: MutNullableDom<Location>,
    navigator: MutNullableDom<Navigator>,
    opener: HeapValue,
    node_references: NodeReferences,
    /// Set right after the window is made.
    document: MutNullableDom<Document>,
    /// <https://dom.spec.whatwg.org/#window-current-event>
    current_event: MutNullableDom<Event>,
}

crate::castable!(Window => GlobalScope;);

/// Where a new window is shown.
pub(crate) enum Place<'a> {
    /// In a page of its own.
    TopLevel,
    /// In a frame that has none yet.
    Frame {
        /// The frame's element.
        container: &'a HTMLIFrameElement,
        /// What that is in.
        parent: &'a WindowProxy,
    },
    /// Where another one is now.
    Of(&'a WindowProxy),
}

impl Window {
    /// A page's window with an empty document; the agent's global from now on.
    pub(crate) fn create(
        cx: &mut JSContext,
        agent: &Rc<Agent>,
        settings: EnvironmentSettings,
        content_type: &str,
    ) -> DomRoot<Window> {
        let url = settings.creation_url.clone();
        let window = Window::create_in(cx, agent, settings, Place::TopLevel);
        let document = Document::new_for_window(cx, &window, url, content_type);
        window.set_document(&document);
        window.become_client(cx);
        window
    }

    /// A window that is yet to get its document.
    pub(crate) fn create_in(
        cx: &mut JSContext,
        agent: &Rc<Agent>,
        settings: EnvironmentSettings,
        place: Place<'_>,
    ) -> DomRoot<Window> {
        let secure = settings.is_secure_context;
        let window = Box::new(Window {
            global_scope: GlobalScope::new_inherited(agent, settings),
            window_proxy: MutNullableDom::default(),
            location: MutNullableDom::default(),
            navigator: MutNullableDom::default(),
            opener: HeapValue::default(),
            node_references: NodeReferences::default(),
            document: MutNullableDom::default(),
            current_event: MutNullableDom::default(),
        });
        let mut options = realm_options();
        share_compartment(cx, &mut options);
        let window = create_global_with(cx, window, &options, secure, |cx, window: &Window| {
            let proxy = match place {
                Place::TopLevel => WindowProxy::create(cx, window, None),
                Place::Frame { container, parent } => {
                    WindowProxy::create(cx, window, Some((container, parent)))
                }
                Place::Of(proxy) => {
                    proxy.show(cx, window);
                    DomRoot::from_ref(proxy)
                }
            };
            window.window_proxy.set(Some(&proxy));
        });
        let object = window.reflector().get_jsobject().get();
        if window.window_proxy().is_top_level() {
            agent.set_global_object(object);
        } else {
            agent.add_global(object);
        }
        window
    }

    /// The window is a service worker client, and controlled, before any script runs.
    pub(crate) fn become_client(&self, cx: &mut JSContext) {
        if self.upcast::<GlobalScope>().is_secure_context() {
            ServiceWorkerContainer::of(cx, self.upcast());
        }
    }

    /// The window of an initial `about:blank` gets the document that follows, which is of the same origin.
    pub(crate) fn reuse(&self, cx: &mut JSContext, settings: EnvironmentSettings, content_type: &str) {
        let url = settings.creation_url.clone();
        let global: &GlobalScope = self.upcast();
        global.renew_settings(settings);
        let document = Document::new_for_window(cx, self, url, content_type);
        self.set_document(&document);
        if global.is_secure_context() {
            ServiceWorkerContainer::of(cx, global).renew_client();
        }
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

    pub(crate) fn set_document(&self, document: &Document) {
        self.document.set(Some(document));
    }

    /// <https://dom.spec.whatwg.org/#window-current-event>
    pub(crate) fn current_event(&self) -> &MutNullableDom<Event> {
        &self.current_event
    }

    /// The navigable that it is in, or was in until it ended.
    pub(crate) fn window_proxy(&self) -> DomRoot<WindowProxy> {
        match self.window_proxy.get() {
            Some(proxy) => proxy,
            None => unreachable!("a window is made with its proxy"),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/document-sequences.html#node-navigable> of the document.
    fn navigable(&self) -> Option<DomRoot<WindowProxy>> {
        let proxy = self.window_proxy();
        (!proxy.is_discarded() && std::ptr::eq(&raw const *proxy.window(), self)).then_some(proxy)
    }

    /// Whether the window is that of its navigable.
    pub(crate) fn is_active(&self) -> bool {
        self.navigable().is_some()
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
    fn Window(&self, _cx: &mut JSContext) -> DomRoot<WindowProxy> {
        self.window_proxy()
    }

    fn Self_(&self, _cx: &mut JSContext) -> DomRoot<WindowProxy> {
        self.window_proxy()
    }

    fn Document(&self, _cx: &mut JSContext) -> DomRoot<Document> {
        self.document()
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-name>
    fn Name(&self) -> DOMString {
        self.navigable().map(|navigable| navigable.name()).unwrap_or_default()
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-name>
    fn SetName(&self, _cx: &mut JSContext, name: DOMString) -> Fallible<()> {
        if let Some(navigable) = self.navigable() {
            navigable.set_name(name);
        }
        Ok(())
    }

    fn Location(&self, cx: &mut JSContext) -> DomRoot<Location> {
        self.location(cx)
    }

    /// <https://dom.spec.whatwg.org/#dom-window-event>
    fn Event(&self, _cx: &mut JSContext) -> EventOrUndefined {
        self.current_event.get().map_or(EventOrUndefined::Undefined(()), EventOrUndefined::Event)
    }

    /// <https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#dom-animationframeprovider-requestanimationframe>
    fn RequestAnimationFrame(&self, _cx: &mut JSContext, callback: &FrameRequestCallback) -> Fallible<u32> {
        Ok(request_animation_frame(self.upcast(), callback))
    }

    /// <https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#dom-animationframeprovider-cancelanimationframe>
    fn CancelAnimationFrame(&self, _cx: &mut JSContext, handle: u32) -> Fallible<()> {
        cancel_animation_frame(self.upcast(), handle);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#named-access-on-the-window-object>
    ///
    /// FIXME(spec): several elements with the name are a collection; here it is the first of them.
    fn NamedGetter(
        &self,
        _cx: &mut JSContext,
        name: DOMString,
        mut rval: MutableHandleObject<'_>,
    ) -> Fallible<()> {
        if name.is_empty() || !self.is_active() {
            return Ok(());
        }
        let document = self.document();
        // 1. The first frame of that name, if it is not another origin's, which may call itself what it likes.
        let frames = document.child_navigables();
        let frame = frames.iter().find(|frame| frame.name() == name);
        if let Some(frame) = frame.filter(|frame| frame.is_same_origin_with(self.upcast())) {
            rval.set(frame.reflector().script_object());
            return Ok(());
        }
        // 2 to 4. An element with that id, or, of some kinds, with that name.
        let has_name = |element: &Element| {
            ["embed", "form", "img", "object"].iter().any(|local| element.is_html(&LocalName::from(*local)))
                && element.attribute_without_namespace(&local_name!("name")).is_some_and(|it| it == name)
        };
        let mut elements = document.upcast::<Node>().descendants().filter_map(DomRoot::downcast::<Element>);
        if let Some(element) = elements.find(|element| element.has_id(&name) || has_name(element)) {
            rval.set(element.reflector().get_jsobject().get());
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-window-closed>
    fn Closed(&self) -> bool {
        self.window_proxy().is_discarded()
    }

    /// <https://html.spec.whatwg.org/multipage/interaction.html#dom-window-focus>
    fn Focus(&self, cx: &mut JSContext) -> Fallible<()> {
        // 1–4. NB: anything that script asks for may have focus.
        focus::focus_window(cx, self);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/interaction.html#dom-window-blur>: nothing.
    fn Blur(&self, _cx: &mut JSContext) -> Fallible<()> {
        Ok(())
    }

    fn Frames(&self, _cx: &mut JSContext) -> DomRoot<WindowProxy> {
        self.window_proxy()
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-length>
    fn Length(&self) -> u32 {
        if self.is_active() { self.document().child_navigable_count() } else { 0 }
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-top>
    fn GetTop(&self, _cx: &mut JSContext) -> Option<DomRoot<WindowProxy>> {
        self.navigable().map(|navigable| navigable.top())
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

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-parent>
    fn GetParent(&self, _cx: &mut JSContext) -> Option<DomRoot<WindowProxy>> {
        // 1 to 4. A top-level one is its own.
        self.navigable().map(|navigable| navigable.parent().unwrap_or(navigable))
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#dom-frameelement>
    fn GetFrameElement(&self, cx: &mut JSContext) -> Option<DomRoot<Element>> {
        // 1 to 4. The container, if there is one.
        let container = self.navigable()?.container()?;
        // 5. Only for its own origin.
        let current = GlobalScope::from_current_realm(cx);
        let may = container.global().origin().same_origin(current.origin());
        may.then(|| DomRoot::from_ref(container.upcast::<Element>()))
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
