//! Async sequences: <https://webidl.spec.whatwg.org/#js-async-iterable>.

#![allow(unsafe_code)]

use std::ffi::CStr;
use std::marker::PhantomData;

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::{HandleValueArray, SymbolCode};
use mozjs::jsval::{JSVal, ObjectValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2::{Call, GetWellKnownSymbolKey, JS_GetProperty, JS_GetPropertyById};
use mozjs::rust::{HandleObject, HandleValue, MutableHandleValue, ToBoolean};

use super::FromJs;
use crate::webidl::generated::is_callable;
use crate::webidl::iterable::iterator_result;
use crate::webidl::{
    Error, Fallible, HeapPromise, HeapValue, JSContext, JSTraceable, Promise, RootedObject, RootedValue,
    run_script,
};

/// `async_sequence<T>`: an object whose values can be asked for, one after the other. `C` names the conversion of the
/// values.
pub struct AsyncSequence<C> {
    object: RootedObject,
    method: RootedValue,
    is_async: bool,
    conversion: PhantomData<C>,
}

impl<C> Clone for AsyncSequence<C> {
    fn clone(&self) -> AsyncSequence<C> {
        AsyncSequence {
            object: self.object.clone(),
            method: self.method.clone(),
            is_async: self.is_async,
            conversion: PhantomData,
        }
    }
}

/// <https://webidl.spec.whatwg.org/#js-to-async-iterable>
impl<C: FromJs> FromJs for AsyncSequence<C> {
    type Out = AsyncSequence<C>;
    fn from_js(cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<AsyncSequence<C>> {
        // Step 1.
        if !value.is_object() {
            return Err(Error::Type("can't be converted to an async sequence".to_owned()));
        }
        let object = RootedObject::from_object(value.to_object());
        // Steps 2 to 4: the asynchronous method, or the other one.
        let (method, is_async) = match iterator_method(cx, value, SymbolCode::asyncIterator)? {
            Some(method) => (method, true),
            None => match iterator_method(cx, value, SymbolCode::iterator)? {
                Some(method) => (method, false),
                None => return Err(Error::Type("is not iterable".to_owned())),
            },
        };
        Ok(AsyncSequence { object, method, is_async, conversion: PhantomData })
    }
}

/// <https://webidl.spec.whatwg.org/#async-sequence-to-js>
impl<C> ToJSValConvertible for AsyncSequence<C> {
    fn to_jsval(&self, cx: &mut JSContext, rval: MutableHandleValue<'_>) {
        self.object.to_jsval(cx, rval);
    }
}

impl<C: FromJs> AsyncSequence<C> {
    /// The object.
    pub fn object(&self) -> HandleObject<'_> {
        self.object.as_unrooted().handle()
    }

    /// <https://webidl.spec.whatwg.org/#async-sequence-open>
    pub fn open(&self, cx: &mut JSContext) -> Fallible<AsyncIterator<C>> {
        // Step 1: GetIteratorFromMethod.
        rooted!(&in(cx) let this = ObjectValue(self.object().get()));
        rooted!(&in(cx) let mut iterator = UndefinedValue());
        call(cx, this.handle(), self.method.handle(), None, iterator.handle_mut())?;
        if !iterator.is_object() {
            return Err(Error::Type("the iterator is not an object".to_owned()));
        }
        rooted!(&in(cx) let object = iterator.to_object());
        rooted!(&in(cx) let mut next = UndefinedValue());
        get(cx, object.handle(), c"next", next.handle_mut())?;
        Ok(AsyncIterator {
            iterator: HeapValue::new(iterator.handle()),
            next: HeapValue::new(next.handle()),
            is_async: self.is_async,
            conversion: PhantomData,
        })
    }
}

/// An async sequence that is being iterated over: <https://webidl.spec.whatwg.org/#async-iterator>. For fields; on the
/// stack in a [`RootedBox`](crate::webidl::RootedBox).
pub struct AsyncIterator<C> {
    iterator: HeapValue,
    next: HeapValue,
    is_async: bool,
    conversion: PhantomData<fn() -> C>,
}

// SAFETY: both edges are traced.
unsafe impl<C> JSTraceable for AsyncIterator<C> {
    unsafe fn trace(&self, tracer: *mut mozjs::jsapi::JSTracer) {
        // SAFETY: called by the collector.
        unsafe {
            self.iterator.trace(tracer);
            self.next.trace(tracer);
        }
    }
}

impl<C: FromJs> AsyncIterator<C> {
    /// The first half of [get the next value](https://webidl.spec.whatwg.org/#async-iterator-get-next-value): a promise
    /// for an iterator result, for [`value`](AsyncIterator::value) to look at when it is fulfilled.
    pub fn next(&self, cx: &mut JSContext) -> Promise {
        let (iterator, next) = (self.iterator.root(), self.next.root());
        rooted!(&in(cx) let mut result = UndefinedValue());
        // Steps 1 to 3.
        let called = call(cx, iterator.handle(), next.handle(), None, result.handle_mut());
        let promise = called.and_then(|()| match self.is_async {
            true => Promise::from_value(cx, result.handle()),
            false => from_sync_result(cx, result.handle()),
        });
        promise.unwrap_or_else(|error| rejected(cx, error))
    }

    /// The second half, of step 4: the value of an iterator result, None at the end.
    pub fn value(&self, cx: &mut JSContext, result: HandleValue<'_>) -> Fallible<Option<C::Out>> {
        let Some(value) = iterator_value(cx, result)? else { return Ok(None) };
        C::from_js(cx, value.handle()).map(Some)
    }

    /// <https://webidl.spec.whatwg.org/#async-iterator-close>
    pub fn close(&self, cx: &mut JSContext, reason: HandleValue<'_>) -> Promise {
        let iterator = self.iterator.root();
        let closed = self.close_iterator(cx, iterator.handle(), reason);
        closed.unwrap_or_else(|error| rejected(cx, error))
    }

    fn close_iterator(
        &self,
        cx: &mut JSContext,
        iterator: HandleValue<'_>,
        reason: HandleValue<'_>,
    ) -> Fallible<Promise> {
        rooted!(&in(cx) let object = iterator.to_object());
        rooted!(&in(cx) let mut method = UndefinedValue());
        // Steps 3 to 5: nothing to do without a method.
        get(cx, object.handle(), c"return", method.handle_mut())?;
        if method.is_null_or_undefined() {
            let promise = Promise::new_in_current_realm(cx);
            promise.resolve_value(cx, HandleValue::undefined());
            return Ok(promise);
        }
        // Steps 6 to 8.
        rooted!(&in(cx) let mut result = UndefinedValue());
        call(cx, iterator, method.handle(), Some(reason), result.handle_mut())?;
        let returned = match self.is_async {
            true => Promise::from_value(cx, result.handle())?,
            false => from_sync_result(cx, result.handle())?,
        };
        // Step 9: what it resolves to has to be an object.
        let promise = Promise::new_in_current_realm(cx);
        returned.react(
            cx,
            promise.to_heap(),
            |cx, promise, result| match result.is_object() {
                true => promise.root().resolve_value(cx, HandleValue::undefined()),
                false => promise.root().reject(cx, not_an_object()),
            },
            |cx, promise, reason| promise.root().reject_value(cx, reason),
        );
        Ok(promise)
    }
}

/// What waits for the value of a synchronous iterator's result.
#[derive(JSTraceable)]
struct SyncResult {
    promise: HeapPromise,
    #[no_trace]
    done: bool,
}

/// <https://tc39.es/ecma262/#sec-asyncfromsynciteratorcontinuation>: the result's value is waited for.
fn from_sync_result(cx: &mut JSContext, result: HandleValue<'_>) -> Fallible<Promise> {
    let (done, value) = iterator_step(cx, result)?;
    let promise = Promise::new_in_current_realm(cx);
    let waits = SyncResult { promise: promise.to_heap(), done };
    Promise::from_value(cx, value.handle())?.react(
        cx,
        waits,
        |cx, waits, value| {
            let promise = waits.promise.root();
            rooted!(&in(cx) let result = ObjectValue(iterator_result(cx, value, waits.done)));
            promise.resolve_value(cx, result.handle());
        },
        |cx, waits, reason| waits.promise.root().reject_value(cx, reason),
    );
    Ok(promise)
}

fn not_an_object() -> Error {
    Error::Type("the iterator's result is not an object".to_owned())
}

/// IteratorComplete and, unless that is the end, IteratorValue.
fn iterator_value(cx: &mut JSContext, result: HandleValue<'_>) -> Fallible<Option<RootedValue>> {
    if !result.is_object() {
        return Err(not_an_object());
    }
    rooted!(&in(cx) let object = result.to_object());
    rooted!(&in(cx) let mut value = UndefinedValue());
    get(cx, object.handle(), c"done", value.handle_mut())?;
    // SAFETY: a rooted value.
    if unsafe { ToBoolean(value.handle()) } {
        return Ok(None);
    }
    get(cx, object.handle(), c"value", value.handle_mut())?;
    Ok(Some(value.handle().into()))
}

/// IteratorComplete and IteratorValue.
fn iterator_step(cx: &mut JSContext, result: HandleValue<'_>) -> Fallible<(bool, RootedValue)> {
    if !result.is_object() {
        return Err(not_an_object());
    }
    rooted!(&in(cx) let object = result.to_object());
    rooted!(&in(cx) let mut value = UndefinedValue());
    get(cx, object.handle(), c"done", value.handle_mut())?;
    // SAFETY: a rooted value.
    let done = unsafe { ToBoolean(value.handle()) };
    get(cx, object.handle(), c"value", value.handle_mut())?;
    Ok((done, value.handle().into()))
}

/// GetMethod of a well-known symbol: None if there is none.
pub fn iterator_method(
    cx: &mut JSContext,
    value: HandleValue<'_>,
    symbol: SymbolCode,
) -> Fallible<Option<RootedValue>> {
    rooted!(&in(cx) let object = value.to_object());
    rooted!(&in(cx) let mut method = UndefinedValue());
    // SAFETY: what is passed is rooted.
    unsafe {
        rooted!(&in(cx) let id = GetWellKnownSymbolKey(cx, symbol));
        if !JS_GetPropertyById(cx, object.handle(), id.handle(), method.handle_mut()) {
            return Err(Error::JSFailed);
        }
    }
    if method.is_null_or_undefined() {
        Ok(None)
    } else if is_callable(method.handle()) {
        Ok(Some(method.handle().into()))
    } else {
        Err(Error::Type("has an iterator that is not callable".to_owned()))
    }
}

fn get(
    cx: &mut JSContext,
    object: HandleObject<'_>,
    name: &'static CStr,
    value: MutableHandleValue<'_>,
) -> Fallible<()> {
    // SAFETY: what is passed is rooted or static.
    if unsafe { JS_GetProperty(cx, object, name.as_ptr(), value) } { Ok(()) } else { Err(Error::JSFailed) }
}

fn call(
    cx: &mut JSContext,
    this: HandleValue<'_>,
    method: HandleValue<'_>,
    argument: Option<HandleValue<'_>>,
    result: MutableHandleValue<'_>,
) -> Fallible<()> {
    if !is_callable(method) {
        return Err(Error::Type("the iterator's method is not callable".to_owned()));
    }
    rooted!(&in(cx) let arguments: Vec<JSVal> = argument.iter().map(|value| value.get()).collect());
    let arguments = HandleValueArray::from(&arguments);
    // SAFETY: what is passed is rooted.
    if run_script(cx, |cx| unsafe { Call(cx, this, method, &arguments, result) }) {
        Ok(())
    } else {
        mozjs::panic::maybe_resume_unwind();
        Err(Error::JSFailed)
    }
}

fn rejected(cx: &mut JSContext, error: Error) -> Promise {
    let promise = Promise::new_in_current_realm(cx);
    promise.reject(cx, error);
    promise
}
