//! What an algorithm can fail with: <https://webidl.spec.whatwg.org/#idl-exceptions>.

#![allow(unsafe_code)]

use std::ffi::CString;
use std::{fmt, ptr};

use mozjs::error::{throw_range_error, throw_type_error};
use mozjs::jsapi::{ExceptionStackBehavior, JS_StackCapture_MaxFrames, JSObject, JSString, StackFormat};
use mozjs::jsval::{StringValue, UndefinedValue};
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    BuildStackString, CaptureCurrentStack, JS_ClearPendingException, JS_DefineProperty,
    JS_GetPendingException, JS_IsExceptionPending, JS_SetPendingException,
};
use mozjs::rust::{HandleObject, MutableHandleValue};

use super::JSContext;
use super::call::gc_point;
use super::global::{current_global, out_of_memory};
use crate::dom::DOMException;

/// The result of everything that may throw.
pub type Fallible<T> = Result<T, Error>;

macro_rules! errors {
    ($($variant:ident $name:literal $code:literal,)*) => {
        /// An exception that is yet to be created, in the realm where it is thrown. Holds no JavaScript value, so
        /// that it can come from another thread.
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum Error {
            $(#[doc = concat!("A DOMException named ", $name, ", with this message.")] $variant(String),)*
            /// <https://webidl.spec.whatwg.org/#quotaexceedederror>
            QuotaExceeded {
                /// Shown to authors.
                message: String,
                /// The limit, if it is to be told.
                quota: Option<f64>,
                /// What was asked for, if it is to be told.
                requested: Option<f64>,
            },
            /// A TypeError.
            Type(String),
            /// A RangeError.
            Range(String),
            /// An exception is already pending on the context: return at once.
            JSFailed,
        }

        impl Error {
            /// The name and legacy code of the DOMException that this is, or None for what is no DOMException.
            pub fn dom_exception_name(&self) -> Option<&'static str> {
                match self {
                    $(Error::$variant(_) => Some($name),)*
                    Error::QuotaExceeded { .. } => Some("QuotaExceededError"),
                    Error::Type(_) | Error::Range(_) | Error::JSFailed => None,
                }
            }

            /// The message without the name.
            pub fn message(&self) -> &str {
                match self {
                    $(Error::$variant(message) => message,)*
                    Error::QuotaExceeded { message, .. } | Error::Type(message) | Error::Range(message) => message,
                    Error::JSFailed => "",
                }
            }
        }

        /// The `code` of a DOMException: <https://webidl.spec.whatwg.org/#dfn-error-names-table>.
        pub fn legacy_code(name: &str) -> u16 {
            match name {
                $($name => $code,)*
                "QuotaExceededError" => 22,
                _ => 0,
            }
        }
    };
}

errors! {
    IndexSize "IndexSizeError" 1,
    HierarchyRequest "HierarchyRequestError" 3,
    WrongDocument "WrongDocumentError" 4,
    InvalidCharacter "InvalidCharacterError" 5,
    NoModificationAllowed "NoModificationAllowedError" 7,
    NotFound "NotFoundError" 8,
    NotSupported "NotSupportedError" 9,
    InUseAttribute "InUseAttributeError" 10,
    InvalidState "InvalidStateError" 11,
    Syntax "SyntaxError" 12,
    InvalidModification "InvalidModificationError" 13,
    Namespace "NamespaceError" 14,
    InvalidAccess "InvalidAccessError" 15,
    TypeMismatch "TypeMismatchError" 17,
    Security "SecurityError" 18,
    Network "NetworkError" 19,
    Abort "AbortError" 20,
    UrlMismatch "URLMismatchError" 21,
    Timeout "TimeoutError" 23,
    InvalidNodeType "InvalidNodeTypeError" 24,
    DataClone "DataCloneError" 25,
    Encoding "EncodingError" 0,
    NotReadable "NotReadableError" 0,
    Unknown "UnknownError" 0,
    Constraint "ConstraintError" 0,
    Data "DataError" 0,
    TransactionInactive "TransactionInactiveError" 0,
    ReadOnly "ReadOnlyError" 0,
    Version "VersionError" 0,
    Operation "OperationError" 0,
    NotAllowed "NotAllowedError" 0,
    OptOut "OptOutError" 0,
}

impl Error {
    /// Throws it, in the current realm: <https://webidl.spec.whatwg.org/#dfn-throw>.
    pub fn throw(self, cx: &mut JSContext) {
        gc_point(cx);
        match self {
            Error::JSFailed => {}
            Error::Type(message) => throw_type_error(cx, &c_string(message)),
            Error::Range(message) => throw_range_error(cx, &c_string(message)),
            dom => {
                let global = current_global(cx);
                let exception = DOMException::from_error(cx, &global, dom);
                rooted!(&in(cx) let mut value = UndefinedValue());
                mozjs::conversions::ToJSValConvertible::to_jsval(&exception, cx, value.handle_mut());
                // SAFETY: a rooted value.
                unsafe { JS_SetPendingException(cx, value.handle(), ExceptionStackBehavior::Capture) };
            }
        }
    }

    /// Makes the exception, in the current realm, without throwing it. False if there is none: script is being
    /// ended.
    pub fn take_value(self, cx: &mut JSContext, value: MutableHandleValue<'_>) -> bool {
        match self {
            Error::JSFailed | Error::Type(_) | Error::Range(_) => {
                self.throw(cx);
                take_pending_exception(cx, value)
            }
            dom => {
                let global = current_global(cx);
                let exception = DOMException::from_error(cx, &global, dom);
                mozjs::conversions::ToJSValConvertible::to_jsval(&exception, cx, value);
                true
            }
        }
    }
}

/// Takes the exception that is pending on the context. False if there is none.
pub fn take_pending_exception(cx: &mut JSContext, value: MutableHandleValue<'_>) -> bool {
    // SAFETY: a rooted place.
    unsafe {
        let taken = JS_IsExceptionPending(cx) && JS_GetPendingException(cx, value);
        JS_ClearPendingException(cx);
        taken
    }
}

/// SpiderMonkey's formatting wants a C string: the rare NUL is shown as U+FFFD.
fn c_string(message: String) -> CString {
    CString::new(message.replace('\0', "\u{fffd}")).unwrap_or_default()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Error::Type(_) => "TypeError",
            Error::Range(_) => "RangeError",
            Error::JSFailed => return f.write_str("an exception in script"),
            dom => dom.dom_exception_name().unwrap_or("Error"),
        };
        write!(f, "{name}: {}", self.message())
    }
}

impl std::error::Error for Error {}

/// Gives a DOMException object the `stack` of errors: where script is now.
/// (<https://webidl.spec.whatwg.org/#js-DOMException-specialness>: like errors, where errors have it.)
pub fn define_stack(cx: &mut JSContext, exception: HandleObject<'_>) {
    let mut realm = AutoRealm::new_from_handle(cx, exception);
    let cx: &mut JSContext = &mut realm;
    // SAFETY: what is passed is rooted or outlives the call.
    unsafe {
        let mut capture = std::mem::MaybeUninit::uninit();
        JS_StackCapture_MaxFrames(100, capture.as_mut_ptr());
        let mut capture = capture.assume_init();
        rooted!(&in(cx) let mut stack = ptr::null_mut::<JSObject>());
        if !CaptureCurrentStack(cx, stack.handle_mut(), &mut capture, HandleObject::null()) {
            out_of_memory();
        }
        rooted!(&in(cx) let mut string = ptr::null_mut::<JSString>());
        if !BuildStackString(
            cx,
            ptr::null_mut(),
            stack.handle(),
            string.handle_mut(),
            0,
            StackFormat::Default,
        ) {
            out_of_memory();
        }
        rooted!(&in(cx) let value = StringValue(&*string.get()));
        if !JS_DefineProperty(cx, exception, c"stack".as_ptr(), value.handle(), 0) {
            out_of_memory();
        }
    }
}
