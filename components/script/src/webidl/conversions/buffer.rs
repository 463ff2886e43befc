//! Buffer sources: <https://webidl.spec.whatwg.org/#js-buffer-source-types>.

#![allow(unsafe_code)]

use std::{ptr, slice};

use mozjs::conversions::ToJSValConvertible;
use mozjs::jsapi::{
    GetArrayBufferLengthAndData, GetArrayBufferViewLengthAndData, GetSharedArrayBufferLengthAndData,
    IsArrayBufferObject, IsArrayBufferObjectMaybeShared, IsDetachedArrayBufferObject,
    IsResizableArrayBufferMaybeShared, IsResizableArrayBufferView, IsSharedArrayBufferObject,
    JS_GetArrayBufferViewType, JS_IsArrayBufferViewObject, JSObject, Type,
};
use mozjs::jsval::ObjectValue;
use mozjs::rust::wrappers2::{JS_NewUint8Array, NewArrayBuffer};
use mozjs::rust::{HandleObject, HandleValue, MutableHandleValue};

use super::FromJs;
use crate::webidl::global::out_of_memory;
use crate::webidl::{Error, Fallible, JSContext, RootedObject};

/// What a buffer source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BufferKind {
    ArrayBuffer,
    SharedArrayBuffer,
    DataView,
    Int8Array,
    Int16Array,
    Int32Array,
    Uint8Array,
    Uint16Array,
    Uint32Array,
    Uint8ClampedArray,
    BigInt64Array,
    BigUint64Array,
    Float16Array,
    Float32Array,
    Float64Array,
}

impl BufferKind {
    /// What an object is, if it is a buffer source.
    fn of(object: *mut JSObject) -> Option<BufferKind> {
        // SAFETY: these look at an object's class alone.
        unsafe {
            if IsArrayBufferObject(object) {
                Some(BufferKind::ArrayBuffer)
            } else if IsSharedArrayBufferObject(object) {
                Some(BufferKind::SharedArrayBuffer)
            } else if JS_IsArrayBufferViewObject(object) {
                Some(match JS_GetArrayBufferViewType(object) {
                    Type::Int8 => BufferKind::Int8Array,
                    Type::Int16 => BufferKind::Int16Array,
                    Type::Int32 => BufferKind::Int32Array,
                    Type::Uint8 => BufferKind::Uint8Array,
                    Type::Uint16 => BufferKind::Uint16Array,
                    Type::Uint32 => BufferKind::Uint32Array,
                    Type::Uint8Clamped => BufferKind::Uint8ClampedArray,
                    Type::BigInt64 => BufferKind::BigInt64Array,
                    Type::BigUint64 => BufferKind::BigUint64Array,
                    Type::Float16 => BufferKind::Float16Array,
                    Type::Float32 => BufferKind::Float32Array,
                    Type::Float64 => BufferKind::Float64Array,
                    _ => BufferKind::DataView,
                })
            } else {
                None
            }
        }
    }

    /// Whether it is a view on a buffer.
    pub fn is_view(self) -> bool {
        !matches!(self, BufferKind::ArrayBuffer | BufferKind::SharedArrayBuffer)
    }
}

/// A rooted buffer or view.
#[derive(Clone)]
pub struct BufferSource {
    object: RootedObject,
    kind: BufferKind,
}

impl BufferSource {
    /// The object, if it is a buffer source.
    pub fn from_object(object: HandleObject<'_>) -> Option<BufferSource> {
        let kind = if object.get().is_null() { None } else { BufferKind::of(object.get()) };
        kind.map(|kind| BufferSource { object: object.into(), kind })
    }

    /// A new `ArrayBuffer` with a copy of `bytes`, in the current realm.
    pub fn new_array_buffer(cx: &mut JSContext, bytes: &[u8]) -> BufferSource {
        // SAFETY: rooted at once.
        let object = RootedObject::from_object(unsafe { NewArrayBuffer(cx, bytes.len()) });
        BufferSource::filled(object, BufferKind::ArrayBuffer, bytes)
    }

    /// A new `Uint8Array` with a copy of `bytes`, in the current realm.
    pub fn new_uint8_array(cx: &mut JSContext, bytes: &[u8]) -> BufferSource {
        // SAFETY: rooted at once.
        let object = RootedObject::from_object(unsafe { JS_NewUint8Array(cx, bytes.len()) });
        BufferSource::filled(object, BufferKind::Uint8Array, bytes)
    }

    fn filled(object: RootedObject, kind: BufferKind, bytes: &[u8]) -> BufferSource {
        if object.is_null() {
            out_of_memory();
        }
        let buffer = BufferSource { object, kind };
        buffer.write(0, bytes);
        buffer
    }

    /// What it is.
    pub fn kind(&self) -> BufferKind {
        self.kind
    }

    /// The object.
    pub fn object(&self) -> HandleObject<'_> {
        self.object.as_unrooted().handle()
    }

    /// Its bytes, which script can change or take away as soon as it runs.
    fn data(&self) -> (*mut u8, usize) {
        let (mut length, mut shared, mut data) = (0, false, ptr::null_mut());
        // SAFETY: the object is of that kind.
        unsafe {
            let object = self.object.handle().get();
            match self.kind {
                BufferKind::ArrayBuffer => {
                    GetArrayBufferLengthAndData(object, &mut length, &mut shared, &mut data)
                }
                BufferKind::SharedArrayBuffer => {
                    GetSharedArrayBufferLengthAndData(object, &mut length, &mut shared, &mut data);
                }
                _ => GetArrayBufferViewLengthAndData(object, &mut length, &mut shared, &mut data),
            }
        }
        if data.is_null() { (ptr::NonNull::dangling().as_ptr(), 0) } else { (data, length) }
    }

    /// <https://webidl.spec.whatwg.org/#buffersource-byte-length>
    pub fn byte_length(&self) -> usize {
        self.data().1
    }

    /// <https://webidl.spec.whatwg.org/#dfn-get-buffer-source-copy>
    pub fn to_vec(&self) -> Vec<u8> {
        let (data, length) = self.data();
        // SAFETY: nothing else runs meanwhile. (Shared memory may change under us; then the copy is torn.)
        unsafe { slice::from_raw_parts(data, length) }.to_vec()
    }

    /// Appends a copy of the bytes.
    pub fn append_to(&self, bytes: &mut Vec<u8>) {
        let (data, length) = self.data();
        // SAFETY: as for `to_vec`.
        bytes.extend_from_slice(unsafe { slice::from_raw_parts(data, length) });
    }

    /// <https://webidl.spec.whatwg.org/#arraybuffer-write>: as much as there is room for. Returns how much that is.
    pub fn write(&self, offset: usize, bytes: &[u8]) -> usize {
        let (data, length) = self.data();
        let count = bytes.len().min(length.saturating_sub(offset));
        // SAFETY: within the buffer, and nothing else runs meanwhile.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), data.add(offset.min(length)), count) };
        count
    }

    /// <https://webidl.spec.whatwg.org/#buffersource-detached>
    pub fn is_detached(&self) -> bool {
        // SAFETY: the object is a buffer where that is asked for.
        self.kind == BufferKind::ArrayBuffer
            && unsafe { IsDetachedArrayBufferObject(self.object.handle().get()) }
    }
}

impl ToJSValConvertible for BufferSource {
    fn to_jsval(&self, _cx: &mut JSContext, mut rval: MutableHandleValue<'_>) {
        rval.set(ObjectValue(self.object().get()));
    }
}

/// A buffer source type: the classes that it takes, by bits of [`BufferKind`], and whether it is `[AllowShared]` and
/// `[AllowResizable]`.
pub struct TypedBuffer<const KINDS: u32, const SHARED: bool, const RESIZABLE: bool>;

const ANY_VIEW: u32 = !(1 << BufferKind::ArrayBuffer as u32) & !(1 << BufferKind::SharedArrayBuffer as u32);

impl TypedBuffer<0, false, false> {
    /// The bits of `ArrayBufferView`.
    pub const VIEW: u32 = ANY_VIEW;
    /// The bits of `BufferSource`.
    pub const SOURCE: u32 = ANY_VIEW | (1 << BufferKind::ArrayBuffer as u32);
}

impl<const KINDS: u32, const SHARED: bool, const RESIZABLE: bool> TypedBuffer<KINDS, SHARED, RESIZABLE> {
    /// Whether a value is of the type, so far as overloads and unions look at it.
    pub fn matches(value: HandleValue<'_>) -> bool {
        value.is_object()
            && BufferKind::of(value.to_object()).is_some_and(|kind| {
                KINDS & (1 << kind as u32) != 0 || (SHARED && kind == BufferKind::SharedArrayBuffer)
            })
    }
}

impl<const KINDS: u32, const SHARED: bool, const RESIZABLE: bool> FromJs
    for TypedBuffer<KINDS, SHARED, RESIZABLE>
{
    type Out = BufferSource;

    fn from_js(_cx: &mut JSContext, value: HandleValue<'_>) -> Fallible<BufferSource> {
        if !Self::matches(value) {
            return Err(Error::Type("is not a buffer of the right class".to_owned()));
        }
        let object = RootedObject::from_object(value.to_object());
        let Some(source) = BufferSource::from_object(object.handle()) else {
            return Err(Error::Type("is not a buffer".to_owned()));
        };
        let raw = source.object().get();
        // SAFETY: the object is of the kind that each of these wants.
        let (shared, resizable) = unsafe {
            if source.kind.is_view() {
                let (mut length, mut shared, mut data) = (0, false, ptr::null_mut());
                GetArrayBufferViewLengthAndData(raw, &mut length, &mut shared, &mut data);
                (shared, IsResizableArrayBufferView(raw))
            } else {
                debug_assert!(IsArrayBufferObjectMaybeShared(raw));
                (source.kind == BufferKind::SharedArrayBuffer, IsResizableArrayBufferMaybeShared(raw))
            }
        };
        if shared && !SHARED {
            return Err(Error::Type("is a view on shared memory, which is not allowed here".to_owned()));
        }
        if resizable && !RESIZABLE {
            return Err(Error::Type("is a resizable buffer, which is not allowed here".to_owned()));
        }
        Ok(source)
    }
}
