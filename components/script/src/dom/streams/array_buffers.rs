//! Array buffers, for whoever does more with them than copy their bytes:
//! <https://streams.spec.whatwg.org/#misc-abstract-ops> and ECMAScript's operations on them.

#![allow(unsafe_code)]

use mozjs::jsapi::{
    GetArrayBufferByteLength, GetArrayBufferLengthAndData, IsDetachedArrayBufferObject,
    JS_GetArrayBufferViewByteOffset, JSObject,
};
use mozjs::jsval::ObjectValue;
use mozjs::rooted;
use mozjs::rust::wrappers2;

use super::pull_into::BufferRange;
use crate::webidl::*;

/// The element size of what is constructed for views of this kind; 1 for %DataView%.
pub(crate) const fn element_size(kind: BufferKind) -> usize {
    match kind {
        BufferKind::Int16Array | BufferKind::Uint16Array | BufferKind::Float16Array => 2,
        BufferKind::Int32Array | BufferKind::Uint32Array | BufferKind::Float32Array => 4,
        BufferKind::BigInt64Array | BufferKind::BigUint64Array | BufferKind::Float64Array => 8,
        _ => 1,
    }
}

/// The view that `object` is.
pub(crate) fn view_of(object: HandleObject<'_>) -> Fallible<BufferSource> {
    BufferSource::from_object(object)
        .filter(|source| source.kind().is_view())
        .ok_or_else(|| Error::Type("not an ArrayBufferView".into()))
}

/// [[ViewedArrayBuffer]] of a view.
pub(crate) fn viewed_array_buffer(cx: &mut JSContext, view: &BufferSource) -> Fallible<RootedObject> {
    debug_assert!(view.kind().is_view());
    let mut shared = false;
    // SAFETY: it is a view.
    made(unsafe { wrappers2::JS_GetArrayBufferViewBuffer(cx, view.object(), &mut shared) })
}

/// [[ByteOffset]] of a view.
pub(crate) fn view_byte_offset(view: &BufferSource) -> usize {
    debug_assert!(view.kind().is_view());
    // SAFETY: it is a view.
    unsafe { JS_GetArrayBufferViewByteOffset(view.object().get()) }
}

/// What SpiderMonkey made, or the exception that is pending.
fn made(object: *mut JSObject) -> Fallible<RootedObject> {
    if object.is_null() { Err(Error::JSFailed) } else { Ok(RootedObject::from_object(object)) }
}

/// A buffer or view as a value.
pub(crate) fn source_value(source: &BufferSource) -> RootedValue {
    RootedValue::from_value(ObjectValue(source.object().get()))
}

/// <https://tc39.es/ecma262/#sec-isdetachedbuffer>
pub(crate) fn is_detached(buffer: HandleObject<'_>) -> bool {
    // SAFETY: a live object.
    unsafe { IsDetachedArrayBufferObject(buffer.get()) }
}

/// [[ArrayBufferByteLength]].
pub(crate) fn byte_length(buffer: HandleObject<'_>) -> usize {
    // SAFETY: callers give the buffer of a view.
    unsafe { GetArrayBufferByteLength(buffer.get()) }
}

/// Construct(%ArrayBuffer%, « size »).
pub(crate) fn allocate_array_buffer(cx: &mut JSContext, size: u64) -> Fallible<RootedObject> {
    // SpiderMonkey has a limit of its own, beyond which it does the same.
    let size = usize::try_from(size).map_err(|_| Error::Range("the buffer would be too large".into()))?;
    // SAFETY: no pointer goes in.
    made(unsafe { wrappers2::NewArrayBuffer(cx, size) })
}

/// <https://streams.spec.whatwg.org/#can-transfer-array-buffer>
fn can_transfer_array_buffer(cx: &mut JSContext, buffer: HandleObject<'_>) -> Fallible<bool> {
    if is_detached(buffer) {
        return Ok(false);
    }
    let mut has_detach_key = false;
    // SAFETY: a rooted buffer.
    if unsafe { wrappers2::HasDefinedArrayBufferDetachKey(cx, buffer, &mut has_detach_key) } {
        Ok(!has_detach_key)
    } else {
        Err(Error::JSFailed)
    }
}

/// <https://streams.spec.whatwg.org/#transfer-array-buffer>
pub(crate) fn transfer_array_buffer(cx: &mut JSContext, buffer: HandleObject<'_>) -> Fallible<RootedObject> {
    // 1, 4. Some buffers belong to others (WebAssembly's memory).
    if !can_transfer_array_buffer(cx, buffer)? {
        return Err(Error::Type("the buffer can't be transferred".into()));
    }
    // 2–3. The bytes.
    let length = byte_length(buffer);
    if length == 0 {
        // SAFETY: a rooted buffer, not detached.
        if !unsafe { wrappers2::DetachArrayBuffer(cx, buffer) } {
            return Err(Error::JSFailed);
        }
        return allocate_array_buffer(cx, 0);
    }
    // SAFETY: a rooted buffer, not detached.
    let contents = unsafe { wrappers2::StealArrayBufferContents(cx, buffer) };
    if contents.is_null() {
        return Err(Error::JSFailed);
    }
    // 5. The new buffer.
    // SAFETY: `contents` are that many bytes that are now ours to give away.
    made(unsafe { wrappers2::NewArrayBufferWithContents(cx, length, contents) })
}

/// <https://tc39.es/ecma262/#sec-clonearraybuffer>
pub(crate) fn clone_array_buffer(
    cx: &mut JSContext,
    buffer: HandleObject<'_>,
    byte_offset: usize,
    byte_length: usize,
) -> Fallible<RootedObject> {
    // SAFETY: a rooted buffer; SpiderMonkey checks the range.
    made(unsafe { wrappers2::ArrayBufferClone(cx, buffer, byte_offset, byte_length) })
}

/// <https://streams.spec.whatwg.org/#abstract-opdef-cloneasuint8array>
pub(crate) fn clone_as_uint8_array(cx: &mut JSContext, view: &BufferSource) -> Fallible<BufferSource> {
    // 1–3. A view of a buffer that is there.
    let buffer = viewed_array_buffer(cx, view)?;
    // 4. Its bytes.
    let length = view.byte_length();
    let clone = clone_array_buffer(cx, buffer.handle(), view_byte_offset(view), length)?;
    // 5–6.
    construct_view(cx, BufferKind::Uint8Array, clone.handle(), 0, length)
}

/// Construct(constructor, « buffer, byteOffset, length »), in the current realm.
pub(crate) fn construct_view(
    cx: &mut JSContext,
    kind: BufferKind,
    buffer: HandleObject<'_>,
    byte_offset: usize,
    length: usize,
) -> Fallible<BufferSource> {
    let count = i64::try_from(length).map_err(|_| Error::Range("the view would be too long".into()))?;
    macro_rules! construct {
        ($($kind:ident $new:ident)*) => {
            // SAFETY: a rooted buffer; SpiderMonkey checks the range.
            unsafe {
                match kind {
                    $(BufferKind::$kind => wrappers2::$new(cx, buffer, byte_offset, count),)*
                    _ => wrappers2::JS_NewDataView(cx, buffer, byte_offset, length),
                }
            }
        };
    }
    let view = made(construct! {
        Int8Array JS_NewInt8ArrayWithBuffer
        Uint8Array JS_NewUint8ArrayWithBuffer
        Uint8ClampedArray JS_NewUint8ClampedArrayWithBuffer
        Int16Array JS_NewInt16ArrayWithBuffer
        Uint16Array JS_NewUint16ArrayWithBuffer
        Int32Array JS_NewInt32ArrayWithBuffer
        Uint32Array JS_NewUint32ArrayWithBuffer
        BigInt64Array JS_NewBigInt64ArrayWithBuffer
        BigUint64Array JS_NewBigUint64ArrayWithBuffer
        Float16Array JS_NewFloat16ArrayWithBuffer
        Float32Array JS_NewFloat32ArrayWithBuffer
        Float64Array JS_NewFloat64ArrayWithBuffer
    })?;
    view_of(view.handle())
}

/// Where a buffer's bytes are. Valid until the next call that takes `cx`.
fn data(buffer: *mut JSObject) -> (*mut u8, usize) {
    let (mut length, mut shared, mut data) = (0, false, std::ptr::null_mut());
    // SAFETY: callers give an ArrayBuffer.
    unsafe { GetArrayBufferLengthAndData(buffer, &mut length, &mut shared, &mut data) };
    (data, length)
}

/// <https://tc39.es/ecma262/#sec-copydatablockbytes> of the whole of `from`, with the check that comes before it:
/// <https://streams.spec.whatwg.org/#abstract-opdef-cancopydatablockbytes>.
pub(super) fn copy_data_block_bytes(to: HandleObject<'_>, to_index: usize, from: &BufferRange) {
    let from_buffer = from.buffer.handle();
    let (to_data, to_length) = data(to.get());
    let (from_data, from_length) = data(from_buffer.get());
    let fits = to_index.checked_add(from.byte_length).is_some_and(|end| end <= to_length)
        && from.byte_offset.checked_add(from.byte_length).is_some_and(|end| end <= from_length);
    // A descriptor and the queue never share a buffer, and their buffers are never seen by script.
    assert!(fits && to.get() != from_buffer.get(), "the descriptor and the queue are in order");
    // SAFETY: both ranges are inside of their buffers, which are different ones; nothing runs in between.
    unsafe {
        std::ptr::copy_nonoverlapping(
            from_data.add(from.byte_offset),
            to_data.add(to_index),
            from.byte_length,
        );
    }
}

/// Creates a Uint8Array of these bytes, in the current realm:
/// <https://webidl.spec.whatwg.org/#arraybufferview-create>. It fails where there is no memory for it.
pub(crate) fn new_uint8_array(cx: &mut JSContext, bytes: &[u8]) -> Fallible<BufferSource> {
    let buffer = new_array_buffer(cx, bytes)?;
    construct_view(cx, BufferKind::Uint8Array, buffer.object(), 0, bytes.len())
}

/// Creates an ArrayBuffer of these bytes, in the current realm:
/// <https://webidl.spec.whatwg.org/#arraybuffer-create>. It fails where there is no memory for it.
pub(crate) fn new_array_buffer(cx: &mut JSContext, bytes: &[u8]) -> Fallible<BufferSource> {
    let buffer = allocate_array_buffer(cx, bytes.len() as u64)?;
    let buffer =
        BufferSource::from_object(buffer.handle()).ok_or_else(|| Error::Type("not an ArrayBuffer".into()))?;
    buffer.write(0, bytes);
    Ok(buffer)
}

/// A chunk of a stream, where it is a Uint8Array.
pub(crate) fn uint8_array_of(cx: &mut JSContext, chunk: HandleValue<'_>) -> Option<BufferSource> {
    if !chunk.get().is_object() {
        return None;
    }
    rooted!(&in(cx) let object = chunk.get().to_object());
    BufferSource::from_object(object.handle()).filter(|source| source.kind() == BufferKind::Uint8Array)
}
