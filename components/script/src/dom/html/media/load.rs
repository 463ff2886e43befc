//! Loading media resources: <https://html.spec.whatwg.org/multipage/media.html#loading-the-media-resource>.

use html5ever::local_name;
use url::Url;

use super::html_media_element::{HTMLMediaElement, NetworkState};
use super::media_error::MediaError;
use crate::bindings::interfaces::HTMLMediaElementMethods;
use crate::dom::html::console_message;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::dom::streams::promises::queue_a_microtask;
use crate::embedder::ConsoleLevel;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

impl HTMLMediaElement {
    /// <https://html.spec.whatwg.org/multipage/media.html#queue-a-media-element-task>; dropped with the run of the load
    /// algorithm that it belongs to.
    pub(super) fn queue_task(&self, steps: impl FnOnce(&mut JSContext, &HTMLMediaElement) + Send + 'static) {
        let (this, load) = (Trusted::new(self), self.load.get());
        self.global().task_sender().post(
            TaskSource::DomManipulation,
            Box::new(move |cx, _global| {
                let this = this.root();
                if this.load.get() == load {
                    steps(cx, &this);
                }
            }),
        );
    }

    /// Queues a task to fire an event, which no other run of the load algorithm takes back.
    pub(super) fn queue_event(&self, name: &'static str) {
        let this = Trusted::new(self);
        self.global().task_sender().post(
            TaskSource::DomManipulation,
            Box::new(move |cx, _global| {
                this.root().upcast::<EventTarget>().fire_event(cx, name);
            }),
        );
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#media-element-load-algorithm>
    pub(super) fn load(&self, cx: &mut JSContext) {
        // 2–5. What an earlier run has begun is over; who waits for it to play hears so.
        self.load.set(self.load.get() + 1);
        self.stop_fetching();
        self.reject_pending_play_promises(cx, || Error::Abort("another resource is loaded".into()));
        // 6. It was under way.
        if matches!(self.network_state(), NetworkState::Loading | NetworkState::Idle) {
            self.queue_event("abort");
        }
        // 7. There was something.
        if self.network_state() != NetworkState::Empty {
            self.queue_event("emptied");
            // 7.6. It is paused again.
            self.paused.set(true);
        }
        // 8. The rate.
        self.reset_playback_rate();
        // 9. No error.
        self.set_error(None);
        // 10. Select a resource.
        self.select_resource(cx);
    }

    pub(super) fn stop_fetching(&self) {
        if let Some(fetching) = self.fetching.take() {
            fetching.abort();
        }
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#concept-media-load-algorithm>
    pub(super) fn select_resource(&self, cx: &mut JSContext) {
        // 1. Nothing yet.
        self.set_network_state(NetworkState::NoSource);
        // 3. `load` waits.
        let mut delay = self.load_delay.borrow_mut();
        if delay.is_none() {
            *delay = Some(self.upcast::<Node>().node_document().delay_load_event());
        }
        drop(delay);
        // 4. Once the script that is running has done what it is about to do.
        let load = self.load.get();
        queue_a_microtask(
            cx,
            &self.global(),
            SelectResource { element: Dom::from_ref(self), load },
            |cx, steps| {
                let element = steps.element.as_rooted();
                if element.load.get() == steps.load {
                    element.select_resource_now(cx);
                }
            },
        );
    }

    /// The same, from step 6 on.
    fn select_resource_now(&self, cx: &mut JSContext) {
        // 6. Where it comes from.
        let Some(src) = self.value_of(&local_name!("src")) else {
            let is_source = |child: &DomRoot<Node>| {
                child.downcast::<Element>().is_some_and(|child| child.is_html(&local_name!("source")))
            };
            // FIXME(spec): the mode "children".
            if self.upcast::<Node>().children().any(|child| is_source(&child)) {
                let message =
                    "media elements with source elements are not supported; use the attribute src".to_owned();
                console_message(&self.global(), ConsoleLevel::Error, message);
            }
            // 6. From nowhere.
            self.set_network_state(NetworkState::Empty);
            self.stop_delaying_load(cx);
            return;
        };
        // 7. Loading.
        self.set_network_state(NetworkState::Loading);
        // 8. loadstart.
        self.queue_task(|cx, this| {
            this.upcast::<EventTarget>().fire_event(cx, "loadstart");
        });
        // 9, attribute, 1–2. The URL.
        let document = self.upcast::<Node>().node_document();
        let url = match document.parse_url(&src) {
            Ok(url) if !src.is_empty() => url,
            Ok(_) => return self.fail_soon("the attribute src is empty".into()),
            Err(error) => return self.fail_soon(format!("{src:?} is not a URL: {error}")),
        };
        // 9, attribute, 3. It is the current one.
        self.set_current_src(url.as_str().into());
        // 9, attribute, 4. Fetch it.
        self.fetch_resource(cx, url);
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#concept-media-load-resource>, to step 5, remote.
    fn fetch_resource(&self, _cx: &mut JSContext, url: Url) {
        // 5, remote, 1. Not before it is to be played, if so is wished.
        if &*self.Preload() == "none" && !self.Autoplay() && self.paused.get() {
            // 1.1–1.3. Idle.
            self.set_network_state(NetworkState::Idle);
            self.queue_task(|cx, this| {
                this.upcast::<EventTarget>().fire_event(cx, "suspend");
                this.stop_delaying_load(cx);
            });
            return;
        }
        self.start_fetching(url);
    }

    /// Whoever waited for it to be played begins: the same, remote, 1.4 and 1.5.
    pub(super) fn resume_fetching(&self) {
        if self.network_state() != NetworkState::Idle {
            return;
        }
        self.set_network_state(NetworkState::Loading);
        if let Ok(url) = Url::parse(&self.CurrentSrc()) {
            self.start_fetching(url);
        }
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dedicated-media-source-failure-steps>, in a task.
    pub(super) fn fail_soon(&self, message: String) {
        self.queue_task(move |cx, this| this.fail(cx, &message));
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dedicated-media-source-failure-steps>
    fn fail(&self, cx: &mut JSContext, message: &str) {
        let global = self.global();
        // 1. The error.
        let error = MediaError::new(cx, &global, MediaError::SRC_NOT_SUPPORTED, message);
        self.set_error(Some(&error));
        // 3. There is no source.
        self.set_network_state(NetworkState::NoSource);
        self.stop_fetching();
        // 5. Say so.
        self.upcast::<EventTarget>().fire_event(cx, "error");
        // 6. Who waits for it to play hears of it.
        let message = message.to_owned();
        self.reject_pending_play_promises(cx, || Error::NotSupported(message.clone()));
        // 7. Nothing waits any more.
        self.stop_delaying_load(cx);
    }

    pub(super) fn stop_delaying_load(&self, cx: &mut JSContext) {
        let delay = self.load_delay.take();
        if let Some(delay) = delay {
            delay.end(cx);
        }
    }
}

/// A resource that is to be selected.
#[derive(JSTraceable)]
struct SelectResource {
    element: Dom<HTMLMediaElement>,
    load: u64,
}
