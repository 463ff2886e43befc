//! Module scripts, as SpiderMonkey has them:
//! <https://html.spec.whatwg.org/multipage/webappapis.html#integration-with-the-javascript-module-system>.
//!
//! SpiderMonkey walks the graph of a module; what it asks for comes from [`crate::dom::html::modules`].

#![expect(unsafe_code, reason = "hooks into SpiderMonkey, compiles and runs script")]

use std::cell::RefCell;
use std::collections::HashSet;
use std::ffi::CString;
use std::ptr::{self, NonNull};

use fetch::{CredentialsMode, ParserMetadata, ReferrerPolicy, Url};
use mozjs::context::{JSContext, RawJSContext};
use mozjs::conversions::jsstr_to_string;
use mozjs::jsapi::js::{GetFunctionNativeReserved, SetFunctionNativeReserved};
use mozjs::jsapi::{
    CallArgs, ColumnNumberOneOrigin, Handle as RawHandle, HandleObject as RawHandleObject,
    HandleValue as RawHandleValue, JS_GetFunctionObject, JSObject, JSPROP_ENUMERATE, JSScript, ModuleType,
    SetModuleLoadHook, SetModuleMetadataHook, SetModulePrivate, SetScriptPrivate,
};
use mozjs::jsval::{Int32Value, JSVal, ObjectValue, UndefinedValue};
use mozjs::panic::{maybe_resume_unwind, wrap_panic};
use mozjs::rooted;
use mozjs::rust::wrappers2::{
    CompileJsonModule1, CompileModule1, DefineFunctionWithReserved, FinishLoadingImportedModule,
    FinishLoadingImportedModuleFailed, GetModuleObject, GetModuleRequestSpecifier, GetModuleRequestType,
    GetModuleScript, IsPromiseObject, JS_DefineProperty, JS_GetModulePrivate, JS_GetRuntime,
    JS_GetScriptPrivate, LoadRequestedModules1, ModuleEvaluate, ModuleLink,
};
use mozjs::rust::{CompileOptionsWrapper, HandleObject, HandleValue, transform_str_to_source_text};

use super::exception;
use crate::dom::html::modules;
use crate::webidl::*;

/// What a script or module that imports others brings along for them: its base URL and
/// [fetch options](https://html.spec.whatwg.org/multipage/webappapis.html#script-fetch-options).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Referrer {
    /// The base URL.
    pub(crate) base_url: Url,
    /// The cryptographic nonce.
    pub(crate) nonce: String,
    /// The parser metadata.
    pub(crate) parser_metadata: ParserMetadata,
    /// The credentials mode.
    pub(crate) credentials: CredentialsMode,
    /// The referrer policy.
    pub(crate) referrer_policy: ReferrerPolicy,
}

thread_local! {
    /// What the private values of this thread's scripts stand for: there is one for each different way to import.
    static REFERRERS: RefCell<Vec<Referrer>> = const { RefCell::new(Vec::new()) };
    /// The loads whose failure is an [error to rethrow](https://html.spec.whatwg.org/multipage/webappapis.html#concept-script-error-to-rethrow).
    static LOADS: RefCell<Loads> = RefCell::default();
}

#[derive(Default)]
struct Loads {
    last: i32,
    rethrow: HashSet<i32>,
}

impl Referrer {
    /// A base URL with the [default script fetch options](https://html.spec.whatwg.org/multipage/webappapis.html#default-script-fetch-options).
    pub(crate) fn with_default_options(base_url: Url) -> Referrer {
        Referrer {
            base_url,
            nonce: String::new(),
            parser_metadata: ParserMetadata::NotParserInserted,
            credentials: CredentialsMode::SameOrigin,
            referrer_policy: ReferrerPolicy::Empty,
        }
    }

    fn private_value(&self) -> JSVal {
        REFERRERS.with_borrow_mut(|referrers| {
            let known = referrers.iter().position(|known| known == self);
            let index = known.unwrap_or_else(|| {
                referrers.push(self.clone());
                referrers.len() - 1
            });
            i32::try_from(index).map_or_else(|_| UndefinedValue(), Int32Value)
        })
    }

    fn from_private_value(value: JSVal) -> Option<Referrer> {
        let index = value.is_int32().then(|| usize::try_from(value.to_int32()).ok()).flatten()?;
        REFERRERS.with_borrow(|referrers| referrers.get(index).cloned())
    }
}

/// Has SpiderMonkey ask us for modules.
pub(super) fn install(cx: &JSContext) {
    // SAFETY: the runtime is that of the context, the hooks are functions.
    unsafe {
        let runtime = JS_GetRuntime(cx);
        SetModuleLoadHook(runtime, Some(load));
        SetModuleMetadataHook(runtime, Some(populate_import_meta));
    }
}

/// From now on what `script` imports is imported for `referrer`.
pub(super) fn set_script_referrer(script: *mut JSScript, referrer: &Referrer) {
    // SAFETY: callers give a script that is rooted; the value is copied.
    unsafe { SetScriptPrivate(script, &referrer.private_value()) };
}

/// [Creates a JavaScript module script](https://html.spec.whatwg.org/multipage/webappapis.html#creating-a-javascript-module-script)
/// in the current realm: its record. A parse error is left pending.
pub(crate) fn compile_module(
    cx: &mut JSContext,
    source: &str,
    url: &Url,
    line: u32,
    referrer: &Referrer,
) -> Fallible<RootedObject> {
    let options = CompileOptionsWrapper::new(cx, file_name(url), line);
    let mut source = transform_str_to_source_text(source);
    // SAFETY: options and source live until the module is compiled.
    let module = unsafe { CompileModule1(cx, options.ptr, &mut source) };
    if module.is_null() {
        return Err(Error::JSFailed);
    }
    let module = RootedObject::from_object(module);
    // SAFETY: a rooted module; the value is copied.
    unsafe { SetModulePrivate(module.handle().get(), &referrer.private_value()) };
    Ok(module)
}

/// [Creates a JSON module script](https://html.spec.whatwg.org/multipage/webappapis.html#creating-a-json-module-script)
/// in the current realm: its record. A parse error is left pending.
pub(crate) fn compile_json_module(cx: &mut JSContext, source: &str, url: &Url) -> Fallible<RootedObject> {
    let options = CompileOptionsWrapper::new(cx, file_name(url), 1);
    let mut source = transform_str_to_source_text(source);
    // SAFETY: options and source live until the module is compiled.
    let module = unsafe { CompileJsonModule1(cx, options.ptr, &mut source) };
    if module.is_null() { Err(Error::JSFailed) } else { Ok(RootedObject::from_object(module)) }
}

/// A serialized URL has no NUL.
fn file_name(url: &Url) -> CString {
    CString::new(url.as_str()).unwrap_or_default()
}

/// Which load of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoadId(i32);

impl LoadId {
    /// Whether what the load failed with is an
    /// [error to rethrow](https://html.spec.whatwg.org/multipage/webappapis.html#concept-script-error-to-rethrow). Asked
    /// once, when it has failed.
    pub(crate) fn failed_with_error_to_rethrow(self) -> bool {
        LOADS.with_borrow_mut(|loads| loads.rethrow.remove(&self.0))
    }
}

/// <https://tc39.es/ecma262/#sec-LoadRequestedModules>: a promise in the current realm.
pub(crate) fn load_requested_modules(
    cx: &mut JSContext,
    module: HandleObject<'_>,
) -> Fallible<(LoadId, Promise)> {
    let id = LOADS.with_borrow_mut(|loads| {
        loads.last = loads.last.wrapping_add(1);
        loads.last
    });
    rooted!(&in(cx) let host_defined = Int32Value(id));
    rooted!(&in(cx) let mut promise: *mut JSObject = ptr::null_mut());
    // SAFETY: all are rooted.
    let loading = unsafe { LoadRequestedModules1(cx, module, host_defined.handle(), promise.handle_mut()) };
    maybe_resume_unwind();
    if !loading || promise.get().is_null() {
        return Err(Error::JSFailed);
    }
    rooted!(&in(cx) let promise = ObjectValue(promise.get()));
    Ok((LoadId(id), Promise::from_value(cx, promise.handle())?))
}

/// <https://tc39.es/ecma262/#sec-moduledeclarationlinking>
pub(crate) fn link(cx: &mut JSContext, module: HandleObject<'_>) -> Fallible<()> {
    // SAFETY: a rooted module whose graph is loaded.
    let linked = unsafe { ModuleLink(cx, module) };
    maybe_resume_unwind();
    if linked { Ok(()) } else { Err(Error::JSFailed) }
}

/// [Runs](https://html.spec.whatwg.org/multipage/webappapis.html#run-a-module-script) a linked module. What it throws, at
/// any time, is reported to its global.
pub(crate) fn run_module(cx: &mut JSContext, global: &GlobalScope, module: HandleObject<'_>) {
    run_script(cx, |cx| {
        let mut realm = enter_realm(cx, global.reflector().get_jsobject());
        let cx: &mut JSContext = &mut realm;
        match evaluate_module(cx, module) {
            Ok(promise) => promise.react(
                cx,
                Dom::from_ref(global),
                |_, _, _| {},
                |cx, global, reason| report(cx, &global.as_rooted(), reason),
            ),
            Err(_) => exception::report_pending(cx),
        }
    });
}

/// <https://tc39.es/ecma262/#sec-moduleevaluation> of a linked module, in the current realm: its promise. An exception is
/// left pending.
pub(crate) fn evaluate_module(cx: &mut JSContext, module: HandleObject<'_>) -> Fallible<Promise> {
    rooted!(&in(cx) let mut result = UndefinedValue());
    // SAFETY: a rooted module that is linked.
    let evaluated = unsafe { ModuleEvaluate(cx, module, result.handle_mut()) };
    maybe_resume_unwind();
    if !evaluated || !result.is_object() {
        return Err(Error::JSFailed);
    }
    Promise::from_value(cx, result.handle())
}

/// Reports an exception of a module.
pub(crate) fn report(cx: &mut JSContext, global: &GlobalScope, error: HandleValue<'_>) {
    let information = exception::extract(cx, error);
    exception::report(cx, global, error, information);
}

/// Which kind of module is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ModuleKind {
    /// JavaScript.
    JavaScript,
    /// JSON.
    Json,
}

/// An import that waits for its module.
#[derive(Clone, JSTraceable)]
pub(crate) struct PendingImport {
    /// The module that imports; null for `import()`.
    referrer: HeapObject,
    request: HeapObject,
    payload: HeapValue,
    #[no_trace]
    load: Option<i32>,
}

impl PendingImport {
    /// The module is there.
    pub(crate) fn finish(&self, cx: &mut JSContext, module: HandleObject<'_>) {
        rooted!(&in(cx) let mut script: *mut JSScript = ptr::null_mut());
        // SAFETY: all are rooted by whoever holds this.
        let finished = unsafe {
            if !self.referrer.is_null() {
                script.set(GetModuleScript(self.referrer.handle()));
            }
            let (request, payload) = (self.request.handle(), self.payload.handle());
            FinishLoadingImportedModule(cx, script.handle(), request, payload, module, true)
        };
        maybe_resume_unwind();
        if !finished {
            exception::report_pending(cx);
        }
    }

    /// There is none, for this reason. `rethrow` says that the reason is of the script's own making.
    pub(crate) fn fail(&self, cx: &mut JSContext, error: HandleValue<'_>, rethrow: bool) {
        if let (Some(load), true) = (self.load, rethrow) {
            LOADS.with_borrow_mut(|loads| loads.rethrow.insert(load));
        }
        // SAFETY: all are rooted by whoever holds this.
        let finished = unsafe { FinishLoadingImportedModuleFailed(cx, self.payload.handle(), error) };
        maybe_resume_unwind();
        if !finished {
            exception::report_pending(cx);
        }
    }
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#hostloadimportedmodule>
unsafe extern "C" fn load(
    cx: *mut RawJSContext,
    referrer: RawHandle<*mut JSScript>,
    request: RawHandleObject,
    host_defined: RawHandleValue,
    payload: RawHandleValue,
    _line: u32,
    _column: ColumnNumberOneOrigin,
) -> bool {
    let mut succeeded = false;
    wrap_panic(&mut || {
        let Some(cx) = NonNull::new(cx) else { return };
        // SAFETY: within an engine hook one context may be made from the engine's pointer; what it gives is rooted.
        unsafe {
            let mut cx = JSContext::from_ptr(cx);
            let cx = &mut cx;
            let request = HandleObject::from_raw(request);
            let payload = HandleValue::from_raw(payload);
            rooted!(&in(cx) let payload_object = payload.to_object());
            let is_dynamic = IsPromiseObject(payload_object.handle());
            let (mut private, mut module) = (UndefinedValue(), ptr::null_mut());
            if !referrer.get().is_null() {
                rooted!(&in(cx) let script = referrer.get());
                rooted!(&in(cx) let mut value = UndefinedValue());
                JS_GetScriptPrivate(script.get(), value.handle_mut());
                private = value.get();
                // The graph of a module is walked for its own script; import() can be called by any.
                if !is_dynamic {
                    module = GetModuleObject(script.handle());
                }
            }
            let specifier = match NonNull::new(GetModuleRequestSpecifier(cx, request)) {
                Some(specifier) => jsstr_to_string(cx, specifier),
                None => return,
            };
            let kind = match GetModuleRequestType(cx, request) {
                ModuleType::JavaScript => Some(ModuleKind::JavaScript),
                ModuleType::JSON => Some(ModuleKind::Json),
                _ => None,
            };
            let import = RootedBox::new(PendingImport {
                referrer: RootedObject::from_object(module).as_unrooted().clone(),
                request: HeapObject::new(request),
                payload: HeapValue::new(payload),
                load: host_defined.get().is_int32().then(|| host_defined.get().to_int32()),
            });
            let referrer = Referrer::from_private_value(private);
            let global = GlobalScope::from_current_realm(cx);
            modules::load_imported_module(cx, &global, referrer, &specifier, kind, is_dynamic, import);
            succeeded = true;
        }
    });
    succeeded
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#hostgetimportmetaproperties>
unsafe extern "C" fn populate_import_meta(
    cx: *mut RawJSContext,
    module: RawHandleObject,
    meta: RawHandleObject,
) -> bool {
    let mut succeeded = false;
    wrap_panic(&mut || {
        let Some(cx) = NonNull::new(cx) else { return };
        // SAFETY: within an engine hook one context may be made from the engine's pointer; what it gives is rooted.
        unsafe {
            let mut cx = JSContext::from_ptr(cx);
            let cx = &mut cx;
            rooted!(&in(cx) let mut private = UndefinedValue());
            JS_GetModulePrivate(module.get(), private.handle_mut());
            let private = private.get();
            let Some(referrer) = Referrer::from_private_value(private) else { return };
            // 2 and 3. The URL.
            let meta = HandleObject::from_raw(meta);
            rooted!(&in(cx) let mut url = UndefinedValue());
            USVString::from(referrer.base_url.as_str()).to_jsval(cx, url.handle_mut());
            let flags = JSPROP_ENUMERATE.into();
            if !JS_DefineProperty(cx, meta, c"url".as_ptr(), url.handle(), flags) {
                return;
            }
            // 4. `resolve()`.
            let function =
                DefineFunctionWithReserved(cx, meta.get(), c"resolve".as_ptr(), Some(resolve), 1, flags);
            if function.is_null() {
                return;
            }
            SetFunctionNativeReserved(JS_GetFunctionObject(function), 0, &private);
            succeeded = true;
        }
    });
    succeeded
}

/// `import.meta.resolve()`
unsafe extern "C" fn resolve(cx: *mut RawJSContext, argc: u32, vp: *mut JSVal) -> bool {
    let mut succeeded = false;
    wrap_panic(&mut || {
        let Some(cx) = NonNull::new(cx) else { return };
        // SAFETY: called by SpiderMonkey: arguments and callee are rooted.
        unsafe {
            let mut cx = JSContext::from_ptr(cx);
            let cx = &mut cx;
            let args = CallArgs::from_vp(vp, argc);
            let private = *GetFunctionNativeReserved(args.callee(), 0);
            let Some(referrer) = Referrer::from_private_value(private) else { return };
            // 4.1. The specifier as a string.
            let specifier = match USVString::from_js(cx, HandleValue::from_raw(args.get(0))) {
                Ok(specifier) => specifier,
                Err(error) => return error.throw(cx),
            };
            // 4.2.
            match modules::resolve_module_specifier(&referrer.base_url, &specifier) {
                Ok(url) => {
                    rooted!(&in(cx) let mut value = UndefinedValue());
                    USVString::from(url.as_str()).to_jsval(cx, value.handle_mut());
                    args.rval().set(value.get());
                    succeeded = true;
                }
                Err(error) => error.throw(cx),
            }
        }
    });
    succeeded
}
