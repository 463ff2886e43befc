//! <https://html.spec.whatwg.org/multipage/media.html#ready-states>

use super::html_media_element::{HTMLMediaElement, NetworkState};
use super::promises::Outcome;
use crate::bindings::interfaces::HTMLMediaElementMethods;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/media.html#dom-media-readystate>: what one has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ReadyState {
    /// Nothing is known of the resource.
    Nothing = 0,
    /// What it is.
    Metadata = 1,
    /// What is at the current position, and no more.
    CurrentData = 2,
    /// What comes next.
    FutureData = 3,
    /// So much that it can be played to its end, as it seems.
    EnoughData = 4,
}

impl HTMLMediaElement {
    /// There is more or less of the resource, at the current position, than there was.
    pub(super) fn change_ready_state(&self, new: ReadyState) {
        use ReadyState::{CurrentData, EnoughData, FutureData, Metadata, Nothing};
        let playback = &self.playback;
        let was_playing = self.is_potentially_playing();
        let old = playback.set_ready_state(new);
        if old == new || self.network_state() == NetworkState::Empty {
            return;
        }
        // 1. What is new is told.
        if old == Nothing {
            self.queue_event("loadedmetadata");
        }
        if old <= Metadata && new >= CurrentData && !playback.has_loaded_data.replace(true) {
            self.queue_task(|cx, this| {
                this.fire_and_stop_delaying_load(cx, "loadeddata");
            });
        }
        if old >= FutureData && new <= CurrentData && was_playing {
            self.queue_event("timeupdate");
            self.queue_event("waiting");
        }
        if old <= CurrentData && new >= FutureData {
            self.queue_event("canplay");
            if !self.paused.get() {
                self.notify_about_playing();
            }
        }
        if new == EnoughData {
            // NB: web-platform-tests want this before `canplaythrough`.
            if self.is_eligible_for_autoplay() {
                self.paused.set(false);
                self.queue_event("play");
                self.notify_about_playing();
            }
            self.queue_event("canplaythrough");
        }
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#notify-about-playing>
    pub(super) fn notify_about_playing(&self) {
        self.queue_events_and_settle(&["playing"], Outcome::Plays);
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#eligible-for-autoplay>
    pub(super) fn is_eligible_for_autoplay(&self) -> bool {
        // What keeps scripts from running keeps automatic features from it, too.
        let is_sandboxed = self.upcast::<Node>().node_document().sandboxing().scripts;
        self.can_autoplay.get() && self.paused.get() && self.Autoplay() && !is_sandboxed
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#potentially-playing>
    pub(super) fn is_potentially_playing(&self) -> bool {
        !self.paused.get()
            && !self.has_ended()
            && self.media_error().is_none()
            && self.playback.ready_state() >= ReadyState::FutureData
    }
}
