//! Content Security Policy (<https://w3c.github.io/webappsec-csp/>): the lists, their delivery, and the checks
//! that Fetch and HTML make. The policies' own matching is the work of the crate `content-security-policy`.

use content_security_policy as csp;
use serde::{Deserialize, Serialize};

use crate::{
    BlockReason, CspDisposition, CspList, CspPolicy, CspSource, Destination, HeaderList, Initiator,
    NetworkError, Origin, ParserMetadata, Request, ResponseHead, Url,
};

/// A violation (<https://w3c.github.io/webappsec-csp/#framework-violation>).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CspViolation {
    /// The resource: the blocked URL, without fragment, or `inline`, `eval`, `wasm-eval`.
    pub blocked_uri: String,
    /// The effective directive.
    pub effective_directive: String,
    /// The violated policy, serialized.
    pub original_policy: String,
    /// The policy's disposition.
    pub disposition: CspDisposition,
    /// The sample, where there is one.
    pub sample: String,
}

/// What kind of inline content is checked
/// (<https://w3c.github.io/webappsec-csp/#should-block-inline>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InlineCheckType {
    /// An inline `script` element.
    Script,
    /// An event handler attribute.
    ScriptAttribute,
    /// An inline `style` element.
    Style,
    /// A `style` attribute.
    StyleAttribute,
    /// A `javascript:` URL.
    Navigation,
}

impl CspPolicy {
    fn parsed(&self) -> csp::Policy {
        csp::Policy::parse(&self.serialized, self.source.into(), self.disposition.into())
    }

    fn parsed_list(&self) -> csp::CspList {
        csp::CspList(vec![self.parsed()])
    }
}

impl CspList {
    /// Parse a response's Content Security Policies
    /// (<https://w3c.github.io/webappsec-csp/#parse-response-csp>).
    pub fn parse_headers(headers: &HeaderList, self_origin: &Origin) -> CspList {
        let mut policies = Vec::new();
        // 1.–4. Both headers, each value a list of policies.
        for (name, disposition) in [
            ("Content-Security-Policy", CspDisposition::Enforce),
            ("Content-Security-Policy-Report-Only", CspDisposition::Report),
        ] {
            for value in headers.values(name) {
                let value = crate::http::isomorphic_decode(value);
                policies.extend(parse_list(&value, CspSource::Header, disposition, self_origin));
            }
        }
        CspList(policies)
    }

    /// A policy delivered by a `meta` element, without the directives that may not come that way
    /// (<https://html.spec.whatwg.org/multipage/semantics.html#attr-meta-http-equiv-content-security-policy>).
    pub fn parse_meta(content: &str, disposition: CspDisposition, self_origin: &Origin) -> CspList {
        // 4. Parse the content.
        let mut policy = csp::Policy::parse(content, csp::PolicySource::Meta, disposition.into());
        // 5. Without these three.
        policy
            .directive_set
            .retain(|directive| !matches!(&*directive.name, "report-uri" | "frame-ancestors" | "sandbox"));
        if policy.directive_set.is_empty() {
            return CspList::default();
        }
        CspList(vec![CspPolicy {
            serialized: policy.to_string(),
            disposition,
            source: CspSource::Meta,
            self_origin: self_origin.clone(),
        }])
    }

    /// Adds the policies of `other`.
    pub fn append(&mut self, mut other: CspList) {
        self.0.append(&mut other.0);
    }

    /// Whether an enforced policy has the directive `upgrade-insecure-requests`
    /// (<https://w3c.github.io/webappsec-upgrade-insecure-requests/#delivery>).
    pub fn upgrades_insecure_requests(&self) -> bool {
        self.enforced()
            .any(|policy| policy.parsed().contains_a_directive_whose_name_is("upgrade-insecure-requests"))
    }

    /// The tokens of each enforced `sandbox` directive: what
    /// <https://html.spec.whatwg.org/multipage/browsers.html#csp-derived-sandboxing-flags> are parsed from.
    pub fn sandbox_directives(&self) -> Vec<Vec<String>> {
        let directives = self.enforced().flat_map(|policy| policy.parsed().directive_set);
        directives.filter(|directive| directive.name == "sandbox").map(|directive| directive.value).collect()
    }

    /// Report Content Security Policy violations for request: those of the report-only policies
    /// (<https://w3c.github.io/webappsec-csp/#report-for-request>).
    pub fn report_violations_for_request(&self, request: &Request) -> Vec<CspViolation> {
        let mut violations = Vec::new();
        for policy in self.0.iter().filter(|policy| policy.disposition == CspDisposition::Report) {
            let found =
                policy.parsed_list().report_violations_for_request(&to_csp(request, &policy.self_origin));
            violations.extend(found.into_iter().map(|violation| from_csp(policy, violation)));
        }
        violations
    }

    /// Should request be blocked by Content Security Policy? The violations, where it is
    /// (<https://w3c.github.io/webappsec-csp/#should-block-request>).
    pub fn should_request_be_blocked(&self, request: &Request) -> Result<(), Vec<CspViolation>> {
        let mut violations = Vec::new();
        for policy in self.enforced() {
            let (result, found) =
                policy.parsed_list().should_request_be_blocked(&to_csp(request, &policy.self_origin));
            if result == csp::CheckResult::Blocked {
                violations.extend(found.into_iter().map(|violation| from_csp(policy, violation)));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(violations) }
    }

    /// Should response to request be blocked by Content Security Policy? The second is what a report-only policy
    /// found (<https://w3c.github.io/webappsec-csp/#should-block-response>).
    pub fn should_response_to_request_be_blocked(
        &self,
        request: &Request,
        response: &ResponseHead,
    ) -> (bool, Vec<CspViolation>) {
        let (mut blocked, mut violations) = (false, Vec::new());
        let Some(url) = response.url() else { return (false, violations) };
        // NB: web-platform-tests want the redirects that a service worker's fetch has followed to count, too.
        let followed = u32::try_from(response.url_list.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let redirect_count = request.redirect_count.max(followed);
        let csp_response = csp::Response { url: url.clone(), redirect_count };
        for policy in &self.0 {
            let (result, found) = policy
                .parsed_list()
                .should_response_to_request_be_blocked(&to_csp(request, &policy.self_origin), &csp_response);
            blocked |= result == csp::CheckResult::Blocked;
            violations.extend(found.into_iter().map(|violation| from_csp(policy, violation)));
        }
        (blocked, violations)
    }

    /// Should element's inline type behavior be blocked by Content Security Policy? Whether, and the violations
    /// of both dispositions (<https://w3c.github.io/webappsec-csp/#should-block-inline>).
    pub fn should_inline_be_blocked(
        &self,
        nonce: Option<&str>,
        check: InlineCheckType,
        source: &str,
    ) -> (bool, Vec<CspViolation>) {
        let element = csp::Element { nonce: nonce.map(Into::into) };
        self.check_all(|policies| {
            policies.should_elements_inline_type_behavior_be_blocked(&element, check.into(), source)
        })
    }

    /// EnsureCSPDoesNotBlockStringCompilation, for what is not a trusted type: whether `eval` and the like are
    /// blocked, and the violations (<https://w3c.github.io/webappsec-csp/#can-compile-strings>).
    pub fn should_eval_be_blocked(&self, source: &str) -> (bool, Vec<CspViolation>) {
        self.check_all(|policies| policies.is_js_evaluation_allowed(source))
    }

    fn check_all(
        &self,
        check: impl Fn(&csp::CspList) -> (csp::CheckResult, Vec<csp::Violation>),
    ) -> (bool, Vec<CspViolation>) {
        let (mut blocked, mut violations) = (false, Vec::new());
        for policy in &self.0 {
            let (result, found) = check(&policy.parsed_list());
            blocked |= result == csp::CheckResult::Blocked;
            violations.extend(found.into_iter().map(|violation| from_csp(policy, violation)));
        }
        (blocked, violations)
    }

    fn enforced(&self) -> impl Iterator<Item = &CspPolicy> {
        self.0.iter().filter(|policy| policy.disposition == CspDisposition::Enforce)
    }
}

/// The network error for a blocked request.
pub fn blocked_by_csp(url: &Url, violations: &[CspViolation]) -> NetworkError {
    let directive = violations.first().map_or("", |violation| violation.effective_directive.as_str());
    let policy = violations.first().map_or("", |violation| violation.original_policy.as_str());
    NetworkError::blocked(
        BlockReason::Csp,
        format!("blocked by Content Security Policy: {directive} does not allow it in `{policy}`"),
    )
    .at(url)
}

/// Parse a serialized CSP list (<https://w3c.github.io/webappsec-csp/#parse-serialized-policy-list>).
fn parse_list(
    text: &str,
    source: CspSource,
    disposition: CspDisposition,
    self_origin: &Origin,
) -> impl Iterator<Item = CspPolicy> {
    csp::CspList::parse(text, source.into(), disposition.into()).0.into_iter().map(move |policy| CspPolicy {
        serialized: policy.to_string(),
        disposition,
        source,
        self_origin: self_origin.clone(),
    })
}

/// A request as the matching sees it. Its origin is what `'self'` stands for: the policy's, not the request's.
fn to_csp(request: &Request, self_origin: &Origin) -> csp::Request {
    csp::Request {
        url: request.url().clone(),
        current_url: request.current_url().clone(),
        origin: match self_origin {
            Origin::Tuple { scheme, host, port } => url::Origin::Tuple(scheme.clone(), host.clone(), *port),
            Origin::Opaque(_) => url::Origin::new_opaque(),
        },
        redirect_count: request.redirect_count,
        // The two enums have the same names; a destination that the crate does not know counts as none.
        destination: match request.destination {
            Destination::Text => csp::Destination::None,
            other => other.as_str().parse().unwrap_or(csp::Destination::None),
        },
        initiator: match request.initiator {
            Initiator::None => csp::Initiator::None,
            Initiator::Download => csp::Initiator::Download,
            Initiator::ImageSet => csp::Initiator::ImageSet,
            Initiator::Manifest => csp::Initiator::Manifest,
            Initiator::Prefetch => csp::Initiator::Prefetch,
            Initiator::Prerender => csp::Initiator::Prerender,
            Initiator::Xslt => csp::Initiator::Xslt,
        },
        nonce: request.cryptographic_nonce_metadata.clone(),
        integrity_metadata: request.integrity.clone(),
        parser_metadata: match request.parser_metadata {
            ParserMetadata::None => csp::ParserMetadata::None,
            ParserMetadata::ParserInserted => csp::ParserMetadata::ParserInserted,
            ParserMetadata::NotParserInserted => csp::ParserMetadata::NotParserInserted,
        },
    }
}

fn from_csp(policy: &CspPolicy, violation: csp::Violation) -> CspViolation {
    let (blocked_uri, sample) = match violation.resource {
        csp::ViolationResource::Url(url) => (url_for_reports(url), None),
        csp::ViolationResource::Inline { sample } => ("inline".to_owned(), sample),
        csp::ViolationResource::Eval { sample } => ("eval".to_owned(), sample),
        csp::ViolationResource::WasmEval => ("wasm-eval".to_owned(), None),
        csp::ViolationResource::TrustedTypePolicy { sample } => {
            ("trusted-types-policy".to_owned(), Some(sample))
        }
        csp::ViolationResource::TrustedTypeSink { sample } => ("trusted-types-sink".to_owned(), Some(sample)),
    };
    CspViolation {
        blocked_uri,
        effective_directive: violation.directive.name,
        original_policy: policy.serialized.clone(),
        disposition: policy.disposition,
        sample: sample.unwrap_or_default(),
    }
}

/// Strip url for use in reports (<https://w3c.github.io/webappsec-csp/#strip-url-for-use-in-reports>).
pub fn url_for_reports(mut url: Url) -> String {
    // 1. Of other schemes only the scheme.
    if !crate::schemes::is_http(&url) {
        return url.scheme().to_owned();
    }
    // 2.–4. No fragment, no credentials; http(s) URLs always have a place for those.
    url.set_fragment(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

impl From<CspDisposition> for csp::PolicyDisposition {
    fn from(disposition: CspDisposition) -> Self {
        match disposition {
            CspDisposition::Enforce => csp::PolicyDisposition::Enforce,
            CspDisposition::Report => csp::PolicyDisposition::Report,
        }
    }
}

impl From<CspSource> for csp::PolicySource {
    fn from(source: CspSource) -> Self {
        match source {
            CspSource::Header => csp::PolicySource::Header,
            CspSource::Meta => csp::PolicySource::Meta,
        }
    }
}

impl From<InlineCheckType> for csp::InlineCheckType {
    fn from(check: InlineCheckType) -> Self {
        match check {
            InlineCheckType::Script => csp::InlineCheckType::Script,
            InlineCheckType::ScriptAttribute => csp::InlineCheckType::ScriptAttribute,
            InlineCheckType::Style => csp::InlineCheckType::Style,
            InlineCheckType::StyleAttribute => csp::InlineCheckType::StyleAttribute,
            InlineCheckType::Navigation => csp::InlineCheckType::Navigation,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Origin {
        "https://a.example".parse().unwrap()
    }

    fn list(policy: &str) -> CspList {
        let headers = [("Content-Security-Policy", policy)].into_iter().collect();
        CspList::parse_headers(&headers, &own())
    }

    fn request(url: &str, destination: Destination) -> Request {
        Request { destination, ..Request::new(Url::parse(url).unwrap(), own()) }
    }

    #[test]
    fn enforced_policies_have_sandbox_directives() {
        let headers = [
            ("Content-Security-Policy", "sandbox allow-scripts allow-forms; img-src *, sandbox"),
            ("Content-Security-Policy-Report-Only", "sandbox allow-popups"),
        ];
        let directives = CspList::parse_headers(&headers.into_iter().collect(), &own()).sandbox_directives();
        assert_eq!(directives, [vec!["allow-scripts", "allow-forms"], vec![]]);
        assert!(list("img-src *").sandbox_directives().is_empty());
    }

    fn blocked(policy: &str, url: &str, destination: Destination) -> Option<String> {
        let result = list(policy).should_request_be_blocked(&request(url, destination));
        result.err().map(|violations| violations[0].effective_directive.clone())
    }

    #[test]
    fn connect_src_guards_fetches() {
        let policy = "connect-src 'self' https://ok.example";
        assert_eq!(blocked(policy, "https://a.example/x", Destination::None), None);
        assert_eq!(blocked(policy, "https://ok.example/x", Destination::None), None);
        assert_eq!(
            blocked(policy, "https://no.example/x", Destination::None).as_deref(),
            Some("connect-src")
        );
        assert_eq!(blocked(policy, "https://no.example/x", Destination::Script), None);
    }

    #[test]
    fn default_src_stands_in_for_what_is_not_named() {
        let blocked = |url, destination| blocked("default-src 'none'; img-src *", url, destination);
        assert_eq!(blocked("https://x.example/", Destination::Script).as_deref(), Some("script-src-elem"));
        assert_eq!(blocked("https://x.example/", Destination::ServiceWorker).as_deref(), Some("worker-src"));
        assert_eq!(blocked("https://x.example/", Destination::None).as_deref(), Some("connect-src"));
        assert_eq!(blocked("https://x.example/", Destination::Image), None);
    }

    #[test]
    fn worker_src_falls_back_to_script_src() {
        let blocked =
            |policy| blocked(policy, "https://a.example/sw.js", Destination::ServiceWorker).is_some();
        assert!(blocked("worker-src 'none'") && blocked("script-src 'none'"));
        assert!(!blocked("worker-src 'self'; script-src 'none'"));
    }

    #[test]
    fn self_is_the_origin_of_the_policy_even_if_another_makes_the_request() {
        let mut request = request("https://a.example/x", Destination::None);
        request.origin = Origin::new_opaque();
        assert!(list("connect-src 'self'").should_request_be_blocked(&request).is_ok());
    }

    #[test]
    fn a_list_of_policies_must_all_agree() {
        let both = "connect-src *, connect-src 'none'";
        assert!(blocked(both, "https://a.example/", Destination::None).is_some());
        assert_eq!(list(both).0.len(), 2);
    }

    #[test]
    fn report_only_policies_report_and_do_not_block() {
        let headers = [("Content-Security-Policy-Report-Only", "connect-src 'none'")].into_iter().collect();
        let list = CspList::parse_headers(&headers, &own());
        let request = request("https://u:p@b.example/x#f", Destination::None);
        assert!(list.should_request_be_blocked(&request).is_ok());
        let violations = list.report_violations_for_request(&request);
        assert_eq!(violations[0].blocked_uri, "https://b.example/x");
        assert_eq!(violations[0].disposition, CspDisposition::Report);
    }

    #[test]
    fn a_meta_element_can_not_deliver_frame_ancestors() {
        let list = CspList::parse_meta(
            "sandbox; connect-src 'none'; report-uri /x",
            CspDisposition::Enforce,
            &own(),
        );
        assert_eq!(list.0[0].serialized.trim(), "connect-src 'none'");
        assert!(CspList::parse_meta("frame-ancestors 'none'", CspDisposition::Enforce, &own()).0.is_empty());
    }

    #[test]
    fn inline_scripts_and_eval_need_to_be_allowed() {
        let nothing = list("script-src 'self'");
        assert!(nothing.should_inline_be_blocked(None, InlineCheckType::Script, "1").0);
        assert!(nothing.should_eval_be_blocked("1").0);
        let generous = list("script-src 'unsafe-inline' 'unsafe-eval'");
        assert!(!generous.should_inline_be_blocked(None, InlineCheckType::Script, "1").0);
        assert!(!generous.should_eval_be_blocked("1").0);
        let nonce = list("script-src 'nonce-abc'");
        assert!(!nonce.should_inline_be_blocked(Some("abc"), InlineCheckType::Script, "1").0);
    }

    #[test]
    fn a_redirect_is_checked_where_it_leads() {
        let mut request = request("https://a.example/x", Destination::None);
        request.push_url(Url::parse("https://no.example/").unwrap());
        request.redirect_count = 1;
        assert!(list("connect-src 'self'").should_request_be_blocked(&request).is_err());
    }

    #[test]
    fn what_a_service_worker_was_redirected_to_is_checked_without_its_path() {
        let policy = list("img-src https://no.example/a");
        let request = request("https://no.example/a", Destination::Image);
        let blocked = |urls: &[&str]| {
            let url_list = urls.iter().map(|url| Url::parse(url).unwrap()).collect();
            let head = ResponseHead { url_list, ..ResponseHead::default() };
            policy.should_response_to_request_be_blocked(&request, &head).0
        };
        assert!(blocked(&["https://no.example/b"]));
        assert!(!blocked(&["https://no.example/a", "https://no.example/b"]));
        assert!(blocked(&["https://no.example/a", "https://other.example/a"]));
    }

    #[test]
    fn a_stored_list_reads_back() {
        let list = list("connect-src 'self'; default-src 'none'");
        let read: CspList = serde_json::from_str(&serde_json::to_string(&list).unwrap()).unwrap();
        assert_eq!(read, list);
    }
}
