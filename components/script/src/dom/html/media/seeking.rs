//! <https://html.spec.whatwg.org/multipage/media.html#seeking>

use super::html_media_element::HTMLMediaElement;
use super::ready_states::ReadyState;
use super::time_ranges::Ranges;
use crate::webidl::*;

impl HTMLMediaElement {
    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-seek>
    pub(super) fn seek(&self, cx: &mut JSContext, time: f64) {
        let playback = &self.playback;
        // 2. Nothing is known.
        if playback.ready_state() == ReadyState::Nothing {
            return;
        }
        // What was played until now was.
        self.advance();
        // 6–8. The nearest place that it can be at.
        let Some(time) = self.seekable().nearest(time) else { return };
        // 3–4. It is being sought; what was sought before isn't any more.
        playback.seeking.set(Some(time));
        // 10. Say so.
        self.queue_event("seeking");
        // 11. It is there.
        playback.set_position(time);
        self.advance();
        // 12. Once there is something.
        self.has_data_at_new_position(cx);
    }

    /// The same, from step 12 on, if what is being sought is there.
    pub(super) fn has_data_at_new_position(&self, cx: &mut JSContext) {
        if self.is_found() {
            // 13. Once the script that is running has done what it is about to do.
            self.await_a_stable_state(cx, |this, _cx| {
                // 14. It is found, if it isn't somewhere else by now.
                if this.is_found() {
                    this.playback.seeking.set(None);
                    // 16–17. Say so.
                    this.queue_event("timeupdate");
                    this.queue_event("seeked");
                }
            });
        }
    }

    /// Whether it is known what there is at the place that is being sought, if one is.
    fn is_found(&self) -> bool {
        let Some(time) = self.playback.seeking.get() else { return false };
        let has_data = self.playback.available.borrow().end_at(time).is_some();
        // At the end there is nothing to have; and nothing more may come.
        has_data || time >= self.playback.duration() || self.loading.borrow().is_none()
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-seekable>: all of it, where the server has every part at
    /// any time; else what was read, which nobody needs to have again.
    pub(super) fn seekable(&self) -> Ranges {
        let playback = &self.playback;
        let mut ranges = playback.available.borrow().clone();
        if playback.is_seekable.get() && playback.duration().is_finite() {
            ranges.add(0.0, playback.duration());
        }
        ranges
    }
}
