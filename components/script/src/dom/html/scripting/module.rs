//! Elements whose scripts are modules: what is different for them in
//! <https://html.spec.whatwg.org/multipage/scripting.html#prepare-the-script-element>.

use std::cell::RefCell;

use fetch::{Destination, Referrer as RequestReferrer, Url};

use super::ScriptResult;
use crate::dom::html::document_loading::LoadDelay;
use crate::dom::html::elements::html_script_element::HTMLScriptElement;
use crate::dom::html::modules::{
    ModuleRequest, ModuleScript, OnComplete, create_module, fetch_created_graph, fetch_external_graph,
};
use crate::dom::nodes::document::Document;
use crate::runtime::module_script::{self, ModuleKind};
use crate::webidl::*;

impl HTMLScriptElement {
    /// Step 34.11.
    pub(super) fn fetch_external_module(
        &self,
        cx: &mut JSContext,
        document: &Document,
        url: Url,
        parser_inserted: bool,
    ) {
        let request = ModuleRequest {
            kind: ModuleKind::JavaScript,
            destination: Destination::Script,
            integrity: self.value_of(html5ever::local_name!("integrity")).unwrap_or_default().into(),
            referrer: RequestReferrer::Client,
            options: self.referrer(url.clone(), parser_inserted),
            url,
        };
        let on_complete = Ready::new(self, document);
        fetch_external_graph(cx, &self.global(), request, on_complete);
    }

    /// Step 35.2.
    pub(super) fn fetch_inline_module(
        &self,
        cx: &mut JSContext,
        document: &Document,
        source: &str,
        parser_inserted: bool,
    ) {
        let global = self.global();
        let referrer = self.referrer(document.base_url(), parser_inserted);
        let line = self.line.get().max(1);
        let script = create_module(cx, &global, source, &document.url(), line, &referrer);
        fetch_created_graph(cx, &global, &script, Ready::new(self, document));
    }

    /// <https://html.spec.whatwg.org/multipage/webappapis.html#run-a-module-script>
    pub(super) fn run_module(&self, cx: &mut JSContext) {
        let (global, module) = (self.global(), self.module.root());
        match module.is_null() {
            false => module_script::run_module(cx, &global, module.handle()),
            // 5. The error to rethrow.
            true => {
                let error = self.module_error.root();
                module_script::report(cx, &global, error.handle());
            }
        }
    }
}

/// The graph of an element's script will be ready; `load` waits for it.
#[derive(JSTraceable)]
struct Ready {
    element: Dom<HTMLScriptElement>,
    #[no_trace]
    delay: RefCell<Option<LoadDelay>>,
}

impl Ready {
    fn new(element: &HTMLScriptElement, document: &Document) -> Ready {
        let delay = document.delay_load_event();
        Ready { element: Dom::from_ref(element), delay: RefCell::new(Some(delay)) }
    }
}

impl OnComplete for Ready {
    fn complete(&self, cx: &mut JSContext, _global: &GlobalScope, script: ModuleScript) {
        let element = self.element.as_rooted();
        let result = match script {
            ModuleScript::Null => ScriptResult::Null,
            ModuleScript::Error(error) => {
                element.module_error.set(error.handle());
                ScriptResult::Module
            }
            ModuleScript::Linked(module) => {
                element.module.set(module.handle());
                ScriptResult::Module
            }
        };
        *element.result.borrow_mut() = result;
        let delay = self.delay.take();
        if let Some(document) = element.preparation_time_document.get() {
            document.script_is_ready(cx, &element);
        }
        if let Some(delay) = delay {
            delay.end(cx);
        }
    }
}
