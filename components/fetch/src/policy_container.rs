//! Policy containers (<https://html.spec.whatwg.org/multipage/browsers.html#policy-containers>).

use serde::{Deserialize, Serialize};

use crate::Origin;
use crate::string_enum::string_enum;

/// A policy container: what a document or worker imposes on the requests it makes. It is plain data, so that a
/// request can be checked when its page is long gone (SD-21).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyContainer {
    /// The CSP list.
    pub csp_list: CspList,
    /// The referrer policy.
    pub referrer_policy: ReferrerPolicy,
    // FIXME(spec): embedder policy, report-only embedder policy, integrity policies.
}

/// A CSP list (<https://w3c.github.io/webappsec-csp/#csp-list>).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CspList(pub Vec<CspPolicy>);

/// A content security policy, kept as its text
/// (<https://w3c.github.io/webappsec-csp/#content-security-policy-object>).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CspPolicy {
    /// The serialized policy: directives separated by `;`.
    pub serialized: String,
    /// Its disposition.
    pub disposition: CspDisposition,
    /// How it was delivered.
    pub source: CspSource,
    /// What `'self'` stands for.
    pub self_origin: Origin,
}

string_enum! {
    /// A policy's disposition.
    CspDisposition {
        /// Violations are blocked and reported.
        #[default]
        Enforce = "enforce",
        /// Violations are reported alone.
        Report = "report",
    }
}

string_enum! {
    /// How a policy was delivered.
    CspSource {
        /// By a response header.
        #[default]
        Header = "header",
        /// By a `meta` element.
        Meta = "meta",
    }
}

string_enum! {
    /// A referrer policy (<https://w3c.github.io/webappsec-referrer-policy/#referrer-policies>).
    ReferrerPolicy {
        /// No policy of one's own: the next one out applies, at last the default.
        #[default]
        Empty = "",
        /// No referrer at all.
        NoReferrer = "no-referrer",
        /// The full URL, unless the target is less secure.
        NoReferrerWhenDowngrade = "no-referrer-when-downgrade",
        /// The full URL, to the same origin alone.
        SameOrigin = "same-origin",
        /// The origin.
        Origin = "origin",
        /// The origin, unless the target is less secure.
        StrictOrigin = "strict-origin",
        /// The full URL to the same origin, the origin to others.
        OriginWhenCrossOrigin = "origin-when-cross-origin",
        /// The full URL to the same origin, the origin to others, nothing to less secure ones. The default.
        StrictOriginWhenCrossOrigin = "strict-origin-when-cross-origin",
        /// The full URL, always.
        UnsafeUrl = "unsafe-url",
    }
}
