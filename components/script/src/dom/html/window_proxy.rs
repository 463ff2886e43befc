//! What a `WindowProxy` stands for: a [navigable](https://html.spec.whatwg.org/multipage/document-sequences.html#navigable)
//! with its [browsing context](https://html.spec.whatwg.org/multipage/document-sequences.html#browsing-context), which is
//! the same one for as long as the navigable lives.
//!
//! How script sees it is in [`crate::webidl::window_proxy`].

use std::cell::RefCell;

use futures::future::AbortHandle;
use mozjs::jsval::{BooleanValue, NullValue, ObjectValue, UInt32Value};

use super::elements::html_iframe_element::HTMLIFrameElement;
use super::frames::NavigateParams;
use super::window::Window;
use super::{cross_origin, frames};
use crate::dom::nodes::document::Document;
use crate::webidl::*;

/// A navigable and its browsing context.
#[dom_struct]
pub struct WindowProxy {
    reflector: Reflector,
    /// The [active window](https://html.spec.whatwg.org/multipage/document-sequences.html#nav-window).
    window: MutDom<Window>,
    /// <https://html.spec.whatwg.org/multipage/document-sequences.html#nav-parent>; None of a top-level one.
    parent: Option<Dom<WindowProxy>>,
    /// <https://html.spec.whatwg.org/multipage/document-sequences.html#nav-container>; None of a top-level one, and once
    /// it was taken out of its document.
    container: MutNullableDom<HTMLIFrameElement>,
    /// <https://html.spec.whatwg.org/multipage/document-sequences.html#nav-target>
    name: DomRefCell<DOMString>,
    #[no_trace]
    navigation: RefCell<Navigation>,
}

/// Which navigation of a navigable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct NavigationId(u64);

#[derive(Default)]
struct Navigation {
    last: NavigationId,
    /// The [ongoing navigation](https://html.spec.whatwg.org/multipage/browsing-the-web.html#ongoing-navigation), with
    /// its fetch.
    ongoing: Option<(NavigationId, Option<AbortHandle>)>,
    /// The fetch of the document that is shown, while its body comes.
    loading: Option<AbortHandle>,
}

impl WindowProxy {
    /// What other origins may see of a window:
    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#crossoriginproperties-(-o-)>.
    pub(crate) const CROSS_ORIGIN_PROPERTIES: &'static [&'static str] = &[
        "window",
        "self",
        "location",
        "close",
        "closed",
        "focus",
        "blur",
        "frames",
        "length",
        "top",
        "opener",
        "parent",
        "postMessage",
    ];

    /// A new navigable that shows `window`: a page's, or that of `container`.
    pub(crate) fn create(
        cx: &mut JSContext,
        window: &Window,
        container: Option<(&HTMLIFrameElement, &WindowProxy)>,
    ) -> DomRoot<WindowProxy> {
        let name = container.map(|(container, _)| container.name()).unwrap_or_default();
        let proxy = WindowProxy {
            reflector: Reflector::new(),
            window: MutDom::new(window),
            parent: container.map(|(_, parent)| Dom::from_ref(parent)),
            container: MutNullableDom::new(container.map(|(container, _)| container)),
            name: DomRefCell::new(name),
            navigation: RefCell::default(),
        };
        window_proxy::create(cx, window.reflector().get_jsobject(), Box::new(proxy))
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#windowproxy>: `window` is shown from now on.
    pub(crate) fn show(&self, cx: &mut JSContext, window: &Window) {
        window_proxy::show(cx, self, window.reflector().get_jsobject());
        self.window.set(window);
    }

    /// The active window; the last one of a navigable that is gone.
    pub(crate) fn window(&self) -> DomRoot<Window> {
        self.window.get()
    }

    /// The active document; the last one of a navigable that is gone.
    pub(crate) fn document(&self) -> DomRoot<Document> {
        self.window().document()
    }

    /// <https://html.spec.whatwg.org/multipage/document-sequences.html#top-level-traversable>
    pub(crate) fn is_top_level(&self) -> bool {
        self.parent.is_none()
    }

    /// Whether it was taken out of its document.
    pub(crate) fn is_discarded(&self) -> bool {
        self.parent.is_some() && self.container.is_none()
    }

    /// The element that it is in.
    pub(crate) fn container(&self) -> Option<DomRoot<HTMLIFrameElement>> {
        self.container.get()
    }

    /// The navigable that it is in, until it is taken out of it.
    pub(crate) fn parent(&self) -> Option<DomRoot<WindowProxy>> {
        if self.container.is_none() { None } else { self.parent.as_ref().map(Dom::as_rooted) }
    }

    /// The outermost navigable.
    pub(crate) fn top(&self) -> DomRoot<WindowProxy> {
        let mut top = DomRoot::from_ref(self);
        while let Some(parent) = top.parent() {
            top = parent;
        }
        top
    }

    /// It and those that it is in, from the inside out.
    pub(crate) fn inclusive_ancestors(&self) -> impl Iterator<Item = DomRoot<WindowProxy>> {
        std::iter::successors(Some(DomRoot::from_ref(self)), |navigable| navigable.parent())
    }

    /// It is taken out of its document.
    pub(super) fn leave_container(&self) {
        self.container.set(None);
    }

    /// <https://html.spec.whatwg.org/multipage/document-sequences.html#nav-target>
    pub(crate) fn name(&self) -> DOMString {
        self.name.borrow().clone()
    }

    pub(crate) fn set_name(&self, name: DOMString) {
        *self.name.borrow_mut() = name;
    }

    /// <https://html.spec.whatwg.org/multipage/document-sequences.html#document-tree-child-navigables>
    pub(crate) fn children(&self) -> Vec<DomRoot<WindowProxy>> {
        if self.is_discarded() { Vec::new() } else { self.document().child_navigables() }
    }

    /// How many child navigables there are.
    pub(crate) fn child_count(&self) -> u32 {
        if self.is_discarded() { 0 } else { self.document().child_navigable_count() }
    }

    /// The child navigable at an index.
    pub(crate) fn child_at(&self, index: u32) -> Option<DomRoot<WindowProxy>> {
        if index >= self.child_count() {
            return None;
        }
        self.children().into_iter().nth(index as usize)
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#isplatformobjectsameorigin-(-o-)>
    pub(crate) fn is_same_origin_with(&self, global: &GlobalScope) -> bool {
        self.window().upcast::<GlobalScope>().origin().same_origin(global.origin())
    }

    /// A navigation begins, and ends the one that was ongoing.
    pub(super) fn begin_navigation(&self) -> NavigationId {
        let mut navigation = self.navigation.borrow_mut();
        navigation.last.0 += 1;
        let id = navigation.last;
        let old = navigation.ongoing.replace((id, None));
        if let Some((_, Some(fetch))) = old {
            fetch.abort();
        }
        id
    }

    /// The fetch of a navigation, to be ended with it.
    pub(super) fn set_navigation_fetch(&self, id: NavigationId, fetch: AbortHandle) {
        match &mut self.navigation.borrow_mut().ongoing {
            Some((ongoing, place)) if *ongoing == id => *place = Some(fetch),
            _ => fetch.abort(),
        }
    }

    /// Whether this navigation is the ongoing one.
    pub(super) fn is_navigating(&self, id: NavigationId) -> bool {
        matches!(self.navigation.borrow().ongoing, Some((ongoing, _)) if ongoing == id)
    }

    /// Whether any is ongoing.
    pub(super) fn has_ongoing_navigation(&self) -> bool {
        self.navigation.borrow().ongoing.is_some()
    }

    /// The ongoing navigation has its document, whose body comes; that of the document before ends.
    pub(super) fn navigation_has_document(&self) {
        let mut navigation = self.navigation.borrow_mut();
        let fetch = navigation.ongoing.take().and_then(|(_, fetch)| fetch);
        let old = std::mem::replace(&mut navigation.loading, fetch);
        if let Some(old) = old {
            old.abort();
        }
    }

    /// The ongoing navigation leads nowhere.
    pub(super) fn end_navigation(&self) {
        self.navigation.borrow_mut().ongoing = None;
    }

    /// Nothing is loaded any more.
    pub(super) fn abort_navigations(&self) {
        let navigation = self.navigation.take();
        let ongoing = navigation.ongoing.and_then(|(_, fetch)| fetch);
        for fetch in ongoing.into_iter().chain(navigation.loading) {
            fetch.abort();
        }
    }

    /// <https://html.spec.whatwg.org/multipage/nav-history-apis.html#crossorigingetownpropertyhelper-(-o,-p-)>: the value
    /// of a property that another origin may see, or false.
    pub(crate) fn cross_origin_property(
        &self,
        cx: &mut JSContext,
        name: &str,
        mut rval: MutableHandleValue<'_>,
    ) -> Fallible<bool> {
        let object = |proxy: &WindowProxy| ObjectValue(proxy.reflector().get_jsobject().get());
        let value = match name {
            "window" | "self" | "frames" => object(self),
            "parent" => match self.parent() {
                Some(parent) => object(&parent),
                None if self.is_discarded() => NullValue(),
                None => object(self),
            },
            "top" if self.is_discarded() => NullValue(),
            "top" => object(&self.top()),
            "opener" => NullValue(),
            "length" => UInt32Value(self.child_count()),
            "closed" => BooleanValue(self.is_discarded()),
            "close" | "focus" | "blur" | "postMessage" => {
                cross_origin::function(cx, name, rval);
                return Ok(true);
            }
            // A frame's name: <https://html.spec.whatwg.org/multipage/nav-history-apis.html#windowproxy-getownproperty>, 5.
            name => match self.children().iter().find(|child| child.name() == name) {
                Some(child) => object(child),
                None => return Ok(false),
            },
        };
        rval.set(value);
        Ok(true)
    }

    /// The function that sets `location` from another origin.
    pub(crate) fn cross_origin_location_setter(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        cross_origin::function(cx, "set location", rval);
    }

    /// The setter of `location`, from another origin.
    pub(crate) fn set_cross_origin_location(
        &self,
        cx: &mut JSContext,
        value: HandleValue<'_>,
    ) -> Fallible<()> {
        let url = USVString::from_js(cx, value)?;
        let global = GlobalScope::from_current_realm(cx);
        let url = global
            .encoding_parse_url(&url)
            .map_err(|error| Error::Syntax(format!("`{}` is not a valid URL: {error}", &*url)))?;
        frames::navigate(self, NavigateParams::by(&global, url));
        Ok(())
    }
}

impl PartialEq for WindowProxy {
    /// Identity.
    fn eq(&self, other: &WindowProxy) -> bool {
        std::ptr::eq(self, other)
    }
}
