//! Service workers, as fetches see them (<https://fetch.spec.whatwg.org/#http-fetch>, step 3).

use crate::{
    BoxFuture, NetworkError, NetworkErrorKind, RedirectMode, Request, RequestMode, Response, ResponseType,
};

/// [Handle Fetch](https://w3c.github.io/ServiceWorker/#handle-fetch), for the requests of one client.
pub trait HandleFetch: Send + Sync {
    /// Asks the service worker that the request is for. `None`: there is none, or it leaves the request to the network.
    ///
    /// The request is as it is at this hop; its body may be opened, and if it can be opened once alone, the network can't
    /// send it then. Dropping the future aborts the fetch as the worker sees it.
    fn handle_fetch(&self, request: Request) -> BoxFuture<'static, Result<Option<Response>, NetworkError>>;
}

/// Whether the request may be answered by this response of a service worker
/// (<https://fetch.spec.whatwg.org/#http-fetch>, step 3.5.7).
pub fn check_service_worker_response(request: &Request, response: &Response) -> Result<(), NetworkError> {
    let response_type = response.head.response_type;
    let message = match response_type {
        ResponseType::Error => "the service worker answered with a network error",
        ResponseType::Cors if request.mode == RequestMode::SameOrigin => {
            "the service worker answered a request in mode \"same-origin\" with another origin's response"
        }
        ResponseType::Opaque if request.mode != RequestMode::NoCors => {
            "the service worker answered with an opaque response, which only the mode \"no-cors\" allows"
        }
        ResponseType::OpaqueRedirect if request.redirect != RedirectMode::Manual => {
            "the service worker answered with an opaque redirect, which only the redirect mode \"manual\" allows"
        }
        _ if request.redirect != RedirectMode::Follow && response.internal_head().redirected() => {
            "the service worker answered with a redirected response, which only the redirect mode \"follow\" allows"
        }
        _ => return Ok(()),
    };
    Err(NetworkError::new(NetworkErrorKind::ServiceWorker, message).at(request.current_url()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Origin, ResponseHead, ResponseTainting, Url};

    fn allowed(mode: RequestMode, redirect: RedirectMode, response: &Response) -> bool {
        let url = Url::parse("https://a.example/").unwrap();
        let origin = Origin::of(&url);
        let request = Request { mode, redirect, ..Request::new(url, origin) };
        check_service_worker_response(&request, response).is_ok()
    }

    fn head(response_type: ResponseType, urls: &[&str]) -> ResponseHead {
        let url_list = urls.iter().map(|url| Url::parse(url).unwrap()).collect();
        ResponseHead { response_type, url_list, status: 200, ..ResponseHead::default() }
    }

    #[test]
    fn a_response_has_to_be_one_that_the_mode_allows() {
        let response = |response_type| Response::new(head(response_type, &["https://b.example/"]), None);
        let modes = [RequestMode::SameOrigin, RequestMode::Cors, RequestMode::NoCors, RequestMode::Navigate];
        let allowed_modes =
            |response_type| modes.map(|mode| allowed(mode, RedirectMode::Follow, &response(response_type)));
        assert_eq!(allowed_modes(ResponseType::Error), [false; 4]);
        assert_eq!(allowed_modes(ResponseType::Basic), [true; 4]);
        assert_eq!(allowed_modes(ResponseType::Default), [true; 4]);
        assert_eq!(allowed_modes(ResponseType::Cors), [false, true, true, true]);
        assert_eq!(allowed_modes(ResponseType::OpaqueRedirect), [false; 4]);
        let opaque = || response(ResponseType::Default).filtered(ResponseTainting::Opaque);
        assert_eq!(
            modes.map(|mode| allowed(mode, RedirectMode::Follow, &opaque())),
            [false, false, true, false]
        );
    }

    #[test]
    fn a_redirect_has_to_be_one_that_the_redirect_mode_allows() {
        let manual = |response: &Response| allowed(RequestMode::Navigate, RedirectMode::Manual, response);
        let redirected = head(ResponseType::Basic, &["https://a.example/1", "https://a.example/2"]);
        assert!(manual(&Response::new(head(ResponseType::OpaqueRedirect, &["https://a.example/1"]), None)));
        assert!(!manual(&Response::new(redirected.clone(), None)));
        assert!(allowed(RequestMode::Cors, RedirectMode::Follow, &Response::new(redirected, None)));
    }
}
