//! Module scripts: <https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-module-script-tree>.

mod fetch_module;
mod graph;
mod map;

pub(crate) use fetch_module::{ModuleRequest, fetch_a_single_module_script};
pub(crate) use graph::{ModuleScript, OnComplete, create_module, fetch_created_graph, fetch_external_graph};
pub(crate) use map::{Fetched, ModuleMap, ModuleWaiter};

use fetch::{Destination, Url};

use crate::dom::service_workers::ServiceWorkerGlobalScope;
use crate::dom::streams::promises::exception_value;
use crate::runtime::module_script::{LoadId, ModuleKind, PendingImport, Referrer, load_requested_modules};
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/webappapis.html#resolve-a-module-specifier>. FIXME(spec): import maps.
pub(crate) fn resolve_module_specifier(base_url: &Url, specifier: &str) -> Fallible<Url> {
    let invalid = |what: &str| Error::Type(format!("the module specifier '{specifier}' {what}"));
    // [Resolve a URL-like module specifier](https://html.spec.whatwg.org/multipage/webappapis.html#resolving-a-url-like-module-specifier).
    if ["/", "./", "../"].iter().any(|start| specifier.starts_with(start)) {
        return base_url.join(specifier).map_err(|error| invalid(&format!("is not a valid URL: {error}")));
    }
    Url::parse(specifier)
        .map_err(|_| invalid("is bare: it begins with neither '/', './', '../' nor a scheme"))
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#hostloadimportedmodule>
pub(crate) fn load_imported_module(
    cx: &mut JSContext,
    global: &GlobalScope,
    referrer: Option<Referrer>,
    specifier: &str,
    kind: Option<ModuleKind>,
    is_dynamic: bool,
    import: RootedBox<PendingImport>,
) {
    let fail = |cx: &mut JSContext, error: Error| {
        let error = exception_value(cx, global, error);
        import.fail(cx, error.handle(), true);
    };
    // 2. Service workers have their scripts before they run.
    if is_dynamic && global.is::<ServiceWorkerGlobalScope>() {
        return fail(cx, Error::Type("import() is not allowed in service workers".into()));
    }
    // 3 to 6. Who imports.
    let referrer = referrer.unwrap_or_else(|| Referrer::with_default_options(global.api_base_url()));
    // 7 and 8. Where from?
    let url = match resolve_module_specifier(&referrer.base_url, specifier) {
        Ok(url) => url,
        Err(error) => return fail(cx, error),
    };
    let Some(kind) = kind else {
        return fail(cx, Error::Type("this type of module is not supported".into()));
    };
    // 9 to 14. Fetch it, unless it is there.
    let request = ModuleRequest {
        url,
        kind,
        destination: match kind {
            ModuleKind::JavaScript => Destination::Script,
            ModuleKind::Json => Destination::Json,
        },
        integrity: String::new(),
        referrer: fetch::Referrer::Url(referrer.base_url.clone()),
        options: referrer,
    };
    let waiter = ImportWaiter { import: *import.into_box(), is_dynamic };
    fetch_a_single_module_script(cx, global, request, waiter);
}

/// Step 14's onSingleFetchComplete.
#[derive(JSTraceable)]
struct ImportWaiter {
    import: PendingImport,
    is_dynamic: bool,
}

impl ModuleWaiter for ImportWaiter {
    fn ready(&self, cx: &mut JSContext, global: &GlobalScope, fetched: &Fetched) {
        match fetched {
            Fetched::Null => {
                let error = Error::Type("an imported module could not be fetched".into());
                let error = exception_value(cx, global, error);
                self.import.fail(cx, error.handle(), false);
            }
            Fetched::ParseError(error) => self.import.fail(cx, error.handle(), true),
            Fetched::Module(module) if self.is_dynamic => self.load_graph(cx, global, module),
            Fetched::Module(module) => self.import.finish(cx, module.handle()),
        }
    }
}

/// An `import()` whose module is there, but not what that imports.
#[derive(JSTraceable)]
struct DynamicImport {
    import: PendingImport,
    module: HeapObject,
    #[no_trace]
    load: LoadId,
}

impl ImportWaiter {
    /// The first steps of <https://tc39.es/ecma262/#sec-ContinueDynamicImport>, which SpiderMonkey leaves to its host.
    fn load_graph(&self, cx: &mut JSContext, global: &GlobalScope, module: &RootedObject) {
        let (load, promise) = match load_requested_modules(cx, module.handle()) {
            Ok(loading) => loading,
            Err(error) => {
                let error = exception_value(cx, global, error);
                return self.import.fail(cx, error.handle(), false);
            }
        };
        let import =
            DynamicImport { import: self.import.clone(), module: HeapObject::new(module.handle()), load };
        promise.react(
            cx,
            import,
            |cx, import, _| import.import.finish(cx, import.module.root().handle()),
            |cx, import, reason| {
                // Whoever calls import() hears of it in either case.
                import.load.failed_with_error_to_rethrow();
                import.import.fail(cx, reason, false);
            },
        );
    }
}
