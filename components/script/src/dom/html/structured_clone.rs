//! Safe passing of structured data: <https://html.spec.whatwg.org/multipage/structured-data.html>.
//!
//! SpiderMonkey serialises what the language has; platform objects are asked for their own steps
//! ([`Serializable`], [`Transferable`]). What comes out is bytes and plain data, so that it can go to any other
//! agent, and be read there more than once.

#![expect(unsafe_code, reason = "SpiderMonkey's structured clone calls back")]

use std::ffi::{CStr, c_char, c_void};
use std::fmt;
use std::ptr::{self, NonNull};
use std::sync::{Mutex, PoisonError};

use mozjs::context::{JSContext, RawJSContext};
use mozjs::glue::{
    CopyJSStructuredCloneData, GetLengthOfJSStructuredCloneData, WriteBytesToJSStructuredCloneData,
};
use mozjs::jsapi::{
    CloneDataPolicy, HandleObject as RawHandleObject, HandleValueArray, JS_STRUCTURED_CLONE_VERSION,
    JS_WriteUint32PairUnchecked, JSObject, JSStructuredCloneCallbacks, JSStructuredCloneReader,
    JSStructuredCloneWriter, MutableHandleObject as RawMutableHandleObject, StructuredCloneScope,
    TransferableOwnership,
};
use mozjs::jsval::{JSVal, ObjectValue, UndefinedValue};
use mozjs::panic::{maybe_resume_unwind, wrap_panic};
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    JS_IsExceptionPending, JS_ReadStructuredClone, JS_WriteStructuredClone, NewArrayObject,
};
use mozjs::rust::{HandleObject, JSAutoStructuredCloneBufferWrapper, get_object_class};

use super::message_port::port_end;
use super::port_end::PortEnd;
use crate::webidl::*;
use crate::webidl::{can_transfer_object, must_be_exposed, serialize_object, transfer_object};

/// What was a serializable object: its interface and its state.
type State = (InterfaceId, Box<dyn SerializedObject>);
/// What was a transferable object: its interface and what it stood for.
type Holder = (InterfaceId, Box<dyn TransferDataHolder>);

/// What [StructuredSerializeWithTransfer](https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializewithtransfer)
/// returns.
#[derive(Default)]
pub(crate) struct SerializedData {
    /// SpiderMonkey's part; it refers to the objects by their places.
    bytes: Vec<u8>,
    /// The platform objects that were serialised, with their interfaces.
    objects: Vec<State>,
    /// The transfer data holders, with the interfaces; taken by the first who deserialises.
    transferred: Mutex<Vec<Option<Holder>>>,
    /// What it says, where it is between the two sides of a transferred stream.
    pub(crate) cross_realm: Option<CrossRealmMessage>,
}

/// The types of [cross-realm messages](https://streams.spec.whatwg.org/#transferrable-streams).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CrossRealmMessage {
    /// "pull": there is room for a chunk.
    Pull,
    /// "chunk"
    Chunk,
    /// "close": there are no more chunks.
    Close,
    /// "error"
    Error,
}

impl SerializedData {
    /// Calls `steps` with each port in it, but for those that were received.
    pub(super) fn for_each_port_end(&self, mut steps: impl FnMut(&PortEnd)) {
        let transferred = self.transferred.lock().unwrap_or_else(PoisonError::into_inner);
        transferred.iter().flatten().filter_map(|(_, holder)| port_end(&**holder)).for_each(&mut steps);
    }
}

impl fmt::Debug for SerializedData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SerializedData({} bytes, {} objects)", self.bytes.len(), self.objects.len())
    }
}

/// The first word of a platform object in SpiderMonkey's data; the second is its place.
const SERIALIZED_OBJECT: u32 = 0xffff_8001;
/// The tag of a transferred platform object.
const TRANSFERRED_OBJECT: u32 = 0xffff_8002;

/// Bytes that are valid anywhere. NB: a transferred ArrayBuffer is copied by that, and detached all the same.
const SCOPE: StructuredCloneScope = StructuredCloneScope::DifferentProcess;

/// What SpiderMonkey must not serialise: nothing is shared between agents.
const POLICY: CloneDataPolicy =
    CloneDataPolicy { allowIntraClusterClonableSharedObjects_: false, allowSharedMemoryObjects_: false };

/// [StructuredSerializeWithTransfer](https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializewithtransfer),
/// in the current realm.
pub(crate) fn structured_serialize_with_transfer(
    cx: &mut JSContext,
    value: HandleValue<'_>,
    transfer: &[RootedObject],
) -> Fallible<SerializedData> {
    rooted!(&in(cx) let mut transfer_list = UndefinedValue());
    if !transfer.is_empty() {
        let objects =
            transfer.iter().map(|object| ObjectValue(object.handle().get())).collect::<Vec<JSVal>>();
        rooted!(&in(cx) let objects = objects);
        // SAFETY: the array's contents are rooted until it is made.
        let array = unsafe { NewArrayObject(cx, &HandleValueArray::from(&objects)) };
        if array.is_null() {
            return Err(Error::JSFailed);
        }
        transfer_list.set(ObjectValue(array));
    }
    let mut writer = Writer::default();
    // SAFETY: the buffer is freed at the end, with the same callbacks.
    let buffer = unsafe { JSAutoStructuredCloneBufferWrapper::new(SCOPE, &WRITE_CALLBACKS) };
    // SAFETY: nothing else refers to the buffer; `writer` outlives the call, in which alone the callbacks use it.
    let (written, bytes) = unsafe {
        let data = &raw mut (*buffer.as_raw_ptr()).data_;
        let written = JS_WriteStructuredClone(
            cx,
            value,
            data,
            SCOPE,
            &POLICY,
            &WRITE_CALLBACKS,
            (&raw mut writer).cast(),
            transfer_list.handle(),
        );
        (written, if written { bytes_of(data) } else { Vec::new() })
    };
    maybe_resume_unwind();
    if !written {
        return Err(failure(cx, writer.error));
    }
    let transferred = Mutex::new(writer.transferred);
    Ok(SerializedData { bytes, objects: writer.objects, transferred, cross_realm: None })
}

/// [StructuredDeserializeWithTransfer](https://html.spec.whatwg.org/multipage/structured-data.html#structureddeserializewithtransfer)
/// in the realm of `global`. Returns the transferred platform objects, in the order of the transfer list.
pub(crate) fn structured_deserialize_with_transfer(
    cx: &mut JSContext,
    global: &GlobalScope,
    serialized: &SerializedData,
    value: MutableHandleValue<'_>,
) -> Fallible<Vec<RootedObject>> {
    let mut realm = AutoRealm::new_from_handle(cx, global.reflector().get_jsobject());
    let cx: &mut JSContext = &mut realm;
    let mut reader = Reader { global, serialized, received: Vec::new(), error: None };
    // SAFETY: the buffer is freed at the end, with the same callbacks.
    let buffer = unsafe { JSAutoStructuredCloneBufferWrapper::new(SCOPE, &READ_CALLBACKS) };
    // SAFETY: nothing else refers to the buffer; the bytes are copied into it; `reader` outlives the call, in which
    // alone the callbacks use it.
    let read = unsafe {
        let data = &raw mut (*buffer.as_raw_ptr()).data_;
        WriteBytesToJSStructuredCloneData(serialized.bytes.as_ptr(), serialized.bytes.len(), data)
            && JS_ReadStructuredClone(
                cx,
                data,
                JS_STRUCTURED_CLONE_VERSION,
                SCOPE,
                value,
                &POLICY,
                &READ_CALLBACKS,
                (&raw mut reader).cast(),
            )
    };
    maybe_resume_unwind();
    if !read {
        return Err(failure(cx, reader.error));
    }
    Ok(reader.received)
}

/// The steps of [structuredClone()](https://html.spec.whatwg.org/multipage/structured-data.html#dom-structuredclone).
pub(crate) fn structured_clone(
    cx: &mut JSContext,
    global: &GlobalScope,
    value: HandleValue<'_>,
    transfer: &[RootedObject],
    clone: MutableHandleValue<'_>,
) -> Fallible<()> {
    // 1. Serialize.
    let serialized = structured_serialize_with_transfer(cx, value, transfer)?;
    // 2–3. Deserialize.
    structured_deserialize_with_transfer(cx, global, &serialized, clone)?;
    Ok(())
}

/// # Safety
/// `data` is a buffer of SpiderMonkey's that nobody else uses now.
unsafe fn bytes_of(data: *mut mozjs::jsapi::JSStructuredCloneData) -> Vec<u8> {
    // SAFETY: the caller's promise; the vector is as long as what is copied into it.
    unsafe {
        let mut bytes = vec![0; GetLengthOfJSStructuredCloneData(data)];
        CopyJSStructuredCloneData(data, bytes.as_mut_ptr());
        bytes
    }
}

/// Why it did not work: an exception that is pending, what a callback noted, or a reason that SpiderMonkey keeps to
/// itself.
fn failure(cx: &JSContext, noted: Option<Error>) -> Error {
    // SAFETY: asks for a flag.
    if unsafe { JS_IsExceptionPending(cx) } {
        return Error::JSFailed;
    }
    noted.unwrap_or_else(|| Error::DataClone("the value can't be cloned".into()))
}

/// What to call an object in a message.
fn class_name(object: HandleObject<'_>) -> String {
    // SAFETY: every object has a class, whose name is a static string.
    unsafe { CStr::from_ptr((*get_object_class(object.get())).name) }.to_string_lossy().into_owned()
}

#[derive(Default)]
struct Writer {
    objects: Vec<State>,
    transferred: Vec<Option<Holder>>,
    error: Option<Error>,
}

struct Reader<'a> {
    global: &'a GlobalScope,
    serialized: &'a SerializedData,
    received: Vec<RootedObject>,
    error: Option<Error>,
}

static WRITE_CALLBACKS: JSStructuredCloneCallbacks = JSStructuredCloneCallbacks {
    read: None,
    write: Some(write),
    reportError: Some(report_write_error),
    readTransfer: None,
    writeTransfer: Some(write_transfer),
    freeTransfer: Some(free_transfer),
    canTransfer: Some(can_transfer),
    sabCloned: None,
};

static READ_CALLBACKS: JSStructuredCloneCallbacks = JSStructuredCloneCallbacks {
    read: Some(read),
    write: None,
    reportError: Some(report_read_error),
    readTransfer: Some(read_transfer),
    writeTransfer: None,
    freeTransfer: Some(free_transfer),
    canTransfer: None,
    sabCloned: None,
};

/// An object that SpiderMonkey does not know, or a function.
unsafe extern "C" fn write(
    cx: *mut RawJSContext,
    output: *mut JSStructuredCloneWriter,
    object: RawHandleObject,
    _same_process_scope_required: *mut bool,
    closure: *mut c_void,
) -> bool {
    let mut written = false;
    wrap_panic(&mut || {
        // SAFETY: the writer that we gave; nothing else refers to it meanwhile.
        let writer = unsafe { &mut *closure.cast::<Writer>() };
        // SAFETY: the engine keeps the object rooted during the call.
        let object = unsafe { HandleObject::from_raw(object) };
        let Some(cx) = NonNull::new(cx) else { return };
        // SAFETY: within an engine hook one context may be made from the engine's pointer.
        let cx = unsafe { JSContext::from_ptr(cx) };
        // StructuredSerializeInternal, 19: a serializable platform object; 20–22: another one, a function.
        let state = serialize_object(&cx, object)
            .unwrap_or_else(|| Err(Error::DataClone(format!("a {} can't be cloned", class_name(object)))));
        match state {
            Ok(state) => {
                let place = u32::try_from(writer.objects.len()).unwrap_or(u32::MAX);
                writer.objects.push(state);
                // SAFETY: the tag is one of those left to us.
                written = unsafe { JS_WriteUint32PairUnchecked(output, SERIALIZED_OBJECT, place) };
            }
            Err(error) => writer.error = Some(error),
        }
    });
    written
}

unsafe extern "C" fn read(
    cx: *mut RawJSContext,
    _input: *mut JSStructuredCloneReader,
    _policy: *const CloneDataPolicy,
    tag: u32,
    place: u32,
    closure: *mut c_void,
) -> *mut JSObject {
    let mut result = ptr::null_mut();
    wrap_panic(&mut || {
        // SAFETY: the reader that we gave; nothing else refers to it meanwhile.
        let reader = unsafe { &mut *closure.cast::<Reader<'_>>() };
        let state = usize::try_from(place).ok().and_then(|place| reader.serialized.objects.get(place));
        let (Some(cx), Some(state), SERIALIZED_OBJECT) = (NonNull::new(cx), state, tag) else { return };
        // SAFETY: within an engine hook one context may be made from the engine's pointer.
        let mut cx = unsafe { JSContext::from_ptr(cx) };
        // StructuredDeserialize, 22: the interface has to be exposed here.
        let (interface, state) = state;
        let object =
            must_be_exposed(&cx, *interface).and_then(|()| state.deserialize(&mut cx, reader.global));
        match object {
            Ok(object) => result = object.handle().get(),
            Err(error) => reader.error = Some(error),
        }
    });
    result
}

unsafe extern "C" fn can_transfer(
    cx: *mut RawJSContext,
    object: RawHandleObject,
    _same_process_scope_required: *mut bool,
    _closure: *mut c_void,
) -> bool {
    let mut can = false;
    wrap_panic(&mut || {
        // SAFETY: the engine keeps the object rooted during the call.
        let object = unsafe { HandleObject::from_raw(object) };
        let Some(cx) = NonNull::new(cx) else { return };
        // SAFETY: within an engine hook one context may be made from the engine's pointer.
        let cx = unsafe { JSContext::from_ptr(cx) };
        can = can_transfer_object(&cx, object);
    });
    can
}

unsafe extern "C" fn write_transfer(
    cx: *mut RawJSContext,
    object: RawHandleObject,
    closure: *mut c_void,
    tag: *mut u32,
    ownership: *mut TransferableOwnership,
    content: *mut *mut c_void,
    extra_data: *mut u64,
) -> bool {
    let mut written = false;
    wrap_panic(&mut || {
        // SAFETY: the writer that we gave; nothing else refers to it meanwhile.
        let writer = unsafe { &mut *closure.cast::<Writer>() };
        // SAFETY: the engine keeps the object rooted during the call.
        let object = unsafe { HandleObject::from_raw(object) };
        let Some(cx) = NonNull::new(cx) else { return };
        // SAFETY: within an engine hook one context may be made from the engine's pointer.
        let mut cx = unsafe { JSContext::from_ptr(cx) };
        // StructuredSerializeWithTransfer, 5.4.3.
        let holder = transfer_object(&mut cx, object).unwrap_or_else(|| {
            Err(Error::DataClone(format!("a {} can't be transferred", class_name(object))))
        });
        match holder {
            Ok(holder) => {
                // SAFETY: out-parameters of the engine's.
                unsafe {
                    *tag = TRANSFERRED_OBJECT;
                    *ownership = TransferableOwnership::SCTAG_TMO_CUSTOM;
                    *content = ptr::null_mut();
                    *extra_data = u64::try_from(writer.transferred.len()).unwrap_or(u64::MAX);
                }
                writer.transferred.push(Some(holder));
                written = true;
            }
            Err(error) => writer.error = Some(error),
        }
    });
    written
}

unsafe extern "C" fn read_transfer(
    cx: *mut RawJSContext,
    _input: *mut JSStructuredCloneReader,
    _policy: *const CloneDataPolicy,
    _tag: u32,
    _content: *mut c_void,
    place: u64,
    closure: *mut c_void,
    result: RawMutableHandleObject,
) -> bool {
    let mut received = false;
    wrap_panic(&mut || {
        // SAFETY: the reader that we gave; nothing else refers to it meanwhile.
        let reader = unsafe { &mut *closure.cast::<Reader<'_>>() };
        let mut transferred = reader.serialized.transferred.lock().unwrap_or_else(PoisonError::into_inner);
        let holder =
            usize::try_from(place).ok().and_then(|place| transferred.get_mut(place)).and_then(Option::take);
        drop(transferred);
        let (Some(cx), Some((interface, holder))) = (NonNull::new(cx), holder) else { return };
        // SAFETY: within an engine hook one context may be made from the engine's pointer.
        let mut cx = unsafe { JSContext::from_ptr(cx) };
        // StructuredDeserializeWithTransfer, 3.3.2: the interface has to be exposed here.
        let object = must_be_exposed(&cx, interface).and_then(|()| holder.receive(&mut cx, reader.global));
        match object {
            Ok(object) => {
                result.set(object.handle().get());
                reader.received.push(object);
                received = true;
            }
            Err(error) => reader.error = Some(error),
        }
    });
    received
}

/// The holders are ours, in [`SerializedData`].
unsafe extern "C" fn free_transfer(
    _tag: u32,
    _ownership: TransferableOwnership,
    _content: *mut c_void,
    _extra_data: u64,
    _closure: *mut c_void,
) {
}

unsafe extern "C" fn report_write_error(
    _cx: *mut RawJSContext,
    _id: u32,
    closure: *mut c_void,
    message: *const c_char,
) {
    // SAFETY: the writer that we gave; the message is the engine's.
    unsafe { note_error(&mut (*closure.cast::<Writer>()).error, message) }
}

unsafe extern "C" fn report_read_error(
    _cx: *mut RawJSContext,
    _id: u32,
    closure: *mut c_void,
    message: *const c_char,
) {
    // SAFETY: the reader that we gave; the message is the engine's.
    unsafe { note_error(&mut (*closure.cast::<Reader<'_>>()).error, message) }
}

/// # Safety
/// `message` is null or a string with a final NUL.
unsafe fn note_error(error: &mut Option<Error>, message: *const c_char) {
    if error.is_some() || message.is_null() {
        return;
    }
    // SAFETY: the caller's promise.
    let message = unsafe { CStr::from_ptr(message) }.to_string_lossy();
    *error = Some(Error::DataClone(message.into_owned()));
}
