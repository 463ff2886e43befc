//! Where a resource is, and what comes of the time that passes:
//! <https://html.spec.whatwg.org/multipage/media.html#playing-the-media-resource>.
//!
//! Nothing is shown or heard: playing is the clock. What was read of the resource needs to be there only in so far as
//! nothing plays that isn't.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use media::Metadata;
use mozjs::realm::AutoRealm;

use super::demuxing::{Listener, Order, Report};
use super::html_media_element::{HTMLMediaElement, NetworkState};
use super::html_video_element::HTMLVideoElement;
use super::promises::Outcome;
use super::ready_states::ReadyState;
use super::time_ranges::Ranges;
use crate::bindings::interfaces::HTMLMediaElementMethods;
use crate::runtime::agent::Agent;
use crate::runtime::timers::{TimerKey, TimerSteps};
use crate::webidl::*;

/// So many seconds are read ahead, where the resource is to be played.
const READ_AHEAD: f64 = 30.0;
/// The same where it is not known whether it is.
const READ_AHEAD_A_LITTLE: f64 = 3.0;
/// With so many seconds ahead it will play to its end, as it seems.
const ENOUGH: f64 = 2.0;
/// A duration that is wrong by less (in seconds) is left as it is: frames may be longer than what is heard of them.
const DURATION_TOLERANCE: f64 = 0.25;
/// `timeupdate` is fired as often as this.
const TIME_UPDATE_INTERVAL: Duration = Duration::from_millis(250);

/// What is known of the resource, and where it is. Times are in seconds.
#[derive(Default)]
pub(super) struct Playback {
    ready_state: Cell<Option<ReadyState>>,
    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-duration>; none while it isn't known.
    duration: Cell<Option<f64>>,
    /// Whether `loadeddata` was told.
    pub(super) has_loaded_data: Cell<bool>,
    pub(super) is_seekable: Cell<bool>,
    /// What was read.
    pub(super) available: RefCell<Ranges>,
    /// What is being read.
    run: Cell<Run>,
    /// The [current playback position](https://html.spec.whatwg.org/multipage/media.html#current-playback-position), as it
    /// was at a moment.
    position: Cell<f64>,
    /// That moment; none while it stands still.
    moving_since: Cell<Option<Instant>>,
    /// The [official playback position](https://html.spec.whatwg.org/multipage/media.html#official-playback-position), as
    /// a script has seen it, and at which of its agent's checkpoints.
    seen_position: Cell<Option<(u64, f64)>>,
    played: RefCell<Ranges>,
    /// Where is sought to.
    pub(super) seeking: Cell<Option<f64>>,
    /// Whether what comes of the end has been queued.
    end_is_told: Cell<bool>,
    last_time_update: Cell<Option<Instant>>,
    tick: Cell<Option<TimerKey>>,
}

/// What is read without a gap.
#[derive(Clone, Copy, Default)]
struct Run {
    start: f64,
    /// Until when it was asked for.
    goal: f64,
    /// Until when it is there.
    until: f64,
    /// Whether it has reached the resource's end.
    is_end: bool,
}

impl Playback {
    /// Nothing is known.
    pub(super) fn reset(&self) {
        self.ready_state.set(None);
        self.duration.set(None);
        self.has_loaded_data.set(false);
        self.is_seekable.set(false);
        self.available.take();
        self.run.take();
        self.position.set(0.0);
        self.moving_since.set(None);
        self.seen_position.set(None);
        self.played.take();
        self.seeking.set(None);
        self.end_is_told.set(false);
        self.last_time_update.set(None);
        self.cancel_tick();
    }

    pub(super) fn ready_state(&self) -> ReadyState {
        self.ready_state.get().unwrap_or(ReadyState::Nothing)
    }

    /// Returns what it was.
    pub(super) fn set_ready_state(&self, state: ReadyState) -> ReadyState {
        self.ready_state.replace(Some(state)).unwrap_or(ReadyState::Nothing)
    }

    pub(super) fn duration(&self) -> f64 {
        self.duration.get().unwrap_or(f64::NAN)
    }

    /// It is somewhere else.
    pub(super) fn set_position(&self, position: f64) {
        self.position.set(position);
        self.moving_since.set(None);
        self.seen_position.set(None);
        self.end_is_told.set(false);
    }

    /// It is paused: that can be seen at once.
    pub(super) fn forget_seen_position(&self) {
        self.seen_position.set(None);
    }

    fn cancel_tick(&self) {
        if let Some(tick) = self.tick.take() {
            // Dropped when the timers aren't borrowed any more.
            let steps = Agent::of_this_thread().timers.borrow_mut().clear(tick);
            drop(steps);
        }
    }
}

impl HTMLMediaElement {
    /// Hears what there is of the resource.
    pub(super) fn heard(&self, cx: &mut JSContext, report: Report) {
        match report {
            Report::Progress => {
                self.upcast::<EventTarget>().fire_event(cx, "progress");
            }
            Report::Opened { metadata, is_seekable } => self.opened(cx, &metadata, is_seekable),
            Report::Available { start, until, is_end } => {
                self.is_available(start, until, is_end);
                // A resource that has become shorter is at its end.
                let duration = self.playback.duration();
                if self.playback.position.get() > duration {
                    self.seek(cx, duration);
                }
                self.advance();
                self.has_data_at_new_position(cx);
            }
            Report::Rested => {
                if self.network_state() != NetworkState::Loading {
                    return;
                }
                if self.playback.run.get().is_end {
                    self.queue_event("progress");
                }
                self.set_network_state(NetworkState::Idle);
                self.queue_event("suspend");
                // Nothing is left to be read.
                if self.playback.available.borrow().end_at(0.0) >= self.playback.duration.get() {
                    self.stop_loading();
                }
            }
            Report::Failed(error) => self.failed(cx, &error),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#media-data-processing-steps-list>: once enough of it is there to
    /// know its duration and size.
    fn opened(&self, cx: &mut JSContext, metadata: &Metadata, is_seekable: bool) {
        self.playback.is_seekable.set(is_seekable);
        // 4. The duration: for ever, if nothing is known.
        self.set_duration(metadata.duration.unwrap_or(f64::INFINITY));
        // 5. The size.
        if let Some(video) = self.downcast::<HTMLVideoElement>() {
            video.has_size(metadata.video_size);
        }
        // 6. That much is known.
        self.change_ready_state(ReadyState::Metadata);
        // 7 and 8. Where to begin, if that was said,
        let start = self.take_default_playback_start_position();
        if start > 0.0 {
            self.seek(cx, start);
        } else if let Some(start) = fragment_start(&self.CurrentSrc()) {
            // 9–11. or if the URL says so.
            self.seek(cx, start);
        }
        self.advance();
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-duration>
    fn set_duration(&self, duration: f64) {
        if self.playback.duration.replace(Some(duration)) != Some(duration) {
            self.queue_event("durationchange");
        }
    }

    fn is_available(&self, start: f64, until: f64, is_end: bool) {
        let playback = &self.playback;
        let mut run = playback.run.get();
        (run.start, run.until, run.is_end) = (start, until, is_end);
        playback.run.set(run);
        let duration = playback.duration();
        // It ends where it ends, whatever it said.
        let is_longer = until > duration + DURATION_TOLERANCE;
        // (Where nothing was read, nothing was found out.)
        let is_shorter = is_end && until > start && duration > until + DURATION_TOLERANCE;
        if is_longer || is_shorter {
            self.set_duration(until);
        }
        let until = if is_end { playback.duration() } else { until };
        playback.available.borrow_mut().add(start, until);
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#current-playback-position>, now.
    fn position_now(&self) -> f64 {
        let playback = &self.playback;
        let position = playback.position.get();
        let Some(since) = playback.moving_since.get() else { return position };
        let moved = position + since.elapsed().as_secs_f64() * self.PlaybackRate();
        // It doesn't get further than there is something.
        let end = playback.available.borrow().end_at(position).unwrap_or(position);
        moved.min(end).min(playback.duration()).max(position)
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#official-playback-position>: the same for as long as script
    /// looks at it.
    pub(super) fn official_playback_position(&self) -> f64 {
        let checkpoint = Agent::of_this_thread().checkpoints.get();
        let seen = self.playback.seen_position.get().filter(|(seen_at, _)| *seen_at == checkpoint);
        let position = seen.map_or_else(|| self.position_now(), |(_, position)| position);
        self.playback.seen_position.set(Some((checkpoint, position)));
        position
    }

    /// What was played.
    pub(super) fn played(&self) -> Ranges {
        let mut played = self.playback.played.borrow().clone();
        played.add(self.playback.position.get(), self.position_now());
        played
    }

    fn is_at_end(&self) -> bool {
        self.playback.ready_state() >= ReadyState::Metadata && self.position_now() >= self.playback.duration()
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#ended-playback>. It is never played backwards.
    pub(super) fn has_ended(&self) -> bool {
        self.is_at_end() && !self.Loop()
    }

    /// Brings everything up to date: where it is, what is there of it, what comes of that, and what happens next.
    pub(super) fn advance(&self) {
        let playback = &self.playback;
        let position = self.position_now();
        playback.played.borrow_mut().add(playback.position.get(), position);
        playback.position.set(position);
        playback.moving_since.set(None);
        playback.cancel_tick();
        self.update_ready_state();
        if self.is_at_end() {
            self.reached_end();
        } else {
            playback.end_is_told.set(false);
        }
        self.read_on();
        if self.is_potentially_playing() && !self.is_at_end() && self.PlaybackRate() > 0.0 {
            playback.moving_since.set(Some(Instant::now()));
            self.set_tick();
        }
    }

    /// What there is at the current position.
    fn update_ready_state(&self) {
        let playback = &self.playback;
        let state = playback.ready_state();
        if state == ReadyState::Nothing {
            return;
        }
        let position = playback.position.get();
        let end = playback.available.borrow().end_at(position);
        let state = match end {
            // There is nothing else.
            _ if end.unwrap_or(position) >= playback.duration() => ReadyState::EnoughData,
            None => ReadyState::Metadata,
            Some(end) if end <= position => ReadyState::CurrentData,
            Some(end) if end - position >= ENOUGH * self.PlaybackRate().max(1.0) => ReadyState::EnoughData,
            // What was enough isn't called too little before it runs out.
            Some(_) => state.max(ReadyState::FutureData),
        };
        self.change_ready_state(state);
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#reaches-the-end>, forwards.
    fn reached_end(&self) {
        if self.playback.end_is_told.replace(true) {
            return;
        }
        self.queue_task(|cx, this| {
            // 1. It starts anew.
            if this.Loop() {
                return this.seek(cx, 0.0);
            }
            // 3. Tell.
            // 3.1. The time.
            this.upcast::<EventTarget>().fire_event(cx, "timeupdate");
            // 3.2. It is paused.
            if this.has_ended() && !this.paused.replace(true) {
                this.upcast::<EventTarget>().fire_event(cx, "pause");
                this.settle_pending_play_promises(cx, Outcome::Aborted("it has ended"));
            }
            // 3.3. The end.
            this.upcast::<EventTarget>().fire_event(cx, "ended");
        });
    }

    /// How far ahead of the current position is read, in seconds.
    fn read_ahead(&self) -> f64 {
        let is_to_be_played = !self.paused.get() || self.is_eligible_for_autoplay();
        if is_to_be_played || &*self.Preload() == "auto" { READ_AHEAD } else { READ_AHEAD_A_LITTLE }
    }

    /// Until when a resource is read of which nothing is known yet, in seconds.
    pub(super) fn begin_to_read(&self) -> f64 {
        let goal = self.read_ahead();
        self.playback.run.set(Run { goal, ..Run::default() });
        goal
    }

    /// Has read what is wanted next, if that isn't done already.
    pub(super) fn read_on(&self) {
        let playback = &self.playback;
        if playback.ready_state() == ReadyState::Nothing || self.loading.borrow().is_none() {
            return;
        }
        let position = playback.position.get();
        let ahead = self.read_ahead();
        let end = playback.available.borrow().end_at(position).unwrap_or(position);
        // There is enough, for now.
        if end >= playback.duration() || end - position >= ahead / 2.0 {
            return;
        }
        let mut run = playback.run.get();
        let is_on_its_way = run.start <= end && end <= run.goal.max(run.until) && !run.is_end;
        if is_on_its_way && run.goal - position >= ahead / 2.0 {
            return;
        }
        if !is_on_its_way {
            // Who reads all of it comes there, too.
            if !playback.is_seekable.get() {
                return;
            }
            run = Run { start: end, goal: end, until: end, is_end: false };
            self.order(Order::Seek(end));
        }
        run.goal = position + ahead;
        playback.run.set(run);
        self.order(Order::ReadUntil(run.goal));
    }

    fn order(&self, order: Order) {
        if let Some(loading) = &*self.loading.borrow() {
            self.set_network_state(NetworkState::Loading);
            loading.order(order, Listener::new(self));
        }
    }

    /// Looks again after a while, at the latest when there is nothing left to play.
    fn set_tick(&self) {
        let playback = &self.playback;
        let position = playback.position.get();
        let end = playback.available.borrow().end_at(position).unwrap_or(position);
        let left = (end.min(playback.duration()) - position) / self.PlaybackRate();
        let left = Duration::try_from_secs_f64(left).unwrap_or(Duration::MAX);
        let tick = Box::new(Tick { element: Dom::from_ref(self) });
        playback.tick.set(self.global().set_timer(left.min(TIME_UPDATE_INTERVAL), tick));
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#time-marches-on>, 6: the time that passed is told.
    fn time_marches_on(&self) {
        let now = Instant::now();
        let last = self.playback.last_time_update.get();
        if last.is_none_or(|last| now.duration_since(last) >= TIME_UPDATE_INTERVAL) {
            self.playback.last_time_update.set(Some(now));
            self.queue_event("timeupdate");
        }
    }
}

/// Where a URL's fragment says that its resource begins, in seconds: <https://www.w3.org/TR/media-frags/#naming-time>, in
/// normal play time.
// FIXME(spec): the end, and other units.
fn fragment_start(url: &str) -> Option<f64> {
    let (_, fragment) = url.split_once('#')?;
    let (_, time) =
        url::form_urlencoded::parse(fragment.as_bytes()).filter(|(name, _)| name == "t").last()?;
    let start = time.strip_prefix("npt:").unwrap_or(&time).split(',').next()?;
    let parts: Vec<f64> = start.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let seconds = parts.iter().fold(0.0, |seconds, part| seconds * 60.0 + part);
    (parts.len() <= 3 && seconds.is_finite() && seconds > 0.0).then_some(seconds)
}

/// Time has passed.
#[derive(JSTraceable)]
struct Tick {
    element: Dom<HTMLMediaElement>,
}

impl TimerSteps for Tick {
    fn run(&self, cx: &mut JSContext) {
        let element = self.element.as_rooted();
        let global = element.global();
        let _realm = AutoRealm::new_from_handle(cx, global.reflector().get_jsobject());
        element.advance();
        element.time_marches_on();
    }
}

#[cfg(test)]
mod tests {
    use super::fragment_start;

    #[test]
    fn a_fragment_may_say_where_to_begin() {
        for (fragment, start) in [
            ("", None),
            ("#t", None),
            ("#t=4", Some(4.0)),
            ("#t=npt:4.5,7", Some(4.5)),
            ("#x=1&t=1:02:03", Some(3723.0)),
            ("#t=1&t=2", Some(2.0)),
            ("#t=,7", None),
            ("#t=-1", None),
            ("#t=NaN", None),
            ("#t=1:2:3:4", None),
        ] {
            assert_eq!(fragment_start(&format!("https://a.test/b{fragment}")), start, "{fragment}");
        }
    }
}
