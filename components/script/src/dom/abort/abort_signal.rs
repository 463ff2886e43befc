//! The AbortSignal interface: <https://dom.spec.whatwg.org/#interface-AbortSignal>.

use std::cell::Cell;
use std::time::Duration;

use mozjs::realm::AutoRealm;

use crate::bindings::interfaces::AbortSignalMethods;
use crate::dom::streams::promises::{exception_value, throw_value};
use crate::runtime::timers::TimerSteps;
use crate::webidl::*;

/// An [abort algorithm](https://dom.spec.whatwg.org/#abortsignal-abort-algorithms).
pub(crate) trait AbortAlgorithm: JSTraceable {
    /// The steps. `signal` is the one that they were added to; its abort reason is set.
    fn run(&self, cx: &mut JSContext, signal: &AbortSignal);

    /// Whether there is nothing left that they could abort.
    fn is_over(&self) -> bool {
        false
    }
}

/// Which algorithm to remove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AbortAlgorithmId(u64);

/// An algorithm in the list.
#[derive(JSTraceable)]
struct Entry {
    #[no_trace]
    id: AbortAlgorithmId,
    algorithm: Box<dyn AbortAlgorithm>,
}

/// <https://dom.spec.whatwg.org/#abortsignal>
#[dom_struct]
pub struct AbortSignal {
    event_target: EventTarget,
    /// The abort reason; undefined for as long as it is not aborted.
    reason: HeapValue,
    /// The abort algorithms.
    algorithms: DomRefCell<Vec<Entry>>,
    next_algorithm: Cell<u64>,
    /// Dependent.
    dependent: Cell<bool>,
    /// Whether script has seen this dependent signal, and may listen to it at any time.
    exposed: Cell<bool>,
    /// The source signals.
    sources: DomRefCell<Vec<WeakDom<AbortSignal>>>,
    /// The dependent signals.
    dependents: DomRefCell<Vec<WeakDom<AbortSignal>>>,
    /// Those of them that must not be collected before this signal is: someone may be waiting for them.
    kept_dependents: DomRefCell<Vec<Dom<AbortSignal>>>,
}

impl AbortSignal {
    /// Only fields.
    pub(crate) fn new_inherited() -> AbortSignal {
        AbortSignal {
            event_target: EventTarget::new_inherited(),
            reason: HeapValue::default(),
            algorithms: DomRefCell::default(),
            next_algorithm: Cell::new(0),
            dependent: Cell::new(false),
            exposed: Cell::new(false),
            sources: DomRefCell::default(),
            dependents: DomRefCell::default(),
            kept_dependents: DomRefCell::default(),
        }
    }

    /// A signal that is not aborted.
    pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope) -> DomRoot<AbortSignal> {
        reflect_dom_object(cx, Box::new(AbortSignal::new_inherited()), global)
    }

    /// Whether it is [aborted](https://dom.spec.whatwg.org/#abortsignal-aborted).
    pub(crate) fn aborted(&self) -> bool {
        !self.reason.is_undefined()
    }

    /// The [abort reason](https://dom.spec.whatwg.org/#abortsignal-abort-reason).
    pub(crate) fn reason(&self) -> RootedValue {
        self.reason.root()
    }

    /// [Adds](https://dom.spec.whatwg.org/#abortsignal-add) an algorithm.
    pub(crate) fn add(&self, algorithm: impl AbortAlgorithm + 'static) -> AbortAlgorithmId {
        let id = AbortAlgorithmId(self.next_algorithm.get());
        self.next_algorithm.set(id.0 + 1);
        // 1. It would never run.
        if !self.aborted() {
            // 2.
            self.algorithms.borrow_mut().push(Entry { id, algorithm: Box::new(algorithm) });
            self.keep_by_sources();
        }
        id
    }

    /// [Removes](https://dom.spec.whatwg.org/#abortsignal-remove) an algorithm.
    pub(crate) fn remove(&self, id: AbortAlgorithmId) {
        self.algorithms.borrow_mut().retain(|entry| entry.id != id);
    }

    fn for_each_source(&self, mut steps: impl FnMut(&AbortSignal)) {
        for source in self.sources.borrow().iter().filter_map(WeakDom::root) {
            steps(&source);
        }
    }

    /// Whether someone may be waiting for this dependent signal:
    /// <https://dom.spec.whatwg.org/#abort-signal-garbage-collection>.
    fn is_waited_for(&self) -> bool {
        self.exposed.get() || !self.algorithms.borrow().iter().all(|entry| entry.algorithm.is_over())
    }

    /// Whether anyone listens for the abort of this signal, or of one that depends on it.
    fn has_listeners(&self) -> bool {
        let listens = |signal: &AbortSignal| signal.upcast::<EventTarget>().has_listeners_for("abort");
        listens(self)
            || self.dependents.borrow().iter().filter_map(WeakDom::root).any(|signal| listens(&signal))
    }

    /// Keeps this dependent signal alive for as long as one of its sources is.
    fn keep_by_sources(&self) {
        self.for_each_source(|source| {
            let mut kept = source.kept_dependents.borrow_mut();
            kept.retain(|other| *other != self && other.is_waited_for());
            kept.push(Dom::from_ref(self));
        });
    }

    /// Script gets to see this signal, of which it was not the author.
    pub(crate) fn expose(&self) {
        if !self.exposed.replace(true) {
            self.keep_by_sources();
        }
    }

    /// <https://dom.spec.whatwg.org/#abortsignal-signal-abort>. An undefined reason is none.
    pub(crate) fn signal_abort(&self, cx: &mut JSContext, reason: HandleValue<'_>) {
        // 1. Once.
        if self.aborted() {
            return;
        }
        // 2. The reason.
        self.set_reason(cx, reason);
        // 3–4. All dependents are aborted before any of them hears of it.
        let mut dependents_to_abort = Vec::new();
        for dependent in self.dependents.borrow().iter().filter_map(WeakDom::root) {
            if !dependent.aborted() {
                dependent.reason.set(self.reason.handle());
                dependents_to_abort.push(dependent);
            }
        }
        self.dependents.borrow_mut().clear();
        self.kept_dependents.borrow_mut().clear();
        // 5.
        self.run_the_abort_steps(cx);
        // 6.
        for dependent in dependents_to_abort {
            dependent.run_the_abort_steps(cx);
        }
    }

    /// The reason, or a new "AbortError" DOMException.
    fn set_reason(&self, cx: &mut JSContext, reason: HandleValue<'_>) {
        if reason.get().is_undefined() {
            let error = Error::Abort("the operation was aborted".into());
            let error = exception_value(cx, &self.global(), error);
            self.reason.set(error.handle());
        } else {
            self.reason.set(reason);
        }
    }

    /// <https://dom.spec.whatwg.org/#run-the-abort-steps>
    fn run_the_abort_steps(&self, cx: &mut JSContext) {
        // 1–2. The algorithms. None is added any more: the signal is aborted.
        let algorithms = self.algorithms.take_rooted();
        for entry in algorithms.iter() {
            entry.algorithm.run(cx, self);
        }
        // 3. The event.
        self.upcast::<EventTarget>().fire_event(cx, "abort");
    }

    /// <https://dom.spec.whatwg.org/#create-a-dependent-abort-signal>
    pub(crate) fn create_dependent(
        cx: &mut JSContext,
        global: &GlobalScope,
        signals: &[DomRoot<AbortSignal>],
    ) -> DomRoot<AbortSignal> {
        // 1. A new signal.
        let result_signal = AbortSignal::new(cx, global);
        // 2. One of them is aborted already.
        if let Some(aborted) = signals.iter().find(|signal| signal.aborted()) {
            result_signal.reason.set(aborted.reason.handle());
            return result_signal;
        }
        // 3.
        result_signal.dependent.set(true);
        // 4. Depend on what they depend on.
        for signal in signals {
            if signal.dependent.get() {
                signal.for_each_source(|source| result_signal.depend_on(source));
            } else {
                result_signal.depend_on(signal);
            }
        }
        // 5.
        result_signal
    }

    /// Steps 4.1 and 4.2 of it.
    fn depend_on(&self, source: &AbortSignal) {
        let is_source =
            |other: &WeakDom<AbortSignal>| other.root().is_some_and(|other| std::ptr::eq(&*other, source));
        if self.sources.borrow().iter().any(is_source) {
            return;
        }
        self.sources.borrow_mut().push(WeakDom::new(source));
        let mut dependents = source.dependents.borrow_mut();
        dependents.retain(|dependent| dependent.root().is_some());
        dependents.push(WeakDom::new(self));
    }
}

impl AbortSignalMethods for AbortSignal {
    /// <https://dom.spec.whatwg.org/#dom-abortsignal-abort>
    fn Abort(
        cx: &mut JSContext,
        global: &GlobalScope,
        reason: HandleValue<'_>,
    ) -> Fallible<DomRoot<AbortSignal>> {
        // 1–3.
        let signal = AbortSignal::new(cx, global);
        signal.set_reason(cx, reason);
        Ok(signal)
    }

    /// <https://dom.spec.whatwg.org/#dom-abortsignal-timeout>
    fn Timeout(
        cx: &mut JSContext,
        global: &GlobalScope,
        milliseconds: u64,
    ) -> Fallible<DomRoot<AbortSignal>> {
        // 1–2.
        let signal = AbortSignal::new(cx, global);
        // 3. The timer keeps the signal alive. (Where nothing runs any more, it never goes off.)
        let steps = Box::new(TimeoutSteps { signal: Dom::from_ref(&signal) });
        global.set_timer(Duration::from_millis(milliseconds), steps);
        // 4.
        Ok(signal)
    }

    /// <https://dom.spec.whatwg.org/#dom-abortsignal-any>
    fn Any(
        cx: &mut JSContext,
        global: &GlobalScope,
        signals: Vec<DomRoot<AbortSignal>>,
    ) -> Fallible<DomRoot<AbortSignal>> {
        let signal = AbortSignal::create_dependent(cx, global, &signals);
        signal.expose();
        Ok(signal)
    }

    /// <https://dom.spec.whatwg.org/#dom-abortsignal-aborted>
    fn Aborted(&self) -> bool {
        self.aborted()
    }

    /// <https://dom.spec.whatwg.org/#dom-abortsignal-reason>
    fn Reason(&self, _cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.reason.get(rval);
    }

    /// <https://dom.spec.whatwg.org/#dom-abortsignal-throwifaborted>
    fn ThrowIfAborted(&self, cx: &mut JSContext) -> Fallible<()> {
        if self.aborted() { Err(throw_value(cx, self.reason().handle())) } else { Ok(()) }
    }
}

/// Step 3 of `AbortSignal.timeout()`.
#[derive(JSTraceable)]
struct TimeoutSteps {
    signal: Dom<AbortSignal>,
}

impl TimerSteps for TimeoutSteps {
    /// Only listeners wait for it: what else it would abort keeps the agent busy by itself, until it is done.
    fn is_waited_for(&self) -> bool {
        self.signal.has_listeners()
    }

    fn run(&self, cx: &mut JSContext) {
        let signal = self.signal.as_rooted();
        let global = signal.global();
        let mut realm = AutoRealm::new_from_handle(cx, global.reflector().get_jsobject());
        let cx: &mut JSContext = &mut realm;
        // 3.1. (A timer is a task of the timer task source.)
        let error = exception_value(cx, &global, Error::Timeout("the time is up".into()));
        signal.signal_abort(cx, error.handle());
    }
}
