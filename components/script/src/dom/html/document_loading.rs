//! From the last byte of a document to its `load` event:
//! <https://html.spec.whatwg.org/multipage/parsing.html#the-end>.

use crate::bindings::enums::DocumentReadyState;
use crate::dom::html::elements::html_script_element::HTMLScriptElement;
use crate::dom::html::page_transition_event::PageTransitionEvent;
use crate::dom::nodes::document::Document;
use crate::dom::service_workers::ServiceWorkerContainer;
use crate::embedder::AgentEvent;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// How far the end has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// The parser still works.
    Parsing,
    /// Step 5: deferred scripts.
    DeferredScripts,
    /// Steps 7 and 8: scripts that run when they are there, and whatever delays `load`.
    WaitingForLoad,
    /// Step 9 and after.
    Complete,
}

/// What a document knows of its loading.
pub(crate) struct LoadingState {
    readiness: Cell<DocumentReadyState>,
    stage: Cell<Stage>,
    /// <https://html.spec.whatwg.org/multipage/parsing.html#delay-the-load-event>: by so many things.
    delays: Cell<u32>,
    /// <https://html.spec.whatwg.org/multipage/document-lifecycle.html#page-showing>
    page_showing: Cell<bool>,
}

impl LoadingState {
    /// For a document that is going to be parsed, or for one that just is.
    pub(crate) fn new(is_loading: bool) -> Self {
        let (readiness, stage) = if is_loading {
            (DocumentReadyState::Loading, Stage::Parsing)
        } else {
            (DocumentReadyState::Complete, Stage::Complete)
        };
        Self {
            readiness: Cell::new(readiness),
            stage: Cell::new(stage),
            delays: Cell::new(0),
            page_showing: Cell::new(false),
        }
    }

    /// Whether the document is shown, which it isn't any more.
    pub(super) fn take_page_showing(&self) -> bool {
        self.page_showing.take()
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#current-document-readiness>
    pub(crate) fn readiness(&self) -> DocumentReadyState {
        self.readiness.get()
    }
}

/// Something that `load` waits for. Has to be [ended](LoadDelay::end) on the document's thread.
#[must_use]
pub(crate) struct LoadDelay {
    /// What delays it may be in the document, which may be gone before that is over.
    document: TrustedWeak<Document>,
}

impl LoadDelay {
    /// It is over.
    pub(crate) fn end(self, cx: &mut JSContext) {
        let Some(document) = self.document.root() else { return };
        let delays = &document.loading().delays;
        delays.set(delays.get().saturating_sub(1));
        document.continue_the_end(cx);
    }
}

impl Document {
    /// <https://html.spec.whatwg.org/multipage/parsing.html#delay-the-load-event>
    pub(crate) fn delay_load_event(&self) -> LoadDelay {
        let delays = &self.loading().delays;
        delays.set(delays.get() + 1);
        LoadDelay { document: TrustedWeak::new(self) }
    }

    /// <https://html.spec.whatwg.org/multipage/dom.html#update-the-current-document-readiness>
    fn update_readiness(&self, cx: &mut JSContext, readiness: DocumentReadyState) {
        // 1. Nothing new.
        if self.loading().readiness() == readiness {
            return;
        }
        // 2 and 4.
        self.loading().readiness.set(readiness);
        self.upcast::<EventTarget>().fire_event(cx, "readystatechange");
    }

    /// Whether the parser has to wait for a script.
    pub(crate) fn has_parsing_blocking_script(&self) -> bool {
        self.pending_scripts().has_parsing_blocking()
    }

    /// The script that the parser waits for, if it is ready.
    pub(crate) fn take_ready_parsing_blocking_script(&self) -> Option<DomRoot<HTMLScriptElement>> {
        self.pending_scripts().take_ready_parsing_blocking()
    }

    /// <https://html.spec.whatwg.org/multipage/scripting.html#steps-to-run-when-the-result-is-ready>: a script that
    /// was fetched for this document is there, or will never be.
    pub(crate) fn script_is_ready(&self, cx: &mut JSContext, script: &HTMLScriptElement) {
        let scripts = self.pending_scripts();
        // One that runs as soon as it is ready: now.
        if scripts.take_as_soon_as_possible(script) {
            script.execute(cx);
        }
        // Those that run in order, as many as are ready.
        while let Some(next) = scripts.take_ready_in_order() {
            next.execute(cx);
        }
        // The one that the parser waits for.
        if let Some(parser) = self.parser() {
            parser.resume(cx);
        }
        // Deferred ones, and `load`.
        self.continue_the_end(cx);
    }

    /// <https://html.spec.whatwg.org/multipage/parsing.html#the-end>
    pub(crate) fn stop_parsing(&self, cx: &mut JSContext) {
        // 3. Interactive from now on.
        self.update_readiness(cx, DocumentReadyState::Interactive);
        // 4. The parser has done its work.
        self.set_parser(None);
        self.loading().stage.set(Stage::DeferredScripts);
        self.continue_the_end(cx);
    }

    /// The steps of the end that wait for something: looks whether they still have to.
    fn continue_the_end(&self, cx: &mut JSContext) {
        let loading = self.loading();
        let scripts = self.pending_scripts();
        if loading.stage.get() == Stage::DeferredScripts {
            // 5. Deferred scripts, in order.
            while let Some(script) = scripts.take_ready_deferred() {
                script.execute(cx);
            }
            if !scripts.no_deferred() || loading.stage.get() != Stage::DeferredScripts {
                return;
            }
            loading.stage.set(Stage::WaitingForLoad);
            // 6. Then the document is whole. The event is one of the things that `load` waits for.
            let delay = self.delay_load_event();
            let this = Trusted::new(self);
            self.global().task_sender().post(
                TaskSource::DomManipulation,
                Box::new(move |cx, _global| {
                    let this = this.root();
                    this.content_loaded(cx);
                    delay.end(cx);
                }),
            );
        }
        // 7 and 8. Scripts that are not there yet, and whatever else.
        let waits = !scripts.none_as_soon_as_possible() || loading.delays.get() != 0;
        if loading.stage.get() == Stage::WaitingForLoad && !waits {
            loading.stage.set(Stage::Complete);
            // 9. `load`.
            let this = Trusted::new(self);
            self.global().task_sender().post(
                TaskSource::DomManipulation,
                Box::new(move |cx, _global| this.root().completely_loaded(cx)),
            );
        }
    }

    /// Step 6.
    fn content_loaded(&self, cx: &mut JSContext) {
        // 6.2. DOMContentLoaded.
        self.upcast::<EventTarget>().fire_bubbling_event(cx, "DOMContentLoaded");
        // 6.4. From now on messages of service workers are delivered.
        let global = self.global();
        if self.is_fully_active() && global.is_secure_context() {
            ServiceWorkerContainer::of(cx, &global).enable_client_message_queue();
        }
    }

    /// Step 9.
    fn completely_loaded(&self, cx: &mut JSContext) {
        // 9.1. Complete from now on.
        self.update_readiness(cx, DocumentReadyState::Complete);
        // 9.2. Without a window there is nobody to tell.
        let Some(window) = self.window() else { return };
        // 9.5. `load`, at the window, with the document as its target.
        window.fire_load_event(cx, self);
        // 9.8–9.9. It is shown, if it still is there.
        if self.window().is_some() {
            self.loading().page_showing.set(true);
            PageTransitionEvent::fire(cx, self, "pageshow");
        }
        // 9.12. <https://html.spec.whatwg.org/multipage/document-lifecycle.html#completely-finish-loading>: whoever it
        // is in is told.
        let navigable = window.window_proxy();
        match navigable.container() {
            Some(container) => container.content_is_loaded(),
            None if navigable.is_top_level() => self.global().tell(AgentEvent::Loaded),
            None => {}
        }
    }
}
