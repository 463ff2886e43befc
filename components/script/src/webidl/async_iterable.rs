//! Asynchronous iterators: <https://webidl.spec.whatwg.org/#js-asynchronous-iterable>.

#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::CStr;
use std::ptr;
use std::rc::Rc;

use mozjs::jsapi::{
    CallArgs, GCContext, JSCLASS_FOREGROUND_FINALIZE, JSCLASS_RESERVED_SLOTS_SHIFT, JSClass, JSClassOps,
    JSContext as RawJSContext, JSNative, JSObject, JSTracer,
};
use mozjs::jsval::{JSVal, ObjectValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    GetRealmAsyncIteratorPrototype, JS_DefineFunction, JS_GetElement, JS_NewObjectWithGivenProto,
};
use mozjs::rust::{HandleValue, MutableHandleValue, get_object_class};

use super::call::native;
use super::global::{RealmData, out_of_memory};
use super::interface::define_class_string;
use super::iterable::iterator_result;
use super::jit::Operation;
use super::tables::InterfaceSpec;
use super::{
    DomInterface, DomRefCell, Error, Fallible, HeapPromise, HeapValue, JSContext, JSTraceable, Promise,
    RootedBox, RootedValue, ToJSValConvertible, class,
};

/// What an asynchronous iterator of one interface is made of. The binding calls them one at a time, and not after the
/// end.
pub trait AsyncIteratorSteps: JSTraceable {
    /// [Get the next iteration result](https://webidl.spec.whatwg.org/#dfn-get-the-next-iteration-result): a promise
    /// for the next value, or for [`AsyncIteratorSteps::is_at_end`].
    fn next(&self, cx: &mut JSContext) -> Promise;
    /// Whether what the promise was fulfilled with is no value, but the end of the iteration.
    fn is_at_end(&self) -> bool;
    /// [Asynchronous iterator return](https://webidl.spec.whatwg.org/#asynchronous-iterator-return).
    fn return_(&self, cx: &mut JSContext, value: HandleValue<'_>) -> Promise;
}

/// The functions of `async_iterable<…>`, and those of its iterators.
#[derive(Clone, Copy)]
pub struct AsyncIterable {
    pub(super) functions: [(&'static CStr, Operation); 3],
    /// The function that is also at `Symbol.asyncIterator`.
    pub(super) iterator: &'static CStr,
    next: JSNative,
    return_: JSNative,
}

impl AsyncIterable {
    /// `async_iterable<V>`
    pub const fn values<T: DomInterface>(values: Operation) -> AsyncIterable {
        let none = Operation::NONE;
        AsyncIterable { iterator: c"values", ..AsyncIterable::pairs::<T>(none, none, values) }
    }

    /// `async_iterable<K, V>`
    pub const fn pairs<T: DomInterface>(
        entries: Operation,
        keys: Operation,
        values: Operation,
    ) -> AsyncIterable {
        AsyncIterable {
            functions: [(c"entries", entries), (c"keys", keys), (c"values", values)],
            iterator: c"entries",
            next: Some(next::<T>),
            return_: Some(return_::<T>),
        }
    }
}

/// What an asynchronous iterator gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsyncKind {
    /// The values of `async_iterable<V>`.
    Values,
    /// The pairs of `async_iterable<K, V>`: the steps' promise is for an array of two.
    Entries,
    /// Their keys.
    Keys,
    /// Their values.
    PairValues,
}

impl AsyncKind {
    /// What of a value or pair is given.
    fn part(self, cx: &mut JSContext, value: HandleValue<'_>) -> RootedValue {
        let index = match self {
            AsyncKind::Values | AsyncKind::Entries => return value.into(),
            AsyncKind::Keys => 0,
            AsyncKind::PairValues => 1,
        };
        rooted!(&in(cx) let mut part = UndefinedValue());
        if value.is_object() {
            rooted!(&in(cx) let pair = value.to_object());
            // SAFETY: what is passed is rooted. The pair is an array of our own.
            if !unsafe { JS_GetElement(cx, pair.handle(), index, part.handle_mut()) } {
                out_of_memory();
            }
        }
        part.handle().into()
    }
}

/// <https://webidl.spec.whatwg.org/#js-default-asynchronous-iterator-object>
struct AsyncIterator {
    /// The interface whose iterator it is.
    spec: &'static InterfaceSpec,
    steps: Box<dyn AsyncIteratorSteps>,
    kind: AsyncKind,
    /// Ongoing promise.
    ongoing: DomRefCell<Option<HeapPromise>>,
    /// Is finished.
    finished: Cell<bool>,
}

// SAFETY: what can be traced in it is.
unsafe impl JSTraceable for AsyncIterator {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: called by the collector.
        unsafe {
            self.steps.trace(tracer);
            self.ongoing.trace(tracer);
        }
    }
}

type Rooted = RootedBox<Rc<AsyncIterator>>;

struct AsyncIteratorClass(JSClass);
// SAFETY: never written to.
unsafe impl Sync for AsyncIteratorClass {}

/// The class of the asynchronous iterators of all interfaces.
static ASYNC_ITERATOR_CLASS: AsyncIteratorClass = AsyncIteratorClass(JSClass {
    name: c"AsyncIterator".as_ptr(),
    flags: (1 << JSCLASS_RESERVED_SLOTS_SHIFT) | JSCLASS_FOREGROUND_FINALIZE,
    cOps: &ASYNC_ITERATOR_CLASS_OPS,
    spec: ptr::null(),
    ext: ptr::null(),
    oOps: ptr::null(),
});

static ASYNC_ITERATOR_CLASS_OPS: JSClassOps = JSClassOps {
    addProperty: None,
    delProperty: None,
    enumerate: None,
    newEnumerate: None,
    resolve: None,
    mayResolve: None,
    finalize: Some(finalize),
    call: None,
    construct: None,
    trace: Some(trace),
};

/// # Safety
/// `object` must be of `ASYNC_ITERATOR_CLASS`.
unsafe fn iterator_of(object: *mut JSObject) -> *mut Rc<AsyncIterator> {
    // SAFETY: the caller's promise.
    unsafe { class::get_slot(object, 0).cast::<Rc<AsyncIterator>>().cast_mut() }
}

unsafe extern "C" fn finalize(_: *mut GCContext, object: *mut JSObject) {
    // SAFETY: the slot is set once, and not read after this.
    unsafe {
        let iterator = iterator_of(object);
        if !iterator.is_null() {
            drop(Box::from_raw(iterator));
        }
    }
}

unsafe extern "C" fn trace(tracer: *mut JSTracer, object: *mut JSObject) {
    // SAFETY: the slot is set once.
    unsafe {
        if let Some(iterator) = iterator_of(object).as_ref() {
            iterator.trace(tracer);
        }
    }
}

/// An iterator that is yet to become an object.
pub struct NewAsyncIterator {
    spec: &'static InterfaceSpec,
    iterator: Rooted,
}

/// What `values()` and the like return: an iterator of the interface `T` with these steps.
pub fn new_async_iterator<T: DomInterface>(
    steps: Box<dyn AsyncIteratorSteps>,
    kind: AsyncKind,
) -> NewAsyncIterator {
    let (ongoing, finished) = (DomRefCell::new(None), Cell::new(false));
    let iterator = RootedBox::new(Rc::new(AsyncIterator { spec: T::SPEC, steps, kind, ongoing, finished }));
    NewAsyncIterator { spec: T::SPEC, iterator }
}

impl ToJSValConvertible for NewAsyncIterator {
    fn to_jsval(&self, cx: &mut JSContext, mut rval: MutableHandleValue<'_>) {
        rooted!(&in(cx) let prototype = iterator_prototype(cx, self.spec));
        // SAFETY: what is passed is rooted or static; the slot is set at once.
        unsafe {
            let object = JS_NewObjectWithGivenProto(cx, &ASYNC_ITERATOR_CLASS.0, prototype.handle());
            if object.is_null() {
                out_of_memory();
            }
            class::set_slot(object, 0, Box::into_raw(Box::new((*self.iterator).clone())).cast());
            rval.set(ObjectValue(object));
        }
    }
}

/// <https://webidl.spec.whatwg.org/#dfn-asynchronous-iterator-prototype-object>, in the current realm.
fn iterator_prototype(cx: &mut JSContext, spec: &'static InterfaceSpec) -> *mut JSObject {
    // SAFETY: the realm stays entered; what is passed is rooted or static.
    unsafe {
        let realm = RealmData::current(cx);
        let there = realm.iterator_prototype(spec.id);
        if !there.is_null() {
            return there;
        }
        rooted!(&in(cx) let parent = GetRealmAsyncIteratorPrototype(cx));
        rooted!(&in(cx) let prototype = JS_NewObjectWithGivenProto(cx, ptr::null(), parent.handle()));
        if prototype.get().is_null() {
            out_of_memory();
        }
        if let super::tables::Iterable::Async(iterable) = &spec.iterable {
            let attributes = mozjs::jsapi::JSPROP_ENUMERATE.into();
            for (name, function, length) in [(c"next", iterable.next, 0), (c"return", iterable.return_, 1)] {
                if JS_DefineFunction(cx, prototype.handle(), name.as_ptr(), function, length, attributes)
                    .is_null()
                {
                    out_of_memory();
                }
            }
        }
        define_class_string(cx, prototype.handle(), &format!("{} AsyncIterator", spec.name()));
        realm.set_iterator_prototype(spec.id, prototype.get());
        prototype.get()
    }
}

unsafe extern "C" fn next<T: DomInterface>(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { call_steps::<T>(cx, argc, vp, |cx, iterator, _| next_method(cx, iterator)) }
}

unsafe extern "C" fn return_<T: DomInterface>(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { call_steps::<T>(cx, argc, vp, return_method) }
}

/// What both methods begin with: a `this` that is no iterator of the interface is a rejection.
///
/// # Safety
/// For natives.
unsafe fn call_steps<T: DomInterface>(
    cx: *mut RawJSContext,
    argc: u32,
    vp: *mut JSVal,
    steps: fn(&mut JSContext, &Rooted, HandleValue<'_>) -> Promise,
) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        native(cx, |cx| {
            let args = CallArgs::from_vp(vp, argc);
            let value = HandleValue::from_raw(args.get(0));
            let promise = match this_iterator::<T>(args.thisv().get()) {
                Ok(iterator) => steps(cx, &iterator, value),
                Err(error) => {
                    let promise = Promise::new_in_current_realm(cx);
                    promise.reject(cx, error);
                    promise
                }
            };
            promise.to_jsval(cx, MutableHandleValue::from_raw(args.rval()));
            true
        })
    }
}

fn this_iterator<T: DomInterface>(this: JSVal) -> Fallible<Rooted> {
    // SAFETY: objects of the class have an iterator in their slot.
    unsafe {
        if this.is_object()
            && ptr::eq(get_object_class(this.to_object()), &ASYNC_ITERATOR_CLASS.0)
            && let Some(iterator) = iterator_of(this.to_object()).as_ref()
            && ptr::eq(iterator.spec, T::SPEC)
        {
            return Ok(RootedBox::new(iterator.clone()));
        }
    }
    Err(Error::Type(format!("this is not a {} AsyncIterator", T::SPEC.name())))
}

/// CreateIterResultObject.
fn result(cx: &mut JSContext, value: HandleValue<'_>, done: bool) -> RootedValue {
    RootedValue::from_value(ObjectValue(iterator_result(cx, value, done)))
}

fn resolved(cx: &mut JSContext, value: &RootedValue) -> Promise {
    let promise = Promise::new_in_current_realm(cx);
    promise.resolve_value(cx, value.handle());
    promise
}

/// What a step that waits for another needs.
#[derive(JSTraceable)]
struct Waiting {
    iterator: Rc<AsyncIterator>,
    value: HeapValue,
    promise: HeapPromise,
}

impl AsyncIterator {
    fn ongoing(&self) -> Option<Promise> {
        self.ongoing.borrow().as_ref().map(HeapPromise::root)
    }

    fn set_ongoing(&self, promise: &Promise) {
        self.ongoing.set(Some(promise.to_heap()));
    }
}

/// Runs `steps` when what is ongoing is settled, or now; what they return is what is ongoing then.
fn after_ongoing(
    cx: &mut JSContext,
    iterator: &Rooted,
    value: HandleValue<'_>,
    steps: fn(&mut JSContext, &Rooted, HandleValue<'_>) -> Promise,
) -> Promise {
    let ongoing = match iterator.ongoing() {
        None => steps(cx, iterator, value),
        Some(ongoing) => {
            let after = Promise::new_in_current_realm(cx);
            let waiting = Waiting {
                iterator: (**iterator).clone(),
                value: HeapValue::new(value),
                promise: after.to_heap(),
            };
            // The captures carry the steps by which of the two they are: functions hold nothing to trace.
            ongoing.react(
                cx,
                (waiting, Steps(steps)),
                |cx, (waiting, steps), _| waiting.run(cx, steps.0),
                |cx, (waiting, steps), _| waiting.run(cx, steps.0),
            );
            after
        }
    };
    iterator.set_ongoing(&ongoing);
    ongoing
}

/// nextSteps or returnSteps.
#[derive(JSTraceable)]
struct Steps(#[no_trace] fn(&mut JSContext, &Rooted, HandleValue<'_>) -> Promise);

impl Waiting {
    /// onSettled.
    fn run(&self, cx: &mut JSContext, steps: fn(&mut JSContext, &Rooted, HandleValue<'_>) -> Promise) {
        let (iterator, value, promise) =
            (RootedBox::new(self.iterator.clone()), self.value.root(), self.promise.root());
        let settled = steps(cx, &iterator, value.handle());
        promise.resolve(cx, &settled);
    }
}

/// `next()`: <https://webidl.spec.whatwg.org/#js-asynchronous-iterator-prototype-object>
fn next_method(cx: &mut JSContext, iterator: &Rooted) -> Promise {
    // 8–11.
    after_ongoing(cx, iterator, HandleValue::undefined(), next_steps)
}

/// nextSteps.
fn next_steps(cx: &mut JSContext, iterator: &Rooted, _: HandleValue<'_>) -> Promise {
    // 2. It is over.
    if iterator.finished.get() {
        let end = result(cx, HandleValue::undefined(), true);
        return resolved(cx, &end);
    }
    // 1, 4. The next value.
    let next_promise_capability = Promise::new_in_current_realm(cx);
    let next_promise = iterator.steps.next(cx);
    let waiting = Waiting {
        iterator: (**iterator).clone(),
        value: HeapValue::default(),
        promise: next_promise_capability.to_heap(),
    };
    // 5–10. And then:
    next_promise.react(
        cx,
        waiting,
        |cx, waiting, next| {
            let (iterator, promise) = (RootedBox::new(waiting.iterator.clone()), waiting.promise.root());
            // 5.1–5.4.
            iterator.ongoing.set(None);
            let done = iterator.steps.is_at_end();
            iterator.finished.set(done);
            let value = if done { RootedValue::default() } else { iterator.kind.part(cx, next) };
            let next = result(cx, value.handle(), done);
            promise.resolve_value(cx, next.handle());
        },
        |cx, waiting, reason| {
            let (iterator, promise) = (RootedBox::new(waiting.iterator.clone()), waiting.promise.root());
            // 7.1–7.3.
            iterator.ongoing.set(None);
            iterator.finished.set(true);
            promise.reject_value(cx, reason);
        },
    );
    // 11.
    next_promise_capability
}

/// `return()`: <https://webidl.spec.whatwg.org/#js-asynchronous-iterator-prototype-object>
fn return_method(cx: &mut JSContext, iterator: &Rooted, value: HandleValue<'_>) -> Promise {
    // 8–11.
    let ongoing = after_ongoing(cx, iterator, value, return_steps);
    // 12–15. With the value.
    let return_promise = Promise::new_in_current_realm(cx);
    let waiting = Waiting {
        iterator: (**iterator).clone(),
        value: HeapValue::new(value),
        promise: return_promise.to_heap(),
    };
    ongoing.react(
        cx,
        waiting,
        |cx, waiting, _| {
            let (value, promise) = (waiting.value.root(), waiting.promise.root());
            let end = result(cx, value.handle(), true);
            promise.resolve_value(cx, end.handle());
        },
        |cx, waiting, reason| waiting.promise.root().reject_value(cx, reason),
    );
    return_promise
}

/// returnSteps.
fn return_steps(cx: &mut JSContext, iterator: &Rooted, value: HandleValue<'_>) -> Promise {
    // 2. It is over already.
    if iterator.finished.get() {
        let end = result(cx, value, true);
        return resolved(cx, &end);
    }
    // 3–4.
    iterator.finished.set(true);
    iterator.steps.return_(cx, value)
}
