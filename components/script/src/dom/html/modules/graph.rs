//! Graphs of modules: <https://html.spec.whatwg.org/multipage/webappapis.html#fetch-the-descendants-of-and-link-a-module-script>.

use super::fetch_module::{ModuleRequest, fetch_a_single_module_script};
use super::map::{Fetched, ModuleWaiter};
use crate::dom::streams::promises::exception_value;
use crate::runtime::module_script::{LoadId, Referrer, compile_module, link, load_requested_modules};
use crate::webidl::*;
use fetch::Url;

/// <https://html.spec.whatwg.org/multipage/webappapis.html#module-script>, once its graph is there; or null.
pub(crate) enum ModuleScript {
    /// It could not be had, or something that it imports.
    Null,
    /// The error to rethrow.
    Error(RootedValue),
    /// Linked, ready to run.
    Linked(RootedObject),
}

/// Who wants to run a graph.
pub(crate) trait OnComplete: JSTraceable {
    /// It is there. In the global's realm.
    fn complete(&self, cx: &mut JSContext, global: &GlobalScope, script: ModuleScript);
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-module-script-tree>
pub(crate) fn fetch_external_graph(
    cx: &mut JSContext,
    global: &GlobalScope,
    request: ModuleRequest,
    on_complete: impl OnComplete + 'static,
) {
    // 1 and 2.
    fetch_a_single_module_script(
        cx,
        global,
        request,
        TopLevel { on_complete: DomRefCell::new(Some(Box::new(on_complete))) },
    );
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#creating-a-javascript-module-script> of a text that is there.
pub(crate) fn create_module(
    cx: &mut JSContext,
    global: &GlobalScope,
    source: &str,
    url: &Url,
    line: u32,
    referrer: &Referrer,
) -> Fetched {
    match compile_module(cx, source, url, line, referrer) {
        Ok(module) => Fetched::Module(module),
        Err(error) => Fetched::ParseError(exception_value(cx, global, error)),
    }
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#fetch-an-inline-module-script-graph>, once it is created.
pub(crate) fn fetch_created_graph(
    cx: &mut JSContext,
    global: &GlobalScope,
    script: &Fetched,
    on_complete: impl OnComplete + 'static,
) {
    let top_level = RootedBox::new(TopLevel { on_complete: DomRefCell::new(Some(Box::new(on_complete))) });
    top_level.ready(cx, global, script);
}

/// The top of a graph, for as long as it is not there.
#[derive(JSTraceable)]
struct TopLevel {
    on_complete: DomRefCell<Option<Box<dyn OnComplete>>>,
}

impl ModuleWaiter for TopLevel {
    fn ready(&self, cx: &mut JSContext, global: &GlobalScope, fetched: &Fetched) {
        let Some(on_complete) = self.on_complete.borrow_mut().take() else { return };
        let on_complete = RootedBox::new(Complete { on_complete });
        match fetched {
            Fetched::Null => on_complete.on_complete.complete(cx, global, ModuleScript::Null),
            Fetched::ParseError(error) => {
                let error = ModuleScript::Error(error.handle().into());
                on_complete.on_complete.complete(cx, global, error);
            }
            Fetched::Module(module) => fetch_descendants_and_link(cx, global, module, on_complete),
        }
    }
}

#[derive(JSTraceable)]
struct Complete {
    on_complete: Box<dyn OnComplete>,
}

/// What the loading of a graph carries with it.
#[derive(JSTraceable)]
struct Loading {
    global: Dom<GlobalScope>,
    module: HeapObject,
    complete: Complete,
    #[no_trace]
    load: LoadId,
}

/// <https://html.spec.whatwg.org/multipage/webappapis.html#fetch-the-descendants-of-and-link-a-module-script>
fn fetch_descendants_and_link(
    cx: &mut JSContext,
    global: &GlobalScope,
    module: &RootedObject,
    complete: RootedBox<Complete>,
) {
    // 5. Load what it imports, and what that imports.
    let (load, promise) = match load_requested_modules(cx, module.handle()) {
        Ok(loading) => loading,
        Err(error) => {
            let error = ModuleScript::Error(exception_value(cx, global, error));
            return complete.on_complete.complete(cx, global, error);
        }
    };
    let loading = Loading {
        global: Dom::from_ref(global),
        module: HeapObject::new(module.handle()),
        complete: *complete.into_box(),
        load,
    };
    promise.react(
        cx,
        loading,
        // 6. It is all there: link it.
        |cx, loading, _| {
            let (global, module) = (loading.global.as_rooted(), loading.module.root());
            let script = match link(cx, module.handle()) {
                Ok(()) => ModuleScript::Linked(module),
                Err(error) => ModuleScript::Error(exception_value(cx, &global, error)),
            };
            loading.complete.on_complete.complete(cx, &global, script);
        },
        // 7. Something is wrong, or not there.
        |cx, loading, reason| {
            let global = loading.global.as_rooted();
            let script = match loading.load.failed_with_error_to_rethrow() {
                true => ModuleScript::Error(reason.into()),
                false => ModuleScript::Null,
            };
            loading.complete.on_complete.complete(cx, &global, script);
        },
    );
}
