//! <https://html.spec.whatwg.org/multipage/scripting.html#prepare-the-script-element>

use encoding_rs::Encoding;
use fetch::csp::InlineCheckType;
use fetch::{CredentialsMode, ParserMetadata, Url};
use html5ever::local_name;

use super::fetch_script::{CorsSetting, ScriptFetchOptions, fetch_classic_script};
use super::{ScriptResult, ScriptType, SourceText};
use crate::bindings::interfaces::HTMLScriptElementMethods;
use crate::dom::csp::report_violations;
use crate::dom::html::console_message;
use crate::dom::html::elements::html_script_element::HTMLScriptElement;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::node::Node;
use crate::embedder::ConsoleLevel;
use crate::runtime::module_script::Referrer;
use crate::runtime::task_source::TaskSource;
use crate::webidl::*;

/// Step 29.
fn parser_metadata(parser_inserted: bool) -> ParserMetadata {
    if parser_inserted { ParserMetadata::ParserInserted } else { ParserMetadata::NotParserInserted }
}

impl HTMLScriptElement {
    /// <https://html.spec.whatwg.org/multipage/scripting.html#prepare-the-script-element>
    pub(crate) fn prepare(&self, cx: &mut JSContext) {
        // 1. Once only.
        if self.is_already_started() {
            return;
        }
        // 2 to 4. For now as if no parser had made it.
        let parser_document = self.parser_document.take();
        if parser_document.is_some() && !self.has(local_name!("async")) {
            self.force_async.set(true);
        }
        // 5 and 6. Nothing to run.
        let source_text = self.upcast::<Node>().child_text_content();
        let has_src = self.has(local_name!("src"));
        if !has_src && source_text.is_empty() {
            return;
        }
        // 7. Not in a document.
        if !self.upcast::<Node>().is_connected() {
            return;
        }
        // 8 to 13. What kind of script?
        let Some(script_type) = self.determine_type() else { return };
        self.script_type.set(Some(script_type));
        // 14. It was the parser after all.
        if parser_document.is_some() {
            self.parser_document.set(parser_document.as_deref());
            self.force_async.set(false);
        }
        // 15 and 16. From here on it is started.
        self.set_already_started();
        let document = self.upcast::<Node>().node_document();
        self.preparation_time_document.set(Some(&document));
        // 17. It was moved elsewhere.
        if parser_document.as_deref().is_some_and(|parser_document| *parser_document != *document) {
            return;
        }
        // 18. Scripts of documents that are not shown, or that are sandboxed, don't run.
        if !document.is_scripting_enabled() {
            return;
        }
        // 19. For browsers that know no modules.
        if self.has(local_name!("nomodule")) && script_type == ScriptType::Classic {
            return;
        }
        // 21. The document's policy.
        if !has_src && self.is_inline_blocked(&source_text) {
            return;
        }
        // 22. An obsolete way to say "never".
        if self.is_for_other_event() {
            return;
        }
        // 34 and 35. Get the script.
        let parser_inserted = parser_document.is_some();
        let is_module = script_type == ScriptType::Module;
        let url = match has_src {
            false => None,
            true => match self.external_url(&document) {
                Some(url) => Some(url),
                None => return,
            },
        };
        // 36. When does it run? An external one, or a module:
        if has_src || is_module {
            let scripts = document.pending_scripts();
            if self.has(local_name!("async")) || self.force_async.get() {
                // 36.2. As soon as it is there.
                scripts.add_as_soon_as_possible(self);
            } else if !parser_inserted {
                // 36.3. In the order in which they were inserted.
                scripts.add_in_order(self);
            } else if self.has(local_name!("defer")) || is_module {
                // 36.4. At the end of the document.
                scripts.add_deferred(self);
            } else {
                // 36.5. Before the parser goes on.
                scripts.set_parsing_blocking(self);
            }
            // (It is not there before this is done.)
            match url {
                Some(url) if is_module => self.fetch_external_module(cx, &document, url, parser_inserted),
                Some(url) => self.fetch_external(&document, url, parser_inserted),
                None => self.fetch_inline_module(cx, &document, &source_text, parser_inserted),
            }
            return;
        }
        // Errors name the document, whose lines they count, rather than its base URL.
        let (url, line) = (document.url(), self.line.get().max(1));
        let referrer = self.referrer(document.base_url(), parser_inserted);
        let source = SourceText { text: source_text.into(), url, line, muted_errors: false, referrer };
        *self.result.borrow_mut() = ScriptResult::Classic(Box::new(source));
        // 37. An inline one runs now. (No style sheet can block it here.)
        self.execute(cx);
    }

    /// Steps 8 to 13.
    fn determine_type(&self) -> Option<ScriptType> {
        // 8. The attributes that say so.
        let type_string = match (self.value_of(local_name!("type")), self.value_of(local_name!("language"))) {
            (Some(value), _) if value.is_empty() => "text/javascript".into(),
            (None, None) => "text/javascript".into(),
            (None, Some(language)) if language.is_empty() => "text/javascript".into(),
            (Some(value), _) => {
                value.trim_matches(|c: char| crate::dom::nodes::names::is_ascii_whitespace(c)).to_owned()
            }
            (None, Some(language)) => format!("text/{language}"),
        };
        // 9. <https://mimesniff.spec.whatwg.org/#javascript-mime-type-essence-match>
        let is_javascript = fetch::mime_type::MimeType::parse(&type_string)
            .is_some_and(|mime| mime.is_javascript() && mime.essence().eq_ignore_ascii_case(&type_string));
        if is_javascript {
            return Some(ScriptType::Classic);
        }
        // 10.
        if type_string.eq_ignore_ascii_case("module") {
            return Some(ScriptType::Module);
        }
        // FIXME(spec): 11 and 12: import maps and speculation rules.
        // 13. Data, not script.
        None
    }

    /// Step 21: <https://w3c.github.io/webappsec-csp/#should-block-inline>.
    fn is_inline_blocked(&self, source: &str) -> bool {
        let nonce = self.nonce();
        let nonce = (!nonce.is_empty()).then_some(&*nonce);
        let global = self.global();
        let policies = global.policy_container().csp_list;
        let (blocked, violations) = policies.should_inline_be_blocked(nonce, InlineCheckType::Script, source);
        if blocked {
            let directive = violations.first().map_or("", |violation| violation.effective_directive.as_str());
            let text = format!("an inline script was blocked by Content Security Policy: {directive}");
            console_message(&global, ConsoleLevel::Error, text);
        }
        report_violations(&global, Some(self.upcast()), violations);
        blocked
    }

    /// Step 22.
    fn is_for_other_event(&self) -> bool {
        let (Some(target), Some(event)) =
            (self.value_of(local_name!("for")), self.value_of(local_name!("event")))
        else {
            return false;
        };
        let event = event.trim();
        !(target.trim().eq_ignore_ascii_case("window")
            && (event.eq_ignore_ascii_case("onload") || event.eq_ignore_ascii_case("onload()")))
    }

    /// Queues a task that fires `error` at the element, which delays the document's `load` until then.
    fn queue_error(&self, document: &Document) {
        let delay = document.delay_load_event();
        let this = Trusted::new(self);
        self.global().task_sender().post(
            TaskSource::DomManipulation,
            Box::new(move |cx, _global| {
                let this = this.root();
                this.upcast::<EventTarget>().fire_event(cx, "error");
                delay.end(cx);
            }),
        );
    }

    /// Steps 34.2 to 34.6; None if that is the end of it.
    fn external_url(&self, document: &Document) -> Option<Url> {
        // 34.2. Where from?
        let src = self.value_of(local_name!("src")).unwrap_or_default();
        // 34.4. It is an external one.
        self.from_external_file.set(true);
        // 34.3, 34.5 and 34.6. An empty or broken URL.
        match (src.is_empty(), document.parse_url(&src)) {
            (false, Ok(url)) => Some(url),
            (true, _) | (_, Err(_)) => {
                let text = format!("<script src=\"{src}\"> is not a valid URL");
                console_message(&self.global(), ConsoleLevel::Error, text);
                self.queue_error(document);
                None
            }
        }
    }

    /// Steps 24 to 32, 34.8 and 34.11, of a classic script.
    fn fetch_external(&self, document: &Document, url: Url, parser_inserted: bool) {
        // 24 to 32. How?
        let charset = self.value_of(local_name!("charset"));
        let encoding = charset.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
        let options = ScriptFetchOptions {
            cors: self.cors_setting(),
            nonce: self.nonce().into(),
            integrity: self.value_of(local_name!("integrity")).unwrap_or_default().into(),
            parser_metadata: parser_metadata(parser_inserted),
            referrer_policy: self.ReferrerPolicy().parse().unwrap_or_default(),
            fallback_encoding: encoding.unwrap_or_else(|| document.encoding()),
        };
        // 34.8. `load` waits for it.
        let delay = document.delay_load_event();
        // 34.11. Fetch it; then it is ready.
        let this = Trusted::new(self);
        fetch_classic_script(&document.global(), url, options, move |cx, result| {
            let this = this.root();
            *this.result.borrow_mut() = result;
            if let Some(document) = this.preparation_time_document.get() {
                document.script_is_ready(cx, &this);
            }
            delay.end(cx);
        });
    }

    /// Steps 24 to 32, for what the script imports.
    pub(super) fn referrer(&self, base_url: Url, parser_inserted: bool) -> Referrer {
        Referrer {
            base_url,
            nonce: self.nonce().into(),
            parser_metadata: parser_metadata(parser_inserted),
            credentials: match self.cors_setting() {
                CorsSetting::NoCors => CredentialsMode::SameOrigin,
                CorsSetting::Cors(credentials) => credentials,
            },
            referrer_policy: self.ReferrerPolicy().parse().unwrap_or_default(),
        }
    }

    fn cors_setting(&self) -> CorsSetting {
        match self.GetCrossOrigin() {
            None => CorsSetting::NoCors,
            Some(value) if value == "use-credentials" => CorsSetting::Cors(CredentialsMode::Include),
            Some(_) => CorsSetting::Cors(CredentialsMode::SameOrigin),
        }
    }
}
