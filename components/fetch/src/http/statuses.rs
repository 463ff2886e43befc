//! Statuses (<https://fetch.spec.whatwg.org/#statuses>).

/// <https://fetch.spec.whatwg.org/#null-body-status>
pub const fn is_null_body_status(status: u16) -> bool {
    matches!(status, 101 | 103 | 204 | 205 | 304)
}

/// <https://fetch.spec.whatwg.org/#ok-status>
pub const fn is_ok_status(status: u16) -> bool {
    status >= 200 && status <= 299
}

/// <https://fetch.spec.whatwg.org/#range-status>
pub const fn is_range_status(status: u16) -> bool {
    matches!(status, 206 | 416)
}

/// <https://fetch.spec.whatwg.org/#redirect-status>
pub const fn is_redirect_status(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_sorted_into_their_classes() {
        assert!((200..300).all(is_ok_status) && !is_ok_status(199) && !is_ok_status(300));
        assert!([101, 103, 204, 205, 304].into_iter().all(is_null_body_status) && !is_null_body_status(200));
        assert!([301, 302, 303, 307, 308].into_iter().all(is_redirect_status));
        assert!(![300, 304, 305, 306].into_iter().any(is_redirect_status));
        assert!(is_range_status(206) && is_range_status(416) && !is_range_status(200));
    }
}
