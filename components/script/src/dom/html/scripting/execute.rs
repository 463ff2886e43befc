//! <https://html.spec.whatwg.org/multipage/scripting.html#execute-the-script-element>

use super::{ScriptResult, SourceText};
use crate::dom::html::elements::html_script_element::HTMLScriptElement;
use crate::dom::nodes::node::Node;
use crate::runtime::classic_script::{ClassicScript, run_classic_script_and_report};
use crate::webidl::*;

impl HTMLScriptElement {
    /// <https://html.spec.whatwg.org/multipage/scripting.html#execute-the-script-element>
    pub(crate) fn execute(&self, cx: &mut JSContext) {
        // 1 and 2. Only in the document that it was prepared in.
        let document = self.upcast::<Node>().node_document();
        if self.preparation_time_document.get().as_deref() != Some(&*document) {
            return;
        }
        // 4. There is none: say so.
        let result = std::mem::replace(&mut *self.result.borrow_mut(), ScriptResult::Null);
        let from_external_file = self.from_external_file.get();
        let old = document.current_script();
        match result {
            ScriptResult::Null | ScriptResult::Uninitialized => {
                self.upcast::<EventTarget>().fire_event(cx, "error");
                return;
            }
            // 6. Run it, as the document's current script.
            ScriptResult::Classic(source) => {
                document.set_current_script(Some(self));
                run(cx, &document.global(), *source, from_external_file);
            }
            // Modules are nobody's current script.
            ScriptResult::Module => {
                document.set_current_script(None);
                self.run_module(cx);
            }
        }
        document.set_current_script(old.as_deref());
        // 8. An external one says that it is done.
        if from_external_file {
            self.upcast::<EventTarget>().fire_event(cx, "load");
        }
    }
}

fn run(cx: &mut JSContext, global: &GlobalScope, source: SourceText, from_external_file: bool) {
    let script = ClassicScript {
        source: &source.text,
        url: source.url.as_str(),
        line: source.line,
        muted_errors: source.muted_errors,
        introduction: if from_external_file { c"srcScript" } else { c"inlineScript" },
        referrer: Some(source.referrer),
    };
    run_classic_script_and_report(cx, global, &script);
}
