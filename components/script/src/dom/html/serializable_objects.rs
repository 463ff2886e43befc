//! Which platform objects are [serializable](https://html.spec.whatwg.org/multipage/structured-data.html#serializable)
//! and which are [transferable](https://html.spec.whatwg.org/multipage/structured-data.html#transferable).

use mozjs::jsval::ObjectValue;
use mozjs::rooted;

use super::structured_clone::{Serializable, SerializedObject, TransferDataHolder, Transferable, class_name};
use crate::dom::DOMException;
use crate::dom::fileapi::blob::Blob;
use crate::dom::fileapi::file::File;
use crate::dom::fileapi::file_list::FileList;
use crate::dom::html::canvas::image_bitmap::ImageBitmap;
use crate::dom::html::canvas::image_data::ImageData;
use crate::dom::html::message_port::MessagePort;
use crate::dom::webidl::quota_exceeded_error::QuotaExceededError;
use crate::webidl::*;

/// Every `[Serializable]` interface, descendants before their ancestors.
const SERIALIZABLE: &[Serialize] = &[
    serialize::<QuotaExceededError>,
    serialize::<DOMException>,
    serialize::<File>,
    serialize::<Blob>,
    serialize::<FileList>,
    serialize::<ImageData>,
    serialize::<ImageBitmap>,
];

/// Every `[Transferable]` interface.
// FIXME(spec): streams, now that there are ports.
const TRANSFERABLE: &[Transfer] = &[transfer::<MessagePort>(), transfer::<ImageBitmap>()];

/// Tries one interface; `None` for an object of another.
type Try<T> = fn(&mut JSContext, HandleObject<'_>) -> Option<T>;

type Serialize = Try<Fallible<Box<dyn SerializedObject>>>;

struct Transfer {
    can_transfer: Try<bool>,
    transfer: Try<Fallible<Box<dyn TransferDataHolder>>>,
}

/// The object as a `T`, if it is one.
fn implements<T: DomInterface>(cx: &mut JSContext, object: HandleObject<'_>) -> Option<DomRoot<T>> {
    rooted!(&in(cx) let value = ObjectValue(object.get()));
    DomRoot::<T>::from_js(cx, value.handle()).ok()
}

fn serialize<T: Serializable + DomInterface>(
    cx: &mut JSContext,
    object: HandleObject<'_>,
) -> Option<Fallible<Box<dyn SerializedObject>>> {
    implements::<T>(cx, object).map(|object| object.serialize())
}

const fn transfer<T: Transferable + DomInterface>() -> Transfer {
    Transfer {
        can_transfer: |cx, object| implements::<T>(cx, object).map(|object| object.can_transfer()),
        transfer: |cx, object| implements::<T>(cx, object).map(|object| object.transfer()),
    }
}

/// [StructuredSerializeInternal](https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeinternal),
/// for what is not of the language.
pub(super) fn serialize_object(
    cx: &mut JSContext,
    object: HandleObject<'_>,
) -> Fallible<Box<dyn SerializedObject>> {
    // 19. A serializable platform object: its serialization steps.
    if let Some(state) = SERIALIZABLE.iter().find_map(|serialize| serialize(cx, object)) {
        return state;
    }
    // 20–22. Another platform object, a function, an exotic object.
    Err(Error::DataClone(format!("a {} can't be cloned", class_name(object))))
}

/// [StructuredSerializeWithTransfer](https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializewithtransfer),
/// 2.1, 2.2 and 5.2, for what is not of the language.
pub(super) fn can_transfer_object(cx: &mut JSContext, object: HandleObject<'_>) -> bool {
    TRANSFERABLE.iter().find_map(|interface| (interface.can_transfer)(cx, object)).unwrap_or(false)
}

/// StructuredSerializeWithTransfer, 5.4.3.
pub(super) fn transfer_object(
    cx: &mut JSContext,
    object: HandleObject<'_>,
) -> Fallible<Box<dyn TransferDataHolder>> {
    TRANSFERABLE
        .iter()
        .find_map(|interface| (interface.transfer)(cx, object))
        .unwrap_or_else(|| Err(Error::DataClone(format!("a {} can't be transferred", class_name(object)))))
}
