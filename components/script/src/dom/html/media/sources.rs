//! Resources that child elements name: <https://html.spec.whatwg.org/multipage/media.html#concept-media-load-algorithm>, step
//! 9, children.

use html5ever::local_name;
use media::CanPlayType;

use super::html_media_element::{HTMLMediaElement, NetworkState};
use super::html_source_element::HTMLSourceElement;
use crate::dom::html::console_message;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::embedder::ConsoleLevel;
use crate::webidl::*;

impl HTMLMediaElement {
    /// The first one.
    pub(super) fn first_source(&self) -> Option<DomRoot<HTMLSourceElement>> {
        self.upcast::<Node>().children().find_map(DomRoot::downcast)
    }

    /// Steps 1 to 9.
    pub(super) fn load_candidate(&self, cx: &mut JSContext, candidate: &HTMLSourceElement) {
        // 1. What comes after it is next.
        self.candidate.set(Some(candidate));
        let element: &Element = candidate.upcast();
        // 2. What it names.
        let src = element.attribute_without_namespace(&local_name!("src")).unwrap_or_default();
        if src.is_empty() {
            return self.candidate_failed(cx, candidate, "the attribute src is empty");
        }
        // FIXME(spec): 3, the attribute media.
        // 4–5. The URL.
        let url = match candidate.upcast::<Node>().node_document().parse_url(&src) {
            Ok(url) => url,
            Err(error) => {
                return self.candidate_failed(cx, candidate, &format!("{src:?} is not a URL: {error}"));
            }
        };
        // 6. What it is said to be.
        if let Some(mime_type) = element.attribute_without_namespace(&local_name!("type"))
            && media::can_play_type(&mime_type) == CanPlayType::No
        {
            let message =
                format!("{} is said to be of the type {mime_type:?}, which can't be played", url.as_str());
            return self.candidate_failed(cx, candidate, &message);
        }
        // 7. It is the current one.
        self.set_current_src(url.as_str().into());
        // 9. Fetch it.
        self.fetch_resource(url);
    }

    /// Steps 10 and 11: failed with elements.
    pub(super) fn candidate_failed(&self, cx: &mut JSContext, candidate: &HTMLSourceElement, why: &str) {
        console_message(&self.global(), ConsoleLevel::Warn, format!("a source is left out: {why}"));
        // 10. It hears so.
        let failed = Trusted::new(candidate);
        self.queue_task(move |cx, _this| {
            failed.root().upcast::<EventTarget>().fire_event(cx, "error");
        });
        // 11. Once the script that is running has done what it is about to do.
        self.await_a_stable_state(cx, HTMLMediaElement::find_next_candidate);
    }

    /// Steps 12 to 22.
    fn find_next_candidate(&self, cx: &mut JSContext) {
        // 13–17. The next one.
        if let Some(next) = self.next_source() {
            return self.load_candidate(cx, &next);
        }
        // 18. There is none.
        self.set_network_state(NetworkState::NoSource);
        // 20. Nothing waits for it.
        self.queue_task(|cx, this| this.stop_delaying_load(cx));
        // 22. Until there is one: see `source_inserted`.
        self.waits_for_source.set(true);
    }

    /// The one after the candidate.
    // FIXME(spec): the pointer is the candidate, and lost with it if that is removed.
    fn next_source(&self) -> Option<DomRoot<HTMLSourceElement>> {
        let candidate = self.candidate.get()?;
        let candidate: &Node = candidate.upcast();
        let parent = candidate.parent()?;
        let is_ours = *parent == *self.upcast::<Node>();
        let mut after = self.upcast::<Node>().children().skip_while(|child| **child != *candidate);
        is_ours.then(|| after.by_ref().skip(1).find_map(DomRoot::downcast)).flatten()
    }

    /// <https://html.spec.whatwg.org/multipage/embedded-content.html#the-source-element:html-element-insertion-steps>
    pub(super) fn source_inserted(&self, cx: &mut JSContext) {
        // NB: in a document that nobody is shown nothing is fetched.
        if !self.upcast::<Node>().node_document().is_fully_active() {
            return;
        }
        // 2. It is the first one.
        let has_src = self.upcast::<Element>().has_attribute(&local_name!("src"));
        if !has_src && self.network_state() == NetworkState::Empty {
            return self.select_resource(cx);
        }
        // The load algorithm, steps 22 and 23, if it waits.
        if self.waits_for_source.get() && self.next_source().is_some() {
            self.waits_for_source.set(false);
            self.await_a_stable_state(cx, |this, cx| {
                // 24–26. It goes on.
                this.delay_load();
                this.set_network_state(NetworkState::Loading);
                this.find_next_candidate(cx);
            });
        }
    }
}
