//! <https://html.spec.whatwg.org/multipage/workers.html#worker-locations>

use url::Url;

use crate::bindings::interfaces::WorkerLocationMethods;
use crate::dom::html::url_parts;
use crate::webidl::*;

/// <https://html.spec.whatwg.org/multipage/workers.html#workerlocation>
#[dom_struct]
pub struct WorkerLocation {
    reflector: Reflector,
    #[no_trace]
    url: Url,
}

impl WorkerLocation {
    /// The location of a worker whose script came from `url`.
    pub(crate) fn new(cx: &mut JSContext, global: &GlobalScope, url: Url) -> DomRoot<WorkerLocation> {
        reflect_dom_object(cx, Box::new(WorkerLocation { reflector: Reflector::new(), url }), global)
    }
}

impl WorkerLocationMethods for WorkerLocation {
    fn Href(&self) -> USVString {
        self.url.as_str().into()
    }

    fn Origin(&self) -> USVString {
        url_parts::origin(&self.url)
    }

    fn Protocol(&self) -> USVString {
        url_parts::protocol(&self.url)
    }

    fn Host(&self) -> USVString {
        url_parts::host(&self.url)
    }

    fn Hostname(&self) -> USVString {
        url_parts::hostname(&self.url)
    }

    fn Port(&self) -> USVString {
        url_parts::port(&self.url)
    }

    fn Pathname(&self) -> USVString {
        url_parts::pathname(&self.url)
    }

    fn Search(&self) -> USVString {
        url_parts::search(&self.url)
    }

    fn Hash(&self) -> USVString {
        url_parts::hash(&self.url)
    }
}
