//! `new Request(input, init)`: <https://fetch.spec.whatwg.org/#dom-request>, in parts.

use fetch::http::methods::{is_cors_safelisted_method, is_forbidden_method, is_method, normalize_method};
use fetch::{CacheMode, Referrer, RequestMode};

use super::bodies::RootedBody;
use super::body_init::extract;
use super::headers::{Guard, Headers};
use crate::bindings::dictionaries::RequestInit;
use crate::bindings::unions::RequestOrUSVString as RequestInfo;
use crate::dom::abort::abort_signal::AbortSignal;
use crate::webidl::*;

/// Whether `init` [is empty](https://infra.spec.whatwg.org/#map-is-empty).
fn is_empty(init: &RequestInit) -> bool {
    let RequestInit {
        method,
        headers,
        body,
        referrer,
        referrer_policy,
        mode,
        credentials,
        cache,
        redirect,
        integrity,
        keepalive,
        signal,
        duplex,
        priority,
        window,
    } = init;
    method.is_none()
        && headers.is_none()
        && body.is_none()
        && referrer.is_none()
        && referrer_policy.is_none()
        && mode.is_none()
        && credentials.is_none()
        && cache.is_none()
        && redirect.is_none()
        && integrity.is_none()
        && keepalive.is_none()
        && signal.is_none()
        && duplex.is_none()
        && priority.is_none()
        && window.is_none()
}

/// Steps 1 to 26: the request, with the header list of the input and without a body.
pub(super) fn request_from_init(
    global: &GlobalScope,
    input: &RequestInfo,
    init: &RequestInit,
) -> Fallible<fetch::Request> {
    // 8–11. `window` can only take the window away (from what it would be for: asking a person).
    if init.window.as_ref().is_some_and(|window| !window.handle().get().is_null()) {
        return Err(Error::Type("window can only be null".into()));
    }
    // 1–6, 12. A new request like the input.
    let mut fallback_mode = None;
    let mut request = match input {
        RequestInfo::USVString(url) => {
            fallback_mode = Some(RequestMode::Cors);
            let parsed_url = global
                .parse_url(url)
                .map_err(|error| Error::Type(format!("'{url}' is not a valid URL: {error}")))?;
            if !parsed_url.username().is_empty() || parsed_url.password().is_some() {
                return Err(Error::Type(format!("'{url}' includes credentials")));
            }
            global.new_request(parsed_url)
        }
        RequestInfo::Request(object) => {
            let input = object.request();
            fetch::Request {
                url_list: input.url_list.clone(),
                method: input.method.clone(),
                headers: object.headers().header_list(),
                body: input.body.clone(),
                // The origin of a navigation that a service worker handles is not its own.
                origin: input.origin.clone(),
                referrer: input.referrer.clone(),
                referrer_policy: input.referrer_policy,
                mode: input.mode,
                credentials: input.credentials,
                cache: input.cache,
                redirect: input.redirect,
                integrity: input.integrity.clone(),
                keepalive: input.keepalive,
                reload_navigation: input.reload_navigation,
                history_navigation: input.history_navigation,
                priority: input.priority,
                blob_url_entry: input.blob_url_entry.clone(),
                ..global.new_request(input.url().clone())
            }
        }
    };
    request.unsafe_request = true;
    // 13. It is changed: it does not seem to come from who made the input.
    if !is_empty(init) {
        if request.mode == RequestMode::Navigate {
            request.mode = RequestMode::SameOrigin;
        }
        request.reload_navigation = false;
        request.history_navigation = false;
        request.origin = global.origin().clone();
        request.referrer = Referrer::Client;
        request.referrer_policy = fetch::ReferrerPolicy::Empty;
        let current_url = request.current_url().clone();
        request.set_url(current_url);
    }
    // 14. The referrer.
    if let Some(referrer) = &init.referrer {
        request.referrer = parse_referrer(global, referrer)?;
    }
    // 15.
    if let Some(policy) = init.referrer_policy {
        request.referrer_policy = policy.into();
    }
    // 16–18. The mode.
    match init.mode.map(RequestMode::from).or(fallback_mode) {
        Some(RequestMode::Navigate) => {
            return Err(Error::Type("a request can't be made with the mode 'navigate'".into()));
        }
        Some(mode) => request.mode = mode,
        None => {}
    }
    // 19.
    if let Some(credentials) = init.credentials {
        request.credentials = credentials.into();
    }
    // 20–21. The cache mode.
    if let Some(cache) = init.cache {
        request.cache = cache.into();
    }
    if request.cache == CacheMode::OnlyIfCached && request.mode != RequestMode::SameOrigin {
        return Err(Error::Type("the cache mode 'only-if-cached' needs the mode 'same-origin'".into()));
    }
    // 22–24.
    if let Some(redirect) = init.redirect {
        request.redirect = redirect.into();
    }
    if let Some(integrity) = &init.integrity {
        request.integrity = integrity.as_str().to_owned();
    }
    if let Some(keepalive) = init.keepalive {
        request.keepalive = keepalive;
    }
    // 25. The method.
    if let Some(method) = &init.method {
        request.method = match method.as_str() {
            Some(method) if is_method(method) && !is_forbidden_method(method) => normalize_method(method),
            _ => return Err(Error::Type(format!("'{}' is not an allowed method", method.escape_ascii()))),
        };
    }
    // 27.
    if let Some(priority) = init.priority {
        request.priority = priority.into();
    }
    Ok(request)
}

/// Step 14.
fn parse_referrer(global: &GlobalScope, referrer: &str) -> Fallible<Referrer> {
    // 14.2.
    if referrer.is_empty() {
        return Ok(Referrer::NoReferrer);
    }
    // 14.3.1–14.3.2.
    let parsed_referrer = global
        .parse_url(referrer)
        .map_err(|error| Error::Type(format!("the referrer '{referrer}' is not a valid URL: {error}")))?;
    // 14.3.3. `about:client`, or what is not ours to give.
    let is_client = parsed_referrer.scheme() == "about" && parsed_referrer.path() == "client";
    if is_client || !global.origin().is_origin_of(&parsed_referrer) {
        return Ok(Referrer::Client);
    }
    // 14.3.4.
    Ok(Referrer::Url(parsed_referrer))
}

/// Steps 4, 6.3, 26, 29 and 30: a signal that follows that of `init`, or that of the input.
pub(super) fn signal_from_init(
    cx: &mut JSContext,
    global: &GlobalScope,
    input: &RequestInfo,
    init: &RequestInit,
) -> DomRoot<AbortSignal> {
    let signal = match (&init.signal, input) {
        (Some(signal), _) => signal.clone(),
        (None, RequestInfo::Request(input)) => Some(input.abort_signal()),
        (None, RequestInfo::USVString(_)) => None,
    };
    AbortSignal::create_dependent(cx, global, signal.as_slice())
}

/// Steps 31 to 33: the headers.
pub(super) fn headers_from_init(
    cx: &mut JSContext,
    global: &GlobalScope,
    request: &fetch::Request,
    init: &RequestInit,
) -> Fallible<DomRoot<Headers>> {
    // 31.
    let headers = Headers::new(cx, global, request.headers.clone(), Guard::Request);
    // 32. "no-cors" allows but little.
    if request.mode == RequestMode::NoCors {
        if !is_cors_safelisted_method(&request.method) {
            let method = &request.method;
            return Err(Error::Type(format!("the mode 'no-cors' does not allow the method '{method}'")));
        }
        headers.set_guard(Guard::RequestNoCors);
    }
    // 33. They go through the guard once more.
    if !is_empty(init) {
        let list = headers.header_list();
        headers.change_list(|list| list.clear());
        match &init.headers {
            Some(init) => headers.fill(init)?,
            None => {
                for header in &list {
                    headers.append(header.name.as_bytes(), &header.value)?;
                }
            }
        }
    }
    Ok(headers)
}

/// Steps 34 to 41: the body. It may set the use-CORS-preflight flag, and add a header.
pub(super) fn body_from_init(
    cx: &mut JSContext,
    global: &GlobalScope,
    request: &mut fetch::Request,
    headers: &Headers,
    input: &RequestInfo,
    init: &RequestInit,
) -> Fallible<Option<RootedBody>> {
    // 34.
    let input_body = match input {
        RequestInfo::Request(input) => Some(input.body()).filter(|body| body.get().is_some()),
        RequestInfo::USVString(_) => None,
    };
    let init_body = init.body.as_ref().and_then(Option::as_ref);
    // 35. Some methods have none.
    if (init_body.is_some() || input_body.is_some()) && matches!(&*request.method, "GET" | "HEAD") {
        return Err(Error::Type(format!("a request with the method {} can't have a body", request.method)));
    }
    // 36–37. That of `init`.
    if let Some(init_body) = init_body {
        let extracted = extract(cx, global, init_body, request.keepalive)?;
        if let Some(content_type) = &extracted.content_type
            && !headers.with_list(|list| list.contains("Content-Type"))
        {
            headers.append(b"Content-Type", content_type.as_bytes())?;
        }
        // 39.
        if extracted.body.source_is_null() {
            if init.duplex.is_none() {
                return Err(Error::Type("a request with a stream as its body needs duplex: 'half'".into()));
            }
            check_streaming_mode(request)?;
        }
        // 40, 42.
        return Ok(Some(extracted.body));
    }
    // 38–42. That of the input, which can't be read from there any more.
    let Some(slot) = input_body else { return Ok(None) };
    if slot.get().is_some_and(|body| body.source_is_null()) {
        check_streaming_mode(request)?;
    }
    slot.check_usable()?;
    slot.take_proxy(cx)
}

/// Steps 39.2 and 39.3: who streams a body asks first.
fn check_streaming_mode(request: &mut fetch::Request) -> Fallible<()> {
    if !matches!(request.mode, RequestMode::SameOrigin | RequestMode::Cors) {
        let message = "a stream can only be the body of a request with the mode 'same-origin' or 'cors'";
        return Err(Error::Type(message.into()));
    }
    request.use_cors_preflight = true;
    Ok(())
}
