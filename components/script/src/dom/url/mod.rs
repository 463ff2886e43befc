//! URLs: <https://url.spec.whatwg.org/#api>.

pub(crate) mod dom_url;
pub(crate) mod url_search_params;
