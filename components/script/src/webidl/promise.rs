//! Promises: <https://webidl.spec.whatwg.org/#js-promise>.

#![allow(unsafe_code)]

use std::ptr;

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::js::GetFunctionNativeReserved;
use mozjs::jsapi::{
    CallArgs, GCContext, JSCLASS_FOREGROUND_FINALIZE, JSCLASS_RESERVED_SLOTS_SHIFT, JSClass, JSClassOps,
    JSContext as RawJSContext, JSObject, JSTracer, PromiseState,
};
use mozjs::jsval::{JSVal, ObjectValue, UndefinedValue};
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::wrappers2;
use mozjs::rust::{HandleObject, HandleValue, MutableHandleValue};

use super::call::{gc_point, native};
use super::global::out_of_memory;
use super::heap::HeapObject;
use super::root::{Rooted, StableTrace};
use super::{DomObject, Error, JSContext, JSTraceable, RootedValue, class};
use crate::dom::GlobalScope;

/// A promise in a field.
#[derive(Clone, Default)]
pub struct HeapPromise {
    object: HeapObject,
}

/// A promise, rooted.
pub type Promise = Rooted<HeapPromise>;

impl HeapPromise {
    /// A rooted copy: the same promise.
    pub fn root(&self) -> Promise {
        Rooted::from_unrooted(self.clone())
    }
}

// SAFETY: the one edge is traced.
unsafe impl JSTraceable for HeapPromise {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: called by the collector.
        unsafe { self.object.trace(tracer) }
    }
}

// SAFETY: that of its object.
unsafe impl StableTrace for HeapPromise {
    type Target = HeapPromise;
    fn stable_trace(&self) -> *const dyn JSTraceable {
        self.object.stable_trace()
    }
    fn target(&self) -> &HeapPromise {
        self
    }
}

impl Promise {
    fn from_object(object: *mut JSObject) -> Promise {
        if object.is_null() {
            out_of_memory();
        }
        let promise = HeapPromise::default();
        promise.object.set_unrooted(object);
        Rooted::from_unrooted(promise)
    }

    /// <https://webidl.spec.whatwg.org/#a-new-promise>, in the realm of `global`.
    pub fn new(cx: &mut JSContext, global: &GlobalScope) -> Promise {
        let mut realm = AutoRealm::new_from_handle(cx, global.reflector().get_jsobject());
        Promise::new_in_current_realm(&mut realm)
    }

    /// <https://webidl.spec.whatwg.org/#a-new-promise>, in the current realm.
    pub fn new_in_current_realm(cx: &mut JSContext) -> Promise {
        gc_point(cx);
        // SAFETY: no executor is needed.
        Promise::from_object(unsafe { wrappers2::NewPromiseObject(cx, HandleObject::null()) })
    }

    /// <https://webidl.spec.whatwg.org/#a-promise-resolved-with>, in the realm of `global`.
    pub fn resolved(cx: &mut JSContext, global: &GlobalScope, value: &impl ToJSValConvertible) -> Promise {
        let promise = Promise::new(cx, global);
        promise.resolve(cx, value);
        promise
    }

    /// <https://webidl.spec.whatwg.org/#a-promise-rejected-with>, in the realm of `global`.
    pub fn rejected(cx: &mut JSContext, global: &GlobalScope, error: Error) -> Promise {
        let promise = Promise::new(cx, global);
        promise.reject(cx, error);
        promise
    }

    /// A promise from any value, in the current realm: a promise stays itself. The conversion of
    /// <https://webidl.spec.whatwg.org/#js-promise>.
    pub fn from_value(cx: &mut JSContext, value: HandleValue<'_>) -> Result<Promise, Error> {
        // SAFETY: a rooted value. It may throw (a getter `constructor` of the value).
        let object = unsafe { wrappers2::CallOriginalPromiseResolve(cx, value) };
        if object.is_null() { Err(Error::JSFailed) } else { Ok(Promise::from_object(object)) }
    }

    /// The traced form, for a field.
    pub fn to_heap(&self) -> HeapPromise {
        self.as_unrooted().clone()
    }

    /// The promise object.
    pub fn promise_object(&self) -> HandleObject<'_> {
        self.as_unrooted().object.handle()
    }

    /// <https://webidl.spec.whatwg.org/#resolve>, with a value that is converted in the promise's realm.
    pub fn resolve(&self, cx: &mut JSContext, value: &impl ToJSValConvertible) {
        let mut realm = AutoRealm::new_from_handle(cx, self.promise_object());
        let cx: &mut JSContext = &mut realm;
        rooted!(&in(cx) let mut js_value = UndefinedValue());
        value.to_jsval(cx, js_value.handle_mut());
        self.resolve_value(cx, js_value.handle());
    }

    /// <https://webidl.spec.whatwg.org/#resolve>
    pub fn resolve_value(&self, cx: &mut JSContext, value: HandleValue<'_>) {
        gc_point(cx);
        let mut realm = AutoRealm::new_from_handle(cx, self.promise_object());
        // SAFETY: a promise and a rooted value. It fails only when memory has run out or script is being ended; then
        // the promise stays pending and the exception, if any, is dropped with its cause.
        unsafe {
            if !wrappers2::ResolvePromise(&mut realm, self.promise_object(), value) {
                wrappers2::JS_ClearPendingException(&realm);
            }
        }
    }

    /// <https://webidl.spec.whatwg.org/#reject>, with an exception made in the promise's realm.
    pub fn reject(&self, cx: &mut JSContext, error: Error) {
        let mut realm = AutoRealm::new_from_handle(cx, self.promise_object());
        let cx: &mut JSContext = &mut realm;
        rooted!(&in(cx) let mut reason = UndefinedValue());
        if error.take_value(cx, reason.handle_mut()) {
            self.reject_value(cx, reason.handle());
        }
    }

    /// <https://webidl.spec.whatwg.org/#reject>
    pub fn reject_value(&self, cx: &mut JSContext, reason: HandleValue<'_>) {
        let mut realm = AutoRealm::new_from_handle(cx, self.promise_object());
        // SAFETY: as in `resolve_value`.
        unsafe {
            if !wrappers2::RejectPromise(&mut realm, self.promise_object(), reason) {
                wrappers2::JS_ClearPendingException(&realm);
            }
        }
    }

    /// <https://webidl.spec.whatwg.org/#mark-a-promise-as-handled>
    pub fn mark_as_handled(&self, cx: &mut JSContext) {
        let mut realm = AutoRealm::new_from_handle(cx, self.promise_object());
        // SAFETY: it is a promise.
        unsafe { wrappers2::SetAnyPromiseIsHandled(&mut realm, self.promise_object()) };
    }

    /// Whether the promise is settled.
    pub fn is_settled(&self) -> bool {
        // SAFETY: it is a promise.
        unsafe { wrappers2::GetPromiseState(self.promise_object()) != PromiseState::Pending }
    }

    /// Why the promise was rejected, which somebody handles from now on; none if it was not.
    pub fn rejection(&self, cx: &mut JSContext) -> Option<RootedValue> {
        // SAFETY: it is a promise.
        if unsafe { wrappers2::GetPromiseState(self.promise_object()) } != PromiseState::Rejected {
            return None;
        }
        self.mark_as_handled(cx);
        rooted!(&in(cx) let mut reason = UndefinedValue());
        // SAFETY: it is one that is settled.
        unsafe { wrappers2::JS_GetPromiseResult(self.promise_object(), reason.handle_mut()) };
        Some(RootedValue::from_value(reason.get()))
    }

    /// <https://webidl.spec.whatwg.org/#dfn-perform-steps-once-promise-is-settled>, in the current realm.
    ///
    /// The steps are plain functions; what they need travels in `captures`, where it is traced, not rooted:
    /// `promise.react(cx, (Dom::from_ref(self), id), |cx, (this, id), value| …, |cx, (this, id), reason| …)`.
    pub fn react<C: JSTraceable + 'static>(
        &self,
        cx: &mut JSContext,
        captures: C,
        fulfilled: fn(&mut JSContext, &C, HandleValue<'_>),
        rejected: fn(&mut JSContext, &C, HandleValue<'_>),
    ) {
        let reaction: Box<Box<dyn Reaction>> = Box::new(Box::new(Steps { captures, fulfilled, rejected }));
        let reaction = mozjs::rust::RootedTraceableBox::from_box(reaction);
        // SAFETY: all objects are rooted. A failure means that memory has run out.
        unsafe {
            rooted!(&in(cx) let holder = wrappers2::JS_NewObject(cx, &REACTION_CLASS.0));
            if holder.get().is_null() {
                out_of_memory();
            }
            class::set_slot(holder.get(), 0, Box::into_raw(reaction.into_box()).cast());
            rooted!(&in(cx) let on_fulfilled = reaction_function(cx, on_fulfilled, holder.handle()));
            rooted!(&in(cx) let on_rejected = reaction_function(cx, on_rejected, holder.handle()));
            let (on_fulfilled, on_rejected) = (on_fulfilled.handle(), on_rejected.handle());
            if !wrappers2::AddPromiseReactions(cx, self.promise_object(), on_fulfilled, on_rejected) {
                out_of_memory();
            }
        }
    }
}

impl ToJSValConvertible for Promise {
    fn to_jsval(&self, _cx: &mut JSContext, mut rval: MutableHandleValue<'_>) {
        rval.set(ObjectValue(self.promise_object().get()));
    }
}

/// What happens when a promise is settled.
trait Reaction: JSTraceable {
    fn fulfilled(&self, cx: &mut JSContext, value: HandleValue<'_>);
    fn rejected(&self, cx: &mut JSContext, reason: HandleValue<'_>);
}

struct Steps<C> {
    captures: C,
    fulfilled: fn(&mut JSContext, &C, HandleValue<'_>),
    rejected: fn(&mut JSContext, &C, HandleValue<'_>),
}

impl<C: JSTraceable> Reaction for Steps<C> {
    fn fulfilled(&self, cx: &mut JSContext, value: HandleValue<'_>) {
        (self.fulfilled)(cx, &self.captures, value);
    }
    fn rejected(&self, cx: &mut JSContext, reason: HandleValue<'_>) {
        (self.rejected)(cx, &self.captures, reason);
    }
}

// SAFETY: functions hold nothing.
unsafe impl<C: JSTraceable> JSTraceable for Steps<C> {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: called by the collector.
        unsafe { self.captures.trace(tracer) }
    }
}

struct ReactionClass(JSClass);
// SAFETY: never written to.
unsafe impl Sync for ReactionClass {}

/// The class of the object that owns a `Box<dyn Reaction>` for its two functions.
static REACTION_CLASS: ReactionClass = ReactionClass(JSClass {
    name: c"PromiseReaction".as_ptr(),
    flags: (1 << JSCLASS_RESERVED_SLOTS_SHIFT) | JSCLASS_FOREGROUND_FINALIZE,
    cOps: &REACTION_CLASS_OPS,
    spec: ptr::null(),
    ext: ptr::null(),
    oOps: ptr::null(),
});

static REACTION_CLASS_OPS: JSClassOps = JSClassOps {
    addProperty: None,
    delProperty: None,
    enumerate: None,
    newEnumerate: None,
    resolve: None,
    mayResolve: None,
    finalize: Some(finalize_reaction),
    call: None,
    construct: None,
    trace: Some(trace_reaction),
};

/// # Safety
/// `holder` must be of `REACTION_CLASS`.
unsafe fn reaction_of(holder: *mut JSObject) -> *mut Box<dyn Reaction> {
    // SAFETY: the caller's promise.
    unsafe { class::get_slot(holder, 0).cast::<Box<dyn Reaction>>().cast_mut() }
}

unsafe extern "C" fn finalize_reaction(_: *mut GCContext, holder: *mut JSObject) {
    // SAFETY: the slot is set once, and not read after this.
    unsafe {
        let reaction = reaction_of(holder);
        if !reaction.is_null() {
            drop(Box::from_raw(reaction));
        }
    }
}

unsafe extern "C" fn trace_reaction(tracer: *mut JSTracer, holder: *mut JSObject) {
    // SAFETY: the slot is set once.
    unsafe {
        if let Some(reaction) = reaction_of(holder).as_ref() {
            reaction.trace(tracer);
        }
    }
}

/// # Safety
/// `holder` must be of `REACTION_CLASS`.
unsafe fn reaction_function(
    cx: &mut JSContext,
    steps: unsafe extern "C" fn(*mut RawJSContext, u32, *mut JSVal) -> bool,
    holder: HandleObject<'_>,
) -> *mut JSObject {
    // SAFETY: the new function is not used again after its one slot is set.
    unsafe {
        let function = wrappers2::NewFunctionWithReserved(cx, Some(steps), 1, 0, c"".as_ptr());
        if function.is_null() {
            out_of_memory();
        }
        let object = mozjs::jsapi::JS_GetFunctionObject(function);
        mozjs::jsapi::js::SetFunctionNativeReserved(object, 0, &ObjectValue(holder.get()));
        object
    }
}

unsafe extern "C" fn on_fulfilled(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { run_reaction(cx, argc, vp, |reaction, cx, value| reaction.fulfilled(cx, value)) }
}

unsafe extern "C" fn on_rejected(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { run_reaction(cx, argc, vp, |reaction, cx, reason| reaction.rejected(cx, reason)) }
}

/// # Safety
/// For natives of `reaction_function`.
unsafe fn run_reaction(
    cx: *mut RawJSContext,
    argc: u32,
    vp: *mut JSVal,
    run: fn(&dyn Reaction, &mut JSContext, HandleValue<'_>),
) -> bool {
    // SAFETY: the callee's slot holds the object that owns the reaction, and the callee is rooted by the call.
    unsafe {
        native(cx, |cx| {
            let args = CallArgs::from_vp(vp, argc);
            rooted!(&in(cx) let holder = (*GetFunctionNativeReserved(args.callee(), 0)).to_object());
            // The place of the result is that of the callee: not before.
            args.rval().set(UndefinedValue());
            let value = HandleValue::from_raw(args.get(0));
            run(&**reaction_of(holder.get()), cx, value);
            true
        })
    }
}
