//! <https://html.spec.whatwg.org/multipage/semantics.html#the-meta-element>

use fetch::{CspDisposition, CspList, ReferrerPolicy};
use html5ever::{QualName, local_name};

use super::html_element::HTMLElement;
use crate::bindings::interfaces::HTMLMetaElementMethods;
use crate::dom::nodes::document::Document;
use crate::dom::nodes::node::Node;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/semantics.html#htmlmetaelement>
#[dom_struct]
pub struct HTMLMetaElement {
    html_element: HTMLElement,
}

impl HTMLMetaElement {
    /// Only fields.
    pub(super) fn new_inherited(name: QualName, document: &Document) -> HTMLMetaElement {
        HTMLMetaElement { html_element: HTMLElement::new_inherited(name, document) }
    }

    /// The element came into a tree.
    pub(crate) fn inserted(&self, _cx: &mut JSContext) {
        let node: &Node = self.upcast();
        if !node.is_connected() {
            return;
        }
        let html: &HTMLElement = self.upcast();
        if html.reflected(&local_name!("http-equiv")).eq_ignore_ascii_case("content-security-policy") {
            self.content_security_policy();
        }
        if html.reflected(&local_name!("name")).eq_ignore_ascii_case("referrer") {
            self.referrer_policy();
        }
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-content-security-policy>
    fn content_security_policy(&self) {
        // 1. Only in the head.
        let parent = self.upcast::<Node>().parent_element();
        if !parent.is_some_and(|parent| parent.is_html(&local_name!("head"))) {
            return;
        }
        // 2. Without content it says nothing.
        let content = self.upcast::<HTMLElement>().reflected(&local_name!("content"));
        if content.is_empty() {
            return;
        }
        // 3 to 5. Its directives, but for those that only a header may have, are enforced from now on.
        let global = self.global();
        let policies = CspList::parse_meta(&content, CspDisposition::Enforce, global.origin());
        global.change_policy_container(|container| container.csp_list.append(policies));
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#meta-referrer>
    fn referrer_policy(&self) {
        let value = self.upcast::<HTMLElement>().reflected(&local_name!("content")).to_ascii_lowercase();
        // 5. Legacy names.
        let policy = match value.as_str() {
            "never" => Some(ReferrerPolicy::NoReferrer),
            "default" => Some(ReferrerPolicy::StrictOriginWhenCrossOrigin),
            "always" => Some(ReferrerPolicy::UnsafeUrl),
            "origin-when-crossorigin" => Some(ReferrerPolicy::OriginWhenCrossOrigin),
            "" => None,
            other => other.parse().ok(),
        };
        // 6. A policy that exists.
        if let Some(policy) = policy {
            self.global().change_policy_container(|container| container.referrer_policy = policy);
        }
    }
}

impl HTMLMetaElementMethods for HTMLMetaElement {
    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-meta-name>
    fn Name(&self) -> DOMString {
        self.html_element.reflected(&local_name!("name"))
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-meta-name>
    fn SetName(&self, cx: &mut JSContext, name: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("name"), name)
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-meta-httpequiv>
    fn HttpEquiv(&self) -> DOMString {
        self.html_element.reflected(&local_name!("http-equiv"))
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-meta-httpequiv>
    fn SetHttpEquiv(&self, cx: &mut JSContext, pragma: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("http-equiv"), pragma)
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-meta-content>
    fn Content(&self) -> DOMString {
        self.html_element.reflected(&local_name!("content"))
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-meta-content>
    fn SetContent(&self, cx: &mut JSContext, content: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("content"), content)
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-meta-media>
    fn Media(&self) -> DOMString {
        self.html_element.reflected(&local_name!("media"))
    }

    /// <https://html.spec.whatwg.org/multipage/semantics.html#dom-meta-media>
    fn SetMedia(&self, cx: &mut JSContext, media: DOMString) -> Fallible<()> {
        self.html_element.reflect(cx, local_name!("media"), media)
    }
}
