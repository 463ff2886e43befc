//! The scripts of a document that wait, and for what:
//! <https://html.spec.whatwg.org/multipage/scripting.html#script-processing-model>.

use std::collections::VecDeque;

use super::ScriptResult;
use crate::dom::html::elements::html_script_element::HTMLScriptElement;
use crate::webidl::*;

/// The four lists.
#[derive(JSTraceable, Default)]
pub(crate) struct PendingScripts {
    /// <https://html.spec.whatwg.org/multipage/scripting.html#pending-parsing-blocking-script>
    parsing_blocking: MutNullableDom<HTMLScriptElement>,
    /// <https://html.spec.whatwg.org/multipage/scripting.html#set-of-scripts-that-will-execute-as-soon-as-possible>
    as_soon_as_possible: DomRefCell<Vec<Dom<HTMLScriptElement>>>,
    /// <https://html.spec.whatwg.org/multipage/scripting.html#list-of-scripts-that-will-execute-in-order-as-soon-as-possible>
    in_order: DomRefCell<VecDeque<Dom<HTMLScriptElement>>>,
    /// <https://html.spec.whatwg.org/multipage/scripting.html#list-of-scripts-that-will-execute-when-the-document-has-finished-parsing>
    deferred: DomRefCell<VecDeque<Dom<HTMLScriptElement>>>,
}

fn is_ready(script: &HTMLScriptElement) -> bool {
    !matches!(*script.result.borrow(), ScriptResult::Uninitialized)
}

impl PendingScripts {
    pub(super) fn set_parsing_blocking(&self, script: &HTMLScriptElement) {
        self.parsing_blocking.set(Some(script));
    }

    pub(super) fn add_as_soon_as_possible(&self, script: &HTMLScriptElement) {
        self.as_soon_as_possible.borrow_mut().push(Dom::from_ref(script));
    }

    pub(super) fn add_in_order(&self, script: &HTMLScriptElement) {
        self.in_order.borrow_mut().push_back(Dom::from_ref(script));
    }

    pub(super) fn add_deferred(&self, script: &HTMLScriptElement) {
        self.deferred.borrow_mut().push_back(Dom::from_ref(script));
    }

    /// Whether the parser waits for a script.
    pub(crate) fn has_parsing_blocking(&self) -> bool {
        !self.parsing_blocking.is_none()
    }

    /// The script that the parser waits for, if it is ready; it is not waited for any more.
    pub(crate) fn take_ready_parsing_blocking(&self) -> Option<DomRoot<HTMLScriptElement>> {
        let script = self.parsing_blocking.get().filter(|script| is_ready(script))?;
        self.parsing_blocking.set(None);
        Some(script)
    }

    /// Takes `script` out of the set of those that run as soon as they are ready. False if it is not in it.
    pub(crate) fn take_as_soon_as_possible(&self, script: &HTMLScriptElement) -> bool {
        let mut set = self.as_soon_as_possible.borrow_mut();
        let Some(index) = set.iter().position(|other| *other == script) else { return false };
        set.remove(index);
        true
    }

    /// The next of the scripts that run in order, if it is ready.
    pub(crate) fn take_ready_in_order(&self) -> Option<DomRoot<HTMLScriptElement>> {
        Self::take_ready(&self.in_order)
    }

    /// The next of the deferred scripts, if it is ready.
    pub(crate) fn take_ready_deferred(&self) -> Option<DomRoot<HTMLScriptElement>> {
        Self::take_ready(&self.deferred)
    }

    fn take_ready(list: &DomRefCell<VecDeque<Dom<HTMLScriptElement>>>) -> Option<DomRoot<HTMLScriptElement>> {
        let mut list = list.borrow_mut();
        let first = list.front().map(Dom::as_rooted).filter(|script| is_ready(script))?;
        list.pop_front();
        Some(first)
    }

    /// Whether there are no deferred scripts.
    pub(crate) fn no_deferred(&self) -> bool {
        self.deferred.borrow().is_empty()
    }

    /// Whether no script waits to run as soon as possible, in order or not.
    pub(crate) fn none_as_soon_as_possible(&self) -> bool {
        self.as_soon_as_possible.borrow().is_empty() && self.in_order.borrow().is_empty()
    }
}
