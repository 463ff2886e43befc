//! Content Security Policy, as pages see it: <https://w3c.github.io/webappsec-csp/>. The policies themselves, and what
//! they allow, are in the crate `fetch`.

mod report;
pub(crate) mod security_policy_violation_event;

pub(crate) use report::{fetch_params, report_violations, reporter};
pub use security_policy_violation_event::SecurityPolicyViolationEvent;
