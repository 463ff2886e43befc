//! Playing: <https://html.spec.whatwg.org/multipage/media.html#playing-the-media-resource>. Nothing ever plays, but
//! whoever wants it to is told what comes of it.

use super::html_media_element::{HTMLMediaElement, NetworkState};
use super::media_error::MediaError;
use crate::bindings::interfaces::MediaErrorMethods;
use crate::webidl::*;

impl HTMLMediaElement {
    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-play>
    pub(super) fn play(&self, cx: &mut JSContext) -> Fallible<Promise> {
        // 2. It can't be played.
        if let Some(error) = self.media_error().filter(|error| error.code() == MediaError::SRC_NOT_SUPPORTED)
        {
            let message = error.Message();
            return Err(Error::NotSupported(message.into()));
        }
        // 3. The promise.
        let promise = Promise::new(cx, &self.global());
        self.pending_play_promises.borrow_mut().push(promise.to_heap());
        // 4. <https://html.spec.whatwg.org/multipage/media.html#internal-play-steps>
        // 1. Select something to play.
        if self.network_state() == NetworkState::Empty {
            self.select_resource(cx);
        }
        // 3. It is not paused any more, and has nothing to play yet.
        if self.paused.replace(false) {
            self.queue_event("play");
            self.queue_event("waiting");
        }
        self.resume_fetching();
        // 5. Return it.
        Ok(promise)
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-pause>
    pub(super) fn pause(&self, cx: &mut JSContext) {
        // 1. Select something that might be played.
        if self.network_state() == NetworkState::Empty {
            self.select_resource(cx);
        }
        // 2. Pause.
        self.pause_if_playing();
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#internal-pause-steps>
    fn pause_if_playing(&self) {
        // 2. Only what plays.
        if self.paused.replace(true) {
            return;
        }
        // 2.2–2.3. Who waits for it to play does so in vain.
        let this = Trusted::new(self);
        self.global().task_sender().post(
            crate::runtime::task_source::TaskSource::DomManipulation,
            Box::new(move |cx, _global| {
                let this = this.root();
                this.upcast::<EventTarget>().fire_event(cx, "timeupdate");
                this.upcast::<EventTarget>().fire_event(cx, "pause");
                this.reject_pending_play_promises(cx, || {
                    Error::Abort("it was paused before it could play".into())
                });
            }),
        );
    }

    /// The element was removed from a document: it is paused, unless it is in one again by then.
    pub(in crate::dom::html) fn was_removed(&self, cx: &mut JSContext) {
        use crate::dom::nodes::node::Node;
        use crate::dom::streams::promises::queue_a_microtask;
        queue_a_microtask(cx, &self.global(), Dom::from_ref(self), |_cx, element| {
            let element = element.as_rooted();
            if !element.upcast::<Node>().is_connected() {
                element.pause_if_playing();
            }
        });
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#reject-pending-play-promises>
    pub(super) fn reject_pending_play_promises(&self, cx: &mut JSContext, error: impl Fn() -> Error) {
        let promises = self.pending_play_promises.take_rooted();
        for promise in promises.iter() {
            promise.root().reject(cx, error());
        }
    }
}
