//! From hyper's errors to network errors.

use std::error::Error;
use std::io;

use fetch::{NetworkError, NetworkErrorKind};

/// The first cause of a type in a chain of causes.
pub(crate) fn find_cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // An io::Error's inner error is not its source, but may be what we look for.
        if let Some(inner) = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref)
            && let Some(found) = find_cause(inner as &(dyn Error + 'static))
        {
            return Some(found);
        }
        current = error.source();
    }
    None
}

/// The causes, outermost first, in one line.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut current = error.source();
    while let Some(cause) = current {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        current = cause.source();
    }
    text
}

/// What went wrong between a request and the end of its response. `place` says where ("before the response's
/// head", "in the body after 3 of 10 bytes").
pub(crate) fn from_hyper(error: &hyper::Error, place: &str) -> NetworkError {
    // Our own errors: the request's body could not be read.
    if let Some(own) = find_cause::<NetworkError>(error) {
        return own.clone();
    }
    if let Some(h2) = find_cause::<h2::Error>(error) {
        return from_h2(h2, place);
    }
    if error.is_parse() {
        return NetworkError::new(
            NetworkErrorKind::Protocol,
            format!("the server does not speak proper HTTP {place}: {}", chain(error)),
        );
    }
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return NetworkError::temporary(NetworkErrorKind::Cut, format!("the connection ended {place}"));
    }
    if let Some(io) = find_cause::<io::Error>(error) {
        return from_io(io, place);
    }
    NetworkError::new(NetworkErrorKind::Protocol, format!("HTTP failed {place}: {}", chain(error)))
}

fn from_h2(error: &h2::Error, place: &str) -> NetworkError {
    if let Some(io) = error.get_io() {
        return from_io(io, place);
    }
    match error.reason() {
        // The server's own trouble, or that of something between.
        Some(
            h2::Reason::NO_ERROR
            | h2::Reason::INTERNAL_ERROR
            | h2::Reason::CANCEL
            | h2::Reason::REFUSED_STREAM
            | h2::Reason::ENHANCE_YOUR_CALM,
        ) => NetworkError::temporary(
            NetworkErrorKind::Cut,
            format!("the server ended the HTTP/2 stream {place}: {error}"),
        ),
        _ => NetworkError::new(NetworkErrorKind::Protocol, format!("HTTP/2 failed {place}: {error}")),
    }
}

fn from_io(error: &io::Error, place: &str) -> NetworkError {
    if let Some(tls) = find_cause::<rustls::Error>(error) {
        return NetworkError::temporary(NetworkErrorKind::Cut, format!("TLS failed {place}: {tls}"));
    }
    // So hyper calls chunks that are none; a connection has no such errors.
    if matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) {
        let message = format!("the server does not speak proper HTTP {place}: {error}");
        return NetworkError::new(NetworkErrorKind::Protocol, message);
    }
    NetworkError::temporary(NetworkErrorKind::Cut, format!("the connection broke {place}: {error}"))
}

/// Whether an HTTP/2 server says that it did nothing with the request, so that any request may be sent again
/// (<https://httpwg.org/specs/rfc9113.html#Reliability>).
pub(crate) fn was_not_processed(error: &hyper::Error) -> bool {
    find_cause::<h2::Error>(error).is_some_and(|h2| {
        h2.is_remote()
            && (h2.reason() == Some(h2::Reason::REFUSED_STREAM)
                || (h2.is_go_away() && h2.reason() == Some(h2::Reason::NO_ERROR)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_found_inside_of_io_errors() {
        let inner = NetworkError::aborted();
        let error = io::Error::other(io::Error::other(inner.clone()));
        assert_eq!(find_cause::<NetworkError>(&error), Some(&inner));
        assert_eq!(find_cause::<h2::Error>(&error).map(ToString::to_string), None);
    }

    #[test]
    fn http2_reasons_tell_trouble_from_broken_rules() {
        let kind = |reason: h2::Reason| {
            let error = from_h2(&reason.into(), "before the response's head");
            (error.kind, error.temporary)
        };
        assert_eq!(kind(h2::Reason::REFUSED_STREAM), (NetworkErrorKind::Cut, true));
        assert_eq!(kind(h2::Reason::PROTOCOL_ERROR), (NetworkErrorKind::Protocol, false));
    }
}
