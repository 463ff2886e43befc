//! HTML: <https://html.spec.whatwg.org/>.

pub(crate) mod global_scope;
