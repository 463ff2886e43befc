//! Loading media resources: <https://html.spec.whatwg.org/multipage/media.html#loading-the-media-resource>.

use html5ever::local_name;
use url::Url;

use super::html_media_element::{HTMLMediaElement, NetworkState};
use super::media_error::MediaError;
use super::promises::Outcome;
use super::ready_states::ReadyState;
use crate::bindings::interfaces::HTMLMediaElementMethods;
use crate::dom::nodes::node::Node;
use crate::dom::streams::promises::queue_a_microtask;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

impl HTMLMediaElement {
    /// <https://html.spec.whatwg.org/multipage/media.html#queue-a-media-element-task>; dropped with the run of the load
    /// algorithm that it belongs to.
    pub(super) fn queue_task(&self, steps: impl FnOnce(&mut JSContext, &HTMLMediaElement) + Send + 'static) {
        let (this, load) = (Trusted::new(self), self.load.get());
        self.global().task_sender().post(
            TaskSource::MediaElement,
            Box::new(move |cx, _global| {
                let this = this.root();
                if this.load.get() == load {
                    steps(cx, &this);
                }
            }),
        );
    }

    /// The same, to fire an event.
    pub(super) fn queue_event(&self, name: &'static str) {
        self.queue_task(move |cx, this| {
            this.upcast::<EventTarget>().fire_event(cx, name);
        });
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#media-element-load-algorithm>
    pub(super) fn load(&self, cx: &mut JSContext) {
        // 2, 3 and 5. What an earlier run has begun is over.
        self.load.set(self.load.get() + 1);
        self.candidate.set(None);
        self.waits_for_source.set(false);
        // 4. What was to become of promises becomes of them now.
        self.settle_all_taken(cx);
        // 6. It was under way.
        if matches!(self.network_state(), NetworkState::Loading | NetworkState::Idle) {
            self.queue_event("abort");
        }
        // 7. There was something.
        if self.network_state() != NetworkState::Empty {
            // 7.1. Now there isn't.
            self.queue_event("emptied");
            // 7.2. It isn't fetched any more.
            self.stop_loading();
            // 7.6. It is paused again.
            if !self.paused.replace(true) {
                self.settle_pending_play_promises(cx, Outcome::Aborted("another resource is loaded"));
            }
            // 7.8. It is at its begin.
            if self.official_playback_position() != 0.0 {
                self.queue_event("timeupdate");
            }
            // 7.5, 7.7, 7.8 and 7.10. Nothing is known.
            self.playback.reset();
        }
        // 8. The rate.
        self.reset_playback_rate();
        // 9. No error.
        self.set_error(None);
        self.can_autoplay.set(true);
        // 10. Select a resource.
        self.select_resource(cx);
    }

    /// Ends what is fetched and read.
    pub(super) fn stop_loading(&self) {
        self.is_deferred.set(false);
        let loading = self.loading.take();
        drop(loading);
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#concept-media-load-algorithm>
    pub(super) fn select_resource(&self, cx: &mut JSContext) {
        // 1. Nothing yet.
        self.set_network_state(NetworkState::NoSource);
        self.waits_for_source.set(false);
        // 3. `load` waits.
        self.delay_load();
        // 4. Once the script that is running has done what it is about to do.
        self.await_a_stable_state(cx, HTMLMediaElement::select_resource_now);
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#await-a-stable-state>, at the same run of the load
    /// algorithm.
    pub(super) fn await_a_stable_state(
        &self,
        cx: &mut JSContext,
        steps: fn(&HTMLMediaElement, &mut JSContext),
    ) {
        let captures = StableStateSteps { element: Dom::from_ref(self), load: self.load.get(), steps };
        queue_a_microtask(cx, &self.global(), captures, |cx, captures| {
            let element = captures.element.as_rooted();
            if element.load.get() == captures.load {
                (captures.steps)(&element, cx);
            }
        });
    }

    /// The same, from step 6 on.
    fn select_resource_now(&self, cx: &mut JSContext) {
        // 6. Where it comes from.
        let src = self.value_of(&local_name!("src"));
        let source = self.first_source();
        if src.is_none() && source.is_none() {
            // 6. From nowhere.
            self.set_network_state(NetworkState::Empty);
            self.stop_delaying_load(cx);
            return;
        }
        // 7. Loading.
        self.set_network_state(NetworkState::Loading);
        // 8. loadstart.
        self.queue_event("loadstart");
        match (src, source) {
            (Some(src), _) => self.load_attribute(cx, &src),
            (None, Some(source)) => self.load_candidate(cx, &source),
            (None, None) => {}
        }
    }

    /// Step 9, attribute.
    fn load_attribute(&self, cx: &mut JSContext, src: &DOMString) {
        // 1–2. The URL.
        let document = self.upcast::<Node>().node_document();
        let url = match document.parse_url(src) {
            Ok(url) if !src.is_empty() => url,
            Ok(_) => return self.fail(cx, "the attribute src is empty"),
            Err(error) => return self.fail(cx, &format!("{src:?} is not a URL: {error}")),
        };
        // 3. It is the current one.
        self.set_current_src(url.as_str().into());
        // 4. Fetch it.
        self.fetch_resource(url);
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#concept-media-load-resource>, to step 5, remote.
    pub(super) fn fetch_resource(&self, url: Url) {
        // 5, remote, 1. Not before it is to be played, if so is wished.
        if &*self.Preload() == "none" && !self.Autoplay() && self.paused.get() {
            // 1.1–1.3. Idle.
            self.is_deferred.set(true);
            self.set_network_state(NetworkState::Idle);
            self.queue_task(|cx, this| {
                this.fire_and_stop_delaying_load(cx, "suspend");
            });
            return;
        }
        self.start_fetching(url);
    }

    /// Whoever waited for it to be played begins: the same, remote, 1.5 to 1.7.
    pub(super) fn resume_fetching(&self) {
        if !self.is_deferred.take() {
            return;
        }
        self.delay_load();
        self.set_network_state(NetworkState::Loading);
        if let Ok(url) = Url::parse(&self.CurrentSrc()) {
            self.start_fetching(url);
        }
    }

    /// There won't be more of the resource:
    /// <https://html.spec.whatwg.org/multipage/media.html#media-data-processing-steps-list>.
    pub(super) fn failed(&self, cx: &mut JSContext, error: &media::Error) {
        self.stop_loading();
        let essence = error.to_string();
        // Nothing of it can be played.
        if self.playback.ready_state() == ReadyState::Nothing {
            match self.candidate.get() {
                Some(candidate) => self.candidate_failed(cx, &candidate, &essence),
                None => self.fail(cx, &essence),
            }
            return;
        }
        // What is there is all that there is: 1. (It is stopped.) 2. The error.
        let code = match error {
            media::Error::Source(_) => MediaError::NETWORK,
            media::Error::Malformed(_) | media::Error::Unsupported(_) => MediaError::DECODE,
        };
        let error = MediaError::new(cx, &self.global(), code, &essence);
        self.set_error(Some(&error));
        // 3. Nothing is fetched.
        self.set_network_state(NetworkState::Idle);
        self.advance();
        self.has_data_at_new_position(cx);
        // 4. Nothing waits for it.
        self.stop_delaying_load(cx);
        // 5. Say so.
        self.upcast::<EventTarget>().fire_event(cx, "error");
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dedicated-media-source-failure-steps>
    ///
    /// NB: what is told is told in a task; what is so is so at once, as in all browsers
    /// (<https://github.com/whatwg/html/issues/11155>), which web-platform-tests want.
    fn fail(&self, cx: &mut JSContext, message: &str) {
        // 1. The error.
        let error = MediaError::new(cx, &self.global(), MediaError::SRC_NOT_SUPPORTED, message);
        self.set_error(Some(&error));
        // 3. There is no source.
        self.set_network_state(NetworkState::NoSource);
        self.take_pending_play_promises(Outcome::NotSupported(message.to_owned()));
        self.queue_task(|cx, this| {
            let promises = this.next_taken();
            // 5 and 7. Say so; nothing waits any more.
            this.fire_and_stop_delaying_load(cx, "error");
            // 6. Who waits for it to play hears of it.
            if let Some(promises) = promises {
                promises.settle(cx);
            }
        });
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#delaying-the-load-event-flag>: true.
    pub(super) fn delay_load(&self) {
        let mut delay = self.load_delay.borrow_mut();
        if delay.is_none() {
            *delay = Some(self.upcast::<Node>().node_document().delay_load_event());
        }
    }

    /// Fires an event, and then it is false. A listener may load something else: that delays `load` once more.
    pub(super) fn fire_and_stop_delaying_load(&self, cx: &mut JSContext, event: &str) {
        let delay = self.load_delay.take();
        self.upcast::<EventTarget>().fire_event(cx, event);
        if let Some(delay) = delay {
            delay.end(cx);
        }
    }

    /// The same: false.
    pub(super) fn stop_delaying_load(&self, cx: &mut JSContext) {
        let delay = self.load_delay.take();
        if let Some(delay) = delay {
            delay.end(cx);
        }
    }
}

/// What waits for a stable state.
#[derive(JSTraceable)]
struct StableStateSteps {
    element: Dom<HTMLMediaElement>,
    load: u64,
    #[no_trace]
    steps: fn(&HTMLMediaElement, &mut JSContext),
}
