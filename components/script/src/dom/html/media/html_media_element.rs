//! <https://html.spec.whatwg.org/multipage/media.html#htmlmediaelement>: the element, its state and its attributes.

use std::cell::RefCell;

use html5ever::{LocalName, QualName, local_name};
use media::CanPlayType;

use super::html_source_element::HTMLSourceElement;
use super::media_error::MediaError;
use super::playback::Playback;
use super::promises::TakenPromises;
use super::ready_states::ReadyState;
use super::resource_fetch::Loading;
use super::time_ranges::TimeRanges;
use crate::bindings::enums::CanPlayTypeResult;
use crate::bindings::interfaces::HTMLMediaElementMethods;
use crate::dom::html::document_loading::LoadDelay;
use crate::dom::html::elements::html_element::HTMLElement;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/media.html#dom-media-networkstate>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NetworkState {
    /// Nothing was selected yet.
    Empty = 0,
    /// A resource is selected, and nothing fetched at this moment.
    Idle = 1,
    /// A resource is being fetched.
    Loading = 2,
    /// There is none, or none that is of any use.
    NoSource = 3,
}

/// <https://html.spec.whatwg.org/multipage/media.html#htmlmediaelement>
#[dom_struct]
pub struct HTMLMediaElement {
    html_element: HTMLElement,
    error: MutNullableDom<MediaError>,
    #[no_trace]
    network_state: Cell<NetworkState>,
    current_src: DomRefCell<USVString>,
    /// Counts the runs of the load algorithm: what an earlier one has begun is of no interest.
    pub(super) load: Cell<u64>,
    /// Whether fetching it waits until it is to be played.
    pub(super) is_deferred: Cell<bool>,
    /// What is fetched and read.
    #[no_trace]
    pub(super) loading: RefCell<Option<Loading>>,
    /// The child element that is tried, or was the last one.
    pub(super) candidate: MutNullableDom<HTMLSourceElement>,
    /// Whether all of them were tried in vain.
    pub(super) waits_for_source: Cell<bool>,
    #[no_trace]
    pub(super) playback: Playback,
    /// <https://html.spec.whatwg.org/multipage/media.html#delaying-the-load-event-flag>
    #[no_trace]
    pub(super) load_delay: RefCell<Option<LoadDelay>>,
    pub(super) paused: Cell<bool>,
    /// <https://html.spec.whatwg.org/multipage/media.html#list-of-pending-play-promises>
    pub(super) pending_play_promises: DomRefCell<Vec<HeapPromise>>,
    /// Those that a task is to settle, task by task.
    pub(super) taken_play_promises: DomRefCell<Vec<TakenPromises>>,
    /// <https://html.spec.whatwg.org/multipage/media.html#can-autoplay-flag>
    pub(super) can_autoplay: Cell<bool>,
    /// <https://html.spec.whatwg.org/multipage/media.html#default-playback-start-position>
    default_playback_start_position: Cell<f64>,
    default_playback_rate: Cell<f64>,
    playback_rate: Cell<f64>,
    preserves_pitch: Cell<bool>,
    volume: Cell<f64>,
    muted: Cell<bool>,
}

impl HTMLMediaElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLMediaElement {
        HTMLMediaElement {
            html_element: HTMLElement::new_inherited(name, document),
            error: MutNullableDom::default(),
            network_state: Cell::new(NetworkState::Empty),
            current_src: DomRefCell::default(),
            load: Cell::new(0),
            is_deferred: Cell::new(false),
            loading: RefCell::default(),
            candidate: MutNullableDom::default(),
            waits_for_source: Cell::new(false),
            playback: Playback::default(),
            load_delay: RefCell::default(),
            paused: Cell::new(true),
            pending_play_promises: DomRefCell::default(),
            taken_play_promises: DomRefCell::default(),
            can_autoplay: Cell::new(true),
            default_playback_start_position: Cell::new(0.0),
            default_playback_rate: Cell::new(1.0),
            playback_rate: Cell::new(1.0),
            preserves_pitch: Cell::new(true),
            volume: Cell::new(1.0),
            muted: Cell::new(false),
        }
    }

    pub(super) fn value_of(&self, attribute: &LocalName) -> Option<DOMString> {
        self.upcast::<Element>().attribute_without_namespace(attribute)
    }

    fn has(&self, attribute: &LocalName) -> bool {
        self.upcast::<Element>().has_attribute(attribute)
    }

    fn set_boolean(&self, cx: &mut JSContext, attribute: LocalName, value: bool) -> Fallible<()> {
        self.upcast::<Element>().set_boolean_attribute(cx, attribute, value);
        Ok(())
    }

    pub(super) fn network_state(&self) -> NetworkState {
        self.network_state.get()
    }

    pub(super) fn set_network_state(&self, state: NetworkState) {
        self.network_state.set(state);
    }

    pub(super) fn set_current_src(&self, src: USVString) {
        self.current_src.set(src);
    }

    pub(super) fn media_error(&self) -> Option<DomRoot<MediaError>> {
        self.error.get()
    }

    pub(super) fn set_error(&self, error: Option<&MediaError>) {
        self.error.set(error);
    }

    pub(super) fn ready_state(&self) -> ReadyState {
        self.playback.ready_state()
    }

    pub(super) fn take_default_playback_start_position(&self) -> f64 {
        self.default_playback_start_position.take()
    }

    pub(super) fn reset_playback_rate(&self) {
        // NB: backwards nothing is played.
        self.playback_rate.set(self.default_playback_rate.get().max(0.0));
    }

    /// An attribute was set, changed or removed.
    pub(in crate::dom::html) fn attribute_changed(
        &self,
        cx: &mut JSContext,
        name: &LocalName,
        value: Option<&DOMString>,
    ) {
        match *name {
            // <https://html.spec.whatwg.org/multipage/media.html#attr-media-src>
            local_name!("src") if value.is_some() => self.load(cx),
            // It may be wanted now.
            local_name!("preload") | local_name!("autoplay")
                if &*self.Preload() != "none" || self.Autoplay() =>
            {
                self.resume_fetching();
                self.advance();
            }
            _ => {}
        }
    }

    /// The element was made with its attributes, by the parser or as a copy.
    pub(in crate::dom) fn was_made(&self, cx: &mut JSContext) {
        // <https://html.spec.whatwg.org/multipage/media.html#attr-media-muted>
        if self.has(&local_name!("muted")) {
            self.muted.set(true);
        }
        self.has_attributes_now(cx);
    }

    /// The same, or it came into a document.
    pub(in crate::dom) fn has_attributes_now(&self, cx: &mut JSContext) {
        let is_new = self.network_state() == NetworkState::Empty;
        // NB: in a document that nobody is shown nothing is fetched.
        if !is_new || !self.upcast::<Node>().node_document().is_fully_active() {
            return;
        }
        if self.has(&local_name!("src")) {
            self.load(cx);
        } else if self.first_source().is_some() {
            self.select_resource(cx);
        }
    }
}

impl HTMLMediaElementMethods for HTMLMediaElement {
    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-error>
    fn GetError(&self, _cx: &mut JSContext) -> Option<DomRoot<MediaError>> {
        self.media_error()
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-src>
    fn Src(&self) -> USVString {
        self.html_element.reflected_url(&local_name!("src"))
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-src>
    fn SetSrc(&self, cx: &mut JSContext, src: USVString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("src"), src.into())
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-currentsrc>
    fn CurrentSrc(&self) -> USVString {
        self.current_src.borrow().clone()
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-crossorigin>
    fn GetCrossOrigin(&self) -> Option<DOMString> {
        self.html_element.reflected_cross_origin()
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-crossorigin>
    fn SetCrossOrigin(&self, cx: &mut JSContext, value: Option<DOMString>) -> Fallible<()> {
        self.html_element.reflect_cross_origin(cx, value)
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-networkstate>
    fn NetworkState(&self) -> u16 {
        self.network_state() as u16
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-preload>: limited to known values. Without it, or
    /// with another one, the metadata is fetched.
    fn Preload(&self) -> DOMString {
        let value = self.value_of(&local_name!("preload")).map(|value| value.to_ascii_lowercase());
        match value.as_deref() {
            Some("none") => "none".into(),
            Some("auto" | "") => "auto".into(),
            _ => "metadata".into(),
        }
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-preload>
    fn SetPreload(&self, cx: &mut JSContext, value: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("preload"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-buffered>
    fn Buffered(&self, cx: &mut JSContext) -> DomRoot<TimeRanges> {
        let available = self.playback.available.borrow().clone();
        TimeRanges::new(cx, &self.global(), available)
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-load>
    fn Load(&self, cx: &mut JSContext) -> Fallible<()> {
        self.load(cx);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-navigator-canplaytype>
    fn CanPlayType(&self, _cx: &mut JSContext, mime_type: DOMString) -> Fallible<CanPlayTypeResult> {
        Ok(match media::can_play_type(&mime_type) {
            CanPlayType::No => CanPlayTypeResult::Empty,
            CanPlayType::Maybe => CanPlayTypeResult::Maybe,
            CanPlayType::Probably => CanPlayTypeResult::Probably,
        })
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-readystate>
    fn ReadyState(&self) -> u16 {
        self.ready_state() as u16
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-seeking>
    fn Seeking(&self) -> bool {
        self.playback.seeking.get().is_some()
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-currenttime>
    fn CurrentTime(&self) -> f64 {
        match self.default_playback_start_position.get() {
            0.0 => self.official_playback_position(),
            position => position,
        }
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-currenttime>: where to begin, as long as there is
    /// nothing.
    fn SetCurrentTime(&self, cx: &mut JSContext, time: f64) -> Fallible<()> {
        if self.ready_state() == ReadyState::Nothing {
            self.default_playback_start_position.set(time);
        } else {
            self.seek(cx, time);
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-duration>
    fn Duration(&self) -> f64 {
        self.playback.duration()
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-paused>
    fn Paused(&self) -> bool {
        self.paused.get()
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-defaultplaybackrate>
    fn DefaultPlaybackRate(&self) -> f64 {
        self.default_playback_rate.get()
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-defaultplaybackrate>
    fn SetDefaultPlaybackRate(&self, _cx: &mut JSContext, rate: f64) -> Fallible<()> {
        if self.default_playback_rate.replace(rate) != rate {
            self.queue_event("ratechange");
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-playbackrate>
    fn PlaybackRate(&self) -> f64 {
        self.playback_rate.get()
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-playbackrate>
    fn SetPlaybackRate(&self, _cx: &mut JSContext, rate: f64) -> Fallible<()> {
        if rate < 0.0 {
            return Err(Error::NotSupported(format!("the rate {rate} would be backwards")));
        }
        // What has passed has passed at the old one.
        self.advance();
        let old = self.playback_rate.replace(rate);
        self.advance();
        if old != rate {
            self.queue_event("ratechange");
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-preservespitch>
    fn PreservesPitch(&self) -> bool {
        self.preserves_pitch.get()
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-preservespitch>
    fn SetPreservesPitch(&self, _cx: &mut JSContext, value: bool) -> Fallible<()> {
        self.preserves_pitch.set(value);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-played>
    fn Played(&self, cx: &mut JSContext) -> DomRoot<TimeRanges> {
        TimeRanges::new(cx, &self.global(), self.played())
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-seekable>
    fn Seekable(&self, cx: &mut JSContext) -> DomRoot<TimeRanges> {
        TimeRanges::new(cx, &self.global(), self.seekable())
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-ended>
    fn Ended(&self) -> bool {
        self.has_ended()
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-autoplay>
    fn Autoplay(&self) -> bool {
        self.has(&local_name!("autoplay"))
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-autoplay>
    fn SetAutoplay(&self, cx: &mut JSContext, value: bool) -> Fallible<()> {
        self.set_boolean(cx, local_name!("autoplay"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-loop>
    fn Loop(&self) -> bool {
        self.has(&local_name!("loop"))
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-loop>
    fn SetLoop(&self, cx: &mut JSContext, value: bool) -> Fallible<()> {
        self.set_boolean(cx, local_name!("loop"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-play>
    fn Play(&self, cx: &mut JSContext) -> Fallible<Promise> {
        self.play(cx)
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-pause>
    fn Pause(&self, cx: &mut JSContext) -> Fallible<()> {
        self.pause(cx);
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-controls>
    fn Controls(&self) -> bool {
        self.has(&local_name!("controls"))
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-controls>
    fn SetControls(&self, cx: &mut JSContext, value: bool) -> Fallible<()> {
        self.set_boolean(cx, local_name!("controls"), value)
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-volume>
    fn Volume(&self) -> f64 {
        self.volume.get()
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-volume>
    fn SetVolume(&self, _cx: &mut JSContext, volume: f64) -> Fallible<()> {
        if !(0.0..=1.0).contains(&volume) {
            return Err(Error::IndexSize(format!("the volume {volume} is not in the range 0 to 1")));
        }
        if self.volume.replace(volume) != volume {
            self.queue_event("volumechange");
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-muted>
    fn Muted(&self) -> bool {
        self.muted.get()
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-muted>
    fn SetMuted(&self, _cx: &mut JSContext, muted: bool) -> Fallible<()> {
        if self.muted.replace(muted) != muted {
            self.queue_event("volumechange");
        }
        Ok(())
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-defaultmuted>
    fn DefaultMuted(&self) -> bool {
        self.has(&local_name!("muted"))
    }

    /// <https://html.spec.whatwg.org/multipage/media.html#dom-media-defaultmuted>
    fn SetDefaultMuted(&self, cx: &mut JSContext, value: bool) -> Fallible<()> {
        self.set_boolean(cx, local_name!("muted"), value)
    }
}
