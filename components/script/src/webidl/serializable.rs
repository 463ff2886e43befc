//! [Serializable](https://html.spec.whatwg.org/multipage/structured-data.html#serializable-objects) and
//! [transferable](https://html.spec.whatwg.org/multipage/structured-data.html#transferable-objects) objects: what DOM code
//! implements for an interface that is `[Serializable]` or `[Transferable]`; generated tables lead to it.

#![allow(unsafe_code)]

use std::any::Any;

use mozjs::jsapi::JSObject;
use mozjs::rust::HandleObject;

use super::call::native_of;
use super::class::{InterfaceId, dom_class};
use super::global::RealmData;
use super::tables::InterfaceSpec;
use super::{DomInterface, DomObject, Error, Fallible, GlobalScope, JSContext, RootedObject};

/// A platform object with [serialization steps](https://html.spec.whatwg.org/multipage/structured-data.html#serialization-steps).
pub trait Serializable: DomObject {
    /// The serialization steps: the object's state as plain data.
    fn serialize(&self) -> Fallible<Box<dyn SerializedObject>>;
}

/// The state of a platform object.
pub trait SerializedObject: Send + Sync {
    /// The [deserialization steps](https://html.spec.whatwg.org/multipage/structured-data.html#deserialization-steps):
    /// another object with that state. The interface is exposed in the global.
    fn deserialize(&self, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject>;
}

/// A platform object with [transfer steps](https://html.spec.whatwg.org/multipage/structured-data.html#transfer-steps).
pub trait Transferable: DomObject {
    /// Whether the object is not detached.
    fn can_transfer(&self) -> bool;

    /// The transfer steps: what the object stands for moves into the data holder, the object is detached.
    fn transfer(&self, cx: &mut JSContext) -> Fallible<Box<dyn TransferDataHolder>>;
}

/// What a transferred object stood for.
pub trait TransferDataHolder: Any + Send {
    /// The [transfer-receiving steps](https://html.spec.whatwg.org/multipage/structured-data.html#transfer-receiving-steps).
    /// The interface is exposed in the global.
    fn receive(self: Box<Self>, cx: &mut JSContext, global: &GlobalScope) -> Fallible<RootedObject>;
}

/// The serialization steps of an interface, in the tables.
#[derive(Clone, Copy)]
pub struct Serialize(unsafe fn(*mut JSObject) -> Fallible<Box<dyn SerializedObject>>);

impl Serialize {
    /// Those of `T`.
    pub const fn of<T: DomInterface + Serializable>() -> Serialize {
        // SAFETY: the object is rooted, as who calls promises.
        Serialize(|object| unsafe { with::<T, _>(object, T::serialize) })
    }
}

/// The transfer steps of an interface, in the tables.
#[derive(Clone, Copy)]
pub struct Transfer {
    can_transfer: unsafe fn(*mut JSObject) -> Fallible<bool>,
    transfer: unsafe fn(&mut JSContext, *mut JSObject) -> Fallible<Box<dyn TransferDataHolder>>,
}

impl Transfer {
    /// Those of `T`.
    pub const fn of<T: DomInterface + Transferable>() -> Transfer {
        Transfer {
            // SAFETY: the object is rooted, as who calls promises.
            can_transfer: |object| unsafe { with::<T, _>(object, |object| Ok(object.can_transfer())) },
            // SAFETY: as above.
            transfer: |cx, object| unsafe { with::<T, _>(object, |object| object.transfer(cx)) },
        }
    }
}

/// # Safety
/// The object is rooted.
unsafe fn with<T: DomInterface, R>(
    object: *mut JSObject,
    steps: impl FnOnce(&T) -> Fallible<R>,
) -> Fallible<R> {
    // SAFETY: the caller's promise.
    match unsafe { native_of::<T>(object) } {
        Some(object) => steps(object),
        None => Err(Error::DataClone(format!("there is no {} in the object", T::SPEC.name()))),
    }
}

/// The [primary interface](https://webidl.spec.whatwg.org/#dfn-primary-interface) of a platform object.
fn primary_interface(cx: &JSContext, object: HandleObject<'_>) -> Option<&'static InterfaceSpec> {
    let class = dom_class(object.get())?;
    // SAFETY: all realms of an agent have the same interfaces; this one stays entered.
    Some(unsafe { RealmData::current(cx) }.world.interfaces[usize::from(class.interface())])
}

/// The state of a platform object and its interface, if that is `[Serializable]`.
pub(crate) fn serialize_object(
    cx: &JSContext,
    object: HandleObject<'_>,
) -> Option<Fallible<(InterfaceId, Box<dyn SerializedObject>)>> {
    let spec = primary_interface(cx, object)?;
    let Serialize(serialize) = spec.serializable?;
    // SAFETY: the object is rooted.
    Some(unsafe { serialize(object.get()) }.map(|state| (spec.id, state)))
}

/// Whether a platform object's interface is `[Transferable]` and the object is not detached.
pub(crate) fn can_transfer_object(cx: &JSContext, object: HandleObject<'_>) -> bool {
    let transfer = primary_interface(cx, object).and_then(|spec| spec.transferable);
    // SAFETY: the object is rooted.
    transfer.is_some_and(|transfer| unsafe { (transfer.can_transfer)(object.get()) }.unwrap_or(false))
}

/// Transfers a platform object, if its interface is `[Transferable]`.
pub(crate) fn transfer_object(
    cx: &mut JSContext,
    object: HandleObject<'_>,
) -> Option<Fallible<(InterfaceId, Box<dyn TransferDataHolder>)>> {
    let spec = primary_interface(cx, object)?;
    let transfer = spec.transferable?;
    // Script may have run since that was asked first.
    if !can_transfer_object(cx, object) {
        return Some(Err(Error::DataClone(format!("the {} is detached", spec.name()))));
    }
    // SAFETY: the object is rooted.
    Some(unsafe { (transfer.transfer)(cx, object.get()) }.map(|holder| (spec.id, holder)))
}

/// An error unless an interface is exposed in the current realm.
pub(crate) fn must_be_exposed(cx: &JSContext, interface: InterfaceId) -> Fallible<()> {
    // SAFETY: the realm stays entered.
    let realm = unsafe { RealmData::current(cx) };
    let spec = realm.world.interfaces[usize::from(interface)];
    if spec.exposure.includes(realm) {
        return Ok(());
    }
    Err(Error::DataClone(format!("there is no {} here", spec.name())))
}
