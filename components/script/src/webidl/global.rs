//! What the binding keeps for each global object, and how global objects are made.

#![allow(unsafe_code)]

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ffi::c_void;
use std::ptr::{self, NonNull};

use mozjs::jsapi::{
    Compartment, CompartmentIterResult, CompartmentSpecifier, Heap, JSObject, JSTracer, OnNewGlobalHookOption,
};
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    CurrentGlobalOrNull, InitRealmStandardClasses, JS_FireOnNewGlobalObject, JS_IterateCompartments,
    JS_NewGlobalObject,
};
use mozjs::rust::{HandleObject, RealmOptions, Trace, get_context_realm, get_object_realm};

use super::call::gc_point;
use super::class::{self, DomClass, REALM_DATA_SLOT};
use super::heap::HeapObject;
use super::interface;
use super::root::{Dom, DomRoot, Rooted};
use super::tables::World;
use super::{DomInterface, DomType, InterfaceId, JSContext, Reflector};
use crate::dom::GlobalScope;

/// What decides what is exposed in a realm.
#[derive(Clone, Debug, Default)]
pub struct RealmSettings {
    /// <https://html.spec.whatwg.org/#secure-context>
    pub secure_context: bool,
    /// <https://html.spec.whatwg.org/#concept-settings-object-cross-origin-isolated-capability>
    pub cross_origin_isolated: bool,
    /// The names of the features that are enabled (`features.txt`, beside the IDL, says what belongs to them).
    pub features: BTreeSet<String>,
}

impl From<bool> for RealmSettings {
    /// A secure context or not, without anything else.
    fn from(secure_context: bool) -> RealmSettings {
        RealmSettings { secure_context, ..RealmSettings::default() }
    }
}

/// The binding's data of a realm, owned by its global object.
pub struct RealmData {
    /// The bit of this kind of global in [`Exposure`](super::tables::Exposure)s.
    pub(super) global: u32,
    pub(super) settings: RealmSettings,
    /// Every interface that there is.
    pub(super) world: &'static World,
    /// Interface prototype objects, by interface.
    prototypes: Box<[Heap<*mut JSObject>]>,
    /// Interface objects, by interface.
    constructors: Box<[Heap<*mut JSObject>]>,
    /// Iterator prototype objects, by interface.
    iterators: Box<[Heap<*mut JSObject>]>,
    /// Objects that new ones get their own properties from, by interface, once there was a first object of it.
    templates: Box<[OnceCell<Template>]>,
}

/// What has the own properties that all objects of an interface begin with (`[LegacyUnforgeable]`), if they have any.
pub(super) type Template = Option<HeapObject>;

impl RealmData {
    fn new(global: u32, settings: RealmSettings, world: &'static World) -> RealmData {
        let empty = || world.interfaces.iter().map(|_| Heap::default()).collect();
        RealmData {
            global,
            settings,
            world,
            prototypes: empty(),
            constructors: empty(),
            iterators: empty(),
            templates: world.interfaces.iter().map(|_| OnceCell::new()).collect(),
        }
    }

    pub(super) fn prototype(&self, interface: InterfaceId) -> *mut JSObject {
        self.prototypes[usize::from(interface)].get()
    }

    pub(super) fn set_prototype(&self, interface: InterfaceId, object: *mut JSObject) {
        self.prototypes[usize::from(interface)].set(object);
    }

    pub(super) fn constructor(&self, interface: InterfaceId) -> *mut JSObject {
        self.constructors[usize::from(interface)].get()
    }

    pub(super) fn set_constructor(&self, interface: InterfaceId, object: *mut JSObject) {
        self.constructors[usize::from(interface)].set(object);
    }

    pub(super) fn iterator_prototype(&self, interface: InterfaceId) -> *mut JSObject {
        self.iterators[usize::from(interface)].get()
    }

    pub(super) fn set_iterator_prototype(&self, interface: InterfaceId, object: *mut JSObject) {
        self.iterators[usize::from(interface)].set(object);
    }

    pub(super) fn template(&self, interface: InterfaceId) -> &OnceCell<Template> {
        &self.templates[usize::from(interface)]
    }

    /// The data of the current realm.
    ///
    /// # Safety
    /// Only for as long as the realm is entered.
    pub(super) unsafe fn current<'a>(cx: &JSContext) -> &'a RealmData {
        // SAFETY: script and DOM code only run in realms that `create_global` made.
        unsafe { &*Self::pointer(CurrentGlobalOrNull(cx)) }
    }

    /// The data of a realm.
    ///
    /// # Safety
    /// `global` must be a global object that `create_global` made; only for as long as it is alive.
    pub(super) unsafe fn of_global<'a>(global: *mut JSObject) -> &'a RealmData {
        // SAFETY: the caller's promise.
        unsafe { &*Self::pointer(global) }
    }

    /// # Safety
    /// `global` must be a global object that `create_global` made.
    unsafe fn pointer(global: *mut JSObject) -> *const RealmData {
        // SAFETY: the caller's promise.
        unsafe { class::get_slot(global, REALM_DATA_SLOT).cast() }
    }

    /// # Safety
    /// For the trace hook of a global's class.
    pub(super) unsafe fn trace_in(tracer: *mut JSTracer, global: *mut JSObject) {
        // SAFETY: the caller's promise.
        unsafe {
            if let Some(data) = Self::pointer(global).as_ref() {
                let objects = data.prototypes.iter().chain(&data.constructors).chain(&data.iterators);
                objects.for_each(|object| object.trace(tracer));
                data.templates.iter().filter_map(|cell| cell.get()?.as_ref()).for_each(|it| it.trace(tracer));
            }
        }
    }

    /// # Safety
    /// For the finaliser of a global's class.
    pub(super) unsafe fn drop_from(global: *mut JSObject) {
        // SAFETY: the caller's promise; the slot is not read again.
        unsafe {
            let data = Self::pointer(global).cast_mut();
            if !data.is_null() {
                drop(Box::from_raw(data));
            }
        }
    }
}

/// Makes a global object that owns `native`, with all that is exposed in it: <https://webidl.spec.whatwg.org/#ref-for-dfn-global>.
///
/// `settings` says what is exposed in it; a boolean, whether it is a secure context. All realms of an agent belong into one compartment
/// ([`share_compartment`]), so that no object of one is ever a wrapper in another.
pub fn create_global<T: DomInterface>(
    cx: &mut JSContext,
    native: Box<T>,
    options: &RealmOptions,
    settings: impl Into<RealmSettings>,
) -> DomRoot<T> {
    create_global_with(cx, native, options, settings, |_, _| {})
}

/// [`create_global`], where something is to be done in the new realm before there is anything in it.
pub fn create_global_with<T: DomInterface>(
    cx: &mut JSContext,
    native: Box<T>,
    options: &RealmOptions,
    settings: impl Into<RealmSettings>,
    prepare: impl FnOnce(&mut JSContext, &T),
) -> DomRoot<T> {
    let Some(world) = T::SPEC.world else { unreachable!("{} is not [Global]", T::SPEC.name()) };
    super::jit::install_dom_callbacks(cx);
    let data = Box::new(RealmData::new(T::SPEC.global, settings.into(), world));
    let native = mozjs::rust::RootedTraceableBox::from_box(native);
    // SAFETY: class and options are what they claim to be; a new global has the slots of its class.
    let (object, native) = unsafe {
        let object = JS_NewGlobalObject(
            cx,
            T::CLASS.as_js_class(),
            ptr::null_mut(),
            OnNewGlobalHookOption::DontFireOnNewGlobalHook,
            &**options,
        );
        let Some(object) = NonNull::new(object) else { out_of_memory() };
        class::set_slot(object.as_ptr(), REALM_DATA_SLOT, Box::into_raw(data).cast());
        (object, class::adopt(object.as_ptr(), native.into_box()))
    };
    // SAFETY: just adopted; the reflector keeps it alive from here on.
    let global = DomRoot::from_ref(unsafe { &*native });
    let mut realm = AutoRealm::new(cx, object);
    let cx: &mut JSContext = &mut realm;
    prepare(cx, &global);
    // SAFETY: in the new realm, on its global.
    unsafe {
        if !InitRealmStandardClasses(cx) {
            out_of_memory();
        }
        super::global_object::define_on_global(cx, global.reflector().get_jsobject(), T::SPEC);
        JS_FireOnNewGlobalObject(cx, global.reflector().get_jsobject());
    }
    global
}

/// Has a realm made in the agent's compartment, if there is one already.
pub(crate) fn share_compartment(cx: &JSContext, options: &mut RealmOptions) {
    unsafe extern "C" fn first(
        _cx: *mut mozjs::jsapi::JSContext,
        found: *mut c_void,
        compartment: *mut Compartment,
    ) -> CompartmentIterResult {
        // SAFETY: the pointer given below.
        unsafe { *found.cast::<*mut Compartment>() = compartment };
        CompartmentIterResult::Stop
    }
    let mut compartment = ptr::null_mut::<Compartment>();
    // SAFETY: the pointer is good for the call.
    unsafe { JS_IterateCompartments(cx, (&raw mut compartment).cast(), Some(first)) };
    if !compartment.is_null() {
        options.creationOptions_.compSpec_ = CompartmentSpecifier::ExistingCompartment;
        options.creationOptions_.__bindgen_anon_1.comp_ = compartment;
    }
}

/// Ends the program: SpiderMonkey could not allocate what a realm can't do without.
pub(super) fn out_of_memory() -> ! {
    std::alloc::handle_alloc_error(std::alloc::Layout::new::<RealmData>())
}

/// Makes the reflector of `native`, in the realm of `global`, with the interface's own prototype there.
pub fn reflect_dom_object<T: DomInterface>(
    cx: &mut JSContext,
    native: Box<T>,
    global: &GlobalScope,
) -> DomRoot<T> {
    reflect_dom_object_with_proto(cx, native, global, None)
}

/// [`reflect_dom_object`] for constructors, where `new.target` may have another prototype.
pub fn reflect_dom_object_with_proto<T: DomInterface>(
    cx: &mut JSContext,
    native: Box<T>,
    global: &GlobalScope,
    proto: Option<HandleObject<'_>>,
) -> DomRoot<T> {
    // Keeps what the fields refer to alive until the object has them.
    let native = mozjs::rust::RootedTraceableBox::from_box(native);
    gc_point(cx);
    let global = super::DomObject::reflector(global).get_jsobject();
    let object = match is_current(cx, global) {
        true => new_object::<T>(cx, global, proto),
        false => new_object::<T>(&mut AutoRealm::new_from_handle(cx, global), global, proto),
    };
    // SAFETY: a fresh object of the class whose struct is a `T`.
    unsafe { DomRoot::from_ref(&*class::adopt(object, native.into_box())) }
}

/// Whether the current realm is that of `global`.
fn is_current(cx: &JSContext, global: HandleObject<'_>) -> bool {
    // SAFETY: only looks at the context.
    unsafe { get_context_realm(cx.raw_cx_no_gc()) == get_object_realm(global.get()) }
}

/// A fresh object in the current realm, that of `global`.
fn new_object<T: DomInterface>(
    cx: &mut JSContext,
    global: HandleObject<'_>,
    proto: Option<HandleObject<'_>>,
) -> *mut JSObject {
    // SAFETY: `create_global` made it; it is rooted.
    let realm = unsafe { RealmData::of_global(global.get()) };
    rooted!(&in(cx) let mut prototype = proto.map_or(realm.prototype(T::SPEC.id), |proto| proto.get()));
    if prototype.get().is_null() {
        prototype.set(interface::prototype_object(cx, T::SPEC));
    }
    T::SPEC.new_object(cx, T::CLASS, realm, prototype.handle())
}

/// The global object of a reflector's realm.
pub(super) fn global_of(reflector: &Reflector) -> DomRoot<GlobalScope> {
    global_of_object(reflector.get_jsobject().get())
}

/// The global object of an object's realm.
pub(crate) fn global_of_object(object: *mut JSObject) -> DomRoot<GlobalScope> {
    // SAFETY: there are no wrappers between the realms of an agent, and their globals are `create_global`'s.
    unsafe { global_scope(mozjs::jsapi::GetNonCCWObjectGlobal(object)) }
}

/// Enters the realm of an object.
pub(super) fn enter_realm_of(cx: &mut JSContext, object: *mut JSObject) -> AutoRealm<'_> {
    match NonNull::new(object) {
        Some(object) => AutoRealm::new(cx, object),
        None => unreachable!("there is an object in every callback and reflector"),
    }
}

/// The global object of the current realm: <https://html.spec.whatwg.org/#current-global-object>.
pub fn current_global(cx: &JSContext) -> DomRoot<GlobalScope> {
    // SAFETY: script and DOM code only run in realms that `create_global` made.
    unsafe { global_scope(CurrentGlobalOrNull(cx)) }
}

/// As [`current_global`], without a root: the realm keeps it alive.
///
/// # Safety
/// Only for as long as the realm is entered.
pub(super) unsafe fn entered_global<'a>(cx: &JSContext) -> &'a GlobalScope {
    // SAFETY: script and DOM code only run in realms that `create_global` made.
    unsafe { global_struct(CurrentGlobalOrNull(cx)) }
}

/// # Safety
/// `global` must be a global object that `create_global` made.
unsafe fn global_scope(global: *mut JSObject) -> DomRoot<GlobalScope> {
    // SAFETY: the caller's promise; rooted at once.
    Rooted::from_unrooted(Dom::from_ref(unsafe { global_struct(global) }))
}

/// # Safety
/// `global` must be a global object that `create_global` made; only for as long as it is rooted.
unsafe fn global_struct<'a>(global: *mut JSObject) -> &'a GlobalScope {
    debug_assert!(class::dom_class(global).is_some_and(DomClass::is_global));
    // SAFETY: the struct of every global begins with a `GlobalScope`.
    unsafe { &*class::get_slot(global, class::DOM_OBJECT_SLOT).cast::<GlobalScope>() }
}

// SAFETY: the struct of every global begins with a `GlobalScope`.
unsafe impl DomType for GlobalScope {
    fn is_class(class: &'static DomClass) -> bool {
        class.is_global()
    }
}
