//! Pair iterators: <https://webidl.spec.whatwg.org/#js-iterable>.

#![allow(unsafe_code)]

use std::cell::Cell;
use std::ptr;

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::{
    CallArgs, GCContext, JSCLASS_FOREGROUND_FINALIZE, JSCLASS_RESERVED_SLOTS_SHIFT, JSClass, JSClassOps,
    JSContext as RawJSContext, JSNative, JSObject, JSTracer,
};
use mozjs::jsval::{BooleanValue, JSVal, ObjectValue, UndefinedValue};
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    GetRealmIteratorPrototype, JS_DefineFunction, JS_DefineProperty, JS_NewObjectWithGivenProto,
    JS_NewPlainObject, JS_SetElement, NewArrayObject1,
};
use mozjs::rust::{HandleObject, HandleValue, MutableHandleValue, get_object_class};

use super::args::Args;
use super::call::{conjure, native, native_of, this_object};
use super::global::{RealmData, out_of_memory};
use super::interface::define_class_string;
use super::root::Dom;
use super::tables::InterfaceSpec;
use super::{DomInterface, Error, Fallible, JSContext, JSTraceable, Reflector, class};

/// The four functions of `iterable<K, V>`, and `next` of its iterators.
#[derive(Clone, Copy)]
pub struct PairIterable {
    pub(super) entries: JSNative,
    pub(super) keys: JSNative,
    pub(super) values: JSNative,
    pub(super) for_each: JSNative,
    next: JSNative,
}

/// What an iterator gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Keys,
    Values,
    Entries,
}

impl PairIterable {
    /// From a function that gives the pair at an index, as it is at that moment.
    pub const fn new<T, K, V, F>(_closure: F) -> PairIterable
    where
        T: DomInterface,
        K: ToJSValConvertible,
        V: ToJSValConvertible,
        F: Fn(&mut JSContext, &T, u32) -> Option<(K, V)> + Copy + 'static,
    {
        assert!(size_of::<F>() == 0, "the closure must capture nothing");
        PairIterable {
            entries: Some(entries::<T>),
            keys: Some(keys::<T>),
            values: Some(values::<T>),
            for_each: Some(for_each::<T, K, V, F>),
            next: Some(next::<T, K, V, F>),
        }
    }
}

/// <https://webidl.spec.whatwg.org/#default-iterator-object>
struct Iterator {
    /// The interface whose iterator it is.
    spec: &'static InterfaceSpec,
    target: Dom<Reflector>,
    kind: Kind,
    index: Cell<u32>,
}

struct IteratorClass(JSClass);
// SAFETY: never written to.
unsafe impl Sync for IteratorClass {}

/// The class of the iterators of all interfaces.
static ITERATOR_CLASS: IteratorClass = IteratorClass(JSClass {
    name: c"Iterator".as_ptr(),
    flags: (1 << JSCLASS_RESERVED_SLOTS_SHIFT) | JSCLASS_FOREGROUND_FINALIZE,
    cOps: &ITERATOR_CLASS_OPS,
    spec: ptr::null(),
    ext: ptr::null(),
    oOps: ptr::null(),
});

static ITERATOR_CLASS_OPS: JSClassOps = JSClassOps {
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
/// `object` must be of `ITERATOR_CLASS`.
unsafe fn iterator_of(object: *mut JSObject) -> *mut Iterator {
    // SAFETY: the caller's promise.
    unsafe { class::get_slot(object, 0).cast::<Iterator>().cast_mut() }
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
            iterator.target.trace(tracer);
        }
    }
}

unsafe extern "C" fn entries<T: DomInterface>(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { make::<T>(cx, argc, vp, Kind::Entries) }
}

unsafe extern "C" fn keys<T: DomInterface>(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { make::<T>(cx, argc, vp, Kind::Keys) }
}

unsafe extern "C" fn values<T: DomInterface>(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool {
    // SAFETY: called by SpiderMonkey.
    unsafe { make::<T>(cx, argc, vp, Kind::Values) }
}

/// Makes an iterator.
///
/// # Safety
/// For natives.
unsafe fn make<T: DomInterface>(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal, kind: Kind) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        native(cx, |cx| {
            let args = Args::new(vp, argc, T::SPEC.name);
            let this = match this_object::<T>(cx, &args) {
                Ok(this) => this,
                Err(error) => {
                    error.throw(cx);
                    return false;
                }
            };
            let iterator = Box::new(Iterator {
                spec: T::SPEC,
                target: Dom::from_ref(this.reflector()),
                kind,
                index: Cell::new(0),
            });
            rooted!(&in(cx) let prototype = iterator_prototype(cx, T::SPEC));
            let object = JS_NewObjectWithGivenProto(cx, &ITERATOR_CLASS.0, prototype.handle());
            if object.is_null() {
                out_of_memory();
            }
            class::set_slot(object, 0, Box::into_raw(iterator).cast());
            args.rval().set(ObjectValue(object));
            true
        })
    }
}

/// <https://webidl.spec.whatwg.org/#dfn-iterator-prototype-object>, in the current realm.
fn iterator_prototype(cx: &mut JSContext, spec: &'static InterfaceSpec) -> *mut JSObject {
    // SAFETY: the realm stays entered; what is passed is rooted or static.
    unsafe {
        let realm = RealmData::current(cx);
        let there = realm.iterator_prototype(spec.id);
        if !there.is_null() {
            return there;
        }
        rooted!(&in(cx) let parent = GetRealmIteratorPrototype(cx));
        rooted!(&in(cx) let prototype = JS_NewObjectWithGivenProto(cx, ptr::null(), parent.handle()));
        if prototype.get().is_null() {
            out_of_memory();
        }
        if let Some(pairs) = spec.iterable.pair_iterable() {
            let attributes = mozjs::jsapi::JSPROP_ENUMERATE.into();
            if JS_DefineFunction(cx, prototype.handle(), c"next".as_ptr(), pairs.next, 0, attributes)
                .is_null()
            {
                out_of_memory();
            }
        }
        define_class_string(cx, prototype.handle(), &format!("{} Iterator", spec.name()));
        realm.set_iterator_prototype(spec.id, prototype.get());
        prototype.get()
    }
}

/// <https://webidl.spec.whatwg.org/#js-iterator-prototype-object>
unsafe extern "C" fn next<T, K, V, F>(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool
where
    T: DomInterface,
    K: ToJSValConvertible,
    V: ToJSValConvertible,
    F: Fn(&mut JSContext, &T, u32) -> Option<(K, V)> + Copy + 'static,
{
    // SAFETY: called by SpiderMonkey; `PairIterable::new` checked the closure's type.
    unsafe {
        native(cx, |cx| {
            let args = CallArgs::from_vp(vp, argc);
            let this = args.thisv().get();
            let iterator =
                if this.is_object() && ptr::eq(get_object_class(this.to_object()), &ITERATOR_CLASS.0) {
                    iterator_of(this.to_object()).as_ref().filter(|iterator| ptr::eq(iterator.spec, T::SPEC))
                } else {
                    None
                };
            let Some(iterator) = iterator else {
                let name = T::SPEC.name();
                Error::Type(format!("next called on an object that is not a {name} Iterator")).throw(cx);
                return false;
            };
            let Some(target) = native_of::<T>(iterator.target.get_jsobject().get()) else { return false };
            let (index, kind) = (iterator.index.get(), iterator.kind);
            rooted!(&in(cx) let mut value = UndefinedValue());
            let pair = conjure::<F>()(cx, target, index);
            let done = pair.is_none();
            if let Some((key, item)) = pair {
                iterator.index.set(index + 1);
                match kind {
                    Kind::Keys => key.to_jsval(cx, value.handle_mut()),
                    Kind::Values => item.to_jsval(cx, value.handle_mut()),
                    Kind::Entries => entry(cx, &key, &item, value.handle_mut()),
                }
            }
            let mut rval = MutableHandleValue::from_raw(args.rval());
            rval.set(ObjectValue(iterator_result(cx, value.handle(), done)));
            true
        })
    }
}

/// `[key, value]`
fn entry(
    cx: &mut JSContext,
    key: &impl ToJSValConvertible,
    item: &impl ToJSValConvertible,
    mut rval: MutableHandleValue<'_>,
) {
    rooted!(&in(cx) let mut value = UndefinedValue());
    // SAFETY: what is passed is rooted.
    unsafe {
        rooted!(&in(cx) let pair = NewArrayObject1(cx, 2));
        if pair.get().is_null() {
            out_of_memory();
        }
        key.to_jsval(cx, value.handle_mut());
        let first = JS_SetElement(cx, pair.handle(), 0, value.handle());
        item.to_jsval(cx, value.handle_mut());
        if !first || !JS_SetElement(cx, pair.handle(), 1, value.handle()) {
            out_of_memory();
        }
        rval.set(ObjectValue(pair.get()));
    }
}

/// <https://tc39.es/ecma262/#sec-createiterresultobject>
pub(super) fn iterator_result(cx: &mut JSContext, value: HandleValue<'_>, done: bool) -> *mut JSObject {
    let attributes = mozjs::jsapi::JSPROP_ENUMERATE.into();
    // SAFETY: what is passed is rooted or static.
    unsafe {
        rooted!(&in(cx) let result = JS_NewPlainObject(cx));
        rooted!(&in(cx) let done = BooleanValue(done));
        if result.get().is_null()
            || !JS_DefineProperty(cx, result.handle(), c"value".as_ptr(), value, attributes)
            || !JS_DefineProperty(cx, result.handle(), c"done".as_ptr(), done.handle(), attributes)
        {
            out_of_memory();
        }
        result.get()
    }
}

/// <https://webidl.spec.whatwg.org/#js-forEach>
unsafe extern "C" fn for_each<T, K, V, F>(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool
where
    T: DomInterface,
    K: ToJSValConvertible,
    V: ToJSValConvertible,
    F: Fn(&mut JSContext, &T, u32) -> Option<(K, V)> + Copy + 'static,
{
    // SAFETY: called by SpiderMonkey; `PairIterable::new` checked the closure's type.
    unsafe {
        native(cx, |cx| {
            let args = Args::new(vp, argc, T::SPEC.name);
            let result = this_object::<T>(cx, &args).and_then(|this| {
                args.require(cx, 1)?;
                if !super::generated::is_callable(args.at(0)) {
                    return Err(args.error(cx, "Argument 1 is not callable"));
                }
                rooted!(&in(cx) let reflector = this.reflector().get_jsobject().get());
                for index in 0.. {
                    let Some((key, value)) = conjure::<F>()(cx, this, index) else { break };
                    call_back(cx, &args, &key, &value, reflector.handle())?;
                }
                Ok(())
            });
            args.rval().set(UndefinedValue());
            result.map_err(|error| error.throw(cx)).is_ok()
        })
    }
}

/// Calls `callback(value, key, object)` with the second argument as `this`.
fn call_back(
    cx: &mut JSContext,
    args: &Args<'_>,
    key: &impl ToJSValConvertible,
    value: &impl ToJSValConvertible,
    object: HandleObject<'_>,
) -> Fallible<()> {
    rooted!(&in(cx) let mut values = vec![UndefinedValue(); 3]);
    value.to_jsval(cx, values.handle_mut_at(0));
    key.to_jsval(cx, values.handle_mut_at(1));
    values.set_index(2, ObjectValue(object.get()));
    rooted!(&in(cx) let mut result = UndefinedValue());
    let array = mozjs::jsapi::HandleValueArray::from(&values);
    // SAFETY: what is passed is rooted.
    if unsafe { mozjs::rust::wrappers2::Call(cx, args.at(1), args.at(0), &array, result.handle_mut()) } {
        Ok(())
    } else {
        Err(Error::JSFailed)
    }
}
