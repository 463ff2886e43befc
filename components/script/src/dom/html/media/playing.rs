//! Playing and pausing: <https://html.spec.whatwg.org/multipage/media.html#playing-the-media-resource>.

use super::html_media_element::{HTMLMediaElement, NetworkState};
use super::media_error::MediaError;
use super::promises::Outcome;
use super::ready_states::ReadyState;
use crate::bindings::interfaces::MediaErrorMethods;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

impl HTMLMediaElement {
    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-play>. (1. Everything is allowed to play.)
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
        // 4. Play.
        self.internal_play_steps(cx);
        // 5. Return it.
        Ok(promise)
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#internal-play-steps>
    fn internal_play_steps(&self, cx: &mut JSContext) {
        // 1. Select something to play.
        if self.network_state() == NetworkState::Empty {
            self.select_resource(cx);
        }
        // 2. From the begin again.
        if self.has_ended() {
            self.seek(cx, 0.0);
        }
        let can_play = self.playback.ready_state() >= ReadyState::FutureData;
        if self.paused.replace(false) {
            // 3. It is not paused any more.
            self.queue_event("play");
            if can_play {
                self.notify_about_playing();
            } else {
                self.queue_event("waiting");
            }
        } else if can_play {
            // 4. It was not.
            self.queue_events_and_settle(&[], Outcome::Plays);
        }
        // 5. That was no automatism.
        self.can_autoplay.set(false);
        self.resume_fetching();
        self.advance();
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-pause>
    pub(super) fn pause(&self, cx: &mut JSContext) {
        // 1. Select something that might be played.
        if self.network_state() == NetworkState::Empty {
            self.select_resource(cx);
        }
        // 2. Pause.
        self.internal_pause_steps();
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#internal-pause-steps>
    fn internal_pause_steps(&self) {
        // 1. That is no automatism either.
        self.can_autoplay.set(false);
        // 2. Only what plays.
        if !self.paused.get() {
            // 2.4. It stays where it is.
            self.advance();
            self.playback.forget_seen_position();
            // 2.1–2.3. Who waits for it to play does so in vain.
            self.paused.set(true);
            self.queue_events_and_settle(
                &["timeupdate", "pause"],
                Outcome::Aborted("it was paused before it could play"),
            );
            self.advance();
        }
    }

    /// The element was removed from a document: it is paused, unless it is in one again by then.
    pub(in crate::dom::html) fn was_removed(&self, cx: &mut JSContext) {
        self.await_a_stable_state(cx, |this, _cx| {
            if !this.upcast::<Node>().is_connected() {
                this.internal_pause_steps();
            }
        });
    }
}
