//! `match()` and `matchAll()`
//! (<https://wicg.github.io/background-fetch/#background-fetch-registration-match-all>).

use fetch::{Request, ResponseHead, Url};

use crate::handle::{Query, QueryOptions};

/// Whether a record is one of those that a query asks for. NB: SD-39: without a query every record is.
pub(crate) fn matches(query: Option<&Query>, request: &Request, response: Option<&ResponseHead>) -> bool {
    query.is_none_or(|query| request_matches_cached_item(&query.request, request, response, query.options))
}

/// [Request matches cached item](https://w3c.github.io/ServiceWorker/#request-matches-cached-item)
fn request_matches_cached_item(
    query: &Request,
    request: &Request,
    response: Option<&ResponseHead>,
    options: QueryOptions,
) -> bool {
    // 1. The method. NB: SD-41: the two methods are compared, so that an upload can be found by its own
    //    request.
    if !options.ignore_method && query.method != request.method {
        return false;
    }
    // 2–5. The URLs, without fragments, and without queries if that is wanted.
    if !equal_urls(query.url(), request.url(), options.ignore_search) {
        return false;
    }
    // 6. No response that varies.
    let vary = response.and_then(|response| response.headers.get_string("Vary"));
    let Some(vary) = vary.filter(|_| !options.ignore_vary) else { return true };
    // 7, 8. What it varies by has to be the same in both requests; `*` never is.
    vary.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .all(|name| name != "*" && query.headers.get(name) == request.headers.get(name))
}

fn equal_urls(a: &Url, b: &Url, ignore_search: bool) -> bool {
    let comparable = |url: &Url| {
        let mut url = url.clone();
        url.set_fragment(None);
        if ignore_search {
            url.set_query(None);
        }
        url
    };
    comparable(a) == comparable(b)
}

#[cfg(test)]
mod tests {
    use fetch::{HeaderList, Origin};

    use super::*;

    fn request(method: &str, url: &str) -> Request {
        let mut request = Request::new(Url::parse(url).unwrap(), Origin::new_opaque());
        request.method = method.to_owned();
        request
    }

    fn query(method: &str, url: &str, options: QueryOptions) -> Query {
        Query { request: request(method, url), options }
    }

    const PLAIN: QueryOptions =
        QueryOptions { ignore_search: false, ignore_method: false, ignore_vary: false };

    #[test]
    fn no_query_finds_everything() {
        assert!(matches(None, &request("POST", "https://a.example/x"), None));
    }

    #[test]
    fn urls_are_compared_without_fragments() {
        let record = request("GET", "https://a.example/x#1");
        assert!(matches(Some(&query("GET", "https://a.example/x#2", PLAIN)), &record, None));
        assert!(!matches(Some(&query("GET", "https://a.example/y", PLAIN)), &record, None));
    }

    #[test]
    fn the_query_counts_unless_it_is_ignored() {
        let record = request("GET", "https://a.example/x?id=3");
        let ignoring = QueryOptions { ignore_search: true, ..PLAIN };
        assert!(!matches(Some(&query("GET", "https://a.example/x", PLAIN)), &record, None));
        assert!(matches(Some(&query("GET", "https://a.example/x", ignoring)), &record, None));
    }

    #[test]
    fn methods_are_compared_unless_they_are_ignored() {
        let record = request("POST", "https://a.example/x");
        let ignoring = QueryOptions { ignore_method: true, ..PLAIN };
        assert!(matches(Some(&query("POST", "https://a.example/x", PLAIN)), &record, None));
        assert!(!matches(Some(&query("GET", "https://a.example/x", PLAIN)), &record, None));
        assert!(matches(Some(&query("GET", "https://a.example/x", ignoring)), &record, None));
    }

    #[test]
    fn a_response_that_varies_is_matched_by_the_headers_it_names() {
        let response = |vary: &str| ResponseHead {
            headers: HeaderList::from_iter([("Vary", vary)]),
            ..ResponseHead::default()
        };
        let mut record = request("GET", "https://a.example/x");
        record.headers.append("Accept-Language", "de");
        let mut same = query("GET", "https://a.example/x", PLAIN);
        same.request.headers.append("accept-language", "de");
        let different = query("GET", "https://a.example/x", PLAIN);
        let vary = response("Accept, accept-language");
        assert!(matches(Some(&same), &record, Some(&vary)));
        assert!(!matches(Some(&different), &record, Some(&vary)));
        assert!(!matches(Some(&same), &record, Some(&response("*"))));
        let ignoring = Query { options: QueryOptions { ignore_vary: true, ..PLAIN }, ..different };
        assert!(matches(Some(&ignoring), &record, Some(&response("*"))));
    }
}
