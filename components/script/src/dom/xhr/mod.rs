//! XMLHttpRequest: <https://xhr.spec.whatwg.org/>.

pub(crate) mod event_targets;
mod fetching;
pub(crate) mod form_data;
pub(crate) mod progress_event;
mod request_body;
mod response_body;
pub(crate) mod xml_http_request;
