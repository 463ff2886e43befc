//! The binding run-time: what generated code and DOM code share.
//!
//! `webidls/*.webidl` → `webidl-codegen` → `crate::bindings` (generated) → this module. Generated code is thin:
//! it holds tables, argument lists and calls; everything that takes thought is here, once.
//!
//! # How to write a DOM interface
//!
//! Given, in `webidls/`:
//!
//! ```webidl
//! [Exposed=(Window,Worker)]
//! interface Podcast : EventTarget {
//!   constructor(USVString feed, optional PodcastInit init = {});
//!   readonly attribute USVString feed;              // a string: no cx
//!   readonly attribute unsigned long long size;     // a number: no cx
//!   readonly attribute Episode? latest;             // nullable: GetLatest
//!   readonly attribute any tag;                     // any: through rval
//!   [SameObject] readonly attribute PodcastStats stats;
//!   attribute double rate;
//!   attribute EventHandler onprogress;              // nothing to write
//!   boolean remove(DOMString id);
//!   Promise<Episode?> find((Episode or USVString) what);
//!   static Podcast parse(DOMString text);
//! };
//! dictionary PodcastInit { any tag = null; unsigned long long size = 0; DOMString title; };
//! ```
//!
//! the struct lives in `components/script/src/dom/<spec>/podcast.rs` (every module on the way is `pub(crate)`,
//! so that `crate::bindings` can name it; the build finds the struct by its `#[dom_struct]`, there is no list
//! to extend):
//!
//! ```ignore
//! use crate::bindings::dictionaries::PodcastInit;
//! use crate::bindings::interfaces::PodcastMethods;
//! use crate::bindings::unions::EpisodeOrUSVString;
//! use crate::webidl::*;
//!
//! /// <https://example.org/#podcast>
//! #[dom_struct]
//! pub struct Podcast {
//!     event_target: EventTarget,                // first: the parent's struct, or `reflector: Reflector`
//!     feed: USVString,
//!     #[no_trace]                               // a type without JSTraceable that holds no JS thing
//!     url: url::Url,
//!     size: Cell<u64>,
//!     rate: Cell<f64>,
//!     tag: HeapValue,                           // a JavaScript value in a field
//!     stats: MutNullableDom<PodcastStats>,      // made on first use
//!     episodes: DomRefCell<Vec<Dom<Episode>>>,  // interior mutability of anything not Copy
//!     pending: DomRefCell<Vec<HeapPromise>>,    // promises in fields
//! }
//!
//! impl Podcast {
//!     /// Only fields; also called by the structs that derive from this one.
//!     pub(crate) fn new_inherited(feed: USVString, url: url::Url) -> Podcast {
//!         Podcast {
//!             event_target: EventTarget::new_inherited(),
//!             feed, url,
//!             size: Cell::new(0),
//!             rate: Cell::new(1.0),
//!             tag: HeapValue::default(),
//!             stats: MutNullableDom::default(),
//!             episodes: DomRefCell::default(),
//!             pending: DomRefCell::default(),
//!         }
//!     }
//!
//!     /// For other Rust code: in the realm of `global`.
//!     pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope, feed: USVString, url: url::Url) -> DomRoot<Podcast> {
//!         reflect_dom_object(cx, Box::new(Podcast::new_inherited(feed, url)), global)
//!     }
//!
//!     /// Firing an event, from a task on this agent's thread. True if it was not cancelled.
//!     pub(crate) fn report_progress(&self, cx: &mut JSContext) -> bool {
//!         self.upcast::<EventTarget>().fire_event(cx, "progress")
//!     }
//!
//!     /// Work on another thread: send `Trusted…`, come back with a task, settle there.
//!     fn start(&self, promise: &Promise) {
//!         let (this, promise) = (Trusted::new(self), TrustedPromise::new(promise));
//!         let tasks = self.global().task_sender();
//!         spawn(async move {
//!             let answer = ask().await;
//!             tasks.post(TaskSource::Networking, Box::new(move |cx, _global| {
//!                 let (this, promise) = (this.root(), promise.root());
//!                 match answer {
//!                     Ok(id) => { let e = Episode::new(cx, &this.global(), id); promise.resolve(cx, &e) },
//!                     Err(e) => promise.reject(cx, Error::Network(e.to_string())),
//!                 }
//!             }));
//!         });
//!     }
//! }
//!
//! impl PodcastMethods for Podcast {
//!     // constructor(…): cx, the current global, the prototype to use (None: this interface's own), arguments.
//!     // [NewObject] reflectors made here use `reflect_dom_object_with_proto`.
//!     fn Constructor(cx: &mut JSContext, global: &GlobalScope, proto: Option<HandleObject<'_>>,
//!                    feed: USVString, init: &PodcastInit) -> Fallible<DomRoot<Podcast>> {
//!         let url = url::Url::parse(&feed).map_err(|e| Error::Type(format!("{feed}: {e}")))?;
//!         let podcast = Box::new(Podcast::new_inherited(feed, url));
//!         podcast.tag.set(init.tag.handle());           // `any` in a dictionary: RootedValue
//!         podcast.size.set(init.size);                  // has a default: not an Option
//!         let _title: &Option<DOMString> = &init.title; // neither required nor defaulted: Option
//!         Ok(reflect_dom_object_with_proto(cx, podcast, global, proto))
//!     }
//!     fn Feed(&self) -> USVString { self.feed.clone() }
//!     fn Size(&self) -> u64 { self.size.get() }
//!     fn GetLatest(&self, _cx: &mut JSContext) -> Option<DomRoot<Episode>> {
//!         self.episodes.borrow().last().map(|e| e.as_rooted())
//!     }
//!     fn Tag(&self, _cx: &mut JSContext, rval: MutableHandleValue<'_>) { self.tag.get(rval) }
//!     fn Stats(&self, cx: &mut JSContext) -> DomRoot<PodcastStats> {
//!         self.stats.or_init(|| PodcastStats::new(cx, &self.global()))
//!     }
//!     fn Rate(&self) -> f64 { self.rate.get() }
//!     fn SetRate(&self, _cx: &mut JSContext, rate: f64) -> Fallible<()> { self.rate.set(rate); Ok(()) }
//!     fn Remove(&self, _cx: &mut JSContext, id: DOMString) -> Fallible<bool> {
//!         if &*id == "" { return Err(Error::NotFound("the id is empty".into())); }
//!         Ok(true)
//!     }
//!     // A promise operation: Err(…) becomes a promise rejected with it, as does a failed conversion.
//!     fn Find(&self, cx: &mut JSContext, what: EpisodeOrUSVString) -> Fallible<Promise> {
//!         let promise = Promise::new(cx, &self.global());
//!         match what {
//!             EpisodeOrUSVString::Episode(episode) => promise.resolve(cx, &episode),
//!             EpisodeOrUSVString::USVString(id) if id.is_empty() => return Err(Error::Type("empty".into())),
//!             EpisodeOrUSVString::USVString(_) => self.start(&promise),
//!         }
//!         Ok(promise)
//!     }
//!     fn Parse(cx: &mut JSContext, global: &GlobalScope, text: DOMString) -> Fallible<DomRoot<Podcast>> { … }
//! }
//! ```
//!
//! ## Names
//! - The trait of `interface Foo` is `bindings::interfaces::FooMethods`; of `namespace console`
//!   `bindings::namespaces::ConsoleMethods`, implemented by a unit struct marked `#[dom_namespace]`.
//!   Members of partials and included mixins are members of that same trait.
//! - A method is the IDL name with its first letter upper-case: `fetch` → `Fetch`, `URL` → `URL`, and `Self_`
//!   where it would be a Rust keyword. The getter of a nullable attribute is `GetFoo`, a setter is `SetFoo`.
//!   The second overload of an operation is `Foo_`, the third `Foo__`, in the order of the IDL (members of the
//!   interface itself, then of partials, then of mixins); overloads of constructors likewise. A static operation
//!   that is named like a regular one comes after it (`Response.json()` is `Json_`).
//! - A stringifier without a name is `Stringifier`, a stringifier attribute is just its attribute. Indexed and
//!   named getters with a name use that name, those without are `IndexedGetter` and `NamedGetter`;
//!   `SupportedPropertyNames(&self) -> Vec<DOMString>` goes with named ones.
//! - Enum values become PascalCase variants: `"same-origin"` → `SameOrigin`, `""` → `Empty`, `"2d"` → `_2d`.
//!   Enums are `Copy`, have `as_str()`, `FromStr` and `Default` is not implemented.
//! - Dictionary members become snake_case fields (`type` → `type_`), those of inherited dictionaries sit in the
//!   field `parent`. `Default` gives the IDL's defaults (not for dictionaries with required members).
//!   Those that something returns, resolves with or calls a callback with have `to_jsval`, which makes a fresh object.
//! - A union is named by its flattened members: `RequestOrUSVString`; a nullable union is `Option` of it.
//!   `sequence<T>` in a name is `TSequence`, `record<K, V>` is `KVRecord`.
//! - `iterable<K, V>` is `PairToIterateOver(&self, cx, index: u32) -> Option<(K, V)>`: the pair at an index, as the
//!   object is at that moment. `iterable<V>` needs indexed properties and no code of its own.
//!   `async_iterable<V>(…)` is `AsyncIterator(&self, cx, …) -> Fallible<Box<dyn AsyncIteratorSteps>>`: see
//!   [`AsyncIteratorSteps`].
//!   `async_iterable<K, V>` has the same method; its promises are for arrays of two.
//! - `maplike<K, V>` is `MapEntries(&self) -> &MapEntries`, `setlike<V>` is `SetEntries(&self) -> &SetEntries`: a field
//!   of that type; the functions `set`, `add`, `delete`, `clear` can be declared in the IDL, and are operations then.
//! - An attribute of type `ObservableArray<T>` is `Foo(&self) -> &ObservableArray` (a field of that type),
//!   `SetFooItem(&self, cx, value, index)` and `DeleteFooItem(&self, cx, value, index)`.
//! - Nameless setters and deleters are `IndexedSetter`, `NamedSetter`, `NamedDeleter`. Where no attribute `length` says
//!   how many indexed properties there are, `SupportedPropertyIndices(&self) -> u32` does.
//! - `[Serializable]` and `[Transferable]` are [`Serializable`] and [`Transferable`], to be implemented for the struct: that
//!   is all that structured cloning needs.
//! - The named getter of a global (`NamedGetter`) says by null that there is no such property.
//! - `[LegacyFactoryFunction=Image(…)]` is `Image(cx, global, proto, …)`, like a constructor.
//! - Event handler attributes (`EventHandler`, `OnErrorEventHandler`, …) need no Rust code, nor do `[PutForwards]`,
//!   `[Replaceable]` and a `[Default] toJSON`.
//!
//! A file `features.txt` beside the IDL names what exists only where a feature is enabled ([`RealmSettings`]).
//!
//! IDL may be ahead of the code: an interface exists once there is its `#[dom_struct]`, a member once there is its
//! method in `impl FooMethods for Foo`. What is left out is listed in `missing.txt` beside the generated code.
//!
//! ## Signatures
//! - `cx: &mut JSContext` comes first after `&self`: in every operation, constructor, static operation and
//!   setter; in a getter unless its type is boolean, a number, an enum or a string (or a nullable of those).
//!   Static members and constructors get `(cx, global: &GlobalScope, …)`; constructors also
//!   `proto: Option<HandleObject>`. Operations of a namespace are static. Static getters get `(cx, global)`.
//! - Operations, constructors and setters return `Fallible<…>`. Getters don't, but for those that can fail, which are
//!   named `TryFoo` (nullable: `TryGetFoo`). A getter of type `Promise` returns `Promise`.
//! - The getter of a `DOMString` that hardly ever changes may be named `CachedFoo`: the object keeps the value, which script
//!   gets without a call, until `reflector().forget_cached_values()`.
//! - A `[SameObject]` getter (not nullable) must give the same object for as long as its object is there: compiled code asks
//!   once.
//! - An overridden `toJSON` is an ordinary operation; `[Default] object toJSON()` is generated.
//!
//! | IDL | argument | in a dictionary, union, sequence, record | returned |
//! |---|---|---|---|
//! | `boolean`, `octet` … `unsigned long long`, `double` | `bool`, `u8` … `u64`, `f64` | same | same |
//! | `DOMString`, `USVString`, `ByteString` | [`DOMString`], [`USVString`], [`ByteString`] | same | same |
//! | enum, dictionary | `E`, `&D` | `E`, `D` | `E`, `D` |
//! | `any` | `HandleValue` | [`RootedValue`] | last parameter `rval: MutableHandleValue` |
//! | `object` (nullable: null pointer) | `HandleObject` | [`RootedObject`] | last parameter `rval: MutableHandleObject` |
//! | interface | `&Foo` | `DomRoot<Foo>` | `DomRoot<Foo>` |
//! | `WindowProxy` | `&WindowProxy` | `DomRoot<WindowProxy>` | `DomRoot<WindowProxy>` |
//! | callback function or interface | `&Foo` (clone to keep) | `Rooted<Foo>` | `Rooted<Foo>` |
//! | `Promise<T>` | `&Promise` | `Promise` | `Promise` |
//! | `BufferSource`, `ArrayBuffer`, `ArrayBufferView`, `Uint8Array` … | `&BufferSource` | `BufferSource` | last parameter `rval: MutableHandleObject` |
//! | `sequence<T>` | `Vec<T>` | same | `Vec<T>` |
//! | `FrozenArray<T>` | as `any`, converted | [`RootedValue`] | as `any` (see `to_frozen_array`) |
//! | `symbol`, `bigint` (nullable: null) | as `any`, converted | [`RootedValue`] | as `any` |
//! | `async_sequence<T>` | `&AsyncSequence<C>` (`C`: as in `Vec<C>`) | [`AsyncSequence<C>`](AsyncSequence) | same |
//! | `record<K, V>` | [`Record<K, V>`](Record) | same | same |
//! | union | `U` | `U` | `U` |
//! | `T?` | `Option<T>` (`Option<&Foo>`, `Option<&BufferSource>`) | `Option<T>` | `Option<T>` |
//! | optional, no default | `Option<T>` (`any`: undefined) | `Option<T>` | |
//! | variadic `T...` | `Vec<T>` in its nested form | | |
//!
//! `optional T? x` without default is `Option<Option<T>>`. Callbacks are called with the forms of the first column, all
//! arguments given (`&RootedObject` for `object`, `&[T]` for a variadic one).
//!
//! Script never sees a window itself, but its proxy: conversions see to that, in both directions. Where an object is
//! handed to script by hand (`this` of a callback) take `reflector().script_object()`.
//!
//! ## Rooting: what may be held, and where
//! Objects are owned by their reflectors (the JavaScript objects): the reflector's finaliser drops the Rust
//! struct, its trace hook traces it. So whatever is used must be reachable from a root.
//!
//! | | on the stack | in a field |
//! |---|---|---|
//! | DOM object | `&T`, [`DomRoot<T>`](DomRoot) | [`Dom<T>`](Dom), [`MutDom<T>`](MutDom), [`MutNullableDom<T>`](MutNullableDom) |
//! | any value | `HandleValue`, [`RootedValue`] | [`HeapValue`] |
//! | any object | `HandleObject`, [`RootedObject`] | [`HeapObject`] |
//! | promise | [`Promise`] | [`HeapPromise`] (`promise.to_heap()`, `heap_promise.root()`) |
//! | callback | `&Foo`, `Rooted<Foo>` | `Foo` (a clone shares the callback) |
//! | across threads | | [`Trusted<T>`](Trusted), [`TrustedWeak<T>`](TrustedWeak), [`TrustedPromise`] |
//!
//! - The stack column roots: it may be held across anything. It must never be stored in a field (it would keep
//!   a cycle alive for ever; `#[dom_struct]` refuses it, since it is not traceable).
//! - The field column is traced by its owner: **never hold it by value across a call that takes `cx`**. Make it
//!   in place (`vec.push(Dom::from_ref(x))`), and root what you take out before anything else happens:
//!   `let all = self.pending.take_rooted();`, `let first = list.borrow_mut().pop().map(|d| d.as_rooted());`.
//! - `borrow()` and `borrow_mut()` of a [`DomRefCell`] must end before script can run (a call with `cx`): copy
//!   or root what is needed first.
//! - `Rooted::from_unrooted(x)` roots anything of the field column, `RootedBox::new(v)` a vector, map or struct of it.
//! - A reference in the other direction of ownership, that should not keep its target alive: [`WeakDom<T>`](WeakDom).
//! - In debug builds the use of an object that was collected panics, and `FERRY_GC_STRESS=n` collects garbage at every
//!   n-th step of the binding: run new tests with it once.
//! - Objects that must live while something goes on (a fetch with listeners): keep a [`Trusted`] in what goes on.
//!
//! ## Casting
//! `x.upcast::<Event>()` is free and checked by the compiler; `x.downcast::<MessageEvent>()` gives
//! `Option<&MessageEvent>`, `x.is::<MessageEvent>()` asks. `x.global()` is the [`GlobalScope`] of the object's
//! own realm (its relevant global); `GlobalScope::from_current_realm(cx)` that of the running function.
//!
//! ## Errors
//! [`Error`] has a variant for each name of DOMException (`Error::InvalidState(message)`), `Error::Type`,
//! `Error::Range`, `Error::QuotaExceeded { … }`, and `Error::JSFailed`: an exception is already pending on `cx`;
//! return it at once. The message is shown to page authors: say what was wrong, no trailing full stop. The
//! binding puts `Interface.member: ` before the messages of failed *conversions* only.
//!
//! ## Calling back into script
//! `callback.call(cx, this, args…)` returns `Fallible<R>` (`RootedValue` for `any`); on failure the exception is pending
//! (`JSFailed`).
//! `callback.call_and_report(cx, this, args…)` returns `Option<R>`; an exception is reported to the callback's
//! global. A callback whose type is `Promise<T>` only has `call`, which returns a `Promise` (rejected on
//! failure). Both may run microtasks when the outermost one returns.

mod args;
mod async_iterable;
pub mod call;
mod callback;
mod cast;
mod cell;
pub mod class;
mod collections;
mod conversions;
mod error;
pub mod generated;
mod global;
mod global_object;
mod heap;
pub mod interface;
mod iterable;
mod jit;
mod keys;
mod legacy_properties;
mod named_properties;
mod observable_array;
mod observable_array_proxy;
mod promise;
mod property_descriptor;
mod proxy_assignment;
mod proxy_lookup;
mod proxy_traps;
mod reflector;
mod root;
mod serializable;
#[cfg(debug_assertions)]
mod stress;
mod string;
pub mod tables;
#[cfg(test)]
mod tests;
mod trusted;
pub(crate) mod window_proxy;

pub use std::cell::{Cell, OnceCell};
pub use std::ffi::CStr;

pub use mozjs::context::JSContext;
pub use mozjs::conversions::ToJSValConvertible;
pub use mozjs::jsapi::JSTracer;
pub use mozjs::jsval::ObjectValue as object_value;
pub use mozjs::rooted;
pub use mozjs::rust::{
    HandleObject, HandleValue, MutableHandleObject, MutableHandleValue, RootedTraceableBox as RootedBox,
    Trace as JSTraceable,
};
pub use script_derive::{JSTraceable, dom_namespace, dom_struct};

pub use crate::dom::{EventTarget, GlobalScope, WindowProxy};
pub use args::Args;
pub use async_iterable::AsyncIteratorSteps;
pub use call::IdlName;
pub use callback::{
    CallbackObject, Hooks, enter_realm, install_hooks, is_running_script, report_pending_exception,
    run_script,
};
pub use cast::{Castable, DerivedFrom, DomType, HasParent};
pub use cell::DomRefCell;
pub use class::{DomClass, InterfaceId};
pub use collections::{MapEntries, SetEntries};
pub use conversions::*;
pub use error::{Error, Fallible, define_stack, legacy_code, take_pending_exception};
pub(crate) use global::global_of_object;
pub use global::{
    RealmSettings, create_global, current_global, reflect_dom_object, reflect_dom_object_with_proto,
};
pub(crate) use global::{create_global_with, share_compartment};
pub use heap::{HeapObject, HeapValue, RootedObject, RootedValue};
pub use keys::forget_property_keys;
pub use observable_array::ObservableArray;
pub use promise::{HeapPromise, Promise};
pub use reflector::{DomObject, Reflector};
pub use root::{Dom, DomRoot, MutDom, MutNullableDom, Rooted, StableTrace, WeakDom};
pub use serializable::{Serializable, SerializedObject, TransferDataHolder, Transferable};
pub(crate) use serializable::{can_transfer_object, must_be_exposed, serialize_object, transfer_object};
pub use string::{ByteString, DOMString, USVString};
pub use tables::{InterfaceSpec, NamespaceSpec};
pub use trusted::{Trusted, TrustedPromise, TrustedWeak, forget_trusted_objects};
pub use window_proxy::is_window_proxy;

/// A struct that objects of an interface are made with. Implemented by generated code.
///
/// # Safety
/// `CLASS` and `SPEC` must be those of the interface that the struct is for, and the structs of interfaces that
/// inherit from it must begin with it.
#[allow(unsafe_code)]
pub unsafe trait DomInterface: DomType + IdlName {
    /// The class of its objects.
    const CLASS: &'static DomClass;
    /// Its tables.
    const SPEC: &'static InterfaceSpec;
    /// How many interfaces it inherits from.
    const DEPTH: usize;
    /// Its number in the tables.
    const ID: InterfaceId;
}
