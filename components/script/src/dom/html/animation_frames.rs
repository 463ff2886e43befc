//! Animation frames: <https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#animation-frames>.
//!
//! Nothing is drawn, so that [updating the rendering](https://html.spec.whatwg.org/multipage/webappapis.html#update-the-rendering)
//! is running these callbacks alone. There are sixty opportunities for that in a second, the same for all documents; a
//! document whose callbacks nobody waits for uses none.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use crate::bindings::callbacks::FrameRequestCallback;
use crate::runtime::timers::TimerSteps;
use crate::webidl::*;

/// The time from one rendering opportunity to the next.
const INTERVAL: Duration = Duration::from_nanos(1_000_000_000 / 60);

/// When the first rendering opportunity was.
static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);

/// How long ago the last rendering opportunity was.
fn since_last_frame() -> Duration {
    let nanoseconds = FIRST.elapsed().as_nanos() % INTERVAL.as_nanos();
    // (Less than the interval.)
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(0))
}

/// A document's [map of animation frame callbacks](https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#list-of-animation-frame-callbacks).
#[derive(Default, JSTraceable)]
pub(crate) struct AnimationFrames {
    callbacks: DomRefCell<Vec<(u32, FrameRequestCallback)>>,
    last_handle: Cell<u32>,
    /// Whether the next frame is waited for.
    is_expected: Cell<bool>,
}

/// <https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#dom-animationframeprovider-requestanimationframe>
pub(crate) fn request_animation_frame(global: &GlobalScope, callback: &FrameRequestCallback) -> u32 {
    let frames = global.animation_frames();
    // 3. (Those of four thousand million frames ago have run.)
    let handle = frames.last_handle.get().wrapping_add(1);
    frames.last_handle.set(handle);
    // 4 and 5.
    frames.callbacks.borrow_mut().push((handle, callback.clone()));
    if !frames.is_expected.get() {
        let steps = Box::new(UpdateTheRendering { global: Dom::from_ref(global) });
        let timer = global.set_timer(INTERVAL.saturating_sub(since_last_frame()), steps);
        frames.is_expected.set(timer.is_some());
    }
    // 6.
    handle
}

/// <https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#dom-animationframeprovider-cancelanimationframe>
pub(crate) fn cancel_animation_frame(global: &GlobalScope, handle: u32) {
    // 2 and 3.
    global.animation_frames().callbacks.borrow_mut().retain(|(other, _)| *other != handle);
}

/// What happens at a rendering opportunity.
#[derive(JSTraceable)]
struct UpdateTheRendering {
    global: Dom<GlobalScope>,
}

impl TimerSteps for UpdateTheRendering {
    /// <https://html.spec.whatwg.org/multipage/imagebitmap-and-animations.html#run-the-animation-frame-callbacks>
    fn run(&self, cx: &mut JSContext) {
        let global = self.global.as_rooted();
        let mut realm = enter_realm(cx, global.reflector().get_jsobject());
        let cx: &mut JSContext = &mut realm;
        let frames = global.animation_frames();
        // What is requested from here on is for the next frame.
        frames.is_expected.set(false);
        let frame = Instant::now().checked_sub(since_last_frame()).unwrap_or_else(Instant::now);
        let now = global.time_origin().relative(frame);
        // 1 and 2.
        let handles: Vec<_> = frames.callbacks.borrow().iter().map(|(handle, _)| *handle).collect();
        for handle in handles {
            // 3. Unless one of the others has canceled it.
            let callback = {
                let mut callbacks = frames.callbacks.borrow_mut();
                let place = callbacks.iter().position(|(other, _)| *other == handle);
                place.map(|place| Rooted::from_unrooted(callbacks.remove(place).1))
            };
            if let Some(callback) = callback {
                callback.call_and_report(cx, HandleValue::undefined(), now);
            }
        }
    }
}
