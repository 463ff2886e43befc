//! Promises of `play()`: <https://html.spec.whatwg.org/multipage/media.html#list-of-pending-play-promises>.

use super::html_media_element::HTMLMediaElement;
use crate::webidl::*;

/// What becomes of promises.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// <https://html.spec.whatwg.org/multipage/media.html#resolve-pending-play-promises>
    Plays,
    /// <https://html.spec.whatwg.org/multipage/media.html#reject-pending-play-promises>, since somebody wanted it
    /// otherwise.
    Aborted(&'static str),
    /// The same, since it can't be played.
    NotSupported(String),
}

/// Promises that were [taken](https://html.spec.whatwg.org/multipage/media.html#take-pending-play-promises), which a task is
/// to settle.
#[derive(JSTraceable)]
pub(super) struct TakenPromises {
    promises: Vec<HeapPromise>,
    #[no_trace]
    outcome: Outcome,
}

impl TakenPromises {
    pub(super) fn settle(&self, cx: &mut JSContext) {
        for promise in &self.promises {
            let promise = promise.root();
            match &self.outcome {
                Outcome::Plays => promise.resolve(cx, &()),
                Outcome::Aborted(why) => promise.reject(cx, Error::Abort((*why).into())),
                Outcome::NotSupported(why) => promise.reject(cx, Error::NotSupported(why.clone())),
            }
        }
    }
}

impl HTMLMediaElement {
    /// <https://html.spec.whatwg.org/multipage/media.html#take-pending-play-promises>. There has to be a task that
    /// settles them: the order of the tasks is that in which they were taken.
    pub(super) fn take_pending_play_promises(&self, outcome: Outcome) {
        let promises = self.pending_play_promises.take_rooted();
        let taken = TakenPromises { promises: promises.clone(), outcome };
        self.taken_play_promises.borrow_mut().push(taken);
    }

    /// The same, and settles them at once.
    pub(super) fn settle_pending_play_promises(&self, cx: &mut JSContext, outcome: Outcome) {
        let promises = self.pending_play_promises.take_rooted();
        let taken = RootedBox::new(TakenPromises { promises: promises.clone(), outcome });
        taken.settle(cx);
    }

    /// Those of the task that is running.
    pub(super) fn next_taken(&self) -> Option<RootedBox<TakenPromises>> {
        let mut taken = self.taken_play_promises.borrow_mut();
        (!taken.is_empty()).then(|| RootedBox::new(taken.remove(0)))
    }

    /// Those of tasks that won't run.
    pub(super) fn settle_all_taken(&self, cx: &mut JSContext) {
        while let Some(promises) = self.next_taken() {
            promises.settle(cx);
        }
    }

    /// Takes the promises, and queues a task that fires events and settles them.
    pub(super) fn queue_events_and_settle(&self, events: &'static [&'static str], outcome: Outcome) {
        self.take_pending_play_promises(outcome);
        self.queue_task(move |cx, this| {
            let promises = this.next_taken();
            for event in events {
                this.upcast::<EventTarget>().fire_event(cx, event);
            }
            if let Some(promises) = promises {
                promises.settle(cx);
            }
        });
    }
}
